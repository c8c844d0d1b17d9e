"""The parameters of a search, each declared once, as a field of `Parameters`: its type, bounds, default and meaning.

The model validates them, names them for links, and is what the OpenAPI document says of them; a further parameter is
one more field. The words for what is wrong are ours: pydantic's speak to programmers.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from search.engine import MAX_SIZE, MAX_WINDOW, FacetOrder, Match, Search, Sort
from search.parse import QueryError, parse, period
from search.query import All, Between, OneOf, Query
from web.messages import gettext as _
from web.messages import gettext_noop

FILTERS = ("publisher", "author", "place", "language")  # each repeatable, its values alternatives
MAX_VALUES = 100  # of one of them
MAX_FIND = 100  # characters of what begins words of a facet's values: each word is looked for in all of them
SIZE = 10  # hits on a page where the address asks for no other number

_YEAR_OR_MONTH = "^(?!0000)[0-9]{4}(-(0[1-9]|1[0-2]))?$"
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


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


class View(StrEnum):
    LIST = "list"
    KWIC = "kwic"  # a concordance: one line for each mark, with the words around it


class ContextSort(StrEnum):
    """The order of the lines of a concordance."""

    TEXT = "text"  # of the articles, and in them of their text
    LEFT = "left"  # by the words before, the nearest first
    RIGHT = "right"
    MATCH = "match"  # by what was found itself


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


def _once(values: tuple[str, ...]) -> str:
    if len(values) > 1:
        raise PydanticCustomError("repeated", "given more than once")
    return values[0]


def _whole_number(text: str) -> int | str:
    """Plain digits alone: Python and pydantic take `1_0` and `1.0` for numbers too."""
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


Days = tuple[date, date | None]  # the first day and the first one after, None where the calendar ends

# Of what stands beside a type in Annotated, the last is done first.
_ONE = BeforeValidator(_once)
_BARE = BeforeValidator(str.strip)

Typed = Annotated[Query, PlainValidator(parse), _ONE, WithJsonSchema({"type": "string"})]
Values = Annotated[tuple[str, ...], Field(max_length=MAX_VALUES)]
Period = Annotated[
    Days | None,
    PlainValidator(period),
    _BARE,
    _ONE,
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"pattern": _YEAR_OR_MONTH}]}),
]
Number = Annotated[int, Field(strict=True, ge=1), BeforeValidator(_whole_number), _BARE, _ONE]
Generation = Annotated[
    int | None,
    Field(strict=True, ge=0),
    BeforeValidator(_whole_number),
    _BARE,
    _ONE,
    WithJsonSchema({"type": "integer", "minimum": 0}),
]


class Parameters(BaseModel):
    """Each given as the tuple of its values, and left out where there are none; names that are not known do no harm."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    q: Typed = Field(
        default_factory=All,
        description=gettext_noop("The query, in the query language. Without it: everything, newest first."),
    )
    publisher: Values = Field(
        (), description=gettext_noop("Only articles of this publisher. Repeat it for alternatives.")
    )
    author: Values = Field((), description=gettext_noop("Only articles by this author. Repeat it for alternatives."))
    place: Values = Field((), description=gettext_noop("Only articles from this place. Repeat it for alternatives."))
    language: Values = Field(
        (),
        description=gettext_noop(
            "Only articles in this language, an ISO 639-1 code such as `en`. Repeat it for alternatives."
        ),
    )
    from_: Period = Field(
        None,
        alias="from",
        description=gettext_noop(
            "Only articles of this year, month or day and later: `2012`, `2012-06`, `2012-06-07`."
        ),
    )
    to: Period = Field(None, description=gettext_noop("Only articles of this year, month or day and earlier."))
    sort: Annotated[Sort, _BARE, _ONE] = Field(
        Sort.RELEVANCE,
        description=gettext_noop(
            "The order: the best match first, the same halved for every year of age, by date, or the newest in the "
            "archive first. Undated articles are last by date."
        ),
    )
    match: Annotated[Match, _BARE, _ONE] = Field(
        Match.AUTO,
        description=gettext_noop(
            "How many of the bare words an article must have: `all`, `any`, or all of them and any where that "
            "finds too little."
        ),
    )
    related: Annotated[Switch, _BARE, _ONE] = Field(
        Switch.ON,
        description=gettext_noop(
            "Whether words that the best articles share help to order the others, where any word is enough."
        ),
    )
    spellings: Annotated[Switch, _BARE, _ONE] = Field(
        Switch.ON,
        description=gettext_noop("Whether bare words are found in other spellings too that the archive prints."),
    )
    since: Generation = Field(
        None,
        description=gettext_noop(
            "Only articles that entered the archive after this generation, one that an answer has named. "
            "Articles that were changed since are not among them."
        ),
    )
    fold: Annotated[Literal["0", "1"], _BARE, _ONE] = Field(
        "1",
        description=gettext_noop(
            "Of several reports of one story only the first in the order is shown; `0` shows all of them. Whatever is "
            "counted counts articles."
        ),
    )
    page: Number = Field(
        1,
        json_schema_extra={"maximum": MAX_WINDOW},
        examples=[2],
        description=gettext_noop("The page, counted from 1; page × size is 10,000 at most."),
    )
    size: Number = Field(SIZE, le=MAX_SIZE, examples=[50], description=gettext_noop("Hits on a page."))
    cursor: Annotated[str, _BARE, _ONE] = Field(
        "",
        description=gettext_noop(
            "Of an answer to the same search: the hits behind those of that answer, in place of a page."
        ),
    )
    view: Annotated[View, _BARE, _ONE] = Field(
        View.LIST,
        description=gettext_noop(
            "`kwic`: in place of articles, every place in them where something was found, a line each with the words "
            "around it. Lines are of 100 articles, and `cursor` leads to the next ones; `page` and `size` count lines."
        ),
    )
    kwic_sort: Annotated[ContextSort, _BARE, _ONE] = Field(
        ContextSort.TEXT,
        description=gettext_noop(
            "The order of such lines: as in the articles, by the words before or after, the nearest first, or by what "
            "was found itself."
        ),
    )

    def search(self) -> Search:
        filters: list[Query] = [OneOf(name, values) for name in FILTERS if (values := getattr(self, name))]
        if self.from_ or self.to:
            filters.append(Between(self.from_ and self.from_[0], self.to and self.to[1]))
        return Search(
            query=self.q,
            filters=tuple(filters),
            sort=self.sort,
            match=self.match,
            related=self.related is Switch.ON,
            spellings=self.spellings is Switch.ON,
            page=self.page if self.view is View.LIST else 1,
            size=self.size if self.view is View.LIST else MAX_SIZE,
            since=self.since,
            fold=self.fold == "1" and self.view is View.LIST,
            cursor=self.cursor,
        )


class Listing(BaseModel):
    """What of a facet is listed."""

    find: Annotated[str, Field(max_length=MAX_FIND), _ONE] = Field(
        "", description="Only values with words that begin so, each of them; accents and capitals do not matter."
    )
    order: Annotated[FacetOrder, _BARE, _ONE] = Field(
        FacetOrder.COUNT, description="The most frequent values first, or all by name."
    )


class FacetParameters(Listing, Parameters):
    """A search, and what of one of its facets is listed."""


Model = TypeVar("Model", bound=Parameters)

NAMES = tuple(field.alias or name for name, field in Parameters.model_fields.items())


def parameters_from(values: Mapping[str, tuple[str, ...]]) -> Parameters:
    """Raises BadParameters."""
    return validated(Parameters, values)


def validated(model: type[Model], values: Mapping[str, tuple[str, ...]]) -> Model:
    """Raises BadParameters."""
    try:
        asked, errors = model.model_validate(values), []
    except ValidationError as error:
        errors = [_told(fault, values) for fault in error.errors()]
        faulty = {fault.parameter for fault in errors}
        asked = model.model_validate({name: given for name, given in values.items() if name not in faulty})
    errors += _contradictions(asked, values)
    if errors:
        raise BadParameters(tuple(errors))
    return asked


@cache
def described() -> dict[str, dict[str, Any]]:
    """The JSON schema of each parameter, by its name in an address."""
    schemas: dict[str, dict[str, Any]] = Parameters.model_json_schema()["properties"]
    return schemas


def _contradictions(asked: Parameters, values: Mapping[str, tuple[str, ...]]) -> Iterator[ParameterError]:
    """What is wrong with values that are right by themselves."""
    if asked.from_ and asked.to and asked.to[1] and asked.from_[0] >= asked.to[1]:
        first, last = values["from"][0], values["to"][0]
        yield ParameterError("from", _("from %(first)s is later than to %(last)s; swap them", first=first, last=last))
    if asked.page * asked.size > MAX_WINDOW:
        yield ParameterError(
            "page",
            _("only the first %(most)s articles can be reached by page; go on by cursor", most=f"{MAX_WINDOW:,}"),
        )
    elif asked.cursor and asked.page > 1 and asked.view is View.LIST:
        yield ParameterError("cursor", _("a cursor takes the place of a page; give one of the two"))


def _told(fault: ErrorDetails, values: Mapping[str, tuple[str, ...]]) -> ParameterError:
    name = str(fault["loc"][0])
    given, about = values[name], fault.get("ctx", {})
    wrong = {"name": name, "text": reprlib.repr(given[0])}
    match fault["type"]:
        case "value_error":
            return _query_told(name, about["error"])
        case "repeated":
            words = _("%(name)s is given %(number)s times; give it once", name=name, number=len(given))
        case "enum" | "literal_error":
            *others, last = re.findall("'(.*?)'", about["expected"])
            words = _("%(name)s is %(others)s or %(last)s, not %(text)s", others=", ".join(others), last=last, **wrong)
        case "too_long":
            words = _("%(name)s is given more than %(most)s times; leave some out", name=name, most=MAX_VALUES)
        case "string_too_long":
            words = _("%(name)s is longer than %(most)s characters; shorten it", name=name, most=MAX_FIND)
        case _:
            least, most = described()[name].get("minimum"), described()[name].get("maximum")
            words = (
                _(
                    "%(name)s is a whole number from %(least)s to %(most)s, not %(text)s",
                    least=least,
                    most=most,
                    **wrong,
                )
                if most
                else _("%(name)s is a whole number from %(least)s, not %(text)s", least=least, **wrong)
            )
    return ParameterError(name, words)


def _query_told(name: str, error: ValueError) -> ParameterError:
    if isinstance(error, QueryError):
        return ParameterError(name, _(error.message, **error.values), error.position)
    return ParameterError(name, str(error))
