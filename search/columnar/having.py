"""Which documents have which terms, for a few documents and terms: why something was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.columnar.cache import CACHE, Cache
from search.columnar.leaf import Run, leaves_of


def having(
    searcher: Any, fieldname: str, terms: Sequence[Any], docs: Sequence[int], *, cache: Cache = CACHE
) -> NDArray[np.bool_]:
    """A row for each of these documents, by their numbers in the whole index, and a column for each term."""
    has = np.zeros((len(docs), len(terms)), bool)
    numbers = np.asarray(docs, np.int64)
    for leaf in leaves_of(searcher, Run(cache, searcher.weighting)):
        rows = np.flatnonzero((numbers >= leaf.offset) & (numbers < leaf.offset + leaf.size))
        for column, text in enumerate(terms):
            term = leaf.term(fieldname, text)
            if term is not None and len(rows):
                has[rows, column] = _among(numbers[rows] - leaf.offset, term.docs())
    return has


def _among(numbers: NDArray[np.int64], docs: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each number is one of docs, which are in rising order and not empty."""
    places = np.minimum(np.searchsorted(docs, numbers), len(docs) - 1)
    found: NDArray[np.bool_] = docs[places] == numbers
    return found
