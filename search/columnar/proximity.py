"""A bonus for documents in which neighbouring words of a query stand beside or near each other.

Only the best documents by the query's own score get it: positions cost much more than scores, and what stands below
them would rarely come to the top. A document with the bonus never falls behind one that was not looked at, so pages
follow from each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.columnar.leaf import Leaf, TermPostings
from search.columnar.matches import Docs, Indexes, Mask, Scores
from search.columnar.spans import POSITION_BITS, Places

FEW = 32  # rows of pairs that are read one by one: up to about so many that is faster than arrays
FEW_GAPS = 256  # of one row that are looked at one by one


@dataclass(frozen=True, slots=True)
class Proximity:
    """runs: each of some terms of the field in the query's order; which stand in one document belong to one run
    reach: the most positions from one to the other that are near
    weight: share of the two words' scores that a document gets once if they stand near each other, in any order, and
        once more if the second follows the first
    candidates: how many of the best documents of a segment are looked at
    """

    fieldname: str
    runs: tuple[tuple[str, ...], ...]
    reach: int
    weight: float
    candidates: int


class _Word:
    """A word among the candidates: the i-th of them is row i.

    present: in which rows it stands
    """

    __slots__ = ("_postings", "_standing", "present", "term")

    def __init__(self, term: TermPostings, docs: Docs) -> None:
        own = term.docs()
        self.term = term
        self._postings = own.searchsorted(docs.astype(own.dtype, copy=False))  # indexes of its own, row by row
        self._standing: _Standing | None = None
        self.present: Mask = own.take(self._postings, mode="clip") == docs

    @property
    def standing(self) -> _Standing:
        """Its positions, by the rows in which it stands."""
        if self._standing is None:
            self._standing = _Standing(self.term, self._postings.tolist())
        return self._standing

    def numbers(self, rows: Indexes) -> NDArray[np.int64]:
        """Of its postings in these rows, in all of which it stands."""
        numbers: NDArray[np.int64] = self._postings.take(rows) + self.term.postings.first_number(self.term.ordinal)
        return numbers

    def scores(self, rows: Indexes) -> Scores:
        return self.term.scores_at(self._postings.take(rows))


class _Standing(dict[int, list[int]]):
    """Positions of a word, each row read once, when it is asked for."""

    __slots__ = ("_first", "_indexes", "_read")

    def __init__(self, term: TermPostings, indexes: list[int]) -> None:
        self._read = term.postings.positions_of_one
        self._first = term.postings.first_number(term.ordinal)
        self._indexes = indexes

    def __missing__(self, row: int) -> list[int]:
        positions = self[row] = self._read(self._first + self._indexes[row])
        return positions


class _Pair(NamedTuple):
    """Neighbouring words of a query, and the rows in which both stand."""

    first: _Word
    second: _Word
    rows: Indexes


def bonus(asked: Proximity, leaf: Leaf, docs: Docs) -> Scores | None:
    """Of each of the documents; None where none has any."""
    pairs = _pairs(asked, leaf, docs)
    if not pairs:
        return None
    together = _together_in_few if sum(len(pair.rows) for pair in pairs) <= FEW else _together_in_many
    total: Scores | None = None
    for pair, rows, times in together(pairs, asked.reach):
        if total is None:
            total = np.zeros(len(docs), np.float32)
        total[rows] += np.float32(asked.weight) * times * (pair.first.scores(rows) + pair.second.scores(rows))
    return total


def _pairs(asked: Proximity, leaf: Leaf, docs: Docs) -> list[_Pair]:
    """Those that stand together in any of the documents."""
    words: dict[str, _Word] = {}
    for word in dict.fromkeys(chain(*asked.runs)):
        term = leaf.term(asked.fieldname, word)
        if term is not None:
            words[word] = _Word(term, docs)
    pairs = []
    for one, other in dict.fromkeys(pair for run in asked.runs for pair in pairwise(run)):
        if one in words and other in words and one != other:
            rows = (words[one].present & words[other].present).nonzero()[0]
            if len(rows):
                pairs.append(_Pair(words[one], words[other], rows))
    return pairs


# A pair, the rows where its words are near each other, and how often that counts: once, and twice where the second
# follows the first.
Together = Iterator[tuple[_Pair, Indexes, Scores]]


def _together_in_few(pairs: Sequence[_Pair], reach: int) -> Together:
    for pair in pairs:
        first, second = pair.first.standing, pair.second.standing
        times: dict[int, int] = {}
        for row in pair.rows.tolist():
            often = _times(first[row], second[row], reach)
            if often:
                times[row] = often
        if times:
            yield pair, np.array(list(times)), np.array(list(times.values()), np.float32)


def _times(first: list[int], second: list[int], reach: int) -> int:
    if len(first) * len(second) > FEW_GAPS:
        near, following = _together(np.array(first), np.array(second), reach)
        return (len(near) > 0) + (len(following) > 0)
    gaps = {after - before for before in first for after in second}
    return 0 if _around(reach).isdisjoint(gaps) else 1 + (1 in gaps)


@cache
def _around(reach: int) -> frozenset[int]:
    return frozenset((*range(-reach, 0), *range(1, reach + 1)))


def _together_in_many(pairs: Sequence[_Pair], reach: int) -> Together:
    """The positions of all words of all pairs are read at once: to read those of one costs hardly less."""
    field = pairs[0].first.term.postings
    numbers = [pair.first.numbers(pair.rows) for pair in pairs] + [pair.second.numbers(pair.rows) for pair in pairs]
    counts, positions = field.positions_of(np.concatenate(numbers))
    size = len(counts) // 2
    rows = np.arange(size) << POSITION_BITS  # one for each row of each pair
    places: Places = np.concatenate((rows, rows)).repeat(counts)
    places += positions
    half = int(counts[:size].sum())
    near, following = _together(places[:half], places[half:], reach)
    times = np.zeros(size, np.float32)
    times[near] = 1
    times[following] = 2
    begin = 0
    for pair in pairs:
        own = times[begin : begin + len(pair.rows)]
        begin += len(pair.rows)
        which = own.nonzero()[0]
        if len(which):
            yield pair, pair.rows.take(which), own.take(which)


def _together(first: Places, second: Places, reach: int) -> tuple[Indexes, Indexes]:
    """Rows in which the two stand at most `reach` apart, and in which the second follows the first."""
    behind = first.searchsorted(second)  # of each place of the second word, the first word's next one
    before = second - first.take(behind - 1, mode="clip")
    after = first.take(behind, mode="clip") - second
    is_near = ((before > 0) & (before <= reach)) | ((after > 0) & (after <= reach))
    return second[is_near] >> POSITION_BITS, second[before == 1] >> POSITION_BITS
