"""One search over one generation of an index: its hits, counts, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from search import analysis, edits, timeline
from search.article import Article
from search.cursor import Cursor, read, written
from search.deadline import Deadline, OutOfTime, Timely
from search.engine import (
    Bucket,
    FacetOrder,
    Hit,
    Interval,
    Match,
    Page,
    Search,
    SearchRefused,
    SearchTimedOut,
    Values,
)
from search.facets import admitting, ordered
from search.frequency import rarities
from search.index import Asked, Found, Index, Row, Since
from search.parse import render
from search.query import All, Query
from search.question import Question, Settling, filters_of, order_of
from search.receipt import Receipt, receipt
from search.remedies import FEW, Count, Filters, Remedy, correction, much_better, remedies
from search.snippets import mark, snippet
from search.spelt import spelt
from search.why import Leaf, Why, WhyFilter, WhyPart, parts_of
from search.words import Words


class Answer:
    """For one search over one generation. Raises SearchRefused."""

    def __init__(self, index: Index, search: Search, deadline: Deadline) -> None:
        self._index = index
        self._search = search
        self._timely = Timely(deadline)
        self._filters = filters_of(search)
        self._cursor = self._read_cursor() if search.cursor else None
        if search.since is not None and search.since > index.generation:
            raise SearchRefused(
                f"the archive is at generation {index.generation}; {search.since} is still to come", "since"
            )

    def page(self) -> Page:
        question, found = self._settled(rows=True)
        asked, index = question.asked, self._index
        shown = spelt(asked.node, asked.spellings)
        words = Words(index, asked.spellings, {} if self._filters else {asked.node: found.total})
        hits = self._hits(found.rows, shown, asked)
        periods, interval = self._timely(
            lambda: timeline.of_answer(index, asked, found.months, self._search.filters), ((), Interval.YEAR)
        )
        corrected = self._timely(lambda: self._correction(question, found.total, words), None)
        wanted = self._timely(lambda: self._receipt(question, words), Receipt()) if self._search.receipt else None
        helpful = self._search.receipt and not question.strict
        helped = self._timely(lambda: self._remedies(question), ()) if helpful else ()
        return Page(
            hits=hits,
            total=found.total,
            stories=found.stories,
            rows=found.available,
            facets=found.facets,
            cardinality=found.cardinality,
            timeline=periods,
            interval=interval,
            generation=index.generation,
            relaxed=question.relaxed,
            ignored=question.ignored,
            truncated=found.truncated,
            related=tuple(one.word for one in question.related),
            spellings=asked.spellings,
            suggestion=render(corrected.query) if corrected else None,
            before=found.before,
            cursor=self._cursor_behind(found, relaxed=question.relaxed),
            searched=shown,
            committed=index.committed,
            receipt=wanted,
            correction=corrected,
            remedies=helped,
            partial=self._timely.partial,
        )

    def export(self) -> tuple[int, Query, Iterator[list[Article]]]:
        """How many hits there are, what was asked for them, and all of them, a few at a time. Raises SearchTimedOut."""
        with self._wholly():
            question, found = self._settled()
        asked = question.asked
        return found.total, spelt(asked.node, asked.spellings), self._index.batches(asked)

    def values(self, field: str, find: str, order: FacetOrder, part: slice) -> Values:
        """Of a facet; part: which of those that are admitted. Raises SearchTimedOut."""
        with self._wholly():
            question, _ = self._settled()
            counts, total = self._index.values(question.asked, field)
        chosen = {value: counts.get(value, 0) for value in question.asked.chosen(field)}
        admits = admitting(find)
        rest = (Bucket(value, count) for value, count in counts.items() if value not in chosen and admits(value))
        found = ordered(rest, order)
        return Values(
            buckets=tuple(found[part]),
            chosen=tuple(Bucket(value, count, selected=True) for value, count in chosen.items()),
            found=len(found),
            cardinality=len(counts),
            total=total,
            generation=self._index.generation,
        )

    def why(self, article_id: str) -> Why | None:
        """None where there is no such article. Raises SearchTimedOut."""
        article = self._index.article(article_id)
        if article is None:
            return None
        with self._wholly():
            question, found = self._settled()
            return self._why(article, question, found.total)

    def _why(self, article: Article, question: Question, total: int) -> Why:
        index, asked = self._index, question.asked

        def explained(leaves: Sequence[Leaf]) -> Iterator[WhyPart]:
            parts = [Asked(leaf.part, {} if leaf.excluding else asked.spellings) for leaf in leaves]
            return index.explained(parts, article.id)

        _, parts = parts_of(asked.node, explained)
        ranked = index.ranked(asked, article.id, folded=self._search.fold)
        told = Why(
            article=article,
            found=ranked is not None,
            total=total,
            generation=index.generation,
            parts=parts,
            filters=tuple(self._passed(article.id)),
            relaxed=question.relaxed,
            ignored=question.ignored,
            by_score=asked.by_score,
            behind=ranked.behind if ranked else None,
        )
        if ranked is None or not asked.by_score:
            bare = tuple(replace(part, score=0.0, terms=()) for part in parts)
            return replace(told, parts=bare, rank=ranked.place if ranked else None)
        related = index.stem_scores(asked.also, article.id)
        whole = sum(part.score for part in parts) + sum(term.score for term in related) + ranked.nearness
        return replace(
            told,
            rank=ranked.place,
            score=ranked.score,
            related=related,
            nearness=ranked.nearness,
            age=(ranked.factor - 1) * whole,
        )

    def _passed(self, article_id: str) -> Iterator[WhyFilter]:
        """Each filter, and whether an article passes it."""
        passes = self._index.passes(list(self._filters.values()), article_id)
        for (name, part), passed in zip(self._filter_names().items(), passes, strict=True):
            yield WhyFilter(name, part, passed)

    def _settled(self, *, rows: bool = False) -> tuple[Question, Found]:
        return Settling(self._index, self._search, self._cursor, self._timely, rows=rows).settled()

    @contextmanager
    def _wholly(self) -> Iterator[None]:
        """Raises SearchTimedOut where something was left undone."""
        try:
            yield
        except OutOfTime:
            self._timely.partial = True
        if self._timely.partial:
            raise SearchTimedOut("the search takes too long; ask for fewer words, or for rarer ones")

    def _hits(self, rows: Sequence[Row], shown: Query, asked: Asked) -> tuple[Hit, ...]:
        """shown: what their words are marked for, while there is time"""
        leaves = list(dict.fromkeys(leaf for _, leaf in edits.leaves(shown)))
        several = len(rows) > 0 and len(leaves) > 1  # one alone is as rare as any
        rarity = self._timely(lambda: rarities(leaves, asked.spellings, self._index), {}) if several else {}
        return tuple(_hit(row, self._timely(lambda: shown, All()), rarity) for row in rows)

    def _receipt(self, question: Question, words: Words) -> Receipt:
        search = self._search
        return receipt(search.query, search.filters, words, any_word=question.relaxed or search.match is Match.ANY)

    def _correction(self, question: Question, total: int, words: Words) -> Remedy | None:
        search, any_word = self._search, self._search.match is Match.ANY
        count = self._counting(question)
        if self._cursor is not None:
            return None
        if question.strict:
            few = search.receipt and question.strict < FEW
            return much_better(search.query, question.strict, count, words, any_word=any_word) if few else None
        hits = total if search.match is Match.AUTO else None
        return correction(search.query, self._filter_names(), count, words, any_word=any_word, hits=hits)

    def _remedies(self, question: Question) -> tuple[Remedy, ...]:
        any_word = self._search.match is Match.ANY
        names, count = self._filter_names(), self._counting(question)
        return remedies(self._search.query, names, count, any_word=any_word, relaxed=question.relaxed)

    def _counting(self, question: Question) -> Count:
        def asked(remedy: Remedy) -> Asked:
            node, _ = analysis.without_stop_words(remedy.query)
            filters = {name: one for name, one in self._filters.items() if name not in remedy.without}
            return Asked(analysis.loosen(node) if remedy.any_word else node, question.asked.spellings, filters=filters)

        return lambda changed: self._index.totals(map(asked, changed))

    def _filter_names(self) -> Filters:
        return {name: None if isinstance(one, Since) else one for name, one in self._filters.items()}

    def _read_cursor(self) -> Cursor:
        cursor = read(self._search.cursor, self._search)
        by_score = Asked(sort=order_of(self._search)).by_score
        if cursor.generation > self._index.generation or (by_score and cursor.key is None):
            raise SearchRefused(
                "this cursor is of another archive; leave it out to begin with the first hits", "cursor"
            )
        return cursor

    def _cursor_behind(self, found: Found, *, relaxed: bool) -> str | None:
        if found.end is None or found.before + len(found.rows) >= found.available:
            return None
        return written(Cursor(self._index.generation, found.end.key, found.end.tie, relaxed), self._search)


def _hit(row: Row, marked: Query, rarity: Mapping[Query, float]) -> Hit:
    article = row.article
    return Hit(
        article=article,
        score=row.score,
        snippet=snippet(article.body, marked, lambda part: rarity.get(part, 1.0), article.language),
        title_pieces=mark(article.title, marked, "title", article.language) if article.title else (),
        story=row.story,
        alike=row.alike,
    )
