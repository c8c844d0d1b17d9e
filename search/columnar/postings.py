"""Postings of one field of one segment, as arrays over the mapped file: what the evaluator and the matchers read.

A term is known by its ordinal, its place among the field's terms in the order of their bytes. The postings of all terms
stand behind each other in that order, so a posting has a number too: those of a term are `starts[ordinal]` up to
`starts[ordinal + 1]`.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from search.columnar.positions import Counts, PositionReader, Positions

if TYPE_CHECKING:
    from search.columnar.format import AnyArray, ArrayFile

BLOCK = 128  # postings that a matcher stands on at a time
CHUNK_BITS = 16  # document numbers are kept by their low 16 bits, chunk after chunk of 65,536 documents
MAX_CODED_WEIGHT = 255  # a code has eight bits for the weight
PLAIN_CODE = 1 << 8  # of every posting in a field that is not scored: weight 1, length byte 0

Documents = NDArray[np.uint32]
Codes = NDArray[np.uint16]
Weights = NDArray[np.float32]

_CACHED_TERMS = 50_000
_NONE = np.empty(0, np.int64)
_NO_WEIGHTS = np.empty(0, np.float32)


class FieldPostings:
    """Terms and postings of a field. Arrays are read-only views where nothing had to be decoded; never write into one.

    size: how many terms there are
    starts: number of the first posting of each term, and at [size] the number of all postings
    has_codes: weights are whole numbers; where it is False `codes` cannot be called and `weights` is what there is
    is_plain: every code is PLAIN_CODE
    has_positions: `positions` can be called; False for formats that keep none or keep more (characters, boosts)
    """

    size: Final[int]
    starts: Final[AnyArray]
    has_codes: Final[bool]
    is_plain: Final[bool]
    has_positions: Final[bool]

    def __init__(self, arrays: ArrayFile, name: str) -> None:
        self.starts = arrays[f"starts:{name}"]
        self.size = len(self.starts) - 1
        self._text = arrays.bytes(f"terms:{name}")
        self._text_starts = arrays[f"term_starts:{name}"].data
        self._starts = self.starts.data
        self._ordinals: dict[bytes, int] = {}

        self._low = arrays[f"docs_low:{name}"]
        self._wide = arrays.get(f"docs_wide:{name}")
        if self._wide is not None:
            self._wide_starts = arrays[f"wide_starts:{name}"]
            self._chunked = arrays[f"chunked_terms:{name}"]
            chunks = len(arrays[f"chunk_ends:{name}"]) // max(len(self._chunked), 1)
            self._chunk_ends = arrays[f"chunk_ends:{name}"].reshape(len(self._chunked), chunks)

        self._dense_terms: list[int] = []
        self._dense_starts = [0]
        if f"dense_terms:{name}" in arrays:
            self._dense_terms = arrays[f"dense_terms:{name}"].tolist()
            self._dense_starts = arrays[f"dense_starts:{name}"].tolist()
            self._dense = arrays[f"docs_dense:{name}"].reshape(len(self._dense_terms), -1)

        self._heavy: AnyArray = _NONE
        codes, weights = arrays.get(f"codes:{name}"), arrays.get(f"weights:{name}")
        self.has_codes = weights is None
        self.is_plain = codes is None and weights is None
        if codes is not None:
            self._codes = codes
            self._code_bytes = codes.view(np.uint8).data  # of which each second one is a weight
            self._heavy = arrays[f"heavy:{name}"]
            self._heavy_weights = arrays[f"heavy_weights:{name}"]
        elif weights is not None:
            self._length_bytes = arrays[f"length_bytes:{name}"]
            self._weights = weights
        else:  # every posting alike: one code, of all
            self._codes = np.broadcast_to(np.uint16(PLAIN_CODE), int(self.starts[-1]))

        self.has_positions = f"first_positions:{name}" in arrays
        self._position_counts = arrays.get(f"position_counts:{name}")
        self._weights_count = self._position_counts is None and codes is not None  # the positions
        if self.has_positions:
            self._positions = PositionReader(arrays, name, self._counts, self._counts_of, self._count, self._total)
        self._values = arrays.bytes(f"values:{name}") if f"values:{name}" in arrays else None
        if self._values is not None:
            self._value_starts = arrays[f"value_starts:{name}"].data

    # Terms

    def find(self, term: bytes) -> int:
        """Ordinal of a term; -1 where the field does not have it."""
        ordinal = self._ordinals.get(term)
        if ordinal is None:
            ordinal = self.bisect(term)
            if ordinal == self.size or self.term(ordinal) != term:
                ordinal = -1
            if len(self._ordinals) >= _CACHED_TERMS:
                self._ordinals.clear()
            self._ordinals[term] = ordinal
        return ordinal

    def bisect(self, term: bytes) -> int:
        """The first ordinal whose term is not before `term`; `size` where all are."""
        text, starts = self._text, self._text_starts
        low, high = 0, self.size
        while low < high:
            middle = (low + high) // 2
            if bytes(text[starts[middle] : starts[middle + 1]]) < term:
                low = middle + 1
            else:
                high = middle
        return low

    def prefix(self, prefix: bytes) -> tuple[int, int]:
        """The run of terms that begin so: the first ordinal, and the first one after them."""
        first = self.bisect(prefix)
        # The least text after all that begin with the prefix; a prefix of 0xff alone is followed by nothing.
        stem = prefix.rstrip(b"\xff")
        return first, self.bisect(stem[:-1] + bytes((stem[-1] + 1,))) if stem else self.size

    def term(self, ordinal: int) -> bytes:
        return bytes(self._text[self._text_starts[ordinal] : self._text_starts[ordinal + 1]])

    def terms(self, first: int, last: int) -> list[bytes]:
        """The terms from `first` up to but without `last`."""
        starts = self._text_starts[first : last + 1].tolist()
        text = bytes(self._text[starts[0] : starts[-1]])
        begin = starts[0]
        return [text[start - begin : end - begin] for start, end in pairwise(starts)]

    def doc_frequency(self, ordinal: int) -> int:
        """How many documents have the term, deleted ones included."""
        return int(self._starts[ordinal + 1] - self._starts[ordinal])

    def doc_frequencies(self, first: int = 0, last: int | None = None) -> NDArray[np.int64]:
        """Of the terms from `first` up to but without `last`."""
        last = self.size if last is None else last
        starts = self.starts[first : last + 1].astype(np.int64)
        return starts[1:] - starts[:-1]

    # Documents

    def docs(self, ordinal: int) -> Documents:
        """The documents that have the term, ascending, deleted ones included."""
        begin, end = self._starts[ordinal], self._starts[ordinal + 1]
        rank = bisect_left(self._dense_terms, ordinal)
        if rank < len(self._dense_terms) and self._dense_terms[rank] == ordinal:
            # As a mask, because numpy is several times slower to find what is not zero among bytes.
            mask = np.unpackbits(self._dense[rank], bitorder="little").view(np.bool_)
            return mask.nonzero()[0].astype(np.uint32)
        begin, end = begin - self._dense_starts[rank], end - self._dense_starts[rank]
        if self._wide is None:
            return self._low[begin:end].astype(np.uint32)
        wide_begin, wide_end = int(self._wide_starts[ordinal]), int(self._wide_starts[ordinal + 1])
        if wide_end > wide_begin:
            return self._wide[wide_begin:wide_end]
        docs: Documents = self._low[begin - wide_begin : end - wide_begin].astype(np.uint32)
        # Not searchsorted, which converts the whole array to the number's type first.
        ends = self._chunk_ends[bisect_left(self._chunked.data, ordinal)].tolist()
        for chunk in range(1, len(ends)):
            docs[ends[chunk - 1] : ends[chunk]] += chunk << CHUNK_BITS
        return docs

    def span(self, first: int, last: int) -> Documents:
        """The documents of the terms from `first` up to but without `last`, term after term, so not sorted."""
        docs = np.empty(self._starts[last] - self._starts[first], np.uint32)
        dense = self._dense_terms[bisect_left(self._dense_terms, first) : bisect_left(self._dense_terms, last)]
        done = first  # the term up to which `docs` is filled
        for ordinal in (*dense, last):
            begin = int(self._starts[done] - self._starts[first])
            end = int(self._starts[ordinal] - self._starts[first])
            self._fill(docs[begin:end], done, ordinal)
            if ordinal < last:
                docs[end : end + self.doc_frequency(ordinal)] = self.docs(ordinal)
                done = ordinal + 1
        return docs

    def _fill(self, docs: Documents, first: int, last: int) -> None:
        """Sets the documents of a run of terms of which none is dense."""
        if not len(docs):
            return
        begin = int(self._starts[first]) - self._dense_starts[bisect_left(self._dense_terms, first)]
        if self._wide is None:
            docs[:] = self._low[begin : begin + len(docs)]
            return
        wide = self._wide[int(self._wide_starts[first]) : int(self._wide_starts[last])]
        if len(wide) == len(docs):
            docs[:] = wide
            return
        low, high = np.searchsorted(self._chunked, (first, last))
        begin -= int(self._wide_starts[first])
        chunked = self._low[begin : begin + len(docs) - len(wide)].astype(np.uint32)
        ends = self._chunk_ends[low:high].astype(np.int64)
        in_chunks = np.diff(ends, axis=1, prepend=0)
        high_bits = np.arange(ends.shape[1], dtype=np.uint32) << CHUNK_BITS
        chunked += np.repeat(np.tile(high_bits, len(ends)), in_chunks.ravel())
        is_chunked = np.zeros(last - first, bool)
        is_chunked[self._chunked[low:high] - first] = True
        of_chunked = np.repeat(is_chunked, self.doc_frequencies(first, last))
        docs[of_chunked] = chunked
        docs[~of_chunked] = wide

    # Weights

    def codes(self, ordinal: int) -> Codes:
        """Of each posting: weight << 8 | length byte of the field in that document. Needs `has_codes`.

        A weight above MAX_CODED_WEIGHT is coded as that; `heavy` has the true one.
        """
        return self._codes[self._starts[ordinal] : self._starts[ordinal + 1]]

    def heavy(self, ordinal: int) -> tuple[Counts, Weights]:
        """Indexes into the term's postings, and true weights, of those too heavy for a code. Nearly always empty."""
        if not self.has_codes or not len(self._heavy):
            return _NONE, _NO_WEIGHTS
        begin, end = self._starts[ordinal], self._starts[ordinal + 1]
        low, high = bisect_left(self._heavy.data, begin), bisect_left(self._heavy.data, end)
        if low == high:
            return _NONE, _NO_WEIGHTS
        return self._heavy[low:high].astype(np.int64) - begin, self._heavy_weights[low:high]

    def weights(self, ordinal: int) -> Weights:
        """Of each posting, as Whoosh gave it: mostly how often the document has the term, times boosts."""
        return self.weights_between(self._starts[ordinal], self._starts[ordinal + 1])

    def weights_between(self, begin: int, end: int) -> Weights:
        """The same, of postings by their numbers."""
        if not self.has_codes:
            return self._weights[begin:end]
        weights = (self._codes[begin:end] >> 8).astype(np.float32)
        if len(self._heavy):
            low, high = np.searchsorted(self._heavy, (begin, end))
            weights[self._heavy[low:high].astype(np.int64) - begin] = self._heavy_weights[low:high]
        return weights

    def length_bytes(self, ordinal: int) -> NDArray[np.uint8]:
        """Of each posting: the length byte of the field in that document."""
        return self.length_bytes_between(self._starts[ordinal], self._starts[ordinal + 1])

    def length_bytes_between(self, begin: int, end: int) -> NDArray[np.uint8]:
        """The same, of postings by their numbers."""
        return self._codes[begin:end].astype(np.uint8) if self.has_codes else self._length_bytes[begin:end]

    # Values of formats that have no arrays

    def value(self, posting: int) -> bytes:
        """What the field's format encoded for a posting, by the number of that; empty where it keeps nothing."""
        if self._values is None:
            return b""
        return bytes(self._values[self._value_starts[posting] : self._value_starts[posting + 1]])

    def values_between(self, begin: int, end: int) -> tuple[Counts, NDArray[np.uint8]]:
        """How many bytes the value of each posting has, by the postings' numbers, and all of them."""
        if self._values is None:
            return np.zeros(end - begin, np.int64), np.empty(0, np.uint8)
        starts = np.asarray(self._value_starts[begin : end + 1]).astype(np.int64)
        return starts[1:] - starts[:-1], np.frombuffer(self._values[starts[0] : starts[-1]], np.uint8)

    # Positions

    def positions(self, ordinal: int) -> tuple[Counts, Positions]:
        """Where the term stands in its documents: those of the i-th posting are positions[starts[i]:starts[i + 1]],
        ascending, counted from the start of the document. Needs `has_positions`.
        """
        counts, positions = self._positions.between(self._starts[ordinal], self._starts[ordinal + 1])
        return _starts(counts), positions

    def positions_at(self, ordinal: int, which: NDArray[np.integer]) -> tuple[Counts, Positions]:
        """The same as `positions`, of some of the term's postings only: `which` are ascending indexes into `docs`."""
        counts, positions = self._positions.at(self._starts[ordinal], self._starts[ordinal + 1], which)
        return _starts(counts), positions

    def first_number(self, ordinal: int) -> int:
        """The number of the term's first posting, which the others follow."""
        return int(self._starts[ordinal])

    def positions_of(self, postings: NDArray[np.int64]) -> tuple[Counts, Positions]:
        """How many positions each of some postings has, by their numbers in any order, and all of them."""
        return self._positions.of(postings)

    def positions_of_one(self, posting: int) -> list[int]:
        """Those of a single posting by its number."""
        return self._positions.one(posting)

    def positions_between(self, begin: int, end: int) -> tuple[Counts, Positions]:
        """How many positions each posting has, by the postings' numbers, and all of them."""
        return self._positions.between(begin, end)

    @property
    def counts_positions(self) -> bool:
        """Whether some posting has another number of positions than its weight says."""
        return self._position_counts is not None

    def _counts(self, begin: int, end: int) -> Counts:
        """How many positions the postings from `begin` to `end` have."""
        if self._position_counts is not None:
            return self._position_counts[begin:end].astype(np.int64)
        counts = (self._codes[begin:end] >> 8).astype(np.int64)
        if len(self._heavy):
            low, high = np.searchsorted(self._heavy, (begin, end))
            counts[self._heavy[low:high].astype(np.int64) - begin] = self._heavy_weights[low:high]
        return counts

    def _count(self, posting: int) -> int:
        """How many positions a posting has."""
        if self._weights_count:
            weight = self._code_bytes[2 * posting + 1]
            if weight < MAX_CODED_WEIGHT:
                return weight
        return int(self._counts(posting, posting + 1)[0])

    def _total(self, begin: int, end: int) -> int:
        """How many positions the postings from `begin` to `end` have together."""
        if self._weights_count:
            weights = self._code_bytes[2 * begin : 2 * end].tobytes()[1::2]
            if MAX_CODED_WEIGHT not in weights:  # which may stand for more
                return sum(weights)
        return int(self._counts(begin, end).sum())

    def _counts_of(self, postings: NDArray[np.int64]) -> Counts:
        """The same of single postings, by their numbers."""
        if self._position_counts is not None:
            return self._position_counts[postings].astype(np.int64)
        counts = (self._codes.take(postings) >> 8).astype(np.int64)
        if len(self._heavy):
            where = (counts == MAX_CODED_WEIGHT).nonzero()[0]
            if not len(where):
                return counts
            place = np.searchsorted(self._heavy, postings[where])
            kept = place < len(self._heavy)
            where, place = where[kept], place[kept]
            is_heavy = self._heavy[place] == postings[where]
            counts[where[is_heavy]] = self._heavy_weights[place[is_heavy]]
        return counts


def _starts(counts: Counts) -> Counts:
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts
