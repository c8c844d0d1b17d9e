"""Facets and histograms count what plain counting counts."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields
from whoosh import query as q
from whoosh.filedb.filestore import RamStorage

from search.columnar import facets
from search.columnar.cache import Cache
from search.columnar.codec import ColumnarCodec
from search.columnar.evaluate import evaluate
from search.columnar.facets import Facet, Histogram, Interval

SCHEMA = fields.Schema(
    word=fields.KEYWORD,
    paper=fields.ID,
    authors=fields.KEYWORD(commas=True),
    title=fields.TEXT(sortable=True),
    day=fields.NUMERIC(int, 32, sortable=True),
    when=fields.DATETIME(sortable=True),
    pages=fields.NUMERIC(int, 16),
)
EPOCH = date(1970, 1, 1)
ALL_FACETS = [Facet("paper"), Facet("authors"), Facet("title"), Facet("pages")]

docs = st.fixed_dictionaries(
    {"word": st.sampled_from(["a", "b", "a b"])},
    optional={
        "paper": st.sampled_from(["Post", "Times", "Świat", "Æon"]),
        "authors": st.lists(st.sampled_from(["Ann", "Bo", "Cy Young", "Di"]), min_size=1, max_size=4).map(",".join),
        "title": st.sampled_from(["One day", "One night", "Two days"]),
        "day": st.integers(-40_000, 40_000).map(lambda day: day),
        "when": st.datetimes(datetime(1800, 1, 1), datetime(2100, 1, 1)),
        "pages": st.integers(-3, 3),
    },
)
archives = st.lists(st.lists(docs, max_size=12), min_size=1, max_size=3)
queries = st.sampled_from([q.Every(), q.Term("word", "a"), q.And([q.Term("word", "a"), q.Term("word", "b")])])


def build(archive: list[list[dict[str, Any]]]) -> Any:
    index = RamStorage().create_index(SCHEMA)
    for group in archive:
        writer = index.writer(codec=ColumnarCodec())
        for doc in group:
            writer.add_document(**doc)
        writer.commit(merge=False)
    return index


def values_of(doc: dict[str, Any], name: str) -> set[Any]:
    if name not in doc:
        return set()
    return set(doc[name].split(",")) if name == "authors" else {doc[name]}


def by_count(counted: Counter[Any]) -> tuple[tuple[Any, int], ...]:
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def period(day: date, interval: Interval) -> date:
    if interval is Interval.DAY:
        return day
    return day.replace(day=1) if interval is Interval.MONTH else day.replace(month=1, day=1)


@settings(max_examples=100, deadline=None)
@given(archive=archives, query=queries, interval=st.sampled_from(Interval), paper=st.booleans(), joint=st.booleans())
def test_counts_are_those_of_plain_counting(
    archive: list[list[dict[str, Any]]], query: Any, interval: Interval, paper: bool, joint: bool
) -> None:
    """Over several segments; a facet as if its own filter were not there; together in one pass or one by one."""
    wanted = set("a" if query == q.Term("word", "a") else "ab" if query != q.Every() else "")
    found = [doc for group in archive for doc in group if wanted <= set(doc["word"].split())]
    filters = {"paper": q.Term("paper", "Post")} if paper else {}
    kept = [doc for doc in found if not paper or doc.get("paper") == "Post"]
    with build(archive).searcher() as searcher, pytest.MonkeyPatch.context() as patch:
        patch.setattr(facets, "JOINT_FROM", 0 if joint else 1000)
        patch.setattr(facets, "_SEARCH_RATIO", 0 if joint else 1000)
        by_days = evaluate(
            searcher, query, filters=filters, facets=ALL_FACETS, histogram=Histogram("day", interval), cache=Cache()
        )
        by_moments = evaluate(searcher, query, filters=filters, histogram=Histogram("when", interval), cache=Cache())
    assert by_days.total == len(kept)
    for name, buckets in by_days.facets.items():
        counted = Counter(value for doc in (found if name == "paper" else kept) for value in values_of(doc, name))
        assert buckets == by_count(counted)
    days = Counter(period(EPOCH + timedelta(doc["day"]), interval) for doc in kept if "day" in doc)
    assert by_days.histogram == tuple(sorted(days.items()))
    moments = Counter(period(doc["when"].date(), interval) for doc in kept if "when" in doc)
    assert by_moments.histogram == tuple(sorted(moments.items()))


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 4, None])
def test_a_limit_keeps_the_most_frequent(limit: int | None) -> None:
    papers = ["Post"] * 3 + ["Times"] * 2 + ["Æon"] * 2 + ["Sun"]
    with build([[{"word": "a", "paper": paper} for paper in papers]]).searcher() as searcher:
        buckets = evaluate(searcher, q.Every(), facets=[Facet("paper", limit)]).facets["paper"]
        assert buckets == (("Post", 3), ("Times", 2), ("Æon", 2), ("Sun", 1))[:limit]


def test_a_field_that_no_document_has_gives_no_bucket() -> None:
    with build([[{"word": "a"}]]).searcher() as searcher:
        result = evaluate(searcher, q.Every(), facets=ALL_FACETS, histogram=Histogram("when"))
        assert set(result.facets.values()) == {()}
        assert result.histogram == ()


def test_many_values_in_many_documents() -> None:
    """Enough of both for the ways that long lists take."""
    group = [
        {"word": "a", "paper": f"p{i % 97}", "authors": f"n{i % 89},n{i % 83}", "day": i % 900} for i in range(6000)
    ]
    with build([group]).searcher() as searcher:
        for query, found in ((q.Every(), group), (q.Term("paper", "p3"), group[3::97])):
            result = evaluate(searcher, query, facets=[Facet("paper"), Facet("authors")], histogram=Histogram("day"))
            assert result.facets["paper"] == by_count(Counter(str(doc["paper"]) for doc in found))
            assert result.facets["authors"] == by_count(
                Counter(name for doc in found for name in set(str(doc["authors"]).split(",")))
            )
            assert sum(count for _, count in result.histogram) == len(found)
