"""An article as it is read: in paragraphs, with what was searched for marked and numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from search.article import Article
from search.engine import Piece, Snippet
from search.query import Query
from search.snippets import mark
from web.words import paragraphs

_LETTER = re.compile(r"\w")
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text. number: of the mark that begins with it, counted from 1 through the article; marked words with
    no other word between them are one mark.
    """

    text: str
    matched: bool = False
    number: int | None = None


Line = tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an article says, in the order of its page. marks: how many there are"""

    publisher: Line
    title: Line
    summary: tuple[Line, ...]
    author: tuple[Line, ...]
    place: Line
    body: tuple[Line, ...]
    captions: tuple[Line, ...]
    marks: int


def reading(article: Article, query: Query) -> Reading:
    numbers = _Numbers(article.language, query)

    return Reading(
        publisher=numbers.name(article.publisher or "", "publisher"),
        title=numbers.line(article.title or "", "title"),
        summary=numbers.lines(article.summary, "summary"),
        author=tuple(numbers.name(author, "author") for author in article.author),
        place=numbers.name(article.place or "", "place"),
        body=numbers.lines(paragraphs(article.body), "body"),
        captions=numbers.lines(article.captions, "captions"),
        marks=numbers.given,
    )


class _Numbers:
    """Marks texts one after another and counts on."""

    def __init__(self, language: str | None, query: Query) -> None:
        self.given = 0
        self._language = language
        self._query = query

    def lines(self, texts: Iterable[str], field: str) -> tuple[Line, ...]:
        return tuple(self.line(text, field) for text in texts)

    def line(self, text: str, field: str) -> Line:
        return tuple(self._numbered(self._pieces(text, field), _LETTER))

    def name(self, text: str, field: str) -> Line:
        """A text that is a link, whose marks are one."""
        return tuple(self._numbered(self._pieces(text, field), _NOTHING))

    def _pieces(self, text: str, field: str) -> Snippet:
        return mark(text, self._query, field, self._language)

    def _numbered(self, pieces: Iterable[Piece], parting: re.Pattern[str]) -> Iterator[Stretch]:
        goes_on = False
        for piece in pieces:
            if not piece.matched:
                goes_on = goes_on and parting.search(piece.text) is None
                yield Stretch(piece.text)
            elif goes_on:
                yield Stretch(piece.text, matched=True)
            else:
                goes_on = True
                self.given += 1
                yield Stretch(piece.text, matched=True, number=self.given)
