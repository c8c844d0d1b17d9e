"""The power fails between any two file operations of a run, and what was not synced is lost in many ways."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from search import open_engine
from tests.soak.archive import RUNS, Editions, Run, commit, indexer, write_lines
from tests.soak.measure import cases, seeded
from tests.soak.observer import Observed, Observer, observing, titles
from tests.soak.power_loss import Disk, Remains, losses
from tests.soak.recording import CAN_RECORD, Operation, record

pytestmark = pytest.mark.skipif(not CAN_RECORD and "CI" not in os.environ, reason="there is no strace")

MOMENTS = cases(6, 200)  # of a run, beside those around its publishing
DRAWN = cases(1, 3)  # ways to lose things at each moment, beside those that are always tried
NEXT_RUNS = cases(1, 10)  # of a run: begun where the power had failed


@pytest.fixture(scope="module")
def observe() -> Iterator[Observer]:
    with observing() as observer:
        yield observer


@pytest.mark.parametrize("run", cases([RUNS[2]], RUNS), ids=lambda run: run.name)
def test_whenever_the_power_fails_the_index_opens_at_a_whole_commit(
    tmp_path: Path, run: Run, observe: Observer
) -> None:
    disk, operations = recorded(tmp_path, run)
    before = run.before[-1] if run.before else None
    Outage(tmp_path, observe, before, run.after).replay(disk, operations)


ONE, TWO = RUNS[2].before[-1], RUNS[2].after
RESTORE = ("--restore", "index", TWO, ONE)
BACKUP = ("--backup", "copy", None, TWO)
REMOVE = ("--remove", "index", TWO, {number: 2 for number in TWO if number != 3})


@pytest.mark.parametrize(("command", "index", "before", "after"), cases([RESTORE], [RESTORE, BACKUP, REMOVE]))
def test_whenever_the_power_fails_upkeep_is_done_or_not(
    tmp_path: Path, observe: Observer, command: str, index: str, before: Editions | None, after: Editions
) -> None:
    base = tmp_path / "disk"
    base.mkdir()
    commit(base / "index", tmp_path / "articles.jsonl", ONE)
    with open_engine(f"whoosh:{base / 'index'}") as engine:
        engine.backup(tmp_path / "backup")
    commit(base / "index", tmp_path / "articles.jsonl", TWO)
    of = {"--restore": base / "brought", "--backup": base / "copy", "--remove": "0003"}[command]
    run = indexer("--index", f"whoosh:{base / 'index'}", command, of)
    if command == "--restore":  # from what was copied just now, and synced by nobody
        brought = f"mkdir {of} && tar cf - -C {tmp_path / 'backup'} . | tar xf - -C {of}"
        run = ["sh", "-c", f'{brought} && exec "$@"', "sh", *run]
    disk = Disk(base)
    operations = record(run, base, tmp_path / "trace")
    Outage(tmp_path, observe, before, after, index).replay(disk, operations)


def recorded(folder: Path, what: Run) -> tuple[Disk, list[Operation]]:
    source, base = folder / "articles.jsonl", folder / "disk"
    base.mkdir()
    for editions in what.before:
        commit(base / "index", source, editions)
    write_lines(source, what.after)
    disk = Disk(base)
    options = ("--allow-deletes", "--jobs", "2", "--quiet", *what.options)
    return disk, record(indexer("--index", f"whoosh:{base / 'index'}", *options, source), base, folder / "trace")


class Outage:
    """before: None where there is no index"""

    def __init__(
        self, folder: Path, observe: Observer, before: Editions | None, after: Editions, index: str = "index"
    ) -> None:
        self._folder = folder
        self._observe = observe
        self._before = None if before is None else titles(before)
        self._after = after
        self._source = folder / "articles.jsonl"
        self._index = folder / "remains" / index
        self._draw = seeded()
        self._seen: dict[str, Observed] = {}

    def replay(self, disk: Disk, operations: list[Operation]) -> None:
        moments = self._moments(operations)
        tried = set(self._draw.sample(sorted(moments), min(NEXT_RUNS, len(moments))))
        states = 0
        for number, operation in enumerate(operations, 1):
            disk.do(operation)
            if number in moments:
                for loss in losses(self._draw, DRAWN):
                    done = f"{number} of {len(operations)} operations, {operation.kind} {operation.path.name}"
                    what = f"after {done}, lost: {loss.name}"
                    self._check(Remains(disk.root, loss), what, over=number == len(operations))
                    states += 1
                if number in tried:
                    self._check_next_run(what)
        self._check_recording(disk)
        print(f"{len(operations)} operations, {len(moments)} moments, {states} states, {len(self._seen)} different")

    def _moments(self, operations: list[Operation]) -> set[int]:
        """Around whatever gives a name, and some of the others; the last in any case."""
        around = {
            number + near for number, one in enumerate(operations, 1) if one.kind == "rename" for near in (-1, 0, 1)
        }
        others = range(1, len(operations))
        drawn = self._draw.sample(others, min(MOMENTS, len(others)))
        return {number for number in around | {*drawn} if 0 < number < len(operations)} | {len(operations)}

    def _check(self, remains: Remains, what: str, *, over: bool) -> None:
        if remains.digest not in self._seen:
            shutil.rmtree(self._folder / "remains", ignore_errors=True)
            remains.make(self._folder / "remains")
            self._seen[remains.digest] = self._observe(self._index)
        found = self._seen[remains.digest]
        assert not found.crash, f"{what}: {found.crash}"
        if found.error:
            assert self._before is None, f"{what}: {found.error}"
            assert "there is no index" in found.error, f"{what}: {found.error}"
            assert not over, f"{what}: {found.error}"
        else:
            assert found.titles in self._allowed(over), f"{what}: {found.titles}"
            assert not found.damage or self._before is None, f"{what}: {found.damage}"

    def _allowed(self, over: bool) -> list[tuple[str, ...] | None]:
        return [titles(self._after)] if over else [self._before, titles(self._after)]

    def _check_next_run(self, what: str) -> None:
        further = {**self._after, 99: 1}
        commit(self._index, self._source, further)
        found = self._observe(self._index)
        assert (found.titles, found.damage) == (titles(further), ""), f"{what}: {found}"
        assert all(path.name.isdigit() for path in (self._index / "generations").iterdir()), what

    def _check_recording(self, disk: Disk) -> None:
        """That nothing was overlooked: what was replayed is what the run left."""
        kept = next(losses(random.Random(), 0))
        assert Remains(disk.root, kept).digest == Remains(Disk(self._folder / "disk").root, kept).digest
