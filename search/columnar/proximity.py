"""A bonus for documents in which neighbouring words of a query stand beside or near each other.

Only the best documents by the query's own score get it: positions cost much more than scores, and what stands below
them would rarely come to the top. A document with the bonus never falls behind one that was not looked at, so pages
follow from each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np

from search.columnar.leaf import Leaf, TermPostings
from search.columnar.matches import Docs, Indexes, Scores, common
from search.columnar.spans import POSITION_BITS, Places, places


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
    """A word among the candidates. What costs is read when a neighbour of it stands in one of the same documents."""

    def __init__(self, term: TermPostings | None, docs: Docs) -> None:
        self._term, self._docs = term, docs
        self.present = np.zeros(len(docs), bool)
        if term is not None:
            self._ours, self._theirs = common(docs, term.docs())
            self.present[self._ours] = True

    @cached_property
    def scores(self) -> Scores:
        """Of all candidates, 0 where it does not stand."""
        scores = np.zeros(len(self._docs), np.float32)
        if self._term is not None:
            scores[self._ours] = self._term.scores_at(self._theirs)
        return scores

    @cached_property
    def places(self) -> Places:
        if self._term is None:
            return np.empty(0, np.int64)
        return places(self._term, self._docs.take(self._ours), self._theirs)


def bonus(asked: Proximity, leaf: Leaf, docs: Docs) -> Scores:
    """Of each of the documents, which are ascending."""
    total = np.zeros(len(docs), np.float32)
    words = {word: _Word(leaf.term(asked.fieldname, word), docs) for word in dict.fromkeys(chain(*asked.runs))}
    pairs = {pair for run in asked.runs for pair in pairwise(run) if pair[0] != pair[1]}
    for one, other in sorted(pairs):
        first, second = words[one], words[other]
        if not (first.present & second.present).any():
            continue
        added = np.float32(asked.weight) * (first.scores + second.scores)
        for found in _together(first.places, second.places, asked.reach):
            where = np.isin(docs, found)  # `places` may tell of other documents too
            total[where] += added[where]
    return total


def _together(first: Places, second: Places, reach: int) -> tuple[Indexes, Indexes]:
    """Documents in which the two stand at most `reach` apart, and in which the second follows the first."""
    behind = np.searchsorted(first, second)  # of each place of the second word, the first word's next one
    before = second - first.take(np.maximum(behind - 1, 0))
    after = first.take(np.minimum(behind, len(first) - 1)) - second
    is_before = (before > 0) & (before <= reach)
    is_after = (after > 0) & (after <= reach)
    return _docs(second[is_before | is_after]), _docs(second[before == 1])


def _docs(found: Places) -> Indexes:
    return found >> POSITION_BITS
