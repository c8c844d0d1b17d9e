"""Whoosh queries over whole arrays: `evaluate(searcher, query)`, for an index that ColumnarCodec wrote.

README.md has the rules, and where they differ from Whoosh's matchers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.columns import NumericColumn

from search.columnar import matches
from search.columnar.cache import CACHE, Cache
from search.columnar.expand import depends_on_terms
from search.columnar.facets import Buckets, Counts, Facet, Histogram, count, merged
from search.columnar.find import find, is_native
from search.columnar.fold import Groups, firsts, without
from search.columnar.format import AnyArray
from search.columnar.leaf import Expansion, Leaf, OutOfTime, Run, leaves_of
from search.columnar.matches import Dense, Docs, Mask, Matches, Scores, Sparse
from search.columnar.order import Place, beyond, ties_of
from search.columnar.proximity import Proximity, bonus
from search.columnar.topk import Ties, lowest, ties_among

MAX_WINDOW = 10_000  # offset + limit
MOST_HALVINGS = 100  # of a score by age: what is left has room in 32 bits


@dataclass(frozen=True, slots=True)
class Sort:
    """By a sortable number. Documents without one are last in both directions."""

    fieldname: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Decay:
    """Scores are halved for each `half_life` by which a document's number is below the greatest of the index,
    MOST_HALVINGS times at most, and so often for a document without a number.

    fieldname: a sortable whole number
    half_life: in the field's unit, more than 0
    """

    fieldname: str
    half_life: float


@dataclass(frozen=True, slots=True)
class Result:
    """docs: best first, or in the order asked for; of equal ones that with the lower tie. Numbers are the searcher's.
    scores: of the same documents; 0 in an order by a column
    before: how many rows stand before the first of them
    stories: all documents found, of each group one; as many as `total` without groups
    rows: these where they are folded, else all documents
    alike: of the same documents: how many that are found are of its group, itself among them
    end: where the last of them stands in the order; None without one
    total: all documents found, whatever the limit
    facets: by field name
    cardinality: how many values each facet has, by field name, whatever its limit
    expansions: prefixes, patterns and fuzzy words that stand for more terms than were searched
    partial: time ran out. All that is said holds for a part of what there is to find
    """

    docs: NDArray[np.int64]
    scores: Scores
    total: int
    facets: Mapping[str, Buckets]
    cardinality: Mapping[str, int]
    histogram: Buckets
    expansions: tuple[Expansion, ...]
    partial: bool
    stories: int
    rows: int
    alike: NDArray[np.int64]
    before: int = 0
    end: Place | None = None


def evaluate(
    searcher: Any,
    query: Any,
    *,
    limit: int = 10,
    offset: int = 0,
    sort: Sort | None = None,
    decay: Decay | None = None,
    tie: str | None = None,
    after: Place | None = None,
    filters: Mapping[str, Any] | None = None,
    facets: Sequence[Facet] = (),
    histogram: Histogram | None = None,
    proximity: Proximity | None = None,
    groups: Groups | None = None,
    fold: bool = False,
    time_limit: float | None = None,
    cache: Cache = CACHE,
) -> Result:
    """The answer to a query over all segments of a searcher.

    sort: None is by falling score
    decay: lowers the scores of older documents, the proximity bonus with them; no matter to an order by a column
    tie: a sortable number that decides between equals, the lower first; None is a document's number
    after: the documents are those behind this place alone, in the order that is asked for; whatever is counted is
        counted as without it
    filters: queries by a name that the caller gives them; all must hold, and none touches a score. A facet over a
        field counts as if the filter of that field's name were not there
    proximity: a bonus on top of the scores; None and an order by a column give none
    groups: documents that belong together, which are counted
    fold: whether only the first of each group, in the order asked for, is a row. limit, offset and after count rows
    time_limit: in seconds; looked at between steps, so that the last step may overrun it

    Raises ValueError for a window beyond MAX_WINDOW and for a field that cannot be sorted by, TypeError for an index
    that another codec wrote.
    """
    if limit < 0 or offset < 0 or offset + limit > MAX_WINDOW:
        raise ValueError(f"limit and offset are 0 or more, and {MAX_WINDOW:,} at most together")
    named = [one.fieldname for one in (sort, decay) if one is not None] + ([tie] if tie else [])
    for name in named:
        if not _is_number(searcher.schema, name):
            raise ValueError(f"{name!r} cannot be sorted by: it is not a sortable number")
    run = Run(cache, searcher.weighting, None if time_limit is None else perf_counter() + time_limit)
    counted: tuple[Facet | Histogram, ...] = (*facets, *([histogram] if histogram else []))
    fold = fold and groups is not None
    asked = _Asked(query, offset + limit, sort, decay, tie, after, filters or {}, counted, proximity, fold)
    founds: list[_Found] = []
    for leaf in leaves_of(searcher, run):
        try:
            founds.append(_search(leaf, asked))
        except OutOfTime:
            run.partial = True
            break
    grouped = _grouped(founds, groups, asked)
    parts = [_first(found, asked) for found in grouped.founds]
    answer = _answer(asked, offset, grouped, parts, run)
    run.terms.clear()  # they know their leaves, whose run this is: all they have read would wait for the collector
    return answer


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a document stands in the whole answer.

    place: counts from 1
    score: as `evaluate` gives it: (what the query gives + bonus) * factor
    bonus: for words that stand together
    factor: what is left of a score at the document's age
    behind: the document of its group that stands first in the answer, where that is another one
    """

    place: int
    score: float
    bonus: float = 0
    factor: float = 1
    behind: int | None = None


def rank(
    searcher: Any,
    query: Any,
    document: int,
    *,
    sort: Sort | None = None,
    decay: Decay | None = None,
    tie: str | None = None,
    filters: Mapping[str, Any] | None = None,
    proximity: Proximity | None = None,
    groups: Groups | None = None,
    cache: Cache = CACHE,
) -> Rank | None:
    """The place that a document has in the order of `evaluate` with the same arguments; None where it is not found.

    document: its number in the whole index
    """
    run = Run(cache, searcher.weighting)
    leaves = leaves_of(searcher, run)
    asked = _Asked(query, 0, sort, decay, tie, None, filters or {}, (), proximity)
    parts = [_all(leaf, asked) for leaf in leaves]
    for leaf, part in zip(leaves, parts, strict=True):
        for which in (part.docs == document).nonzero()[0].tolist():
            own = part.last[which], part.keys[which], part.ties[which], document
            place = 1 + sum(_how_many_before(one, own) for one in parts)
            score, behind = float(part.scores[which]), _behind_which(parts, document, groups)
            if sort is not None:
                return Rank(place, score, behind=behind)
            factor = 1.0 if decay is None else float(_factors(leaf, decay)[document - leaf.offset])
            return Rank(place, score, _given_bonus(asked, leaf, document, score), factor, behind)
    return None


def _all(leaf: Leaf, asked: _Asked) -> _Part:
    whole = replace(asked, window=leaf.size)
    return _first(_search(leaf, whole), whole)


def _behind_which(parts: Sequence[_Part], document: int, groups: Groups | None) -> int | None:
    group = 0 if groups is None else groups.numbers[document]
    if groups is None or not group:
        return None
    members = [(groups.numbers.take(part.docs) == group).nonzero()[0] for part in parts]

    def together(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name).take(rows) for part, rows in zip(parts, members, strict=True)])

    docs = together("docs")
    first = int(docs[np.lexsort((docs, together("ties"), together("keys"), together("last")))[0]])
    return None if first == document else first


def _given_bonus(asked: _Asked, leaf: Leaf, document: int, score: float) -> float:
    """Only the best documents get the bonus, and so a higher score than without it."""
    if asked.proximity is None:
        return 0.0
    plain = _all(leaf, replace(asked, proximity=None))
    if score == float(plain.scores[plain.docs == document][0]):
        return 0.0
    given = bonus(asked.proximity, leaf, np.array([document - leaf.offset]))
    return 0.0 if given is None else float(given[0])


def _how_many_before(part: _Part, own: tuple[Any, ...]) -> int:
    last, key, tie, document = own
    if not len(part.docs):
        return 0
    equal = part.last == last
    before = part.last < last
    for numbers, mine in ((part.keys, key), (part.ties, tie), (part.docs, document)):
        before |= equal & (numbers < mine)
        equal = equal & (numbers == mine)
    return int(np.count_nonzero(before))


def _is_number(schema: Any, fieldname: str) -> bool:
    return fieldname in schema and isinstance(schema[fieldname].column_type, NumericColumn)


@dataclass(frozen=True, slots=True)
class _Asked:
    query: Any
    window: int
    sort: Sort | None
    decay: Decay | None
    tie: str | None
    after: Place | None
    filters: Mapping[str, Any]
    counted: tuple[Facet | Histogram, ...]
    proximity: Proximity | None
    fold: bool = False

    @property
    def needs_all_in_order(self) -> bool:
        """Then the bonus is given before any are left out: it belongs to the best of all."""
        return self.fold or self.after is not None


@dataclass(frozen=True, slots=True)
class _Found:
    """What a segment has of what is asked for.

    hits: those that may be rows. In an order by score theirs are final, but for a bonus that is still to be given
    rows: how many that is
    total: all of them, those that are no rows too
    """

    leaf: Leaf
    hits: Matches
    rows: int
    total: int
    counts: list[Counts]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one segment answers.

    docs: the first ones at least, in any order, by their numbers in the whole index
    keys: what they are ordered by, lowest first
    ties: what equal ones are ordered by, lowest first
    last: which of them have no key, and come after all that have one
    passed: how many stand before the place that was asked for
    """

    docs: NDArray[np.int64]
    scores: Scores
    keys: NDArray[Any]
    ties: NDArray[Any]
    last: Mask
    passed: int


def _search(leaf: Leaf, asked: _Asked) -> _Found:
    by_score = asked.sort is None and asked.window > 0
    found = find(asked.query, leaf if by_score else leaf.unscored())
    masks = {name: mask_of(query, leaf) for name, query in asked.filters.items()}
    hits = _allowed(found, leaf, masks)
    if not asked.counted and asked.sort is None:
        counts, total = [], _how_many(hits)
    else:
        docs = hits.docs if isinstance(hits, Sparse) else matches.indexes(hits.mask())
        counts, total = _counts(asked.counted, leaf, found, docs, masks), len(docs)
        if asked.sort is not None:
            hits = matches.constant(docs, 0)
    if by_score:
        hits = _scored(leaf, hits, total, asked)
    return _Found(leaf, hits, total, total, counts)


def mask_of(query: Any, leaf: Leaf) -> Mask:
    """What a filter lets through. It is kept, unless terms were left out of it, which each search has to tell."""
    # Strict: half of a filter, for want of time, would be a wrong one, and the cache would keep it.
    inner = leaf.strict().under(Run(leaf.run.cache, leaf.weighting, leaf.run.deadline))

    def make() -> Mask:
        return matches.mask(find(query, inner), leaf.size)

    if not is_native(query):
        return make()
    # Which of its terms a prefix is searched by is a matter of all segments.
    segments = tuple(sibling.segment for sibling in leaf.siblings) if depends_on_terms(query) else ()
    mask = leaf.cached(("filter", query, segments), make, lambda mask: None if inner.run.expansions else mask.nbytes)
    leaf.run.expansions.update(inner.run.expansions)
    return mask


def _allowed(found: Matches, leaf: Leaf, masks: Mapping[str, Mask]) -> Matches:
    all_masks = [*([] if leaf.live is None else [leaf.live]), *masks.values()]
    return matches.restricted(found, reduce(np.logical_and, all_masks)) if all_masks else found


def _how_many(hits: Matches) -> int:
    return len(hits.docs) if isinstance(hits, Sparse) else int(np.count_nonzero(hits.mask()))


def _counts(
    counted: Sequence[Facet | Histogram], leaf: Leaf, found: Matches, docs: Docs, masks: Mapping[str, Mask]
) -> list[Counts]:
    filtered = [one.fieldname in masks and isinstance(one, Facet) for one in counted]
    together = iter(count([one for one, own in zip(counted, filtered, strict=True) if not own], leaf, docs))
    counts = []
    for one, own in zip(counted, filtered, strict=True):
        if own:
            others = {name: mask for name, mask in masks.items() if name != one.fieldname}
            counts += count([one], leaf, matches.sparse(_allowed(found, leaf, others)).docs)
        else:
            counts.append(next(together))
    return counts


def _scored(leaf: Leaf, hits: Matches, total: int, asked: _Asked) -> Matches:
    if leaf.weighting.use_final:
        hits = _finally(leaf, matches.sparse(hits))
    if asked.decay is not None:
        listed = matches.sparse(hits)
        hits = Sparse(listed.docs, listed.scores * _factors(leaf, asked.decay).take(listed.docs), False)
    if asked.needs_all_in_order and asked.proximity is not None and total:
        hits = _raised(leaf, hits, total, asked.proximity, asked)
    return hits


def _raised(leaf: Leaf, hits: Matches, total: int, proximity: Proximity, asked: _Asked) -> Matches:
    """With the bonus for the best."""
    docs, scores, places = _best(hits, total, proximity.candidates, ties_of(leaf, asked.tie))
    raised = hits.scores.copy()
    raised[places] = _with_bonus(scores, docs, proximity, leaf, asked)
    return replace(hits, scores=raised)


def _best(hits: Matches, total: int, count: int, ties: Ties) -> tuple[Docs, Scores, Docs]:
    """The documents with the highest scores, best first, their scores, and where these are among all.

    total: of the hits
    """
    if isinstance(hits, Dense) and hits.positive and total >= count:
        # All documents, found or not, because those that are not have the lowest score: that spares a copy.
        places = lowest(-hits.scores, count, ties)
        return places, hits.scores.take(places), places
    listed = matches.sparse(hits)
    first = lowest(-listed.scores, count, ties_among(ties, listed.docs))
    docs = listed.docs.take(first)
    return docs, listed.scores.take(first), first if isinstance(hits, Sparse) else docs


def _grouped(founds: list[_Found], groups: Groups | None, asked: _Asked) -> _Grouped:
    """With the members of groups counted, and where they are folded, those left out that are not the first."""
    total = sum(found.total for found in founds)
    if groups is None or not founds:
        return _Grouped(founds, total)
    members = [groups.found(found.hits, found.leaf) for found in founds]
    numbers = np.concatenate([groups.of(docs, found.leaf) for found, (docs, _) in zip(founds, members, strict=True)])
    counts = np.bincount(numbers, minlength=groups.highest + 1)
    stories = total - len(numbers) + int(np.count_nonzero(counts))
    if asked.fold and asked.window and stories < total:
        orders = [_order(found, *at, asked) for found, at in zip(founds, members, strict=True)]
        keys = [np.concatenate(parts) for parts in zip(*orders, strict=True)]
        shown = firsts(numbers, groups.highest, keys)
        ends = np.cumsum([len(docs) for docs, _ in members])[:-1]
        founds = [
            _without(found, docs.take((~first).nonzero()[0]))
            for found, (docs, _), first in zip(founds, members, np.split(shown, ends), strict=True)
        ]
    return _Grouped(founds, stories, groups, counts)


def _without(found: _Found, hidden: Docs) -> _Found:
    hits = without(found.hits, hidden, found.leaf.size)
    return replace(found, hits=hits, rows=found.total - len(hidden))


def _order(found: _Found, docs: Docs, places: Docs, asked: _Asked) -> tuple[NDArray[Any], ...]:
    """By what some documents are ordered: lowest first, of equal ones by what comes next."""
    numbers, ties = _numbers(docs, found.leaf), ties_of(found.leaf, asked.tie)(docs)
    if asked.sort is None:
        return -found.hits.scores.take(places), ties, numbers
    values, has = _column(found.leaf, asked.sort)
    has = has.take(docs)
    keys = _lowest_first(values.take(docs), asked.sort)
    last = (~has).view(np.uint8)  # of which numpy finds the minimum several times as fast
    return last, np.where(has, keys, np.zeros(1, keys.dtype)), ties, numbers


def _by_score(found: _Found, asked: _Asked) -> _Part:
    leaf, hits, ties = found.leaf, found.hits, ties_of(found.leaf, asked.tie)
    window, proximity, passed = asked.window, asked.proximity, 0
    if asked.needs_all_in_order or not window:
        proximity = None
    elif proximity is not None:
        window = max(window, proximity.candidates)
    if asked.after is not None:
        listed = matches.sparse(hits)
        among = ties_among(ties, listed.docs)
        hits = listed.take(beyond(asked.after, listed.scores, among, descending=True))
        passed = found.rows - len(hits.docs)
    left = found.rows - passed
    if left <= (window if proximity is None else proximity.candidates):
        listed = matches.sparse(hits)
        docs, scores = listed.docs, listed.scores
    else:
        docs, scores, _ = _best(hits, left, window, ties)
    if proximity is not None and left:
        scores = _with_bonus(scores, docs, proximity, leaf, asked)
    return _Part(_numbers(docs, leaf), scores, -scores, ties(docs), np.zeros(len(docs), bool), passed)


def _with_bonus(scores: Scores, docs: Docs, proximity: Proximity, leaf: Leaf, asked: _Asked) -> Scores:
    """docs: best first, where not all of them are looked at. The scores themselves where none gets one"""
    candidates = docs[: proximity.candidates]
    added = bonus(proximity, leaf, candidates)
    if added is None:
        return scores
    raised = scores.copy()
    raised[: len(added)] += added if asked.decay is None else added * _factors(leaf, asked.decay).take(candidates)
    return raised


def _factors(leaf: Leaf, decay: Decay) -> Scores:
    """Of each document of a segment, by which its score is multiplied."""
    greatest = max((_greatest(sibling, decay.fieldname) for sibling in leaf.siblings), default=-np.inf)
    numbers = leaf.numbers(decay.fieldname)

    def make() -> Scores:
        halvings = np.full(leaf.size, -MOST_HALVINGS, np.float64)
        if numbers is not None:
            values, has = numbers
            halvings[has] = np.maximum((values[has].astype(np.float64) - greatest) / decay.half_life, -MOST_HALVINGS)
        return np.exp2(halvings).astype(np.float32)

    return leaf.cached(("decay", decay, greatest), make, lambda factors: factors.nbytes)


def _greatest(leaf: Leaf, fieldname: str) -> float:
    """The greatest number of a segment's documents; minus infinity where none has one."""

    def make() -> float:
        values, has = leaf.numbers(fieldname) or (np.empty(0), np.empty(0, bool))
        return float(values[has].max()) if has.any() else -np.inf

    return leaf.cached(("greatest", fieldname), make, lambda _: 64)


def _finally(leaf: Leaf, hits: Sparse) -> Sparse:
    """With the scores that the weighting's own last word makes of them, a document at a time."""
    final, searcher = leaf.weighting.final, leaf.searcher.get_parent()
    pairs = zip(_numbers(hits.docs, leaf).tolist(), hits.scores.tolist(), strict=True)
    return Sparse(hits.docs, np.array([final(searcher, doc, score) for doc, score in pairs], np.float32), False)


def _first(found: _Found, asked: _Asked) -> _Part:
    return _by_score(found, asked) if asked.sort is None else _by_column(found, asked.sort, asked)


def _column(leaf: Leaf, sort: Sort) -> tuple[AnyArray, Mask]:
    """Of each document, the number it is ordered by, and whether it has one."""
    return leaf.numbers(sort.fieldname) or (np.zeros(leaf.size, np.uint8), np.zeros(leaf.size, bool))


def _lowest_first(keys: AnyArray, sort: Sort) -> AnyArray:
    if not sort.descending:
        return keys
    return ~keys if keys.dtype.kind in "iu" else -keys


def _by_column(found: _Found, sort: Sort, asked: _Asked) -> _Part:
    leaf, docs = found.leaf, matches.sparse(found.hits).docs
    ties = ties_of(leaf, asked.tie)
    values, has = _column(leaf, sort)
    with_number = has.take(docs)
    keyed, keyless = docs.take(with_number.nonzero()[0]), docs.take((~with_number).nonzero()[0])
    keys = values.take(keyed)
    if asked.after is not None:
        if asked.after.key is None:
            keyed, keyless = keyed[:0], keyless.take((ties(keyless) > asked.after.tie).nonzero()[0])
        else:
            keyed = keyed.take(beyond(asked.after, keys, ties_among(ties, keyed), descending=sort.descending))
        keys = values.take(keyed)
    passed = len(docs) - len(keyed) - len(keyless)
    keys = _lowest_first(keys, sort)
    first = lowest(keys, asked.window, ties_among(ties, keyed))
    rest = lowest(ties(keyless), asked.window - len(first))
    shown = np.concatenate((keyed.take(first), keyless.take(rest)))
    keys = np.concatenate((keys.take(first), np.zeros(len(rest), keys.dtype)))
    last = np.arange(len(shown)) >= len(first)
    scores = np.zeros(len(shown), np.float32)
    return _Part(_numbers(shown, leaf), scores, keys, ties(shown), last, passed)


def _numbers(docs: Docs, leaf: Leaf) -> NDArray[np.int64]:
    """In the whole index."""
    return docs.astype(np.int64) + leaf.offset


@dataclass(frozen=True, slots=True)
class _Grouped:
    """All that was found, and how many that is with one of each group.

    counts: of each group, how many of its members are found
    """

    founds: Sequence[_Found]
    stories: int
    groups: Groups | None = None
    counts: NDArray[np.int64] | None = None

    def alike(self, docs: NDArray[np.int64]) -> NDArray[np.int64]:
        if self.groups is None or self.counts is None:
            return np.ones(len(docs), np.int64)
        numbers = self.groups.numbers.take(docs)
        return np.where(numbers == 0, 1, self.counts.take(numbers))


def _answer(asked: _Asked, offset: int, grouped: _Grouped, parts: Sequence[_Part], run: Run) -> Result:
    docs, scores, end = np.empty(0, np.int64), np.empty(0, np.float32), None
    if parts:
        docs = np.concatenate([part.docs for part in parts])
        keys = np.concatenate([part.keys for part in parts])
        last = np.concatenate([part.last for part in parts])
        ties = np.concatenate([part.ties for part in parts])
        order = np.lexsort((docs, ties, keys, last))[offset : asked.window]
        docs, scores = docs.take(order), np.concatenate([part.scores for part in parts]).take(order)
        if len(order):
            end = _place(keys[order[-1]], ties[order[-1]], last[order[-1]], asked.sort)
    founds = grouped.founds
    searched = [found.leaf for found in founds]
    counts = [
        merged(one, searched, [found.counts[number] for found in founds]) if founds else ((), 0)
        for number, one in enumerate(asked.counted)
    ]
    by_field = {
        one.fieldname: cells for one, cells in zip(asked.counted, counts, strict=True) if isinstance(one, Facet)
    }
    facets = {fieldname: cells for fieldname, (cells, _) in by_field.items()}
    cardinality = {fieldname: found for fieldname, (_, found) in by_field.items()}
    histogram = counts[-1][0] if asked.counted and isinstance(asked.counted[-1], Histogram) else ()
    total = sum(found.total for found in founds)
    return Result(
        docs=docs,
        scores=scores,
        total=total,
        facets=facets,
        cardinality=cardinality,
        histogram=histogram,
        expansions=tuple(run.expansions.values()),
        partial=run.partial,
        stories=grouped.stories,
        rows=grouped.stories if asked.fold else total,
        alike=grouped.alike(docs),
        before=offset + sum(part.passed for part in parts),
        end=end,
    )


def _place(key: Any, tie: Any, last: Any, sort: Sort | None) -> Place:
    if last:
        return Place(None, int(tie))
    if sort is None or sort.descending:
        key = ~key if key.dtype.kind in "iu" else -key
    return Place(key.item(), int(tie))
