"""Postings of one field, from arrays to the sections that `FieldPostings` reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.columnar.format import AnyArray, ArrayWriter
from search.columnar.positions import PositionEncoder
from search.columnar.postings import CHUNK_BITS, MAX_CODED_WEIGHT
from search.columnar.spool import Spool

DENSITY = 16  # bits of a document number in `docs_low`
MIN_DENSE = 64  # postings; a term of fewer would not pay for its place among the dense ones
_LOW = (1 << CHUNK_BITS) - 1


# Of some postings, one after the other: how many positions each has, and all of these.
PositionStretch = tuple[NDArray[np.integer], NDArray[np.integer]]


@dataclass(slots=True)
class TermPostings:
    """A run of whole terms, ascending by their bytes, with all their postings.

    Postings stand term after term, ascending by document within a term.
    """

    terms: Sequence[bytes]
    counts: NDArray[np.int64]  # postings of each term
    docs: NDArray[np.integer]
    weights: NDArray[np.floating] | NDArray[np.integer]
    length_bytes: NDArray[np.uint8]
    positions: Iterable[PositionStretch] = ()  # of all postings; empty where the format keeps none
    value_lengths: NDArray[np.integer] | None = None  # of each posting, for formats that have no arrays
    values: NDArray[np.uint8] | None = None


def can_code(weights: AnyArray) -> bool:
    """Whether weights are whole and above zero, as `weight << 8 | length byte` needs them."""
    return not len(weights) or bool((weights == np.floor(weights)).all() and weights.min() >= 1)


def is_plain(weights: AnyArray, length_bytes: AnyArray) -> bool:
    """Whether a field's weights and lengths need not be kept."""
    return bool((weights == 1).all()) and not length_bytes.any()


class FieldEncoder:
    """Takes the postings of a field in runs of terms, each after the last, and writes the field's sections at the end.

    doc_count: above every document number of the field
    coded: every weight is whole and above zero (`can_code`)
    plain: every weight is 1 and every length byte 0, as in fields that are not scored: nothing is kept of them
    counted: some posting has another number of positions than its weight says
    """

    def __init__(self, name: str, doc_count: int, *, coded: bool, counted: bool = False, plain: bool = False) -> None:
        self._name = name
        self._chunks = max(1, -(-doc_count // (1 << CHUNK_BITS)))
        self._coded, self._counted, self._plain = coded, counted, plain
        self._position_encoder: PositionEncoder | None = None
        # Documents of a term that so many have cost less as bits.
        self._doc_count = doc_count
        self._dense_above = max(doc_count // DENSITY, MIN_DENSE)
        self._terms = self._postings = self._text = self._value_bytes = self._dense_postings = 0
        self._spools: dict[str, Spool] = {}

    def add(self, run: TermPostings) -> None:
        if not len(run.terms):
            return
        self._add_terms(run)
        self._add_docs(run)
        self._add_weights(run)
        for counts, positions in run.positions:
            if self._position_encoder is None:
                self._position_encoder = PositionEncoder()
                self._spools |= self._position_encoder.spools
            self._position_encoder.add(counts.astype(np.int64), positions)
            if self._counted:
                self._spool("position_counts", np.uint32).append(counts)
        if run.values is not None and run.value_lengths is not None:
            ends = np.cumsum(run.value_lengths, dtype=np.uint64) + np.uint64(self._value_bytes)
            self._spool("value_starts", np.uint64).append(ends)
            self._spool("values", np.uint8).append(run.values)
            self._value_bytes += len(run.values)
        self._terms += len(run.terms)
        self._postings += len(run.docs)

    @property
    def is_empty(self) -> bool:
        return not self._terms

    def write(self, writer: ArrayWriter) -> None:
        """A field without terms is not written."""
        for kind, spool in self._spools.items():
            dtype: Any = spool.dtype
            first: tuple[AnyArray, ...] = ()
            if dtype == np.uint64:  # starts: offsets that begin with 0, in the smaller type where that holds them
                last = {"term_starts": self._text, "value_starts": self._value_bytes}.get(kind, self._postings)
                dtype, first = _smallest(last), (np.zeros(1, np.uint64),)
            elif dtype == np.int64:  # numbers of postings, of gaps or of far gaps
                dtype = _smallest(max(self._postings, self._spools["gaps"].count if "gaps" in self._spools else 0))
            elif kind == "far_gaps" and self._position_encoder is not None:
                dtype = np.uint16 if self._position_encoder.widest_gap < 1 << 16 else np.uint32
            writer.add_pieces(f"{kind}:{self._name}", chain(first, spool.pieces()), dtype)
            spool.close()
        self._spools.clear()

    def _spool(self, kind: str, dtype: Any) -> Spool:
        spool = self._spools.get(kind)
        if spool is None:
            spool = self._spools[kind] = Spool(dtype)
        return spool

    def _add_terms(self, run: TermPostings) -> None:
        blob = b"".join(run.terms)
        ends = np.cumsum([len(term) for term in run.terms], dtype=np.uint64) + np.uint64(self._text)
        self._spool("terms", np.uint8).append(np.frombuffer(blob, np.uint8))
        self._spool("term_starts", np.uint64).append(ends)
        self._spool("starts", np.uint64).append(np.cumsum(run.counts, dtype=np.uint64) + np.uint64(self._postings))
        self._text += len(blob)

    def _add_docs(self, run: TermPostings) -> None:
        ends = np.cumsum(run.counts)
        dense = run.counts > self._dense_above
        for ordinal in np.flatnonzero(dense).tolist():
            docs = run.docs[ends[ordinal] - run.counts[ordinal] : ends[ordinal]]
            if bool((docs[1:] > docs[:-1]).all()):  # words for spelling all stand in document 0
                self._add_dense(self._terms + ordinal, docs)
            else:
                dense[ordinal] = False
        low = self._spool("docs_low", np.uint16)
        if self._chunks == 1:
            low.append(run.docs[~np.repeat(dense, run.counts)] if dense.any() else run.docs)
            return
        # A term costs less by chunks where its documents are more than the ends of chunks take.
        chunked = (run.counts > 2 * self._chunks) & ~dense
        docs = run.docs[np.repeat(chunked, run.counts)]
        low.append(docs & _LOW)
        wide = self._spool("docs_wide", np.uint32)
        before = np.uint64(wide.count)
        in_wide = ~(chunked | dense)
        wide.append(run.docs[np.repeat(in_wide, run.counts)])
        wide_counts = np.where(in_wide, run.counts, 0)
        self._spool("wide_starts", np.uint64).append(np.cumsum(wide_counts, dtype=np.uint64) + before)
        self._spool("chunked_terms", np.uint32).append(np.flatnonzero(chunked) + self._terms)
        ranks = np.repeat(np.arange(int(chunked.sum())), run.counts[chunked])
        cells = ranks * self._chunks + (docs >> CHUNK_BITS)
        per_chunk = np.bincount(cells, minlength=int(chunked.sum()) * self._chunks).reshape(-1, self._chunks)
        self._spool("chunk_ends", np.uint32).append(np.cumsum(per_chunk, axis=1).ravel())

    def _add_dense(self, ordinal: int, docs: AnyArray) -> None:
        bits = np.zeros(self._doc_count, bool)
        bits[docs] = True
        self._spool("docs_dense", np.uint8).append(np.packbits(bits, bitorder="little"))
        self._spool("dense_terms", np.uint32).append(np.array([ordinal]))
        self._dense_postings += len(docs)
        self._spool("dense_starts", np.uint64).append(np.array([self._dense_postings], np.uint64))

    def _add_weights(self, run: TermPostings) -> None:
        if self._plain:
            return
        if not self._coded:
            self._spool("weights", np.float32).append(run.weights)
            self._spool("length_bytes", np.uint8).append(run.length_bytes)
            return
        codes = np.minimum(run.weights, MAX_CODED_WEIGHT).astype(np.uint16)
        codes <<= 8
        codes |= run.length_bytes
        heavy = np.flatnonzero(run.weights > MAX_CODED_WEIGHT)
        self._spool("codes", np.uint16).append(codes)
        self._spool("heavy", np.int64).append(heavy + self._postings)
        self._spool("heavy_weights", np.float32).append(run.weights[heavy])


def _smallest(last: int) -> type[np.uint32] | type[np.uint64]:
    return np.uint32 if last < 1 << 32 else np.uint64
