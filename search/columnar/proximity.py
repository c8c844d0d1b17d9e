"""A bonus for documents in which neighbouring words of a query stand beside or near each other.

Only the best documents by the query's own score get it: positions cost much more than scores, and what stands below
them would rarely come to the top. A document with the bonus never falls behind one that was not looked at, so pages
follow from each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from search.columnar.leaf import Leaf, TermPostings
from search.columnar.matches import Docs, Indexes, Mask, Scores, common
from search.columnar.spans import POSITION_BITS, Places


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
    """A word among the candidates, by their rows: the i-th of them is row i."""

    def __init__(self, term: TermPostings | None, docs: Docs) -> None:
        self._term, self._docs = term, docs
        self._rows: Indexes = np.empty(0, np.int64)
        self._postings: Indexes = self._rows  # the indexes of its postings, row by row
        if term is not None:
            self._rows, self._postings = common(docs, term.docs())
        self.present = np.zeros(len(docs), bool)
        self.present[self._rows] = True

    @cached_property
    def scores(self) -> Scores:
        """Of all candidates, 0 where it does not stand."""
        scores = np.zeros(len(self._docs), np.float32)
        if self._term is not None:
            scores[self._rows] = self._term.scores_at(self._postings)
        return scores

    def postings(self, rows: Mask) -> tuple[Indexes, NDArray[np.int64]]:
        """Of these rows those in which it stands, and the numbers of its postings there."""
        kept = rows.take(self._rows).nonzero()[0]
        if self._term is None or not len(kept):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return self._rows.take(kept), self._term.postings.numbers(self._term.ordinal, self._postings.take(kept))


def bonus(asked: Proximity, leaf: Leaf, docs: Docs) -> Scores:
    """Of each of the documents, which are ascending."""
    total = np.zeros(len(docs), np.float32)
    words = {word: _Word(leaf.term(asked.fieldname, word), docs) for word in dict.fromkeys(chain(*asked.runs))}
    pairs = {pair for run in asked.runs for pair in pairwise(run) if pair[0] != pair[1]}
    shared = {(one, other): words[one].present & words[other].present for one, other in sorted(pairs)}
    shared = {pair: rows for pair, rows in shared.items() if rows.any()}
    standing = _places(leaf, asked.fieldname, words, shared)
    for one, other in shared:
        added = np.float32(asked.weight) * (words[one].scores + words[other].scores)
        for found in _together(standing[one], standing[other], asked.reach):
            where = np.zeros(len(docs), bool)
            where[found] = True
            total[where] += added[where]
    return total


def _places(
    leaf: Leaf, fieldname: str, words: Mapping[str, _Word], shared: Mapping[tuple[str, str], Mask]
) -> dict[str, Places]:
    """Where each word stands in the rows that it shares with a neighbour, a row in place of the document's number. The
    positions of all words are read at once: to read those of one costs hardly less.
    """
    wanted: dict[str, Mask] = {}
    for pair, rows in shared.items():
        for word in pair:
            wanted[word] = wanted[word] | rows if word in wanted else rows
    field = leaf.postings(fieldname)
    if not wanted or field is None:
        return {}
    read = [words[word].postings(rows) for word, rows in wanted.items()]
    counts, positions = field.positions_of(np.concatenate([postings for _, postings in read]))
    places: Places = np.repeat(np.concatenate([rows for rows, _ in read]).astype(np.int64) << POSITION_BITS, counts)
    places += positions
    ends = np.cumsum(counts)[np.cumsum([len(rows) for rows, _ in read]) - 1]
    return dict(zip(wanted, np.split(places, ends[:-1]), strict=True))


def _together(first: Places, second: Places, reach: int) -> tuple[Indexes, Indexes]:
    """Rows in which the two stand at most `reach` apart, and in which the second follows the first."""
    behind = np.searchsorted(first, second)  # of each place of the second word, the first word's next one
    before = second - first.take(np.maximum(behind - 1, 0))
    after = first.take(np.minimum(behind, len(first) - 1)) - second
    is_before = (before > 0) & (before <= reach)
    is_after = (after > 0) & (after <= reach)
    return _rows(second[is_before | is_after]), _rows(second[before == 1])


def _rows(found: Places) -> Indexes:
    return found >> POSITION_BITS
