"""The generated articles are the same everywhere, and like an archive where an index feels it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
import pytest

from bench.corpus import BATCH, PUBLISHERS, articles, stem_of, word_of, written
from search.article import from_json, to_json

COUNT = 6 * BATCH

Json = dict[str, Any]


@pytest.fixture(scope="module")
def corpus() -> list[Json]:
    return list(articles(COUNT))


@pytest.fixture(scope="module")
def words(corpus: list[Json]) -> list[list[str]]:
    return [re.findall(r"\w+", article["body"].lower()) for article in corpus]


def test_every_machine_makes_the_same_articles(corpus: list[Json]) -> None:
    """Otherwise figures from two machines could not be compared. A wanted change of the corpus changes this digest."""
    text = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in corpus)
    assert (
        hashlib.sha256(text.encode()).hexdigest() == "7ac0bbd8c666bc6c702fdc5bf8484b0f5cf3039c9920ffaf4db888ae4fcb647c"
    )


def test_a_small_corpus_is_the_beginning_of_a_larger_one(corpus: list[Json]) -> None:
    assert list(articles(BATCH + 1)) == corpus[: BATCH + 1]


def test_another_seed_makes_other_articles(corpus: list[Json]) -> None:
    other = list(articles(20, seed=2))
    assert not {article["body"] for article in other} & {article["body"] for article in corpus}


def test_articles_have_the_form_of_the_contract(corpus: list[Json]) -> None:
    for article in corpus:
        assert to_json(from_json(article)) == {**article, "words": from_json(article).words, "indexed": None}


def test_ids_are_unique(corpus: list[Json]) -> None:
    assert len({article["id"] for article in corpus}) == COUNT


def test_frequencies_fall_by_zipf(words: list[list[str]]) -> None:
    frequency = np.array([count for _, count in Counter(word for body in words for word in body).most_common(2_000)])
    ranks = np.unique(np.geomspace(10, 2_000, 60).astype(int))
    slope = np.polyfit(np.log(ranks), np.log(frequency[ranks - 1]), 1)[0]
    assert -1.2 < slope < -0.9


def test_new_words_keep_coming_by_heaps(words: list[list[str]]) -> None:
    types: set[str] = set()
    growth, tokens = [], 0
    for body in words:
        tokens += len(body)
        types.update(body)
        growth.append((tokens, len(types)))
    late = np.log(np.array(growth[COUNT // 20 :]))
    assert 0.5 < np.polyfit(late[:, 0], late[:, 1], 1)[0] < 0.7


def test_lengths_are_log_normal(words: list[list[str]]) -> None:
    lengths = [len(body) for body in words]
    assert 280 < median(lengths) < 325
    assert 335 < fmean(lengths) < 390
    assert 0.55 < np.std(np.log(lengths)) < 0.65


def test_an_article_repeats_its_rarer_words(words: list[list[str]]) -> None:
    """Drawn independently, a word of one article in a hundred would occur 1.0 times in an article that has it."""
    occurrences: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for body in words:
        occurrences.update(body)
        documents.update(set(body))
    rare = [word for word, count in documents.items() if 10 <= count <= COUNT // 100]
    assert fmean(occurrences[word] / documents[word] for word in rare) > 1.3


def test_collocations_repeat(words: list[list[str]]) -> None:
    """The most frequent pairs of rarer words are seen far more often than chance would have them."""
    single = Counter(word for body in words for word in body)
    pairs = Counter(
        pair
        for body in words
        for pair in zip(body, islice(body, 1, None), strict=False)
        if max(single[w] for w in pair) < 500
    )
    total = sum(single.values())
    for (first, second), count in pairs.most_common(20):
        assert count > 50 * single[first] * single[second] / total


def test_words_inflect(words: list[list[str]]) -> None:
    types = {word for body in words for word in body}
    for ending in ("s", "ed", "ing"):
        assert sum(1 for word in types if word + ending in types) > 500


def test_dates_have_a_weekly_rhythm_over_decades(corpus: list[Json]) -> None:
    days = [datetime.fromisoformat(article["published"]).date() for article in corpus if article["published"]]
    weekdays = Counter(day.weekday() for day in days)
    assert max(weekdays[5], weekdays[6]) < 0.75 * min(weekdays[day] for day in range(5))
    assert min(days) < date(1993, 1, 1)
    assert max(days) > date(2023, 1, 1)
    assert 0 < sum(1 for article in corpus if article["published"] is None) < COUNT / 50


def test_publishers_and_authors_are_unequal(corpus: list[Json]) -> None:
    shares = Counter(article["publisher"] for article in corpus)
    assert set(shares) == set(PUBLISHERS)
    assert shares.most_common()[0][1] > 4 * shares.most_common()[-1][1]
    assert len({name for article in corpus for name in article["author"]}) > 1_000


def test_no_two_lexemes_are_spelled_alike() -> None:
    assert len({stem_of(lexeme) for lexeme in range(200_000)}) == 200_000


def test_function_words_come_first() -> None:
    assert [word_of(4 * rank) for rank in range(4)] == ["the", "of", "to", "and"]


def test_the_file_is_written_once(tmp_path: Path) -> None:
    path = written(20, folder=tmp_path)
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == list(articles(20))
    path.write_text("kept")
    assert written(20, folder=tmp_path).read_text() == "kept"
