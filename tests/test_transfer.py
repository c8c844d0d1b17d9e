from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from indexer.pipeline import index
from indexer.transfer import transfer
from search import Engine, EngineError, open_engine
from search.article import Article
from search.engine import Origin, Search, Sort
from tests.test_indexer import Command, counts, write, write_lines

LONG_AGO = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Engine]:
    """An archive of captures, lines and one article with all there is, one of them taken down."""
    news = write(tmp_path / "news", "a.txt", "b.txt", "c/d.txt")
    write_lines(news / "e.jsonl", "one", "two", "gone")
    with open_engine(f"whoosh:{tmp_path / 'given'}") as engine:
        index([str(news)], engine)
        with engine.writer() as writer:
            whole = Article(
                "an/id with ünusual letters", title="Łódź", summary=("One.", "Two."), body="First.\n\nSecond.",
                author=("A", "B"), publisher="P", place="Q", published=date(2012, 6, 5), captions=("C",), language="pl",
                url="https://example.org/", path="x/y.html", indexed=LONG_AGO,
            )  # fmt: skip
            writer.put(whole, Origin(whole.id, "", "", "digest", LONG_AGO))
            writer.remove("gone", LONG_AGO)
        yield engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(f"whoosh:{tmp_path / 'index'}") as engine:
        yield engine


def held(engine: Engine) -> dict[str, tuple[Origin, Article | None]]:
    return {origin.article_id: (origin, engine.get(origin.article_id)) for origin in engine.origins()}


def order(engine: Engine, search: Search) -> list[str]:
    return [hit.article.id for hit in engine.search(search).hits]


def test_nothing_is_lost_there_and_back(given: Engine, engine: Engine, tmp_path: Path) -> None:
    report = transfer(given, engine)
    assert counts(report) == (6, 0, 0, 0, 0)
    assert held(engine) == held(given)
    assert engine.removed() == given.removed() == {"gone": LONG_AGO}
    newest = Search(sort=Sort.INDEXED, size=9)
    assert [hit.article.id for hit in engine.search(newest).hits] == [
        hit.article.id for hit in given.search(newest).hits
    ]
    assert counts(transfer(engine, given)) == (0, 0, 6, 0, 0)
    with open_engine(f"whoosh:{tmp_path / 'back'}") as back:
        transfer(engine, back)
        assert held(back) == held(given)
        assert back.removed() == given.removed()


def test_the_next_run_over_the_files_finds_nothing_to_do(given: Engine, engine: Engine, tmp_path: Path) -> None:
    transfer(given, engine)
    report = index([str(tmp_path / "news")], engine)
    assert (counts(report), report.removed) == ((0, 0, 5, 0, 0), 1)


def test_what_stands_there_already_is_updated_or_left_alone(given: Engine, engine: Engine, tmp_path: Path) -> None:
    transfer(given, engine)
    before = engine.generation()
    assert counts(transfer(given, engine)) == (0, 0, 6, 0, 0)
    assert engine.generation() == before
    index([str(write_lines(tmp_path / "own.jsonl", "own"))], engine)
    two = next(origin for origin in given.origins() if origin.article_id == "two")
    with given.writer() as writer:
        writer.put(Article("two", title="Another title"), replace(two, digest="another"))
        writer.remove("one")
    assert counts(transfer(given, engine)) == (0, 1, 4, 1, 0)
    assert engine.get("own") is not None
    assert engine.get("one") is None
    two_now = engine.get("two")
    assert two_now is not None
    assert two_now.title == "Another title"


def test_what_was_taken_down_here_stays_out(given: Engine, engine: Engine) -> None:
    transfer(given, engine)
    with engine.writer() as writer:
        writer.remove("one")
    report = transfer(given, engine)
    assert (counts(report), report.removed) == ((0, 0, 5, 0, 0), 1)
    assert engine.get("one") is None


def test_whatever_goes_wrong_the_index_is_as_it_was(given: Engine, engine: Engine) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer(given, engine, progress=stop)
    with pytest.raises(EngineError):
        engine.count()
    told: list[int] = []
    transfer(given, engine, progress=told.append)
    assert sum(told) == 6


def test_the_command(given: Engine, tmp_path: Path) -> None:
    command = Command(tmp_path)
    report = command.report("--from", "whoosh:given", "--index", "whoosh:new")
    assert (report["added"], report["documents"], report["generation"]) == (6, 6, 1)
    assert command("--from", "whoosh:given", "--index", "whoosh:new")[1].startswith("0 added, 0 updated, 6 unchanged")
    with open_engine(f"whoosh:{tmp_path / 'new'}") as new:
        assert held(new) == held(given)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["news"], 2, "--from takes the place of a SOURCE"),
        (["--rebuild"], 2, "--from takes the place of a SOURCE"),
        ([], 1, "there is no index in nowhere"),
    ],
)
def test_what_cannot_be_done_is_told(tmp_path: Path, arguments: list[str], status: int, said: str) -> None:
    got, out, err = Command(tmp_path)("--from", "whoosh:nowhere", "--index", "whoosh:new", *arguments)
    assert (got, out) == (status, "")
    assert said in err
    assert list(tmp_path.iterdir()) == []
