"""Stories in a real index: kept with each commit, seen by whoever sees the commit, and no danger to the articles."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from search import Engine, open_engine, stories, whoosh_schema, whoosh_stories
from search.article import Article
from search.engine import MAX_REPORTS, Search, Story
from tests.conftest import Filled, fill, origin
from tests.story_samples import BRIDGE, BRIDGE_COPY, BRIDGE_NEXT_DAY, BRIDGE_UNDATED, ELECTION, archive

REPORTS = (BRIDGE, BRIDGE_NEXT_DAY, BRIDGE_COPY, BRIDGE_UNDATED)


def story_of(engine: Engine, article: Article) -> Story:
    story = engine.story(article.id)
    assert story is not None
    return story


def together(engine: Engine, articles: Iterable[Article]) -> set[frozenset[str]]:
    told = ((article, engine.story(article.id)) for article in articles)
    return {frozenset((article.id, *(other.id for other in story.reports))) for article, story in told if story}


def test_a_story_tells_its_other_reports_by_day(filled: Filled) -> None:
    engine = filled((ELECTION, *reversed(REPORTS)))
    story = story_of(engine, BRIDGE_NEXT_DAY)
    assert [report.id for report in story.reports] == ["bridge", "bridge-copy", "bridge-undated"]
    assert (story.total, story.first, story.last) == (4, BRIDGE.published, BRIDGE_COPY.published)
    assert set(story.publishers) == {"Tollmouth Echo", "Northern Messenger", "Calder Post", "Skerrin Notes"}
    assert {story_of(engine, report).id for report in REPORTS} == {story.id}


def test_an_article_alone_and_one_that_is_not_there_have_no_story(filled: Filled) -> None:
    engine = filled((ELECTION, BRIDGE))
    assert [engine.story(one) for one in ("election", "bridge", "nothing")] == [None, None, None]


def test_a_later_commit_brings_reports_together_and_takes_them_apart(filled: Filled) -> None:
    engine = filled((BRIDGE, ELECTION))
    fill(engine, (BRIDGE_NEXT_DAY,))
    assert together(engine, REPORTS) == {frozenset(("bridge", "bridge-next-day"))}
    fill(engine, (replace(BRIDGE_NEXT_DAY, body="It rained."),))
    assert together(engine, REPORTS) == set()
    fill(engine, REPORTS)
    with engine.writer() as writer:
        writer.delete("bridge")
    assert together(engine, REPORTS) == {frozenset(("bridge-next-day", "bridge-copy", "bridge-undated"))}
    assert engine.story("bridge") is None


def test_stories_outlive_merges_and_a_rebuild(filled: Filled) -> None:
    articles = archive(events=12, others=20)
    whole = filled(articles)
    expected = together(whole, articles)
    assert len(expected) > 8
    engine = filled(())
    for start in range(0, len(articles), 7):
        fill(engine, articles[start : start + 7])
    assert together(engine, articles) == expected
    fill(engine, random.Random(1).sample(articles, len(articles)), rebuild=True)
    assert together(engine, articles) == expected


def test_a_large_archive_goes_on_from_what_it_knew(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = archive(events=12, others=20)
    engine = filled(articles)
    expected = together(engine, articles)
    monkeypatch.setattr(stories, "ALWAYS_ANEW", 0)
    monkeypatch.setattr(stories, "_anew", lambda *_: pytest.fail("began anew"))
    with engine.writer() as writer:
        for article in articles[-10:]:
            writer.delete(article.id)
    assert together(engine, articles) != expected
    fill(engine, articles[-10:])
    assert together(engine, articles) == expected


def test_a_story_of_many_reports_is_told_in_part(filled: Filled) -> None:
    copies = [replace(BRIDGE, id=f"copy-{number:03}") for number in range(MAX_REPORTS + 2)]
    story = story_of(filled(copies), copies[0])
    assert (story.total, len(story.reports)) == (MAX_REPORTS + 2, MAX_REPORTS)


def file_of(folder: Path) -> Path:
    return max(folder.rglob("*.stories"), key=lambda path: int(path.stem.rpartition("_")[2]))


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "altered"])
def test_without_a_whole_file_nothing_is_lost_but_stories_until_the_next_commit(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    with open_engine(f"whoosh:{tmp_path}") as engine:
        fill(engine, REPORTS)
    path = file_of(tmp_path)
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        altered = bytearray(whole)
        altered[80] ^= 0xFF
        path.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "altered": bytes(altered)}[damage])
    with open_engine(f"whoosh:{tmp_path}") as engine:
        assert engine.search(Search()).total == len(REPORTS)
        assert engine.story("bridge") is None
        fill(engine, (ELECTION,))
        assert together(engine, REPORTS) == {frozenset(report.id for report in REPORTS)}
    assert ("cannot be read" in caplog.text) is (damage != "missing")


def test_an_error_in_finding_stories_loses_no_article(
    filled: Filled, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine = filled((BRIDGE,))
    with monkeypatch.context() as broken:
        broken.setattr(whoosh_stories, "find", lambda *_: 1 / 0)
        fill(engine, (BRIDGE_NEXT_DAY,))
        assert engine.count() == 2
        assert engine.story("bridge") is None
    assert "no stories were found" in caplog.text
    fill(engine, (ELECTION,))
    assert story_of(engine, BRIDGE).total == 2


def test_an_article_that_cannot_be_sketched_is_indexed(
    filled: Filled, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(whoosh_schema, "sketch", lambda _: 1 / 0)
    engine = filled((BRIDGE, BRIDGE_COPY))
    assert engine.get("bridge") is not None
    assert engine.story("bridge") is None
    assert "'bridge'" in caplog.text


def test_a_block_that_raises_leaves_the_stories_as_they_were(tmp_path: Path) -> None:
    with open_engine(f"whoosh:{tmp_path}") as engine:
        fill(engine, REPORTS[:2])
        before = sorted(path.name for path in tmp_path.rglob("*.stories"))
        with pytest.raises(ValueError, match="was put before"):
            fill(engine, (BRIDGE_COPY, BRIDGE_COPY))
        assert sorted(path.name for path in tmp_path.rglob("*.stories")) == before
        assert story_of(engine, BRIDGE).total == 2


def test_each_generation_has_one_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with open_engine(f"whoosh:{tmp_path}") as engine:
        for number in range(4):
            fill(engine, (replace(BRIDGE, id=str(number)),))
    found = {path.parent.name: path.name for path in tmp_path.rglob("*.stories")}
    assert found == {number: f"_MAIN_{number}.stories" for number in ("2", "3", "4")}
    assert len(list(tmp_path.rglob("*.stories"))) == 3
    assert not caplog.text


def test_worker_processes_sketch_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = archive(events=8, others=10)
    monkeypatch.setattr("search.columnar.bulk.BATCH_DOCUMENTS", 5)
    with open_engine(f"whoosh:{tmp_path / 'two'}") as two, open_engine(f"whoosh:{tmp_path / 'one'}") as one:
        fill(one, articles)
        with two.writer(jobs=2) as writer:
            for article in articles:
                writer.put(article, origin(article))
        assert together(two, articles) == together(one, articles) != set()
