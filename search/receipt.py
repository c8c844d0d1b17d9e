"""The receipt of a search: what was really asked of the archive, part by part, and how each part could be changed.

It is told along the query as its reader typed it, so that each part's edits are edits of what stands in his box.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    """What a receipt has to know of an archive. spellings: other ones that bare words were searched in too"""

    spellings: Mapping[str, tuple[str, ...]]

    def counts(self, parts: Sequence[Query], *, as_typed: bool = False) -> Mapping[Query, int]:
        """Articles that each part of a query, or filter, finds by itself; `as_typed`: in no other spellings."""

    def forms(self, parts: Sequence[Query]) -> Mapping[Query, Forms]:
        """Words that each stands for as the archive prints them."""


def receipt(query: Query, filters: Sequence[Query], archive: Archive, *, any_word: bool = False) -> Receipt:
    """Of the query as typed.

    any_word: whether any of its bare words was enough
    """
    parts = sum(1 for _ in edits.leaves(query))
    draft = _Writer(query, any_word=any_word, editable=parts <= MAX_PARTS).write(query, ())
    if not isinstance(draft, Group):
        draft = Group(Joined.ALL, () if draft is None else (draft,))
    looked_up = _LookedUp(draft, filters, archive)
    counted = tuple(Filtered(part, looked_up.counts[part]) for part in filters)
    return Receipt(looked_up.group(draft), counted, max(0, parts - MAX_PARTS))


@dataclass(frozen=True, slots=True)
class _Draft(Part):
    """A part before anything is looked up.

    counted: what was searched for it
    as_typed: in no other spellings
    """

    counted: Query = field(default_factory=All)
    as_typed: bool = False


class _LookedUp:
    """What an archive says of drafts, asked for all of them together."""

    def __init__(self, draft: Group, filters: Sequence[Query], archive: Archive) -> None:
        drafts = list(_drafts(draft))
        searched = [part for part in drafts if not part.as_typed]
        self._spellings = archive.spellings
        others = [Word(other) for part in searched for other in self._others(part)]
        as_typed = [part.counted for part in drafts if part.as_typed]
        self.counts = archive.counts([*(part.counted for part in searched), *filters])
        self._typed = archive.counts([*as_typed, *others], as_typed=True)
        self._forms = archive.forms([part.asked for part in drafts if not part.ignored])

    def group(self, draft: Group) -> Group:
        parts = (self.group(part) if isinstance(part, Group) else self._part(part) for part in draft.parts)
        return replace(draft, parts=tuple(parts))

    def _part(self, draft: Part) -> Part:
        assert isinstance(draft, _Draft)  # noqa: S101  there is nothing else in a draft
        return Part(
            draft.asked,
            (self._typed if draft.as_typed else self.counts)[draft.counted],
            Forms() if draft.ignored else self._forms[draft.asked],
            tuple(Form(other, self._typed[Word(other)]) for other in self._others(draft)),
            excluded=draft.excluded,
            ignored=draft.ignored,
            exact=draft.exact,
            loose=draft.loose,
            dropped=draft.dropped,
        )

    def _others(self, draft: _Draft) -> tuple[str, ...]:
        match draft.asked:
            case Word(text, None) if not draft.as_typed:
                return self._spellings.get(text, ())
            case _:
                return ()


def _drafts(group: Group) -> Iterator[_Draft]:
    for part in group.parts:
        if isinstance(part, Group):
            yield from _drafts(part)
        elif isinstance(part, _Draft):
            yield part


class _Writer:
    """Writes drafts, which is to say all but what has to be looked up."""

    def __init__(self, query: Query, *, any_word: bool, editable: bool) -> None:
        self._query = query
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
                either.append(self._part(part, where, counted=_any_of(part)))
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
        return _Draft(
            leaf,
            count=0,
            counted=counted or leaf,
            as_typed=self._excluding or ignored,
            ignored=ignored,
            exact=self._with(place, edits.exact(leaf)),
            loose=None if ignored else self._with(place, edits.loose(leaf)),
            dropped=self._edited(place, None),
        )

    def _with(self, place: Place, part: Query | None) -> Query | None:
        return None if part is None else self._edited(place, part)

    def _edited(self, place: Place, part: Query | None) -> Query | None:
        return edits.edited(self._query, {place: part}) if self._editable else None


def _any_of(word: Word) -> Query:
    """Of `cease-fire` any of its two."""
    loosened = analysis.loosen(Words((word,)))
    return word if loosened == Words((word,)) else loosened


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
