"""One search over one generation of a Whoosh index: its hits, counts, and what is to be said of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from whoosh import query

from search import analysis, ranking, schema, whoosh_timeline, whoosh_why
from search.abbreviations import is_abbreviation, long_form
from search.article import Article, from_stored
from search.columnar import facets as counting
from search.columnar.evaluate import Decay, Result, evaluate, rank
from search.columnar.evaluate import Sort as ByColumn
from search.columnar.explain import explain
from search.columnar.fold import Groups
from search.columnar.order import Place
from search.cursor import Cursor, read, written
from search.deadline import Deadline, OutOfTime
from search.engine import (
    MAX_BUCKETS,
    Bucket,
    FacetOrder,
    Hit,
    Interval,
    Match,
    Page,
    Search,
    SearchRefused,
    SearchTimedOut,
    Sort,
    TimeBucket,
    Values,
)
from search.facets import admitting, ordered
from search.parse import render
from search.query import All, OneOf, Query, Word
from search.receipt import Receipt, receipt
from search.related import Related, related
from search.remedies import FEW, Remedy, correction, much_better, remedies
from search.schema import key_field
from search.snippets import mark, snippet
from search.whoosh_archive import WhooshArchive
from search.whoosh_compiler import Compiler, spelt
from search.whoosh_ranking import proximity
from search.whoosh_stories import StoryIndex, outlined
from search.why import Why, WhyFilter, WhyPart, parts_of

EXPORT_WINDOW = 1_000  # hits of an export that are found at once,
EXPORT_BATCH = 20  # and read at once: a few hundred kilobytes
T = TypeVar("T")
E = TypeVar("E")

RECENCY = Decay("instant", schema.HALF_LIFE.total_seconds() * 1_000_000)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is searched in the end.

    strict: hits before it was relaxed
    asked: with any of the bare words where it is relaxed
    also: words that touch the order, and find nothing by themselves
    ignored: stop words left out, as typed
    """

    strict: int
    asked: Query
    relaxed: bool
    also: tuple[Related, ...]
    ignored: tuple[str, ...]


class Answer:
    """One search over one generation."""

    def __init__(
        self,
        searcher: Any,
        generation: int,
        committed: datetime,
        search: Search,
        deadline: Deadline,
        stories: StoryIndex | None = None,
    ) -> None:
        self._searcher = searcher
        self._reader = searcher.reader()
        self._generation = generation
        self._committed = committed
        self._search = search
        self._deadline = deadline
        self._partial = False  # whether something was left undone for want of time
        self._stories = stories
        self._compiler = Compiler(searcher)
        self._rarities: dict[Query, float] = {}  # asked for by every hit
        self._cursor = self._read_cursor() if search.cursor else None
        if search.since is not None and search.since > generation:
            raise SearchRefused(f"the archive is at generation {generation}; {search.since} is still to come", "since")

    def page(self) -> Page:
        question, result = self._settled()
        scores = result.scores.tolist() if self._order() is None else [0.0] * len(result.docs)
        shown = spelt(question.asked, self._compiler.spellings)
        known = {} if self._filters() else {question.asked: result.total}
        archive = WhooshArchive(self._searcher, self._generation, self._compiler, known, self._deadline)
        hits = tuple(
            self._hit(number, score, alike, shown)
            for number, score, alike in zip(result.docs.tolist(), scores, result.alike.tolist(), strict=True)
        )
        timeline, interval = self._timely(lambda: self._timeline(question, result), ((), Interval.YEAR))
        corrected = self._timely(lambda: self._correction(question, result.total, archive), None)
        wanted = self._timely(lambda: self._receipt(question, archive), Receipt()) if self._search.receipt else None
        helpful = self._search.receipt and not question.strict
        helped = self._timely(lambda: self._remedies(question), ()) if helpful else ()
        return Page(
            hits=hits,
            total=result.total,
            stories=result.stories,
            rows=result.rows,
            facets={field: self._facet(field, result) for field in schema.FACETS},
            cardinality={field: result.cardinality[key_field(field)] for field in schema.FACETS},
            timeline=timeline,
            interval=interval,
            generation=self._generation,
            relaxed=question.relaxed,
            ignored=question.ignored,
            truncated=self._compiler.truncated(result),
            related=tuple(one.word for one in question.also),
            spellings=self._compiler.spellings,
            suggestion=render(corrected.query) if corrected else None,
            before=result.before,
            cursor=self._cursor_behind(result, question.relaxed),
            searched=shown,
            committed=self._committed,
            receipt=wanted,
            correction=corrected,
            remedies=helped,
            partial=self._partial,
        )

    def _timely(self, make: Callable[[], T], otherwise: E) -> T | E:
        """What an answer can do without where time has run out."""
        try:
            self._deadline.check()
            return make()
        except OutOfTime:
            self._partial = True
            return otherwise

    def _evaluated(self, compiled: Any, **how: Any) -> Result:
        result = evaluate(self._searcher, compiled, time_limit=self._deadline.left(), **how)
        self._partial |= result.partial
        return result

    def _total(self, compiled: Any, filters: dict[str, Any] | None = None) -> int:
        """Raises OutOfTime: half a count would be a wrong one."""
        found = self._evaluated(compiled, limit=0, filters=filters)
        if found.partial:
            raise OutOfTime
        return found.total

    def _need_all(self) -> None:
        """Raises SearchTimedOut where something was left undone."""
        if self._partial:
            raise SearchTimedOut("the search takes too long; ask for fewer words, or for rarer ones")

    def _timeline(self, question: _Question, result: Result) -> tuple[tuple[TimeBucket, ...], Interval]:
        return whoosh_timeline.counted(
            self._searcher,
            self._compiler.compile(question.asked),
            self._filters(),
            self._search.filters,
            dict(result.histogram),
            self._deadline,
        )

    def _receipt(self, question: _Question, archive: WhooshArchive) -> Receipt:
        search = self._search
        return receipt(search.query, search.filters, archive, any_word=question.relaxed or search.match is Match.ANY)

    def _correction(self, question: _Question, total: int, archive: WhooshArchive) -> Remedy | None:
        search, any_word = self._search, self._search.match is Match.ANY
        if self._cursor is not None:
            return None
        if question.strict:
            few = search.receipt and question.strict < FEW
            return much_better(search.query, question.strict, self._count, archive, any_word=any_word) if few else None
        hits = total if search.match is Match.AUTO else None
        return correction(search.query, self._filter_names(), self._count, archive, any_word=any_word, hits=hits)

    def _remedies(self, question: _Question) -> tuple[Remedy, ...]:
        any_word = self._search.match is Match.ANY
        names = self._filter_names()
        return remedies(self._search.query, names, self._count, any_word=any_word, relaxed=question.relaxed)

    def _count(self, remedy: Remedy) -> int:
        understood, _ = analysis.without_stop_words(remedy.query)
        if remedy.any_word:
            understood = analysis.loosen(understood)
        return self._total(self._compiler.compile(understood), self._filters(remedy.without))

    def export(self) -> tuple[int, Query, Iterator[list[Article]]]:
        """How many hits there are, what was asked for them, and all of them, a few at a time."""
        question, result = self._settled()
        self._need_all()
        return result.total, spelt(question.asked, self._compiler.spellings), self._batches(question)

    def _batches(self, question: _Question) -> Iterator[list[Article]]:
        place: Place | None = None
        while True:
            result = evaluate(
                self._searcher,
                self._compiled(question.asked, question.also),
                limit=EXPORT_WINDOW,
                after=place,
                filters=self._filters(),
                **self._ordered(question.asked),
            )
            numbers = result.docs.tolist()
            for first in range(0, len(numbers), EXPORT_BATCH):
                yield [self._article(number) for number in numbers[first : first + EXPORT_BATCH]]
            place = result.end
            if place is None or len(result.docs) < EXPORT_WINDOW:
                return

    def why(self, number: int) -> Why:
        """Of an article by its number in the index."""
        question, result = self._settled()
        self._need_all()

        def part(asked: Query, excluding: bool) -> WhyPart:
            return whoosh_why.part_of(asked, excluding, self._searcher, self._compiler, number)

        _, parts = parts_of(question.asked, part)
        compiled = self._compiled(question.asked, question.also)
        ranked = rank(
            self._searcher,
            compiled,
            number,
            filters=self._filters(),
            groups=self._groups() if self._search.fold else None,
            **self._ordered(question.asked),
        )
        why = Why(
            article=self._article(number),
            found=ranked is not None,
            total=result.total,
            generation=self._generation,
            parts=parts,
            filters=tuple(self._passed(number)),
            relaxed=question.relaxed,
            ignored=question.ignored,
            by_score=self._order() is None,
            behind=None if ranked is None or ranked.behind is None else self._article(ranked.behind),
        )
        if ranked is None or not why.by_score:
            bare = tuple(replace(part, score=0.0, terms=()) for part in parts)
            return replace(why, parts=bare, rank=None if ranked is None else ranked.place)
        also = explain(self._searcher, _any_of(question.asked, question.also), number)
        related = whoosh_why.term_scores(also.brought, self._searcher)
        whole = sum(part.score for part in parts) + sum(term.score for term in related) + ranked.bonus
        return replace(
            why,
            rank=ranked.place,
            score=ranked.score,
            related=related,
            nearness=ranked.bonus,
            age=(ranked.factor - 1) * whole,
        )

    def _passed(self, number: int) -> Iterator[WhyFilter]:
        """Each filter, and whether an article passes it."""
        compiled = list(self._filters().values())
        for (name, part), one in zip(self._filter_names().items(), compiled, strict=True):
            yield WhyFilter(name, part, explain(self._searcher, one, number).found)

    def values(self, field: str, find: str, order: FacetOrder, part: slice) -> Values:
        """Of a facet; part: which of those that are admitted"""
        question, _ = self._settled()
        key = key_field(field)
        filters = {name: compiled for name, compiled in self._filters().items() if name != key}
        compiled = self._compiler.compile(question.asked)
        counted = self._evaluated(compiled, limit=0, filters=filters, facets=[counting.Facet(key)])
        self._need_all()
        counts = dict(counted.facets[key])
        chosen = {value: counts.get(value, 0) for value in self._chosen(field)}
        admits = admitting(find)
        rest = (Bucket(value, count) for value, count in counts.items() if value not in chosen and admits(value))
        found = ordered(rest, order)
        return Values(
            buckets=tuple(found[part]),
            chosen=tuple(Bucket(value, count, selected=True) for value, count in chosen.items()),
            found=len(found),
            cardinality=len(counts),
            total=counted.total,
            generation=self._generation,
        )

    def _settled(self) -> tuple[_Question, Result]:
        search = self._search
        understood, ignored = analysis.without_stop_words(search.query)
        if search.spellings:
            self._compiler.spellings = self._timely(lambda: self._spellings(ranking.bare_words(understood)), {})
        if search.match is Match.ANY:
            understood = analysis.loosen(understood)
        asked, relaxed = understood, False
        if self._cursor is not None and self._cursor.relaxed:  # even if by now some articles have all the words
            asked, relaxed = analysis.loosen(understood), True
        result = self._result(asked)
        strict = result.total
        least = schema.RELAX_BELOW if ranking.is_question(asked) else 1
        relaxable = self._cursor is None and search.match is Match.AUTO and result.total < least
        looser = self._timely(lambda: self._looser(understood, asked, least), None) if relaxable else None
        if looser is not None:
            asked, relaxed = looser, True
            result = self._result(asked)
        helped = relaxed and search.related and self._order() is None and result.total > schema.RELATED_FROM
        also = self._timely(lambda: self._related(asked), ()) if helped else ()
        if also:
            result = self._result(asked, also)
        return _Question(strict, asked, relaxed, also, ignored), result

    def _looser(self, understood: Query, asked: Query, least: int) -> Query | None:
        """The query with any of its bare words, where it has too few articles with all, and so has some."""
        if self._hits(asked) >= least:
            return None
        looser = analysis.loosen(understood)
        return looser if looser != understood and self._hits(looser) else None

    def _result(self, node: Query, also: tuple[Related, ...] = ()) -> Result:
        """also: words that touch the order, and find nothing by themselves"""
        search = self._search
        return self._evaluated(
            self._compiled(node, also),
            limit=search.size,
            groups=self._groups(),
            fold=search.fold,
            offset=(search.page - 1) * search.size,
            after=None if self._cursor is None else Place(self._cursor.key, self._cursor.tie),
            filters=self._filters(),
            facets=[counting.Facet(key_field(field), MAX_BUCKETS, self._chosen(field)) for field in schema.FACETS],
            histogram=whoosh_timeline.BY_MONTH,
            **self._ordered(node),
        )

    def _groups(self) -> Groups | None:
        return None if self._stories is None else self._stories.groups

    def _compiled(self, node: Query, also: tuple[Related, ...]) -> Any:
        compiled = self._compiler.compile(node)
        if not also:
            return compiled
        return query.AndMaybe(compiled, _any_of(node, also))

    def _ordered(self, node: Query) -> dict[str, Any]:
        """What the order of the hits takes."""
        return {
            "sort": self._order(),
            "decay": RECENCY if self._search.sort is Sort.RECENT else None,
            "tie": "tie",
            "proximity": proximity(node, self._compiler.languages),
        }

    def _read_cursor(self) -> Cursor:
        cursor = read(self._search.cursor, self._search)
        by_score = self._order() is None
        if cursor.generation > self._generation or (by_score and cursor.key is None):
            raise SearchRefused(
                "this cursor is of another archive; leave it out to begin with the first hits", "cursor"
            )
        return cursor

    def _cursor_behind(self, result: Result, relaxed: bool) -> str | None:
        if result.end is None or result.before + len(result.docs) >= result.rows:
            return None
        return written(Cursor(self._generation, result.end.key, result.end.tie, relaxed), self._search)

    def _spellings(self, words: list[str]) -> dict[str, tuple[str, ...]]:
        """How else bare words are to be searched. In a query all in capitals no word is an abbreviation for them."""
        shout = len(words) > 1 and all(map(str.isupper, words))
        spelt = {}
        for word in dict.fromkeys(words):
            self._deadline.check()
            whole = self._long_form(word) if is_abbreviation(word) and not shout else None
            others = (*([whole] if whole else []), *self._compiler.other_spellings(word))
            if others:
                spelt[word] = others
        return spelt

    def _long_form(self, abbreviation: str) -> str | None:
        """What the best articles that have it say it stands for."""
        compiled = self._compiler.compile(Word(abbreviation))
        best = self._evaluated(compiled, limit=schema.DEFINED_IN).docs.tolist()
        articles = (from_stored(self._reader.stored_fields(number)["article"]) for number in best)
        return long_form(abbreviation, (article.body for article in articles))

    def _related(self, node: Query) -> tuple[Related, ...]:
        """Words of the best articles for a question, whatever the filters; none for a search of few words."""
        if not ranking.is_question(node):
            return ()
        found = self._evaluated(
            self._compiler.compile(node),
            limit=schema.RELATED_FROM,
            proximity=proximity(node, self._compiler.languages),
        )
        best = [
            (from_stored(self._reader.stored_fields(number)["article"]), score)
            for number, score in zip(found.docs.tolist(), found.scores.tolist(), strict=True)
        ]
        count, frequency = self._reader.doc_count_all(), self._reader.doc_frequency
        return related(best, count, lambda stem: int(frequency("text", stem)))

    def _hits(self, node: Query) -> int:
        """How many, without the filters, so that adding a filter never raises a count."""
        return self._total(self._compiler.compile(node))

    def _order(self) -> ByColumn | None:
        sort = self._search.sort
        if sort is Sort.INDEXED:
            return ByColumn("indexed", descending=True)
        if sort in (Sort.RELEVANCE, Sort.RECENT) and not isinstance(self._search.query, All):
            return None
        return ByColumn("instant", descending=sort is not Sort.OLDEST)

    def _filters(self, without: Collection[str] = ()) -> dict[str, Any]:
        """By the key field of a facet, whose own counts ignore it; others by their place. without: by name"""
        filters = {
            key_field(part.field) if isinstance(part, OneOf) else str(place): self._compiler.compile(part)
            for place, part in enumerate(self._search.filters)
            if _name(part) not in without
        }
        if self._search.since is not None and "since" not in without:
            filters["since"] = query.NumericRange("entered", self._search.since + 1, None)
        return filters

    def _filter_names(self) -> dict[str, Query | None]:
        names: dict[str, Query | None] = {_name(part): part for part in self._search.filters}
        return names if self._search.since is None else {**names, "since": None}

    def _hit(self, number: int, score: float, alike: int, asked: Query) -> Hit:
        """asked: what its words are marked for, while there is time"""
        article = self._article(number)
        marked = self._timely(lambda: asked, All())
        return Hit(
            article=article,
            score=score,
            snippet=snippet(article.body, marked, self._rarity, article.language),
            title_pieces=mark(article.title, marked, "title", article.language) if article.title else (),
            story=None if self._stories is None else outlined(self._stories, number),
            alike=alike,
        )

    def _article(self, number: int) -> Article:
        return from_stored(self._reader.stored_fields(number)["article"])

    def _rarity(self, part: Query) -> float:
        rarity = self._rarities.get(part)
        if rarity is None:
            rarity = math.log(1 + self._reader.doc_count() / (1 + self._compiler.frequency(part)))
            self._rarities[part] = rarity
        return rarity

    def _facet(self, field: str, result: Result) -> tuple[Bucket, ...]:
        """The most frequent values, and behind them the chosen ones that are not among these."""
        counts = dict(result.facets[key_field(field)])
        chosen = self._chosen(field)
        shown = counts | {value: 0 for value in chosen if value not in counts}
        return tuple(Bucket(value, count, value in chosen) for value, count in shown.items())

    def _chosen(self, field: str) -> tuple[str, ...]:
        """The values that a facet is filtered by."""
        return tuple(
            dict.fromkeys(
                value
                for part in self._search.filters
                if isinstance(part, OneOf) and part.field == field
                for value in part.values
            )
        )


def _any_of(node: Query, also: tuple[Related, ...]) -> Any:
    """Related words, their weights by how many words of the question they stand beside."""
    share = schema.RELATED * len(ranking.bare_words(node))
    return query.Or([query.Term("text", one.stem, boost=share * one.weight) for one in also])


def _name(filter_: Query) -> str:
    return filter_.field if isinstance(filter_, OneOf) else "date"
