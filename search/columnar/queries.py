"""Query classes that Whoosh does not have, each with a Whoosh matcher, so that they run on any codec."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rapidfuzz.distance import OSA
from whoosh import matching
from whoosh.query import And, FuzzyTerm, Query, QueryError, Term
from whoosh.query.spans import Span, SpanQuery, SpanWrappingMatcher
from whoosh.util import make_binary_tree


class Near(Query):  # type: ignore[misc]
    """All the words in any order, in a stretch that holds at most `distance` other positions between its first word and
    its last. A word given twice must stand there twice. The score is the sum of the words' own.

    Whoosh's SpanNear2 with ordered=False means the same for two words only: from the third on it does not find a word
    that stands between the first two.
    """

    def __init__(self, fieldname: str, words: Sequence[str], distance: int = 0, boost: float = 1.0) -> None:
        self.fieldname = fieldname
        self.words = list(words)
        self.distance = distance
        self.boost = boost

    @property
    def reach(self) -> int:
        """The last word's position minus the first's is at most this."""
        return self.distance + len(self.words) - 1

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.fieldname!r}, {self.words!r}, {self.distance}, boost={self.boost})"

    def __unicode__(self) -> str:
        return f'{self.fieldname}:"{" ".join(self.words)}"~{self.distance}'

    __str__ = __unicode__

    def _key(self) -> tuple[object, ...]:
        return self.fieldname, tuple(self.words), self.distance, self.boost

    def has_terms(self) -> bool:
        return True

    def terms(self, phrases: bool = False) -> Iterator[tuple[str, str]]:
        if phrases:
            yield from ((self.fieldname, word) for word in self.words)

    def estimate_size(self, reader: Any) -> int:
        return self._and().estimate_size(reader)  # type: ignore[no-any-return]

    def estimate_min_size(self, reader: Any) -> int:  # noqa: ARG002
        return 0

    def _and(self) -> Any:
        return And([Term(self.fieldname, word) for word in self.words])

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        if not self.words or self.fieldname not in searcher.schema:
            return matching.NullMatcher()
        field_format = searcher.schema[self.fieldname].format
        if not field_format or not field_format.supports("positions"):
            raise QueryError(f"{self.fieldname!r} keeps no positions, so no words can be near each other in it")
        matchers = [Term(self.fieldname, word).matcher(searcher, context) for word in self.words]
        matcher: Any = _NearMatcher(matchers, self.words, self.reach)
        return matching.WrappingMatcher(matcher, boost=self.boost) if self.boost != 1 else matcher


class Within(SpanQuery):  # type: ignore[misc]
    """What `query` finds, where it stands wholly at positions from `first` up to and with `last` (None: to the end).

    A document's score is the query's own, whatever else stands outside of these positions.
    """

    def __init__(self, query: Any, first: int = 0, last: int | None = None) -> None:
        self.q = query
        self.first = first
        self.last = last

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Within)
            and (self.first, self.last) == (other.first, other.last)
            and bool(self.q == other.q)
        )

    def __hash__(self) -> int:
        return hash((self.q, self.first, self.last))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.q!r}, {self.first}, {self.last})"

    def __unicode__(self) -> str:
        return f"{self.q}@{self.first}..{'' if self.last is None else self.last}"

    __str__ = __unicode__

    def is_leaf(self) -> bool:
        return False

    def children(self) -> Iterator[Any]:
        yield self.q

    def apply(self, change: Callable[[Any], Any]) -> Within:
        return type(self)(change(self.q), self.first, self.last)

    def field(self) -> str | None:
        return self.q.field()  # type: ignore[no-any-return]

    def with_boost(self, boost: float) -> Within:
        return type(self)(self.q.with_boost(boost), self.first, self.last)

    def estimate_size(self, reader: Any) -> int:
        return self.q.estimate_size(reader)  # type: ignore[no-any-return]

    def estimate_min_size(self, reader: Any) -> int:  # noqa: ARG002
        return 0

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        # A matcher that has lost sight of its current document, as of an Or on a small index, cannot tell positions.
        context = (context or searcher.context()).set(needs_current=True)
        return _WithinMatcher(self.q.matcher(searcher, context), self.first, self.last)


class SwapFuzzyTerm(FuzzyTerm):  # type: ignore[misc]
    """A FuzzyTerm for which two neighbouring letters swapped are one edit; Whoosh's takes that for two."""

    def _btexts(self, reader: Any) -> Iterator[bytes]:
        field = reader.schema[self.fieldname]
        for term in reader.expand_prefix(self.fieldname, self.text[: self.prefixlength]):
            if OSA.distance(self.text, field.from_bytes(term)) <= self.maxdist:
                yield term


class _PositionMatcher(SpanWrappingMatcher):  # type: ignore[misc]
    """A matcher that cannot be exchanged for a quicker one: positions would be lost, or documents let through."""

    def replace(self, minquality: float = 0) -> Any:  # noqa: ARG002
        return self if self.is_active() else matching.NullMatcher()

    def supports_block_quality(self) -> bool:
        return False


class _NearMatcher(_PositionMatcher):
    def __init__(self, matchers: list[Any], words: list[str], reach: int) -> None:
        self.matchers, self.words, self.reach = matchers, words, reach
        self._copies = Counter(words)
        super().__init__(make_binary_tree(matching.IntersectionMatcher, matchers))

    def copy(self) -> _NearMatcher:
        return _NearMatcher([matcher.copy() for matcher in self.matchers], self.words, self.reach)

    def _get_spans(self) -> list[Span]:
        positions = {
            word: [span.start for span in matcher.spans()]
            for word, matcher in zip(self.words, self.matchers, strict=True)
        }
        firsts = sorted({position for places in positions.values() for position in places})
        spans = []
        for first in firsts:
            last = self._last(positions, first)
            if last is not None and last - first <= self.reach:
                spans.append(Span(first, last))
        return spans

    def _last(self, positions: dict[str, list[int]], first: int) -> int | None:
        """Where the least stretch that begins at `first` and has all the words ends."""
        last = first
        for word, places in positions.items():
            rest = [position for position in places if position >= first]
            if len(rest) < self._copies[word]:
                return None
            last = max(last, rest[self._copies[word] - 1])
        return last


class _WithinMatcher(_PositionMatcher):
    def __init__(self, child: Any, first: int, last: int | None) -> None:
        self.first, self.last = first, last
        super().__init__(child)

    def copy(self) -> _WithinMatcher:
        return _WithinMatcher(self.child.copy(), self.first, self.last)

    def _get_spans(self) -> list[Span]:
        return [
            span
            for span in self.child.spans()
            if span.start >= self.first and (self.last is None or span.end <= self.last)
        ]
