"""Folding: of each group only the first document of the whole order is a row, over all segments and pages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as q

from search.columnar.codec import ColumnarCodec
from search.columnar.evaluate import Decay, Facet, Result, Sort, evaluate, rank
from search.columnar.fold import Groups
from search.columnar.proximity import Proximity
from tests.columnar.meaning import Commit, Doc, build

WORDS = ("apple", "banana", "cherry")
DOCS = st.builds(
    lambda words, number: Doc(text=tuple(words), tags=("even",), number=number, size=number),
    st.lists(st.sampled_from(WORDS), max_size=6),
    st.integers(0, 5),
)
COMMITS = st.lists(st.lists(DOCS, min_size=1, max_size=12), min_size=1, max_size=3)
QUERIES = (
    q.Every(),
    q.Term("text", "apple"),
    q.Or([q.Term("text", word) for word in WORDS]),
    q.Not(q.Term("text", "apple")),
)
NEAR = Proximity("text", (("apple", "banana"),), reach=2, weight=1.0, candidates=3)
ORDERS: tuple[dict[str, Any], ...] = (
    {},
    {"proximity": NEAR},
    {"proximity": NEAR, "decay": Decay("number", 2.0), "tie": "number"},
    {"sort": Sort("number")},
    {"sort": Sort("number", descending=True), "tie": "number"},
)


def folded(searcher: Any, query: Any, groups: Groups, order: dict[str, Any]) -> list[int]:
    """What folding means: the order without it, of which each group keeps its first."""
    seen: set[int] = set()
    rows = []
    for document in evaluate(searcher, query, limit=100, **order).docs.tolist():
        group = int(groups.numbers[document])
        if not group or group not in seen:
            rows.append(document)
        seen.add(group)
    return rows


def by_pages(searcher: Any, query: Any, size: int, **asked: Any) -> list[Result]:
    results = [evaluate(searcher, query, limit=size, **asked)]
    while len(results[-1].docs) == size:
        results.append(evaluate(searcher, query, limit=size, offset=size * len(results), **asked))
    return results


def by_places(searcher: Any, query: Any, size: int, **asked: Any) -> list[Result]:
    results = [evaluate(searcher, query, limit=size, **asked)]
    while results[-1].end is not None and len(results[-1].docs) == size:
        results.append(evaluate(searcher, query, limit=size, after=results[-1].end, **asked))
    return results


@given(COMMITS, st.data(), st.sampled_from(QUERIES), st.sampled_from(ORDERS), st.integers(1, 5))
def test_pages_of_rows_are_the_whole_order_of_which_each_group_keeps_its_first(
    commits: list[list[Doc]], data: st.DataObject, query: Any, order: dict[str, Any], size: int
) -> None:
    count = sum(map(len, commits))
    deleted = data.draw(st.sets(st.integers(0, count - 1), max_size=3))
    numbers = data.draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    groups = Groups(np.array(numbers, np.uint32))
    parts = [Commit(tuple(docs)) for docs in commits]
    ix = build([*parts, Commit((), frozenset(deleted))], ColumnarCodec())[0]
    with ix.searcher() as searcher:
        if searcher.reader().doc_count_all() != count:
            return  # merged, and numbered anew
        expected = folded(searcher, query, groups, order)
        found = evaluate(searcher, query, limit=100, **order).docs.tolist()
        asked = {"groups": groups, "fold": True, "facets": [Facet("tag")], **order}
        ways = [by_pages] if "tie" in order else [by_pages, by_places]  # places need ties that are unique
        for results in (way(searcher, query, size, **asked) for way in ways):
            assert [number for result in results for number in result.docs.tolist()] == expected
            for place, result in enumerate(results):
                assert (result.rows, result.total, result.before) == (len(expected), len(found), place * size)
                alike = [
                    sum(numbers[one] == numbers[row] for one in found) if numbers[row] else 1 for row in result.docs
                ]
                assert result.alike.tolist() == alike
        plain = evaluate(searcher, query, limit=100, groups=groups, **order)
        assert (plain.docs.tolist(), plain.stories, plain.rows) == (found, len(expected), len(found))


@pytest.mark.parametrize("order", ORDERS, ids=repr)
def test_a_rank_names_the_document_that_stands_first_in_its_group(order: dict[str, Any]) -> None:
    texts = ("apple", "apple banana", "banana", "apple apple", "cherry", "apple cherry banana")
    docs = [Doc(text=tuple(text.split()), tags=(), number=i, size=i) for i, text in enumerate(texts)]
    groups = Groups(np.array([1, 2, 2, 1, 0, 1], np.uint32))
    with build([Commit(tuple(docs[:3])), Commit(tuple(docs[3:]))], ColumnarCodec())[0].searcher() as searcher:
        query = q.Or([q.Term("text", word) for word in WORDS])
        shown = folded(searcher, query, groups, order)
        first = {int(groups.numbers[number]): number for number in shown}
        for number in range(len(docs)):
            ranked = rank(searcher, query, number, groups=groups, **order)
            assert ranked is not None
            assert ranked.behind == (None if number in shown else first[int(groups.numbers[number])])
            assert getattr(rank(searcher, query, number, **order), "behind", 0) is None
