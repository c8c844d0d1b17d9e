"""One generation of a Whoosh index, for one search: `search.index.Index` on `search.columnar`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar

from whoosh import query

from search import analysis, schema
from search.article import Article, from_stored
from search.columnar import facets as counting
from search.columnar import order
from search.columnar.cache import CACHE
from search.columnar.completions import completions
from search.columnar.evaluate import Decay, Result, evaluate, rank
from search.columnar.evaluate import Sort as ByColumn
from search.columnar.explain import Brought, explain
from search.columnar.fold import Groups
from search.columnar.having import having
from search.columnar.leaf import Run, leaves_of
from search.corrections import Neighbours
from search.deadline import Deadline, OutOfTime
from search.engine import MAX_BUCKETS, Bucket, Sort
from search.index import (
    Asked,
    Beginning,
    Counts,
    Filter,
    Found,
    Place,
    Ranked,
    Row,
    Sharing,
    Since,
    Spellings,
    Term,
    Weighted,
    Window,
)
from search.query import All, And, Or, Query, Words
from search.receipt import Forms
from search.schema import key_field
from search.whoosh_compiler import Compiler
from search.whoosh_ranking import proximity
from search.whoosh_stories import StoryIndex, outlined
from search.whoosh_vocabulary import FormsOf, near
from search.why import TermScore, WhyPart

EXPORT_WINDOW = 1_000  # hits of an export that are found at once,
EXPORT_BATCH = 20  # and read at once: a few hundred kilobytes
MANY = 64  # terms that are looked up between two looks at the clock
_ENTRY_BYTES = 300  # that a count or a form takes in the cache, about

RECENCY = Decay("instant", schema.HALF_LIFE.total_seconds() * 1_000_000)
BY_MONTH = counting.Histogram("day", counting.Interval.MONTH)
BY_DAY = counting.Histogram("day", counting.Interval.DAY)

T = TypeVar("T")


class WhooshIndex:
    """stories: None where they are not known"""

    def __init__(
        self, searcher: Any, generation: int, committed: datetime, stories: StoryIndex | None, deadline: Deadline
    ) -> None:
        self.generation = generation
        self.committed = committed
        self._searcher = searcher
        self._reader = searcher.reader()
        self._stories = stories
        self._deadline = deadline
        self._numbers: dict[str, int] = {}
        self._compilers: dict[tuple[tuple[str, tuple[str, ...]], ...], Compiler] = {}

    @property
    def documents(self) -> int:
        return int(self._reader.doc_count())

    @property
    def languages(self) -> Mapping[str, int]:
        languages: dict[str, int] = self._searcher.weighting.languages(self._searcher)
        return languages

    def article(self, article_id: str) -> Article | None:
        number = self._number(article_id)
        return None if number < 0 else self._article(number)

    def found(self, asked: Asked, window: Window) -> Found:
        compiler = self._compiler(asked.spellings)
        result = evaluate(
            self._searcher,
            self._compiled(asked),
            limit=window.limit,
            offset=window.offset,
            after=None if window.after is None else order.Place(window.after.key, window.after.tie),
            groups=self._groups,
            fold=window.fold,
            filters=self._filters(asked),
            facets=[counting.Facet(key_field(field), MAX_BUCKETS, asked.chosen(field)) for field in schema.FACETS],
            histogram=BY_MONTH,
            time_limit=self._deadline.left(),
            **self._ordered(asked),
        )
        return Found(
            rows=tuple(self._rows(result, asked)),
            total=result.total,
            stories=result.stories,
            available=result.rows,
            before=result.before,
            end=None if result.end is None else Place(result.end.key, result.end.tie),
            facets={field: _buckets(result.facets[key_field(field)], asked.chosen(field)) for field in schema.FACETS},
            cardinality={field: result.cardinality[key_field(field)] for field in schema.FACETS},
            months=dict(result.histogram),
            truncated=compiler.truncated(result),
            partial=result.partial,
        )

    def best(self, asked: Sequence[Asked], limit: int) -> Iterator[list[tuple[Article, float]]]:
        for one in asked:
            result = self._whole(one, limit=limit, **self._ordered(one))
            numbers, scores = result.docs.tolist(), result.scores.tolist()
            yield [(self._article(number), score) for number, score in zip(numbers, scores, strict=True)]

    def totals(self, asked: Iterable[Asked]) -> Iterator[int]:
        return map(self._total, asked)

    def days(self, asked: Sequence[Asked]) -> Iterator[Counts]:
        return (dict(self._whole(one, limit=0, histogram=BY_DAY).histogram) for one in asked)

    def archive_months(self) -> Counts:
        def count() -> Counts:
            return dict(evaluate(self._searcher, query.Every(), limit=0, histogram=BY_MONTH).histogram)

        return CACHE.get(("archive months", self._state), count, lambda months: 200 * len(months))

    def values(self, asked: Asked, field: str) -> tuple[Mapping[str, int], int]:
        key = key_field(field)
        counted = self._whole(asked, without=field, limit=0, facets=[counting.Facet(key)])
        return dict(counted.facets[key]), counted.total

    def batches(self, asked: Asked) -> Iterator[list[Article]]:
        place: order.Place | None = None
        while True:
            result = evaluate(
                self._searcher,
                self._compiled(asked),
                limit=EXPORT_WINDOW,
                after=place,
                filters=self._filters(asked),
                **self._ordered(asked),
            )
            numbers = result.docs.tolist()
            for first in range(0, len(numbers), EXPORT_BATCH):
                yield [self._article(number) for number in numbers[first : first + EXPORT_BATCH]]
            place = result.end
            if place is None or len(numbers) < EXPORT_WINDOW:
                return

    def doc_frequencies(self, terms: Sequence[Term]) -> Iterator[int]:
        for count, (field, text) in enumerate(terms):
            if count % MANY == 0:
                self._deadline.check()
            yield int(self._reader.doc_frequency(field, text))

    def forms(self, parts: Sequence[Query]) -> Iterator[Forms]:
        forms_of = FormsOf(self._searcher, tuple(self.languages), self._count)
        return (self._kept(("forms", part), partial(forms_of, part)) for part in parts)

    def near(self, words: Sequence[Neighbours]) -> Iterator[Mapping[str, int]]:
        return (self._kept(("near", one), partial(near, self._searcher, one)) for one in words)

    def completions(
        self, beginnings: Sequence[Beginning], limit: int, within: Query, filters: Mapping[str, Filter]
    ) -> Iterator[list[tuple[str, int]]]:
        compiler = self._compiler({})
        found = [] if isinstance(within, All) else [compiler.compile(within)]
        passed = {name: _filter(one, compiler) for name, one in filters.items()}
        for entry, several in groupby(beginnings, attrgetter("entry")):
            having_all = [*found, *([query.Term("suggestions", entry)] if entry else [])]
            yield from completions(
                self._searcher,
                "suggestions",
                [one.text for one in several],
                limit=limit,
                within=query.And(having_all) if len(having_all) > 1 else having_all[0] if having_all else None,
                filters=passed,
            )

    def sharing(self, article_id: str, stems: Sequence[str], limit: int) -> tuple[float, Iterator[Sharing]]:
        number = self._number(article_id)
        asked = query.Or([query.Term("text", stem) for stem in stems])
        found = evaluate(self._searcher, asked, limit=limit + 1, groups=self._groups, fold=True)
        scores = dict(zip(found.docs.tolist(), found.scores.tolist(), strict=True))
        own = scores.pop(number, max(scores.values(), default=0.0))  # copies alone can push it out, which score alike
        others = [other for other in scores if not self._same_story(number, other)]
        has = having(self._searcher, "text", stems, others).tolist()
        shared = [frozenset(stem for stem, here in zip(stems, row, strict=True) if here) for row in has]
        return own, (
            Sharing(self._article(other), scores[other], own_stems)
            for other, own_stems in zip(others, shared, strict=True)
        )

    def ranked(self, asked: Asked, article_id: str, *, folded: bool) -> Ranked | None:
        found = rank(
            self._searcher,
            self._compiled(asked),
            self._number(article_id),
            filters=self._filters(asked),
            groups=self._groups if folded else None,
            **self._ordered(asked),
        )
        if found is None:
            return None
        behind = None if found.behind is None else self._article(found.behind)
        return Ranked(found.place, found.score, found.bonus, found.factor, behind)

    def explained(self, parts: Sequence[Asked], article_id: str) -> Iterator[WhyPart]:
        number = self._number(article_id)
        for one in parts:
            told = explain(self._searcher, self._compiler(one.spellings).compile(one.node), number)
            score = sum(brought.score for brought in told.brought)
            yield WhyPart(one.node, told.found, score=score, terms=tuple(self._term_scores(told.brought)))

    def passes(self, filters: Sequence[Filter], article_id: str) -> Iterator[bool]:
        number, compiler = self._number(article_id), self._compiler({})
        return (explain(self._searcher, _filter(one, compiler), number).found for one in filters)

    def stem_scores(self, stems: Sequence[Weighted], article_id: str) -> tuple[TermScore, ...]:
        told = explain(self._searcher, _any_of(stems), self._number(article_id))
        return tuple(self._term_scores(told.brought))

    def _term_scores(self, brought: Iterable[Brought]) -> Iterator[TermScore]:
        """Of what goes by terms."""
        for one in brought:
            if one.text:
                rarity = self._searcher.weighting.idf(self._searcher, one.fieldname, one.text)
                yield TermScore(
                    word=one.text.partition(analysis.VARIANT)[0],
                    frequency=one.frequency,
                    documents=one.documents,
                    rarity=rarity,
                    weight=one.score / (rarity * one.boost),
                    length=one.length,
                    score=one.score,
                )

    @cached_property
    def _state(self) -> tuple[Hashable, ...]:
        segments = leaves_of(self._searcher, Run(CACHE, self._searcher.weighting))
        return (self.generation, *(leaf.segment for leaf in segments))  # segments alone do not tell what is deleted

    @property
    def _groups(self) -> Groups | None:
        return None if self._stories is None else self._stories.groups

    def _number(self, article_id: str) -> int:
        """Of the document that is the article; -1 where there is none."""
        if article_id not in self._numbers:
            found: int | None = self._searcher.document_number(id=article_id)
            self._numbers[article_id] = -1 if found is None else found
        return self._numbers[article_id]

    def _article(self, number: int) -> Article:
        return from_stored(self._reader.stored_fields(number)["article"])

    def _rows(self, result: Result, asked: Asked) -> Iterator[Row]:
        numbers = result.docs.tolist()
        scores = result.scores.tolist() if asked.by_score else [0.0] * len(numbers)
        for number, score, alike in zip(numbers, scores, result.alike.tolist(), strict=True):
            story = None if self._stories is None else outlined(self._stories, number)
            yield Row(self._article(number), score, story, alike)

    def _same_story(self, one: int, other: int) -> bool:
        told = 0 if self._groups is None else self._groups.numbers[one]
        return bool(told) and self._groups is not None and self._groups.numbers[other] == told

    def _compiler(self, spellings: Spellings) -> Compiler:
        key = tuple(spellings.items())
        if key not in self._compilers:
            self._compilers[key] = Compiler(self._searcher, spellings)
        return self._compilers[key]

    def _compiled(self, asked: Asked) -> Any:
        compiled = self._compiler(asked.spellings).compile(asked.node)
        return query.AndMaybe(compiled, _any_of(asked.also)) if asked.also else compiled

    def _filters(self, asked: Asked, without: str | None = None) -> dict[str, Any]:
        """By the key field of a facet, whose own counts ignore it."""
        compiler = self._compiler({})
        return {
            key_field(name) if name in schema.FACETS else name: _filter(one, compiler)
            for name, one in asked.filters.items()
            if name != without
        }

    def _ordered(self, asked: Asked) -> dict[str, Any]:
        """What the order of the hits takes."""
        return {
            "sort": _column(asked.sort),
            "decay": RECENCY if asked.sort is Sort.RECENT else None,
            "tie": "tie",
            "proximity": proximity(asked.node, self.languages),
        }

    def _whole(self, asked: Asked, *, without: str | None = None, **how: Any) -> Result:
        """Without a filter of that name. Raises OutOfTime."""
        compiled = self._compiler(asked.spellings).compile(asked.node)
        filters = self._filters(asked, without)
        found = evaluate(self._searcher, compiled, filters=filters, time_limit=self._deadline.left(), **how)
        if found.partial:
            raise OutOfTime
        return found

    def _total(self, asked: Asked) -> int:
        """Of one word, phrase or filter it is kept, for receipts and corrections."""
        if asked.filters or isinstance(asked.node, Words | And | Or):
            return self._whole(asked, limit=0).total
        spellings = tuple(asked.spellings.items())
        compile_ = self._compiler(asked.spellings).compile
        return self._kept(("count", asked.node, spellings), lambda: self._count(compile_(asked.node)))

    def _count(self, compiled: Any) -> int:
        if type(compiled) is query.AndMaybe:  # what follows changes scores alone
            compiled = compiled.a
        if type(compiled) is query.Term and not self._reader.has_deletions():
            return int(self._reader.doc_frequency(compiled.fieldname, compiled.text))
        found = evaluate(self._searcher, compiled, limit=0, time_limit=self._deadline.left())
        if found.partial:
            raise OutOfTime
        return found.total

    def _kept(self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """As long as the index stays as it is."""
        self._deadline.check()
        return CACHE.get((self._state, *key), make, _size)


def _size(kept: object) -> int:
    entries = len(kept.first) if isinstance(kept, Forms) else len(kept) if isinstance(kept, dict) else 0
    return _ENTRY_BYTES * (1 + entries)


def _buckets(counts: Iterable[tuple[str, int]], chosen: Sequence[str]) -> tuple[Bucket, ...]:
    """The most frequent values, and behind them the chosen ones that are not among these."""
    shown = dict(counts)
    shown |= {value: 0 for value in chosen if value not in shown}
    return tuple(Bucket(value, count, value in chosen) for value, count in shown.items())


def _column(sort: Sort) -> ByColumn | None:
    match sort:
        case Sort.RELEVANCE | Sort.RECENT:
            return None
        case Sort.INDEXED:
            return ByColumn("indexed", descending=True)
        case Sort.NEWEST | Sort.OLDEST:
            return ByColumn("instant", descending=sort is Sort.NEWEST)


def _filter(filter_: Filter, compiler: Compiler) -> Any:
    if isinstance(filter_, Since):
        return query.NumericRange("entered", filter_.generation + 1, None)
    return compiler.compile(filter_)


def _any_of(stems: Sequence[Weighted]) -> Any:
    return query.Or([query.Term("text", one.stem, boost=one.weight) for one in stems])
