"""On random archives and queries the evaluator finds what the query means, and what Whoosh's matchers find, with their
scores; on our codec and on Whoosh's own. Where Whoosh is no oracle stands in test_evaluate_exceptions.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import translate
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import fields
from whoosh import query as q
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import RamStorage
from whoosh.query.spans import SpanFirst, SpanNear2
from whoosh.reading import TermNotFound

from search.columnar.cache import Cache
from search.columnar.codec import ColumnarCodec
from search.columnar.evaluate import evaluate
from search.columnar.queries import Near, SwapFuzzyTerm, Within

WORDS = "a ab abc abd b ba bac c ca cab d".split()  # noqa: SIM905
TAGS = ("x", "y", "z")
MOST = (1 << 31) - 1  # the greatest number of 32 bits, and what a column holds where a document has none
ALL = 10_000
EXACT_WORDS = 10  # fields up to this length have it exactly in their length byte; longer ones change when merged

SCHEMA = fields.Schema(
    id=fields.ID(stored=True),
    text=fields.TEXT(analyzer=SpaceSeparatedTokenizer()),
    other=fields.TEXT(analyzer=SpaceSeparatedTokenizer()),
    tag=fields.KEYWORD(commas=True),
    number=fields.NUMERIC(int, 32, sortable=True),
    size=fields.NUMERIC(int, 32),
)


@dataclass(frozen=True)
class Doc:
    text: tuple[str, ...]
    other: tuple[str, ...]
    tags: tuple[str, ...]
    number: int | None
    size: int | None

    def field(self, name: str) -> tuple[str, ...]:
        return {"text": self.text, "other": self.other, "tag": self.tags}[name]


@dataclass(frozen=True)
class Commit:
    docs: tuple[Doc, ...]
    deleted: frozenset[int]  # by their numbers in the order in which they were added
    optimize: bool


def some(values: Any, least: int, most: int) -> Any:
    return st.lists(values, min_size=least, max_size=most).map(tuple)


words = st.sampled_from(WORDS)
numbers = st.one_of(st.none(), st.integers(-3, 40), st.just(MOST))
docs = st.builds(
    Doc,
    some(words, 0, EXACT_WORDS),
    some(words, 0, 3),
    st.sets(st.sampled_from(TAGS)).map(sorted).map(tuple),
    numbers,
    numbers,
)
commits = st.builds(Commit, some(docs, 0, 8), st.frozensets(st.integers(0, 15), max_size=3), st.booleans())
archives = some(commits, 1, 4)


def build(archive: tuple[Commit, ...], codec: Any) -> tuple[Any, list[Doc]]:
    # By process, because Whoosh's writer keeps temporary files under the index's name in the machine's folder for them.
    index = RamStorage().create_index(SCHEMA, indexname=f"agrees{os.getpid()}")
    added: list[Doc] = []
    for commit in archive:
        writer = index.writer(codec=codec)
        for number in commit.deleted:
            writer.delete_by_term("id", str(number))
        for doc in commit.docs:
            given_numbers = {name: getattr(doc, name) for name in ("number", "size") if getattr(doc, name) is not None}
            writer.add_document(
                id=str(len(added)),
                text=" ".join(doc.text),
                other=" ".join(doc.other),
                tag=",".join(doc.tags),
                **given_numbers,
            )
            added.append(doc)
        writer.commit(merge=False, optimize=commit.optimize)
    return index, added


boosts = st.sampled_from([1.0, 1.0, 1.0, 0.5, 2.0])
names = st.sampled_from(["text", "text", "text", "other"])
spots = st.integers(0, 6)
distances = st.integers(0, 4)

terms = st.builds(q.Term, names, words, boosts)
phrases = st.builds(
    lambda words, slop, boost: q.Phrase("text", words, slop, boost),
    some(words, 1, 3).map(list),
    st.integers(1, 4),
    boosts,
)
nears = st.builds(Near, st.just("text"), some(words, 1, 4), distances, boosts)
span_nears = st.builds(
    lambda ordered, words, slop, least: SpanNear2(
        [q.Term("text", word) for word in words[: 3 if ordered else 2]], slop, ordered, least
    ),
    st.booleans(),
    some(words, 2, 3),
    st.integers(1, 4),
    st.integers(1, 2),
)
placed = st.one_of(terms, phrases, nears)
withins = st.builds(Within, placed, spots, st.one_of(st.none(), spots))
span_firsts = st.builds(SpanFirst, placed, spots)
patterns = st.one_of(
    st.builds(q.Prefix, names, st.sampled_from(["a", "ab", "b", "q"]), boosts),
    st.builds(q.Wildcard, names, st.sampled_from(["a*", "?a", "*b*", "a?c", "q*"]), boosts),
    st.builds(q.FuzzyTerm, names, words, boosts, st.integers(1, 2), st.integers(0, 1)),
    st.builds(SwapFuzzyTerm, names, words, boosts, st.integers(1, 2), st.integers(0, 1)),
    st.builds(q.TermRange, names, words, words, st.booleans(), st.booleans(), boosts),
)
bounds = st.one_of(st.none(), st.integers(-5, 42), st.just(MOST))
ranges = st.builds(
    q.NumericRange, st.sampled_from(["number", "size"]), bounds, bounds, st.booleans(), st.booleans(), boosts
)
everything = st.one_of(
    st.builds(q.Every, st.sampled_from([None, "other", "tag"]), boosts),
    st.just(q.NullQuery),
    st.builds(q.Term, st.just("tag"), st.sampled_from(TAGS)),
)


def compounds(parts: Any) -> Any:
    """Such that Whoosh's matchers can be trusted with."""
    several = st.lists(parts, min_size=2, max_size=4)
    return st.one_of(
        st.builds(q.And, several, boosts),
        st.builds(q.Or, several, boosts),
        st.builds(q.AndMaybe, parts, parts),
        st.builds(q.ConstantScoreQuery, parts, boosts),
    )


def all_compounds(parts: Any) -> Any:
    several = st.lists(parts, min_size=0, max_size=4)
    return st.one_of(
        compounds(parts),
        st.builds(q.And, several, boosts),
        st.builds(q.Or, several, boosts),
        st.builds(q.Not, parts),
        st.builds(lambda kept, dropped: q.And([*kept, *map(q.Not, dropped)]), several, several),
        st.builds(q.AndNot, parts, parts),
        st.builds(q.Require, parts, parts),
        st.builds(q.DisjunctionMax, several, boosts, st.sampled_from([0.0, 0.5])),
    )


simple = st.one_of(terms, phrases, nears, withins)
unscored = st.one_of(patterns, ranges)
alone = st.one_of(span_nears, span_firsts)  # Whoosh fails where they are part of an And or an Or
trusted_unscored = unscored.filter(lambda query: getattr(query, "start", None) != MOST)  # Whoosh fails beyond it
trusted_queries = st.one_of(
    st.recursive(st.one_of(simple, trusted_unscored.map(q.ConstantScoreQuery)), compounds, max_leaves=6), alone
)
all_queries = st.recursive(st.one_of(simple, unscored, alone, everything), all_compounds, max_leaves=8)


@dataclass(frozen=True)
class Archive:
    """What a query means, said without an index; only the scores of single terms are asked of Whoosh."""

    live: dict[int, Doc]
    term_scores: Callable[[str, str], dict[int, float]]

    def where(self, query: Any) -> dict[int, list[tuple[int, int]]]:
        """First and last positions, by document."""
        return {number: found for number, doc in self.live.items() if (found := places(query, doc))}

    def scores(self, query: Any) -> dict[int, float]:
        match query:
            case q.Term(fieldname=name, text=text, boost=boost):
                return times(self.term_scores(name, text), boost)
            case q.Phrase() | Near():
                terms = [self.term_scores(query.fieldname, word) for word in query.words]
                return {number: sum(term[number] for term in terms) * query.boost for number in self.where(query)}
            case SpanNear2():
                terms = [self.scores(word) for word in query.qs]
                return {number: sum(term[number] for term in terms) for number in self.where(query)}
            case Within() | SpanFirst():
                inner = self.scores(query.q)
                return {number: inner[number] for number in self.where(query)}
            case q.And(subqueries=parts, boost=boost):
                wanted = [self.scores(part) for part in parts if not isinstance(part, q.Not)]
                excluded = [self.scores(part.query) for part in parts if isinstance(part, q.Not)]
                if not parts:
                    return {}
                found = [number for number in self.live if all(number in part for part in wanted)]
                kept = [number for number in found if not any(number in part for part in excluded)]
                return {number: (sum(part[number] for part in wanted) if wanted else 1.0) * boost for number in kept}
            case q.Or(subqueries=parts, boost=boost):
                return times(combined(map(self.scores, parts), sum), boost)
            case q.DisjunctionMax(subqueries=parts, boost=boost, tiebreak=tiebreak):
                return times(
                    combined(map(self.scores, parts), lambda own: max(own) + tiebreak * (sum(own) - max(own))), boost
                )
            case q.Not(query=inner):
                excluded_docs = self.scores(inner)
                return {number: 1.0 for number in self.live if number not in excluded_docs}
            case q.AndNot(a=left, b=right):
                dropped = self.scores(right)
                return {number: score for number, score in self.scores(left).items() if number not in dropped}
            case q.Require(a=left, b=right):
                required = self.scores(right)
                return {number: score for number, score in self.scores(left).items() if number in required}
            case q.AndMaybe(a=left, b=right):
                bonus = self.scores(right)
                return {number: score + bonus.get(number, 0) for number, score in self.scores(left).items()}
            case q.ConstantScoreQuery(child=child, score=score):
                return dict.fromkeys(self.scores(child), score)
            case q.Every(fieldname=name, boost=boost):
                return {number: boost for number, doc in self.live.items() if name is None or doc.field(name)}
            case q.NumericRange(fieldname=name, boost=boost):
                return {number: boost for number, doc in self.live.items() if in_range(query, getattr(doc, name))}
            case _ if query is q.NullQuery:
                return {}
        return {
            number: query.boost
            for number, doc in self.live.items()
            if any(stands_for(query, word) for word in doc.field(query.fieldname))
        }


def times(scores: dict[int, float], boost: float) -> dict[int, float]:
    return {number: score * boost for number, score in scores.items()}


def combined(parts: Any, function: Callable[[list[float]], float]) -> dict[int, float]:
    own: dict[int, list[float]] = {}
    for part in parts:
        for number, score in part.items():
            own.setdefault(number, []).append(score)
    return {number: function(scores) for number, scores in own.items()}


def places(query: Any, doc: Doc) -> list[tuple[int, int]]:
    match query:
        case q.Term(fieldname=name, text=text):
            return [(place, place) for place, word in enumerate(doc.field(name)) if word == text]
        case q.Phrase(fieldname=name, words=own, slop=slop):
            return stretches(doc.field(name), own, lambda spots: in_order(spots, 1, slop))
        case SpanNear2(qs=parts, slop=slop, ordered=ordered, mindist=least):
            one = [part.text for part in parts]
            found = stretches(doc.text, one, lambda spots: in_order(spots, least, slop))
            if not ordered:
                found += stretches(doc.text, one[::-1], lambda spots: in_order(spots, least, slop))
            return found
        case Near(fieldname=name, words=own, distance=distance):
            within = distance + len(own) - 1
            return stretches(
                doc.field(name), own, lambda spots: len(set(spots)) == len(spots) and max(spots) - min(spots) <= within
            )
        case Within(q=inner, first=first, last=last):
            return [spot for spot in places(inner, doc) if spot[0] >= first and (last is None or spot[1] <= last)]
        case SpanFirst(q=inner, limit=limit):
            return [spot for spot in places(inner, doc) if spot[1] <= limit]
    raise NotImplementedError(query)


def stretches(text: tuple[str, ...], wanted: Any, fits: Callable[[tuple[int, ...]], bool]) -> list[tuple[int, int]]:
    standing = [[place for place, word in enumerate(text) if word == one] for one in wanted]
    return [(min(spots), max(spots)) for spots in product(*standing) if fits(spots)]


def in_order(spots: tuple[int, ...], least: int, most: int) -> bool:
    return all(least <= right - left <= most for left, right in pairwise(spots))


def stands_for(query: Any, word: str) -> bool:
    match query:
        case q.Prefix():
            return word.startswith(query.text)
        case q.Wildcard():
            return re.match(translate(query.text), word) is not None
        case q.FuzzyTerm():
            swaps = isinstance(query, SwapFuzzyTerm)
            start = query.text[: query.prefixlength]
            return word.startswith(start) and edits(query.text, word, swaps) <= query.maxdist
        case q.TermRange():
            after = word > query.start if query.startexcl else word >= query.start
            return after and (word < query.end if query.endexcl else word <= query.end)
    raise NotImplementedError(query)


def edits(left: str, right: str, swaps: bool) -> int:
    if not left or not right:
        return len(left) + len(right)
    least = min(
        edits(left[1:], right, swaps) + 1,
        edits(left, right[1:], swaps) + 1,
        edits(left[1:], right[1:], swaps) + (left[0] != right[0]),
    )
    if swaps and left[:2] == right[1::-1] and len(left) > 1:
        least = min(least, edits(left[2:], right[2:], swaps) + 1)
    return least


def in_range(query: Any, number: int | None) -> bool:
    if number is None:
        return False
    after = query.start is None or (number > query.start if query.startexcl else number >= query.start)
    before = query.end is None or (number < query.end if query.endexcl else number <= query.end)
    return after and before


def meaning_of(searcher: Any, added: list[Doc]) -> Archive:
    reader = searcher.reader()
    live = {number: added[int(reader.stored_fields(number)["id"])] for number in reader.all_doc_ids()}
    return Archive(live, lambda name, word: by_matchers(searcher, q.Term(name, word)))


def by_matchers(searcher: Any, query: Any) -> dict[int, float]:
    """By Whoosh's matchers, each stepped through without the shortcuts for the best few."""
    found = {}
    for leaf, offset in searcher.leaf_searchers():
        try:
            matcher = query.matcher(leaf, searcher.context())
        except TermNotFound:
            continue
        while matcher.is_active():
            found[matcher.id() + offset] = matcher.score()
            matcher.next()
    return found


def evaluated(searcher: Any, query: Any) -> dict[int, float]:
    result = evaluate(searcher, query, limit=ALL, cache=Cache())
    assert result.total == len(result.docs)
    assert not result.partial
    return dict(zip(result.docs.tolist(), result.scores.tolist(), strict=True))


def same(one: dict[int, float], other: dict[int, float]) -> bool:
    return one == pytest.approx(other, rel=1e-4, abs=1e-4)


thorough = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@thorough
@given(archive=archives, queries=some(all_queries, 1, 6))
def test_finds_what_the_query_means(archive: tuple[Commit, ...], queries: tuple[Any, ...]) -> None:
    """Every class, in every combination, over segments with deletions and merges."""
    index, added = build(archive, ColumnarCodec())
    with index.searcher() as searcher:
        meaning = meaning_of(searcher, added)
        for query in queries:
            assert same(evaluated(searcher, query), meaning.scores(query)), query


@thorough
@given(archive=archives, queries=some(trusted_queries, 1, 6))
def test_agrees_with_whoosh_on_both_codecs(archive: tuple[Commit, ...], queries: tuple[Any, ...]) -> None:
    index, _ = build(archive, ColumnarCodec())
    plain, _ = build(archive, None)
    with index.searcher() as searcher, plain.searcher() as plain_searcher:
        for query in queries:
            found = evaluated(searcher, query)
            assert same(found, by_matchers(searcher, query)), query
            assert same(found, by_matchers(plain_searcher, query)), query
