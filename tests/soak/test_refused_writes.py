"""Disks that are full and folders that may not be written: the run says so in words, and the last commit answers on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.soak.archive import ROOT, RUNS, Run, commit, indexer, write_lines
from tests.soak.measure import cases, seeded
from tests.soak.observer import Observer, observing, titles

ROOT_ALONE = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount, and be somebody else")
NOBODY = 65534
SIZES = cases((300,), (0, 4, 16, 40, 60, 100, 140, 200, 300, 400))  # kB that are left on the disk


@pytest.fixture(scope="module")
def observe() -> Iterator[Observer]:
    with observing() as observer:
        yield observer


def prepared(folder: Path, what: Run) -> Path:
    """The index before the run; its source is as it is now."""
    for editions in what.before:
        commit(folder / "index", folder / "articles.jsonl", editions)
    write_lines(folder / "articles.jsonl", what.after)
    return folder / "index"


def started(
    folder: Path, what: Run, fault: str = "", *, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    options = ("--allow-deletes", "--quiet", *what.options)
    command = [*before, *indexer("--index", f"whoosh:{folder / 'index'}", *options, folder / "articles.jsonl")]
    environment = os.environ | {"DATELINE_FAULT": fault}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def check(folder: Path, what: Run, done: subprocess.CompletedProcess[str], observe: Observer, words: str) -> str:
    """What a run that may have been refused leaves, and that the next one makes good. Returns what was said."""
    found = observe(folder / "index")
    assert not found.crash, found.crash
    assert "Traceback" not in done.stderr, done.stderr
    if done.returncode == 0:
        assert found.titles == titles(what.after)
    else:
        assert words in done.stderr, done.stderr
        assert done.returncode == 1
        before = titles(what.before[-1]) if what.before else ()
        # Where only the folder of the pointer could not be synced, the new commit is there, and the run says so.
        assert found.titles == before or (found.titles == titles(what.after) and "is written" in done.stderr), (
            done.stderr
        )
        assert found.error == "" or (not what.before and "there is no index" in found.error), found.error
    return done.stderr


def check_next_run(folder: Path, what: Run, observe: Observer) -> None:
    done = started(folder, what)
    assert done.returncode == 0, done.stderr
    found = observe(folder / "index")
    assert (found.titles, found.damage) == (titles(what.after), "")
    assert all(path.name.isdigit() for path in (folder / "index" / "generations").iterdir())


@pytest.mark.parametrize("run", cases([RUNS[2]], RUNS), ids=lambda run: run.name)
def test_a_disk_that_fills_at_any_file_operation(tmp_path: Path, run: Run, observe: Observer) -> None:
    draw = seeded()
    index = prepared(tmp_path, run)
    if run.before:
        shutil.copytree(index, tmp_path / "kept")
    assert started(tmp_path, run, f"count:{tmp_path / 'counted'}").returncode == 0
    operations = int((tmp_path / "counted").read_text())
    for number in sorted(draw.sample(range(1, operations + 1), min(cases(2, 25), operations))):
        shutil.rmtree(index)
        if run.before:
            shutil.copytree(tmp_path / "kept", index)
        done = started(tmp_path, run, f"full:{number}")
        print(f"{run.name}, full from operation {number} of {operations}: {done.returncode} {done.stderr.strip()}")
        check(tmp_path, run, done, observe, os.strerror(errno.ENOSPC))
        check_next_run(tmp_path, run, observe)


@ROOT_ALONE
@pytest.mark.parametrize("left", SIZES)
def test_a_small_disk_that_is_really_full(tmp_path: Path, left: int, observe: Observer) -> None:
    what = RUNS[2]
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=4m", "tmpfs"):
        folder = tmp_path / "disk"
        index = prepared(folder, what)
        filler = folder / "filler"
        filler.write_bytes(bytes(shutil.disk_usage(folder).free - left * 1024))
        done = started(folder, what)
        print(f"{left} kB left: {done.returncode} {done.stderr.strip()}")
        check(folder, what, done, observe, os.strerror(errno.ENOSPC))
        assert index.exists()
        filler.unlink()
        check_next_run(folder, what, observe)


@ROOT_ALONE
def test_a_disk_that_may_only_be_read(tmp_path: Path, observe: Observer) -> None:
    what = RUNS[2]
    prepared(tmp_path, what)
    with mounted(tmp_path / "index", "--bind", str(tmp_path / "index")):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(tmp_path / "index")], check=True)
        check(tmp_path, what, started(tmp_path, what), observe, os.strerror(errno.EROFS))
    check_next_run(tmp_path, what, observe)


@ROOT_ALONE
@pytest.mark.parametrize("closed", ["index", "index/generations"])
def test_a_folder_that_may_only_be_read(closed: str, observe: Observer) -> None:
    what = RUNS[2]
    nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    with tempfile.TemporaryDirectory() as made:  # others may not enter those of pytest
        folder = Path(made)
        folder.chmod(0o755)
        index = prepared(folder, what)
        given(index, NOBODY)
        (folder / closed).chmod(0o555)
        done = started(folder, what, before=nobody)
        assert done.returncode == 1
        assert os.strerror(errno.EACCES) in done.stderr
        assert "Traceback" not in done.stderr
        given(index, 0)
        assert observe(index).titles == titles(what.before[-1])
        given(index, NOBODY)
        (folder / closed).chmod(0o755)
        done = started(folder, what, before=nobody)
        assert done.returncode == 0, done.stderr
        given(index, 0)
        assert observe(index).titles == titles(what.after)


def given(index: Path, user: int) -> None:
    for path in (index, *index.rglob("*")):
        os.chown(path, user, user)


@contextmanager
def mounted(folder: Path, *what: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    made = subprocess.run(["mount", *what, str(folder)], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"nothing can be mounted here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
