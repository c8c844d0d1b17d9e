"""A bonus for documents in which neighbouring words of a query stand beside or near each other.

Only the best documents by the query's own score get it: positions cost much more than scores, and what stands below
them would rarely come to the top. A document with the bonus never falls behind one that was not looked at, so pages
follow from each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from search.columnar.leaf import Leaf, TermPostings
from search.columnar.matches import Docs, Indexes, Scores, common
from search.columnar.spans import POSITION_BITS, Places, places


@dataclass(frozen=True, slots=True)
class Proximity:
    """words: terms of the field in the query's order
    reach: the most positions from one to the other that are near
    weight: share of the two words' scores that a document gets once if they stand near each other, in any order, and
        once more if the second follows the first
    candidates: how many of the best documents of a segment are looked at
    """

    fieldname: str
    words: tuple[str, ...]
    reach: int
    weight: float
    candidates: int


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in the candidates: `scores` of all of them, 0 where it does not stand; its places, ascending."""

    scores: Scores
    places: Places


def bonus(asked: Proximity, leaf: Leaf, docs: Docs) -> Scores:
    """Of each of the documents, which are ascending."""
    total = np.zeros(len(docs), np.float32)
    pairs = {pair for pair in pairwise(asked.words) if pair[0] != pair[1]}
    words = {word: _read(leaf.term(asked.fieldname, word), docs) for pair in pairs for word in pair}
    for one, other in sorted(pairs):
        first, second = words[one], words[other]
        if first is None or second is None:
            continue
        near, following = _together(first.places, second.places, asked.reach)
        both = first.scores + second.scores
        for found in (near, following):
            where = np.isin(docs, found)
            total[where] += np.float32(asked.weight) * both[where]
    return total


def _read(term: TermPostings | None, docs: Docs) -> _Word | None:
    """None for a word that none of the documents has."""
    if term is None:
        return None
    ours, theirs = common(docs, term.docs())
    if not len(ours):
        return None
    scores = np.zeros(len(docs), np.float32)
    scores[ours] = term.scores_at(theirs)
    return _Word(scores, places(term, docs.take(ours), theirs))


def _together(first: Places, second: Places, reach: int) -> tuple[Indexes, Indexes]:
    """Documents in which the two stand at most `reach` apart, and in which the second follows the first."""
    behind = np.searchsorted(first, second)  # of each place of the second word, the first word's next one
    before = second - first.take(np.maximum(behind - 1, 0))
    after = first.take(np.minimum(behind, len(first) - 1)) - second
    is_before = (before > 0) & (before <= reach)
    is_after = (after > 0) & (after <= reach)
    return _docs(second[is_before | is_after]), _docs(second[before == 1])


def _docs(found: Places) -> Indexes:
    return found >> POSITION_BITS
