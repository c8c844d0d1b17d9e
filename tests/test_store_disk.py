"""Disks that are full, read-only or failing, at every step of a commit: an error in words, and the index as it was."""

from __future__ import annotations

import errno
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from search import EngineError, disk, open_engine
from search.columnar import bulk
from search.columnar.format import ArrayWriter
from tests.conftest import fill, origin
from tests.test_store import article, commit, committed, count, names

ROOT = Path(__file__).parent.parent
OPERATIONS = ("make_folder", "new_folder", "create", "write", "sync_file", "sync_folder", "rename", "link")
REFUSALS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "used up",
    errno.EROFS: "read only",
    errno.EACCES: "this user may not write",
    errno.EIO: "the disk fails",
}


class Refusing:
    """Lets so many operations pass and refuses all that follow, as a disk does."""

    def __init__(self, patch: pytest.MonkeyPatch, passing: int, number: int) -> None:
        self.left, self.number, self.refused = passing, number, False
        for name in OPERATIONS:
            patch.setattr(disk, name, self._bounded(getattr(disk, name)))
        patch.setattr(ArrayWriter, "_write", self._bounded(ArrayWriter._write))

    def _bounded(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def refusing(*arguments: object) -> Any:
            self.left -= 1
            if self.left < 0:
                self.refused = True
                raise OSError(self.number, os.strerror(self.number))
            return operation(*arguments)

        return refusing


def committing(folder: Path, passing: int, number: int) -> tuple[bool, str]:
    """Tries a commit; gives whether the disk refused anything, and what was told."""
    told = ""
    with pytest.MonkeyPatch.context() as patch, open_engine(f"whoosh:{folder}") as engine:
        disk_now = Refusing(patch, passing, number)
        try:
            fill(engine, [article(9)])
        except EngineError as error:
            told = str(error)
    return disk_now.refused, told


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Whoosh leaves its files open
@pytest.mark.parametrize(("number", "stride"), [(errno.ENOSPC, 2), *((other, 23) for other in list(REFUSALS)[1:])])
def test_a_disk_that_refuses_at_any_step_leaves_the_index_as_it_was(tmp_path: Path, number: int, stride: int) -> None:
    committed(tmp_path, 2)
    passing, refused = 0, True
    while refused:
        refused, told = committing(tmp_path, passing, number)
        last = "may not keep it" in told  # the very last step failed: all is written, if the disk speaks the truth
        assert count(tmp_path) == (3 if last or not refused else 2)
        assert not list(tmp_path.rglob("*.partial"))
        if refused:
            assert str(tmp_path) in told
            assert last or REFUSALS[number] in told
        if last:
            break
        passing += stride
    assert passing > 100
    commit(tmp_path, 9)
    assert count(tmp_path) == 3
    gc.collect()


def test_removing_what_is_too_old_may_fail_without_losing_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    committed(tmp_path, 4)
    with monkeypatch.context() as patch:
        rename = disk.rename

        def keeps(path: Path, target: Path) -> None:
            if target.suffix == ".gone":
                raise OSError(errno.EACCES, "Permission denied")
            rename(path, target)

        patch.setattr(disk, "rename", keeps)
        commit(tmp_path, 5)
    assert count(tmp_path) == 5
    assert "could not be removed" in caplog.text
    commit(tmp_path, 6)
    assert names(tmp_path / "generations") == ["4", "5", "6"]


LIMITED = """
import resource, sys
from search import EngineError, open_engine
from search.columnar import bulk
from tests.conftest import origin
from tests.test_store import article
bulk.BATCH_DOCUMENTS = 10
folder, limit, jobs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
with open_engine(f"whoosh:{folder}") as engine:
    try:
        with engine.writer(jobs=jobs) as writer:
            for number in range(100, 160):
                writer.put(article(number), origin(article(number)))
    except EngineError as error:
        sys.exit(str(error))
"""


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("limit", [0, 100, 3_000, 20_000])
def test_a_file_that_may_not_grow_is_told_also_by_workers(tmp_path: Path, limit: int, jobs: int) -> None:
    """The system itself refuses here, in this process or in those that it starts."""
    committed(tmp_path, 2)
    command = [sys.executable, "-c", LIMITED, str(tmp_path), str(limit), str(jobs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "a file would become larger than this user may write (File too large" in done.stderr
    assert count(tmp_path) == 2
    assert not list(tmp_path.rglob("*.partial"))


FULL = """
mount -t tmpfs -o size=600k tmpfs "$1" && cp -r "$2" "$1/index" && chmod -R go-w "$1" && exec "$3" -c "$4" "$1/index"
"""
FILLING = """
import sys
from search import EngineError, open_engine
from tests.conftest import fill, origin
from tests.test_store import article
with open_engine(f"whoosh:{sys.argv[1]}") as engine:
    try:
        fill(engine, [article(number) for number in range(100, 4000)])
    except EngineError as error:
        print(error, engine.count(), sep="\\n")
    fill(engine, [article(9)])
    print(engine.count())
"""


def test_a_disk_that_is_really_full_is_told_and_written_again_when_it_is_not(tmp_path: Path) -> None:
    index, mounted = committed(tmp_path / "index", 2), tmp_path / "mounted"
    mounted.mkdir()
    if subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    command = ["unshare", "-Urm", "sh", "-c", FULL, "sh", str(mounted), str(index), sys.executable, FILLING]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    error, *counts = done.stdout.splitlines()
    assert "the disk is full" in error
    assert counts == ["2", "3"]
    assert "Traceback" not in done.stderr


def test_a_worker_that_is_killed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(tmp_path, 1)
    monkeypatch.setattr(bulk, "BATCH_DOCUMENTS", 1)
    with open_engine(f"whoosh:{tmp_path}") as engine:
        with pytest.raises(EngineError, match="died"), engine.writer(jobs=2) as writer:  # noqa: PT012
            for number in range(2, 40):
                writer.put(article(number), origin(article(number)))
                pool = writer._writer._workers._pool  # type: ignore[attr-defined]
                os.kill(next(iter(pool._processes)), signal.SIGKILL)
        assert engine.count() == 1
        fill(engine, [article(2)])
        assert engine.count() == 2


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EACCES, errno.ENOLCK])
def test_an_index_that_cannot_be_opened_now_is_not_taken_for_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    committed(tmp_path, 2)

    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with open_engine(f"whoosh:{tmp_path}") as engine:
        with monkeypatch.context() as patch, pytest.raises(EngineError, match="cannot be opened"):  # noqa: PT012
            patch.setattr("search.manifest.read", refused)
            engine.count()
        with monkeypatch.context() as patch, pytest.raises(EngineError, match="cannot be opened"):  # noqa: PT012
            patch.setattr(os, "open", refused)
            engine.count()
        assert (engine.count(), engine.damage()) == (2, "")
