from __future__ import annotations

import json
import queue
import shutil
import signal
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import pipeline
from indexer.memory import Memory
from indexer.pipeline import Report, index
from indexer.sources import Failure
from indexer.sources.memory import RETURN, STILL, TICK, FileMemory
from indexer.watch import LONGEST_BURST, LONGEST_RETRY, LOOK_AGAIN, QUIET, READ_AGAIN, RETRY, SHARE, Schedule, Watch
from search import Engine, EngineError, open_engine
from search.engine import Origin
from tests.test_indexer import CAPTURE, PATIENCE, Command, counts, heed_ctrl_c, ids, paths, write, write_lines

EMPTY = Report(0, 0, 0, 0, 0, (), 0, 0, 0, 0.0)


class Clock:
    """One that is far enough ahead for every file to be old, and is put forward by hand."""

    def __init__(self) -> None:
        self.ahead = 10 * STILL

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(clock: Clock) -> Memory:
    memory = Memory()
    memory.files = FileMemory(clock)
    return memory


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(f"whoosh:{tmp_path / 'index'}") as engine:
        yield engine


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the captures that were opened."""
    names: list[str] = []
    really = Path.open

    def note(path: Path, *arguments: Any, **options: Any) -> Any:
        if "news" in path.parts:
            names.append(path.name)
        return really(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", note)
    return names


class TestMemory:
    """A run that remembers the ones before reads only what has changed, and does what any run would do."""

    def test_only_what_changed_is_read(self, engine: Engine, memory: Memory, tmp_path: Path, opened: list[str]) -> None:
        news = write(tmp_path / "news", "a.txt", "b.txt", "c/d.txt")
        write_lines(news / "e.jsonl", "one", "two")
        index([str(news)], engine, memory=memory)
        opened.clear()
        assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 5, 0, 0)
        assert opened == []
        (news / "b.txt").write_text(CAPTURE.replace("Monday", "Tuesday"))
        assert counts(index([str(news)], engine, memory=memory)) == (0, 1, 4, 0, 0)
        assert set(opened) == {"b.txt"}

    def test_the_articles_of_the_index_are_asked_for_once(
        self, engine: Engine, memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        news = write(tmp_path / "news", "a.txt", "b.txt", "c.txt")
        index([str(news)], engine, memory=memory)
        with monkeypatch.context() as patched:
            patched.setattr(engine, "origins", None)
            write(news, "d.txt")
            (news / "a.txt").write_text(CAPTURE.replace("Monday", "Tuesday"))
            assert counts(index([str(news)], engine, memory=memory)) == (1, 1, 2, 0, 0)
            assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 4, 0, 0)
        other = write(tmp_path / "other", "x.txt")
        index([str(other)], engine)
        assert counts(index([str(news), str(other)], engine, memory=memory)) == (0, 0, 5, 0, 0)

    def test_what_another_indexer_deleted_is_put_back(self, engine: Engine, memory: Memory, tmp_path: Path) -> None:
        news = write(tmp_path / "news", "a.txt", "b.txt")
        index([str(news)], engine, memory=memory)
        with engine.writer() as writer:
            writer.delete(ids(engine)[0])
        assert counts(index([str(news)], engine, memory=memory)) == (1, 0, 1, 0, 0)

    @pytest.mark.parametrize(("age", "read_again"), [(TICK - 0.1, True), (TICK + 0.1, False)])
    def test_what_changed_just_before_it_was_read_is_read_again(
        self, engine: Engine, memory: Memory, tmp_path: Path, opened: list[str], age: float, read_again: bool
    ) -> None:
        """Another change within the same tick of the clock would leave its stamp as it is."""
        news = write(tmp_path / "news", "a.txt")
        memory.files = FileMemory(lambda: (news / "a.txt").stat().st_ctime + age)
        index([str(news)], engine, memory=memory)
        opened.clear()
        index([str(news)], engine, memory=memory)
        assert opened == (["a.txt"] if read_again else [])

    def test_a_refusal_is_remembered_until_the_file_changes(
        self, engine: Engine, memory: Memory, tmp_path: Path, opened: list[str]
    ) -> None:
        news = write(tmp_path / "news", "a.txt")
        write(news, "empty.txt", text=b"")
        first = index([str(news)], engine, memory=memory)
        opened.clear()
        assert index([str(news)], engine, memory=memory).failed == first.failed
        assert [failure.reason for failure in first.failed] == ["the file is empty"]
        assert opened == []
        write(news, "empty.txt")
        assert counts(index([str(news)], engine, memory=memory)) == (1, 0, 1, 0, 0)

    def test_what_has_just_gone_is_awaited(self, engine: Engine, memory: Memory, clock: Clock, tmp_path: Path) -> None:
        news = write(tmp_path / "news", "a.txt", "b.txt", "c.txt")
        index([str(news)], engine, memory=memory)
        (news / "a.txt").rename(news / "a.txt~")
        assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 2, 0, 0)
        assert memory.files.awaiting == 1
        (news / "a.txt~").rename(news / "a.txt")
        assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 3, 0, 0)
        assert memory.files.awaiting == 0
        (news / "a.txt").unlink()
        assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 2, 0, 0)
        clock.ahead += RETURN - 1
        assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 2, 0, 0)
        clock.ahead += 1
        assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 2, 1, 0)
        assert memory.files.awaiting == 0

    def test_more_than_half_gone_are_kept(self, engine: Engine, memory: Memory, clock: Clock, tmp_path: Path) -> None:
        news = write(tmp_path / "news", "a.txt", "b.txt", "c.txt")
        index([str(news)], engine, memory=memory)
        for name in "ab":
            (news / f"{name}.txt").unlink()
        index([str(news)], engine, memory=memory)
        clock.ahead += RETURN
        report = index([str(news)], engine, memory=memory)
        assert counts(report) == (0, 0, 1, 0, 1)
        assert "--allow-deletes" in report.failed[0].reason
        assert counts(index([str(news)], engine, memory=memory, allow_deletes=True)) == (0, 0, 1, 2, 0)

    def test_a_source_that_vanishes_and_returns_loses_nothing(
        self, engine: Engine, memory: Memory, clock: Clock, tmp_path: Path
    ) -> None:
        news = write(tmp_path / "news", "a.txt", "b.txt")
        index([str(news)], engine, memory=memory)
        news.rename(tmp_path / "elsewhere")
        for _ in range(3):
            assert counts(index([str(news)], engine, memory=memory, allow_deletes=True)) == (0, 0, 0, 0, 1)
            clock.ahead += RETURN
        (tmp_path / "elsewhere").rename(news)
        assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 2, 0, 0)


FEED = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Gazette</title>{entries}</feed>"""
ENTRY = (
    "<entry><id>urn:{id}</id><title>Entry {id}</title><updated>2012-06-0{day}T00:00:00Z</updated>"
    "<summary>What happened to {id} by day {day}.</summary></entry>"
)


def as_lines(numbers: list[int]) -> bytes:
    """One id may stand in several files, or twice in one."""
    return "".join(json.dumps({"id": f"id{one % 4}", "title": f"Title {one}"}) + "\n" for one in numbers).encode()


def as_feed(numbers: list[int]) -> bytes:
    return FEED.format(entries="".join(ENTRY.format(id=one % 3, day=one % 9 + 1) for one in numbers)).encode()


def as_capture(numbers: list[int]) -> bytes:
    return CAPTURE.replace("{number}", str(numbers)).encode() if numbers else b""


MAKERS: dict[str, Callable[[list[int]], bytes]] = {".jsonl": as_lines, ".atom": as_feed, ".txt": as_capture}
NAMES = ("a.txt", "b.txt", "c.jsonl", "d.jsonl", "e.atom", "f.atom", "g.zip", "h/a.txt", "h/c.jsonl", "i/e.atom")
numbers = st.lists(st.integers(0, 20), max_size=4)
operations = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), numbers),
    st.tuples(st.just("write"), st.sampled_from(NAMES), numbers),
    st.tuples(st.just("remove"), st.sampled_from((*NAMES, "h")), st.just(None)),
    st.tuples(st.just("move"), st.sampled_from((*NAMES, "h")), st.sampled_from((*NAMES, "k", "b~"))),
    st.tuples(st.just("link"), st.sampled_from((*NAMES, "h")), st.sampled_from(("l", "m.txt", "n.atom"))),
)


def operate(folder: Path, what: str, name: str, more: Any) -> None:
    path = folder / name
    if what == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"") if path.suffix == ".zip" else path.write_bytes(MAKERS[path.suffix](more))
        if path.suffix == ".zip":
            with zipfile.ZipFile(path, "w") as packed:
                for suffix, make in MAKERS.items():
                    packed.writestr(f"in{suffix}", make(more))
    elif what == "link":
        (folder / more).unlink(missing_ok=True)
        (folder / more).symlink_to(path)
    elif what == "remove" and path.exists():
        path.unlink() if path.is_file() else shutil.rmtree(path)
    elif what == "move" and path.exists() and not (folder / more).is_dir():
        (folder / more).parent.mkdir(exist_ok=True)
        if path.is_file() or not (folder / more).exists():
            path.rename(folder / more)
    time.sleep(0.005)  # a tick of the file system's clock


def held(engine: Engine) -> dict[str, tuple[Origin, str | None, str]]:
    """All that an index says, but for when it was said first."""
    found = {}
    for origin in engine.origins():
        article = engine.get(origin.article_id)
        assert article is not None
        found[origin.article_id] = ((origin.path, origin.digest), article.title, article.body)
    return found


@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(operations, min_size=1, max_size=8), min_size=2, max_size=4))
def test_whatever_happens_to_the_files_the_index_is_as_any_run_would_leave_it(bursts: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        news = Path(folder) / "news"
        news.mkdir()
        clock = Clock()
        memory = Memory()
        memory.files = FileMemory(clock)
        with open_engine(f"whoosh:{folder}/watched") as watched, open_engine(f"whoosh:{folder}/fresh") as fresh:
            for burst in bursts:
                for operation in burst:
                    operate(news, *operation)
                index([str(news)], watched, memory=memory, allow_deletes=True)
                clock.ahead += RETURN
                seen = index([str(news)], watched, memory=memory, allow_deletes=True)
                whole = index([str(news)], fresh, allow_deletes=True)
                assert seen.documents == whole.documents
                assert set(seen.failed) == set(whole.failed)
                if whole.documents:
                    assert held(watched) == held(fresh)


class TestSchedule:
    def test_the_first_run_is_due_at_once(self) -> None:
        assert Schedule(100.0).is_due(100.0)

    def due(self, changes: Iterable[float], step: float = 0.1, until: float = 100.0) -> float | None:
        """When a run is due that was planned for later, and changes come at these moments."""
        schedule = Schedule(0.0)
        schedule.plan(until)
        waiting = sorted(changes)
        for tick in range(round(until / step)):
            now = tick * step
            while waiting and waiting[0] <= now:
                schedule.changed(waiting.pop(0))
            if schedule.is_due(now):
                return now
        return None

    def test_a_burst_ends_when_it_is_quiet(self) -> None:
        assert self.due([1.0]) == pytest.approx(1.0 + QUIET, abs=0.11)
        assert self.due([1.0, 1.3, 1.6, 1.9]) == pytest.approx(1.9 + QUIET, abs=0.11)
        assert self.due([]) is None

    def test_a_burst_that_goes_on_is_not_waited_for_for_ever(self) -> None:
        assert self.due([1.0 + 0.2 * number for number in range(400)]) == pytest.approx(1.0 + LONGEST_BURST, abs=0.11)

    def test_a_planned_run_is_due_without_a_change(self) -> None:
        schedule = Schedule(0.0)
        schedule.plan(5.0)
        assert not schedule.is_due(4.9)
        assert schedule.is_due(5.0)


class TestWatch:
    """With a clock that goes on by itself while the watch waits, and runs that only say what they would report."""

    def watched(self, runs: Iterable[Report | Exception], seconds: float, changed: Iterable[int] = ()) -> Any:
        """Moments of the runs, the reports and complaints. A tick is a second; `changed` are those with a change."""
        now = 0.0
        moments: list[float] = []
        reports: list[Report] = []
        complaints: list[str] = []
        memories: list[Memory] = []
        outcomes = iter(runs)

        def ticks() -> Iterator[bool]:
            nonlocal now
            while now < seconds:
                now += 1.0
                yield int(now) in set(changed)

        def run(memory: Memory) -> Report:
            moments.append(now)
            memories.append(memory)
            outcome = next(outcomes, EMPTY)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        Watch(run, reports.append, complaints.append, clock=lambda: now).follow(ticks())
        return moments, reports, complaints, memories

    def test_it_runs_at_once_and_from_time_to_time(self) -> None:
        moments, reports, _, _ = self.watched([], 3 * LOOK_AGAIN)
        assert moments == [1, 1 + LOOK_AGAIN, 1 + 2 * LOOK_AGAIN]
        assert reports == [EMPTY]

    def test_it_reads_everything_again_at_last(self) -> None:
        _, _, _, memories = self.watched([], READ_AGAIN + 2 * LOOK_AGAIN)
        assert len(set(map(id, memories))) == 2
        assert memories[0] is memories[1] is not memories[-1]

    def test_failures_are_told_once(self) -> None:
        one, two = Failure("a.txt", "broken"), Failure("b.txt", "broken")
        runs = [replace(EMPTY, failed=failed) for failed in ((one,), (one,), (two, one), (), (one,))]
        _, reports, _, _ = self.watched(runs, 100, changed=range(10, 80, 10))
        assert [report.failed for report in reports] == [(one,), (two,), (one,)]

    def test_it_goes_on_after_errors_and_tells_each_once(self) -> None:
        locked, full = EngineError("another indexer is writing"), EngineError("the disk is full")
        moments, reports, complaints, _ = self.watched([locked, locked, full, ValueError("?"), EMPTY], 200)
        assert complaints == ["another indexer is writing", "the disk is full", "the run failed: ValueError('?')"]
        assert [after - before for before, after in pairwise(moments[:4])] == [
            RETRY,
            2 * RETRY,
            4 * RETRY,
        ]
        assert reports == [EMPTY]

    def test_it_does_not_wait_longer_and_longer_for_ever(self) -> None:
        moments, _, _, _ = self.watched([EngineError("damaged")] * 100, 20 * LONGEST_RETRY)
        assert max(after - before for before, after in pairwise(moments)) == LONGEST_RETRY

    def test_a_change_is_tried_at_once_after_an_error(self) -> None:
        moments, _, _, _ = self.watched([EngineError("damaged")] * 100, 400, changed=[300])
        assert 301 in moments

    def test_ctrl_c_in_a_run_passes_through(self) -> None:
        with pytest.raises(KeyboardInterrupt):
            Watch(self.interrupted, print, print).follow([True])

    def interrupted(self, _: Memory) -> Report:
        raise KeyboardInterrupt

    def test_a_run_that_takes_long_is_not_made_all_the_time(self) -> None:
        now = 0.0

        def ticks() -> Iterator[bool]:
            nonlocal now
            while now < 2000:
                now += 1.0
                yield False

        moments: list[float] = []

        def run(_: Memory) -> Report:
            nonlocal now
            moments.append(now)
            now += 20.0
            return EMPTY

        Watch(run, lambda _: None, print, clock=lambda: now).follow(ticks())
        assert moments[1] - moments[0] == pytest.approx(20 + SHARE * 20, abs=1.1)


class Watching:
    """`python -m indexer news --watch --json` as a process."""

    def __init__(self, command: Command, *more: str) -> None:
        # Otherwise Ctrl-C might be ignored from the start, as in what a shell runs in the background.
        self.process = command.start(
            "news", "--watch", "--json", "--jobs", "1", "--index", "whoosh:index", *more, preexec_fn=heed_ctrl_c
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.decode())

    def report(self) -> dict[str, Any]:
        """The next one."""
        report = json.loads(self._lines.get(timeout=PATIENCE))
        assert isinstance(report, dict)
        return report

    def until(self, **wanted: int) -> dict[str, int]:
        """All that was reported until that was, summed up."""
        names = ("added", "updated", "deleted")
        summed = dict.fromkeys(names, 0)
        while any(summed[name] < number for name, number in wanted.items()):
            report = self.report()
            summed = {name: summed[name] + report[name] for name in names}
        assert summed == dict.fromkeys(names, 0) | wanted
        return summed

    def end(self, sign: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(sign)
        status = self.process.wait(PATIENCE)
        assert self.process.stderr is not None
        return status, self.process.stderr.read().decode()


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    started: list[Watching] = []

    def start(*more: str) -> Watching:
        started.append(Watching(Command(tmp_path), *more))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait(PATIENCE)
        for stream in (one.process.stdin, one.process.stdout, one.process.stderr):
            assert stream is not None
            stream.close()


class TestProcess:
    def test_it_follows_what_happens_in_the_folder(
        self, watching: Callable[..., Watching], tmp_path: Path, engine: Engine
    ) -> None:
        news = write(tmp_path / "news", "a.txt", "b.txt", "c/d.txt", "c/e.txt")
        process = watching()
        assert process.report()["added"] == 4
        (tmp_path / "temporary").write_text(CAPTURE.replace("Monday", "Tuesday"))  # saved as editors save
        (news / "4913").touch()
        (news / "4913").unlink()
        (news / "a.txt").rename(news / "a.txt~")
        (tmp_path / "temporary").rename(news / "a.txt")
        process.until(updated=1)
        write(tmp_path / "moved", "f.txt", "g.txt", "h/i.txt")
        (tmp_path / "moved").rename(news / "moved")
        process.until(added=3)
        write(news, "moved/h/new.txt")
        process.until(added=1)
        (news / "c").rename(tmp_path / "away")
        (news / "b.txt").unlink()
        process.until(deleted=3)
        assert paths(engine) == ["a.txt", "moved/f.txt", "moved/g.txt", "moved/h/i.txt", "moved/h/new.txt"]
        assert process.end() == (0, "")

    def test_thousands_of_files_at_once_are_few_commits(
        self, watching: Callable[..., Watching], tmp_path: Path, engine: Engine
    ) -> None:
        news = tmp_path / "news"
        write_lines(news / "a.jsonl", "first")
        process = watching()
        before = process.report()["generation"]
        for number in range(2000):
            (news / f"{number}.jsonl").write_text(f'{{"id": "{number}", "title": "Title {number}"}}\n')
        process.until(added=2000)
        assert engine.count() == 2001
        assert engine.generation() - before <= 3

    def test_a_file_that_is_written_slowly_is_no_failure_until_it_is_still(
        self, watching: Callable[..., Watching], tmp_path: Path
    ) -> None:
        news = write(tmp_path / "news", "a.txt")
        process = watching()
        assert process.report()["failed"] == []
        with (news / "slow.jsonl").open("w") as slow:
            slow.write('{"id": "1", "title": "One"}\n{"id": "2", "ti')
            slow.flush()
            report = process.report()
            assert (report["added"], report["failed"]) == (1, [])
            slow.write('tle": "Two"}\n')
            slow.flush()
            report = process.report()
            assert (report["added"], report["failed"]) == (1, [])
            slow.write("broken\n")
        written = time.time()
        report = process.report()
        assert [failure["reason"][:16] for failure in report["failed"]] == ["line 3: not JSON"]
        assert time.time() - written > STILL - 1

    def test_a_source_that_goes_and_comes_back_is_followed_again(
        self, watching: Callable[..., Watching], tmp_path: Path, engine: Engine
    ) -> None:
        news = write(tmp_path / "news", "a.txt", "b.txt")
        process = watching()
        process.report()
        news.rename(tmp_path / "unplugged")
        assert "no such file or folder" in process.report()["failed"][0]["reason"]
        assert engine.count() == 2
        (tmp_path / "unplugged").rename(news)
        time.sleep(1.0)  # so that it is watched: what comes before is found by the run that its return brings
        write(news, "c.txt")
        process.until(added=1)
        assert engine.count() == 3

    def test_a_source_that_is_one_file_is_followed(
        self, watching: Callable[..., Watching], tmp_path: Path, engine: Engine
    ) -> None:
        news = write_lines(tmp_path / "news", "x")
        news.rename(tmp_path / "news.jsonl")
        (tmp_path / "news").symlink_to(tmp_path / "news.jsonl")
        process = watching()
        assert process.report()["added"] == 1
        write_lines(tmp_path / "new", "x", "y")
        (tmp_path / "new").rename(tmp_path / "news.jsonl")
        process.until(added=1)
        assert ids(engine) == ["x", "y"]

    def test_ctrl_c_in_the_midst_of_a_run_leaves_the_index_as_it_was(
        self, watching: Callable[..., Watching], tmp_path: Path, engine: Engine
    ) -> None:
        news = write_lines(tmp_path / "news/a.jsonl", "first").parent
        process = watching()
        before = process.report()["generation"]
        lines = "".join(f'{{"id": "{number}", "title": "Title {number}"}}\n' for number in range(200_000))
        (tmp_path / "many").write_text(lines)
        (tmp_path / "many").rename(news / "b.jsonl")
        reading = Path(f"/proc/{process.process.pid}/fd")
        end = time.monotonic() + PATIENCE
        while not any(one.readlink().name == "b.jsonl" for one in reading.iterdir() if one.is_symlink()):
            assert time.monotonic() < end
            time.sleep(0.01)
        status, err = process.end(signal.SIGINT)
        assert (status, err) == (130, "Interrupted; the index is as it was before.\n")
        assert engine.generation() == before

    def test_without_json_it_speaks_in_words(self, tmp_path: Path) -> None:
        write(tmp_path / "news", "a.txt")
        with Command(tmp_path).start("news", "--watch", "--index", "whoosh:index", preexec_fn=heed_ctrl_c) as process:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(b"1 added, 0 updated")
            process.send_signal(signal.SIGTERM)
            assert process.communicate(timeout=PATIENCE) == (b"", b"")
        assert process.returncode == 0


def test_another_writer_is_waited_for(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.generations.LOCK_WAIT", 0.1)
    news = write(tmp_path / "news", "a.txt")
    reports: list[Report] = []
    complaints: list[str] = []
    now = 0.0

    def ticks() -> Iterator[bool]:
        nonlocal now
        with open_engine(f"whoosh:{tmp_path / 'index'}") as other, other.writer():
            yield False
            assert len(complaints) == 1
            now += RETRY
            yield False
        now += 2 * RETRY
        yield False

    def run(memory: Memory) -> Report:
        return index([str(news)], engine, memory=memory)

    Watch(run, reports.append, complaints.append, clock=lambda: now).follow(ticks())
    assert [counts(report) for report in reports] == [(1, 0, 0, 0, 0)]
    assert len(complaints) == 1
    assert "another indexer" in complaints[0]


def test_the_rules_are_asked_again_after_a_while(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh memory knows no refusals."""
    news = write(tmp_path / "news", "a.txt", "b.txt")
    monkeypatch.setattr(pipeline, "extract", None)
    memory = Memory()
    assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 0, 0, 2)
    monkeypatch.undo()
    assert counts(index([str(news)], engine, memory=memory)) == (0, 0, 0, 0, 2)
    assert counts(index([str(news)], engine, memory=Memory())) == (2, 0, 0, 0, 0)
