"""One segment in one search: its arrays, and how its postings are scored there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
from whoosh.codec.base import PerDocumentReader
from whoosh.columns import NumericColumn
from whoosh.fields import NUMERIC
from whoosh.reading import EmptyReader

from search.columnar.cache import Cache
from search.columnar.format import AnyArray
from search.columnar.matches import NOTHING, Dense, Docs, Indexes, Mask, Matches, Scores, Sparse, both, common, constant
from search.columnar.postings import FieldPostings
from search.columnar.scoring import Scorer, scorer_of
from search.columnar.terms import ColumnarTermsReader

DENSE_SHARE = 16  # of a term in more than one of so many documents, scores are kept as a vector over all documents
_MOST_TERMS = 256  # that a search keeps with what it has read of them
_ENTRY_BYTES = 200  # what an entry of the cache takes beside its arrays, about

T = TypeVar("T")


class OutOfTime(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Expansion:
    """A prefix, pattern or fuzzy word that stands for more terms than were searched.

    found: the terms of the index that it stands for
    searched: how many of them were, the most frequent
    """

    query: Any
    found: int
    searched: int


@dataclass(slots=True)
class Run:
    """What the segments of one search share.

    deadline: by time.perf_counter, None for none
    terms: those looked up that score, with what was read of them
    partial: whether something was left undone for want of time
    """

    cache: Cache
    weighting: Any
    deadline: float | None = None
    partial: bool = False
    expansions: dict[Any, Expansion] = field(default_factory=dict)
    chosen: dict[Any, frozenset[bytes] | None] = field(default_factory=dict)  # terms of a query that stands for many
    terms: dict[tuple[Leaf, str, Any], TermPostings | None] = field(default_factory=dict)

    def out_of_time(self) -> bool:
        return self.deadline is not None and perf_counter() >= self.deadline

    def check(self) -> None:
        """Raises OutOfTime."""
        if self.out_of_time():
            raise OutOfTime


class Leaf:
    """scored: where False, whatever scores come out are of no interest
    whole: where True, a result that lacks something for want of time would be wrong, as under a Not
    siblings: all segments of the index, this one included

    Raises TypeError for a segment that another codec wrote.
    """

    def __init__(self, searcher: Any, offset: int, run: Run, siblings: list[Any]) -> None:
        reader = searcher.reader()
        if not isinstance(getattr(reader, "_terms", None), ColumnarTermsReader):
            raise TypeError(f"{reader!r} was not written by ColumnarCodec; rewrite the index with `optimize=True`")
        self.searcher, self.offset, self.run, self.siblings = searcher, offset, run, siblings
        self.reader = reader
        self.schema = searcher.schema
        self.weighting = run.weighting
        self.size: int = reader.doc_count_all()
        self.segment: str = reader.segment().segment_id()
        self.scored = True
        self.whole = False
        self._terms: ColumnarTermsReader = reader._terms
        self._documents: PerDocumentReader = reader._perdoc

    def unscored(self) -> Leaf:
        """The same segment where scores are of no interest."""
        return self._with(scored=False) if self.scored else self

    def strict(self) -> Leaf:
        """The same, for a part of a query that takes documents away."""
        return self._with(scored=False, whole=True)

    def under(self, run: Run) -> Leaf:
        return self._with(run=run)

    def _with(self, **changed: Any) -> Leaf:
        twin = Leaf.__new__(Leaf)
        twin.__dict__.update(self.__dict__, **changed)
        return twin

    @cached_property
    def live(self) -> Mask | None:
        """For each document whether it is not deleted; None where none is."""
        live: Mask | None = self._documents.live
        return live

    def cached(self, key: tuple[Any, ...], make: Callable[[], T], size: Callable[[T], int | None]) -> T:
        """Something that follows from this segment's files alone: they never change, and no other has its name."""

        def with_entry(value: T) -> int | None:
            own = size(value)
            return None if own is None else own + _ENTRY_BYTES

        return self.run.cache.get((self.segment, *key), make, with_entry)

    # Terms

    def postings(self, fieldname: str) -> FieldPostings | None:
        """None where the schema or the segment has no such field."""
        return self._terms.postings(fieldname) if fieldname in self.schema else None

    def term(self, fieldname: str, text: Any) -> TermPostings | None:
        """None where the segment does not have it."""
        if not self.scored:
            return self._term(fieldname, text)
        known, key = self.run.terms, (self, fieldname, text)
        if key in known:
            return known[key]
        term = self._term(fieldname, text)
        if len(known) < _MOST_TERMS:
            known[key] = term
        return term

    def _term(self, fieldname: str, text: Any) -> TermPostings | None:
        postings = self.postings(fieldname)
        if postings is None:
            return None
        try:
            term = self.schema[fieldname].to_bytes(text)
        except ValueError:  # not a number, say
            return None
        ordinal = postings.find(term)
        return None if ordinal < 0 else TermPostings(self, fieldname, postings, ordinal, term)

    def term_at(self, fieldname: str, postings: FieldPostings, ordinal: int) -> TermPostings:
        return TermPostings(self, fieldname, postings, ordinal, postings.term(ordinal))

    def in_field(self, fieldname: str) -> Mask:
        """The documents that have any term in the field."""

        def make() -> Mask:
            found = np.zeros(self.size, bool)
            postings = self.postings(fieldname)
            if postings is not None:
                found[postings.span(0, postings.size)] = True
            return found

        return self.cached(("in field", fieldname), make, lambda found: found.nbytes)

    # Columns

    def numbers(self, fieldname: str) -> tuple[AnyArray, Mask] | None:
        """A numeric column in the order of its numbers, as Whoosh keeps it, and which documents have a number at all.

        None where the segment has no such column.
        """
        values = self._documents.numbers(fieldname)
        if values is None:
            values = self._added_numbers(fieldname)
        return None if values is None else (values, self._with_number(fieldname, values))

    def _added_numbers(self, fieldname: str) -> AnyArray | None:
        """Of a column that `whoosh.sorting.add_sortable` gave the segment later, in Whoosh's own form."""
        kind = self.schema[fieldname].column_type if fieldname in self.schema else None
        if not isinstance(kind, NumericColumn) or not self.reader.has_column(fieldname):
            return None

        def make() -> AnyArray:
            return np.array(list(self.reader.column_reader(fieldname, translate=False)), kind._typecode)

        return self.cached(("added numbers", fieldname), make, lambda values: values.nbytes)

    def _with_number(self, fieldname: str, values: AnyArray) -> Mask:
        def make() -> Mask:
            default = self.schema[fieldname].column_type.default_value()
            has: Mask = values != default
            # The default may be a document's own number too; then it is indexed.
            postings = self.postings(fieldname)
            if postings is not None and isinstance(self.schema[fieldname], NUMERIC):
                ordinal = postings.find(self.schema[fieldname].sortable_to_bytes(default))
                if ordinal >= 0:
                    has[postings.docs(ordinal)] = True
            return has

        return self.cached(("with number", fieldname), make, lambda has: has.nbytes)

    def ordinals(self, fieldname: str) -> tuple[AnyArray, list[bytes]] | None:
        """A column of byte strings: each document's ordinal, and the values. None where there is no such column."""
        return self._documents.ordinals(fieldname)  # type: ignore[no-any-return]


def leaves_of(searcher: Any, run: Run) -> list[Leaf]:
    """One for each segment that has documents."""
    leaves: list[Leaf] = []
    for leaf_searcher, offset in searcher.leaf_searchers():
        if not isinstance(leaf_searcher.reader(), EmptyReader):
            leaves.append(Leaf(leaf_searcher, offset, run, leaves))
    return leaves


@dataclass(slots=True, eq=False)
class TermPostings:
    """The postings of a term in a segment. It keeps what it has read, so it is for one search."""

    leaf: Leaf
    fieldname: str
    postings: FieldPostings
    ordinal: int
    text: bytes
    _docs: Docs | None = field(default=None, init=False)
    _scorer: Scorer | None = field(default=None, init=False)
    _scores: Scores | None = field(default=None, init=False)

    @property
    def count(self) -> int:
        return self.postings.doc_frequency(self.ordinal)

    @property
    def key(self) -> tuple[str, bytes]:
        return self.fieldname, self.text

    @property
    def is_common(self) -> bool:
        return self.count * DENSE_SHARE >= self.leaf.size

    def docs(self) -> Docs:
        if self._docs is None:
            self._docs = self._read_docs()
        return self._docs

    def _read_docs(self) -> Docs:
        if not self.is_common:
            return self.postings.docs(self.ordinal)
        # Kept, because the file has only a bit for each document where they are so many.
        key = ("docs", self.fieldname, self.ordinal)
        return self.leaf.cached(key, lambda: self.postings.docs(self.ordinal), lambda docs: docs.nbytes)

    def matches(self) -> Matches:
        if not self.leaf.scored:
            return constant(self.docs(), 1)
        scorer = self.scorer()
        if scorer is None:
            return self._by_matcher()
        vector = self._vector(scorer)
        if vector is not None:
            return Dense(vector)
        self._scores = scorer.scores(self.postings, self.ordinal)
        return Sparse(self.docs(), self._scores, scorer.positive)

    def matches_among(self, found: Sparse, boost: float) -> Sparse:
        """Those of `found` that have the term, with its score times `boost` added to theirs."""
        scorer = self.scorer() if self.leaf.scored else None
        vector = None if scorer is None else self._vector(scorer)
        if vector is not None:
            return both(found, Dense(vector), boost)
        if scorer is None:
            return both(found, self.matches(), boost)
        ours, theirs = common(found.docs, self.docs())
        added = Sparse(found.docs.take(ours), scorer.scores(self.postings, self.ordinal, theirs), scorer.positive)
        added = added.times(boost)
        return Sparse(added.docs, found.scores.take(ours) + added.scores, found.positive and added.positive)

    def scores_at(self, which: Indexes) -> Scores:
        """Of the postings at these indexes."""
        if self._scores is not None:
            return self._scores.take(which)
        scorer = self.scorer()
        return (
            self._by_matcher().scores.take(which)
            if scorer is None
            else scorer.scores(self.postings, self.ordinal, which)
        )

    def scorer(self) -> Scorer | None:
        """None where only Whoosh's own will do."""
        if self._scorer is None:
            leaf = self.leaf
            self._scorer = scorer_of(leaf.searcher, leaf.weighting, self.fieldname, self.text, leaf.run.cache)
        return self._scorer

    def _vector(self, scorer: Scorer) -> Scores | None:
        """Scores as a vector over all documents, from the cache; None for a term that is not common enough."""
        leaf = self.leaf
        if scorer.key is None or not scorer.positive or not self.is_common:
            return None

        def make() -> Scores:
            vector = np.zeros(leaf.size, np.float32)
            vector[self.postings.docs(self.ordinal)] = scorer.scores(self.postings, self.ordinal)
            return vector

        return leaf.cached(("vector", self.fieldname, self.ordinal, scorer.key), make, lambda vector: vector.nbytes)

    def _by_matcher(self) -> Sparse:
        leaf = self.leaf
        return walk(leaf.searcher.postings(self.fieldname, self.text, weighting=leaf.weighting), leaf)


_WALKED = 1024  # documents of a matcher between two looks at the clock


def walk(matcher: Any, leaf: Leaf) -> Sparse:
    """All that a Whoosh matcher finds. Raises OutOfTime."""
    docs, scores = [], []
    while matcher.is_active():
        docs.append(matcher.id())
        scores.append(matcher.score() if leaf.scored else 1.0)
        matcher.next()
        if len(docs) % _WALKED == 0:
            leaf.run.check()
    if not docs:
        return NOTHING
    found = Sparse(np.array(docs, np.int64), np.array(scores, np.float32), False)
    if (found.docs[1:] > found.docs[:-1]).all():
        return found
    _, first = np.unique(found.docs, return_index=True)  # a nested query may go back
    return found.take(first)
