"""Folding: of documents that belong together, only the first in the order of an answer is shown.

The order is that of the whole answer, unfolded, over all segments and with every bonus. So pages of folded rows fit
together, whatever their size, and rows behind a place are those whose document is behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.columnar.format import AnyArray
from search.columnar.leaf import Leaf
from search.columnar.matches import Dense, Docs, Indexes, Mask, Matches, indexes


@dataclass(frozen=True)
class Groups:
    """numbers: of each document of the index, its group from 1; 0 where it is alone"""

    numbers: NDArray[np.uint32]

    @cached_property
    def members(self) -> Indexes:
        """The documents that are in some group, ascending."""
        return self.numbers.nonzero()[0]

    @cached_property
    def highest(self) -> int:
        return int(self.numbers.max(initial=0))

    def of(self, docs: Docs, leaf: Leaf) -> NDArray[np.uint32]:
        return self.numbers[leaf.offset : leaf.offset + leaf.size].take(docs)

    def found(self, hits: Matches, leaf: Leaf) -> tuple[Docs, Docs]:
        """Documents of a segment that are in some group and found, and where their scores are."""
        if isinstance(hits, Dense):
            first, end = np.searchsorted(self.members, (leaf.offset, leaf.offset + leaf.size))
            members = self.members[first:end] - leaf.offset
            docs = members.take(hits.mask().take(members).nonzero()[0])
            return docs, docs
        places = self.of(hits.docs, leaf).nonzero()[0]
        return hits.docs.take(places), places


def firsts(groups: NDArray[np.uint32], highest: int, keys: Sequence[AnyArray]) -> Mask:
    """Which members are the first of their groups: of the lowest key, and of equal ones of the lowest next key."""
    left = np.arange(len(groups))
    for key in keys:
        lowest = np.full(highest + 1, _greatest(key.dtype), key.dtype)
        own, values = groups.take(left), key.take(left)
        np.minimum.at(lowest, own, values)
        left = left.take((values == lowest.take(own)).nonzero()[0])
    first = np.zeros(len(groups), bool)
    first[left] = True
    return first


def _greatest(dtype: np.dtype[Any]) -> float | int:
    return np.inf if dtype.kind == "f" else int(np.iinfo(dtype).max)


def without(hits: Matches, hidden: Docs, size: int) -> Matches:
    """The same without some documents of the segment."""
    if not len(hidden):
        return hits
    if isinstance(hits, Dense):
        scores, matched = hits.scores.copy(), hits.matched
        scores[hidden] = 0
        if matched is not None:
            matched = matched.copy()
            matched[hidden] = False
        return Dense(scores, matched)
    shown = np.ones(size, bool)
    shown[hidden] = False
    return hits.take(indexes(shown.take(hits.docs)))
