"""What a disk may hold when the power fails: a file system that promises no more than POSIX does.

Of a file, what was written since it was last synced may be there, torn, or missing, and its length may be right without
its bytes. Of a folder, the names that were given and taken since it was last synced may be there, up to any of them, or
(as no file system should) each by itself. A synced file whose folder was not synced may have no name.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from tests.soak.recording import Operation

BLOCK = 512  # bytes that a disk writes whole or not at all


@dataclass(eq=False)
class File:
    data: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)  # where, and what; None cuts there

    def write(self, at: int, data: bytes | None) -> None:
        self.unsynced.append((at, data))
        _write(self.data, at, data)

    def sync(self) -> None:
        self.synced = bytes(self.data)
        self.unsynced.clear()


@dataclass(eq=False)
class Folder:
    names: dict[str, Node] = field(default_factory=dict)
    synced: dict[str, Node] = field(default_factory=dict)
    unsynced: list[dict[str, Node | None]] = field(default_factory=list)  # names given, or taken with None, in one step

    def change(self, step: dict[str, Node | None]) -> None:
        self.unsynced.append(step)
        _change(self.names, step)

    def sync(self) -> None:
        self.synced = dict(self.names)
        self.unsynced.clear()


Node = File | Folder


class Disk:
    """The folder `base`, which is there whatever happens, and all that operations make beneath it."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self.root = _taken(base)

    def do(self, operation: Operation) -> None:
        folder, name = self._place(operation.path)
        match operation.kind:
            case "create":
                if name not in folder.names:
                    folder.change({name: File()})
            case "mkdir":
                folder.change({name: Folder()})
            case "write":
                self._file(operation.path).write(operation.at, operation.data)
            case "cut":
                self._file(operation.path).write(operation.at, None)
            case "sync":
                self._node(operation.path).sync()
            case "unlink" | "rmdir":
                folder.change({name: None})
            case "link":
                other, new = self._place(_target(operation))
                other.change({new: folder.names[name]})
            case "rename":
                self._rename(folder, name, *self._place(_target(operation)))

    def _rename(self, folder: Folder, name: str, other: Folder, new: str) -> None:
        node = folder.names[name]
        if other is folder:
            folder.change({name: None, new: node})
        else:
            other.change({new: node})
            folder.change({name: None})

    def _node(self, path: Path) -> Node:
        node: Node = self.root
        for name in path.relative_to(self._base).parts:
            assert isinstance(node, Folder), path
            node = node.names[name]
        return node

    def _file(self, path: Path) -> File:
        node = self._node(path)
        assert isinstance(node, File), path
        return node

    def _place(self, path: Path) -> tuple[Folder, str]:
        if path == self._base:
            return self.root, ""
        folder = self._node(path.parent)
        assert isinstance(folder, Folder), path
        return folder, path.name


def _target(operation: Operation) -> Path:
    assert operation.target is not None
    return operation.target


def _taken(path: Path) -> Folder:
    """As what is there before all: on the disk."""
    files: dict[tuple[int, int], File] = {}

    def taken(inner: Path) -> Node:
        if inner.is_dir():
            names = {path.name: taken(path) for path in inner.iterdir()}
            return Folder(names, dict(names))
        found = inner.stat()
        data = inner.read_bytes()
        return files.setdefault((found.st_dev, found.st_ino), File(bytearray(data), data))

    root = taken(path)
    assert isinstance(root, Folder)
    return root


@dataclass(frozen=True, slots=True)
class Loss:
    """One way to lose what was not synced: what is left of a file, and of a folder."""

    name: str
    file: Callable[[File], bytes]
    folder: Callable[[Folder], dict[str, Node]]


def losses(draw: random.Random, drawn: int) -> Iterator[Loss]:
    """Those at the ends, and so many that are drawn."""
    yield Loss("nothing", _all_bytes, _all_names)
    yield Loss("all", _synced_bytes, _synced_names)
    yield Loss("bytes", _synced_bytes, _all_names)
    yield Loss("bytes, not lengths", _zeros, _all_names)
    yield Loss("names", _all_bytes, _synced_names)
    for _ in range(drawn):
        yield Loss("some bytes and the last names", lambda file: _torn(file, draw), lambda one: _first_names(one, draw))
        yield Loss("some bytes and any names", lambda file: _torn(file, draw), lambda one: _any_names(one, draw))
        yield Loss("any names", _all_bytes, lambda one: _any_names(one, draw))


def _all_bytes(file: File) -> bytes:
    return bytes(file.data)


def _synced_bytes(file: File) -> bytes:
    return file.synced


def _zeros(file: File) -> bytes:
    left = bytearray(file.synced)
    for at, data in file.unsynced:
        _write(left, at, None if data is None else bytes(len(data)))
    return bytes(left)


def _torn(file: File, draw: random.Random) -> bytes:
    left = bytearray(file.synced)
    for at, data in file.unsynced:
        for begin in range(0, len(data or b"") or 1, BLOCK):
            block = None if data is None else data[begin : begin + BLOCK]
            match draw.choice(("kept", "kept", "zeros", "lost")):
                case "kept":
                    _write(left, at + begin, block)
                case "zeros" if block is not None:
                    _write(left, at + begin, bytes(len(block)))
    return bytes(left)


def _all_names(folder: Folder) -> dict[str, Node]:
    return folder.names


def _synced_names(folder: Folder) -> dict[str, Node]:
    return folder.synced


def _first_names(folder: Folder, draw: random.Random) -> dict[str, Node]:
    return _with(folder, folder.unsynced[: draw.randint(0, len(folder.unsynced))])


def _any_names(folder: Folder, draw: random.Random) -> dict[str, Node]:
    return _with(folder, [step for step in folder.unsynced if draw.random() < 0.5])


def _with(folder: Folder, steps: list[dict[str, Node | None]]) -> dict[str, Node]:
    names = dict(folder.synced)
    for step in steps:
        _change(names, step)
    return names


def _change(names: dict[str, Node], step: dict[str, Node | None]) -> None:
    for name, node in step.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


def _write(data: bytearray, at: int, new: bytes | None) -> None:
    if new is None:
        del data[at:]
    data.extend(bytes(max(0, at - len(data))))
    if new is not None:
        data[at : at + len(new)] = new


class Remains:
    """What is left after a loss: to be told from others by its digest, and to be made real."""

    def __init__(self, root: Folder, loss: Loss) -> None:
        self._bytes: dict[File, bytes] = {}
        self._digest = blake2b(digest_size=16)
        self._entries = list(self._walk(root, "", loss))
        self.digest = self._digest.hexdigest()

    def _walk(self, folder: Folder, path: str, loss: Loss) -> Iterator[tuple[str, Node]]:
        for name, node in sorted(loss.folder(folder).items()):
            inner = f"{path}/{name}"
            self._digest.update(inner.encode() + b"\0")
            yield inner, node
            if isinstance(node, Folder):
                yield from self._walk(node, inner, loss)
            else:
                if node not in self._bytes:
                    self._bytes[node] = loss.file(node)
                self._digest.update(blake2b(self._bytes[node], digest_size=16).digest())

    def make(self, folder: Path) -> None:
        """In a new folder."""
        folder.mkdir()
        made: dict[File, str] = {}
        for path, node in self._entries:
            if isinstance(node, Folder):
                Path(f"{folder}{path}").mkdir()
            elif node in made:
                os.link(made[node], f"{folder}{path}")
            else:
                made[node] = f"{folder}{path}"
                Path(made[node]).write_bytes(self._bytes[node])
