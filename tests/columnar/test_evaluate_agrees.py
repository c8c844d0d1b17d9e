"""On random archives and queries the evaluator finds what the query means, and what Whoosh's matchers find, with their
scores; on our codec and on Whoosh's own. Where Whoosh is no oracle stands in test_evaluate_exceptions.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.codec.whoosh3 import W3Codec
from whoosh.query.spans import SpanFirst, SpanNear2

from search.columnar.codec import ColumnarCodec
from search.columnar.queries import Near, SwapFuzzyTerm, Within
from tests.columnar.meaning import Commit, Doc, build, by_matchers, evaluated, meaning_of, same

WORDS = "a ab abc abd b ba bac c ca cab d".split()
TAGS = ("x", "y", "z")
MOST = (1 << 31) - 1  # the greatest number of 32 bits, and what a column holds where a document has none
EXACT_WORDS = 10  # fields up to this length have it exactly in their length byte; longer ones change when merged


def some(values: Any, least: int, most: int) -> Any:
    return st.lists(values, min_size=least, max_size=most).map(tuple)


words = st.sampled_from(WORDS)
numbers = st.one_of(st.none(), st.integers(-3, 40), st.just(MOST))
docs = st.builds(
    Doc,
    some(words, 0, EXACT_WORDS),
    some(words, 0, 3),
    st.sets(st.sampled_from(TAGS)).map(sorted).map(tuple),
    numbers,
    numbers,
)
commits = st.builds(Commit, some(docs, 0, 8), st.frozensets(st.integers(0, 15), max_size=3), st.booleans())
archives = some(commits, 1, 4)


boosts = st.sampled_from([1.0, 1.0, 1.0, 0.5, 2.0])
names = st.sampled_from(["text", "text", "text", "other"])
spots = st.integers(0, 6)
distances = st.integers(0, 4)

terms = st.builds(q.Term, names, words, boosts)
phrases = st.builds(
    lambda words, slop, boost: q.Phrase("text", words, slop, boost),
    some(words, 1, 3).map(list),
    st.integers(1, 4),
    boosts,
)
nears = st.builds(Near, st.just("text"), some(words, 1, 4), distances, boosts)
span_nears = st.builds(
    lambda ordered, words, slop, least: SpanNear2(
        [q.Term("text", word) for word in words[: 3 if ordered else 2]], slop, ordered, least
    ),
    st.booleans(),
    some(words, 2, 3),
    st.integers(1, 4),
    st.integers(1, 2),
)
placed = st.one_of(terms, phrases, nears)
withins = st.builds(Within, placed, spots, st.one_of(st.none(), spots))
span_firsts = st.builds(SpanFirst, placed, spots)
patterns = st.one_of(
    st.builds(q.Prefix, names, st.sampled_from(["a", "ab", "b", "q"]), boosts),
    st.builds(q.Wildcard, names, st.sampled_from(["a*", "?a", "*b*", "a?c", "q*"]), boosts),
    st.builds(q.FuzzyTerm, names, words, boosts, st.integers(1, 2), st.integers(0, 1)),
    st.builds(SwapFuzzyTerm, names, words, boosts, st.integers(1, 2), st.integers(0, 1)),
    st.builds(q.TermRange, names, words, words, st.booleans(), st.booleans(), boosts),
)
bounds = st.one_of(st.none(), st.integers(-5, 42), st.just(MOST))
ranges = st.builds(
    q.NumericRange, st.sampled_from(["number", "size"]), bounds, bounds, st.booleans(), st.booleans(), boosts
)
everything = st.one_of(
    st.builds(q.Every, st.sampled_from([None, "other", "tag"]), boosts),
    st.just(q.NullQuery),
    st.builds(q.Term, st.just("tag"), st.sampled_from(TAGS)),
)


def compounds(parts: Any) -> Any:
    """Such that Whoosh's matchers can be trusted with."""
    several = st.lists(parts, min_size=2, max_size=4)
    return st.one_of(
        st.builds(q.And, several, boosts),
        st.builds(q.Or, several, boosts),
        st.builds(q.ConstantScoreQuery, parts, boosts),
    )


def all_compounds(parts: Any) -> Any:
    several = st.lists(parts, min_size=0, max_size=4)
    return st.one_of(
        compounds(parts),
        st.builds(q.And, several, boosts),
        st.builds(q.Or, several, boosts),
        st.builds(q.AndMaybe, parts, parts),
        st.builds(q.Not, parts),
        st.builds(lambda kept, dropped: q.And([*kept, *map(q.Not, dropped)]), several, several),
        st.builds(q.AndNot, parts, parts),
        st.builds(q.Require, parts, parts),
        st.builds(q.DisjunctionMax, several, boosts, st.sampled_from([0.0, 0.5])),
    )


simple = st.one_of(terms, phrases, nears, withins)
unscored = st.one_of(patterns, ranges)
alone = st.one_of(span_nears, span_firsts)  # Whoosh fails where they are part of an And or an Or
trusted_unscored = unscored.filter(lambda query: getattr(query, "start", None) != MOST)  # Whoosh fails beyond it
trusted_parts = st.recursive(st.one_of(simple, trusted_unscored.map(q.ConstantScoreQuery)), compounds, max_leaves=6)
trusted_queries = st.one_of(trusted_parts, st.builds(q.AndMaybe, trusted_parts, trusted_parts), alone)
all_queries = st.recursive(st.one_of(simple, unscored, alone, everything), all_compounds, max_leaves=8)


# The evaluator takes other ways with long lists than with short ones. Small archives are made to take them all.
WAYS = (
    {},
    {"leaf.DENSE_SHARE": 0, "matches.SPARSE_SHARE": 0, "matches._SEARCH_RATIO": 0},
    {"leaf.DENSE_SHARE": 0, "matches.SPARSE_SHARE": 0, "matches._SEARCH_RATIO": 1000, "spans._SEARCH_RATIO": 0},
    {"leaf.DENSE_SHARE": 1000, "matches.SPARSE_SHARE": 1000, "find._FOLDED": 2, "spans._SEARCH_RATIO": 1000},
)
ways = st.sampled_from(WAYS)


@contextmanager
def taken(way: dict[str, int]) -> Iterator[None]:
    with ExitStack() as stack:
        for name, value in way.items():
            stack.enter_context(patch(f"search.columnar.{name}", value))
        yield


thorough = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@thorough
@given(archive=archives, queries=some(all_queries, 1, 6), way=ways)
def test_finds_what_the_query_means(archive: tuple[Commit, ...], queries: tuple[Any, ...], way: dict[str, int]) -> None:
    """Every class, in every combination, over segments with deletions and merges."""
    index, added = build(archive, ColumnarCodec())
    with taken(way), index.searcher() as searcher:
        meaning = meaning_of(searcher, added)
        for query in queries:
            assert same(evaluated(searcher, query), meaning.scores(query)), query


@thorough
@given(archive=archives, queries=some(trusted_queries, 1, 6), way=ways)
def test_agrees_with_whoosh_on_both_codecs(
    archive: tuple[Commit, ...], queries: tuple[Any, ...], way: dict[str, int]
) -> None:
    index, _ = build(archive, ColumnarCodec())
    plain, _ = build(archive, W3Codec())
    with taken(way), index.searcher() as searcher, plain.searcher() as plain_searcher:
        for query in queries:
            found = evaluated(searcher, query)
            assert same(found, by_matchers(searcher, query)), query
            assert same(found, by_matchers(plain_searcher, query)), query


@pytest.mark.parametrize("way", WAYS[:3], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_words_near_each_other_in_many_documents(seed: int, way: dict[str, int]) -> None:
    """Of common words some, most and all documents are looked at, which small archives do not have."""
    random = np.random.default_rng(seed)
    lines = [random.choice(list("aaaaaaaabbbbccd"), random.integers(12)).tolist() for _ in range(300)]
    index, added = build([Commit(tuple(Doc(text=tuple(line)) for line in lines))], ColumnarCodec())
    with taken(way), index.searcher() as searcher:
        meaning = meaning_of(searcher, added)
        for length in (2, 3, 4):
            own = random.choice(list("abcd"), length).tolist()
            for query in (
                q.Phrase("text", own),
                q.Phrase("text", own, slop=2),
                Near("text", own, 1),
                Within(q.Phrase("text", own), 3, 8),
            ):
                assert set(evaluated(searcher, query)) == set(meaning.where(query)), query
