"""Several segments into one, as array work: documents one segment after another, deleted ones left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.columnar import columns, stored, values
from search.columnar.documents import ColumnarDocumentReader, ColumnarDocumentWriter
from search.columnar.encode import FieldEncoder, TermPostings
from search.columnar.fields import ColumnarFieldWriter
from search.columnar.postings import FieldPostings
from search.columnar.segment import ColumnarSegment
from search.columnar.terms import ColumnarTermsReader

RUN_POSTINGS = 1 << 20  # of all segments together that are in memory at a time


@dataclass(slots=True)
class Source:
    """A segment to be merged. `base` is the first number that its documents get."""

    segment: ColumnarSegment
    documents: ColumnarDocumentReader
    terms: ColumnarTermsReader
    base: int
    live: NDArray[np.bool_] | None

    @property
    def doc_count(self) -> int:
        count = self.documents.doc_count_all()
        return count if self.live is None else int(self.live.sum())

    def close(self) -> None:
        self.documents.close()
        self.terms.close()

    def new_numbers(self) -> NDArray[np.uint32] | None:
        """Of each document; None where `base` is all there is to add. A deleted one's has no meaning."""
        return None if self.live is None else (np.cumsum(self.live) + (self.base - 1)).astype(np.uint32)


def merge_documents(schema: Any, source: Source, writer: ColumnarDocumentWriter) -> None:
    """Adds all that the source keeps by document, of fields that the schema still has."""
    documents, live = source.documents, source.live
    first = writer.count
    _merge_stored(schema, source, writer)
    for name in documents.length_names():
        lengths = documents.exact_lengths(name)
        if name in schema and lengths is not None:
            writer.add_lengths(name, first, lengths if live is None else lengths[live])
    for name in sorted(set(schema.names()) | {name for name in source.terms.indexed_field_names() if name in schema}):
        fieldtype = schema[name]
        if fieldtype.column_type and documents.has_column(name):
            _merge_column(source, name, fieldtype.column_type, first, writer)
        if fieldtype.vector:
            for number, document in enumerate(_live(source), first):
                if documents.has_vector(document, name):
                    vector = documents.vector(document, name, fieldtype.vector)
                    writer.add_vector(name, number, _items(vector))


def _merge_stored(schema: Any, source: Source, writer: ColumnarDocumentWriter) -> None:
    names = source.documents.stored_names()
    kept = [name for name in names if name in schema]
    if source.live is None and len(kept) == len(names):
        writer.add_blocks(names, source.documents.stored_blocks())
    elif len(kept) == len(names):
        for document in _live(source):
            writer.add_packed(names, source.documents.stored_packed(document))
    else:  # a field was taken out of the schema since
        for document in _live(source):
            fields = source.documents.stored_fields(document)
            left = {name: fields[name] for name in kept if name in fields}
            writer.add_packed(left, stored.pack(left))


def _merge_column(source: Source, name: str, column: Any, first: int, writer: ColumnarDocumentWriter) -> None:
    documents, live = source.documents, source.live
    target = writer.column(name, column)
    numbers, ordinals = documents.numbers(name), documents.ordinals(name)
    if documents.has_own_file(name):
        numbers = ordinals = None
    if numbers is not None and isinstance(target, columns.NumberWriter) and target.holds(numbers):
        target.extend(first, numbers if live is None else numbers[live])
    elif ordinals is not None and isinstance(target, columns.BytesWriter):
        rows, strings = ordinals
        target.extend(first, rows if live is None else rows[live], strings)
    else:
        reader = documents.column_reader(name, column)
        for number, document in enumerate(_live(source), first):
            target.add(number, reader[document])


def _items(vector: Any) -> Iterator[tuple[str, float, bytes]]:
    while vector.is_active():
        yield vector.id(), vector.weight(), vector.value()
        vector.next()


def _live(source: Source) -> Iterator[int]:
    count = source.documents.doc_count_all()
    return iter(range(count)) if source.live is None else iter(np.flatnonzero(source.live).tolist())


def merge_postings(schema: Any, sources: Sequence[Source], doc_count: int, writer: ColumnarFieldWriter) -> None:
    """Writes the postings of all fields. The documents' numbers are those that `Source.base` gives."""
    names = {name for source in sources for name in source.terms.indexed_field_names() if name in schema}
    for name in sorted(names):
        parts = []
        for source in sources:
            postings = source.terms.postings(name)
            if postings is not None:
                kind = source.terms.kind(name)
                parts.append(_Part(postings, kind, schema[name].format, source.base, source.live, source.new_numbers()))
        _FieldMerge(name, parts, doc_count).write(writer)


@dataclass(slots=True)
class _Part:
    """A field of one segment."""

    postings: FieldPostings
    kind: str
    format: Any
    base: int
    live: NDArray[np.bool_] | None
    new_numbers: NDArray[np.uint32] | None
    ordinals: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))  # of its terms among all

    def read(self, first: int, last: int, as_raw: bool) -> _Read:
        """Terms first to last, with documents numbered anew and deleted ones left out."""
        postings = self.postings
        begin, end = int(postings.starts[first]), int(postings.starts[last])
        docs = postings.span(first, last)
        terms = np.repeat(self.ordinals[first:last].astype(np.int64), postings.doc_frequencies(first, last))
        read = _Read(terms, docs, postings.weights_between(begin, end), postings.length_bytes_between(begin, end))
        if postings.has_positions:
            read.counts, read.flat = postings.positions_between(begin, end)
        if as_raw:
            read.counts, read.flat = self._as_bytes(read, begin, end)
        if self.live is None or self.new_numbers is None:
            read.docs = docs + np.uint32(self.base)
            return read
        read.keep(self.live[docs])
        read.docs = self.new_numbers[read.docs]
        return read

    def _as_bytes(self, read: _Read, begin: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        if self.kind in (values.RAW, values.NOTHING):
            return self.postings.values_between(begin, end)
        if self.kind == values.POSITIONS and read.counts is not None and read.flat is not None:
            parts = np.split(read.flat, np.cumsum(read.counts)[:-1])
            encoded = [self.format.encode(part.tolist()) for part in parts]
        else:
            encoded = [values.encode_frequency(weight) for weight in read.weights.tolist()]
        return np.fromiter(map(len, encoded), np.int64, len(encoded)), np.frombuffer(b"".join(encoded), np.uint8)


@dataclass(slots=True)
class _Read:
    terms: NDArray[np.int64]  # of each posting
    docs: NDArray[np.uint32]
    weights: NDArray[np.float32]
    length_bytes: NDArray[np.uint8]
    counts: NDArray[np.int64] | None = None  # positions, or bytes of the value, of each posting
    flat: NDArray[Any] | None = None

    def keep(self, mask: NDArray[np.bool_]) -> None:
        if self.counts is not None and self.flat is not None:
            self.flat = self.flat[np.repeat(mask, self.counts)]
            self.counts = self.counts[mask]
        self.terms, self.docs, self.weights = self.terms[mask], self.docs[mask], self.weights[mask]
        self.length_bytes = self.length_bytes[mask]


class _FieldMerge:
    def __init__(self, name: str, parts: list[_Part], doc_count: int) -> None:
        self._name, self._parts, self._doc_count = name, parts, doc_count
        kinds = {part.kind for part in parts}
        # Kinds differ where a segment had values that others had not: all of them as bytes again.
        self._kind = kinds.pop() if len(kinds) == 1 else values.RAW
        self._terms = _number_terms(parts)

    def write(self, writer: ColumnarFieldWriter) -> None:
        coded = all(part.postings.has_codes for part in self._parts)
        counted = not coded or any(part.postings.counts_positions for part in self._parts)
        plain = all(part.postings.is_plain for part in self._parts)
        encoder = FieldEncoder(self._name, self._doc_count, coded=coded, counted=counted, plain=plain)
        for first, last in self._stretches():
            run = self._run(first, last)
            if len(run.terms):
                encoder.add(run)
        if not encoder.is_empty:
            writer.add_encoded(self._name, encoder, self._kind)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Runs of terms that together have about RUN_POSTINGS postings; a single term may have more."""
        totals = np.zeros(len(self._terms) + 1, np.int64)
        for part in self._parts:
            totals[1:][part.ordinals] += part.postings.doc_frequencies()
        ends = np.cumsum(totals)
        first = 0
        while first < len(self._terms):
            last = max(int(np.searchsorted(ends, ends[first] + RUN_POSTINGS, "right")) - 1, first + 1)
            yield first, last
            first = last

    def _run(self, first: int, last: int) -> TermPostings:
        reads = []
        for part in self._parts:
            begin, end = np.searchsorted(part.ordinals, (first, last)).tolist()
            if end > begin:
                reads.append(part.read(begin, end, self._kind == values.RAW))
        terms = np.concatenate([read.terms for read in reads])
        order = np.argsort(terms, kind="stable")  # the parts stand in the order of their documents
        counts_of_terms = np.bincount(terms - first, minlength=last - first)
        left = np.flatnonzero(counts_of_terms)  # terms of deleted documents alone are gone
        run = TermPostings(
            [self._terms[first + term] for term in left.tolist()],
            counts_of_terms[left],
            np.concatenate([read.docs for read in reads])[order],
            np.concatenate([read.weights for read in reads])[order],
            np.concatenate([read.length_bytes for read in reads])[order],
        )
        if self._kind in (values.POSITIONS, values.RAW):
            counts, flat = _reordered(reads, order)
            if self._kind == values.POSITIONS:
                run.position_counts, run.positions = counts, flat
            else:
                run.value_lengths, run.values = counts, flat.astype(np.uint8)
        return run


def _reordered(reads: list[_Read], order: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """What belongs to each posting, positions or bytes, in the new order of the postings."""
    counts = np.concatenate(
        [np.zeros(len(read.docs), np.int64) if read.counts is None else read.counts for read in reads]
    )
    flat = np.concatenate([np.empty(0, np.uint8) if read.flat is None else read.flat for read in reads])
    if bool((order[1:] > order[:-1]).all()):
        return counts, flat  # one term, and of a common one that is most of the memory there is
    starts = np.cumsum(counts) - counts
    counts, starts = counts[order], starts[order]
    where = np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    return counts, flat[where]


def _number_terms(parts: list[_Part]) -> list[bytes]:
    """The terms of all parts, ascending; gives each part the ordinals of its own."""
    # Read twice: the terms of all parts together can be many times what their union is.
    known: set[bytes] = set()
    for part in parts:
        known.update(part.postings.terms(0, part.postings.size))
    union = sorted(known)
    del known
    ordinal_of = {term: ordinal for ordinal, term in enumerate(union)}
    for part in parts:
        terms = part.postings.terms(0, part.postings.size)
        part.ordinals = np.fromiter(map(ordinal_of.__getitem__, terms), np.int32, len(terms))
    return union
