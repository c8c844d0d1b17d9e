"""The queries and the report of the measurement under load."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from bench.load import Memory, Round, report, targets
from bench.queries import BenchQuery
from search.parse import parse

QUERIES = [
    BenchQuery("or", "rare", ("pier", "storm"), every=False),
    BenchQuery("and", "rare", ("pier", "storm")),
    BenchQuery("phrase", "mixed", ("the", "pier")),
    BenchQuery("prefix", "medium", ("harbo",)),
    BenchQuery("filtered", "mixed", ("pier",), publisher="The Harbour & Gazette"),
    BenchQuery("newest", "mixed", ("pier",)),
    BenchQuery("newest", "mixed", ("pier",), every=False),  # which is typed as the one before
]


def test_queries_are_asked_as_they_are_typed_and_each_once() -> None:
    asked = [urlsplit(target) for target in targets(QUERIES, 1)]
    found = sorted(tuple(sorted((name, value) for name, (value,) in parse_qs(one.query).items())) for one in asked)
    assert {one.path for one in asked} == {"/search", "/api/search"}
    assert found == [
        (("publisher", "The Harbour & Gazette"), ("q", "pier")),
        (("q", '"the pier"'),),
        (("q", "harbo*"),),
        (("q", "pier"), ("sort", "newest")),
        (("q", "pier OR storm"),),
        (("q", "pier storm"),),
    ]
    assert all(parse(dict(pairs)["q"]) for pairs in found)


def test_the_report_has_medians_and_the_ratio_of_each_pair_of_rounds() -> None:
    plain = [Round(100, 10.0, 5, 10, p99, 0) for p99 in (20, 30, 40)]
    slow = [Round(100, 10.0, 5, 10, p99, 1) for p99 in (30, 30, 60)]
    memory = Memory()
    memory.samples = [100 * 2**20] * 20
    told = report(plain, slow, memory, 7)
    assert "| alone | 10 | 5 | 10 | 30 | 0 |" in told
    assert "| beside 200 slow clients | 10 | 5 | 10 | 30 | 3 |" in told
    assert "median 1.50 (1.50, 1.00, 1.50)" in told
    assert "100, 100, 100, 100, 100." in told
