"""Queries have the frequencies that their band says, and find something."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import Stemmer

from bench.corpus import articles, written
from bench.queries import BANDS, KINDS, MIN_PREFIX, MIXED, BenchQuery, draw, drawn

COUNT = 10_000
EACH = 5


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(COUNT, folder=tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def queries(corpus: Path) -> list[BenchQuery]:
    return draw(corpus, seed=1, each=EACH)


@pytest.fixture(scope="module")
def bodies() -> list[str]:
    return [article["body"].lower() for article in articles(COUNT)]


@pytest.fixture(scope="module")
def stems(bodies: list[str]) -> list[set[str]]:
    stem = cache(Stemmer.Stemmer("english").stemWord)
    return [{stem(word) for word in set(re.findall(r"\w+", body))} for body in bodies]


def test_there_are_as_many_of_every_kind_and_band(queries: list[BenchQuery]) -> None:
    every_band = {f"{kind} {band}": EACH for kind in ("or", "and", "phrase") for band in (*BANDS, MIXED)}
    assert Counter(query.name for query in queries) == {
        **every_band,
        "prefix medium": EACH,
        "filtered mixed": EACH,
        "newest mixed": EACH,
    }
    assert {query.kind for query in queries} == set(KINDS)


def test_one_seed_draws_one_set(corpus: Path, queries: list[BenchQuery]) -> None:
    assert draw(corpus, seed=1, each=EACH) == queries
    assert draw(corpus, seed=2, each=EACH) != queries


def test_words_are_as_frequent_as_their_band_says(queries: list[BenchQuery], stems: list[set[str]]) -> None:
    """Within the little that titles and summaries add to what the bodies have."""
    stem = Stemmer.Stemmer("english").stemWord
    for query in queries:
        if query.kind in ("or", "and") and query.band != MIXED:
            low, high = BANDS[query.band]
            for word in query.words:
                share = sum(stem(word) in found for found in stems) / COUNT
                assert 0.5 * low <= share < high


def test_all_words_of_a_query_are_in_one_article(queries: list[BenchQuery], stems: list[set[str]]) -> None:
    stem = Stemmer.Stemmer("english").stemWord
    for query in queries:
        if query.kind == "and":
            assert len(query.words) in range(2, 6)
            assert any({stem(word) for word in query.words} <= found for found in stems)


def test_phrases_are_printed_as_they_are_asked(queries: list[BenchQuery], bodies: list[str]) -> None:
    for query in queries:
        if query.kind == "phrase":
            assert any(" ".join(query.words) in body for body in bodies)


def test_a_prefix_is_long_enough_to_mean_something(queries: list[BenchQuery]) -> None:
    assert all(len(query.words[0]) >= MIN_PREFIX for query in queries if query.kind == "prefix")


def test_drawn_queries_are_kept_beside_the_corpus(tmp_path: Path) -> None:
    path = tmp_path / "corpus-1-10.jsonl"
    kept = tmp_path / "queries-1-corpus-1-10.json"
    kept.write_text(json.dumps([{"kind": "or", "band": "rare", "words": ["a"], "every": False, "publisher": None}]))
    assert drawn(path, seed=1) == [BenchQuery("or", "rare", ("a",), every=False)]


def test_a_corpus_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="10,000 articles"):
        draw(written(30, folder=tmp_path), seed=1, each=1)
