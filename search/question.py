"""What is searched in the end: without common words, in other spellings too, and with any of the words where too little
has all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from search import analysis, ranking, schema
from search.cursor import Cursor
from search.deadline import Timely
from search.engine import Match, Search, Sort
from search.frequency import stem_frequencies
from search.index import Asked, Filter, Found, Index, Place, Since, Spellings, Weighted, Window
from search.query import All, And, OneOf, Query
from search.related import Related, related
from search.spelt import printed_spellings


@dataclass(frozen=True, slots=True)
class Question:
    """strict: hits before it was relaxed
    asked: with any of the bare words where it is relaxed
    related: words that touch the order, and find nothing by themselves
    ignored: stop words left out, as typed
    """

    strict: int
    asked: Asked
    relaxed: bool
    related: tuple[Related, ...]
    ignored: tuple[str, ...]


def filters_of(search: Search) -> dict[str, Filter]:
    """By name: of a field, "date" or "since"."""
    filters: dict[str, Query] = {}
    for part in search.filters:
        name = part.field if isinstance(part, OneOf) else "date"
        before = filters.get(name)
        filters[name] = part if before is None else And((before, part))
    since = {} if search.since is None else {"since": Since(search.since)}
    return {**filters, **since}


def order_of(search: Search) -> Sort:
    """Where everything is asked for no article is better than another."""
    by_score = search.sort in (Sort.RELEVANCE, Sort.RECENT)
    return Sort.NEWEST if by_score and isinstance(search.query, All) else search.sort


class Settling:
    """Finds out what is searched in the end.

    cursor: behind which the hits are wanted
    rows: whether any are, or what is counted is enough
    timely: is told what is left undone
    """

    def __init__(self, index: Index, search: Search, cursor: Cursor | None, timely: Timely, *, rows: bool) -> None:
        self._index = index
        self._search = search
        self._cursor = cursor
        self._timely = timely
        self._rows = rows

    def settled(self) -> tuple[Question, Found]:
        asked, ignored = self._understood()
        if self._cursor and self._cursor.relaxed:  # even if by now some articles have all the words
            looser = _loosened(asked)
            total = self._timely(lambda: next(self._index.totals([looser])), 0)
            return self._relaxed(looser, ignored, total, strict=total)
        found = self._found(asked)
        least = schema.RELAX_BELOW if ranking.is_question(asked.node) else 1
        if self._cursor is None and self._search.match is Match.AUTO and found.total < least:
            any_word = self._timely(lambda: self._total_loosened(asked, least), None)
            if any_word is not None:
                return self._relaxed(_loosened(asked), ignored, any_word, strict=found.total)
        return Question(found.total, asked, False, (), ignored), found

    def _understood(self) -> tuple[Asked, tuple[str, ...]]:
        """Also the words that are left out."""
        search = self._search
        spellings: Spellings = {}
        node, ignored = analysis.without_stop_words(search.query)
        if search.spellings and (bare := ranking.bare_words(node)):
            spellings = self._timely(lambda: printed_spellings(bare, self._index), {})
        if search.match is Match.ANY:
            node = analysis.loosen(node)
        return Asked(node, spellings, filters=filters_of(search), sort=order_of(search)), ignored

    def _total_loosened(self, asked: Asked, least: int) -> int | None:
        """Of the query with any of its bare words, where too few articles have all, and some any; None elsewhere. Both
        are decided without the filters, so that adding a filter never raises a count.
        """
        looser = _loosened(asked)
        if looser == asked:
            return None
        if not asked.filters:
            return next(self._index.totals([looser])) or None
        totals = self._index.totals([_without_filters(asked), _without_filters(looser), looser])
        return None if next(totals) >= least or not next(totals) else next(totals)

    def _relaxed(self, asked: Asked, ignored: tuple[str, ...], total: int, *, strict: int) -> tuple[Question, Found]:
        """total: of the relaxed question"""
        helped = self._search.related and asked.by_score and total > schema.RELATED_FROM
        words = self._timely(lambda: self._related(asked), ()) if helped else ()
        share = schema.RELATED * len(ranking.bare_words(asked.node))
        asked = replace(asked, also=tuple(Weighted(one.stem, share * one.weight) for one in words))
        return Question(strict, asked, True, words, ignored), self._found(asked)

    def _related(self, asked: Asked) -> tuple[Related, ...]:
        """Words of the best articles for a question, whatever the filters; none for a search of few words."""
        if not ranking.is_question(asked.node):
            return ()
        [best] = self._index.best([Asked(asked.node, asked.spellings)], schema.RELATED_FROM)
        return related(best, self._index.documents, stem_frequencies(self._index))

    def _found(self, asked: Asked) -> Found:
        search, cursor = self._search, self._cursor
        after = None if cursor is None else Place(cursor.key, cursor.tie)
        size = search.size if self._rows else 0
        found = self._index.found(asked, Window(size, (search.page - 1) * size, after, search.fold))
        self._timely.partial |= found.partial
        return found


def _loosened(asked: Asked) -> Asked:
    return replace(asked, node=analysis.loosen(asked.node))


def _without_filters(asked: Asked) -> Asked:
    return replace(asked, filters={})
