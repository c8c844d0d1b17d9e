"""The field writer behind Whoosh's own writer, which hands over one posting after another."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from whoosh.codec.base import FieldWriter

from search.columnar import values
from search.columnar.encode import FieldEncoder, TermPostings, can_code, is_plain
from search.columnar.format import ArrayWriter
from search.columnar.lengths import length_bytes
from search.columnar.segment import POSTINGS_EXT, ColumnarSegment


class ColumnarFieldWriter(FieldWriter):  # type: ignore[misc]
    def __init__(self, storage: Any, segment: ColumnarSegment) -> None:
        self._file = ArrayWriter(segment.create_file(storage, POSTINGS_EXT))
        self._kinds: dict[str, str] = {}
        self._collected: _Collected | None = None
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        if self._collected is not None:
            self.finish_field()
        self._collected = _Collected(fieldname, fieldobj.format)

    def start_term(self, text: bytes) -> None:
        self._field.terms.append(text)
        self._field.starts.append(len(self._field.docs))

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None) -> None:
        field = self._field
        field.docs.append(docnum)
        field.weights.append(weight)
        field.lengths.append(length or 0)
        field.values.append(vbytes)

    def finish_term(self) -> None:
        pass

    def finish_field(self) -> None:
        field, self._collected = self._field, None
        if not field.terms:
            return
        kind = field.write(self._file)
        self._kinds[field.name] = kind

    def add_encoded(self, name: str, encoder: FieldEncoder, kind: str) -> None:
        """A whole field out of arrays. Fields come in the order of their names."""
        encoder.write(self._file)
        self._kinds[name] = kind

    def close(self) -> None:
        self.is_closed = True  # from the first: what fails here cannot be done again
        if self._collected is not None:
            self.finish_field()
        self._file.close({"fields": self._kinds})

    @property
    def _field(self) -> _Collected:
        if self._collected is None:
            raise ValueError("no field is started")
        return self._collected


class _Collected:
    """One field's postings as they come."""

    def __init__(self, name: str, format_: Any) -> None:
        self.name, self.format = name, format_
        self.terms: list[bytes] = []
        self.starts = array("Q")
        self.docs = array("I")
        self.weights = array("f")
        self.lengths = array("I")
        self.values: list[bytes] = []

    def write(self, file: ArrayWriter) -> str:
        """Returns the kind of its values."""
        docs, weights = np.frombuffer(self.docs, np.uint32), np.frombuffer(self.weights, np.float32)
        starts = np.append(np.frombuffer(self.starts, np.uint64), np.uint64(len(docs))).astype(np.int64)
        run = TermPostings(
            self.terms, np.diff(starts), docs, weights, length_bytes(np.frombuffer(self.lengths, np.uint32))
        )
        kind, positions = values.kind_of(self.format, self.values, self.weights)
        counted = False
        if kind == values.POSITIONS:
            counts, flat = values.flatten(positions)
            run.positions = ((counts, flat),)
            counted = bool((counts != weights).any())
        elif kind == values.RAW:
            run.value_lengths = np.fromiter(map(len, self.values), np.int64, len(self.values))
            run.values = np.frombuffer(b"".join(self.values), np.uint8)
        coded = can_code(weights)
        plain = is_plain(weights, run.length_bytes)
        encoder = FieldEncoder(self.name, int(docs.max()) + 1, coded=coded, counted=counted or not coded, plain=plain)
        encoder.add(run)
        encoder.write(file)
        return kind
