"""What every engine promises, on real indexes."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from whoosh.fields import ID, Schema
from whoosh.index import create_in

from search import Engine, EngineError, open_engine
from search.analysis import PARAGRAPH_GAP
from search.article import Article
from search.columnar.bulk import BulkWriter
from search.engine import (
    MAX_BUCKETS,
    MAX_SIZE,
    MAX_WINDOW,
    Bucket,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
    Interval,
    Match,
    Page,
    Search,
    Sort,
    TimeBucket,
)
from search.parse import MAX_DISTANCE, parse
from search.query import Between, OneOf
from tests.conftest import Filled, fill, origin

EDT = timezone(timedelta(hours=-4))

VETO = Article(
    id="veto",
    title="Council vetoes the draft",
    summary=("Two members object", "Talks go on"),
    body="The envoys of Russia and China voted against it.\n\n"
    "Others running late regretted the U.N. outcome at AT&T's café.",
    author=("Ada Byline",),
    publisher="The Harbour Gazette",
    place="New York",
    published=datetime(2012, 2, 4, 23, 30, tzinfo=EDT),
    captions=("An envoy raises a hand",),
    language="en",
)
SUMMIT = Article(
    id="a/../summit?#%2F",
    title="Summit opens in Beijing",
    body="China opened the summit. A cease-fire was near. The G-20 met elsewhere, in a plain cafe.",
    author=("Bo Writer", "Ada Byline"),
    publisher="Meridian Wire",
    place="Beijing",
    published=date(2012, 6, 6),
    language="en",
)
UNDATED = Article(id="undated", body="Nobody knows when Russia wrote C++ and who runs it.", language="en")
ARCHIVE = (VETO, SUMMIT, UNDATED)


def ids(page: Page) -> list[str]:
    return [hit.article.id for hit in page.hits]


def found(engine: Engine, text: str, **options: object) -> set[str]:
    return set(ids(engine.search(Search(parse(text), match=Match.ALL, **options))))  # type: ignore[arg-type]


@pytest.fixture
def archive(filled: Filled) -> Engine:
    return filled(ARCHIVE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("russia", {"veto", "undated"}),
        ("RUSSIA", {"veto", "undated"}),
        ("china russia", {"veto"}),
        ("run", {"veto", "undated"}),  # running, runs
        ('"run"', set()),
        ('"runs"', {"undated"}),
        ("byline", {"veto", SUMMIT.id}),  # a name of the byline
        ("object", {"veto"}),  # of the summary
        ("gazette", set()),  # the publisher is asked by its name only
        ("publisher:gazette", {"veto"}),
        ('publisher:"harbour gazette"', {"veto"}),
        ('author:"ada byline"', {"veto", SUMMIT.id}),
        ('author:"writer ada"', set()),  # two authors, not one
        ("place:york", {"veto"}),
        ("hand", set()),  # captions are asked by their name only
        ("captions:hands", {"veto"}),
        ('captions:"raises a hand"', {"veto"}),
        ("title:vetoed", {"veto"}),
        ("title:envoy", set()),
        ("body:envoy", {"veto"}),
        ("body:draft", set()),  # in the title alone
        ('body:"the draft"', set()),
        ("body:regre*", {"veto"}),
        ("body:council", set()),
        ("envoy council", {"veto"}),  # each word in any of the fields
        ('"the draft the"', set()),  # a phrase stays within one field,
        ('"against it others"', set()),  # and within one paragraph
        ('"draft council"', set()),  # the title stands three times, its end beside no beginning
        ('"envoys of Russia"', {"veto"}),
        ('"of the"', set()),
        ('"russia envoys"~1', {"veto"}),
        ('"china envoys"~2', set()),
        ('"china envoys"~3', {"veto"}),
        ('"it others"~100', set()),
        ("U.N.", {"veto"}),
        ("UN", {"veto"}),
        ("C++", {"undated"}),
        ("AT&T", {"veto"}),
        ("G-20", {SUMMIT.id}),
        ("cease-fires", {SUMMIT.id}),
        ("ceasefire", set()),
        ("cafe", {"veto", SUMMIT.id}),
        ("café", {"veto", SUMMIT.id}),
        ('"plain café"', {SUMMIT.id}),
        ("elsew*", {SUMMIT.id}),
        ("running*", {"veto"}),
        ("runn*", {"veto"}),  # as written: no stem begins so
        ("bejing~", {SUMMIT.id}),
        ("bejng~", set()),
        ("bejng~2", {SUMMIT.id}),
        ("biejing~", {SUMMIT.id}),  # two letters swapped are one edit
        ("russia -china", {"undated"}),
        ("-china", {"undated"}),
        ("-china -russia", set()),
        ("russia OR summit", {"veto", "undated", SUMMIT.id}),
        ("summit OR (russia NOT china)", {SUMMIT.id, "undated"}),
        ("summit OR -russia", {SUMMIT.id}),
        ("NOT (russia AND china)", {SUMMIT.id, "undated"}),
        ("date:2012", {"veto", SUMMIT.id}),
        ("date:2012-02-04", {"veto"}),  # the day as printed, not as in UTC
        ("date:2012-02-05", set()),
        ("date:2012-02-05..", {SUMMIT.id}),
        ("date:..2012-06-05", {"veto"}),
        ("-date:2012", {"undated"}),
        ("*", {"veto", SUMMIT.id, "undated"}),
        ("", {"veto", SUMMIT.id, "undated"}),
        ("the", {"veto", SUMMIT.id}),
        ("the of", {"veto"}),
        ("zebra", set()),
        ("\x1f", {"veto", SUMMIT.id, "undated"}),
    ],
)
def test_a_query_finds(archive: Engine, text: str, expected: set[str]) -> None:
    assert found(archive, text) == expected


def test_paragraphs_lie_farther_apart_than_any_near() -> None:
    assert PARAGRAPH_GAP > MAX_DISTANCE


def test_a_bare_stop_word_is_left_out_and_named(archive: Engine) -> None:
    page = archive.search(Search(parse("the russia of china")))
    assert (ids(page), page.ignored) == (["veto"], ("the", "of"))
    assert archive.search(Search(parse("the"))).ignored == ()
    assert archive.search(Search(parse('"the" russia'))).ignored == ()


def test_auto_falls_back_to_any_of_the_bare_words_and_says_so(archive: Engine) -> None:
    page = archive.search(Search(parse("summit regretted zebra")))
    assert (set(ids(page)), page.relaxed) == ({"veto", SUMMIT.id}, True)
    assert archive.search(Search(parse("summit zebra"), match=Match.ALL)).total == 0
    page = archive.search(Search(parse("summit china"), match=Match.ANY))
    assert (page.total, page.relaxed) == (2, False)


def test_a_question_of_many_words_is_content_with_any_of_them(archive: Engine) -> None:
    """One article has all five words, too little for a question; the same five are asked for alone by `match=all`."""
    question = parse("russia china regretted summit veto")
    alone = archive.search(Search(question, match=Match.ALL))
    page = archive.search(Search(question))
    assert page.relaxed
    assert page.total > alone.total
    assert not archive.search(Search(parse("russia china"))).relaxed


@pytest.mark.parametrize(
    "text", ['summit zebra "no such phrase"', "summit -opens zebra", "summit zebra title:nothing", "summit AND zebra"]
)
def test_only_bare_words_are_loosened(archive: Engine, text: str) -> None:
    page = archive.search(Search(parse(text)))
    assert (page.total, page.relaxed) == (0, False)


def test_a_filter_never_raises_a_count(archive: Engine) -> None:
    """Whether to fall back is decided without the filters."""
    elsewhere = (OneOf("place", ("Beijing",)),)
    page = archive.search(Search(parse("russia china"), filters=elsewhere))
    assert (page.total, page.relaxed) == (0, False)


def test_an_accented_word_finds_its_exact_form_first(archive: Engine) -> None:
    assert ids(archive.search(Search(parse("café"))))[0] == "veto"
    assert ids(archive.search(Search(parse("cafe"))))[0] == SUMMIT.id


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NEWEST, [SUMMIT.id, "veto", "undated"]),
        (Sort.OLDEST, ["veto", SUMMIT.id, "undated"]),
        (Sort.RELEVANCE, [SUMMIT.id, "veto", "undated"]),  # everything is newest first
    ],
)
def test_order(archive: Engine, sort: Sort, expected: list[str]) -> None:
    assert ids(archive.search(Search(sort=sort))) == expected


def test_sorting_uses_the_instant(filled: Filled) -> None:
    early = replace(VETO, id="early", published=datetime(2012, 2, 5, 1, tzinfo=UTC))  # 23:30 in New York is later
    assert ids(filled([early, VETO]).search(Search(sort=Sort.NEWEST))) == ["veto", "early"]


def test_a_match_in_the_title_ranks_first(filled: Filled) -> None:
    filler = " ".join(["filler"] * 30)
    titled = Article(id="titled", title="Harbour news", body=f"Nothing else. {filler}")
    inside = Article(id="inside", title="Other news", body=f"A harbour. {filler}")
    assert ids(filled([inside, titled]).search(Search(parse("harbour")))) == ["titled", "inside"]


def test_facets_ignore_their_own_selection(archive: Engine) -> None:
    page = archive.search(Search(filters=(OneOf("author", ("Bo Writer",)),)))
    assert ids(page) == [SUMMIT.id]
    assert page.facets["author"] == (Bucket("Ada Byline", 2), Bucket("Bo Writer", 1, selected=True))
    assert page.facets["publisher"] == (Bucket("Meridian Wire", 1),)


def test_a_selected_value_without_hits_can_still_be_unselected(archive: Engine) -> None:
    page = archive.search(Search(parse("zebra"), filters=(OneOf("place", ("Beijing", "Nowhere")),)))
    assert page.facets["place"] == (Bucket("Beijing", 0, selected=True), Bucket("Nowhere", 0, selected=True))


def test_values_of_one_filter_are_alternatives_and_filters_add_up(archive: Engine) -> None:
    both = OneOf("publisher", ("Meridian Wire", "The Harbour Gazette"))
    assert archive.search(Search(filters=(both,))).total == 2
    assert ids(archive.search(Search(filters=(both, Between(date(2012, 6, 1), None))))) == [SUMMIT.id]


@pytest.mark.parametrize(
    ("last", "interval", "second", "periods"),
    [
        (date(2012, 2, 29), Interval.DAY, date(2012, 1, 30), 32),
        (date(2012, 3, 1), Interval.MONTH, date(2012, 2, 1), 3),
        (date(2016, 12, 31), Interval.MONTH, date(2012, 2, 1), 60),
        (date(2017, 1, 1), Interval.YEAR, date(2013, 1, 1), 6),
        (date(2111, 12, 31), Interval.YEAR, date(2013, 1, 1), 100),
        (date(2112, 1, 1), Interval.DECADE, date(2020, 1, 1), 11),
    ],
)
def test_the_timeline_fits_its_stretch(
    filled: Filled, last: date, interval: Interval, second: date, periods: int
) -> None:
    first = replace(SUMMIT, id="first", published=date(2012, 1, 29))
    page = filled([first, replace(SUMMIT, id="last", published=last), UNDATED]).search(Search())
    assert (page.interval, len(page.timeline), page.timeline[1].start) == (interval, periods, second)
    assert [(bucket.count, bucket.archive) for bucket in page.timeline] == [(1, 1), *[(0, 0)] * (periods - 2), (1, 1)]


def test_a_timeline_tells_what_the_archive_has_beside_what_was_found(filled: Filled) -> None:
    days = [date(2012, 5, 1), date(2012, 6, 3), date(2012, 6, 5), date(2012, 6, 5), date(2012, 7, 9)]
    archive = [replace(SUMMIT, id=f"{n}", published=day) for n, day in enumerate(days)]
    engine = filled([*archive, replace(VETO, published=date(2012, 6, 5)), replace(VETO, id="old")])
    june = Search(parse("vetoes"), filters=(Between(date(2012, 6, 1), date(2012, 7, 1)),))
    page = engine.search(june)
    assert (page.interval, len(page.timeline)) == (Interval.DAY, 30)
    assert page.timeline[2:5] == (
        TimeBucket(date(2012, 6, 3), 0, 1),
        TimeBucket(date(2012, 6, 4), 0, 0),
        TimeBucket(date(2012, 6, 5), 1, 3),
    )
    with engine.writer() as writer:
        writer.delete("2")
    assert engine.search(june).timeline[4] == TimeBucket(date(2012, 6, 5), 1, 2)
    anywhen = engine.search(Search(parse("vetoes")))
    assert [(bucket.count, bucket.archive) for bucket in anywhen.timeline] == [(1, 1), (0, 0), (0, 0), (0, 1), (1, 3)]


def test_a_timeline_without_articles_is_empty(archive: Engine) -> None:
    page = archive.search(Search(parse("zebra"), filters=(Between(date(2012, 6, 1), None),)))
    assert page.timeline == ()


def test_of_a_long_facet_the_most_frequent_values_are_shown_and_the_chosen_ones(filled: Filled) -> None:
    often = [replace(SUMMIT, id=f"{n}-{m}", place=f"Town {n:03}") for n in range(MAX_BUCKETS) for m in range(2)]
    seldom = [replace(SUMMIT, id=f"{n}", place=f"Hamlet {n}") for n in range(2)]
    chosen = OneOf("place", ("Hamlet 1", "Nowhere", "Town 003"))
    page = filled([*often, *seldom]).search(Search(filters=(chosen,)))
    assert page.cardinality["place"] == MAX_BUCKETS + 2
    assert [bucket.value for bucket in page.facets["place"][:MAX_BUCKETS]] == [
        f"Town {n:03}" for n in range(MAX_BUCKETS)
    ]
    assert page.facets["place"][3] == Bucket("Town 003", 2, selected=True)
    assert page.facets["place"][MAX_BUCKETS:] == (Bucket("Hamlet 1", 1, True), Bucket("Nowhere", 0, True))


def test_the_calendar_has_a_first_and_a_last_day(filled: Filled) -> None:
    engine = filled([replace(SUMMIT, id="first", published=date.min), replace(SUMMIT, id="last", published=date.max)])
    assert ids(engine.search(Search(sort=Sort.OLDEST))) == ["first", "last"]
    assert found(engine, "date:9999-12-31") == {"last"}
    assert found(engine, "date:..0001-01-01") == {"first"}


def test_pages_add_up_to_the_whole(filled: Filled) -> None:
    engine = filled([replace(SUMMIT, id=f"{n}") for n in range(7)])
    pages = [engine.search(Search(parse("summit"), page=page, size=3)) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [3, 3, 1, 0]
    assert {page.total for page in pages} == {7}
    assert len({article_id for page in pages for article_id in ids(page)}) == 7


@pytest.mark.parametrize(("page", "size"), [(1, 1), (1, MAX_SIZE), (MAX_WINDOW // MAX_SIZE, MAX_SIZE)])
def test_a_search_within_its_bounds(page: int, size: int) -> None:
    assert Search(page=page, size=size).page == page


@pytest.mark.parametrize(("page", "size"), [(0, 10), (1, 0), (1, MAX_SIZE + 1), (MAX_WINDOW // MAX_SIZE + 1, MAX_SIZE)])
def test_a_search_out_of_bounds_is_refused(page: int, size: int) -> None:
    with pytest.raises(ValueError, match=r"size|page"):
        Search(page=page, size=size)


def test_a_suggestion_has_hits(archive: Engine) -> None:
    assert archive.search(Search(parse("sumit beijng"))).suggestion == "summit beijing"
    assert archive.search(Search(parse("sumit"))).suggestion == "summit"
    assert archive.search(Search(parse("qqqqqqqq"))).suggestion is None
    assert archive.search(Search(parse("summit"))).suggestion is None


def test_get_gives_back_what_was_put(archive: Engine) -> None:
    for article in ARCHIVE:
        assert archive.get(article.id) == article
    assert archive.get("nothing") is None


def test_origins_are_remembered(archive: Engine) -> None:
    assert {known.article_id: known for known in archive.origins()} == {a.id: origin(a) for a in ARCHIVE}


def test_put_replaces_and_delete_removes(archive: Engine) -> None:
    before = archive.generation()
    with archive.writer() as writer:
        writer.put(replace(VETO, body="Wholly new words."), origin(VETO))
        writer.delete(SUMMIT.id)
        writer.delete("nothing")
    assert archive.count() == 2
    assert found(archive, "envoys") == set()
    assert found(archive, "wholly") == {"veto"}
    assert archive.generation() == before + 1


def test_a_block_that_raises_changes_nothing(archive: Engine) -> None:
    before = archive.generation()
    with pytest.raises(ZeroDivisionError), archive.writer() as writer:  # noqa: PT012
        writer.delete("veto")
        writer.put(replace(SUMMIT, id="new"), origin(SUMMIT))
        raise ZeroDivisionError
    assert (archive.count(), archive.generation()) == (3, before)


def test_a_first_block_that_raises_leaves_no_index(tmp_path: Path) -> None:
    with open_engine(f"whoosh:{tmp_path}/index") as engine:
        with pytest.raises(ZeroDivisionError), engine.writer() as writer:  # noqa: PT012
            writer.put(VETO, origin(VETO))
            raise ZeroDivisionError
        with pytest.raises(IndexMissing):
            engine.count()
        fill(engine, [VETO])
        assert engine.count() == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves its files open
def test_a_disk_that_refuses_is_told_in_words(archive: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk, pytest.raises(EngineError, match="No space left"):  # noqa: PT012
        disk.setattr("search.columnar.format.ArrayWriter.close", full)
        fill(archive, [replace(VETO, id="new")])
    gc.collect()
    assert archive.count() == 3
    fill(archive, [replace(VETO, id="new")])
    assert archive.count() == 4


def test_a_second_put_of_one_id_is_refused(archive: Engine) -> None:
    with pytest.raises(ValueError, match="before"), archive.writer() as writer:  # noqa: PT012
        writer.put(VETO, origin(VETO))
        writer.put(VETO, origin(VETO))


def test_a_rebuild_swaps_the_index_whole(archive: Engine) -> None:
    with archive.writer(rebuild=True) as writer:
        writer.put(UNDATED, origin(UNDATED))
        assert archive.count() == 3
    assert archive.count() == 1
    assert found(archive, "*") == {"undated"}


def test_another_process_sees_each_commit_at_once(tmp_path: Path) -> None:
    with open_engine(f"whoosh:{tmp_path}/index") as one, open_engine(f"whoosh:{tmp_path}/index") as other:
        for n, article in enumerate(ARCHIVE, 1):
            fill(one, [article])
            assert other.count() == n


def test_no_index_yet(tmp_path: Path) -> None:
    with open_engine(f"whoosh:{tmp_path}/none") as engine, pytest.raises(IndexMissing, match="python -m indexer"):
        engine.search(Search())
    assert not (tmp_path / "none").exists()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves the file open
def test_a_damaged_index_is_an_error_and_stays(tmp_path: Path) -> None:
    with open_engine(f"whoosh:{tmp_path}/index") as engine:
        fill(engine, ARCHIVE)
    [toc] = (tmp_path / "index").rglob("*.toc")
    toc.write_bytes(toc.read_bytes()[:40])
    with open_engine(f"whoosh:{tmp_path}/index") as engine:
        with pytest.raises(IndexDamaged):
            engine.search(Search())
        with pytest.raises(IndexDamaged):
            fill(engine, ARCHIVE)
    gc.collect()
    assert toc.stat().st_size == 40


def test_an_index_of_another_version_asks_for_a_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"whoosh:{tmp_path}/index"
    with monkeypatch.context() as older, open_engine(url) as engine:
        older.setattr("search.whoosh_schema.VERSION_FIELD", "schema_version_0")
        fill(engine, [VETO])
    with open_engine(url) as engine:
        with pytest.raises(IndexOutdated, match="--rebuild"):
            engine.count()
        fill(engine, [SUMMIT], rebuild=True)
        assert engine.count() == 1


def test_an_index_that_lacks_a_field_can_be_rebuilt(tmp_path: Path) -> None:
    with BulkWriter(create_in(tmp_path, Schema(id=ID(unique=True)))) as writer:
        writer.add_document(id="older")
    with open_engine(f"whoosh:{tmp_path}") as engine:
        fill(engine, [VETO], rebuild=True)
        assert engine.count() == 1


def test_a_second_writer_waits_and_then_names_the_cause(archive: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.generations.LOCK_WAIT", 0.2)
    with archive.writer(), pytest.raises(IndexLocked, match="another indexer"), archive.writer():
        pass


@pytest.mark.parametrize("url", ["", "whoosh:", "lucene:data", "data/index"])
def test_an_address_that_names_no_engine(url: str) -> None:
    with pytest.raises(EngineError, match="whoosh:FOLDER"):
        open_engine(url)
