"""Words beside and near each other: sorting and searching of places.

A place is document << 32 | position, so places of a segment sort by document and then by position, and the distance of
two words of one document is the difference of their places. A stretch is its first and its last place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.columnar.leaf import TermPostings
from search.columnar.matches import Docs, Indexes, common

Places = NDArray[np.int64]

POSITION_BITS = 32
MAX_DISTANCE = 1 << 31  # a longer one reaches over the end of every document; more bits would reach the next one


@dataclass(frozen=True, slots=True)
class Stretches:
    """Ascending by their last places."""

    first: Places
    last: Places

    def docs(self) -> Docs:
        """Each document once."""
        return _docs(self.last)

    def between(self, first: int, last: int | None) -> Stretches:
        """Those that lie wholly at positions from `first` up to and with `last`."""
        inside = (self.first & (1 << POSITION_BITS) - 1) >= first
        if last is not None:
            inside &= (self.last & (1 << POSITION_BITS) - 1) <= last
        kept = inside.nonzero()[0]
        return Stretches(self.first.take(kept), self.last.take(kept))


def with_all(terms: Sequence[TermPostings]) -> tuple[Docs, list[Indexes]]:
    """The documents that have all the terms, and for each term the indexes of their postings."""
    order = sorted(range(len(terms)), key=lambda i: terms[i].count)
    docs = terms[order[0]].docs()
    indexes: dict[int, Indexes] = {order[0]: np.arange(len(docs))}
    for i in order[1:]:
        kept, indexes[i] = common(docs, terms[i].docs())
        if len(kept) < len(docs):
            docs = docs.take(kept)
            for earlier in list(indexes)[:-1]:
                indexes[earlier] = indexes[earlier].take(kept)
    return docs, [indexes[i] for i in range(len(terms))]


def places(term: TermPostings, docs: Docs, which: Indexes) -> Places:
    """Where the term stands in `docs`, whose postings are at the indexes `which`; and in others too where that is
    quicker. They do not matter: a stretch lies within one document, and needs all terms there.
    """
    if len(which) * 2 > term.count:
        docs = term.docs()
        starts, positions = term.postings.positions(term.ordinal)
    else:
        starts, positions = term.postings.positions_at(term.ordinal, which)
    found: Places = np.repeat(docs.astype(np.int64) << POSITION_BITS, np.diff(starts))
    found += positions
    return found


def side_by_side(terms: Sequence[TermPostings]) -> Stretches:
    """Each term at the position after the term before it."""
    docs, indexes = with_all(terms)
    rarest, *others = sorted(range(len(terms)), key=lambda i: terms[i].count)
    behind = len(terms) - 1  # of the first term's place, the last one's
    last = places(terms[rarest], docs, indexes[rarest]) + (behind - rarest)  # where a phrase may end, so far
    for i in others:
        docs, indexes = _only(_docs(last), docs, indexes)
        last = _in_both(last, places(terms[i], docs, indexes[i]) + (behind - i))
    return Stretches(last - behind, last)


def in_order(terms: Sequence[TermPostings], least: int, most: int) -> Stretches:
    """Each term at least `least` (1 or more) and at most `most` positions after the term before it.

    For each last place only the shortest stretch is given. Its first place never falls when the last one rises, so
    the nearest possible word before is always the right one.
    """
    docs, indexes = with_all(terms)
    most = min(most, MAX_DISTANCE)
    first = last = places(terms[0], docs, indexes[0])
    for term, which in zip(terms[1:], indexes[1:], strict=True):
        if not len(last):
            break
        own = places(term, docs, which)
        before = np.searchsorted(last, own - least, side="right") - 1
        kept = ((before >= 0) & (last.take(before) >= own - most)).nonzero()[0]
        first, last = first.take(before.take(kept)), own.take(kept)
    return Stretches(first, last)


def near(terms: Sequence[TermPostings], reach: int) -> Stretches:
    """All terms in any order, the last place at most `reach` after the first. A term given twice stands there twice.

    For each last place only the shortest stretch is given.
    """
    docs, indexes = with_all(terms)
    own = {terms[i].key: places(terms[i], docs, indexes[i]) for i in range(len(terms))}
    copies = Counter(term.key for term in terms)
    last = np.unique(np.concatenate(list(own.values())))
    first = last
    complete = np.ones(len(last), bool)
    for key, standing in own.items():
        begin = np.searchsorted(standing, last, side="right") - copies[key]
        complete &= begin >= 0
        first = np.minimum(first, standing.take(np.maximum(begin, 0)))
    kept = (complete & (last - first <= min(reach, MAX_DISTANCE))).nonzero()[0]
    return Stretches(first.take(kept), last.take(kept))


def in_either_order(terms: Sequence[TermPostings], least: int, most: int) -> Stretches:
    """Two terms, `least` to `most` positions from each other."""
    one, other = in_order(terms, least, most), in_order(terms[::-1], least, most)
    first, last = np.concatenate((one.first, other.first)), np.concatenate((one.last, other.last))
    order = np.argsort(last, kind="stable")
    return Stretches(first.take(order), last.take(order))


def anywhere(term: TermPostings) -> Stretches:
    """Each place of one term."""
    docs = term.docs()
    own = places(term, docs, np.arange(len(docs)))
    return Stretches(own, own)


def any_of(terms: Sequence[TermPostings]) -> Stretches:
    """Each place of any of the terms."""
    if not terms:
        return NONE
    found = np.unique(np.concatenate([anywhere(term).last for term in terms]))
    return Stretches(found, found)


def docs_within(term: TermPostings, first: int, last: int | None) -> Docs:
    """The documents that have the term at a position from `first` up to and with `last`."""
    docs = term.docs()
    starts, positions = term.postings.positions(term.ordinal)
    if last is None:
        inside = positions.take(starts[1:] - 1) >= first
    elif first <= 0:
        inside = positions.take(starts[:-1]) <= last
    else:
        inside = np.logical_or.reduceat((positions >= first) & (positions <= last), starts[:-1])
    return docs.take(inside.nonzero()[0])


NONE = Stretches(np.empty(0, np.int64), np.empty(0, np.int64))


def _docs(ascending: Places) -> Docs:
    docs = ascending >> POSITION_BITS
    return docs.take(np.concatenate(((docs[:1] >= 0).nonzero()[0], (docs[1:] != docs[:-1]).nonzero()[0] + 1)))


def _only(fewer: Docs, docs: Docs, indexes: list[Indexes]) -> tuple[Docs, list[Indexes]]:
    """What of `docs` is among `fewer`."""
    kept, _ = common(docs, fewer)
    return docs.take(kept), [which.take(kept) for which in indexes]


_SEARCH_RATIO = 8


def _in_both(left: Places, right: Places) -> Places:
    """What two ascending arrays, each without doubles, have in common."""
    if len(left) > len(right):
        left, right = right, left
    if len(left) * _SEARCH_RATIO < len(right):
        found = np.searchsorted(right, left)
        np.minimum(found, len(right) - 1, out=found)
        common_places: Places = left.take((right.take(found) == left).nonzero()[0])
    else:
        # The stable sort of numbers merges runs that are in order already: quicker than to search for each.
        merged = np.sort(np.concatenate((left, right)), kind="stable")
        common_places = merged.take((merged[1:] == merged[:-1]).nonzero()[0])
    return common_places
