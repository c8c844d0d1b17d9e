"""All that a segment keeps by document: stored fields, lengths of fields, columns and vectors, in one file."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import PerDocumentReader, PerDocumentWriter

from search.columnar import columns, stored
from search.columnar.format import AnyArray, ArrayFile, ArrayWriter
from search.columnar.lengths import LENGTH_OF_BYTE, length_bytes
from search.columnar.segment import DOCUMENTS_EXT, ColumnarSegment
from search.columnar.vectors import Item, VectorReader, VectorWriter

ColumnWriter = columns.NumberWriter | columns.RowWriter | columns.BytesWriter | columns.ForeignWriter


class ColumnarDocumentWriter(PerDocumentWriter):  # type: ignore[misc]
    def __init__(self, storage: Any, segment: ColumnarSegment) -> None:
        self._file = ArrayWriter(segment.create_file(storage, DOCUMENTS_EXT))
        self.stored = stored.StoredWriter()
        self._columns: dict[str, ColumnWriter] = {}
        self._lengths: dict[str, array[int]] = {}
        self._vectors: dict[str, VectorWriter] = {}
        self._fields: dict[str, Any] = {}
        self._stored_names: set[str] = set()
        self._count = 0
        self._in_document = False
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        if self._in_document or docnum != self._count:
            raise ValueError(f"document {docnum} is started where {self._count} is due")
        self._in_document = True

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int | None) -> None:  # noqa: ARG002
        if value is not None:
            self._fields[fieldname] = value
        if length:
            lengths = self._lengths.setdefault(fieldname, array("I"))
            lengths.extend([0] * (self._count - len(lengths)))
            lengths.append(length)

    def add_packed(self, names: Iterable[str], packed: bytes) -> None:
        """A whole document whose stored fields, of these names, `stored.pack` made ready."""
        self._stored_names.update(names)
        self.stored.add(packed)
        self._count += 1

    def add_blocks(self, names: Iterable[str], blocks: Iterable[tuple[int, bytes]]) -> None:
        """Documents as `StoredReader.blocks` gives them."""
        self._stored_names.update(names)
        for count, block in blocks:
            self.stored.add_block(count, block)
            self._count += count

    def add_lengths(self, name: str, first: int, lengths: NDArray[np.integer]) -> None:
        """Of the documents from `first` on."""
        values = self._lengths.setdefault(name, array("I"))
        values.extend([0] * (first - len(values)))
        values.frombytes(lengths.astype(np.uint32).tobytes())

    def add_vector(self, name: str, document: int, items: Iterable[Item]) -> None:
        """Of a document that may be behind the one that is written; documents in their order."""
        if name not in self._vectors:
            self._vectors[name] = VectorWriter()
        self._vectors[name].add(document, items)

    @property
    def count(self) -> int:
        return self._count

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        self.column(fieldname, columnobj).add(self._count, value)

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Iterable[Item]) -> None:  # noqa: ARG002
        self.add_vector(fieldname, self._count, items)

    def finish_doc(self) -> None:
        self.add_packed(self._fields, stored.pack(self._fields))
        self._fields = {}
        self._in_document = False

    def column(self, name: str, column: Any) -> ColumnWriter:
        writer = self._columns.get(name)
        if writer is None:
            writer = self._columns[name] = columns.column_writer(column)
        return writer

    def close(self) -> None:
        self.is_closed = True  # from the first: what fails here cannot be done again
        if self._in_document:
            self.finish_doc()
        self.stored.write(self._file)
        for name, values in self._lengths.items():
            values.extend([0] * (self._count - len(values)))
            lengths = np.frombuffer(values, np.uint32)
            self._file.add(f"length_bytes:{name}", length_bytes(lengths))
            self._file.add(f"lengths:{name}", lengths.astype(np.min_scalar_type(int(lengths.max(initial=0)))))
        for name, column in self._columns.items():
            column.write(self._file, name, self._count)
        for name, vectors in self._vectors.items():
            vectors.write(self._file, name, self._count)
        totals = {name: sum(values) for name, values in self._lengths.items()}
        facts = {"documents": self._count, "field_lengths": totals, "stored": sorted(self._stored_names)}
        self._file.close(facts)


class ColumnarDocumentReader(PerDocumentReader):  # type: ignore[misc]
    def __init__(self, storage: Any, segment: ColumnarSegment, arrays: ArrayFile) -> None:
        self._storage, self._segment, self._arrays = storage, segment, arrays
        self._count = segment.doc_count_all()
        self._stored = stored.StoredReader(arrays)
        self._vectors: dict[str, VectorReader] = {}
        self._live: tuple[int, NDArray[np.bool_]] = (0, np.empty(0, bool))

    def close(self) -> None:
        self._arrays.close()

    def doc_count(self) -> int:
        return self._count - self._segment.deleted_count()

    def doc_count_all(self) -> int:
        return self._count

    # Deletions

    def has_deletions(self) -> bool:
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        return self._segment.deleted_docs()

    @property
    def live(self) -> NDArray[np.bool_] | None:
        """For each document whether it is not deleted; None where none is."""
        deleted = self._segment.deleted_count()
        if not deleted:
            return None
        if self._live[0] != deleted:
            mask = np.ones(self._count, bool)
            mask[list(self._segment.deleted_docs())] = False
            self._live = deleted, mask
        return self._live[1]

    # Columns

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        kinds = ("numbers", "rows", "ordinals", "column")
        return any(f"{kind}:{fieldname}" in self._arrays for kind in kinds) or self.has_own_file(fieldname)

    def column_reader(self, fieldname: str, column: Any) -> Any:
        if self.has_own_file(fieldname):
            name = column_filename(self._segment, fieldname)
            return column.reader(self._storage.open_file(name), 0, self._storage.file_length(name), self._count)
        return columns.column_reader(self._arrays, fieldname, column, self._count)

    def numbers(self, fieldname: str) -> AnyArray | None:
        """A numeric column as an array of the file, in the sortable form that Whoosh keeps; None where it has none."""
        return self._arrays.get(f"numbers:{fieldname}")

    def ordinals(self, fieldname: str) -> tuple[AnyArray, list[bytes]] | None:
        """A column of byte strings: for each document the ordinal of its value, and the values, ascending."""
        if f"ordinals:{fieldname}" not in self._arrays:
            return None
        return self._arrays[f"ordinals:{fieldname}"], columns.read_strings(self._arrays, f"column_values:{fieldname}")

    def rows(self, fieldname: str) -> NDArray[np.uint8] | None:
        """A column of byte strings of one length, a row for each document; None where it has none."""
        rows = self._arrays.get(f"rows:{fieldname}")
        return None if rows is None else rows.reshape(self._count, -1)

    def has_own_file(self, fieldname: str) -> bool:
        """Whether `whoosh.sorting.add_sortable` gave the segment a column after it was written."""
        return bool(self._storage.file_exists(column_filename(self._segment, fieldname)))

    # Lengths

    def lengths(self, fieldname: str) -> NDArray[np.uint8] | None:
        """Length byte of the field in each document, 0 where it is empty; None where no document has the field."""
        return self._arrays.get(f"length_bytes:{fieldname}")

    def exact_lengths(self, fieldname: str) -> NDArray[np.unsignedinteger[Any]] | None:
        """Words of the field in each document; None where no document has the field."""
        return self._arrays.get(f"lengths:{fieldname}")

    def length_names(self) -> list[str]:
        """The fields whose lengths are kept."""
        return self._arrays.names("lengths")

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        lengths = self.lengths(fieldname)
        byte = 0 if lengths is None else lengths[docnum]
        return int(LENGTH_OF_BYTE[byte]) if byte else default

    def field_length(self, fieldname: str) -> int:
        return int(self._arrays.facts["field_lengths"].get(fieldname, 0))

    def min_field_length(self, fieldname: str) -> int:
        lengths = self.lengths(fieldname)
        return 0 if lengths is None or not len(lengths) else int(LENGTH_OF_BYTE[lengths.min()])

    def max_field_length(self, fieldname: str) -> int:
        lengths = self.lengths(fieldname)
        return 0 if lengths is None or not len(lengths) else int(LENGTH_OF_BYTE[lengths.max()])

    # Vectors

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        return f"vectors:{fieldname}" in self._arrays and docnum in self._vector_reader(fieldname)

    def vector(self, docnum: int, fieldname: str, format_: Any) -> Any:
        """Raises KeyError where the document has none."""
        if not self.has_vector(docnum, fieldname):
            raise KeyError(f"document {docnum} has no vector of {fieldname!r}")
        return self._vector_reader(fieldname).matcher(docnum, format_)

    def _vector_reader(self, fieldname: str) -> VectorReader:
        if fieldname not in self._vectors:
            self._vectors[fieldname] = VectorReader(self._arrays, fieldname)
        return self._vectors[fieldname]

    # Stored fields

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return self._stored[docnum]

    def stored_names(self) -> list[str]:
        """The fields that some document stores."""
        return list(self._arrays.facts["stored"])

    def stored_packed(self, docnum: int) -> bytes:
        """As `ColumnarDocumentWriter.add_packed` takes it."""
        return self._stored.packed(docnum)

    def stored_blocks(self) -> Iterator[tuple[int, bytes]]:
        """All documents, as `ColumnarDocumentWriter.add_blocks` takes them."""
        return self._stored.blocks()


def column_filename(segment: ColumnarSegment, fieldname: str) -> str:
    name: str = segment.make_filename(f".{fieldname}.col")
    return name
