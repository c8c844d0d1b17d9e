"""The first few of many, without sorting the many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_GROUP = range(8, 129)  # keys: smaller groups cost more than they spare
_GROUPS = 4  # for each key that is wanted: with fewer, they bound little

Ties = Callable[[NDArray[np.integer[Any]]], NDArray[Any]]  # of the keys at these indexes


def lowest(keys: NDArray[Any], count: int, ties: Ties | None = None) -> NDArray[np.intp]:
    """Indexes of the `count` lowest keys, lowest first; of equal keys the one with the lower tie, then index.

    ties: None is by index alone; it is asked for few of them, unless very many keys are equal
    """
    if count <= 0:
        return np.empty(0, np.intp)
    candidates = np.arange(len(keys)) if len(keys) <= count else _candidates(keys, count)
    if candidates is None:
        candidates = _exactly(keys, count, ties)
    elif len(candidates) > count:
        among = None if ties is None else ties_among(ties, candidates)
        candidates = candidates.take(_exactly(keys.take(candidates), count, among))
    keys = keys.take(candidates)
    order = np.argsort(keys, kind="stable") if ties is None else np.lexsort((ties(candidates), keys))
    return candidates.take(order)


def ties_among(ties: Ties, chosen: NDArray[np.integer[Any]]) -> Ties:
    """The ties of a choice, by indexes into the choice."""
    return lambda at: ties(chosen[at])


def _candidates(keys: NDArray[Any], count: int) -> NDArray[np.intp] | None:
    """Indexes, ascending, that hold the `count` lowest and not many others; None where keys are too few for that.

    The lowest keys of `count` groups are as many keys, so the highest of them bounds what can be among the first. A
    group is every so-many-th key: the minimum runs along rows, which is ten times as fast as along columns.
    """
    size = min(_GROUP[-1], len(keys) // (count * _GROUPS))
    if size < _GROUP[0]:
        return None
    groups = len(keys) // size
    minima = keys[: groups * size].reshape(size, groups).min(axis=0)
    bound = np.partition(minima, count - 1)[count - 1]
    candidates: NDArray[np.intp] = (keys <= bound).nonzero()[0]
    return candidates


def _exactly(keys: NDArray[Any], count: int, ties: Ties | None) -> NDArray[np.intp]:
    """Indexes, ascending, of the `count` lowest keys; of those equal to the highest, the first by their ties."""
    last = np.partition(keys, count - 1)[count - 1]
    below = (keys < last).nonzero()[0]
    equal = (keys == last).nonzero()[0]
    room = count - len(below)
    if ties is not None and len(equal) > room:
        equal = equal.take(_exactly(ties(equal), room, None))
    return np.sort(np.concatenate((below, equal[:room])))
