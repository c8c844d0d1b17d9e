"""What each class of Whoosh query finds in a segment: a function for each, from the query to documents and scores.

Where Whoosh's matchers disagree with themselves or with what a query says, the meaning of the query decides; README.md
lists these places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from whoosh import query as whoosh
from whoosh.fields import DATETIME, NUMERIC
from whoosh.query import spans as whoosh_spans
from whoosh.reading import TermNotFound
from whoosh.util.numeric import to_sortable

from search.columnar import expand, matches, spans
from search.columnar.leaf import Leaf, OutOfTime, TermPostings, walk
from search.columnar.matches import NOTHING, Dense, Docs, Mask, Matches, Scores, Sparse, constant
from search.columnar.queries import Near, SwapFuzzyTerm, Within
from search.columnar.spans import Stretches

_FOLDED = 256  # clauses of an Or whose arrays are held at once


def find(query: Any, leaf: Leaf) -> Matches:
    """Documents of the segment, deleted ones included, and their scores. Raises OutOfTime."""
    leaf.run.check()
    finder = FINDERS.get(type(query))
    return by_matcher(query, leaf) if finder is None else finder(query, leaf)


def by_matcher(query: Any, leaf: Leaf) -> Matches:
    """By Whoosh's own matcher, a document at a time. Deleted documents are left out by it already."""
    context = leaf.searcher.context() if leaf.scored else leaf.searcher.boolean_context()
    try:
        return walk(query.matcher(leaf.searcher, context), leaf)
    except TermNotFound:
        return NOTHING


def is_native(query: Any) -> bool:
    """Whether no matcher is asked, for any part of the query. Equal queries of these classes find the same."""
    return type(query) in FINDERS and type(query) not in _HIDDEN and all(map(is_native, query.children()))


# Terms


def _term(query: Any, leaf: Leaf) -> Matches:
    term = leaf.term(query.fieldname, query.text)
    return NOTHING if term is None else term.matches().times(query.boost)


def _multi_term(query: Any, leaf: Leaf) -> Matches:
    if query.fieldname not in leaf.schema:
        return NOTHING
    if type(query) in _EVERYTHING and query.text == _EVERYTHING[type(query)]:
        return _every(whoosh.Every(query.fieldname, boost=query.boost), leaf)
    if query.constantscore:
        return constant(expand.docs_of(query, leaf), query.boost)
    parts = [term.matches() for term in expand.expand(query, leaf)]
    return matches.total(parts, leaf.size).times(query.boost)


_EVERYTHING = {whoosh.Prefix: "", whoosh.Wildcard: "*", whoosh.Regex: ".*"}


def _fuzzy(query: Any, leaf: Leaf) -> Matches:
    if query.fieldname in leaf.schema:
        field = leaf.schema[query.fieldname]
        if field.spelling_fieldname(query.fieldname) != query.fieldname:  # its words are listed in another field
            return by_matcher(query, leaf)
    return _multi_term(query, leaf)


def _number_range(query: Any, leaf: Leaf) -> Matches:
    if query.fieldname not in leaf.schema:
        return NOTHING
    field = leaf.schema[query.fieldname]
    if not isinstance(field, NUMERIC):
        raise whoosh.QueryError(f"{query.fieldname!r} is no number, so it has no range of numbers")
    first, last = _sortable_bounds(query, field)
    if first > last:
        return NOTHING
    if query.constantscore:
        found = _by_column(query.fieldname, first, last, leaf)
        if found is not None:
            return constant(matches.indexes(found), query.boost)
        leaf = leaf.unscored()
    found_by_terms = find(query._compile_query(leaf.reader), leaf)
    return constant(matches.sparse(found_by_terms).docs, query.boost) if query.constantscore else found_by_terms


def _sortable_bounds(query: Any, field: Any) -> tuple[int, int]:
    """The least and the greatest number of a range, both included, as whole numbers from 0 on in the same order."""
    first, last = 0, (1 << field.bits) - 1
    if query.start is not None:
        first = _sortable(field, query.start) + bool(query.startexcl)
    if query.end is not None:
        last = _sortable(field, query.end) - bool(query.endexcl)
    return first, last


def _sortable(field: Any, number: Any) -> int:
    return int(to_sortable(field.numtype, field.bits, field.signed, field.prepare_number(number)))


def _by_column(fieldname: str, first: int, last: int, leaf: Leaf) -> Mask | None:
    """None where the segment has no such column, or where a document may have more numbers than the one in it."""
    column = leaf.numbers(fieldname)
    if column is None or not _one_number_each(fieldname, leaf):
        return None
    if isinstance(leaf.schema[fieldname], DATETIME):  # the one kind of number whose column is not of sortable numbers
        first, last = max(first - (1 << 63), 0), last - (1 << 63)
    values, has = column
    return (values >= first) & (values <= last) & has


def _one_number_each(fieldname: str, leaf: Leaf) -> bool:
    column = leaf.numbers(fieldname)

    def make() -> bool:
        postings = leaf.postings(fieldname)
        if postings is None or column is None:
            return False
        first, last = postings.prefix(b"\0")  # numbers of full length; their leading digits come behind
        return int(postings.doc_frequencies(first, last).sum()) == int(np.count_nonzero(column[1]))

    return leaf.cached(("one number each", fieldname), make, lambda _: 0)


# Compounds


def _or(query: Any, leaf: Leaf) -> Matches:
    if leaf.scored and any(part.scale for part in _same(query, whoosh.Or)):
        return by_matcher(query, leaf)  # scores by how many of the words match
    parts: list[Matches] = []
    for clause, boost in _clauses(query, leaf, whoosh.Or):
        try:
            leaf.run.check()
            parts.append(_found(clause, leaf).times(boost))
        except OutOfTime:
            if leaf.whole or not parts:
                raise
            leaf.run.partial = True
            break
        if len(parts) == _FOLDED:
            parts = [matches.total(parts, leaf.size)]
    return matches.total(parts, leaf.size)


def _and(query: Any, leaf: Leaf) -> Matches:
    clauses = list(_clauses(query, leaf, whoosh.And))
    excluded = [clause.query for clause, _ in clauses if type(clause) is whoosh.Not]
    wanted = [(clause, boost) for clause, boost in clauses if type(clause) is not whoosh.Not]
    if wanted:
        found: Matches = _all(wanted, leaf)
    elif excluded:
        found = constant(np.arange(leaf.size), query.boost)
    else:
        return NOTHING
    for child in excluded:
        found = matches.without(found, find(child, leaf.strict()), leaf.size)
    return found


Clause = Any  # a query, a TermPostings, or None for a term that the segment does not have


def _clauses(query: Any, leaf: Leaf, kind: Any, boost: float = 1) -> Iterator[tuple[Clause, float]]:
    """The parts of a compound and of compounds of its kind within it, each with the boosts around it multiplied.

    Terms are looked up, and each comes once, with the sum of its boosts.
    """
    terms: dict[tuple[str, bytes], tuple[TermPostings, float]] = {}
    others: list[tuple[Clause, float]] = []
    for part, around in _parts(query, kind, boost):
        if type(part) is not whoosh.Term:
            others.append((part, around))
            continue
        term = leaf.term(part.fieldname, part.text)
        if term is None:
            others.append((None, 0))
        else:
            terms[term.key] = term, around * part.boost + (terms[term.key][1] if term.key in terms else 0)
    yield from terms.values()
    yield from others


def _parts(query: Any, kind: Any, boost: float) -> Iterator[tuple[Any, float]]:
    for part in query.subqueries:
        # An And that wants nothing, but excludes or is empty, is no list of parts for the And around it.
        if type(part) is kind and any(type(inner) is not whoosh.Not for inner in part.subqueries):
            yield from _parts(part, kind, boost * query.boost)
        else:
            yield part, boost * query.boost


def _same(query: Any, kind: Any) -> Iterator[Any]:
    yield query
    for part in query.subqueries:
        if type(part) is kind:
            yield from _same(part, kind)


def _found(clause: Clause, leaf: Leaf) -> Matches:
    if clause is None:
        return NOTHING
    return clause.matches() if isinstance(clause, TermPostings) else find(clause, leaf)


def _all(wanted: list[tuple[Clause, float]], leaf: Leaf) -> Sparse:
    """From the rarest clause on, so that the others need only be looked up."""
    if any(clause is None for clause, _ in wanted):
        return NOTHING
    sized: list[tuple[int, float, TermPostings | Matches]] = []
    for clause, boost in wanted:
        if isinstance(clause, TermPostings):
            sized.append((clause.count, boost, clause))
            continue
        found = find(clause, leaf)
        sized.append((_count(found), boost, found))
        if not sized[-1][0]:
            return NOTHING
    sized.sort(key=lambda clause: clause[0])
    (_, boost, first), *others = sized
    together = (first.matches() if isinstance(first, TermPostings) else first).times(boost)
    if isinstance(together, Dense):
        rest = [
            (clause.matches() if isinstance(clause, TermPostings) else clause).times(own) for _, own, clause in others
        ]
        vectors = [part for part in rest if isinstance(part, Dense)]
        if len(vectors) == len(rest):
            return matches.all_of([together, *vectors])
        together = matches.sparse(together)
    for _, boost, clause in others:
        leaf.run.check()
        if isinstance(clause, TermPostings):
            together = clause.matches_among(together, boost)
        else:
            together = matches.both(together, clause, boost)
    return together


def _count(found: Matches) -> int:
    return len(found.docs) if isinstance(found, Sparse) else len(found.scores)


def _not(query: Any, leaf: Leaf) -> Matches:
    found = find(query.query, leaf.strict())
    return constant(matches.indexes(~matches.mask(found, leaf.size)), 1)


def _and_not(query: Any, leaf: Leaf) -> Matches:
    found = find(query.a, leaf)
    return matches.without(found, find(query.b, leaf.strict()), leaf.size)


def _and_maybe(query: Any, leaf: Leaf) -> Matches:
    return matches.with_bonus(matches.sparse(find(query.a, leaf)), find(query.b, leaf))


def _require(query: Any, leaf: Leaf) -> Matches:
    found, required = find(query.a, leaf), find(query.b, leaf.unscored())
    return matches.restricted(found, matches.mask(required, leaf.size))


def _disjunction_max(query: Any, leaf: Leaf) -> Matches:
    parts = [find(part, leaf) for part in query.subqueries]
    return matches.greatest(parts, query.tiebreak, leaf.size).times(query.boost)


def _constant_score(query: Any, leaf: Leaf) -> Matches:
    return constant(matches.sparse(find(query.child, leaf.unscored())).docs, query.score)


def _every(query: Any, leaf: Leaf) -> Matches:
    if query.fieldname is None:
        return constant(np.arange(leaf.size), query.boost)
    return constant(matches.indexes(leaf.in_field(query.fieldname)), query.boost)


def _null(query: Any, leaf: Leaf) -> Matches:  # noqa: ARG001
    return NOTHING


# Positions


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a query stands. terms: whose scores, each times its boost, make up the query's own before `boost`; none of
    them for a constant score.
    """

    stretches: Stretches
    terms: Sequence[tuple[TermPostings, float]]
    boost: float

    def scores(self, docs: Docs) -> Scores:
        found = Sparse(docs, np.zeros(len(docs), np.float32))
        for term, boost in self.terms:
            found = term.matches_among(found, boost)
        return found.times(self.boost).scores if self.terms else constant(docs, self.boost).scores


NOWHERE = Placed(spans.NONE, (), 1)


def _positional(query: Any, leaf: Leaf) -> Matches:
    placed = place_of(query, leaf)
    return by_matcher(query, leaf) if placed is None else _of_docs(placed.stretches.docs(), placed, leaf)


def _of_docs(docs: Docs, placed: Placed, leaf: Leaf) -> Sparse:
    return Sparse(docs, placed.scores(docs), False) if leaf.scored else constant(docs, 1)


def place_of(query: Any, leaf: Leaf) -> Placed | None:
    """None where only a matcher can tell: for other classes, and for fields that do not keep positions as arrays."""
    placer = PLACERS.get(type(query))
    return None if placer is None else placer(query, leaf)


def _place_term(query: Any, leaf: Leaf) -> Placed | None:
    return _place_words([query], 1, lambda terms: spans.anywhere(terms[0]), leaf)


def _place_phrase(query: Any, leaf: Leaf) -> Placed | None:
    words = [whoosh.Term(query.fieldname, word) for word in query.words]
    if query.slop == 1:
        return _place_words(words, query.boost, spans.side_by_side, leaf)
    return _place_words(words, query.boost, lambda terms: spans.in_order(terms, 1, query.slop), leaf)


def _place_near(query: Any, leaf: Leaf) -> Placed | None:
    words = [whoosh.Term(query.fieldname, word) for word in query.words]
    return _place_words(words, query.boost, lambda terms: spans.near(terms, query.reach), leaf)


def _place_span_near(query: Any, leaf: Leaf) -> Placed | None:
    words = query.qs if type(query) is whoosh_spans.SpanNear2 else [query.a, query.b]
    if query.mindist < 1 or any(type(word) is not whoosh.Term for word in words):
        return None
    if query.ordered:
        return _place_words(words, 1, lambda terms: spans.in_order(terms, query.mindist, query.slop), leaf)
    if len(words) != 2:
        return None  # which of three words Whoosh finds depends on their order in the query
    return _place_words(words, 1, lambda terms: spans.in_either_order(terms, query.mindist, query.slop), leaf)


def _place_words(
    words: Sequence[Any], boost: float, place: Callable[[list[TermPostings]], Stretches], leaf: Leaf
) -> Placed | None:
    if not all(_has_places(word.fieldname, leaf) for word in words):
        return None
    terms = [leaf.term(word.fieldname, word.text) for word in words]
    known = [term for term in terms if term is not None]
    if not known or len(known) < len(terms):
        return NOWHERE
    return Placed(place(known), [(term, word.boost) for term, word in zip(known, words, strict=True)], boost)


def _has_places(fieldname: str, leaf: Leaf) -> bool:
    """Whether positions are there as arrays, or nothing is there at all."""
    if fieldname not in leaf.schema:
        return True
    postings, field_format = leaf.postings(fieldname), leaf.schema[fieldname].format
    if postings is not None:
        return postings.has_positions
    return bool(field_format and field_format.supports("positions"))  # where not, the matcher refuses the query


def _place_multi_term(query: Any, leaf: Leaf) -> Placed | None:
    if not query.constantscore or not _has_places(query.fieldname, leaf):
        return None
    return Placed(spans.any_of(expand.expand(query, leaf)), (), query.boost)


def _place_within(query: Any, leaf: Leaf) -> Placed | None:
    placed = place_of(query.q, leaf)
    first, last = (0, query.limit) if type(query) is whoosh_spans.SpanFirst else (query.first, query.last)
    return placed and replace(placed, stretches=placed.stretches.between(first, last))


def _within(query: Any, leaf: Leaf) -> Matches:
    if type(query.q) is not whoosh.Term or not _has_places(query.q.fieldname, leaf):
        return _positional(query, leaf)
    term = leaf.term(query.q.fieldname, query.q.text)
    if term is None:
        return NOTHING
    docs = spans.docs_within(term, query.first, query.last)
    return _of_docs(docs, Placed(spans.NONE, [(term, query.q.boost)], 1), leaf)


PLACERS: dict[type, Callable[[Any, Leaf], Placed | None]] = {
    whoosh.Term: _place_term,
    whoosh.Phrase: _place_phrase,
    Near: _place_near,
    whoosh_spans.SpanNear: _place_span_near,
    whoosh_spans.SpanNear2: _place_span_near,
    whoosh_spans.SpanFirst: _place_within,
    Within: _place_within,
    whoosh.Prefix: _place_multi_term,
    whoosh.Wildcard: _place_multi_term,
    whoosh.Regex: _place_multi_term,
    whoosh.FuzzyTerm: _place_multi_term,
    SwapFuzzyTerm: _place_multi_term,
}

FINDERS: dict[type, Callable[[Any, Leaf], Matches]] = {
    whoosh.Term: _term,
    whoosh.Prefix: _multi_term,
    whoosh.Wildcard: _multi_term,
    whoosh.Regex: _multi_term,
    whoosh.FuzzyTerm: _fuzzy,
    SwapFuzzyTerm: _fuzzy,
    whoosh.Variations: _multi_term,
    whoosh.TermRange: _multi_term,
    whoosh.NumericRange: _number_range,
    whoosh.DateRange: _number_range,
    whoosh.And: _and,
    whoosh.Or: _or,
    whoosh.Not: _not,
    whoosh.AndNot: _and_not,
    whoosh.AndMaybe: _and_maybe,
    whoosh.Require: _require,
    whoosh.DisjunctionMax: _disjunction_max,
    whoosh.ConstantScoreQuery: _constant_score,
    whoosh.Every: _every,
    type(whoosh.NullQuery): _null,
    whoosh.Phrase: _positional,
    Near: _positional,
    whoosh_spans.SpanNear: _positional,
    whoosh_spans.SpanNear2: _positional,
    whoosh_spans.SpanFirst: _positional,
    Within: _within,
}

_HIDDEN = {whoosh_spans.SpanNear, whoosh_spans.SpanFirst}  # their parts are not among their children
