"""Positions of a field's postings: the first of each, and the gaps between the others in a byte where they fit.

first_positions  uint16, of each posting: low 16 bits of its first position
far_firsts       numbers of the postings whose first position is above 65,535; far_firsts_high has the high bits
gaps             uint8, of each further position: its distance from the one before; FAR where that is not below FAR
far_gaps         the distances that FAR stands for, in their order
gap_blocks       of every 128th posting: how many gaps come before it; far_gap_blocks: how many far ones
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from search.columnar.format import AnyArray, ArrayFile
from search.columnar.spool import Spool

BLOCK = 128  # postings for which one start of gaps is kept
FAR = 255
_BITS = 16
_LOW = (1 << _BITS) - 1

Positions = NDArray[np.uint16] | NDArray[np.uint32]
Counts = NDArray[np.int64]


class PositionEncoder:
    """Takes positions of postings, run after run; `spools` are the sections they make."""

    def __init__(self) -> None:
        self._postings = 0
        self.widest_gap = 0
        self.spools = {
            "first_positions": Spool(np.uint16),
            "far_firsts": Spool(np.int64),
            "far_firsts_high": Spool(np.uint16),
            "gaps": Spool(np.uint8),
            "far_gaps": Spool(np.uint32),
            "gap_blocks": Spool(np.int64),
            "far_gap_blocks": Spool(np.int64),
        }

    def add(self, counts: Counts, positions: AnyArray) -> None:
        """counts: positions of each posting, 1 at least; positions of a posting are ascending."""
        starts = np.cumsum(counts) - counts
        firsts = positions[starts]
        is_gap = np.ones(len(positions), bool)
        is_gap[starts] = False
        gaps = (positions[1:] - positions[:-1])[is_gap[1:]]
        far_firsts, far_gaps = np.flatnonzero(firsts > _LOW), np.flatnonzero(gaps >= FAR)
        numbers = np.arange(-self._postings % BLOCK, len(counts), BLOCK)
        before = starts[numbers] - numbers  # gaps of this run before each block
        self.spools["gap_blocks"].append(before + self.spools["gaps"].count)
        far_before = np.searchsorted(far_gaps, before)
        self.spools["far_gap_blocks"].append(far_before + self.spools["far_gaps"].count)
        self.spools["first_positions"].append(firsts & _LOW)
        self.spools["far_firsts"].append(far_firsts + self._postings)
        self.spools["far_firsts_high"].append(firsts[far_firsts] >> _BITS)
        self.spools["gaps"].append(np.minimum(gaps, FAR))
        self.spools["far_gaps"].append(gaps[far_gaps])
        self._postings += len(counts)
        self.widest_gap = max(self.widest_gap, int(gaps.max(initial=0)))


class PositionReader:
    """counts_between: how many positions each posting has, by the postings' numbers
    counts_of: the same of single postings
    """

    def __init__(
        self,
        arrays: ArrayFile,
        name: str,
        counts_between: Callable[[int, int], Counts],
        counts_of: Callable[[NDArray[np.int64]], Counts],
    ) -> None:
        self._counts_between = counts_between
        self._counts_of = counts_of
        self._low = arrays[f"first_positions:{name}"]
        self._far_firsts = arrays[f"far_firsts:{name}"]
        self._far_firsts_high = arrays[f"far_firsts_high:{name}"]
        self._gaps = arrays[f"gaps:{name}"]
        self._far_gaps = arrays[f"far_gaps:{name}"]
        self._gap_blocks = arrays[f"gap_blocks:{name}"]
        self._far_gap_blocks = arrays[f"far_gap_blocks:{name}"]

    def between(self, begin: int, end: int) -> tuple[Counts, Positions]:
        """How many positions each posting has, by the postings' numbers, and all of them."""
        counts = self._counts_between(begin, end)
        gap, far = self._gap_start(begin)
        gaps = self._gaps[gap : gap + int(counts.sum()) - len(counts)]
        where = np.flatnonzero(gaps == FAR)
        if len(where):
            gaps = gaps.astype(np.uint32)
            gaps[where] = self._far_gaps[far : far + len(where)]
        return counts, _joined(counts, self._firsts(begin, end), gaps)

    def at(self, begin: int, end: int, which: NDArray[np.integer]) -> tuple[Counts, Positions]:
        """The same of some of those postings: `which` are ascending indexes, counted from `begin`."""
        if len(which) * BLOCK < end - begin:
            return self.of(begin + which.astype(np.int64))
        counts = self._counts_between(begin, end)
        gap, far = self._gap_start(begin)
        ends = np.cumsum(counts - 1)
        chosen = counts[which]
        own = chosen - 1
        places = np.arange(int(own.sum())) + np.repeat(ends[which] - np.cumsum(own), own)  # of gaps, from `gap`
        gaps = self._gaps[gap + places]
        where = np.flatnonzero(gaps == FAR)
        if len(where):
            all_far = np.flatnonzero(self._gaps[gap : gap + int(ends[-1])] == FAR)
            gaps = gaps.astype(np.uint32)
            gaps[where] = self._far_gaps[far + np.searchsorted(all_far, places[where])]
        return chosen, _joined(chosen, self._firsts(begin, end)[which], gaps)

    def of(self, postings: NDArray[np.int64]) -> tuple[Counts, Positions]:
        """The same of single postings by their numbers, in any order: each is found from the start of its block."""
        blocks = postings // BLOCK
        skipped = postings - blocks * BLOCK
        gaps_before = _sums(self._counts_of(_runs(blocks * BLOCK, skipped)) - 1, skipped)
        begins = self._gap_blocks[blocks] + gaps_before
        counts = self._counts_of(postings)
        gaps = self._gaps[_runs(begins, counts - 1)]
        is_far = gaps == FAR
        if is_far.any():
            far_before = self._far_gap_blocks[blocks] + _sums(
                self._gaps[_runs(self._gap_blocks[blocks], gaps_before)] == FAR, gaps_before
            )
            gaps = gaps.astype(np.uint32)
            gaps[is_far] = self._far_gaps[_runs(far_before, _sums(is_far, counts - 1))]
        return counts, _joined(counts, self._firsts_of(postings), gaps)

    def _firsts_of(self, postings: NDArray[np.int64]) -> Positions:
        firsts = self._low[postings]
        if not len(self._far_firsts):
            return firsts
        place = np.searchsorted(self._far_firsts, postings)
        is_far = self._far_firsts[np.minimum(place, len(self._far_firsts) - 1)] == postings
        wide = firsts.astype(np.uint32)
        wide[is_far] += self._far_firsts_high[place[is_far]].astype(np.uint32) << _BITS
        return wide

    def _firsts(self, begin: int, end: int) -> Positions:
        firsts = self._low[begin:end]
        if not len(self._far_firsts):
            return firsts
        low, high = np.searchsorted(self._far_firsts, (begin, end))
        if low == high:
            return firsts
        wide = firsts.astype(np.uint32)
        where = self._far_firsts[low:high].astype(np.int64) - begin
        wide[where] += self._far_firsts_high[low:high].astype(np.uint32) << _BITS
        return wide

    def _gap_start(self, posting: int) -> tuple[int, int]:
        """Numbers of the first gap of a posting or of those after it, and of the first far one."""
        block = min(posting // BLOCK, len(self._gap_blocks) - 1)
        gap, far = int(self._gap_blocks[block]), int(self._far_gap_blocks[block])
        begin = block * BLOCK
        if posting == begin:
            return gap, far
        after = gap + int(self._counts_between(begin, posting).sum()) - (posting - begin)
        return after, far + int(np.count_nonzero(self._gaps[gap:after] == FAR))


def _runs(starts: Counts, lengths: Counts) -> Counts:
    """The whole numbers from each start on, as many as its length, one run behind the other."""
    ends = np.cumsum(lengths)
    runs: Counts = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths)
    return runs


def _sums(values: AnyArray, lengths: Counts) -> Counts:
    """Of the values of each run, the runs standing one behind the other."""
    sums = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=sums[1:])
    ends = np.cumsum(lengths)
    total: Counts = sums[ends] - sums[ends - lengths]
    return total


def _joined(counts: Counts, firsts: Positions, gaps: AnyArray) -> Positions:
    """Positions from the first of each posting and the gaps of the others."""
    if not len(gaps):
        return firsts
    ends = np.cumsum(counts)
    starts = ends - counts
    steps = np.empty(int(ends[-1]), np.uint32)
    is_gap = np.ones(len(steps), bool)
    is_gap[starts] = False
    steps[is_gap] = gaps
    steps[starts] = firsts
    # One sum over all postings, from which each takes away what came before it: right modulo 2**32, and so right.
    sums: NDArray[np.uint32] = np.cumsum(steps, dtype=np.uint32)
    sums -= np.repeat(sums[starts] - firsts.astype(np.uint32), counts)
    return sums
