"""The receipt of a search: what was really asked of the archive, part by part, and how each part could be changed.

It is told along the query as its reader typed it, so that each part's edits are edits of what stands in his box.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from search import analysis, edits
from search.edits import Place
from search.parse import render
from search.query import All, And, Between, Fuzzy, Near, Not, OneOf, Or, Phrase, Prefix, Query, Word, Words

MAX_PARTS = 24  # of a query, that are looked up; of one with more no part can be changed: links of its length add up
MAX_FORMS = 12  # of a part, the most frequent; a receipt says how many more there are


class Joined(StrEnum):
    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Form:
    """A word as the archive prints it, case and accents aside."""

    text: str
    count: int  # articles


@dataclass(frozen=True, slots=True)
class Forms:
    """What a part stands for, most frequent first, equally frequent ones by their letters."""

    first: tuple[Form, ...] = ()  # at most MAX_FORMS
    more: int = 0  # that are not among them


@dataclass(frozen=True, slots=True)
class Part:
    """A word, phrase or date, and the whole query as it would be with this part changed; None where there is nothing to
    change to.

    count: articles of the whole archive that it finds by itself
    forms: words that it stands for; none for what is searched as it is written
    spellings: other ones, and long forms of an abbreviation, that were searched too
    excluded: what has it is not wanted
    ignored: it was left out, as a common word
    """

    asked: Query
    count: int
    forms: Forms = Forms()
    spellings: tuple[Form, ...] = ()
    excluded: bool = False
    ignored: bool = False
    exact: Query | None = None
    loose: Query | None = None
    dropped: Query | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all were asked for, or any."""

    joined: Joined
    parts: tuple[Part | Group, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Filtered:
    """A filter, and how many articles of the whole archive it lets through."""

    filter: Query
    count: int


@dataclass(frozen=True, slots=True)
class Receipt:
    asked: Group = Group(Joined.ALL, ())  # without parts where everything was asked for
    filters: tuple[Filtered, ...] = ()
    more: int = 0  # parts of the query beyond the first MAX_PARTS


class Archive(Protocol):
    """What a receipt has to know of an archive."""

    def count(self, part: Query, *, as_typed: bool = False) -> int:
        """Articles that a part of a query, or a filter, finds by itself; `as_typed`: in no other spellings."""

    def forms(self, part: Query) -> Forms:
        """Words that it stands for as the archive prints them."""

    def spellings(self, part: Query) -> tuple[Form, ...]:
        """Other ones that it was searched in too."""


def receipt(query: Query, filters: Sequence[Query], archive: Archive, *, any_word: bool = False) -> Receipt:
    """Of the query as typed.

    any_word: whether any of its bare words was enough
    """
    parts = sum(1 for _ in edits.leaves(query))
    written = _Writer(query, archive, any_word=any_word, editable=parts <= MAX_PARTS).write(query, ())
    if not isinstance(written, Group):
        written = Group(Joined.ALL, () if written is None else (written,))
    counted = tuple(Filtered(part, archive.count(part)) for part in filters)
    return Receipt(written, counted, max(0, parts - MAX_PARTS))


class _Writer:
    def __init__(self, query: Query, archive: Archive, *, any_word: bool, editable: bool) -> None:
        self._query = query
        self._archive = archive
        self._any_word = any_word
        self._editable = editable
        self._written = 0
        self._excluding = False  # below a Not nothing is loosened, nor searched in other spellings

    def write(self, node: Query, place: Place) -> Part | Group | None:
        """None for everything, and for what is beyond MAX_PARTS."""
        match node:
            case Words():
                return self._words(node, place)
            case And(parts):
                return _group(Joined.ALL, self._all(parts, place))
            case Or(parts):
                return _group(Joined.ANY, self._all(parts, place))
            case Not(part):
                return self._not(part, (*place, 0))
            case All():
                return None
            case _:
                return self._part(node, place)

    def _all(self, parts: tuple[Query, ...], place: Place) -> list[Part | Group | None]:
        return [self.write(part, (*place, number)) for number, part in enumerate(parts)]

    def _words(self, node: Words, place: Place) -> Part | Group | None:
        """Where any bare word is enough, these come first, and what was left out comes last."""
        ignored = {} if self._excluding else analysis.ignored_parts(node)
        any_word = self._any_word and not self._excluding
        either: list[Part | Group | None] = []
        others: list[Part | Group | None] = []
        left_out: list[Part | Group | None] = []
        for number, part in enumerate(node.parts):
            where = (*place, number)
            if number in ignored:
                left_out.append(self._part(part, where, ignored=True))
            elif any_word and analysis.is_bare(part):
                either.append(self._part(part, where, counted=analysis.loosen(Words((part,)))))
            else:
                others.append(self.write(part, where))
        return _group(Joined.ALL, [_group(Joined.ANY, either), *others, *left_out])

    def _not(self, part: Query, place: Place) -> Part | Group | None:
        was, self._excluding = self._excluding, True
        try:
            written = self.write(part, place)
        finally:
            self._excluding = was
        return None if written is None else replace(written, excluded=not written.excluded)

    def _part(self, leaf: Query, place: Place, *, counted: Query | None = None, ignored: bool = False) -> Part | None:
        """counted: what was searched for it, where that is not the leaf itself"""
        self._written += 1
        if self._written > MAX_PARTS:
            return None
        archive, typed = self._archive, self._excluding or ignored
        return Part(
            leaf,
            archive.count(counted or leaf, as_typed=typed),
            Forms() if ignored else archive.forms(leaf),
            () if typed else archive.spellings(leaf),
            ignored=ignored,
            exact=self._with(place, edits.exact(leaf)),
            loose=None if ignored else self._with(place, edits.loose(leaf)),
            dropped=self._edited(place, None),
        )

    def _with(self, place: Place, part: Query | None) -> Query | None:
        return None if part is None else self._edited(place, part)

    def _edited(self, place: Place, part: Query | None) -> Query | None:
        return edits.edited(self._query, {place: part}) if self._editable else None


def _group(joined: Joined, parts: Iterable[Part | Group | None]) -> Part | Group | None:
    """As flat as can be; None without parts."""
    flat: list[Part | Group] = []
    for part in parts:
        if isinstance(part, Group) and part.joined is joined and not part.excluded:
            flat += part.parts
        elif part is not None:
            flat.append(part)
    return flat[0] if len(flat) == 1 else Group(joined, tuple(flat)) if flat else None


def searched(group: Group) -> Group:
    """Without the words that were left out."""
    kept: list[Part | Group] = []
    for part in group.parts:
        if isinstance(part, Group):
            inner = searched(part)
            kept.append(inner.parts[0] if len(inner.parts) == 1 else inner)
        elif not part.ignored:
            kept.append(part)
    only = kept[0] if len(kept) == 1 else None
    return only if isinstance(only, Group) else replace(group, parts=tuple(kept))


def left_out(group: Group) -> list[Part]:
    """The words that were, as being too common."""
    found = []
    for part in group.parts:
        if isinstance(part, Group):
            found += left_out(part)
        elif part.ignored:
            found.append(part)
    return found


def to_json(receipt: Receipt) -> dict[str, Any]:
    """Queries are in the query language; days are inclusive, null for an open side."""
    return {
        "asked": _group_json(receipt.asked),
        "filters": [part_json(one.filter) | {"count": one.count} for one in receipt.filters],
        "more": receipt.more,
    }


def _group_json(group: Group) -> dict[str, Any]:
    parts = [_group_json(part) if isinstance(part, Group) else _part_json(part) for part in group.parts]
    return {"joined": group.joined, "excluded": group.excluded, "parts": parts}


def _part_json(part: Part) -> dict[str, Any]:
    changed = {"exact": part.exact, "loose": part.loose, "dropped": part.dropped}
    return {
        "query": render(part.asked),
        **part_json(part.asked),
        "count": part.count,
        "excluded": part.excluded,
        "ignored": part.ignored,
        "forms": _forms_json(part.forms.first),
        "more_forms": part.forms.more,
        "spellings": _forms_json(part.spellings),
        **{name: None if query is None else render(query) for name, query in changed.items()},
    }


def _forms_json(forms: Iterable[Form]) -> list[dict[str, Any]]:
    return [{"text": form.text, "count": form.count} for form in forms]


def part_json(part: Query) -> dict[str, Any]:
    """What is asked of which field."""
    kind = type(part).__name__.lower()
    match part:
        case Between(start, end):
            last = end and end - timedelta(days=1)
            days = {"first": start and start.isoformat(), "last": last and last.isoformat()}
            return {"kind": "date", "field": "date", "days": days}
        case OneOf(field, values):
            return {"kind": "values", "field": field, "values": list(values)}
        case Word(text, field) | Phrase(text, field) | Prefix(text, field):
            return {"kind": kind, "field": field, "text": text}
        case Near(text, distance, field):
            return {"kind": kind, "field": field, "text": text, "distance": distance}
        case Fuzzy(text, edits, field):
            return {"kind": kind, "field": field, "text": text, "edits": edits}
        case _:
            return {"kind": "query", "field": None, "text": render(part)}
