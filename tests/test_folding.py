"""Of the reports of a story a search shows one, and says how many there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search import Engine
from search.engine import Hit, Page, Search, SearchRefused, Sort
from search.parse import parse
from search.query import OneOf
from tests.conftest import Filled
from tests.story_samples import BRIDGE, BRIDGE_COPY, BRIDGE_NEXT_DAY, BRIDGE_UNDATED, ELECTION, archive

REPORTS = (BRIDGE, BRIDGE_NEXT_DAY, BRIDGE_COPY, BRIDGE_UNDATED)
QUERIES = ("", "bridge", "bridge OR mayor", "cable authority")


@pytest.fixture
def engine(filled: Filled) -> Engine:
    return filled((ELECTION, *REPORTS))


def ids(page: Page) -> list[str]:
    return [hit.article.id for hit in page.hits]


def only_hit(engine: Engine, search: Search) -> Hit:
    (hit,) = engine.search(search).hits
    return hit


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("query", QUERIES)
def test_the_report_that_is_shown_is_the_first_of_the_order(engine: Engine, query: str, sort: Sort) -> None:
    search = Search(parse(query), sort=sort)
    plain, folded = engine.search(search), engine.search(replace(search, fold=True))
    reports = {article.id for article in REPORTS}
    first = next(one for one in ids(plain) if one in reports)
    assert ids(folded) == [one for one in ids(plain) if one not in reports or one == first]
    assert (folded.total, folded.stories, folded.rows) == (plain.total, len(folded.hits), len(folded.hits))
    assert (plain.stories, plain.rows) == (folded.stories, plain.total)
    assert (folded.facets, folded.timeline) == (plain.facets, plain.timeline)


def test_a_hit_tells_of_its_story_in_the_answer_and_in_the_archive(engine: Engine) -> None:
    hit = only_hit(engine, Search(parse("bridge"), fold=True))
    assert hit.story is not None
    assert (hit.alike, hit.story.total, hit.story.reports) == (4, 4, ())
    assert (hit.story.first, hit.story.last) == (BRIDGE.published, BRIDGE_COPY.published)
    narrowed = Search(parse("bridge"), (OneOf("publisher", ("Tollmouth Echo",)),), fold=True)
    alone = only_hit(engine, narrowed)
    assert (alone.alike, alone.story) == (1, hit.story)
    other = only_hit(engine, Search(parse("mayor"), fold=True))
    assert (other.alike, other.story) == (1, None)


@pytest.mark.parametrize("sort", Sort)
def test_pages_and_cursors_lead_through_the_same_rows(filled: Filled, sort: Sort) -> None:
    engine = filled(archive(events=6, others=5))
    search = Search(sort=sort, fold=True)
    whole = engine.search(replace(search, size=100))
    assert whole.total > whole.rows == len(whole.hits) > 8
    paged = [engine.search(replace(search, size=4, page=page)) for page in range(1, -(-whole.rows // 4) + 1)]
    assert [one for page in paged for one in ids(page)] == ids(whole)
    assert paged[-1].cursor is None
    found = engine.search(replace(search, size=4))
    rows = ids(found)
    while found.cursor:
        found = engine.search(replace(search, size=4, cursor=found.cursor))
        assert (found.before, found.total, found.rows) == (len(rows), whole.total, whole.rows)
        rows += ids(found)
    assert rows == ids(whole)


def test_a_cursor_goes_on_only_as_it_began(engine: Engine) -> None:
    found = engine.search(Search(size=1, fold=True))
    assert found.cursor is not None
    with pytest.raises(SearchRefused):
        engine.search(Search(size=1, cursor=found.cursor))


def test_why_names_the_report_that_is_shown_in_place_of_another(engine: Engine) -> None:
    search = Search(parse("bridge"), fold=True)
    shown = only_hit(engine, search).article
    for article in REPORTS:
        told = engine.why(search, article.id)
        assert told is not None
        assert told.behind == (None if article.id == shown.id else engine.get(shown.id))
        assert getattr(engine.why(replace(search, fold=False), article.id), "behind", 0) is None


def test_an_export_has_all_reports(engine: Engine) -> None:
    assert len(list(engine.export(Search(parse("bridge"), fold=True)).articles)) == 4


def test_no_report_of_its_own_story_is_similar_to_an_article(engine: Engine) -> None:
    assert not {similar.article.id for similar in engine.similar("bridge", 5)} & {article.id for article in REPORTS}
