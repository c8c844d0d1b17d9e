"""Going on behind the last hit, whatever the order and however deep; and what is new in the archive."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from whoosh import query

from search import Engine, open_engine
from search.article import Article
from search.columnar.evaluate import evaluate
from search.cursor import MAX_LENGTH, Cursor, _checksum, read, written
from search.engine import Match, Page, Search, SearchRefused, Sort
from search.parse import parse
from search.query import OneOf
from tests.conftest import Filled, fill, origin

BODIES = ("A ferry.", "A ferry, a ferry and a ferry. The harbour.", "The harbour, with a ferry in it.", "A lighthouse.")
ARTICLES = tuple(
    Article(
        id=f"a{number}",
        title=f"Number {number}",
        body=BODIES[number % len(BODIES)],
        publisher="Gazette" if number % 3 else "Wire",
        published=None if number % 5 == 0 else date(2012, 1, 1) + timedelta(days=number % 7),
        language="en",
    )
    for number in range(40)
)
QUERIES = ("", "ferry", '"a ferry"', "ferry OR lighthouse", "ferry harbour", "lighthouse harbour zebra")


def in_segments(engine: Engine) -> Engine:
    """The articles in three segments, the second of them with a deletion."""
    for part in (ARTICLES[:20], ARTICLES[20:30], ARTICLES[30:]):
        fill(engine, part)
    with engine.writer() as writer:
        writer.delete("a25")
    return engine


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(f"whoosh:{tmp_path_factory.mktemp('index')}") as engine:
        yield in_segments(engine)


def pages(engine: Engine, search: Search) -> Iterator[Page]:
    page = engine.search(search)
    yield page
    while page.cursor:
        page = engine.search(replace(search, cursor=page.cursor))
        yield page


def ids(*pages: Page) -> list[str]:
    return [hit.article.id for page in pages for hit in page.hits]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("size", [1, 7])
def test_cursors_go_through_all_hits_in_the_order_of_pages(archive: Engine, sort: Sort, text: str, size: int) -> None:
    search = Search(parse(text), sort=sort, size=size)
    whole = archive.search(replace(search, size=100))
    assert 0 < whole.total < 40
    parts = list(pages(archive, search))
    assert ids(*parts) == ids(whole)
    assert [page.total for page in parts] == [whole.total] * len(parts)
    assert [page.before for page in parts] == list(range(0, whole.total, size))
    assert [hit.score for page in parts for hit in page.hits] == [hit.score for hit in whole.hits]
    assert {page.relaxed for page in parts} == {whole.relaxed}
    by_number = [archive.search(replace(search, page=number + 1)) for number in range(len(parts))]
    assert ids(*by_number) == ids(whole)


def test_a_page_that_ends_with_the_last_hit_has_no_cursor(archive: Engine) -> None:
    page = archive.search(Search(parse("lighthouse"), size=10))
    assert (page.total, page.cursor) == (10, None)
    assert archive.search(Search(parse("lighthouse"), size=9)).cursor


def test_counts_are_those_of_the_whole_answer_on_every_page(archive: Engine) -> None:
    search = Search(parse("ferry"), filters=(OneOf("publisher", ("Wire",)),), size=3)
    first, *others = pages(archive, search)
    assert others
    for page in others:
        assert (page.facets, page.timeline) == (first.facets, first.timeline)


def test_equals_stand_in_one_order_in_every_generation_of_the_index(filled: Filled) -> None:
    alike = [Article(id=f"{n}", body="The same words.", language="en") for n in range(9)]
    forward, backward = filled(alike), filled(reversed(alike))
    for sort in Sort:
        search = Search(parse("words"), sort=sort)
        assert ids(forward.search(search)) == ids(backward.search(search))
    before = ids(forward.search(Search()))
    fill(forward, [Article(id="x", body="Others.")])
    fill(forward, alike[:3])
    assert [one for one in ids(forward.search(Search())) if one != "x"] == before


def test_paging_goes_on_behind_the_last_hit_when_the_index_has_moved_on(filled: Filled) -> None:
    archive = in_segments(filled([]))
    search = Search(sort=Sort.OLDEST, size=5)
    whole = ids(archive.search(replace(search, size=100)))
    first = archive.search(search)
    with archive.writer() as writer:
        writer.delete(whole[4])  # the very one that the cursor stands behind
        writer.delete(whole[6])
    before = replace(ARTICLES[1], id="before", published=date(2011, 1, 1))
    after = replace(ARTICLES[1], id="after", published=date(2031, 1, 1))
    fill(archive, [before, after])
    rest: list[str] = []
    page = archive.search(replace(search, cursor=first.cursor or ""))
    assert page.generation == first.generation + 2
    assert page.before == 5  # one more, one less
    while True:
        rest += ids(page)
        if not page.cursor:
            break
        page = archive.search(replace(search, cursor=page.cursor))
    dated, undated = whole[:-7], whole[-7:]
    assert rest == [*[one for one in dated[5:] if one != whole[6]], "after", *undated]


def test_a_loosened_search_stays_so_behind_its_cursor(filled: Filled) -> None:
    engine = filled([Article(id=f"{n}", body=("Ferry." if n % 2 else "Zebra.")) for n in range(6)])
    search = Search(parse("ferry zebra"), size=4)
    first = engine.search(search)
    assert first.relaxed
    fill(engine, [Article(id="both", body="A zebra on a ferry.")])
    assert not engine.search(search).relaxed
    rest = engine.search(replace(search, cursor=first.cursor or ""))
    assert rest.relaxed
    assert rest.total == 7


def tampered(text: str) -> Iterator[str]:
    yield from ("", "x", "=", "ä", "A" * (MAX_LENGTH + 1), text[:-1], text + "A", text[::-1], f"{text}\n")
    for place in range(len(text)):
        yield text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


def test_a_damaged_cursor_is_refused_in_words(archive: Engine) -> None:
    search = Search(parse("ferry"), size=3)
    cursor = archive.search(search).cursor
    assert cursor
    for other in filter(None, tampered(cursor)):
        if other.rstrip("=") == cursor:
            continue
        with pytest.raises(SearchRefused, match="leave it out") as refused:
            archive.search(replace(search, cursor=other))
        assert refused.value.parameter == "cursor"


@pytest.mark.parametrize(
    "other",
    [
        Search(parse("harbour")),
        Search(parse("ferry"), sort=Sort.NEWEST),
        Search(parse("ferry"), match=Match.ANY),
        Search(parse("ferry"), filters=(OneOf("publisher", ("Wire",)),)),
        Search(parse("ferry"), since=0),
        Search(parse("ferry"), spellings=False),
    ],
)
def test_a_cursor_of_another_search_is_refused(archive: Engine, other: Search) -> None:
    cursor = archive.search(Search(parse("ferry"), size=3)).cursor or ""
    archive.search(Search(parse("ferry"), size=9, cursor=cursor))  # of another size it is the same search
    with pytest.raises(SearchRefused, match="another search"):
        archive.search(replace(other, cursor=cursor))


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("key", [None, 0, -1, (1 << 64) - 1, 1e300, 0.5])
@pytest.mark.parametrize("tie", [0, -(1 << 63), (1 << 64) - 1])
def test_no_forged_cursor_breaks_anything(archive: Engine, sort: Sort, key: float | None, tie: int) -> None:
    search = Search(parse("ferry"), sort=sort)
    forged = replace(search, cursor=written(Cursor(1, key, tie, False), search))
    if key is None and sort in (Sort.RELEVANCE, Sort.RECENT):
        with pytest.raises(SearchRefused):
            archive.search(forged)
    else:
        assert archive.search(forged).total == 29


@pytest.mark.parametrize(
    "payload", [b"", b"1", b"[]", b'[1,"a",1,0]', b"[1,NaN,1,0]", b"[1,1e999,1,0]", b"[1,1,1.5,0]"]
)
def test_values_that_no_answer_has_are_no_cursor(payload: bytes) -> None:
    search = Search()
    text = urlsafe_b64encode(_checksum(payload, search) + payload).decode()
    with pytest.raises(SearchRefused):
        read(text, search)


def test_a_cursor_of_a_generation_to_come_is_of_another_archive(archive: Engine) -> None:
    search = Search()
    ahead = written(Cursor(archive.generation() + 1, 0, 0, False), search)
    with pytest.raises(SearchRefused, match="another archive"):
        archive.search(replace(search, cursor=ahead))


def test_what_is_counted_and_found_behind_a_place_is_what_is_left(archive: Engine) -> None:
    """Deep pages are array work: a place gives the same answer as a window would."""
    searcher: Any = archive._current().searcher  # type: ignore[attr-defined]
    first = evaluate(searcher, query.Every(), limit=30, tie="tie")
    rest = evaluate(searcher, query.Every(), limit=100, tie="tie", after=first.end)
    assert (rest.before, rest.total, len(rest.docs)) == (30, 39, 9)
    assert [*first.docs, *rest.docs] == evaluate(searcher, query.Every(), limit=100, tie="tie").docs.tolist()


# What is new


def since(engine: Engine, generation: int) -> set[str]:
    return set(ids(engine.search(Search(since=generation))))


def test_since_shows_what_entered_the_archive_after_a_generation(filled: Filled) -> None:
    engine = filled(ARTICLES[:3])
    assert engine.generation() == 1
    assert since(engine, 0) == {"a0", "a1", "a2"}
    assert since(engine, 1) == set()
    fill(engine, [ARTICLES[3], replace(ARTICLES[0], title="Changed")])  # changed is not new
    assert since(engine, 1) == {"a3"}
    with engine.writer() as writer:
        writer.delete("a3")
    fill(engine, [ARTICLES[3]])  # taken out and back: it is new once more
    assert since(engine, 3) == {"a3"}


def test_a_rebuild_makes_nothing_new(filled: Filled) -> None:
    engine = filled(ARTICLES[:3])
    fill(engine, ARTICLES[3:4])
    fill(engine, ARTICLES[:5], rebuild=True)
    assert since(engine, 0) == {"a0", "a1", "a2", "a3", "a4"}
    assert since(engine, 1) == {"a3", "a4"}
    assert since(engine, 2) == {"a4"}


def test_a_generation_to_come_is_refused_in_words(filled: Filled) -> None:
    engine = filled(ARTICLES[:3])
    with pytest.raises(SearchRefused, match="is at generation 1; 2 is still to come") as refused:
        engine.search(Search(since=2))
    assert refused.value.parameter == "since"


def test_newest_in_the_archive_first_whatever_their_dates(filled: Filled) -> None:
    engine = filled([])
    entered = {"a1": 3, "a2": 1, "a3": 2, "a0": 4}
    with engine.writer() as writer:
        for article in ARTICLES[:4]:
            moment = datetime(2026, 1, entered[article.id], tzinfo=UTC)
            writer.put(article, replace(origin(article), indexed=moment))
    assert ids(engine.search(Search(sort=Sort.INDEXED))) == ["a0", "a1", "a3", "a2"]
    assert ids(engine.search(Search(parse("ferry"), sort=Sort.INDEXED))) == ["a0", "a1", "a2"]
