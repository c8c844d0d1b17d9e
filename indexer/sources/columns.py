"""Which column of a table holds which field of an article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from indexer.extract.language import declared
from indexer.extract.metadata import parse_moment
from indexer.extract.names import split_names
from search.article import Article, ArticleError

MAX_SHOWN = 20  # columns that an error names

_FIELDS = tuple(one.name for one in fields(Article) if one.name not in ("path", "indexed"))
# What tables call them, the most usual first; without the marks between words, and in lower case.
_NAMES = {
    "id": ("id", "guid", "uuid"),
    "title": ("title", "headline", "heading"),
    "summary": ("summary", "description", "abstract", "standfirst", "subtitle", "teaser"),
    "body": ("body", "text", "content", "articlebody", "fulltext", "articletext", "bodytext", "story"),
    "author": ("author", "authors", "byline", "creator", "writer"),
    "publisher": ("publisher", "newspaper", "publication", "source", "outlet", "sitename"),
    "place": ("place", "location", "dateline"),
    "published": ("published", "date", "publishedat", "pubdate", "publicationdate", "datepublished", "publishdate"),
    "captions": ("captions", "caption"),
    "language": ("language", "lang"),
    "url": ("url", "link", "permalink", "weburl", "canonicalurl"),
}
_MARKS = str.maketrans("", "", " _-.")


def parse_columns(text: str) -> dict[str, str]:
    """`title=headline,body=text` -> field to column. Raises ValueError with what to mend."""
    columns: dict[str, str] = {}
    for pair in filter(str.strip, text.split(",")):
        name, mark, column = (part.strip() for part in pair.partition("="))
        if not mark or not column:
            raise ValueError(f"{pair.strip()!r} does not say which column; write field=column, as title=headline")
        if name not in _FIELDS:
            raise ValueError(f"an article has no field {name!r}; it has {', '.join(_FIELDS)}")
        columns[name] = column
    return columns


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table.

    of:    the column of each field that has one; dotted paths lead into objects
    given: those of them that the operator named
    """

    of: Mapping[str, str]
    given: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def among(cls, names: Iterable[str], given: Mapping[str, str]) -> Columns:
        """names: the table's own. Raises ArticleError where none is the body, or one that was given is missing."""
        known = {name.translate(_MARKS).casefold(): name for name in reversed(list(names))}
        there = set(known.values())
        for column in given.values():
            if column not in there and column.split(".", 1)[0] not in there:
                raise ArticleError(f"it has no column {column!r}; it has {_shown(known.values())}")
        found = {
            name: known[usual] for name, usuals in _NAMES.items() for usual in reversed(usuals) if usual in known
        } | dict(given)
        if "body" not in found:
            shown = _shown(known.values())
            raise ArticleError(f"which column is the body? It has {shown}; say --columns body=NAME")
        return cls(found, given)

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What `from_json` makes an article from. Raises ArticleError for a date that is none."""
        values = {name: _texts(_value(row, column)) for name, column in self.of.items()}
        if "id" not in self.given:
            values.pop("id", None)
        made: dict[str, Any] = {name: "\n\n".join(texts) for name, texts in values.items() if texts}
        made |= {name: values[name] for name in ("summary", "captions") if values.get(name)}
        if authors := [name for text in values.get("author", ()) for name in split_names(text) or [text]]:
            made["author"] = authors
        if published := made.get("published"):
            made["published"] = _day(published)
        made["language"] = declared(made.get("language", ""))
        return made

    def row_id(self, row: Mapping[str, Any]) -> str | None:
        """What the table itself tells its rows apart by; unique within it, and perhaps not beyond."""
        if "id" in self.given or "id" not in self.of:
            return None
        return " ".join(_texts(_value(row, self.of["id"]))) or None


def _value(row: Mapping[str, Any], column: str) -> Any:
    """A column, or by a dotted path what stands in it."""
    if column in row:
        return row[column]
    value: Any = row
    for step in column.split("."):
        if isinstance(value, list):
            value = [one.get(step) for one in value if isinstance(one, Mapping)]
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _texts(value: Any) -> list[str]:
    """What a value says, flat. An object says its name; numbers were read as text."""
    match value:
        case str():
            return [value] if value.strip() else []
        case list():
            return [text for one in value for text in _texts(one)]
        case Mapping():
            return _texts(value.get("name"))
    return []


def _day(text: str) -> str:
    moment = parse_moment(text)
    if not isinstance(moment, date):
        raise ArticleError(f"published {text!r} is not a date; write 2012-06-07 or 2012-06-07T06:50:00-04:00")
    return moment.isoformat()


def _shown(names: Iterable[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:MAX_SHOWN]) + (", ..." if len(shown) > MAX_SHOWN else "") or "no columns"
