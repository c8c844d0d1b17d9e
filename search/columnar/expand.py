"""The terms that a prefix, a pattern, a fuzzy word or a range stands for, in one segment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein
from whoosh.query import FuzzyTerm, Prefix, Regex, TermRange, Variations, Wildcard

from search.columnar.leaf import Expansion, Leaf, TermPostings
from search.columnar.matches import NOTHING, Docs
from search.columnar.postings import FieldPostings
from search.columnar.queries import SwapFuzzyTerm

MAX_EXPANSION = 1024  # terms that one prefix, pattern or fuzzy word is searched by: the most frequent

Ordinals = NDArray[np.int64]
Find = Callable[[Any, Leaf, FieldPostings], Ordinals]

_CHECKED = 4096  # terms between two looks at the clock


def expand(query: Any, leaf: Leaf) -> list[TermPostings]:
    """The terms of the segment that `query` is searched by, in the order of their bytes.

    Where it stands for more than MAX_EXPANSION, those that most documents of the whole index have, and the search
    tells so. A range is never cut: it is a filter, and what it left out would be wrong.
    """
    postings = leaf.postings(query.fieldname)
    if postings is None:
        return []
    ordinals = _searched(query, leaf, postings)
    return [leaf.term_at(query.fieldname, postings, ordinal) for ordinal in ordinals.tolist()]


def docs_of(query: Any, leaf: Leaf) -> Docs:
    """The documents that have any term of the expansion."""
    postings = leaf.postings(query.fieldname)
    return NOTHING.docs if postings is None else union(postings, _searched(query, leaf, postings), leaf.size)


def union(postings: FieldPostings, ordinals: Ordinals, size: int) -> Docs:
    """The documents that have any of the terms."""
    if not len(ordinals):
        return NOTHING.docs
    first, last = int(ordinals[0]), int(ordinals[-1]) + 1
    if last - first == len(ordinals):
        docs = postings.span(first, last)
    else:
        docs = np.concatenate([postings.docs(ordinal) for ordinal in ordinals.tolist()])
    if len(ordinals) == 1:
        return docs
    found = np.zeros(size, bool)
    found[docs] = True
    return found.nonzero()[0]


def _ordinals(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    """All that `query` stands for in one segment, ascending, without the empty term."""
    ordinals = FINDERS[type(query)](query, leaf, postings)
    return ordinals[1:] if len(ordinals) and postings.term(int(ordinals[0])) == b"" else ordinals


def _searched(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    ordinals = _ordinals(query, leaf, postings)
    if type(query) is TermRange:
        return ordinals
    if len(leaf.siblings) == 1:
        if len(ordinals) <= MAX_EXPANSION:
            return ordinals
        leaf.run.expansions[query] = Expansion(query, len(ordinals), MAX_EXPANSION)
        frequencies = postings.doc_frequencies().take(ordinals)
        return np.sort(ordinals.take(np.argsort(-frequencies, kind="stable")[:MAX_EXPANSION]))
    if query not in leaf.run.chosen:
        leaf.run.chosen[query] = _most_frequent_of_all(query, leaf)
    chosen = leaf.run.chosen[query]
    if chosen is None:
        return ordinals
    return np.array([ordinal for ordinal in ordinals.tolist() if postings.term(ordinal) in chosen], np.int64)


def _most_frequent_of_all(query: Any, leaf: Leaf) -> frozenset[bytes] | None:
    """The terms that all segments are searched by; None where they need not be fewer."""
    found = [(postings, _ordinals(query, sibling, postings)) for sibling, postings in _with_field(query, leaf)]
    if sum(len(ordinals) for _, ordinals in found) <= MAX_EXPANSION:
        return None
    frequencies: Counter[bytes] = Counter()
    for postings, ordinals in found:
        counts = postings.doc_frequencies().take(ordinals).tolist()
        for ordinal, count in zip(ordinals.tolist(), counts, strict=True):
            frequencies[postings.term(ordinal)] += count
        leaf.run.check()
    if len(frequencies) <= MAX_EXPANSION:
        return None
    leaf.run.expansions[query] = Expansion(query, len(frequencies), MAX_EXPANSION)
    order = sorted(frequencies, key=lambda term: (-frequencies[term], term))
    return frozenset(order[:MAX_EXPANSION])


def _with_field(query: Any, leaf: Leaf) -> list[tuple[Leaf, FieldPostings]]:
    siblings = ((sibling, sibling.postings(query.fieldname)) for sibling in leaf.siblings)
    return [(sibling, postings) for sibling, postings in siblings if postings is not None]


def _bytes(leaf: Leaf, fieldname: str, text: Any) -> bytes:
    term: bytes = leaf.schema[fieldname].to_bytes(text)
    return term


def _run(first: int, last: int) -> Ordinals:
    return np.arange(first, last)


def _prefix(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    return _run(*postings.prefix(_bytes(leaf, query.fieldname, query.text)))


def _pattern(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    matches = re.compile(query._get_pattern()).match
    literal = query._find_prefix(query.text)
    first, last = postings.prefix(_bytes(leaf, query.fieldname, literal)) if literal else (0, postings.size)
    from_bytes = leaf.schema[query.fieldname].from_bytes
    found = []
    for ordinal in range(first, last):
        if matches(from_bytes(postings.term(ordinal))):
            found.append(ordinal)
        if ordinal % _CHECKED == 0:
            leaf.run.check()
    return np.array(found, np.int64)


def _fuzzy(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    distance: Any = OSA.distance if type(query) is SwapFuzzyTerm else Levenshtein.distance
    field = leaf.schema[query.fieldname]
    first, last = postings.prefix(_bytes(leaf, query.fieldname, query.text[: query.prefixlength]))
    words = [field.from_bytes(postings.term(ordinal)) for ordinal in range(first, last)]
    within = process.cdist([query.text], words, scorer=distance, score_cutoff=query.maxdist, dtype=np.uint16)[0]
    ordinals: Ordinals = (within <= query.maxdist).nonzero()[0] + first
    return ordinals


def _variations(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    terms = set(query._btexts(leaf.reader))
    return np.array(sorted(postings.find(term) for term in terms), np.int64)


def _range(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    first, last = 0, postings.size
    try:
        if query.start is not None:
            first = _bound(postings, _bytes(leaf, query.fieldname, query.start), query.startexcl)
        if query.end is not None:
            last = _bound(postings, _bytes(leaf, query.fieldname, query.end), not query.endexcl)
    except ValueError:  # not a number, say
        return _run(0, 0)
    return _run(first, max(first, last))


def _bound(postings: FieldPostings, term: bytes, after: bool) -> int:
    """Ordinal of the first term that is not before `term`, or with `after` of the first that is behind it."""
    ordinal = postings.bisect(term)
    return ordinal + 1 if after and ordinal < postings.size and postings.term(ordinal) == term else ordinal


FINDERS: dict[type, Find] = {
    Prefix: _prefix,
    Wildcard: _pattern,
    Regex: _pattern,
    FuzzyTerm: _fuzzy,
    SwapFuzzyTerm: _fuzzy,
    Variations: _variations,
    TermRange: _range,
}
