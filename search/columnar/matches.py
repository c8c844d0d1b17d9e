"""What a query finds in one segment, as arrays, and the few ways to combine them.

Documents are numbers within the segment, ascending, each once. Arrays may be shared with the cache or with the mapped
file: nobody writes into one that he has not made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

Docs = NDArray[np.integer[Any]]
Indexes = NDArray[np.intp]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]

SPARSE_SHARE = 24  # a sum of postings fewer than a 24th of the documents is made by sorting, not on a whole vector
_SEARCH_RATIO = 16  # so many times longer a list is searched, a shorter one is walked


@dataclass(frozen=True, slots=True)
class Sparse:
    """positive: that no score is 0 or less is known"""

    docs: Docs
    scores: Scores
    positive: bool = True

    def times(self, factor: float) -> Sparse:
        if factor == 1:
            return self
        return Sparse(self.docs, self.scores * np.float32(factor), self.positive and factor > 0)

    def take(self, kept: Indexes) -> Sparse:
        return Sparse(self.docs.take(kept), self.scores.take(kept), self.positive)


@dataclass(frozen=True, slots=True)
class Dense:
    """One score for each document of the segment.

    matched: which documents are found; None: those with a score above 0. The others' scores are 0
    """

    scores: Scores
    matched: Mask | None = None

    @property
    def positive(self) -> bool:
        return self.matched is None

    def mask(self) -> Mask:
        return self.scores > 0 if self.matched is None else self.matched

    def times(self, factor: float) -> Dense:
        if factor == 1:
            return self
        matched = self.mask() if factor <= 0 else self.matched
        return Dense(self.scores * np.float32(factor), matched)


Matches = Sparse | Dense

NOTHING = Sparse(np.empty(0, np.uint32), np.empty(0, np.float32))


def constant(docs: Docs, score: float) -> Sparse:
    return Sparse(docs, np.full(len(docs), score, np.float32), score > 0)


def indexes(found: Mask) -> Indexes:
    """Where the mask is true.

    numpy walks a mask from one true value to the next where they are a tenth or fewer, which takes more than twice its
    usual time from some hundredths on; so then some are added, and left out of the answer.
    """
    count = int(np.count_nonzero(found))
    if len(found) < count * 32 and count * 10 <= len(found):
        found = np.concatenate((found, np.ones(len(found) // 8 + 1, bool)))
    return found.nonzero()[0][:count]


def sparse(matches: Matches) -> Sparse:
    if isinstance(matches, Sparse):
        return matches
    docs = indexes(matches.mask())
    return Sparse(docs, matches.scores.take(docs), matches.positive)


def mask(matches: Matches, size: int) -> Mask:
    """For each document whether it is found. Do not write into it."""
    if isinstance(matches, Dense):
        return matches.mask()
    found = np.zeros(size, bool)
    found[matches.docs] = True
    return found


def total(parts: Sequence[Matches], size: int) -> Matches:
    """All that any part finds; scores are added in the order of the parts."""
    parts = [part for part in parts if isinstance(part, Dense) or len(part.docs)]
    if len(parts) < 2:
        return parts[0] if parts else NOTHING
    lists = [part for part in parts if isinstance(part, Sparse)]
    if len(lists) == len(parts) and sum(len(part.docs) for part in lists) * SPARSE_SHARE < size:
        return _sorted_total(lists)
    return _summed_total(parts, size)


def _sorted_total(parts: Sequence[Sparse]) -> Sparse:
    docs = np.concatenate([part.docs for part in parts])
    order = np.argsort(docs, kind="stable")
    docs, scores = docs.take(order), np.concatenate([part.scores for part in parts]).take(order)
    starts = np.concatenate(((0,), (docs[1:] != docs[:-1]).nonzero()[0] + 1))
    return Sparse(docs.take(starts), np.add.reduceat(scores, starts), all(part.positive for part in parts))


def _summed_total(parts: Sequence[Matches], size: int) -> Dense:
    first = parts[0]
    if isinstance(first, Dense):
        scores = first.scores.copy()
    else:
        scores = np.zeros(size, np.float32)
        scores[first.docs] = first.scores
    for part in parts[1:]:
        if isinstance(part, Dense):
            scores += part.scores
        else:
            np.add.at(scores, part.docs, part.scores)
    if all(part.positive for part in parts):
        return Dense(scores)
    return Dense(scores, _any(parts, size))


def _any(parts: Sequence[Matches], size: int) -> Mask:
    found = np.zeros(size, bool)
    for part in parts:
        if isinstance(part, Dense):
            found |= part.mask()
        else:
            found[part.docs] = True
    return found


def greatest(parts: Sequence[Matches], tiebreak: float, size: int) -> Matches:
    """All that any part finds, with the greatest of its scores and `tiebreak` times the others."""
    if len(parts) < 2:
        return parts[0] if parts else NOTHING
    scores = np.full(size, -np.inf, np.float32)
    for part in parts:
        found = sparse(part)
        scores[found.docs] = np.maximum(scores.take(found.docs), found.scores)
    docs = (scores > -np.inf).nonzero()[0]
    best = scores.take(docs)
    if tiebreak:
        added = total(parts, size)
        sums = added.scores.take(docs) if isinstance(added, Dense) else added.scores
        best = best + np.float32(tiebreak) * (sums - best)
    return Sparse(docs, best, False)


def all_of(parts: Sequence[Dense]) -> Sparse:
    """What all find, with the sum of their scores."""
    docs = indexes(reduce(np.logical_and, [part.mask() for part in parts]))
    scores = reduce(np.add, [part.scores.take(docs) for part in parts])
    return Sparse(docs, scores, all(part.positive for part in parts))


def both(left: Sparse, right: Matches, factor: float = 1) -> Sparse:
    """What both find, with the sum of their scores, those of `right` times `factor`."""
    if isinstance(right, Sparse):
        ours, theirs = common(left.docs, right.docs)
        added = right.take(theirs).times(factor)
        left = left.take(ours)
    else:
        scores = right.scores.take(left.docs)
        kept = (scores > 0 if right.matched is None else right.matched.take(left.docs)).nonzero()[0]
        if len(kept) < len(left.docs):
            left, scores = left.take(kept), scores.take(kept)
        added = Sparse(left.docs, scores, right.positive).times(factor)
    return Sparse(left.docs, left.scores + added.scores, left.positive and added.positive)


def with_bonus(found: Sparse, bonus: Matches) -> Sparse:
    """All of `found`; where `bonus` finds the document too, with its score added."""
    if isinstance(bonus, Dense):
        scores = found.scores + bonus.scores.take(found.docs)
    else:
        ours, theirs = common(found.docs, bonus.docs)
        scores = found.scores.copy()
        scores[ours] += bonus.scores.take(theirs)
    return Sparse(found.docs, scores, found.positive and bonus.positive)


def restricted(matches: Matches, allowed: Mask) -> Sparse:
    """What of `matches` is allowed, with its scores."""
    if isinstance(matches, Dense):
        docs = indexes(matches.mask() & allowed)
        return Sparse(docs, matches.scores.take(docs), matches.positive)
    kept = allowed.take(matches.docs).nonzero()[0]
    return matches if len(kept) == len(matches.docs) else matches.take(kept)


def without(matches: Matches, excluded: Matches, size: int) -> Matches:
    """What of `matches` is not among `excluded`."""
    if isinstance(excluded, Sparse) and not len(excluded.docs):
        return matches
    if isinstance(matches, Sparse) and isinstance(excluded, Sparse):
        kept = np.ones(len(matches.docs), bool)
        kept[common(matches.docs, excluded.docs)[0]] = False
        return matches.take(kept.nonzero()[0])
    return restricted(matches, ~mask(excluded, size))


def common(left: Docs, right: Docs) -> tuple[Indexes, Indexes]:
    """Indexes, into each of two ascending lists, of the documents that are in both."""
    if not len(left) or not len(right):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    if len(left) * _SEARCH_RATIO < len(right):
        return _search(left, right)
    if len(right) * _SEARCH_RATIO < len(left):
        theirs, ours = _search(right, left)
        return ours, theirs
    return _mark(left, right)


def _search(short: Docs, long: Docs) -> tuple[Indexes, Indexes]:
    # Of one type: numpy would else convert the whole long list.
    places = np.searchsorted(long, short.astype(long.dtype, copy=False))
    np.minimum(places, len(long) - 1, out=places)
    found = (long.take(places) == short).nonzero()[0]
    return found, places.take(found)


class _Scratch(local):
    """An array of each thread whose contents mean nothing; it is never cleared, only grown."""

    values = np.empty(0, np.int32)

    def of(self, size: int) -> NDArray[np.int32]:
        if len(self.values) < size:
            self.values = np.empty(size, np.int32)
        return self.values


_scratch = _Scratch()


def _mark(left: Docs, right: Docs) -> tuple[Indexes, Indexes]:
    """Notes under each document of `right` its index, and looks the documents of `left` up.

    What an earlier call noted is still there, so an index counts only where `right` has that document at it. This
    costs a few steps for each document in the lists, however many the segment has.
    """
    places = _scratch.of(int(max(left[-1], right[-1])) + 1)
    places[right] = np.arange(len(right), dtype=np.int32)
    theirs = places.take(left)
    np.clip(theirs, 0, len(right) - 1, out=theirs)
    found = (right.take(theirs) == left).nonzero()[0]
    return found, theirs.take(found).astype(np.intp)
