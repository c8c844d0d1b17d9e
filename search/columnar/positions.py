"""Positions of a field's postings: the first of each, and the gaps between the others in a byte where they fit.

first_positions  uint16, of each posting: low 16 bits of its first position
far_firsts       numbers of the postings whose first position is above 65,535; far_firsts_high has the high bits
gaps             uint8, of each further position: its distance from the one before; FAR where that is not below FAR
far_gaps         the distances that FAR stands for, in their order
gap_blocks       of every 128th posting: how many gaps come before it; far_gap_blocks: how many far ones
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate

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
    count: of one posting
    total: how many those between two numbers have together
    """

    def __init__(
        self,
        arrays: ArrayFile,
        name: str,
        counts_between: Callable[[int, int], Counts],
        counts_of: Callable[[NDArray[np.int64]], Counts],
        count: Callable[[int], int],
        total: Callable[[int, int], int],
    ) -> None:
        self._counts_between = counts_between
        self._counts_of = counts_of
        self._count = count
        self._total = total
        self._low = arrays[f"first_positions:{name}"]
        self._far_firsts = arrays[f"far_firsts:{name}"]
        self._far_firsts_high = arrays[f"far_firsts_high:{name}"]
        self._gaps = arrays[f"gaps:{name}"]
        self._far_gaps = arrays[f"far_gaps:{name}"]
        self._gap_blocks = arrays[f"gap_blocks:{name}"]
        self._far_gap_blocks = arrays[f"far_gap_blocks:{name}"]
        self._has_far_firsts = len(self._far_firsts) > 0
        # Of which a single number is had several times as fast
        self._low_data, self._gaps_data, self._gap_blocks_data = self._low.data, self._gaps.data, self._gap_blocks.data

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
        before = _sums(self._counts_of(_runs(blocks * BLOCK, skipped)), skipped) - skipped  # gaps, in the block
        counts = self._counts_of(postings)
        own = counts - 1
        begins = self._gap_blocks.take(blocks)
        gaps = self._gaps.take(_runs(begins + before, own))
        is_far = gaps == FAR
        if is_far.any():
            own_far = _sums(is_far, own)
            having = own_far.nonzero()[0]
            before = before.take(having)
            passed = _sums(self._gaps.take(_runs(begins.take(having), before)) == FAR, before)
            far = self._far_gap_blocks.take(blocks.take(having)) + passed
            gaps = gaps.astype(np.uint32)
            gaps[is_far] = self._far_gaps.take(_runs(far, own_far.take(having)))
        return counts, _joined(counts, self._firsts_of(postings), gaps)

    def one(self, posting: int) -> list[int]:
        """Those of a single posting: of a few much quicker than `of`, for which a few cost hardly less than many."""
        first, count = self._first_of(posting), self._count(posting)
        if count == 1:
            return [first]
        block = posting // BLOCK
        first_gap = self._gap_blocks_data[block]
        begin = first_gap + self._total(block * BLOCK, posting) - posting % BLOCK
        gaps = self._gaps_data[begin : begin + count - 1].tolist()
        if FAR in gaps:
            far = int(self._far_gap_blocks[block]) + self._gaps_data[first_gap:begin].tobytes().count(FAR)
            far_gaps = iter(self._far_gaps[far : far + gaps.count(FAR)].tolist())
            gaps = [next(far_gaps) if gap == FAR else gap for gap in gaps]
        return list(accumulate(gaps, initial=first))

    def _first_of(self, posting: int) -> int:
        first: int = self._low_data[posting]
        if self._has_far_firsts:
            place = bisect_left(self._far_firsts.data, posting)
            if place < len(self._far_firsts) and self._far_firsts[place] == posting:
                first += int(self._far_firsts_high[place]) << _BITS
        return first

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
        after = gap + self._total(begin, posting) - (posting - begin)
        return after, far + self._gaps[gap:after].tobytes().count(FAR)


def _runs(starts: Counts, lengths: Counts) -> Counts:
    """The whole numbers from each start on, as many as its length, one run behind the other."""
    ends: Counts = lengths.cumsum()
    runs: Counts = (starts - (ends - lengths)).repeat(lengths)
    runs += np.arange(len(runs))
    return runs


def _sums(values: AnyArray, lengths: Counts) -> Counts:
    """Of the values of each run, the runs standing one behind the other."""
    sums = np.zeros(len(values) + 1, np.int64)
    values.cumsum(out=sums[1:])
    ends = lengths.cumsum()
    total: Counts = sums.take(ends) - sums.take(ends - lengths)
    return total


def _joined(counts: Counts, firsts: Positions, gaps: AnyArray) -> Positions:
    """Positions from the first of each posting and the gaps of the others."""
    if not len(gaps):
        return firsts
    ends = counts.cumsum()
    starts = ends - counts
    steps = np.empty(int(ends[-1]), np.uint32)
    is_gap = np.ones(len(steps), bool)
    is_gap[starts] = False
    steps[is_gap] = gaps
    steps[starts] = firsts
    # One sum over all postings, from which each takes away what came before it: right modulo 2**32, and so right.
    sums: NDArray[np.uint32] = steps.cumsum(dtype=np.uint32)
    sums -= (sums.take(starts) - firsts.astype(np.uint32)).repeat(counts)
    return sums
