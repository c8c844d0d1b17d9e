"""Whoosh's matcher over the arrays of one term, in blocks, so that queries which no evaluator knows run as well."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from whoosh.matching import LeafMatcher, ReadTooFar

from search.columnar import values
from search.columnar.format import AnyArray
from search.columnar.lengths import LENGTH_OF_BYTE
from search.columnar.postings import BLOCK, FieldPostings


class ColumnarMatcher(LeafMatcher):  # type: ignore[misc]
    def __init__(
        self, postings: FieldPostings, ordinal: int, term: tuple[str, bytes], format_: Any, kind: str, scorer: Any
    ) -> None:
        self._postings, self._ordinal, self._kind = postings, ordinal, kind
        self._term, self.format, self.scorer = term, format_, scorer
        self._docs = postings.docs(ordinal)
        self._arrays = _TermArrays(postings, ordinal)
        self._go_to(0)

    def reset(self) -> None:
        self._go_to(0)

    def copy(self) -> ColumnarMatcher:
        twin: ColumnarMatcher = self.__class__.__new__(self.__class__)
        twin.__dict__.update(self.__dict__)
        return twin

    def is_active(self) -> bool:
        return self._index < len(self._ids)

    def id(self) -> int:
        return self._ids[self._index]

    def all_ids(self) -> Iterator[int]:
        return iter(self._docs[self._begin + self._index :].tolist())

    def next(self) -> bool:
        """True where the next posting is in another block."""
        self._index += 1
        if self._index >= len(self._ids):
            self._go_to(self._begin + len(self._ids))
            return True
        return False

    def skip_to(self, id: int) -> None:  # noqa: A002  Whoosh's name
        if not self.is_active():
            raise ReadTooFar
        here = self._begin + self._index
        if id > self._ids[self._index]:
            self._go_to(here + int(np.searchsorted(self._docs[here:], id)))

    def skip_to_quality(self, minquality: float) -> int:
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            self._go_to(self._begin + BLOCK)
            skipped += 1
        return skipped

    def weight(self) -> float:
        return float(self._arrays.weights[self._begin + self._index])

    def value(self) -> bytes:
        if self._kind == values.POSITIONS:
            encoded: bytes = self.format.encode(self._positions())
            return encoded
        if self._kind == values.FREQUENCY:
            return values.encode_frequency(self.weight())
        return self._postings.value(int(self._postings.starts[self._ordinal]) + self._begin + self._index)

    def value_as(self, astype: str) -> Any:
        if self._kind == values.POSITIONS and astype == "positions":
            return self._positions()
        return self.format.decoder(astype)(self.value())

    def block_min_id(self) -> int:
        return self._ids[0]

    def block_max_id(self) -> int:
        return self._ids[-1]

    def block_max_weight(self) -> float:
        return float(self._arrays.block_max_weights[self._begin // BLOCK])

    def block_min_length(self) -> int:
        return int(LENGTH_OF_BYTE[self._arrays.block_min_lengths[self._begin // BLOCK]])

    def block_max_length(self) -> int:
        return int(LENGTH_OF_BYTE[self._arrays.block_max_lengths[self._begin // BLOCK]])

    def _go_to(self, posting: int) -> None:
        """Stands on a posting by its index among the term's, or past the end."""
        self._begin = posting // BLOCK * BLOCK
        self._ids: list[int] = (
            self._docs[self._begin : self._begin + BLOCK].tolist() if posting < len(self._docs) else []
        )
        self._index = posting - self._begin

    def _positions(self) -> list[int]:
        starts, positions = self._arrays.positions
        posting = self._begin + self._index
        decoded: list[int] = positions[starts[posting] : starts[posting + 1]].tolist()
        return decoded


class _TermArrays:
    """Decoded when first asked for, shared by the copies of a matcher."""

    def __init__(self, postings: FieldPostings, ordinal: int) -> None:
        self._postings, self._ordinal = postings, ordinal

    @cached_property
    def weights(self) -> AnyArray:
        return self._postings.weights(self._ordinal)

    @cached_property
    def positions(self) -> tuple[AnyArray, AnyArray]:
        return self._postings.positions(self._ordinal)

    @cached_property
    def block_max_weights(self) -> AnyArray:
        return np.maximum.reduceat(self.weights, self._blocks)

    @cached_property
    def block_min_lengths(self) -> AnyArray:
        return np.minimum.reduceat(self._lengths, self._blocks)

    @cached_property
    def block_max_lengths(self) -> AnyArray:
        return np.maximum.reduceat(self._lengths, self._blocks)

    @cached_property
    def _lengths(self) -> AnyArray:
        return self._postings.length_bytes(self._ordinal)

    @property
    def _blocks(self) -> AnyArray:
        return np.arange(0, len(self.weights), BLOCK)
