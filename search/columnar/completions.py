"""Terms that begin so, with how many documents have each: of the whole index, or of those that a query finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.columnar import matches
from search.columnar.cache import CACHE, Cache
from search.columnar.evaluate import mask_of
from search.columnar.find import find
from search.columnar.leaf import Leaf, Run, leaves_of
from search.columnar.matches import Mask
from search.columnar.postings import FieldPostings
from search.columnar.topk import lowest

MAX_POSTINGS = (
    1 << 18
)  # of a run of terms, that are looked through; of longer runs only the terms of most documents are
MAX_TERMS = 200  # of such a longer run

Terms = list[tuple[str, int]]  # and how many documents have each


def completions(
    searcher: Any,
    fieldname: str,
    prefixes: Sequence[str],
    *,
    limit: int,
    within: Any = None,
    filters: Mapping[str, Any] | None = None,
    cache: Cache = CACHE,
) -> list[Terms]:
    """For each prefix, the terms of a field that most documents have, of equal ones those that sort first.

    within: a query; only documents that it finds count. None for all
    filters: queries that must hold as well

    Counts are exact but for terms of a prefix with more than MAX_POSTINGS postings, among which the most frequent of
    each segment are taken before anything is counted.
    """
    run = Run(cache, searcher.weighting)
    leaves = [(leaf, _mask(leaf, within, filters or {})) for leaf in leaves_of(searcher, run)]
    return [_of_all(leaves, fieldname, prefix.encode(), limit) for prefix in prefixes]


def _mask(leaf: Leaf, within: Any, filters: Mapping[str, Any]) -> Mask | None:
    """The documents that count; None for all."""
    masks = [*([] if leaf.live is None else [leaf.live]), *(mask_of(query, leaf) for query in filters.values())]
    if within is not None:
        masks.append(matches.mask(find(within, leaf.strict()), leaf.size))
    return reduce(np.logical_and, masks) if masks else None


def _of_all(leaves: Sequence[tuple[Leaf, Mask | None]], fieldname: str, prefix: bytes, limit: int) -> Terms:
    parts = [
        (postings, mask, _of_one(postings, mask, prefix, limit))
        for leaf, mask in leaves
        if (postings := leaf.postings(fieldname)) is not None
    ]
    terms = sorted(set().union(*(counts for _, _, counts in parts)))
    sums = {
        term: sum(counts[term] if term in counts else _count(postings, mask, term) for postings, mask, counts in parts)
        for term in terms
    }
    most = sorted(terms, key=lambda term: -sums[term])[:limit]
    return [(term.decode(), sums[term]) for term in most]


def _of_one(postings: FieldPostings, mask: Mask | None, prefix: bytes, limit: int) -> dict[bytes, int]:
    first, last = postings.prefix(prefix)
    if first == last:
        return {}
    counts = postings.doc_frequencies(first, last)
    if mask is None:
        order = lowest(-counts, limit)
        return {postings.term(first + place): int(counts[place]) for place in order.tolist()}
    if counts.sum() > MAX_POSTINGS:
        places = lowest(-counts, MAX_TERMS)
        found = np.array([np.count_nonzero(mask.take(postings.docs(first + place))) for place in places.tolist()])
    else:
        places, found = np.arange(last - first), _counts(postings, mask, first, last)
    order = lowest(-found, limit)
    return {postings.term(first + int(places[which])): int(found[which]) for which in order.tolist() if found[which]}


def _counts(postings: FieldPostings, mask: Mask, first: int, last: int) -> NDArray[np.int64]:
    """How many of the documents that count have each term of a run. No term is without any document at all."""
    starts = postings.starts[first:last].astype(np.int64) - int(postings.starts[first])
    return np.add.reduceat(mask.take(postings.span(first, last)), starts, dtype=np.int64)


def _count(postings: FieldPostings, mask: Mask | None, term: bytes) -> int:
    ordinal = postings.find(term)
    if ordinal < 0:
        return 0
    return postings.doc_frequency(ordinal) if mask is None else int(np.count_nonzero(mask.take(postings.docs(ordinal))))
