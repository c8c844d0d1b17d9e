"""The byte by which Whoosh keeps the length of a field: exact up to 10 words, then in steps of a few percent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

LENGTH_OF_BYTE: NDArray[np.int64] = np.array([byte_to_length(byte) for byte in range(256)], np.int64)


def length_bytes(lengths: NDArray[np.integer]) -> NDArray[np.uint8]:
    """The least byte that stands for at least that length; 255 for all that are longer."""
    return np.minimum(np.searchsorted(LENGTH_OF_BYTE, lengths), 255).astype(np.uint8)
