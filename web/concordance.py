"""What was found, word by word, in its context: one line for each mark (key word in context, Luhn 1960).

The lines of a search are those of a block of its articles, from the first or from behind a cursor on: so many that
sorting them by a neighbouring word tells something, and so few that reading them costs no more than a page of results.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from search.analysis import words_of
from search.article import Article
from search.engine import MAX_SIZE, Page
from search.query import Query
from web import answers
from web.form import NAMES, Form
from web.parameters import ContextSort, Parameters
from web.reading import Line as Text
from web.reading import Reading, Stretch, reading

ARTICLES = MAX_SIZE  # of a block
LINES = 50  # on a page where the address asks for no other number
LINES_EACH = 100  # of one article, at most
CONTEXT = 80  # characters on each side, at most
NEIGHBOURS = 3  # words on a side by which lines are sorted, the nearest first,
NEAR = 40  # and characters among which they are looked for

_SPACE = re.compile(r"\s+")
_PARAGRAPH = Stretch(" ¶ ")


@dataclass(frozen=True, slots=True)
class Line:
    """One place where an article has what was searched for.

    rank:   of the article among all that was found, counted from 1
    number: of the mark in its article, counted from 1; the mark has the anchor `m` and this number there
    field:  of the article
    before: up to CONTEXT characters, whole words, white space included; a paragraph's end is shown as ¶
    after:  likewise
    """

    article: Article
    rank: int
    number: int
    field: str
    before: str
    match: str
    after: str


@dataclass(frozen=True, slots=True)
class Concordance:
    """A page of the lines of one block.

    lines:    in the order that was asked for
    total:    lines of the block
    page:     counts from 1
    first:    rank of the block's first article; 0 where it has none
    last:     rank of its last
    shortened: how many of its articles have more than LINES_EACH lines, of which the rest is left out
    """

    lines: tuple[Line, ...]
    total: int
    page: int
    size: int
    first: int
    last: int
    shortened: int

    @property
    def pages(self) -> int:
        return -(-self.total // self.size)


def concordance(page: Page, asked: Parameters) -> Concordance:
    """page: the block of articles"""
    size = asked.size if "size" in asked.model_fields_set else LINES
    found: list[Line] = []
    shortened = 0
    for rank, hit in enumerate(page.hits, page.before + 1):
        lines = list(islice(lines_of(hit.article, page.searched, rank), LINES_EACH + 1))
        shortened += len(lines) > LINES_EACH
        found += lines[:LINES_EACH]
    if by := _SORTED.get(asked.kwic_sort):
        found.sort(key=by)  # equal ones stay as they were
    start = (asked.page - 1) * size
    return Concordance(
        lines=tuple(found[start : start + size]),
        total=len(found),
        page=asked.page,
        size=size,
        first=page.before + 1 if page.hits else 0,
        last=page.before + len(page.hits),
        shortened=shortened,
    )


def lines_of(article: Article, searched: Query, rank: int = 0) -> Iterator[Line]:
    """In the order of the article's page, whose numbers the marks have."""
    for field, text in _texts(reading(article, searched)):
        for at, stretch in enumerate(text):
            if stretch.number is not None:
                end = _end(text, at)
                yield Line(
                    article,
                    rank,
                    stretch.number,
                    field,
                    before=_last_words(_joined(reversed(text[:at]))),
                    match=_SPACE.sub(" ", "".join(one.text for one in text[at:end])),
                    after=_first_words(_joined(text[end:], forwards=True)),
                )


def previous(form: Form, shown: Concordance) -> Form | None:
    """The lines before these, of the same block; there is no way back to the block before."""
    return _turned(form, min(shown.page - 1, shown.pages)) if shown.page > 1 else None


def following(form: Form, shown: Concordance, page: Page) -> Form | None:
    """The lines behind these, of the same block or the next."""
    if shown.page < shown.pages:
        return _turned(form, shown.page + 1)
    return form.put("cursor", page.cursor) if page.cursor else None


def ordered(form: Form, sort: str) -> Form:
    """The same block in another order, from its first page."""
    values = {**form.values, "kwic_sort": (sort,)}
    left_out = {"page", *(["kwic_sort"] if sort == ContextSort.TEXT else [])}
    return Form({name: values[name] for name in NAMES if name in values and name not in left_out})


def _turned(form: Form, page: int) -> Form:
    values = {**form.values, "page": (str(page),)}
    return Form({name: values[name] for name in NAMES if name in values and (name != "page" or page > 1)})


def line_json(line: Line) -> answers.Line:
    """As an export and the API give it."""
    article = line.article
    return {
        "id": article.id,
        "title": article.title,
        "publisher": article.publisher,
        "published": article.published.isoformat() if article.published else None,
        "field": line.field,
        "mark": line.number,
        "before": line.before,
        "match": line.match,
        "after": line.after,
    }


def _texts(read: Reading) -> Iterator[tuple[str, Text]]:
    """What stands in context with each other, in the order of the page."""
    yield "publisher", read.publisher
    yield "title", read.title
    yield from (("summary", point) for point in read.summary)
    yield from (("author", name) for name in read.author)
    yield "place", read.place
    yield "body", tuple(_parted(read.body))
    yield from (("captions", caption) for caption in read.captions)


def _parted(paragraphs: Iterable[Text]) -> Iterator[Stretch]:
    for place, paragraph in enumerate(paragraphs):
        if place:
            yield _PARAGRAPH
        yield from paragraph


def _end(text: Text, start: int) -> int:
    """Of the mark that begins there: it goes on where the next words are marked and begin none themselves."""
    end = start + 1
    for place in range(start + 1, len(text)):
        if text[place].matched:
            if text[place].number is not None:
                break
            end = place + 1
    return end


def _joined(stretches: Iterable[Stretch], *, forwards: bool = False) -> str:
    """The text of as many as the context has room for, and a little more."""
    held: list[str] = []
    length = 0
    for stretch in stretches:
        text = _SPACE.sub(" ", stretch.text[: 4 * CONTEXT] if forwards else stretch.text[-4 * CONTEXT :])
        held.append(text)
        length += len(text)
        if length > CONTEXT + 1:
            break
    return "".join(held if forwards else reversed(held))


def _first_words(text: str) -> str:
    if len(text) <= CONTEXT:
        return text.rstrip()
    space = text.rfind(" ", 1, CONTEXT + 1)
    return text[: space if space > 0 else CONTEXT]


def _last_words(text: str) -> str:
    if len(text) <= CONTEXT:
        return text.lstrip()
    space = text.find(" ", len(text) - CONTEXT - 1, len(text) - 1)
    return text[space + 1 if space >= 0 else -CONTEXT :]


def _before(line: Line) -> list[str]:
    """The nearest first."""
    return words_of(line.before[-NEAR:])[: -NEIGHBOURS - 1 : -1]


def _after(line: Line) -> list[str]:
    return words_of(line.after[:NEAR])[:NEIGHBOURS]


_SORTED: dict[ContextSort, Callable[[Line], Any]] = {
    ContextSort.LEFT: lambda line: (_before(line), words_of(line.match)),
    ContextSort.RIGHT: lambda line: (_after(line), words_of(line.match)),
    ContextSort.MATCH: lambda line: (words_of(line.match), _after(line)),
}
