"""What a posting says beside its weight, by the field's format: between Whoosh's encoded bytes and arrays.

POSITIONS  formats.Positions: kept as arrays, the bytes are made again when a matcher is asked for them
FREQUENCY  four bytes that say the weight again, as formats.Frequency has them: not kept, made again
RAW        the bytes as they are: characters, boosts, payloads, and whatever does not give the same bytes again
NOTHING    formats.Existence
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import formats

POSITIONS = "positions"
FREQUENCY = "frequency"
RAW = "raw"
NOTHING = "nothing"

_pack_frequency = struct.Struct("!I").pack


def kind_of(format_: Any, values: Sequence[bytes], weights: Sequence[float]) -> tuple[str, list[list[int]]]:
    """How to keep these values, and their positions where the kind is POSITIONS."""
    if not any(values):
        return NOTHING, []
    if type(format_) is formats.Positions:
        try:
            positions = [format_.decode_positions(value) for value in values]
        except Exception:  # whatever unpickling bytes that are no positions may raise
            return RAW, []
        if all(map(_ascending, positions)) and all(map(_same_value, values, map(format_.encode, positions))):
            return POSITIONS, positions
    elif type(format_) is formats.Frequency and all(map(_says_weight, values, weights)):
        return FREQUENCY, []
    return RAW, []


def flatten(positions: list[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many positions each posting has, and all of them."""
    counts = np.fromiter(map(len, positions), np.int64, len(positions))
    return counts, np.fromiter(chain.from_iterable(positions), np.int64, int(counts.sum()))


def encode_frequency(weight: float) -> bytes:
    return _pack_frequency(int(weight))


def _ascending(positions: list[int]) -> bool:
    return bool(positions) and positions[0] >= 0 and positions == sorted(positions) and positions[-1] < 1 << 32


def _same_value(value: bytes, again: bytes) -> bool:
    return value in (again, again[:-1])  # Whoosh strips the last dot of a pickle at times, and sets it again


def _says_weight(value: bytes, weight: float) -> bool:
    return 0 <= weight < 1 << 32 and weight == int(weight) and value == encode_frequency(weight)
