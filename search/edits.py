"""Edits of a query: a part made exact, loosened, dropped, or another put in its place.

What comes out has the form that `search.parse.parse` gives, so `render` writes it and a reader can type it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from search import analysis
from search.parse import MAX_EDITS, OPERATORS
from search.query import And, Fuzzy, Near, Not, Or, Phrase, Prefix, Query, Word, Words, flat
from search.schema import NAMES_FIELDS

SHORTEST_LOOSENED = 4  # letters; a shorter word with one of them wrong may be nearly anything

Place = tuple[int, ...]  # of a part in a query: the number of each part on the way to it, 0 below a Not


def leaves(query: Query, place: Place = ()) -> Iterator[tuple[Place, Query]]:
    """The parts that have no parts themselves, in their order."""
    match query:
        case Words(parts) | And(parts) | Or(parts):
            for number, part in enumerate(parts):
                yield from leaves(part, (*place, number))
        case Not(part):
            yield from leaves(part, (*place, 0))
        case _:
            yield place, query


def at(query: Query, place: Place) -> Query:
    """The part at a place. Raises IndexError for a place that the query does not have."""
    for number in place:
        match query:
            case Words(parts) | And(parts) | Or(parts):
                query = parts[number]
            case Not(part):
                query = part
            case _:
                raise IndexError(place)
    return query


def edited(query: Query, changes: Mapping[Place, Query | None]) -> Query | None:
    """The query with other parts at some places, None for a part that is dropped; None where nothing is left."""

    def rewrite(node: Query, place: Place) -> Query | None:
        if place in changes:
            return changes[place]
        match node:
            case Words(parts) | And(parts) | Or(parts):
                new = (rewrite(part, (*place, number)) for number, part in enumerate(parts))
                kept = [part for part in new if part is not None]
                return flat(type(node), kept) if kept else None
            case Not(part):
                inner = rewrite(part, (*place, 0))
                return inner if inner is None else inner.part if isinstance(inner, Not) else Not(inner)
            case _:
                return node

    return rewrite(query, ())


def exact(leaf: Query) -> Query | None:
    """What finds the part only as it is written; None where it is exact already, or cannot be."""
    match leaf:
        case Word(text, field) if field not in NAMES_FIELDS and not analysis.has_cjk(text):
            return Phrase(text, field)
        case Near(text, _, field) | Prefix(text, field) | Fuzzy(text, _, field):
            return Phrase(text, field)
        case _:
            return None


def loose(leaf: Query) -> Query | None:
    """What finds the part and more beside it; None where there is no such step.

    Of a phrase or words near each other the words anywhere, in any inflection; of one word those a letter off; of
    those, two letters off.
    """
    match leaf:
        case Phrase(text, field) | Near(text, _, field):
            words = [Word(word, field) for word in _printed(text) if word not in OPERATORS]
            return flat(Words, words) if words else None
        case Word(text, field) if len(text) >= SHORTEST_LOOSENED and text.isalpha() and not analysis.has_cjk(text):
            return Fuzzy(text, 1, field)
        case Fuzzy(text, edits, field) if edits < MAX_EDITS:
            return Fuzzy(text, edits + 1, field)
        case _:
            return None


def _printed(text: str) -> list[str]:
    """The words of a text as typed, where nothing parts them as one."""
    found: list[tuple[int, int]] = []
    for _, _, start, end in analysis.asked(text):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return [text[start:end] for start, end in found]
