"""Query algebra: what a reader asked for, before any engine has analysed it.

Text stays as it was typed; each engine analyses it at its own door. Filters are the same nodes, unscored.
`field` is a name of `search.schema.SEARCHED`, or None for all that bare words search. A leaf in which analysis finds no
term matches nothing, nor does a OneOf without values. What `search.parse` gives is flat: no Words in Words, no And in
And, no Or in Or, no Not in Not, two parts at least.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its inflections. Text that analysis parts (`G-20`) is its parts side by side."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words exactly as written, case aside, side by side within one field and one paragraph."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """These distinct exact words in any order, near each other: all within a stretch of text that holds at most
    `distance` other words between its first and its last, in one field and one paragraph.
    """

    text: str
    distance: int
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so, as written (not on their stems). Of text that analysis parts, the last part begins so."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words as written that differ by at most `edits` letters (inserted, deleted, replaced or two swapped), of
    the same first letter. Text that analysis parts is joined to one word.
    """

    text: str
    edits: int = 1
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """Published on a day with start <= day < end; None leaves a side open. What has no date is outside every range."""

    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class OneOf:
    """A keyword field holds exactly one of these values: a facet's filter."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Parts side by side with no operator between: all of them. The only node that a search may loosen."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Query


@dataclass(frozen=True, slots=True)
class All:
    """Every article."""


Query = Word | Phrase | Near | Prefix | Fuzzy | Between | OneOf | Words | And | Or | Not | All


def flat(kind: type[Words] | type[And] | type[Or], parts: Iterable[Query]) -> Query:
    """The parts, one at least, as one node of that kind: without nodes of the same kind within, and without a node
    around a single part.
    """
    inner = [one for part in parts for one in (part.parts if isinstance(part, kind) else (part,))]
    return inner[0] if len(inner) == 1 else kind(tuple(inner))
