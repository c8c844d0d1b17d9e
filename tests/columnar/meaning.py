"""What queries mean, said in plain Python over the documents, and small archives to ask them of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from itertools import pairwise, product
from typing import Any

import pytest
from whoosh import fields
from whoosh import query as q
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import RamStorage
from whoosh.query.spans import SpanFirst, SpanNear2
from whoosh.reading import TermNotFound

from search.columnar.cache import Cache
from search.columnar.evaluate import evaluate
from search.columnar.queries import Near, SwapFuzzyTerm, Within

ALL = 10_000

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
    text: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    number: int | None = None
    size: int | None = None

    def field(self, name: str) -> tuple[str, ...]:
        return {"text": self.text, "other": self.other, "tag": self.tags}[name]


@dataclass(frozen=True)
class Commit:
    docs: tuple[Doc, ...]
    deleted: frozenset[int] = frozenset()  # by their numbers in the order in which they were added
    optimize: bool = False


def build(archive: Sequence[Commit], codec: Any) -> tuple[Any, list[Doc]]:
    """The index after these commits, and all documents that were ever added, by the number in their `id`."""
    index = RamStorage().create_index(SCHEMA)
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
