"""Scores of postings as arrays, the same as those of Whoosh's scorers.

Most weightings know nothing of a posting but its weight and the length of the field, and both stand in its code. So a
score is looked up: BM25F has one table of all 65,536 codes for each field, whatever the term, to be multiplied with the
term's idf. A weighting that asks for more is not for arrays; `scorer_of` gives None for it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh import scoring

from search.columnar.cache import Cache
from search.columnar.lengths import LENGTH_OF_BYTE
from search.columnar.matches import Indexes, Scores
from search.columnar.postings import FieldPostings

CODES = 1 << 16


class Scorer(Protocol):
    """positive: that no score is 0 or less is known
    key: equal for scorers that give equal scores to all postings; None where that cannot be told
    """

    @property
    def positive(self) -> bool: ...

    @property
    def key(self) -> Hashable: ...

    def scores(self, postings: FieldPostings, ordinal: int, which: Indexes | None = None) -> Scores:
        """Of each posting of a term, or of those at the indexes `which`. Made anew: the caller's own."""


@dataclass(frozen=True, slots=True)
class BM25:
    idf: float
    average: float  # length of the field, over all documents
    b: float
    k1: float
    table: Scores  # of all codes, without idf

    @property
    def positive(self) -> bool:
        return self.idf > 0 and self.k1 >= 0 and 0 <= self.b <= 1

    @property
    def key(self) -> Hashable:
        return "bm25", self.idf, self.average, self.b, self.k1

    def scores(self, postings: FieldPostings, ordinal: int, which: Indexes | None = None) -> Scores:
        if not postings.has_codes:
            scores = self._of(postings.weights(ordinal), LENGTH_OF_BYTE.take(postings.length_bytes(ordinal)))
            return self._times_idf(scores if which is None else scores.take(which))
        heavy, weights = postings.heavy(ordinal)
        codes = postings.codes(ordinal)
        if not len(heavy):
            return self._times_idf(self.table.take(codes if which is None else codes.take(which)))
        scores = self.table.take(codes)
        scores[heavy] = self._of(weights, LENGTH_OF_BYTE.take(codes.take(heavy) & 0xFF))
        return self._times_idf(scores if which is None else scores.take(which))

    def _times_idf(self, scores: Scores) -> Scores:
        scores *= np.float32(self.idf)
        return scores

    def _of(self, weights: NDArray[Any], lengths: NDArray[np.int64]) -> Scores:
        return _bm25(weights, lengths, self.average, self.b, self.k1)


def _bm25(weights: NDArray[Any], lengths: NDArray[np.int64], average: float, b: float, k1: float) -> Scores:
    """Without idf. A weight of 0 is given next to nothing, because a document with score 0 counts as not found."""
    frequency = weights.astype(np.float64)
    norm = k1 * ((1 - b) + b * np.maximum(lengths, 1) / average)
    with np.errstate(divide="ignore", invalid="ignore"):
        scores: NDArray[np.float64] = frequency * (k1 + 1) / (frequency + norm)
    scores[frequency <= 0] = _LEAST
    return scores.astype(np.float32)


def _bm25_table(average: float, b: float, k1: float, cache: Cache) -> Scores:
    def make() -> Scores:
        codes = np.arange(CODES)
        return _bm25(codes >> 8, LENGTH_OF_BYTE.take(codes & 0xFF), average, b, k1)

    return cache.get(("bm25 table", average, b, k1), make, lambda table: table.nbytes)


_LEAST = float(np.finfo(np.float32).tiny) * 2**24  # so small that it disappears in any sum, and not lost by an idf


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight itself, times a factor: for fields whose lengths are not kept, for Frequency and TF_IDF."""

    factor: float = 1.0
    positive = False
    key = None

    def scores(self, postings: FieldPostings, ordinal: int, which: Indexes | None = None) -> Scores:
        weights = postings.weights(ordinal)
        return (weights if which is None else weights.take(which)) * np.float32(self.factor)


@dataclass(frozen=True, slots=True)
class WeightsAndLengths:
    """Any function of weight and length, called once for each different pair of them."""

    function: Callable[[float, int], float]
    positive = False
    key = None

    def scores(self, postings: FieldPostings, ordinal: int, which: Indexes | None = None) -> Scores:
        weights, lengths = postings.weights(ordinal), postings.length_bytes(ordinal)
        if which is not None:
            weights, lengths = weights.take(which), lengths.take(which)
        distinct, numbers = np.unique(weights, return_inverse=True)
        pairs, back = np.unique(numbers * 256 + lengths, return_inverse=True)
        scores = [
            self.function(float(distinct[pair // 256]), int(LENGTH_OF_BYTE[pair % 256]) or 1) for pair in pairs.tolist()
        ]
        return np.array(scores, np.float32)[back]


def scorer_of(searcher: Any, weighting: Any, fieldname: str, term: bytes, cache: Cache) -> Scorer | None:
    """For a term of a segment that `searcher` searches; None where only Whoosh's own scorer will do."""
    if type(weighting) is scoring.MultiWeighting:
        weighting = weighting.weightings.get(fieldname, weighting.default)
    if type(weighting).scorer is scoring.BM25F.scorer:  # subclasses that change nothing but the idf too
        if not searcher.schema[fieldname].scorable:
            return Weights()
        parent = searcher.get_parent()
        b = weighting._field_B.get(fieldname, weighting.B)
        average = parent.avg_field_length(fieldname) or 1
        table = _bm25_table(average, b, weighting.K1, cache)
        return BM25(parent.idf(fieldname, term), average, b, weighting.K1, table)
    own = weighting.scorer(searcher, fieldname, term)
    if type(own) is scoring.WeightScorer:
        return Weights()
    if type(own) is scoring.TF_IDFScorer:
        return Weights(own.idf)
    if isinstance(own, scoring.WeightLengthScorer) and type(own).score is scoring.WeightLengthScorer.score:
        return WeightsAndLengths(own._score)
    return None
