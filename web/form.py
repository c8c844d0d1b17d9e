"""A search as its address states it: from the query string to a `Search`, and back into links.

Everything here is pure. `Form` keeps values as they were given, so that a page can show a refused form still filled.
"""

from __future__ import annotations

import re
import reprlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from search.engine import MAX_SIZE, MAX_WINDOW, Match, Search, Sort
from search.parse import QueryError, parse, period
from search.query import All, Between, OneOf, Query

FILTERS = ("publisher", "author", "place", "language")  # each repeatable, its values alternatives
NAMES = ("q", *FILTERS, "from", "to", "sort", "match", "related", "spellings", "page", "size")
SIZE = 10  # hits on a page where the address asks for no other number

_READABLE = "/:,()*!~'"  # legal in a query string as they are, and a query is easier to read and shorter with them
_NUMBER = re.compile(r"[0-9]{1,9}")

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ParameterError:
    """What is wrong with one parameter, in words for the one who typed it."""

    parameter: str
    detail: str
    position: int | None = None  # in `q`, counted in characters from 0


class BadParameters(ValueError):
    """The address asks for what cannot be answered; every parameter at fault is named."""

    def __init__(self, errors: tuple[ParameterError, ...]) -> None:
        super().__init__("; ".join(error.detail for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Form:
    """The known parameters of an address, in the order of NAMES, each with at least one value."""

    values: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """The value of a parameter that is given once; empty where it is not given."""
        return self.values[name][0] if name in self.values else ""

    def chosen(self) -> list[tuple[str, str]]:
        """The values filtered by, with their fields."""
        return [(name, value) for name in FILTERS for value in self.values.get(name, ())]

    def put(self, name: str, *values: str | int) -> Form:
        """The same search with these values of one parameter (none takes it out), from its first page."""
        changed = {**self.values, "page": (), name: tuple(str(value) for value in values)}
        return Form({known: changed[known] for known in NAMES if changed.get(known)})

    def add(self, name: str, value: str) -> Form:
        return self.put(name, *self.values.get(name, ()), value)

    def drop(self, name: str, value: str) -> Form:
        return self.put(name, *(other for other in self.values.get(name, ()) if other != value))

    def query_string(self) -> str:
        return urlencode(self.values, doseq=True, safe=_READABLE)


def form_from(arguments: MultiDict[str, str]) -> Form:
    """Unknown names are left out, and so are blank values: an HTML form sends those for inputs nobody filled.

    What is filtered by is composed as it is in the archive: programs write accents in either way.
    """
    given = {name: tuple(value for value in arguments.getlist(name) if value.strip()) for name in NAMES}
    for name in FILTERS:
        given[name] = tuple(dict.fromkeys(unicodedata.normalize("NFC", value) for value in given[name]))
    return Form({name: values for name, values in given.items() if values})


def search_from(form: Form) -> Search:
    """Raises BadParameters."""
    errors: list[ParameterError] = []

    def read(name: str, parse_value: Callable[[str], T], default: T) -> T:
        values = form.values.get(name, ())
        if len(values) > 1:
            errors.append(ParameterError(name, f"{name} is given {len(values)} times; give it once"))
            return default
        try:
            return parse_value(values[0]) if values else default
        except QueryError as error:
            errors.append(ParameterError(name, str(error), error.position))
        except ValueError as error:
            errors.append(ParameterError(name, str(error)))
        return default

    anything: Query = All()
    nothing: tuple[date | None, date | None] = (None, None)
    query = read("q", parse, anything)
    start, _ = read("from", _days, nothing)
    end_start, end = read("to", _days, nothing)
    if start and end and start >= end:
        errors.append(ParameterError("from", f"from {form.text('from')} is later than to {form.text('to')}; swap them"))
    sort = read("sort", lambda text: _choice("sort", Sort, text), Sort.RELEVANCE)
    match = read("match", lambda text: _choice("match", Match, text), Match.AUTO)
    related = read("related", lambda text: _choice("related", Switch, text), Switch.ON)
    spellings = read("spellings", lambda text: _choice("spellings", Switch, text), Switch.ON)
    size = read("size", lambda text: _number("size", text, MAX_SIZE), SIZE)
    page = read("page", lambda text: _number("page", text, None), 1)
    if page * size > MAX_WINDOW:
        errors.append(
            ParameterError("page", f"only the first {MAX_WINDOW:,} articles can be reached by page; narrow the search")
        )
    if errors:
        raise BadParameters(tuple(errors))

    filters: list[Query] = [OneOf(name, form.values[name]) for name in FILTERS if name in form.values]
    if start or end_start:
        filters.append(Between(start, end))
    return Search(query, tuple(filters), sort, match, related is Switch.ON, spellings is Switch.ON, page, size)


def _choice(name: str, choices: type[Choice], text: str) -> Choice:
    try:
        return choices(text.strip())
    except ValueError:
        *others, last = choices
        raise ValueError(f"{name} is {', '.join(others)} or {last}, not {reprlib.repr(text)}") from None


def _number(name: str, text: str, most: int | None) -> int:
    bounds = f"from 1 to {most}" if most else "from 1"
    number = int(text) if _NUMBER.fullmatch(text.strip()) else 0
    if number < 1 or (most and number > most):
        raise ValueError(f"{name} is a whole number {bounds}, not {reprlib.repr(text)}")
    return number


def _days(text: str) -> tuple[date | None, date | None]:
    return period(text.strip())
