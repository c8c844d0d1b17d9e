"""The parts of the evaluator that stand by themselves: first few of many, lists in common, the cache, query classes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as q

from search.columnar.cache import Cache
from search.columnar.matches import common, indexes
from search.columnar.order import Place, beyond
from search.columnar.queries import Near, SwapFuzzyTerm, Within
from search.columnar.topk import lowest


@given(st.lists(st.integers(0, 20), max_size=2000), st.integers(0, 30))
def test_lowest_are_the_first_of_a_stable_sort(keys: list[int], count: int) -> None:
    expected = sorted(range(len(keys)), key=lambda i: (keys[i], i))[:count]
    assert lowest(np.array(keys, np.float32), count).tolist() == expected


@pytest.mark.parametrize("size", [127, 128, 129, 319, 320, 321, 5_119, 5_120, 5_121, 100_000])
@pytest.mark.parametrize("count", [1, 9, 10, 11, 1000])
@pytest.mark.parametrize("different", [1, 7, 10**9])
def test_lowest_of_many(size: int, count: int, different: int) -> None:
    """At the sizes from which groups are compared first, and with many equal keys."""
    keys = np.random.default_rng(size).integers(0, different, size)
    assert lowest(keys, count).tolist() == np.argsort(keys, kind="stable")[:count].tolist()


numbers = st.sets(st.integers(0, 400)).map(sorted)


@given(numbers, numbers)
def test_common_gives_the_indexes_of_what_two_lists_share(left: list[int], right: list[int]) -> None:
    ours, theirs = common(np.array(left, np.uint32), np.array(right, np.int64))
    shared = sorted(set(left) & set(right))
    assert [left[i] for i in ours.tolist()] == shared
    assert [right[i] for i in theirs.tolist()] == shared


@pytest.mark.parametrize("size", [0, 1, 31, 1000])
@pytest.mark.parametrize("share", [0, 0.01, 0.04, 0.08, 0.1, 0.12, 0.5, 1])
def test_indexes_are_where_a_mask_is_true(size: int, share: float) -> None:
    mask = np.random.default_rng(size).random(size) < share
    assert indexes(mask).tolist() == [i for i, found in enumerate(mask.tolist()) if found]


def test_the_cache_drops_what_was_not_asked_for_longest() -> None:
    cache = Cache(max_bytes=10)
    made: list[str] = []

    def get(key: str, size: int | None = 4) -> str:
        return cache.get(key, lambda: made.append(key) or key.upper(), lambda _: size)

    assert [get("a"), get("b"), get("a")] == ["A", "B", "A"]
    assert get("c") == "C"  # b goes
    assert (get("a"), made) == ("A", ["a", "b", "c"])
    assert (get("b"), made) == ("B", ["a", "b", "c", "b"])
    assert (cache.bytes, len(cache)) == (8, 2)
    get("whole", 10)
    assert (cache.bytes, "whole" in cache, len(cache)) == (10, True, 1)
    get("too large", 11)
    get("not to be kept", None)
    assert (cache.bytes, "whole" in cache, len(cache)) == (10, True, 1)
    cache.clear()
    assert (cache.bytes, len(cache)) == (0, 0)


OWN = (
    (Near("f", ["a", "b"], 2), Near("f", ["a", "b"], 3)),
    (Near("f", ["a", "b"]), Near("f", ["b", "a"])),
    (Within(q.Term("f", "a"), 2), Within(q.Term("f", "a"), 2, 9)),
    (Within(q.Term("f", "a"), 2), Within(q.Term("f", "b"), 2)),
    (SwapFuzzyTerm("f", "a"), q.FuzzyTerm("f", "a")),
    (SwapFuzzyTerm("f", "a"), SwapFuzzyTerm("f", "a", maxdist=2)),
)


@pytest.mark.parametrize(("one", "other"), OWN, ids=repr)
def test_own_queries_are_values(one: Any, other: Any) -> None:
    assert one == copy.deepcopy(one)
    assert hash(one) == hash(copy.deepcopy(one))
    assert one != other
    assert repr(one) != repr(other)
    assert str(one) != ""


def test_own_queries_can_be_rewritten_and_looked_through() -> None:
    within = Within(q.Or([q.Term("f", "a"), q.Term("f", "b")]), 2, 5)
    renamed = within.accept(lambda query: q.Term("g", query.text) if isinstance(query, q.Term) else query)
    assert renamed == Within(q.Or([q.Term("g", "a"), q.Term("g", "b")]), 2, 5)
    assert renamed.all_terms() == {("g", "a"), ("g", "b")}
    assert (renamed.field(), within.with_boost(2.0).q.boost) == ("g", 2.0)
    assert Near("f", ["a", "b"]).all_terms() == {("f", "a"), ("f", "b")}
    assert Near("f", ["a", "b"]).with_boost(2.0) == Near("f", ["a", "b"], boost=2.0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=600), st.integers(0, 30))
def test_of_equal_keys_the_lower_tie_is_first(pairs: list[tuple[int, int]], count: int) -> None:
    keys, ties = np.array([key for key, _ in pairs], np.float32), np.array([tie for _, tie in pairs], np.int64)
    expected = sorted(range(len(pairs)), key=lambda i: (*pairs[i], i))[:count]
    assert lowest(keys, count, ties.take).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=50), st.booleans(), st.data())
def test_behind_a_place_is_what_sorts_after_it(
    pairs: list[tuple[int, int]], descending: bool, data: st.DataObject
) -> None:
    key, tie = data.draw(st.tuples(st.integers(-1, 6), st.integers(-1, 6)))
    keys, ties = np.array([one for one, _ in pairs], np.int64), np.array([one for _, one in pairs], np.int64)
    sign = -1 if descending else 1
    expected = [i for i, (one, other) in enumerate(pairs) if (sign * one, other) > (sign * key, tie)]
    assert beyond(Place(key, tie), keys, ties.take, descending=descending).tolist() == expected
