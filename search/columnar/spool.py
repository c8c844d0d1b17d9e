"""A growing array that leaves memory when it is long."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

import numpy as np

from search.columnar.format import AnyArray

MEMORY_BYTES = 16 << 20  # what one spool keeps in memory
PIECE_BYTES = 4 << 20


class Spool:
    def __init__(self, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self.count = 0
        self._pieces: list[AnyArray] = []
        self._bytes = 0
        self._file: IO[bytes] | None = None

    def append(self, values: AnyArray) -> None:
        piece = np.ascontiguousarray(values, self.dtype)
        self.count += len(piece)
        self._bytes += piece.nbytes
        self._pieces.append(piece)
        if self._bytes > MEMORY_BYTES:
            self._spill()

    def pieces(self) -> Iterator[AnyArray]:
        """All that was appended, in its order."""
        if self._file is not None:
            self._file.seek(0)
            while data := self._file.read(PIECE_BYTES):
                yield np.frombuffer(data, self.dtype)
        yield from self._pieces

    def array(self) -> AnyArray:
        return np.concatenate([np.empty(0, self.dtype), *self.pieces()])

    def close(self) -> None:
        self._pieces.clear()
        if self._file is not None:
            self._file.close()

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the spool
        for piece in self._pieces:
            self._file.write(piece.data)
        self._pieces.clear()
        self._bytes = 0
