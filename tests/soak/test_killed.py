"""kill -9 of the indexer and of its workers, at moments spread over the whole of a run."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from search.generations import KEPT_GENERATIONS
from tests.soak.archive import ROOT, RUNS, Run, indexer, run, write
from tests.soak.measure import cases, seeded
from tests.soak.observer import Observer, observing, titles

TOO_LONG = 300.0  # seconds: then the indexer hangs


@pytest.fixture(scope="module")
def observe() -> Iterator[Observer]:
    with observing() as observer:
        yield observer


@dataclass
class Stage:
    """A run that can be begun again and again, with how long it takes and how many file operations."""

    folder: Path
    run: Run
    environment: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    operations: int = 0

    @property
    def index(self) -> Path:
        return self.folder / "index"

    @property
    def command(self) -> list[str]:
        return indexer("--index", f"whoosh:{self.index}", *OPTIONS, *self.run.options, self.folder / "source")

    def prepare(self) -> None:
        for editions in self.run.before:
            self.next_run(write(self.folder / "source", editions))
        write(self.folder / "source", self.run.after)
        if self.index.exists():
            shutil.copytree(self.index, self.folder / "kept")
        counted = self.folder / "counted"
        begun = time.monotonic()
        with self.start(f"count:{counted}") as process:
            output = process.communicate(timeout=TOO_LONG)
        self.seconds = time.monotonic() - begun
        assert process.returncode == 0, output
        self.operations = int(counted.read_text())

    def reset(self) -> None:
        write(self.folder / "source", self.run.after)
        shutil.rmtree(self.index, ignore_errors=True)
        if self.run.before:
            shutil.copytree(self.folder / "kept", self.index)

    def start(self, fault: str = "") -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=os.environ | {"DATELINE_FAULT": fault},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def next_run(self, source: Path) -> int:
        report = run("--index", f"whoosh:{self.index}", "--allow-deletes", source)
        documents: int = report["documents"]
        return documents

    def check(self, observe: Observer, allowed: set[str], what: str) -> None:
        """That the index is one of "before" and "after", and that the next run goes on from there, without debris."""
        found = observe(self.index)
        assert not found.crash, f"{what}: {found.crash}"
        if found.error:
            assert not self.run.before, f"{what}: {found.error}"
            assert "there is no index" in found.error, f"{what}: {found.error}"
            assert "before" in allowed, f"{what}: {found.error}"
        else:
            states = {"before": self.run.before[-1] if self.run.before else {}, "after": self.run.after}
            assert found.titles in [titles(states[name]) for name in allowed], f"{what}: {found.titles}"
        further = {**self.run.after, 99: 1}
        assert self.next_run(write(self.folder / "source", further)) == len(further), what
        found = observe(self.index)
        assert (found.titles, found.damage, found.error) == (titles(further), "", ""), what
        assert sorted(path.name for path in self.index.iterdir()) == ["current", "generations", "lock"], what
        kept = [path.name for path in (self.index / "generations").iterdir()]
        assert all(name.isdigit() for name in kept), f"{what}: {kept}"
        assert len(kept) <= KEPT_GENERATIONS + 1, f"{what}: {kept}"


OPTIONS = ("--allow-deletes", "--jobs", "2", "--json", "--quiet")


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> list[Stage]:
    runs = [run for run in RUNS if run.name in cases(["update"], [run.name for run in RUNS])]
    made = [Stage(tmp_path_factory.mktemp(run.name), run) for run in runs]
    for stage in made:
        stage.prepare()
    return made


def test_the_last_commit_survives_the_indexer_killed_at_any_moment(stages: list[Stage], observe: Observer) -> None:
    draw = seeded()
    for case in range(cases(1, 200)):
        stage = draw.choice(stages)
        stage.reset()
        if case % 2:
            status, what = killed_after(stage, draw.uniform(0, 1.05) * stage.seconds)
        else:
            status, what = killed_at(stage, draw.randint(1, stage.operations))
        allowed = {"after"} if status == 0 else {"before", "after"}
        stage.check(observe, allowed, f"{stage.run.name}, {what}")


def killed_after(stage: Stage, seconds: float) -> tuple[int, str]:
    with stage.start() as process:
        time.sleep(seconds)
        process.kill()
    _wait_for_orphans(process.pid)
    return process.returncode, f"killed after {seconds:.3f} s of {stage.seconds:.3f}"


def killed_at(stage: Stage, operation: int) -> tuple[int, str]:
    with stage.start(f"kill:{operation}") as process:
        process.communicate(timeout=TOO_LONG)
    _wait_for_orphans(process.pid)
    assert process.returncode == -signal.SIGKILL
    return process.returncode, f"killed at operation {operation} of {stage.operations}"


def test_a_worker_that_is_killed_costs_at_most_its_own_article(stages: list[Stage], observe: Observer) -> None:
    draw = seeded()
    killed = 0
    for _ in range(cases(1, 60)):
        stage = draw.choice([stage for stage in stages if stage.run.name != "delete"])  # which needs no worker
        after = draw.uniform(0.1, 1) * stage.seconds
        stage.reset()
        with stage.start() as process:
            worker = _kill_a_worker(process, after, draw)
            output, errors = process.communicate(timeout=TOO_LONG)
        killed += worker is not None
        what = f"{stage.run.name}, worker {worker} killed after {after:.3f} s of {stage.seconds:.3f}: {output}{errors}"
        _check_survival(stage, process.returncode, output, errors, observe, what)
    print(f"{killed} workers were killed")


def _check_survival(stage: Stage, status: int, output: str, errors: str, observe: Observer, what: str) -> None:
    if status == 0:
        stage.check(observe, {"after"}, what)
        return
    assert status == 1, what
    if not output:  # the run was given up, in words
        assert errors.startswith("Error: "), what
        assert "Traceback" not in errors, what
        stage.check(observe, {"before"}, what)
        return
    failed = {int(Path(failure["path"]).stem) for failure in json.loads(output)["failed"]}
    before = stage.run.before[-1] if stage.run.before else {}
    expected = {number: edition for number, edition in stage.run.after.items() if number not in failed}
    expected |= {number: before[number] for number in failed if number in before}
    assert failed, what
    assert observe(stage.index).titles == titles(expected), what
    assert stage.next_run(stage.folder / "source") == len(stage.run.after), what
    assert observe(stage.index).titles == titles(stage.run.after), what


def _kill_a_worker(process: subprocess.Popen[str], after: float, draw: random.Random) -> int | None:
    """One of those that there are then, or the first that comes; None where the indexer ends without any."""
    time.sleep(after)
    while process.poll() is None:
        if workers := _workers(process.pid):
            worker = draw.choice(workers)
            try:
                os.kill(worker, signal.SIGKILL)
            except ProcessLookupError:
                continue
            return worker
        time.sleep(0.001)
    return None


def _workers(parent: int) -> list[int]:
    """Children that do not only track resources of the others."""
    workers = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if int(_status(path)[1]) == parent and b"resource_tracker" not in (path / "cmdline").read_bytes():
                workers.append(int(path.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return workers


def _status(path: Path) -> list[str]:
    """State, parent, group and session of a process, and more."""
    return (path / "stat").read_text().rpartition(")")[2].split()


def _wait_for_orphans(session: int) -> None:
    """Workers whose parent is gone have to end by themselves."""
    deadline = time.monotonic() + TOO_LONG
    while orphans := _of_session(session):
        assert time.monotonic() < deadline, f"the workers {orphans} of an indexer that was killed live on"
        time.sleep(0.01)


def _of_session(session: int) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, of, *_ = _status(path)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of) == session and state != "Z":
            found.append(path.name)
    return found
