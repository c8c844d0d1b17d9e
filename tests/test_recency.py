"""`sort=recent`: relevance that halves with age, in the evaluator and through the engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from whoosh import fields, query
from whoosh.filedb.filestore import RamStorage
from whoosh.index import FileIndex

from search import schema
from search.article import Article
from search.columnar.bulk import BulkWriter
from search.columnar.evaluate import MOST_HALVINGS, Decay, evaluate
from search.columnar.evaluate import Sort as ByColumn
from search.columnar.proximity import Proximity
from search.engine import Search, Sort
from search.parse import parse
from tests.conftest import Filled

NOW = datetime(2024, 1, 1, 12, tzinfo=UTC)
AGES = (0, 1, 10, 40, 400, 30_000, None)  # days


@pytest.fixture(params=[1, 3])
def searcher(request: pytest.FixtureRequest) -> object:
    """Texts of several scores and ages, in one segment or in more."""
    whole = fields.Schema(text=fields.TEXT, day=fields.NUMERIC(int, signed=True, sortable=True))
    ix = FileIndex.create(RamStorage(), whole, "main")
    documents = list(product(("ship", "ship coal", "ship and ship, coal ship", "rain"), AGES))
    for start in range(request.param):
        writer = BulkWriter(ix)
        for text, age in documents[start :: request.param]:
            writer.add_document(text=text, **({} if age is None else {"day": -age}))
        writer.commit(merge=False)
    return ix.searcher()


@pytest.mark.parametrize("near", [None, Proximity("text", (("ship", "coal"),), 3, 0.5, 1000)])
@pytest.mark.parametrize("half_life", [10.0, 365.0])
def test_a_score_is_halved_with_every_half_life(searcher: object, near: Proximity | None, half_life: float) -> None:
    asked = query.Or([query.Term("text", "ship"), query.Term("text", "coal")])
    plain = evaluate(searcher, asked, limit=100, proximity=near)
    aged = evaluate(searcher, asked, limit=100, proximity=near, decay=Decay("day", half_life))
    stored = dict(zip(plain.docs.tolist(), plain.scores.tolist(), strict=True))
    days = evaluate(searcher, asked, limit=100, sort=ByColumn("day", descending=True)).docs.tolist()
    ages = dict(zip(days, sorted([a for a in AGES for _ in range(3)], key=_late), strict=True))
    assert aged.total == plain.total
    for doc, score in zip(aged.docs.tolist(), aged.scores.tolist(), strict=True):
        halvings = MOST_HALVINGS if ages[doc] is None else min(MOST_HALVINGS, ages[doc] / half_life)
        assert score == pytest.approx(stored[doc] * 0.5**halvings, rel=1e-4)
    assert (np.diff(aged.scores) <= 0).all()


def _late(age: int | None) -> float:
    return float("inf") if age is None else age


def test_pages_follow_from_each_other(searcher: object) -> None:
    asked, decay = query.Term("text", "ship"), Decay("day", 100.0)
    whole = evaluate(searcher, asked, limit=100, decay=decay).docs.tolist()
    pages = [evaluate(searcher, asked, limit=4, offset=at, decay=decay).docs.tolist() for at in range(0, len(whole), 4)]
    assert [doc for page in pages for doc in page] == whole


def test_a_decay_by_what_is_no_number_is_refused(searcher: object) -> None:
    with pytest.raises(ValueError, match="'text' cannot be sorted by"):
        evaluate(searcher, query.Every(), decay=Decay("text", 1.0))


def article(name: str, body: str, published: date | datetime | None) -> Article:
    return Article(id=name, body=body, published=published)


def test_the_better_match_gives_way_to_a_much_newer_one(filled: Filled) -> None:
    archive = [
        article("old", "The harbour. The harbour burns, all of the harbour.", NOW - 6 * schema.HALF_LIFE),
        article("new", "A harbour, and much else that happened on that day in the town.", NOW),
        article("undated", "The harbour. The harbour burns, all of the harbour.", None),
    ]
    engine = filled(archive)

    def order(sort: Sort) -> list[str]:
        return [hit.article.id for hit in engine.search(Search(parse("harbour"), sort=sort)).hits]

    assert order(Sort.RELEVANCE)[-1] == "new"
    assert order(Sort.RECENT) == ["new", "old", "undated"]


def test_a_better_match_of_nearly_the_same_day_stays_ahead(filled: Filled) -> None:
    archive = [
        article("better", "The harbour. The harbour burns, all of the harbour.", NOW - timedelta(days=7)),
        article("newer", "A harbour, and much else that happened on that day in the town.", NOW),
    ]
    page = filled(archive).search(Search(parse("harbour"), sort=Sort.RECENT))
    assert [hit.article.id for hit in page.hits] == ["better", "newer"]
    assert all(hit.score > 0 for hit in page.hits)


def test_without_words_recent_means_newest(filled: Filled) -> None:
    archive = [article(str(days), "Rain.", NOW - timedelta(days=days)) for days in (3, 1, 2)]
    page = filled(archive).search(Search(sort=Sort.RECENT))
    assert [hit.article.id for hit in page.hits] == ["1", "2", "3"]
