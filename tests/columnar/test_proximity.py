"""The bonus for words that stand together is the same, whether positions are read one by one or all at once."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields, query
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import RamStorage

from search.columnar import proximity
from search.columnar.bulk import BulkWriter
from search.columnar.cache import Cache
from search.columnar.evaluate import evaluate
from search.columnar.proximity import Proximity, Together
from search.whoosh_ranking import BM25

WORDS = ("ship", "coal", "port", "rain")
SCHEMA = fields.Schema(text=fields.TEXT(analyzer=SpaceSeparatedTokenizer()))
TOGETHER = ("_together_in_few", "_together_in_many")


def archive(seed: int, count: int) -> list[str]:
    """Texts of words that now and then stand beside each other, and now and then hundreds of others apart."""
    chosen = random.Random(seed)
    texts = []
    for _ in range(count):
        words = [
            (chosen.choice(WORDS) + " ") * chosen.choice((1, 1, 1, 20))
            + "sea " * chosen.choice((0, 0, 1, 8, 9, 10, 254, 300))
            for _ in range(9)
        ]
        texts.append("".join(words[: chosen.randrange(10)]))
    return texts


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 99),
    st.sampled_from([1, 5, 20, 200]),
    st.lists(st.sampled_from((*WORDS, "missing")), min_size=2, max_size=5),
    st.integers(1, 10),
    st.booleans(),
)
def test_few_and_many_get_the_same(seed: int, count: int, words: list[str], reach: int, every: bool) -> None:
    index = RamStorage().create_index(SCHEMA)
    with BulkWriter(index) as writer:
        for text in archive(seed, count):
            writer.add_document(text=text)
    asked = (query.And if every else query.Or)([query.Term("text", word) for word in words])
    near = Proximity("text", (tuple(words), tuple(words[::2])), reach, 0.5, 100)
    with index.searcher(weighting=BM25()) as searcher, pytest.MonkeyPatch.context() as patch:
        answers = []
        for few in (0, 1 << 30):
            patch.setattr(proximity, "FEW", few)
            answer = evaluate(searcher, asked, limit=100, proximity=near, cache=Cache())
            answers.append((answer.docs.tolist(), answer.scores.tolist()))
    assert answers[0] == answers[1]


def noted(called: list[str], name: str) -> Callable[..., Together]:
    own: Callable[..., Together] = getattr(proximity, name)

    def together(*args: Any) -> Together:
        called.append(name)
        return own(*args)

    return together


@pytest.mark.parametrize(("rows", "which"), [(proximity.FEW, 0), (proximity.FEW + 1, 1)])
def test_few_are_read_one_by_one(rows: int, which: int, monkeypatch: pytest.MonkeyPatch) -> None:
    index = RamStorage().create_index(SCHEMA)
    with BulkWriter(index) as writer:
        for _ in range(rows):
            writer.add_document(text="ship coal")
    called: list[str] = []
    for name in TOGETHER:
        monkeypatch.setattr(proximity, name, noted(called, name))
    asked = query.And([query.Term("text", "ship"), query.Term("text", "coal")])
    with index.searcher(weighting=BM25()) as searcher:
        near = evaluate(searcher, asked, limit=100, proximity=Proximity("text", (("ship", "coal"),), 9, 0.5, 100))
        plain = evaluate(searcher, asked, limit=100)
    assert called == [TOGETHER[which]]
    assert near.scores.tolist() == pytest.approx([2 * score for score in plain.scores.tolist()])
