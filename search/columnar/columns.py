"""Columns: one value for each document, by which Whoosh sorts, groups and filters.

Numbers are an array; so are byte strings that are all of the same length. Others are a dictionary: ascending distinct
values, and for each document the ordinal of its own. Every other kind of column keeps the bytes that Whoosh's own
column writer makes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

import numpy as np
from whoosh import columns
from whoosh.filedb.structfile import BufferFile, StructFile

from search.columnar.format import AnyArray, ArrayFile, ArrayWriter
from search.columnar.spool import Spool

_NUMBERS = {
    "b": "<i1",
    "B": "<u1",
    "h": "<i2",
    "H": "<u2",
    "i": "<i4",
    "I": "<u4",
    "q": "<i8",
    "Q": "<u8",
    "f": "<f4",
    "d": "<f8",
}


def column_writer(column: Any) -> NumberWriter | RowWriter | BytesWriter | ForeignWriter:
    if type(column) is columns.NumericColumn and column._typecode in _NUMBERS:
        return NumberWriter(column)
    if type(column) is columns.FixedBytesColumn:
        return RowWriter(column)
    if type(column) is columns.RefBytesColumn or _is_plain(column):
        return BytesWriter(column)
    return ForeignWriter(column)


def _is_plain(column: Any) -> bool:
    """A column of byte strings whose maker did not ask for a layout of their own."""
    return type(column) is columns.VarBytesColumn and vars(column) == vars(columns.VarBytesColumn())


class NumberWriter:
    def __init__(self, column: Any) -> None:
        self._default = column._default
        self._dtype = _NUMBERS[column._typecode]
        self._values = array(column._typecode)

    def add(self, document: int, value: Any) -> None:
        missing = document - len(self._values)
        if missing:
            self._values.extend([self._default] * missing)
        self._values.append(value)

    def extend(self, document: int, values: AnyArray) -> None:
        """Values of the documents from `document` on."""
        missing = document - len(self._values)
        self._values.extend([self._default] * missing)
        self._values.frombytes(np.ascontiguousarray(values, self._values.typecode).tobytes())

    def holds(self, values: AnyArray) -> bool:
        """Whether `extend` may take them: they were written by a column of this type."""
        return values.dtype == np.dtype(self._dtype)

    def write(self, writer: ArrayWriter, name: str, doc_count: int) -> None:
        self._values.extend([self._default] * (doc_count - len(self._values)))
        writer.add(f"numbers:{name}", np.frombuffer(self._values, self._values.typecode).astype(self._dtype))


class RowWriter:
    """Byte strings of one length, one after the other."""

    def __init__(self, column: Any) -> None:
        self._default: bytes = column._default
        self._width: int = column._fixedlen
        self._count = 0
        self._rows = Spool(np.uint8)

    def add(self, document: int, value: bytes) -> None:
        if len(value) != self._width:
            raise ValueError(f"a value of this column has {self._width} bytes, not {len(value)}")
        self.extend(document, np.frombuffer(value, np.uint8))

    def extend(self, document: int, rows: AnyArray) -> None:
        """Values of the documents from `document` on."""
        self._fill(document)
        self._rows.append(rows.ravel())
        self._count += rows.size // self._width

    def holds(self, rows: AnyArray) -> bool:
        """Whether `extend` may take them: they were written by a column of this width."""
        return bool(rows.shape[1] == self._width)

    def write(self, writer: ArrayWriter, name: str, doc_count: int) -> None:
        self._fill(doc_count)
        writer.add_pieces(f"rows:{name}", self._rows.pieces(), np.uint8)
        self._rows.close()

    def _fill(self, document: int) -> None:
        if document > self._count:
            self._rows.append(np.frombuffer(self._default * (document - self._count), np.uint8))
            self._count = document


class BytesWriter:
    def __init__(self, column: Any) -> None:
        self._numbers: dict[bytes, int] = {column._default: 0}
        self._rows = array("I")

    def add(self, document: int, value: bytes) -> None:
        missing = document - len(self._rows)
        if missing:
            self._rows.extend([0] * missing)
        self._rows.append(self._numbers.setdefault(bytes(value), len(self._numbers)))

    def extend(self, document: int, ordinals: AnyArray, values: list[bytes]) -> None:
        """Values of the documents from `document` on, by their ordinal in `values`."""
        self._rows.extend([0] * (document - len(self._rows)))
        numbers = np.array([self._numbers.setdefault(value, len(self._numbers)) for value in values], np.uint32)
        self._rows.frombytes(numbers[ordinals].tobytes())

    def write(self, writer: ArrayWriter, name: str, doc_count: int) -> None:
        self._rows.extend([0] * (doc_count - len(self._rows)))
        rows = np.frombuffer(self._rows, np.uint32)
        used = np.bincount(rows, minlength=len(self._numbers)) > 0
        values = sorted((value, number) for value, number in self._numbers.items() if used[number])
        ordinal_of = np.zeros(len(self._numbers), np.uint32)
        ordinal_of[[number for _, number in values]] = np.arange(len(values))
        dtype = np.min_scalar_type(max(len(values) - 1, 0))
        writer.add(f"ordinals:{name}", ordinal_of[rows].astype(dtype))
        write_strings(writer, f"column_values:{name}", [value for value, _ in values])


class ForeignWriter:
    def __init__(self, column: Any) -> None:
        self._file = BytesIO()
        self._writer = column.writer(StructFile(self._file))

    def add(self, document: int, value: Any) -> None:
        self._writer.add(document, value)

    def write(self, writer: ArrayWriter, name: str, doc_count: int) -> None:
        self._writer.finish(doc_count)
        writer.add(f"column:{name}", self._file.getvalue())


def write_strings(writer: ArrayWriter, name: str, strings: list[bytes]) -> None:
    """As two sections: `name`, all of them joined, and `name` with `_starts` before the colon."""
    kind, _, field = name.partition(":")
    writer.add(name, b"".join(strings))
    starts = np.zeros(len(strings) + 1, np.uint64)
    np.cumsum([len(string) for string in strings], out=starts[1:])
    writer.add(f"{kind}_starts:{field}", starts)


def read_strings(arrays: ArrayFile, name: str) -> list[bytes]:
    kind, _, field = name.partition(":")
    data, starts = bytes(arrays.bytes(name)), arrays[f"{kind}_starts:{field}"].tolist()
    return [data[begin:end] for begin, end in pairwise(starts)]


def column_reader(arrays: ArrayFile, name: str, column: Any, doc_count: int) -> Any:
    """None where this file has no such column."""
    if f"numbers:{name}" in arrays:
        return NumberReader(arrays[f"numbers:{name}"])
    if f"rows:{name}" in arrays:
        return RowReader(arrays[f"rows:{name}"].reshape(doc_count, -1))
    if f"ordinals:{name}" in arrays:
        return BytesReader(arrays, name)
    if f"column:{name}" in arrays:
        data = arrays.bytes(f"column:{name}")
        return column.reader(MappedFile(data, name), 0, len(data), doc_count)
    return None


class NumberReader(columns.ColumnReader):  # type: ignore[misc]
    def __init__(self, values: AnyArray) -> None:
        self._values = values
        self._data = values.data
        self._reverse = False

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, document: int) -> Any:
        return self._data[document]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values.tolist())

    def sort_key(self, document: int) -> Any:
        return 0 - self._data[document] if self._reverse else self._data[document]

    def load(self) -> list[Any]:
        return list(self)

    def set_reverse(self) -> None:
        self._reverse = True


class RowReader(columns.ColumnReader):  # type: ignore[misc]
    def __init__(self, rows: AnyArray) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, document: int) -> bytes:
        return bytes(self._rows[document])

    def __iter__(self) -> Iterator[bytes]:
        return map(bytes, self._rows)

    def load(self) -> list[bytes]:
        return list(self)


class BytesReader(columns.ColumnReader):  # type: ignore[misc]
    def __init__(self, arrays: ArrayFile, name: str) -> None:
        self._ordinals = arrays[f"ordinals:{name}"]
        self._rows = self._ordinals.data
        self._values = arrays.bytes(f"column_values:{name}")
        self._starts = arrays[f"column_values_starts:{name}"].data

    def __len__(self) -> int:
        return len(self._ordinals)

    def __getitem__(self, document: int) -> bytes:
        return self._value(self._rows[document])

    def __iter__(self) -> Iterator[bytes]:
        values = [self._value(ordinal) for ordinal in range(len(self._starts) - 1)]
        return (values[ordinal] for ordinal in self._ordinals.tolist())

    def load(self) -> list[bytes]:
        return list(self)

    def _value(self, ordinal: int) -> bytes:
        return bytes(self._values[self._starts[ordinal] : self._starts[ordinal + 1]])


class MappedFile(BufferFile):  # type: ignore[misc]
    """A part of a mapped file as Whoosh reads files. BufferFile copies all of it at once; this does when it is read."""

    def __init__(self, data: memoryview, name: str | None = None) -> None:
        self._buf = data
        self._name = name
        self._stream: BytesIO | None = None
        self.onclose = None
        self.is_real = self.is_closed = False

    @property
    def file(self) -> BytesIO:
        if self._stream is None:
            self._stream = BytesIO(self._buf)
        return self._stream

    def subset(self, position: int, length: int, name: str | None = None) -> MappedFile:
        return MappedFile(self._buf[position : position + length], name)

    def close(self) -> None:
        self.is_closed = True
