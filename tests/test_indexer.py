from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import pty
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from indexer import pipeline, sandbox
from indexer.extract import EXTRACTION_VERSION
from indexer.pipeline import FEW_BYTES, FEW_ITEMS, ITEMS_IN_FLIGHT, Report, extracted, index
from indexer.sources import Item, read, resolve
from search import Engine, EngineError, open_engine
from search.article import Article
from search.engine import IndexLocked, IndexMissing, IndexOutdated, Origin

ROOT = Path(__file__).parents[1]
PATIENCE = 120  # seconds that a process may take before it counts as hanging

CAPTURE = """Harbour number {number} opens again

The harbour opened to ships on Monday after the longest strike in its history, the port authority said in a statement.
Crews had stopped work for eleven weeks, and more than forty freighters waited in the bay for berths and for pilots.

Dockers voted for the agreement by a small majority. It raises wages by three per cent a year, and it keeps the shifts
as they were before the dispute began, which both sides called an honest compromise on the evening of the vote.
"""


def write(folder: Path, *names: str, text: str | bytes = CAPTURE) -> Path:
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.replace("{number}", str(number)).encode())
    return folder


def write_lines(path: Path, *titles: str) -> Path:
    """A file of JSON lines, each article with its title for an id."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"id": title, "title": title}) + "\n" for title in titles))
    return path


def paths(engine: Engine) -> list[str]:
    return sorted(origin.path for origin in engine.origins())


def ids(engine: Engine) -> list[str]:
    return sorted(origin.article_id for origin in engine.origins())


def counts(report: Report) -> tuple[int, int, int, int, int]:
    """Added, updated, unchanged, deleted, failed."""
    return report.added, report.updated, report.unchanged, report.deleted, len(report.failed)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(f"whoosh:{tmp_path / 'index'}") as engine:
        yield engine


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return write(tmp_path / "news", "a.txt", "b.txt", "c/d.txt", "c/e.txt")


class TestWhatChanged:
    def test_what_is_new_is_added(self, engine: Engine, news: Path) -> None:
        before = datetime.now(UTC) - timedelta(seconds=1)
        report = index([str(news)], engine)
        assert counts(report) == (4, 0, 0, 0, 0)
        assert (report.documents, report.documents) == (4, engine.count())
        assert report.generation == engine.generation() > 0
        for origin in engine.origins():
            article = engine.get(origin.article_id)
            assert article is not None
            assert article.path == origin.path
            assert origin.source == str(news)
            assert article.indexed == origin.indexed
            assert before < origin.indexed <= datetime.now(UTC)
            assert origin.indexed.microsecond == 0

    def test_what_is_unchanged_is_neither_extracted_nor_written(
        self, engine: Engine, news: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_lines(news / "f.jsonl", "one", "two")
        first = index([str(news)], engine)
        monkeypatch.setattr(pipeline, "extract", None)
        monkeypatch.setattr(engine, "writer", None)
        second = index([str(news)], engine)
        assert counts(second) == (0, 0, 6, 0, 0)
        assert (second.documents, second.generation) == (first.documents, first.generation)

    def test_what_changed_is_updated_and_keeps_the_day_it_entered(
        self, engine: Engine, news: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index([str(news)], engine)
        entered = {origin.article_id: origin.indexed for origin in engine.origins()}
        (news / "a.txt").write_text(CAPTURE.replace("Monday", "Tuesday"))
        monkeypatch.setattr(pipeline, "datetime", Tomorrow)
        assert counts(index([str(news)], engine)) == (0, 1, 3, 0, 0)
        assert {origin.article_id: origin.indexed for origin in engine.origins()} == entered
        [changed] = [origin.article_id for origin in engine.origins() if origin.path == "a.txt"]
        article = engine.get(changed)
        assert article is not None
        assert "Tuesday" in article.body
        assert article.indexed == entered[changed]

    def test_better_rules_reach_what_was_indexed_before(
        self, engine: Engine, news: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index([str(news)], engine)
        monkeypatch.setattr(pipeline, "EXTRACTION_VERSION", EXTRACTION_VERSION + 1)
        assert counts(index([str(news)], engine)) == (0, 4, 0, 0, 0)
        assert counts(index([str(news)], engine)) == (0, 0, 4, 0, 0)

    def test_an_article_with_an_id_of_its_own_may_move(self, engine: Engine, tmp_path: Path) -> None:
        write_lines(tmp_path / "news/a.jsonl", "one", "two")
        index([str(tmp_path / "news")], engine)
        (tmp_path / "news/a.jsonl").rename(tmp_path / "news/b.jsonl")
        assert counts(index([str(tmp_path / "news")], engine)) == (0, 2, 0, 0, 0)
        assert paths(engine) == ["b.jsonl", "b.jsonl"]

    def test_other_files_are_counted(self, engine: Engine, news: Path) -> None:
        write(news, "notes.rtf", "c/picture.jpg", ".hidden.rtf")
        report = index([str(news)], engine)
        assert (report.left_out, counts(report)) == (2, (4, 0, 0, 0, 0))

    def test_progress_is_told_of_every_byte(self, engine: Engine, news: Path) -> None:
        whole = sum(path.stat().st_size for path in news.rglob("*.txt"))
        for _ in range(2):
            told: list[int] = []
            index([str(news)], engine, progress=told.append)
            assert sum(told) == whole

    def test_whatever_goes_wrong_the_index_is_as_it_was(self, engine: Engine, news: Path) -> None:
        index([str(news)], engine)
        before = (engine.generation(), list(engine.origins()))
        write(news, "f.txt", "g.txt")

        def stop(_: int) -> None:
            raise KeyboardInterrupt

        for rebuild in (False, True):
            with pytest.raises(KeyboardInterrupt):
                index([str(news)], engine, rebuild=rebuild, progress=stop)
            assert (engine.generation(), list(engine.origins())) == before
        assert counts(index([str(news)], engine)) == (2, 0, 4, 0, 0)


class Tomorrow(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) + timedelta(days=1)


class TestDeletes:
    @pytest.mark.parametrize(
        ("held", "gone", "allowed", "deleted"),
        [
            (4, 1, False, 1),
            (4, 2, False, 2),
            (4, 3, False, 0),
            (4, 3, True, 3),
            (5, 2, False, 2),
            (5, 3, False, 0),
            (1, 1, False, 0),
            (1, 1, True, 1),
            (2, 1, False, 1),
            (2, 2, False, 0),
            (2, 2, True, 2),
        ],
    )
    @pytest.mark.parametrize("rebuild", [False, True])
    def test_more_than_half_of_a_source_is_deleted_only_when_allowed(
        self, engine: Engine, tmp_path: Path, held: int, gone: int, allowed: bool, deleted: int, rebuild: bool
    ) -> None:
        source = write(tmp_path / "news", *(f"{number}.txt" for number in range(held)))
        index([str(source)], engine)
        for number in range(gone):
            (source / f"{number}.txt").unlink()
        report = index([str(source)], engine, rebuild=rebuild, allow_deletes=allowed)
        assert counts(report) == (0, 0, held - gone, deleted, 0 if deleted else 1)
        assert engine.count() == report.documents == held - deleted
        if not deleted:
            assert report.failed[0].path == str(source)
            assert f"{gone} of its {held} articles" in report.failed[0].reason
            assert "--allow-deletes" in report.failed[0].reason

    def test_a_source_that_is_refused_does_not_stop_the_rest(self, engine: Engine, tmp_path: Path) -> None:
        one = write(tmp_path / "one", "a.txt", "b.txt", "c.txt")
        two = write(tmp_path / "two", "a.txt", "b.txt", "c.txt")
        index([str(one), str(two)], engine)
        for name in ("one/a.txt", "one/b.txt", "two/a.txt"):
            (tmp_path / name).unlink()
        write(one, "new.txt")
        report = index([str(one), str(two)], engine)
        assert counts(report) == (1, 0, 3, 1, 1)
        assert paths(engine) == ["a.txt", "b.txt", "b.txt", "c.txt", "c.txt", "new.txt"]

    def test_articles_of_other_sources_stay(self, engine: Engine, tmp_path: Path) -> None:
        one = write(tmp_path / "one", "a.txt", "b.txt")
        two = write(tmp_path / "two", "a.txt")
        index([str(one)], engine)
        assert counts(index([str(two)], engine)) == (1, 0, 0, 0, 0)
        (one / "a.txt").unlink()
        assert counts(index([str(two)], engine)) == (0, 0, 1, 0, 0)
        assert engine.count() == 3

    def test_a_line_that_is_gone_is_deleted(self, engine: Engine, tmp_path: Path) -> None:
        lines = write_lines(tmp_path / "news.jsonl", "one", "two", "three")
        index([str(lines)], engine)
        write_lines(lines, "one", "three")
        assert counts(index([str(lines)], engine)) == (0, 0, 2, 1, 0)
        assert ids(engine) == ["one", "three"]


class TestUnread:
    """What cannot be read keeps its indexed version, in a rebuild as in any run."""

    @pytest.fixture(params=[False, True], ids=["update", "rebuild"])
    def rebuild(self, request: pytest.FixtureRequest) -> bool:
        return bool(request.param)

    def test_a_missing_source_deletes_nothing(self, engine: Engine, news: Path, rebuild: bool) -> None:
        index([str(news)], engine)
        news.rename(news.parent / "elsewhere")
        report = index([str(news)], engine, rebuild=rebuild, allow_deletes=True)
        assert counts(report) == (0, 0, 0, 0, 1)
        assert "no such file or folder" in report.failed[0].reason
        assert engine.count() == report.documents == 4

    def test_a_folder_that_is_not_there_for_now_keeps_its_articles(
        self, engine: Engine, news: Path, tmp_path: Path, rebuild: bool
    ) -> None:
        """As a link to a disk that is not mounted."""
        disk = write(tmp_path / "disk", "x/1.txt", "y.txt")
        (news / "linked").symlink_to(disk)
        assert index([str(news)], engine).added == 6
        disk.rename(tmp_path / "unplugged")
        (news / "c/d.txt").unlink()
        report = index([str(news)], engine, rebuild=rebuild, allow_deletes=True)
        assert counts(report) == (0, 0, 3, 1, 1)
        assert paths(engine) == ["a.txt", "b.txt", "c/e.txt", "linked/x/1.txt", "linked/y.txt"]

    def test_a_broken_line_deletes_nothing_of_its_file(self, engine: Engine, tmp_path: Path, rebuild: bool) -> None:
        """Nobody can tell which article it was."""
        write_lines(tmp_path / "news/a.jsonl", "one", "two", "three")
        write_lines(tmp_path / "news/b.jsonl", "four", "five")
        index([str(tmp_path / "news")], engine)
        broken = write_lines(tmp_path / "news/a.jsonl", "one", "three")
        broken.write_text(broken.read_text() + '{"id": "two", "ti')
        write_lines(tmp_path / "news/b.jsonl", "five")
        report = index([str(tmp_path / "news")], engine, rebuild=rebuild)
        assert counts(report) == (0, 0, 3, 1, 1)
        assert report.failed[0].reason.startswith("line 3: not JSON")
        assert ids(engine) == ["five", "one", "three", "two"]

    @pytest.mark.parametrize("data", [b"", bytes(range(256)) * 8], ids=["empty", "binary"])
    def test_an_item_that_cannot_be_extracted_keeps_its_version(
        self, engine: Engine, news: Path, data: bytes, rebuild: bool
    ) -> None:
        index([str(news)], engine)
        before = {origin.article_id: origin for origin in engine.origins()}
        (news / "a.txt").write_bytes(data)
        report = index([str(news)], engine, rebuild=rebuild)
        assert counts(report) == (0, 0, 3, 0, 1)
        assert report.failed[0].path == str(news / "a.txt")
        assert {origin.article_id: origin for origin in engine.origins()} == before

    def test_a_capture_that_became_something_else_keeps_its_version(
        self, engine: Engine, news: Path, rebuild: bool
    ) -> None:
        index([str(news)], engine)
        (news / "a.txt").unlink()
        os.mkfifo(news / "a.txt")
        assert counts(index([str(news)], engine, rebuild=rebuild)) == (0, 0, 3, 0, 1)
        assert engine.count() == 4


class TestOneIdTwice:
    def test_in_two_sources_of_one_run(self, engine: Engine, tmp_path: Path) -> None:
        one, two = (write(tmp_path / disk / "news", "a.txt") for disk in ("one", "two"))
        report = index([str(one), str(two)], engine)
        assert counts(report) == (1, 0, 0, 0, 1)
        assert report.failed[0].path == str(two / "a.txt")
        assert str(one) in report.failed[0].reason
        assert str(two) in report.failed[0].reason
        assert [origin.source for origin in engine.origins()] == [str(one)]
        again = index([str(two), str(one)], engine)
        assert counts(again) == (0, 0, 1, 0, 1)
        assert [origin.source for origin in engine.origins()] == [str(one)]

    @pytest.mark.parametrize("rebuild", [False, True])
    def test_in_a_source_indexed_before(self, engine: Engine, tmp_path: Path, rebuild: bool) -> None:
        one = write_lines(tmp_path / "one.jsonl", "same", "first")
        two = write_lines(tmp_path / "two.jsonl", "same", "second")
        index([str(one)], engine)
        report = index([str(two)], engine, rebuild=rebuild)
        assert counts(report) == (1, 0, 0, 0, 1)
        assert report.failed[0].reason.startswith("line 1: ")
        assert str(one) in report.failed[0].reason
        assert str(two) in report.failed[0].reason
        assert {origin.article_id: Path(origin.source).stem for origin in engine.origins()} == {
            "same": "one",
            "first": "one",
            "second": "two",
        }

    def test_in_a_folder_and_a_file_in_it(self, engine: Engine, news: Path) -> None:
        report = index([str(news), str(news / "a.txt")], engine)
        assert counts(report) == (4, 0, 0, 0, 1)
        assert f"stands in {news} already" in report.failed[0].reason
        assert f"{news / 'a.txt'} has it too" in report.failed[0].reason

    def test_in_one_source(self, engine: Engine, tmp_path: Path) -> None:
        write_lines(tmp_path / "news/a.jsonl", "one", "two", "one")
        write_lines(tmp_path / "news/b.jsonl", "three", "two")
        report = index([str(tmp_path / "news")], engine)
        assert counts(report) == (3, 0, 0, 0, 2)
        for failure, places in zip(report.failed, [("a", 1, "a", 3), ("a", 2, "b", 2)], strict=True):
            first, line, second, other = places
            assert f"{first}.jsonl line {line} already" in failure.reason
            assert f"{second}.jsonl line {other} is not" in failure.reason


class TestRebuild:
    def test_everything_is_extracted_and_written_anew(self, engine: Engine, news: Path) -> None:
        first = index([str(news)], engine)
        entered = {origin.article_id: origin for origin in engine.origins()}
        report = index([str(news)], engine, rebuild=True)
        assert counts(report) == (0, 0, 4, 0, 0)
        assert report.generation > first.generation
        assert {origin.article_id: origin for origin in engine.origins()} == entered

    def test_articles_of_other_sources_are_carried_over(self, engine: Engine, news: Path, tmp_path: Path) -> None:
        other = write_lines(tmp_path / "other.jsonl", "one", "two")
        index([str(news), str(other)], engine)
        before = {origin.article_id: engine.get(origin.article_id) for origin in engine.origins()}
        other.unlink()
        (news / "a.txt").write_text(CAPTURE.replace("Monday", "Tuesday"))
        (news / "b.txt").unlink()
        write(news, "new.txt")
        report = index([str(news)], engine, rebuild=True)
        assert counts(report) == (1, 1, 2, 1, 0)
        assert paths(engine) == ["a.txt", "c/d.txt", "c/e.txt", "new.txt", "other.jsonl", "other.jsonl"]
        for title in ("one", "two"):
            assert engine.get(title) == before[title]

    def test_nobody_can_commit_between_its_look_at_the_index_and_its_own_commit(
        self, engine: Engine, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index([str(news)], engine)
        monkeypatch.setattr("search.generations.LOCK_WAIT", 0.1)
        look = engine.origins

        def look_while_another_writes() -> Iterator[Origin]:
            with open_engine(f"whoosh:{tmp_path / 'index'}") as other, pytest.raises(IndexLocked), other.writer():
                pass
            return look()

        monkeypatch.setattr(engine, "origins", look_while_another_writes)
        assert counts(index([str(news)], engine, rebuild=True)) == (0, 0, 4, 0, 0)

    def test_an_index_of_an_older_schema_is_carried_over(
        self, engine: Engine, news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = write_lines(tmp_path / "other.jsonl", "one", "two")
        with monkeypatch.context() as older:
            older.setattr("search.whoosh_schema.VERSION_FIELD", "schema_version_0")
            index([str(news), str(other)], engine)
            before = {origin.article_id: origin for origin in engine.origins()}
        with open_engine(f"whoosh:{tmp_path / 'index'}") as later:
            with pytest.raises(IndexOutdated):
                index([str(news)], later)
            index([str(news)], later, rebuild=True)
            assert {origin.article_id: origin for origin in later.origins()} == before

    def test_where_there_is_no_index_it_makes_one(self, engine: Engine, news: Path) -> None:
        assert counts(index([str(news)], engine, rebuild=True)) == (4, 0, 0, 0, 0)


class TestDryRun:
    @pytest.mark.parametrize("rebuild", [False, True])
    def test_it_says_what_would_change_and_writes_nothing(self, engine: Engine, news: Path, rebuild: bool) -> None:
        index([str(news)], engine)
        before = (engine.generation(), list(engine.origins()))
        (news / "a.txt").write_text(CAPTURE.replace("Monday", "Tuesday"))
        (news / "b.txt").unlink()
        write(news, "new.txt")
        (news / "empty.txt").touch()
        dry = index([str(news)], engine, dry_run=True, rebuild=rebuild)
        assert counts(dry) == (1, 1, 2, 1, 1)
        assert (dry.documents, dry.generation) == (4, before[0])
        assert (engine.generation(), list(engine.origins())) == before
        assert counts(index([str(news)], engine, rebuild=rebuild)) == counts(dry)

    def test_it_works_with_no_index_and_makes_none(self, engine: Engine, news: Path, tmp_path: Path) -> None:
        report = index([str(news)], engine, dry_run=True)
        assert (counts(report), report.documents, report.generation) == ((4, 0, 0, 0, 0), 0, 0)
        assert not (tmp_path / "index").exists()
        with pytest.raises(IndexMissing):
            engine.count()


def captures(folder: Path, number: int) -> Path:
    return write(folder, *(f"{one:04}.txt" for one in range(number)))


def found_in(folder: Path) -> list[Item]:
    [source] = resolve([str(folder)])
    return [found for found in read(source) if isinstance(found, Item)]


# These stand in for `indexer.extract.extract`; other processes find them by their names.


def extract_process(_: bytes, *, article_id: str, path: str, fetched: None) -> Article:  # noqa: ARG001
    return Article(article_id, body=str(os.getpid()), path=path)


def extract_or_die(data: bytes, *, article_id: str, path: str, fetched: None) -> Article:  # noqa: ARG001
    if b"POISON" in data:
        os._exit(11)
    return Article(article_id, body=data.decode(), path=path)


def extract_or_be_killed(data: bytes, *, article_id: str, path: str, fetched: None) -> Article:  # noqa: ARG001
    if b"POISON" in data:
        os.kill(os.getpid(), signal.SIGKILL)
    return Article(article_id, body=data.decode(), path=path)


def extract_or_fail(data: bytes, *, article_id: str, path: str, fetched: None) -> Article:  # noqa: ARG001
    if b"POISON" in data:
        raise ZeroDivisionError("no rule foresaw this")
    return Article(article_id, body=data.decode(), path=path)


def asked_processes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """In how many processes each capture is one, from now on."""
    asked: list[int] = []

    call = pipeline._call

    def watch(processes: int, item: Item) -> Any:
        asked.append(processes)
        return call(processes, item)

    monkeypatch.setattr(pipeline, "_call", watch)
    return asked


class TestProcesses:
    @pytest.mark.parametrize("poison", [extract_or_die, extract_or_be_killed])
    def test_a_process_that_dies_takes_one_item_along(
        self, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, poison: Callable[..., Article]
    ) -> None:
        folder = captures(tmp_path / "news", 40)
        for name in ("0003.txt", "0004.txt", "0030.txt"):
            (folder / name).write_bytes(b"POISON")
        monkeypatch.setattr(pipeline, "extract", poison)
        report = index([str(folder)], engine, jobs=2)
        assert counts(report) == (37, 0, 0, 0, 3)
        assert [Path(failure.path).name for failure in report.failed] == ["0003.txt", "0004.txt", "0030.txt"]
        assert all("died" in failure.reason for failure in report.failed)
        assert engine.count() == 37

    @pytest.mark.parametrize("number", [4, 40], ids=["in one process", "in several"])
    def test_a_fault_of_the_rules_stops_only_its_item(
        self, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        folder = captures(tmp_path / "news", number)
        (folder / "0002.txt").write_bytes(b"POISON")
        monkeypatch.setattr(pipeline, "extract", extract_or_fail)
        report = index([str(folder)], engine, jobs=1)
        assert counts(report) == (number - 1, 0, 0, 0, 1)
        assert "no rule foresaw this" in report.failed[0].reason

    @pytest.mark.parametrize(
        ("number", "processes"), [(1, {1}), (FEW_ITEMS - 1, {1}), (FEW_ITEMS, {1}), (FEW_ITEMS + 1, {2})]
    )
    def test_a_few_are_extracted_in_one_process(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, processes: set[int]
    ) -> None:
        asked = asked_processes(monkeypatch)
        monkeypatch.setattr(pipeline, "extract", extract_process)
        made = list(extracted(found_in(captures(tmp_path, number)), jobs=2))
        assert [item.path for item, _ in made] == [f"{one:04}.txt" for one in range(number)]
        assert str(os.getpid()) not in {article.body for _, article in made if isinstance(article, Article)}
        assert set(asked) == processes

    @pytest.mark.parametrize(("more", "processes"), [(-1, {1}), (0, {1}), (1, {2})])
    def test_a_few_are_few_bytes_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, processes: set[int]
    ) -> None:
        write(tmp_path, "a.txt", text=b"x" * (FEW_BYTES - 2))
        write(tmp_path, "b.txt", text=b"x" * (2 + more))
        asked = asked_processes(monkeypatch)
        monkeypatch.setattr(pipeline, "extract", extract_process)
        assert len(list(extracted(found_in(tmp_path), jobs=2))) == 2
        assert set(asked) == processes

    def test_articles_that_are_ready_start_no_processes(self, engine: Engine, tmp_path: Path) -> None:
        write_lines(tmp_path / "news.jsonl", *map(str, range(100)))
        sandbox.close()  # those that are kept from other tests
        seen: set[int] = set()

        def look(_: int) -> None:
            seen.update(child.pid or 0 for child in multiprocessing.active_children())

        assert index([str(tmp_path / "news.jsonl")], engine, jobs=2, progress=look).added == 100
        assert seen == set()

    def test_only_so_many_are_in_memory(self, tmp_path: Path) -> None:
        items = found_in(captures(tmp_path, 60))
        taken = 0

        def take() -> Iterator[Item]:
            nonlocal taken
            for item in items:
                taken += 1
                yield item

        most = 0
        for done, _ in enumerate(extracted(take(), jobs=1)):
            most = max(most, taken - done)
        assert taken == 60
        assert most <= FEW_ITEMS + 1 + ITEMS_IN_FLIGHT

    def test_only_so_many_bytes_are_in_flight(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        items = found_in(captures(tmp_path, 30))
        monkeypatch.setattr(pipeline, "BYTES_IN_FLIGHT", len(items[0].data) + 1)
        flights: list[int] = []
        start = pipeline._Flight.start

        def watch(flight: Any, item: Item) -> None:
            start(flight, item)
            flights.append(len(flight))

        monkeypatch.setattr(pipeline._Flight, "start", watch)
        assert len(list(extracted(items, jobs=2))) == 30
        assert set(flights) == {1}


Process = subprocess.Popen[bytes]


class Command:
    """`python -m indexer` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "SEARCH_URL"},
            "PYTHONPATH": str(ROOT),
        }

    def start(self, *arguments: str | bytes, **options: Any) -> Process:
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        command = [sys.executable, "-m", "indexer", *arguments]
        return Process(command, cwd=self.folder, env=self.environment, **options)

    def __call__(self, *arguments: str | bytes, given: bytes = b"", **options: Any) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        with self.start(*arguments, **options) as process:
            out, err = process.communicate(given, timeout=PATIENCE)
        return process.returncode, out.decode(), err.decode()

    def report(self, *arguments: str | bytes, **options: Any) -> dict[str, Any]:
        status, out, err = self(*arguments, "--json", **options)
        report = json.loads(out)
        assert isinstance(report, dict)
        assert (status, err) == (1 if report["failed"] else 0, "")
        return report


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.mark.usefixtures("news")
class TestCommand:
    def test_the_report_is_one_json_object(self, command: Command, news: Path) -> None:
        (news / "empty.txt").touch()
        report = command.report("news")
        assert list(report) == [
            *("added", "updated", "unchanged", "deleted", "removed", "failed", "documents", "generation", "seconds"),
            *("without_title", "without_date", "without_body"),
        ]
        [failure] = report.pop("failed")
        assert set(failure) == {"path", "reason"}
        assert failure["path"] == "news/empty.txt"
        assert report.pop("seconds") >= 0
        generation = report.pop("generation")
        lacking = [report.pop(f"without_{part}") for part in ("title", "date", "body")]
        assert lacking == [0, 4, 0]
        assert report == {"added": 4, "updated": 0, "unchanged": 0, "deleted": 0, "removed": 0, "documents": 4}
        again = command.report("news")
        assert (again["unchanged"], again["added"], again["generation"]) == (4, 0, generation)

    def test_without_a_source_it_is_seeds(self, command: Command, tmp_path: Path) -> None:
        status, _, err = command()
        assert status == 1
        assert err.startswith("seeds/: no such file or folder")
        write(tmp_path / "seeds", "a.txt")
        assert command()[0] == 0
        with open_engine(f"whoosh:{tmp_path}/data/index") as engine:
            assert engine.count() == 1

    def test_the_environment_names_the_index_and_the_option_goes_first(self, command: Command, tmp_path: Path) -> None:
        command.environment["SEARCH_URL"] = "whoosh:one"
        assert command("news")[0] == 0
        assert command("news", "--index", "whoosh:two")[0] == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == ["news", "one", "two"]

    def test_it_reports_in_words(self, command: Command, news: Path) -> None:
        write(news, "notes.rtf")
        (news / "empty.txt").touch()
        status, out, err = command("news", "--index", "whoosh:index")
        assert status == 1
        assert out.startswith(
            "4 added, 0 updated, 0 unchanged, 0 deleted, 1 failed; of those added or updated 4 without a date; "
            "1 other files left out. 4 articles"
        )
        assert out.count("\n") == 1
        assert err.startswith("news/empty.txt: ")
        assert err.count("\n") == 1

    def test_what_articles_of_this_run_lack_is_counted(self, command: Command, tmp_path: Path) -> None:
        nameless = {"id": "a", "body": "Words."}
        bare = {"id": "b", "title": "Headline", "published": "2012-06-07"}
        (tmp_path / "news" / "lacking.jsonl").write_text("".join(json.dumps(each) + "\n" for each in (nameless, bare)))
        status, out, _ = command("news", "--index", "whoosh:one")
        assert status == 0
        assert out.startswith("6 added, ")
        assert "; of those added or updated 1 without a title, 5 without a date, 1 without a body. 6 articles" in out
        again = command.report("news", "--index", "whoosh:one")
        assert [again[f"without_{part}"] for part in ("title", "date", "body")] == [0, 0, 0]

    def test_a_dry_run_says_so(self, command: Command, tmp_path: Path) -> None:
        status, out, err = command("news", "--dry-run")
        assert (status, err) == (0, "")
        assert out.startswith("Nothing was written. It would be: 4 added")
        assert not (tmp_path / "data").exists()

    def test_quiet_tells_failures_only(self, command: Command, news: Path) -> None:
        assert command("news", "--quiet") == (0, "", "")
        (news / "empty.txt").touch()
        status, out, err = command("news", "--quiet")
        assert (status, out, err.count("\n")) == (1, "", 1)

    def test_print_writes_articles_and_indexes_nothing(self, command: Command, news: Path, tmp_path: Path) -> None:
        write(news, "f.txt", text="Zürich — „Guten Morgen“\n\n" + CAPTURE)
        (news / "empty.txt").touch()
        command.environment["LC_ALL"] = "C"
        status, out, err = command("news", "--print", "--jobs", "1")
        printed = [json.loads(line) for line in out.splitlines()]
        assert status == 1
        assert [article["path"] for article in printed] == ["a.txt", "b.txt", "c/d.txt", "c/e.txt", "f.txt"]
        assert all(article["indexed"] is None and "freighters" in article["body"] for article in printed)
        assert "Zürich" in out
        assert err.startswith("news/empty.txt: ")
        assert err.count("\n") == 1
        assert not (tmp_path / "data").exists()

    def test_explain_tells_every_line_and_what_cannot_be_explained(self, command: Command, news: Path) -> None:
        write(news, "a.txt", text="Print\nesc\x1b[31mape\n\n" + CAPTURE)
        (news / "empty.txt").touch()
        write(news, "one.jsonl", text='{"title": "One"}\n')
        status, out, err = command("news/a.txt", "news/empty.txt", "news/one.jsonl", "--print", "--explain")
        assert status == 1
        first, columns, *rows = out.splitlines()
        assert first == "news/a.txt: body by the lines' weights"
        assert columns.split() == ["use", "class", "weight", "why", "line"]
        assert rows[0].split() == ["furniture", "-14", "belongs", "to", "the", "page", "Print"]
        assert [row.split()[:2] for row in rows if "freighters" in row][-1] == ["body", "prose"]
        assert "\x1b" not in out
        empty, article = err.splitlines()
        assert empty == "news/empty.txt: the file is empty"
        assert article == "news/one.jsonl: line 1: an article already; a capture is explained"

    def test_an_explanation_is_in_colour_on_a_terminal(self, command: Command) -> None:
        outer, inner = pty.openpty()
        with command.start("news/a.txt", "--print", "--explain", stdout=inner) as process:
            os.close(inner)
            process.communicate(timeout=PATIENCE)
        assert b"\x1b[32mbody   " in os.read(outer, 65_536)
        os.close(outer)

    def test_what_is_printed_can_be_indexed(self, command: Command, engine: Engine) -> None:
        printed = command("news", "--print")[1]
        report = command.report("-", "--index", "whoosh:index", given=printed.encode())
        assert report["added"] == 4
        articles = [json.loads(line) for line in printed.splitlines()]
        for article in articles:
            indexed = engine.get(article["id"])
            assert indexed is not None
            assert (indexed.title, indexed.body, indexed.path) == (article["title"], article["body"], article["path"])

    def test_standard_input_adds_and_updates_only(self, command: Command) -> None:
        one, two = b'{"id": "1", "title": "One"}\n', b'{"id": "2", "title": "Two"}\n'
        assert command.report("-", "news", given=one + two)["added"] == 6
        report = command.report("-", given=b'{"id": "2", "title": "Three"}\n{"id": "3", "title": "Three"}\nbroken\n')
        assert [failure["path"] for failure in report["failed"]] == ["standard input"]
        assert report["failed"][0]["reason"].startswith("line 3: ")
        assert [report[name] for name in ("added", "updated", "unchanged", "deleted")] == [1, 1, 0, 0]
        report = command.report("-", "--rebuild", "--allow-deletes", given=one)
        assert [report[name] for name in ("unchanged", "deleted", "documents")] == [1, 0, 7]

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (["--jobs", "0"], "--jobs"),
            (["--jobs", "many"], "--jobs"),
            (["--watch", "-"], "--watch keeps an index current with files"),
            (["--watch", "--dry-run"], "--watch keeps an index current with files"),
            (["--print", "--watch"], "--print indexes nothing"),
            ([""], "a SOURCE is empty"),
            (["--print", "--json"], "--print indexes nothing"),
            (["--print", "--rebuild"], "--print indexes nothing"),
            (["--print", "--dry-run"], "--print indexes nothing"),
            (["--print", "--allow-deletes"], "--print indexes nothing"),
            (["--explain"], "--explain goes with --print"),
            (["--verify", "news"], "--verify goes with --index, --json and --quiet alone"),
            (["--backup", "copy", "--rebuild"], "--backup goes with --index, --json and --quiet alone"),
            (["--restore", "copy", "--verify"], "goes with --index, --json and --quiet alone"),
        ],
    )
    def test_misuse_is_told_and_does_nothing(
        self, command: Command, tmp_path: Path, arguments: list[str], reason: str
    ) -> None:
        write(tmp_path / "seeds", "a.txt")
        status, out, err = command(*arguments)
        assert (status, out) == (2, "")
        assert reason in err
        assert sorted(path.name for path in tmp_path.iterdir()) == ["news", "seeds"]

    @pytest.mark.parametrize("url", ["nonsense", "whoosh:", "whoosh:news/a.txt", "whoosh:damaged"])
    def test_an_engines_error_is_one_line(self, command: Command, tmp_path: Path, url: str) -> None:
        assert command("news", "--index", "whoosh:damaged")[0] == 0
        for path in (tmp_path / "damaged").rglob("*.toc"):
            path.write_bytes(b"nonsense")
        status, out, err = command("news", "--index", url)
        assert (status, out) == (1, "")
        assert err.startswith("Error: ")
        assert err.count("\n") == 1

    def test_an_index_is_verified_backed_up_and_restored(self, command: Command, tmp_path: Path) -> None:
        assert command("news", "--index", "whoosh:kept")[0] == 0
        status, out, _ = command("--index", "whoosh:kept", "--backup", "copy")
        assert (status, out) == (0, "whoosh:kept is backed up in copy: generation 1: 4 articles.\n")
        assert command("--index", "whoosh:copy", "--verify") == (0, "generation 1: 4 articles, whole\n", "")
        status, out, _ = command("--index", "whoosh:kept", "--restore", "copy", "--json")
        assert (status, json.loads(out)) == (0, {"generation": 2, "documents": 4})
        for path in (tmp_path / "kept" / "generations" / "2").glob("*.postings"):
            path.write_bytes(path.read_bytes()[:-1])
        status, out, err = command("--index", "whoosh:kept", "--verify", "--json")
        assert (status, json.loads(out)["whole"], err) == (1, False, "")
        status, out, err = command("--index", "whoosh:kept", "--verify", "--quiet")
        assert (status, out) == (1, "")
        assert err.startswith("generation 2: MAIN_")
        assert command("--index", "whoosh:nothing", "--verify")[0] == 1

    def test_help_names_every_option(self, command: Command) -> None:
        status, out, _ = command("--help")
        assert status == 0
        for option in (
            "index",
            "rebuild",
            "jobs",
            "dry-run",
            "quiet",
            "json",
            "print",
            "explain",
            "watch",
            "allow-deletes",
        ):
            assert f"--{option}" in out

    def test_a_bar_is_drawn_only_on_a_terminal(self, command: Command) -> None:
        def on_a_terminal(*arguments: str) -> bytes:
            outer, inner = pty.openpty()
            os.set_blocking(outer, False)
            termios.tcsetwinsize(inner, (24, 80))
            with command.start(*arguments, stderr=inner) as process:
                process.communicate(timeout=PATIENCE)
            try:
                return os.read(outer, 4096)
            except BlockingIOError:
                return b""
            finally:
                os.close(inner)
                os.close(outer)

        assert b"%|" in on_a_terminal("news")
        assert on_a_terminal("news", "--quiet") == b""
        assert command("news", "--rebuild")[2] == ""


@pytest.mark.usefixtures("news")
class TestCommandInterrupted:
    LINES = b"".join(b'{"id": "%d", "title": "An article that fills the pipe"}\n' % number for number in range(2_000))

    def test_ctrl_c_leaves_the_index_as_it_was(self, command: Command, engine: Engine) -> None:
        command("news", "--index", "whoosh:index")
        before = (engine.generation(), list(engine.origins()))
        with command.start("-", "--index", "whoosh:index", preexec_fn=heed_ctrl_c) as process:
            assert process.stdin is not None
            process.stdin.write(self.LINES)  # more than a pipe holds: when it is written, the indexer reads
            process.stdin.flush()
            process.send_signal(signal.SIGINT)
            status = process.wait(PATIENCE)
            assert process.stderr is not None
            err = process.stderr.read().decode()
        assert (status, err) == (130, "Interrupted; the index is as it was before.\n")
        assert (engine.generation(), list(engine.origins())) == before
        assert command.report("news", "--index", "whoosh:index")["unchanged"] == 4

    @pytest.fixture
    def printing(self, command: Command, tmp_path: Path) -> Iterator[Process]:
        """A run that waits for somebody to read what it prints, with its workers about it, in a process group."""
        write(tmp_path / "news", *(f"{number}.txt" for number in range(300)))
        options: dict[str, Any] = {"start_new_session": True, "preexec_fn": heed_ctrl_c}
        with command.start("news", "--print", "--jobs", "2", **options) as process:
            wait_until(lambda: len(children(process.pid)) >= 2)
            assert process.stdout is not None
            process.stdout.read(1)
            yield process
            process.kill()

    def test_ctrl_c_ends_the_workers_in_one_line(self, printing: Process) -> None:
        workers = children(printing.pid)
        os.killpg(printing.pid, signal.SIGINT)
        _, err = printing.communicate(timeout=PATIENCE)
        assert printing.returncode == 130
        assert err.decode() == "Interrupted; the index is as it was before.\n"
        wait_until(lambda: not any(is_running(worker) for worker in workers))

    def test_workers_do_not_outlive_the_indexer(self, printing: Process) -> None:
        workers = children(printing.pid)
        printing.send_signal(signal.SIGKILL)
        printing.wait(PATIENCE)
        wait_until(lambda: not any(is_running(worker) for worker in workers))

    def test_a_reader_that_leaves_is_no_error_worth_a_word(self, printing: Process) -> None:
        assert printing.stdout is not None
        assert printing.stderr is not None
        printing.stdout.close()
        assert printing.wait(PATIENCE) == 1
        assert printing.stderr.read() == b""


def heed_ctrl_c() -> None:
    """Tests that a shell runs in the background hand on that Ctrl-C is none of their business."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def obey_permissions() -> None:
    """Takes from root, before it starts a command, the right to read what permissions forbid."""
    if os.getuid() == 0:
        drop_from_bounding_set, dac_override, dac_read_search = 24, 1, 2
        for capability in (dac_override, dac_read_search):
            if ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0):
                raise OSError("these tests need a system that lets root give up a capability")


class TestRealFiles:
    """The whole way, through the command."""

    def test_one_bad_file_does_not_stop_the_others(self, command: Command, news: Path) -> None:
        write(news, "latin.txt", text=("Café à la carte\n\n" + CAPTURE).encode("cp1252"))
        write(news, "empty.txt", text=b"")
        write(news, "binary.html", text=os.urandom(4096) + b"\0")
        write(news, "line.txt", text=b"lorem ipsum dolor sit amet " * 2_000_000)
        write(news, "broken.jsonl", text=b'{"body": "Only a body", "id": "1"}\n{"title": \n')
        os.mkfifo(news / "fifo.txt")
        report = command.report("news")
        failed = {failure["path"]: failure["reason"] for failure in report["failed"]}
        assert {"news/empty.txt", "news/binary.html", "news/broken.jsonl", "news/fifo.txt"} <= set(failed)
        assert set(failed) <= {f"news/{path.name}" for path in news.iterdir()}
        assert failed["news/broken.jsonl"].startswith("line 2: ")
        assert report["added"] + len(failed) == 11
        assert "Café à la carte" in command("news/latin.txt", "--print")[1]

    def test_names_with_line_ends_and_odd_bytes(self, command: Command, tmp_path: Path) -> None:
        folder = os.fsencode(write(tmp_path / "news", "a.txt"))
        for name in (b"line\nend\x1b[31m.txt", b"odd\xff.txt"):
            Path(os.fsdecode(folder + b"/" + name)).touch()
        Path(os.fsdecode(folder + b"/fine\xfe.txt")).write_text(CAPTURE)
        report = command.report("news")
        assert {failure["path"] for failure in report["failed"]} == {"news/line\nend\x1b[31m.txt", "news/odd�.txt"}
        assert report["added"] == 2
        _, _, err = command("news")
        assert sorted(line.split(":")[0] for line in err.splitlines()) == [
            "news/line\\nend\\x1b[31m.txt",
            "news/odd�.txt",
        ]
        assert command.report(folder + b"/fine\xfe.txt")["failed"][0]["path"].endswith("fine�.txt")

    def test_what_permissions_forbid_keeps_its_articles(self, command: Command, news: Path, engine: Engine) -> None:
        index([str(news)], engine)
        (news / "c").chmod(0)
        (news / "a.txt").chmod(0)
        try:
            report = command.report("news", "--index", "whoosh:index", preexec_fn=obey_permissions)
            news.chmod(0)
            whole = command.report("news", "--index", "whoosh:index", "--allow-deletes", preexec_fn=obey_permissions)
        finally:
            news.chmod(0o700)
            (news / "c").chmod(0o700)
        assert report["failed"] == [
            {"path": "news/a.txt", "reason": "permission denied"},
            {"path": "news/c", "reason": "permission denied"},
        ]
        assert whole["failed"] == [{"path": "news", "reason": "permission denied"}]
        assert (report["unchanged"], report["deleted"], whole["deleted"]) == (1, 0, 0)
        assert engine.count() == whole["documents"] == 4

    def test_the_samples_of_the_project_are_indexed_without_a_failure(self, command: Command) -> None:
        shutil.copytree(ROOT / "seeds", command.folder / "seeds")
        report = command.report()
        assert report["failed"] == []
        assert report["added"] == report["documents"] > 10
        assert command.report()["unchanged"] == report["documents"]


def test_errors_of_the_engine_pass_through(tmp_path: Path, news: Path) -> None:
    """The library raises what the command tells in one line."""
    (tmp_path / "file").touch()
    with open_engine(f"whoosh:{tmp_path / 'file'}") as engine, pytest.raises(EngineError):
        index([str(news)], engine)
