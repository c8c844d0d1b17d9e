"""The container of both files of a segment: named arrays behind a header, found through a JSON directory.

    header      16 bytes: magic, version (uint16), zeros
    sections    each begins at a multiple of 64 bytes; little-endian
    directory   JSON: {"sections": {name: [dtype, offset, count, crc32]}, "facts": {...}}
    trailer     32 bytes: directory's offset and length (uint64 each), its crc32 (uint32), zeros, magic

The trailer is last, so that a file can be written in one pass and a cut one is recognised.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"COLUMNAR"
VERSION = 1
ALIGNMENT = 64
KNOWN_FILES = 256  # of which a process remembers what it has read through
_HEADER = struct.Struct("<8sH6x")
_TRAILER = struct.Struct("<QQI4x8s")
_DTYPES = frozenset(("|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"))

AnyArray = NDArray[Any]
Buffer = bytes | bytearray | memoryview


class DamagedFileError(Exception):
    """A file of the index is cut short, altered or of another kind. str() begins with its name."""


class ArrayWriter:
    """Writes one file, a section after the other. The file is whole only after `close`."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._sections: dict[str, tuple[str, int, int, int]] = {}
        self._position = 0
        self._write(_HEADER.pack(MAGIC, VERSION))

    def add(self, name: str, values: AnyArray | Buffer) -> None:
        array = values if isinstance(values, np.ndarray) else np.frombuffer(values, np.uint8)
        self.add_pieces(name, (array,), array.dtype)

    def add_pieces(self, name: str, pieces: Iterable[AnyArray], dtype: Any) -> None:
        """One section out of arrays that need not be in memory together; each is converted to `dtype`."""
        if name in self._sections:
            raise ValueError(f"section {name!r} is already written")
        dtype = np.dtype(dtype).newbyteorder("<")
        self._write(bytes(-self._position % ALIGNMENT))
        begin, checksum = self._position, 0
        for piece in pieces:
            if len(piece):
                data = np.ascontiguousarray(piece, dtype).data.cast("B")
                checksum = zlib.crc32(data, checksum)
                self._write(data)
        self._sections[name] = (dtype.str, begin, (self._position - begin) // dtype.itemsize, checksum)

    def close(self, facts: dict[str, Any]) -> None:
        directory = json.dumps({"sections": self._sections, "facts": facts}).encode()
        begin = self._position
        self._write(directory)
        self._write(_TRAILER.pack(begin, len(directory), zlib.crc32(directory), MAGIC))
        self._file.close()

    def _write(self, data: Buffer) -> None:
        try:
            self._file.write(data)
        except OSError:  # or the file would try to write what is left when it is collected
            with suppress(OSError):
                self._file.close()
            raise
        self._position += len(data)


class ArrayFile:
    """One file for reading. Opening reads the directory alone; arrays are views of the mapped file.

    Raises DamagedFileError where header, trailer, directory or the bounds of a section are not right, and when a
    section is first asked for, where its bytes are not those that were written. A process reads a section through
    once, however often it opens the file.
    """

    facts: dict[str, Any]

    def __init__(self, storage: Any, name: str) -> None:
        self.name = name
        self._buffer, self._whole = _open(storage, name)
        self._arrays: dict[str, AnyArray] = {}
        self._sections: dict[str, tuple[str, int, int, int]] = {}
        self._read_directory()

    def __contains__(self, section: str) -> bool:
        return section in self._sections

    def __getitem__(self, section: str) -> AnyArray:
        """Raises KeyError where the file has no such section."""
        array = self._arrays.get(section)
        if array is None:
            self._check(section)
            dtype, offset, count, _ = self._sections[section]
            array = self._arrays[section] = np.frombuffer(self._buffer, dtype, count, offset)
        return array

    def get(self, section: str) -> AnyArray | None:
        return self[section] if section in self._sections else None

    def bytes(self, section: str) -> memoryview:
        self._check(section)
        return self.unchecked_bytes(section)

    def unchecked_bytes(self, section: str) -> memoryview:
        """For what has checksums of its own."""
        _, offset, count, _ = self._sections[section]
        return self._buffer[offset : offset + count]

    def names(self, kind: str) -> list[str]:
        """What stands behind the first colon, of every section that is called `kind:...`."""
        return [name[len(kind) + 1 :] for name in self._sections if name.startswith(kind + ":")]

    def verify(self) -> None:
        """Raises DamagedFileError where the bytes of a section are not those that were written."""
        self._whole.clear()
        for section in self._sections:
            self._check(section)

    def _check(self, section: str) -> None:
        if section in self._whole:
            return
        dtype, offset, count, checksum = self._sections[section]
        if zlib.crc32(self._buffer[offset : offset + count * np.dtype(dtype).itemsize]) != checksum:
            raise DamagedFileError(f"{self.name}: section {section!r} does not match its checksum")
        self._whole.add(section)

    def close(self) -> None:
        """Lets go of the file. Arrays that were handed out stay valid: the map lives as long as they do."""
        self._arrays.clear()
        self._buffer = memoryview(b"")

    def _read_directory(self) -> None:
        size = len(self._buffer)
        if size < _HEADER.size + _TRAILER.size:
            raise DamagedFileError(f"{self.name}: cut short, only {size} bytes are left")
        magic, version = _HEADER.unpack_from(self._buffer, 0)
        if magic != MAGIC:
            raise DamagedFileError(f"{self.name}: not a file of a columnar index")
        if version != VERSION:
            raise DamagedFileError(f"{self.name}: format version {version}; this program reads {VERSION}")
        begin, length, checksum, magic = _TRAILER.unpack_from(self._buffer, size - _TRAILER.size)
        if magic != MAGIC or begin + length + _TRAILER.size != size:
            raise DamagedFileError(f"{self.name}: cut short or longer than it was written")
        text = bytes(self._buffer[begin : begin + length])
        if zlib.crc32(text) != checksum:
            raise DamagedFileError(f"{self.name}: its directory does not match its checksum")
        try:
            directory = json.loads(text)
            self._sections, self.facts = directory["sections"], dict(directory["facts"])
            for section, (dtype, offset, count, _) in self._sections.items():
                end = index(offset) + index(count) * np.dtype(dtype).itemsize
                if dtype not in _DTYPES or min(offset, count) < 0 or end > begin:
                    raise DamagedFileError(f"{self.name}: section {section!r} lies outside of the file")
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            raise DamagedFileError(f"{self.name}: its directory is of another form") from None


def _open(storage: Any, name: str) -> tuple[memoryview, set[str]]:
    """What the file holds, and which of its sections are known to be whole."""
    file = storage.open_file(name)
    if hasattr(file, "_buf"):  # of RamStorage, or a part of a compound file that is mapped already
        return memoryview(file._buf), set()
    try:
        if file.is_real and storage.supports_mmap:
            try:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError:  # an empty file cannot be mapped; that it is empty is told as damage
                return memoryview(b""), set()
            found = os.fstat(file.fileno())
            return memoryview(mapped), _whole_sections(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        return memoryview(file.read()), set()
    finally:
        file.close()


@lru_cache(KNOWN_FILES)
def _whole_sections(*_: int) -> set[str]:
    """Of a file that has one identity under all its names, as long as nobody writes to it."""
    return set()
