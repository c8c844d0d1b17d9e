"""A document's place in the order of an answer, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from search.columnar import matches
from search.columnar.format import AnyArray
from search.columnar.leaf import Leaf
from search.columnar.matches import Docs, Indexes
from search.columnar.topk import Ties


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands, or stood, in an order: what comes behind it can be told without it.

    key: its score, or its number in the column of the order, as the column keeps it; None without one
    tie: what decides between it and its equals
    """

    key: float | int | None
    tie: int


def ties_of(leaf: Leaf, fieldname: str | None) -> Ties:
    """What decides between equal documents of a segment: their number in a column, or in the whole index."""
    numbers = leaf.numbers(fieldname) if fieldname else None
    if numbers is not None:
        values, _ = numbers
        return values.take

    def own_numbers(docs: Docs) -> AnyArray:
        return docs.astype(np.int64) + leaf.offset

    return own_numbers


def beyond(place: Place, keys: AnyArray, ties: Ties, *, descending: bool) -> Indexes:
    """Indexes, ascending, of the keys behind a place that has a key itself."""
    with np.errstate(over="ignore"):  # a key that no number of the column's kind can be lies beyond all of them
        behind = keys < place.key if descending else keys > place.key
        equal = (keys == place.key).nonzero()[0]
    behind[equal[ties(equal) > place.tie]] = True
    return matches.indexes(behind)
