"""The terms that a prefix, a pattern, a fuzzy word or a range stands for, in one segment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein
from whoosh.query import FuzzyTerm, Prefix, Regex, TermRange, Variations, Wildcard

from search.columnar.leaf import Expansion, Leaf, TermPostings
from search.columnar.matches import NOTHING, Docs, indexes
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


def depends_on_terms(query: Any) -> bool:
    """Whether the query has a part whose terms are looked up, and may be too many in the index as a whole."""
    return any(type(leaf) in FINDERS and type(leaf) is not TermRange for leaf in query.leaves())


def union(postings: FieldPostings, ordinals: Ordinals, size: int) -> Docs:
    """The documents that have any of the terms."""
    if len(ordinals) < 2:
        return postings.docs(int(ordinals[0])) if len(ordinals) else NOTHING.docs
    found = np.zeros(size, bool)
    found[_docs(postings, ordinals)] = True
    return indexes(found)


def _docs(postings: FieldPostings, ordinals: Ordinals) -> Docs:
    """Of all the terms, in no order."""
    first, last = int(ordinals[0]), int(ordinals[-1]) + 1
    if len(ordinals) * _RUN_SHARE < last - first:
        return np.concatenate([postings.docs(ordinal) for ordinal in ordinals.tolist()])
    docs = postings.span(first, last)
    if len(ordinals) == last - first:
        return docs
    wanted = np.zeros(last - first, bool)
    wanted[ordinals - first] = True
    return docs.take(np.repeat(wanted, postings.doc_frequencies(first, last)).nonzero()[0])


_RUN_SHARE = 16  # terms that make up less of the run between the first and the last of them are read one by one


def ordinals_of(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    """All that `query` stands for in one segment, ascending, without the empty term."""
    ordinals = FINDERS[type(query)](query, leaf, postings)
    return ordinals[1:] if len(ordinals) and postings.term(int(ordinals[0])) == b"" else ordinals


def _searched(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    ordinals = ordinals_of(query, leaf, postings)
    if type(query) is TermRange:
        return ordinals
    if len(leaf.siblings) == 1:
        if len(ordinals) <= MAX_EXPANSION:
            return ordinals
        leaf.run.expansions[query] = Expansion(query, len(ordinals), MAX_EXPANSION)
        frequencies = doc_frequencies(postings, ordinals)
        return np.sort(ordinals.take(np.argsort(-frequencies, kind="stable")[:MAX_EXPANSION]))
    if query not in leaf.run.chosen:
        leaf.run.chosen[query] = _most_frequent_of_all(query, leaf)
    chosen = leaf.run.chosen[query]
    if chosen is None:
        return ordinals
    return np.array([ordinal for ordinal in ordinals.tolist() if postings.term(ordinal) in chosen], np.int64)


def _most_frequent_of_all(query: Any, leaf: Leaf) -> frozenset[bytes] | None:
    """The terms that all segments are searched by; None where they need not be fewer."""
    found = [(postings, ordinals_of(query, sibling, postings)) for sibling, postings in _with_field(query, leaf)]
    if sum(len(ordinals) for _, ordinals in found) <= MAX_EXPANSION:
        return None
    frequencies: Counter[bytes] = Counter()
    for postings, ordinals in found:
        counts = doc_frequencies(postings, ordinals).tolist()
        for ordinal, count in zip(ordinals.tolist(), counts, strict=True):
            frequencies[postings.term(ordinal)] += count
        leaf.run.check()
    if len(frequencies) <= MAX_EXPANSION:
        return None
    leaf.run.expansions[query] = Expansion(query, len(frequencies), MAX_EXPANSION)
    order = sorted(frequencies, key=lambda term: (-frequencies[term], term))
    return frozenset(order[:MAX_EXPANSION])


def doc_frequencies(postings: FieldPostings, ordinals: Ordinals) -> NDArray[np.int64]:
    """In how many documents each of the terms stands; `ordinals` ascending."""
    if not len(ordinals):
        return ordinals
    first, last = int(ordinals[0]), int(ordinals[-1]) + 1
    return postings.doc_frequencies(first, last).take(ordinals - first)


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
    found: list[int] = []
    for begin in range(first, last, _CHECKED):
        terms = postings.terms(begin, min(begin + _CHECKED, last))
        found += [begin + i for i, term in enumerate(terms) if matches(from_bytes(term))]
        leaf.run.check()
    return np.array(found, np.int64)


def _fuzzy(query: Any, leaf: Leaf, postings: FieldPostings) -> Ordinals:
    """Distances are counted for those terms only whose letters may be right: a few of a hundred."""
    first, last = postings.prefix(_bytes(leaf, query.fieldname, query.text[: query.prefixlength]))
    (wanted,), _ = _letters([query.text.encode()])
    masks, lengths = _letters_of(query.fieldname, postings, leaf)
    # An edit brings at most one new letter in, takes at most one out, and makes the word at most one longer or shorter.
    # One that makes it longer takes none out, one that makes it shorter brings none in.
    added = np.bitwise_count(masks[first:last] & ~wanted)
    missing = np.bitwise_count(~masks[first:last] & wanted)
    longer = lengths[first:last].astype(np.int64) - len(query.text)
    edits = np.maximum(missing + np.maximum(longer, 0), added + np.maximum(-longer, 0))
    possible = (edits <= query.maxdist).nonzero()[0] + first
    from_bytes = leaf.schema[query.fieldname].from_bytes
    words = [from_bytes(postings.term(ordinal)) for ordinal in possible.tolist()]
    distance: Any = OSA.distance if type(query) is SwapFuzzyTerm else Levenshtein.distance
    distances = process.cdist([query.text], words, scorer=distance, score_cutoff=query.maxdist, dtype=np.uint16)[0]
    near = (distances <= query.maxdist).nonzero()[0]
    ordinals: Ordinals = possible[near]
    return ordinals


Letters = tuple[NDArray[np.uint32], NDArray[np.uint32]]


def _letters_of(fieldname: str, postings: FieldPostings, leaf: Leaf) -> Letters:
    def make() -> Letters:
        return _letters(postings.terms(0, postings.size))

    return leaf.cached(("letters", fieldname), make, lambda made: made[0].nbytes + made[1].nbytes)


def _letters(terms: Sequence[bytes]) -> Letters:
    """Of each term, one bit for each of 32 classes of letters that it has, and how many letters it has."""
    text = np.frombuffer(b"".join(terms) + b"\0", np.uint8)  # so that the end of the last term is a place in it too
    sizes = np.fromiter(map(len, terms), np.int64, len(terms))
    starts = np.concatenate(((0,), np.cumsum(sizes)))
    # All bytes of letters beyond ASCII are of one class, so that a letter of several bytes counts as one.
    bits = np.uint32(1) << np.where(text < 0x80, text & 31, 0).astype(np.uint32)
    masks = np.bitwise_or.reduceat(bits, starts)[:-1]
    lengths = np.add.reduceat((text & 0xC0 != 0x80).astype(np.uint32), starts)[:-1]
    masks[sizes == 0] = lengths[sizes == 0] = 0
    return masks, lengths


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
