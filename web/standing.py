"""Where an article stands in the result list that it was opened from.

Its link says at which rank it was. The list is asked for again, so that what stands there now is what is told: an
index that has changed since may have moved the article, or taken it out of the list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from search.article import Article
from search.engine import MAX_WINDOW, Search, SearchRefused
from search.parse import QueryError, parse
from search.query import All, Query
from web.engine import answer
from web.form import BadParameters, Form, search_from
from web.paging import window


@dataclass(frozen=True, slots=True)
class Neighbour:
    article: Article
    rank: int  # counts from 1


@dataclass(frozen=True, slots=True)
class Standing:
    """searched: what the search really asked for, as a page of results says it
    total: of the list; 0 where it is not known
    rank: of the article, counted from 1; None where it is not known, and then neither are the neighbours
    page: of the results on which the article is, or was when it was opened; None where that is not known
    """

    searched: Query
    page: int | None = None
    total: int = 0
    rank: int | None = None
    previous: Neighbour | None = None
    next: Neighbour | None = None


def standing(article_id: str, form: Form, rank: int | None) -> Standing:
    """An article is shown even where the search it came from is nonsense: then nothing is known but its words.

    rank: as its link says, counted from 1
    """
    try:
        search = search_from(form)
        return _ranked(article_id, search, rank) if rank else Standing(_searched(search))
    except (BadParameters, SearchRefused):
        return Standing(_typed(form.text("q")))


def _ranked(article_id: str, search: Search, rank: int) -> Standing:
    number, size = window(max(1, rank - 1), min(rank + 1, MAX_WINDOW))
    found = answer(replace(search, page=number, size=size, cursor=""))
    hits = {place: hit.article for place, hit in enumerate(found.hits, (number - 1) * size + 1)}
    now = next((place for place, article in hits.items() if article.id == article_id), None)

    def neighbour(place: int) -> Neighbour | None:
        return Neighbour(hits[place], place) if place in hits else None

    return Standing(
        searched=found.searched,
        page=((now or rank) - 1) // search.size + 1,
        total=found.rows,
        rank=now,
        previous=neighbour(now - 1) if now else None,
        next=neighbour(now + 1) if now else None,
    )


def _searched(search: Search) -> Query:
    if isinstance(search.query, All):
        return All()
    return answer(replace(search, page=1, size=1, cursor="", related=False)).searched  # their order is of no interest


def _typed(query: str) -> Query:
    try:
        return parse(query)
    except QueryError:
        return All()
