"""What can befall a process in the midst of writing, at a file operation that can be chosen by its number.

Counted is what changes something: files made, written, synced, renamed, linked and removed, folders made and removed.
"""

from __future__ import annotations

import atexit
import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from search import disk

_CHANGES = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}
_FREEING = {"os.remove", "os.rmdir"}  # go well on a full disk
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_OURS = "/generations", "/current", "/lock"

_count = 0


def install(kind: str, argument: str) -> None:
    """In this process alone, until it ends; forked ones have it too, and a count of their own from then on."""
    strike: Callable[[str], None]
    match kind:
        case "kill":
            strike = _killed_at(int(argument))
        case "full":
            strike = _full_from(int(argument))
        case "count":
            strike = _counted
            parent = os.getpid()
            atexit.register(lambda: os.getpid() == parent and Path(argument).write_text(str(_count)))
        case _:
            raise ValueError(kind)
    sys.addaudithook(lambda event, arguments: _audit(strike, event, arguments))
    _wrap(strike)


def _killed_at(number: int) -> Callable[[str], None]:
    def strike(event: str) -> None:
        _counted(event)
        if _count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return strike


def _full_from(number: int) -> Callable[[str], None]:
    def strike(event: str) -> None:
        _counted(event)
        if _count >= number and event not in _FREEING:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return strike


def _counted(_event: str) -> None:
    global _count
    _count += 1


def _audit(strike: Callable[[str], None], event: str, arguments: tuple[Any, ...]) -> None:
    if event in _CHANGES or (event == "open" and _writes(*arguments)):
        strike(event)


def _writes(path: Any, _mode: Any, flags: int) -> bool:
    return bool(flags & _WRITING) and any(part in str(path) for part in _OURS)


class _Raw(io.FileIO):
    """Writes half of what it is to write before the fault."""

    strike: Callable[[str], None]

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        half = super().write(view[: len(view) // 2]) or 0
        self.strike("write")
        return half + (super().write(view[half:]) or 0)


def _wrap(strike: Callable[[str], None]) -> None:
    real_create, real_fsync = disk.create, os.fsync

    def create(path: Path) -> BinaryIO:
        with real_create(path) as made:
            raw = _Raw(os.dup(made.fileno()), "wb")
        raw.strike = strike
        return io.BufferedWriter(raw)

    def fsync(descriptor: int) -> None:
        strike("fsync")
        real_fsync(descriptor)

    disk.create = create
    os.fsync = fsync  # type: ignore[assignment]
