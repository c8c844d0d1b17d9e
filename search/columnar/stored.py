"""Stored fields: documents as MessagePack, in blocks compressed with zstd. Reading them runs no code of theirs.

block: count (uint32), end of each document in what follows (uint32 each), documents
"""

from __future__ import annotations

import datetime
import decimal
import threading
import uuid
from array import array
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

import msgpack
import numpy as np
import zstandard

from search.columnar.format import AnyArray, ArrayFile, ArrayWriter, DamagedFileError
from search.columnar.spool import Spool

BLOCK_BYTES = 32 << 10  # of documents before compression
COMPRESSION = 3
_CACHED_BLOCKS = 8


class UnstorableError(TypeError):
    """A value of a kind that is not kept, because only a pickle could; str() says of what type and what to do."""


def pack(value: Any) -> bytes:
    """Raises UnstorableError."""
    packed: bytes = msgpack.packb(value, default=_encode, strict_types=True, unicode_errors="surrogatepass")
    return packed


def unpack(data: bytes | memoryview) -> Any:
    return msgpack.unpackb(data, ext_hook=_decode, strict_map_key=False, unicode_errors="surrogatepass")


_TUPLE = 1
_BIG_INT = 2


def _text(cls: Callable[[str], Any], to_text: Callable[[Any], str] = str) -> tuple[Callable[..., bytes], Any]:
    return lambda value: to_text(value).encode(), lambda data: cls(bytes(data).decode())


def _iso(cls: Any) -> tuple[Callable[..., bytes], Any]:
    return _text(cls.fromisoformat, cls.isoformat)


def _listed(cls: Callable[[Any], Any]) -> tuple[Callable[..., bytes], Any]:
    return lambda value: pack(list(value)), lambda data: cls(unpack(data))


# type: tag, and the ways there and back. A tag is never given to another type.
_KINDS: dict[type, tuple[int, tuple[Callable[..., bytes], Any]]] = {
    tuple: (_TUPLE, _listed(tuple)),
    int: (_BIG_INT, _text(int)),  # only what has more than 64 bits comes here
    datetime.datetime: (3, _iso(datetime.datetime)),
    datetime.date: (4, _iso(datetime.date)),
    datetime.time: (5, _iso(datetime.time)),
    decimal.Decimal: (6, _text(decimal.Decimal)),
    set: (7, _listed(set)),
    frozenset: (8, _listed(frozenset)),
    complex: (9, _text(complex)),
    datetime.timedelta: (
        10,
        _text(
            lambda text: datetime.timedelta(*map(int, text.split())),
            lambda value: f"{value.days} {value.seconds} {value.microseconds}",
        ),
    ),
    uuid.UUID: (11, _text(uuid.UUID)),
}
_DECODERS = {tag: decode for tag, (_, decode) in _KINDS.values()}


def _encode(value: Any) -> Any:
    kind = _KINDS.get(type(value))
    if kind is None:
        plain: Any
        for plain in (str, bytes, int, float, list, dict):
            if isinstance(value, plain):  # a parser's own kind of text, say: what it says is kept, its type is not
                return plain(value)
        raise UnstorableError(
            f"a stored field cannot hold {type(value).__module__}.{type(value).__qualname__} ({value!r:.60}); "
            "give text, bytes, numbers, dates, None or lists, tuples, sets and dictionaries of them"
        )
    tag, (encode, _) = kind
    return msgpack.ExtType(tag, encode(value))


def _decode(tag: int, data: bytes) -> Any:
    return _DECODERS[tag](data)


class StoredWriter:
    """Takes documents in their order, each packed."""

    def __init__(self) -> None:
        self._compress = zstandard.ZstdCompressor(level=COMPRESSION, write_checksum=True).compress
        self._documents: list[bytes] = []
        self._size = self._count = 0
        self._blocks = Spool(np.uint8)
        self._first = array("Q")
        self._ends = array("Q", [0])

    def add(self, packed: bytes) -> None:
        self._documents.append(packed)
        self._size += len(packed)
        if self._size >= BLOCK_BYTES:
            self._flush()

    def add_block(self, count: int, block: bytes) -> None:
        """Documents that `compress_block` made ready, in another process or another segment."""
        self._flush()
        self._append(count, block)

    def write(self, writer: ArrayWriter) -> None:
        self._flush()
        writer.add_pieces("stored", self._blocks.pieces(), np.uint8)
        writer.add("stored_first", np.frombuffer(self._first, np.uint64))
        writer.add("stored_ends", np.frombuffer(self._ends, np.uint64))
        self._blocks.close()

    def _flush(self) -> None:
        if self._documents:
            self._append(len(self._documents), self._compress(join_block(self._documents)))
            self._documents, self._size = [], 0

    def _append(self, count: int, block: bytes) -> None:
        self._blocks.append(np.frombuffer(block, np.uint8))
        self._first.append(self._count)
        self._count += count
        self._ends.append(self._ends[-1] + len(block))


def join_block(documents: list[bytes]) -> bytes:
    ends = np.cumsum([len(document) for document in documents], dtype="<u4")
    return b"".join((len(documents).to_bytes(4, "little"), ends.tobytes(), *documents))


_kept = threading.local()


def _decompress(block: memoryview) -> bytes:
    """By a decompressor of the thread: making one costs a third of the work, and two threads must not share it."""
    if not hasattr(_kept, "decompressor"):
        _kept.decompressor = zstandard.ZstdDecompressor()
    data: bytes = _kept.decompressor.decompress(block)
    return data


class StoredReader:
    """Raises DamagedFileError where a block cannot be decompressed."""

    def __init__(self, arrays: ArrayFile) -> None:
        self._count: int = arrays.facts["documents"]
        self._data = arrays.unchecked_bytes("stored")  # each block has a checksum of its own
        self._first = arrays["stored_first"]
        self._ends = arrays["stored_ends"]
        # What threads may share. Not of a method, whose circle would keep the file mapped until it is collected.
        self._block = lru_cache(_CACHED_BLOCKS)(partial(_block, arrays.name, self._data, self._ends))

    def __getitem__(self, document: int) -> dict[str, Any]:
        fields: dict[str, Any] = unpack(self.packed(document))
        return fields

    def packed(self, document: int) -> bytes:
        number = int(np.searchsorted(self._first, document, "right")) - 1
        block = self._block(number)
        count = int.from_bytes(block[:4], "little")
        index = document - int(self._first[number])
        ends = np.frombuffer(block, "<u4", count, 4)
        base = 4 + 4 * count
        begin = base + (int(ends[index - 1]) if index else 0)
        return block[begin : base + int(ends[index])]

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """Every block as `add_block` takes it."""
        ends, firsts = self._ends.tolist(), [*self._first.tolist(), self._count]
        for (begin, end), (first, after) in zip(pairwise(ends), pairwise(firsts), strict=True):
            yield after - first, bytes(self._data[begin:end])


def _block(file: str, data: memoryview, ends: AnyArray, number: int) -> bytes:
    try:
        return _decompress(data[int(ends[number]) : int(ends[number + 1])])
    except (zstandard.ZstdError, MemoryError) as error:  # of a size that is not that of the block
        raise DamagedFileError(f"{file}: stored fields, block {number}: {error}") from error
