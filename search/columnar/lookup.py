"""The words of a text field that a query stands for, without a search for them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from search.columnar.cache import CACHE, Cache
from search.columnar.expand import Ordinals, doc_frequencies, ordinals_of
from search.columnar.leaf import Run, leaves_of
from search.columnar.postings import FieldPostings
from search.columnar.topk import lowest


def words_of(searcher: Any, query: Any, most: int, cache: Cache = CACHE) -> tuple[dict[str, int], int]:
    """Those that a prefix, pattern, fuzzy word or range of terms stands for, with the documents of the index that have
    each, deleted ones included: the `most` most frequent, those first. And how many there are of them all.
    """
    found = []
    for leaf in leaves_of(searcher, Run(cache, searcher.weighting)):
        postings = leaf.postings(query.fieldname)
        if postings is not None:
            found.append((postings, ordinals_of(query, leaf, postings)))
    if len(found) == 1:
        [(postings, ordinals)] = found
        first = ordinals.take(lowest(-doc_frequencies(postings, ordinals), most))
        counts = Counter(_counts(postings, first))
        total = len(ordinals)
    else:
        counts = Counter()
        for postings, ordinals in found:
            counts.update(_counts(postings, ordinals))
        total = len(counts)
    return {term.decode("utf-8"): count for term, count in counts.most_common(most)}, total


def _counts(postings: FieldPostings, ordinals: Ordinals) -> dict[bytes, int]:
    ordinals = np.sort(ordinals)
    counts = doc_frequencies(postings, ordinals).tolist()
    return dict(zip(_terms(postings, ordinals), counts, strict=True))


def _terms(postings: FieldPostings, ordinals: Ordinals) -> list[bytes]:
    """ordinals: ascending"""
    if len(ordinals) and ordinals[-1] - ordinals[0] == len(ordinals) - 1:
        return postings.terms(int(ordinals[0]), int(ordinals[-1]) + 1)
    return [postings.term(ordinal) for ordinal in ordinals.tolist()]
