"""The file operations of a command, in their order and with all that was written, as strace sees them.

So nothing is left out, whoever it is that writes: Python, a library, another process. An operation on the files that is
not known here is an error, and so is one that does not fit what was seen before.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.soak.archive import ROOT

_BY_NAME = frozenset(
    "open openat openat2 creat truncate rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat mkdir"
    " mkdirat rmdir".split()
)
_BY_DESCRIPTOR = (
    "write pwrite64 writev pwritev pwritev2 lseek fsync fdatasync sync_file_range syncfs ftruncate fallocate"
    " copy_file_range sendfile splice mmap".split()
)
_LINE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+)")
_UNFINISHED = re.compile(r"(\d+) +(.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)")
_QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"\b\d+<((?:\\x[0-9a-f]{2})*)>")
_PLACE = re.compile(r'(?:(?:AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>, )?"((?:\\x[0-9a-f]{2})*)"')

CAN_RECORD = shutil.which("strace") is not None


@dataclass(frozen=True, slots=True)
class Operation:
    """kind: create, write, cut, sync, link, rename, unlink, mkdir or rmdir
    data: what a write writes at `at`, or a cut leaves of the file as its length in `at`
    """

    kind: str
    path: Path
    target: Path | None = None
    at: int = 0
    data: bytes = b""


def record(command: list[str], folder: Path, trace: Path) -> list[Operation]:
    """Of what the command does beneath the folder, which it must end well."""
    traced = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-y",
        "-xx",
        "-s",
        "1000000000",
        "-e",
        f"trace={','.join([*_BY_NAME, *_BY_DESCRIPTOR])}",
        "-o",
        str(trace),
    ]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*traced, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with trace.open() as lines:
        return list(_Reader(folder).operations(_whole(lines)))


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """Calls that others of another process interrupted are joined; they count from their end."""
    begun: dict[str, str] = {}
    for line in lines:
        if found := _UNFINISHED.match(line):
            begun[found[1]] = found[2]
        elif found := _RESUMED.match(line):
            yield f"{found[1]} {begun.pop(found[1])}{found[2]}"
        else:
            yield line


class _Reader:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._offsets: dict[Path, int] = {}

    def operations(self, lines: Iterator[str]) -> Iterator[Operation]:
        for line in lines:
            found = _LINE.match(line)
            if found is None or found[4].startswith("-"):
                continue  # a signal, an end, or what failed
            call, arguments, result = found[2], found[3], int(found[4], 0)
            paths = [path for path in _paths(call, arguments) if path.is_relative_to(self._folder)]
            if paths:
                yield from self._operation(call, arguments, result, paths)

    def _operation(self, call: str, arguments: str, result: int, paths: list[Path]) -> Iterator[Operation]:
        path = paths[0]
        match call:
            case "open" | "openat" if not re.search("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", arguments):
                pass
            case "openat":
                self._offsets[path] = 0
                if "O_CREAT" in arguments:
                    yield Operation("create", path)
                if "O_TRUNC" in arguments:
                    yield Operation("cut", path)
                assert "O_APPEND" not in arguments, arguments[:200]
            case "lseek":
                self._offsets[path] = result
            case "write":
                data = _data(arguments)[:result]
                yield Operation("write", path, at=self._offsets[path], data=data)
                self._offsets[path] += result
            case "pwrite64":
                at = int(arguments.rpartition(", ")[2])
                yield Operation("write", path, at=at, data=_data(arguments)[:result])
            case "ftruncate" | "truncate":
                yield Operation("cut", path, at=int(arguments.rpartition(", ")[2]))
            case "fsync" | "fdatasync":
                yield Operation("sync", path)
            case "rename" | "renameat" | "renameat2":
                yield Operation("rename", path, paths[1])
            case "link" | "linkat":
                yield Operation("link", path, paths[1])
            case "unlink":
                yield Operation("unlink", path)
            case "unlinkat":
                yield Operation("rmdir" if "AT_REMOVEDIR" in arguments else "unlink", path)
            case "mkdir" | "mkdirat":
                yield Operation("mkdir", path)
            case "rmdir":
                yield Operation("rmdir", path)
            case "mmap" if "PROT_WRITE" not in arguments or "MAP_PRIVATE" in arguments:
                pass
            case _:
                raise AssertionError(f"a file operation that is not known: {call}({arguments[:200]}")


def _paths(call: str, arguments: str) -> list[Path]:
    if call not in _BY_NAME:
        return [Path(_text(found[1])) for found in _DESCRIPTOR.finditer(arguments)]
    places = (Path(_text(found[1] or ""), _text(found[2])) for found in _PLACE.finditer(arguments))
    return [Path(os.path.normpath(place)) for place in places]


def _text(coded: str) -> str:
    return bytes.fromhex(coded.replace("\\x", "")).decode()


def _data(arguments: str) -> bytes:
    found = _QUOTED.search(arguments)
    assert found is not None, arguments[:200]
    return bytes.fromhex(found[1].replace("\\x", ""))
