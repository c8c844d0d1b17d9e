"""Several segments into one, as array work: documents one segment after another, deleted ones left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.columnar import columns, stored, values
from search.columnar.documents import ColumnarDocumentReader, ColumnarDocumentWriter
from search.columnar.encode import FieldEncoder, PositionStretch, TermPostings
from search.columnar.fields import ColumnarFieldWriter
from search.columnar.postings import FieldPostings
from search.columnar.segment import ColumnarSegment
from search.columnar.terms import ColumnarTermsReader

RUN_POSTINGS = 1 << 20  # of all segments together that are in memory at a time
STRETCH_POSTINGS = 1 << 16  # whose positions are in memory at a time, where one term has more than RUN_POSTINGS
RANGE_TERMS = 1 << 18  # of all segments together that are, about


@dataclass(slots=True)
class Source:
    """A segment to be merged."""

    segment: ColumnarSegment
    documents: ColumnarDocumentReader
    terms: ColumnarTermsReader
    live: NDArray[np.bool_] | None

    @property
    def doc_count(self) -> int:
        count = self.documents.doc_count_all()
        return count if self.live is None else int(self.live.sum())

    def close(self) -> None:
        self.documents.close()
        self.terms.close()

    def new_numbers(self, base: int) -> NDArray[np.uint32] | None:
        """Of each document; None where `base` is all there is to add. A deleted one's has no meaning.

        base: the first number that its documents get
        """
        return None if self.live is None else (np.cumsum(self.live) + (base - 1)).astype(np.uint32)


def merge_into(
    schema: Any, sources: Sequence[Source], documents: ColumnarDocumentWriter, fields: ColumnarFieldWriter
) -> None:
    """Writes all that the sources have, and closes them and both writers."""
    for source in sources:
        merge_documents(schema, source, documents)
    documents.close()
    merge_postings(schema, sources, fields)
    fields.close()
    for source in sources:
        source.close()


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
    numbers, rows, ordinals = documents.numbers(name), documents.rows(name), documents.ordinals(name)
    if documents.has_own_file(name):
        numbers = rows = ordinals = None
    if numbers is not None and isinstance(target, columns.NumberWriter) and target.holds(numbers):
        target.extend(first, numbers if live is None else numbers[live])
    elif rows is not None and isinstance(target, columns.RowWriter) and target.holds(rows):
        target.extend(first, rows if live is None else rows[live])
    elif ordinals is not None and isinstance(target, columns.BytesWriter):
        places, strings = ordinals
        target.extend(first, places if live is None else places[live], strings)
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


def merge_postings(schema: Any, sources: Sequence[Source], writer: ColumnarFieldWriter) -> None:
    """Writes the postings of all fields, with the documents' numbers that `merge_documents` gives."""
    counts = [source.doc_count for source in sources]
    bases = [0, *accumulate(counts)]
    names = {name for source in sources for name in source.terms.indexed_field_names() if name in schema}
    for name in sorted(names):
        parts = []
        for source, base in zip(sources, bases, strict=False):
            postings = source.terms.postings(name)
            if postings is not None:
                kind, numbers = source.terms.kind(name), source.new_numbers(base)
                parts.append(_Part(postings, kind, schema[name].format, base, source.live, numbers))
        _FieldMerge(name, parts, bases[-1]).write(writer)


@dataclass(slots=True)
class _Part:
    """A field of one segment."""

    postings: FieldPostings
    kind: str
    format: Any
    base: int
    live: NDArray[np.bool_] | None
    new_numbers: NDArray[np.uint32] | None

    def read(self, first: int, ordinals: NDArray[np.int64], kind: str | None) -> _Read:
        """Terms from `first` on, as many as there are ordinals to give them, with documents numbered anew and deleted
        ones left out. Positions or bytes are read as `kind` says.
        """
        postings = self.postings
        last = first + len(ordinals)
        begin, end = int(postings.starts[first]), int(postings.starts[last])
        docs = postings.span(first, last)
        terms = np.repeat(ordinals, postings.doc_frequencies(first, last))
        read = _Read(terms, docs, postings.weights_between(begin, end), postings.length_bytes_between(begin, end))
        if kind in (values.POSITIONS, values.RAW) and postings.has_positions:
            read.counts, read.flat = postings.positions_between(begin, end)
        if kind == values.RAW:
            read.counts, read.flat = self._as_bytes(read, begin, end)
        if self.live is None or self.new_numbers is None:
            read.docs = docs + np.uint32(self.base)
            return read
        read.keep(self.live[docs])
        read.docs = self.new_numbers[read.docs]
        return read

    def position_stretches(self, ordinal: int) -> Iterator[PositionStretch]:
        """All positions of a term, a stretch of postings at a time."""
        postings = self.postings
        first, end = int(postings.starts[ordinal]), int(postings.starts[ordinal + 1])
        docs = None if self.live is None else postings.docs(ordinal)
        for begin in range(first, end, STRETCH_POSTINGS):
            last = min(begin + STRETCH_POSTINGS, end)
            counts, flat = postings.positions_between(begin, last)
            if self.live is not None and docs is not None:
                mask = self.live[docs[begin - first : last - first]]
                counts, flat = counts[mask], flat[np.repeat(mask, counts)]
            if len(counts):
                yield counts, flat

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

    def write(self, writer: ColumnarFieldWriter) -> None:
        coded = all(part.postings.has_codes for part in self._parts)
        counted = not coded or any(part.postings.counts_positions for part in self._parts)
        plain = all(part.postings.is_plain for part in self._parts)
        encoder = FieldEncoder(self._name, self._doc_count, coded=coded, counted=counted, plain=plain)
        for terms in _term_ranges(self._parts):
            for first, last in terms.stretches():
                run = self._run(terms, first, last)
                if len(run.terms):
                    encoder.add(run)
        if not encoder.is_empty:
            writer.add_encoded(self._name, encoder, self._kind)

    def _run(self, terms: _TermRange, first: int, last: int) -> TermPostings:
        long = self._kind == values.POSITIONS and last - first == 1  # it may have any number of positions
        kind = None if long else self._kind
        spans = list(terms.spans(first, last))
        reads = [part.read(begin, ordinals, kind) for part, begin, ordinals in spans]
        numbers = np.concatenate([read.terms for read in reads])
        order = np.argsort(numbers, kind="stable")  # the parts stand in the order of their documents
        counts_of_terms = np.bincount(numbers - first, minlength=last - first)
        left = np.flatnonzero(counts_of_terms)  # terms of deleted documents alone are gone
        run = TermPostings(
            [terms.union[first + term] for term in left.tolist()],
            counts_of_terms[left],
            np.concatenate([read.docs for read in reads])[order],
            np.concatenate([read.weights for read in reads])[order],
            np.concatenate([read.length_bytes for read in reads])[order],
        )
        if long:
            run.positions = chain.from_iterable(part.position_stretches(begin) for part, begin, _ in spans)
        elif self._kind == values.POSITIONS:
            run.positions = (_reordered(reads, order),)
        elif self._kind == values.RAW:
            run.value_lengths, flat = _reordered(reads, order)
            run.values = flat.astype(np.uint8)
        return run


@dataclass(slots=True)
class _TermRange:
    """Neighbouring terms of all parts.

    union: each once, ascending
    parts: with the first of the part's terms, and for each of them its place in the union
    """

    union: list[bytes]
    parts: list[tuple[_Part, int, NDArray[np.int64]]]

    def stretches(self) -> Iterator[tuple[int, int]]:
        """Runs of terms that together have about RUN_POSTINGS postings; a single term may have more."""
        totals = np.zeros(len(self.union) + 1, np.int64)
        for part, begin, ordinals in self.parts:
            totals[1:][ordinals] += part.postings.doc_frequencies(begin, begin + len(ordinals))
        ends = np.cumsum(totals)
        first = 0
        while first < len(self.union):
            last = max(int(np.searchsorted(ends, ends[first] + RUN_POSTINGS, "right")) - 1, first + 1)
            yield first, last
            first = last

    def spans(self, first: int, last: int) -> Iterator[tuple[_Part, int, NDArray[np.int64]]]:
        """The same as `parts`, of those that have terms of a run."""
        for part, begin, ordinals in self.parts:
            low, high = np.searchsorted(ordinals, (first, last)).tolist()
            if high > low:
                yield part, begin + low, ordinals[low:high]


def _term_ranges(parts: list[_Part]) -> Iterator[_TermRange]:
    """All terms, in ranges that have about RANGE_TERMS: parted where the terms of the largest part say so."""
    largest = max((part.postings for part in parts), key=lambda postings: postings.size)
    begins = [0] * len(parts)
    step = max(RANGE_TERMS // len(parts), 1)
    for place in range(step, largest.size + step, step):
        if place < largest.size:
            boundary = largest.term(place)
            ends = [part.postings.bisect(boundary) for part in parts]
        else:
            ends = [part.postings.size for part in parts]
        terms = [part.postings.terms(begin, end) for part, begin, end in zip(parts, begins, ends, strict=True)]
        union = sorted(set(chain.from_iterable(terms)))
        ordinal_of = {term: ordinal for ordinal, term in enumerate(union)}
        ordinals = [np.fromiter(map(ordinal_of.__getitem__, own), np.int64, len(own)) for own in terms]
        yield _TermRange(union, list(zip(parts, begins, ordinals, strict=True)))
        begins = ends


def _reordered(reads: list[_Read], order: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """What belongs to each posting, positions or bytes, in the new order of the postings."""
    counts = np.concatenate(
        [np.zeros(len(read.docs), np.int64) if read.counts is None else read.counts for read in reads]
    )
    flat = np.concatenate([np.empty(0, np.uint8) if read.flat is None else read.flat for read in reads])
    starts = np.cumsum(counts) - counts
    counts, starts = counts[order], starts[order]
    where = np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    return counts, flat[where]
