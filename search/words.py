"""What receipts and corrections ask of an index, for the spellings of one answer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from search.corrections import Neighbours
from search.index import Asked, Index, Spellings
from search.query import Query
from search.receipt import Forms

K = TypeVar("K", bound=Hashable)


class Words:
    """A `search.receipt.Archive` and a `search.corrections.Vocabulary`, which looks up nothing twice.

    known: how many articles some parts find, from the search itself

    Everything may raise OutOfTime.
    """

    def __init__(self, index: Index, spellings: Spellings, known: Mapping[Query, int]) -> None:
        self.spellings = spellings
        self._index = index
        self._searched = dict(known)
        self._typed = {} if spellings else self._searched
        self._forms: dict[Query, Forms] = {}
        self._near: dict[Neighbours, Mapping[str, int]] = {}

    def counts(self, parts: Sequence[Query], *, as_typed: bool = False) -> Mapping[Query, int]:
        counts, spellings = (self._typed, {}) if as_typed else (self._searched, self.spellings)
        if new := _missing(parts, counts):
            counts.update(zip(new, self._index.totals([Asked(part, spellings) for part in new]), strict=True))
        return counts

    def forms(self, parts: Sequence[Query]) -> Mapping[Query, Forms]:
        if new := _missing(parts, self._forms):
            self._forms.update(zip(new, self._index.forms(new), strict=True))
        return self._forms

    def near(self, words: Sequence[Neighbours]) -> Mapping[Neighbours, Mapping[str, int]]:
        if new := _missing(words, self._near):
            self._near.update(zip(new, self._index.near(new), strict=True))
        return self._near


def _missing(wanted: Sequence[K], known: Mapping[K, object]) -> list[K]:
    return [one for one in dict.fromkeys(wanted) if one not in known]
