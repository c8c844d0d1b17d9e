"""Ranking: BM25 with Lucene's idf, the bonus for words that stand together, words related to a question."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields, query
from whoosh.filedb.filestore import RamStorage

from search import schema
from search.analysis import loosen
from search.article import Article
from search.columnar.bulk import BulkWriter
from search.columnar.evaluate import evaluate
from search.columnar.proximity import Proximity
from search.engine import Match, Search
from search.parse import parse
from search.related import related
from search.whoosh_ranking import BM25, proximity
from tests.conftest import Filled

WORDS = ("ship", "coal", "port", "rain", "vote")
texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)


def searcher(texts: Sequence[str], per_segment: int = 1000) -> object:
    made = RamStorage().create_index(fields.Schema(text=fields.TEXT))
    for start in range(0, len(texts), per_segment):
        writer = BulkWriter(made)
        for text in texts[start : start + per_segment]:
            writer.add_document(text=text)
        writer.commit(merge=False)
    return made.searcher(weighting=BM25())


def plain_bonus(text: str, words: Sequence[str], reach: int, scores: dict[str, float]) -> float:
    """Of one document, by looking at each pair of places. `scores`: of each word in it."""
    places = {word: [n for n, other in enumerate(text.split()) if other == word] for word in words}
    total = 0.0
    for one, other in {(a, b) for a, b in pairwise(words) if a != b}:
        gaps = [second - first for first in places[one] for second in places[other]]
        times = any(abs(gap) <= reach for gap in gaps) + (1 in gaps)
        total += times * (scores[one] + scores[other]) if gaps else 0.0
    return total


@settings(deadline=None, max_examples=60)
@given(st.lists(texts, min_size=1, max_size=12), st.sampled_from(WORDS), st.integers(1, 12))
def test_scores_are_those_of_whoosh_and_of_the_formula(archive: list[str], word: str, per_segment: int) -> None:
    with searcher(archive, per_segment) as asked:  # type: ignore[attr-defined]
        found = evaluate(asked, query.Term("text", word), limit=20)
        theirs = {hit.docnum: hit.score for hit in asked.search(query.Term("text", word), limit=20)}
        ours = dict(zip(found.docs.tolist(), found.scores.tolist(), strict=True))
        assert ours == pytest.approx(theirs, rel=1e-4)
        having = sum(word in text.split() for text in archive)
        idf = math.log(1 + (len(archive) - having + 0.5) / (having + 0.5))
        assert asked.idf("text", word) == pytest.approx(idf)
        assert all(score > 0 for score in ours.values())


@settings(deadline=None, max_examples=100)
@given(
    st.lists(texts, min_size=1, max_size=10),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=4),
    st.integers(1, 4),
    st.integers(1, 10),
)
def test_words_that_stand_together_count_more(
    archive: list[str], words: list[str], reach: int, per_segment: int
) -> None:
    asked = query.Or([query.Term("text", word) for word in words])
    with searcher(archive, per_segment) as index:  # type: ignore[attr-defined]
        plain = evaluate(index, asked, limit=20)
        near = evaluate(index, asked, limit=20, proximity=Proximity("text", (tuple(words),), reach, 0.5, 100))
        by_word = {word: evaluate(index, query.Term("text", word), limit=20) for word in words}
        before = dict(zip(plain.docs.tolist(), plain.scores.tolist(), strict=True))
        scores = {word: dict(zip(one.docs.tolist(), one.scores.tolist(), strict=True)) for word, one in by_word.items()}
        expected = {
            doc: score
            + 0.5 * plain_bonus(archive[doc], words, reach, {word: scores[word].get(doc, 0.0) for word in words})
            for doc, score in before.items()
        }
        assert dict(zip(near.docs.tolist(), near.scores.tolist(), strict=True)) == pytest.approx(expected, rel=1e-4)
        assert near.scores.tolist() == sorted(near.scores.tolist(), reverse=True)
        assert near.total == plain.total


@pytest.mark.parametrize("candidates", [1, 3, 4, 5, 50])
def test_pages_follow_from_each_other(candidates: int) -> None:
    archive = ["coal rain ship", "ship coal", "coal vote ship ship", "ship port port coal", "coal", "ship", "port"] * 3
    proximity = Proximity("text", (("ship", "coal"),), 1, 2.0, candidates)
    asked = query.Or([query.Term("text", "ship"), query.Term("text", "coal")])
    with searcher(archive, 10) as index:  # type: ignore[attr-defined]
        whole = evaluate(index, asked, limit=100, proximity=proximity).docs.tolist()
        pages = [evaluate(index, asked, limit=4, offset=n, proximity=proximity).docs.tolist() for n in range(0, 20, 4)]
    assert [doc for page in pages for doc in page] == whole


@pytest.mark.parametrize("candidates", [1, 2, 3, 4])
def test_only_candidates_are_raised(candidates: int) -> None:
    archive = ["ship coal " + "rain " * n for n in range(4)]
    asked = query.Or([query.Term("text", "ship"), query.Term("text", "coal")])
    with searcher(archive) as index:  # type: ignore[attr-defined]
        plain = evaluate(index, asked)
        near = evaluate(index, asked, proximity=Proximity("text", (("ship", "coal"),), 1, 0.5, candidates))
    assert near.docs.tolist() == plain.docs.tolist() == [0, 1, 2, 3]
    assert (near.scores / plain.scores).tolist() == pytest.approx([2.0] * candidates + [1.0] * (4 - candidates))


def test_a_bonus_is_of_bare_words_alone() -> None:
    one = proximity(parse('ships "coal port" rain title:vote -ship'))
    assert one is not None
    assert one.runs == (("ship", "rain"),)
    for text in ("ship", "ships ship", '"coal port"', "coal*"):
        assert proximity(parse(text)) is None


def question(found: int, words: int = schema.RELAX_WORDS) -> list[Article]:
    """Articles that have all of so many words, and one that has the first alone."""
    whole = " ".join(WORDS[:words])
    every = [Article(id=str(n), title=None, body=whole) for n in range(found)]
    return [*every, Article(id="one", title=None, body=WORDS[0])]


@pytest.mark.parametrize("found", [0, 1, schema.RELAX_BELOW - 1, schema.RELAX_BELOW, schema.RELAX_BELOW + 1])
@pytest.mark.parametrize("words", [schema.RELAX_WORDS - 1, schema.RELAX_WORDS, schema.RELAX_WORDS + 1])
def test_a_question_with_too_little_is_relaxed(filled: Filled, found: int, words: int) -> None:
    """One word fewer is no question: it is relaxed only where nothing has both."""
    page = filled(question(found, words)).search(Search(parse(" ".join(WORDS[:words]))))
    least = schema.RELAX_BELOW if words >= schema.RELAX_WORDS else 1
    assert page.relaxed == (found < least)
    assert page.total == found + page.relaxed


def test_hyphens_are_parted_when_loosened() -> None:
    assert loosen(parse("cease-fire talks")) == loosen(parse("cease fire talks"))
    assert loosen(parse("cease-fire")) == parse("cease-fire")


def test_related_words_are_those_the_best_articles_share() -> None:
    best = [
        (Article(id="1", title="Ferries", body="The ferries of the strait, and ferries again in 1963."), 2.0),
        (Article(id="2", title=None, body="A ferry sails."), 1.0),
    ]
    frequency = Counter({"ferri": 3, "strait": 1, "sail": 90, "again": 1})
    found = related(best, 100, lambda stems: map(frequency.__getitem__, stems))
    assert [(one.word, one.stem) for one in found] == [("ferries", "ferri"), ("strait", "strait")]
    assert sum(one.weight for one in found) == pytest.approx(1)
    assert found[0].weight > found[1].weight
    assert related([], 100, lambda _: []) == ()


def test_related_words_touch_the_order_alone_and_can_be_left_out(filled: Filled) -> None:
    archive = [
        Article(id="a", title=None, body="ship coal port ferry ferry"),
        Article(id="b", title=None, body="rain ferry"),
        Article(id="c", title=None, body="rain cloud"),
    ] + [Article(id=f"other {n}", title=None, body=f"rain, and {n} words of others") for n in range(30)]
    engine = filled(archive)
    page = engine.search(Search(parse("ship coal port rain"), size=100))
    without = engine.search(Search(parse("ship coal port rain"), related=False, size=100))
    assert "ferry" in page.related
    assert without.related == ()
    assert page.total == without.total == 33
    assert [hit.article.id for hit in page.hits][:3] == ["a", "b", "c"]
    scores = {hit.article.id: hit.score for hit in without.hits}
    assert scores["b"] == pytest.approx(scores["c"])
    assert engine.search(Search(parse("ship coal port rain"), match=Match.ALL)).related == ()


@pytest.mark.parametrize("found", [schema.RELATED_FROM - 1, schema.RELATED_FROM, schema.RELATED_FROM + 1])
def test_where_the_best_are_all_no_words_are_related(filled: Filled, found: int) -> None:
    archive = [Article(id=str(n), title=None, body=f"ship freighter{n}") for n in range(found)]
    page = filled(archive).search(Search(parse("ship coal port")))
    assert (page.total, bool(page.related)) == (found, found > schema.RELATED_FROM)
