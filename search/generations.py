"""The folder of an index: immutable generations, one pointer to the newest, one lock for who writes.

    FOLDER/current                the newest generation and its digest; replaced in one step
    FOLDER/lock                   held by who writes; says who that is
    FOLDER/generations/12/        the files of a commit, and manifest.json
    FOLDER/generations/13.partial/  being written, or left by a writer that died
    FOLDER/generations/11.gone/     being removed
    FOLDER/generations/10.damaged/  could not be opened when the next was written; kept for its owner to look at

A generation begins as links to all files of the one before. Its new files are synced, then its folder, which gets its
name then; last the pointer is replaced. So at every moment the pointer names something whole, and whoever saw a
commit end has it on the disk. Who reads holds a shared lock on the folder that is read; what is held is not removed.

Nothing here knows what the files are.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from search import disk, manifest
from search.columnar.format import DamagedFileError
from search.engine import EngineError, IndexLocked
from search.manifest import Entry, Manifest

KEPT_GENERATIONS = 2  # before the newest, to fall back to
LOCK_WAIT = 10.0  # seconds that a second writer waits
LOCK_PAUSE = 0.1  # seconds between its tries

PARTIAL, GONE, DAMAGED = ".partial", ".gone", ".damaged"

_SIDE_FILE = re.compile(r"[a-z]+\.json")
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Pointer:
    """generation: of the newest commit; 0 where there is none yet
    digest: of its manifest
    """

    generation: int
    digest: str


class Hold:
    """Keeps a generation from being removed. Raises FileNotFoundError where it is gone, or is about to be."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            same = os.path.samestat(os.fstat(self._descriptor), folder.stat())
        except BlockingIOError:
            same = False
        except BaseException:
            os.close(self._descriptor)
            raise
        if not same:
            os.close(self._descriptor)
            raise FileNotFoundError(f"{folder} is being removed")

    def release(self) -> None:
        # Unlocked and not only closed: processes that were forked meanwhile share the lock.
        if self._descriptor >= 0:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = -1


class Draft:
    """A generation that is being written; to be closed, whether or not it was published.

    generation: the number it will have
    is_purge: whether what stood in the generations before must not stay on the disk
    base: the folder of a generation, of this index or another, whose files it begins with; None for none
    folder: of its files. Those it begins with are links: they may be deleted or replaced there, and never written to
    """

    def __init__(self, generations: Generations, generation: int, base: Path | None) -> None:
        self.generation = generation
        self.is_purge = False
        self._generations = generations
        self._target = generations.path(generation)
        self.folder = self._target.with_name(f"{generation}{PARTIAL}")
        try:
            disk.new_folder(self.folder)
            self._known = {} if base is None else self._link(base)
        except BaseException:
            disk.remove_folder(self.folder)
            raise

    def side_file(self, name: str) -> bytes | None:
        """As the generation has it with which this one began; None where there is none. Raises DamagedFileError."""
        if name not in self._known:
            return None
        path, entry = self._known[name]
        manifest.check(path, entry)
        return path.read_bytes()

    def write_side_file(self, name: str, data: bytes) -> None:
        """A small file beside the index proper, which later generations begin with too."""
        if not _SIDE_FILE.fullmatch(name) or name == manifest.NAME:
            raise ValueError(f"{name!r} is no name of a side file")
        disk.write(self.folder / name, data)

    def publish(self, written: int | None = None) -> None:
        """Raises OSError; the index is as it was before then. `written` as in a Manifest; None for now."""
        made = Manifest(written or time.time_ns(), {path.name: self._entry(path) for path in self._files()})
        disk.write(self.folder / manifest.NAME, made.to_bytes())
        disk.sync_folder(self.folder)
        disk.rename(self.folder, self._target)
        disk.sync_folder(self._target.parent)
        self._generations.point_to(self.generation)

    def close(self) -> None:
        """Leaves nothing of it, unless it was published."""
        disk.remove_folder(self.folder)
        with suppress(OSError):  # the next writer tries again
            self._generations.remove_unpublished()

    def _link(self, base: Path) -> dict[str, tuple[Path, Entry]]:
        entries = manifest.read(base)[0].files
        for name in entries:
            with suppress(FileNotFoundError):  # of a file that is an extra, or opening the base would have told it
                if not disk.link(base / name, self.folder / name):
                    manifest.check(self.folder / name, entries[name])
        return {name: (base / name, entry) for name, entry in entries.items()}

    def _files(self) -> Iterator[Path]:
        for path in sorted(self.folder.iterdir()):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                yield path

    def _entry(self, path: Path) -> Entry:
        known = self._known.get(path.name)
        if known is not None and path.samefile(known[0]):
            return known[1]
        disk.sync_file(path)
        return manifest.entry_of(path)


class Generations:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._current = folder / "current"
        self._inner = folder / "generations"

    def path(self, generation: int) -> Path:
        return self._inner / str(generation)

    def pointer_bytes(self) -> bytes:
        """Others after every commit, whatever clocks and file systems say of times; empty where there is no pointer."""
        try:
            descriptor = os.open(self._current, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return b""
        try:
            return os.read(descriptor, 4096)
        finally:
            os.close(descriptor)

    @staticmethod
    def pointer(data: bytes) -> Pointer:
        """Raises DamagedFileError."""
        if not data:
            raise DamagedFileError("current: missing")
        value, _ = manifest.unsealed(data, "current")
        return Pointer(value["generation"], value["manifest"])

    def numbers(self, suffix: str = "") -> list[int]:
        """Of the whole generations, the newest first; with a suffix, of what bears it."""
        with suppress(FileNotFoundError, NotADirectoryError):
            names = (path.name.removesuffix(suffix) for path in self._inner.iterdir() if path.name.endswith(suffix))
            return sorted((int(name) for name in names if name.isascii() and name.isdigit()), reverse=True)
        return []

    def newest(self) -> tuple[list[int], str]:
        """The whole generations that were published, the newest first, and what is wrong with the pointer, if anything.

        What was not yet pointed to when its writer died was not published, if only the pointer tells.
        """
        numbers = self.numbers()
        try:
            pointed = self.pointer(self.pointer_bytes()).generation
        except DamagedFileError as error:
            return numbers, str(error)
        older = [number for number in numbers if number < pointed]
        return [pointed, *older] if pointed else [], ""

    def point_to(self, generation: int) -> None:
        self._replace_pointer(Pointer(generation, manifest.read(self.path(generation))[1]))
        try:
            disk.sync_folder(self.folder)
        except OSError as error:
            raise EngineError(
                f"generation {generation} of {self.folder} is written, but the disk may not keep it ({error.strerror})"
            ) from error

    def _replace_pointer(self, pointer: Pointer) -> None:
        new = self._current.with_name("current.tmp")
        disk.write(new, manifest.sealed({"generation": pointer.generation, "manifest": pointer.digest}))
        disk.rename(new, self._current)

    def _point_to_nothing(self) -> None:
        """Before there is a first generation: what a writer made that died is told by it from what was published."""
        if not self.pointer_bytes() and not self.numbers():
            self._replace_pointer(Pointer(0, ""))
            disk.sync_folder(self.folder)

    def check_trust(self, *paths: Path) -> None:
        """Raises EngineError where somebody else could have written what will be unpickled."""
        for path in (self.folder, self._inner, *paths):
            found = path.stat()
            if found.st_uid not in (os.geteuid(), 0):
                raise EngineError(
                    f"{path} belongs to another user, who could run code through it; "
                    f"if you trust what is in it: chown -R {os.geteuid()} {self.folder}"
                )
            if found.st_mode & _OTHERS_MAY_WRITE:
                raise EngineError(
                    f"{path} can be written by others, who could run code through it; "
                    f"if you trust what is in it: chmod -R go-w {self.folder}"
                )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """For the only writer. Raises IndexLocked, OSError."""
        disk.make_folder(self.folder)
        disk.make_folder(self._inner)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._acquire(descriptor)
            try:
                self.check_trust()
                self._clear_debris()
                self._point_to_nothing()
                yield
            finally:
                with suppress(OSError):
                    os.ftruncate(descriptor, 0)
                fcntl.flock(descriptor, fcntl.LOCK_UN)  # not closed alone: workers that were forked share it
        finally:
            os.close(descriptor)

    def _acquire(self, descriptor: int) -> None:
        deadline = time.monotonic() + LOCK_WAIT
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise IndexLocked(self._locked_by(descriptor)) from None
                time.sleep(LOCK_PAUSE)
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"}
        with suppress(OSError):  # of a full disk: the lock holds, whether or not it says whose it is
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(holder).encode(), 0)

    def _locked_by(self, descriptor: int) -> str:
        try:
            holder = json.loads(os.pread(descriptor, 4096, 0))
            who = f" (process {holder['pid']} on {holder['host']}, since {holder['since']} UTC)"
        except (ValueError, TypeError, KeyError):
            who = ""
        return f"another indexer{who} is writing to {self.folder}; try again when it has ended"

    def _clear_debris(self) -> None:
        """What a writer that died has left: to be called by the only writer."""
        for suffix in (PARTIAL, GONE):
            for number in self.numbers(suffix):
                disk.remove_folder(self._inner / f"{number}{suffix}")
        self.remove_unpublished()

    def remove_unpublished(self) -> None:
        """Whole generations that the pointer never named; to be called by the only writer."""
        published, lost = self.newest()
        for number in self.numbers():
            if not lost and number > max(published, default=0):
                self._remove(number)

    def next_number(self) -> int:
        """Above every one that is or was in use."""
        return max([0, *self.newest()[0], *self.numbers(), *self.numbers(DAMAGED)]) + 1

    def prune(self, newest: int) -> None:
        """Removes what is too old and held by nobody. Raises OSError."""
        for number in [number for number in self.numbers() if number < newest][KEPT_GENERATIONS:]:
            self._remove(number)

    def purge(self, newest: int) -> None:
        """Removes all before the newest, damaged or not: who reads one has its files open. Raises OSError."""
        for suffix in ("", DAMAGED):
            for number in self.numbers(suffix):
                if number < newest:
                    self._discard(self._inner / f"{number}{suffix}", number)

    def set_aside(self, number: int) -> None:
        """So that a damaged generation is neither tried nor removed any more. Raises OSError."""
        disk.rename(self.path(number), self._inner / f"{number}{DAMAGED}")

    def _remove(self, number: int) -> None:
        """Unless somebody holds it. Renamed first, so that half of it never looks whole."""
        path = self.path(number)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._discard(path, number)
        except BlockingIOError:
            pass  # a later writer removes it
        finally:
            os.close(descriptor)

    def _discard(self, path: Path, number: int) -> None:
        gone = self._inner / f"{number}{GONE}"
        disk.rename(path, gone)
        disk.sync_folder(self._inner)  # or power might fail on half of it under its old name
        disk.remove_folder(gone)
