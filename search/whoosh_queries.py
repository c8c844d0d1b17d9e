"""Two Whoosh query classes for what Whoosh's own do not mean.

Its phrases know no position to start from, its unordered spans measure distance between pairs; its Not inside an Or
excludes from the whole Or, and may let the first excluded document through.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whoosh import matching, query
from whoosh.query import qcore

Alternatives = tuple[str, ...]


class Positions(qcore.Query):  # type: ignore[misc]
    """Terms of one field by their positions, from position `start` on: side by side in order, or (with `distance`)
    in any order within a stretch that holds at most so many other positions. Each part is a term or several
    alternatives. A document's score is the sum of its terms' scores.
    """

    def __init__(
        self, fieldname: str, parts: Iterable[Alternatives], *, distance: int | None = None, start: int = 0
    ) -> None:
        self.fieldname = fieldname
        self.parts = tuple(parts)
        self.distance = distance
        self.start = start
        self.boost = 1.0

    def _key(self) -> tuple[object, ...]:
        return (self.fieldname, self.parts, self.distance, self.start)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Positions) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Positions({self.fieldname!r}, {self.parts!r}, distance={self.distance}, start={self.start})"

    def is_leaf(self) -> bool:
        return True

    def field(self) -> str:
        return self.fieldname

    def estimate_size(self, reader: Any) -> int:
        sizes = (sum(reader.doc_frequency(self.fieldname, term) for term in part) for part in self.parts)
        return min(sizes, default=0)

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        if not self.parts:
            return matching.NullMatcher()
        postings = [self._postings(searcher, part, context) for part in self.parts]
        common = set(postings[0]).intersection(*postings[1:])
        ids = sorted(doc for doc in common if self._holds([places[doc][1] for places in postings]))
        if not ids:
            return matching.NullMatcher()
        return matching.ListMatcher(ids, weights=[sum(places[doc][0] for places in postings) for doc in ids])

    def _postings(self, searcher: Any, part: Alternatives, context: Any) -> dict[int, tuple[float, list[int]]]:
        """By document: the summed score and the positions of one part."""
        places: dict[int, tuple[float, list[int]]] = {}
        for term in part:
            matcher = query.Term(self.fieldname, term).matcher(searcher, context)
            while matcher.is_active():
                positions = [place for place in matcher.value_as("positions") if place >= self.start]
                if positions:
                    score, before = places.get(matcher.id(), (0.0, []))
                    places[matcher.id()] = (score + matcher.score(), before + positions)
                matcher.next()
        return places

    def _holds(self, positions: list[list[int]]) -> bool:
        if self.distance is None:
            starts = set(positions[0])
            for offset, following in enumerate(positions[1:], 1):
                starts &= {place - offset for place in following}
            return bool(starts)
        return _stretch(positions) - len(positions) <= self.distance


def _stretch(positions: list[list[int]]) -> int:
    """Length of the shortest stretch that holds one position of each part."""
    places = sorted((place, part) for part, here in enumerate(positions) for place in here)
    latest: dict[int, int] = {}
    shortest = places[-1][0] - places[0][0] + 1
    for place, part in places:
        latest[part] = place
        if len(latest) == len(positions):
            shortest = min(shortest, place - min(latest.values()) + 1)
    return shortest


class Complement(qcore.Query):  # type: ignore[misc]
    """Every document that a query does not match. Its score is 0: an exclusion says nothing of what is left."""

    def __init__(self, child: Any) -> None:
        self.child = child
        self.boost = 1.0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Complement) and self.child == other.child

    def __hash__(self) -> int:
        return hash((Complement, self.child))

    def __repr__(self) -> str:
        return f"Complement({self.child!r})"

    def is_leaf(self) -> bool:
        return True

    def field(self) -> None:
        return None

    def estimate_size(self, reader: Any) -> int:
        return int(reader.doc_count())

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        excluded = set(self.child.matcher(searcher, context).all_ids())
        ids = [doc for doc in searcher.reader().all_doc_ids() if doc not in excluded]
        return matching.ListMatcher(ids, weights=[0.0] * len(ids)) if ids else matching.NullMatcher()
