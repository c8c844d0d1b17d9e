"""What there is to index: walks SOURCES and yields their items one at a time, each with its origin.

A SOURCE is a folder, a file or `-`, the standard input. A capture (`.txt`, `.html`, `.htm`, `.xhtml`) is one item; each
line of a `.jsonl` file is one, and an article already. Hidden files and folders are left out, and files of other kinds.

A capture's id is made of the name of its SOURCE folder and its path below that: an archive that moves keeps permalinks.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from search.article import Article, from_json

CAPTURES = frozenset({".txt", ".html", ".htm", ".xhtml"})
LINES = ".jsonl"
STDIN = "-"
MAX_FILE_BYTES = 64 * 1024 * 1024  # of one capture
MAX_LINE_BYTES = 8 * 1024 * 1024  # of one JSON line; a file of them may have any size

_KINDS = ", ".join(sorted(CAPTURES | {LINES}))
_TOO_LARGE = f"larger than {MAX_FILE_BYTES // 2**20} MB, the limit for one capture"
_LINE_TOO_LONG = f"longer than {MAX_LINE_BYTES // 2**20} MB; a line holds one article"
_UTF8_BOM = b"\xef\xbb\xbf"
_REASONS = {
    errno.ENOENT: "no such file or folder, or a link that leads nowhere",
    errno.EACCES: "permission denied",
    errno.ELOOP: "a link that leads to itself",
    errno.ENAMETOOLONG: "its path is longer than this system can open",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """path: as the operator can find it; reason: in the operator's words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """One article to be: the bytes it is made from, and where they stand.

    source:  the SOURCE as an absolute path; empty for standard input
    path:    relative to SOURCE, the file's name where SOURCE is that file; empty for standard input
    shown:   the path as the operator can find it
    digest:  of the bytes
    line:    its number in a file of JSON lines, from 1; None for a capture
    article: what a JSON line says; None for a capture, which has yet to be extracted
    """

    article_id: str
    source: str
    path: str
    shown: str
    data: bytes
    digest: str
    line: int | None = None
    article: Article | None = None

    @property
    def place(self) -> str:
        return self.shown if self.line is None else f"{self.shown} line {self.line}"

    def failure(self, reason: str) -> Failure:
        return _failure(self.shown, self.line, reason)


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read. What was indexed before from this path of this source, or from below it, is not gone.

    path: as in Item; empty for the whole SOURCE
    """

    source: str
    path: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is no capture."""

    path: str


Found = Item | Unread | LeftOut


@dataclass(frozen=True, slots=True)
class Source:
    """given: as the operator wrote it; name: as an Origin keeps it, the resolved path, empty for standard input."""

    given: str
    name: str


def resolve(given: Iterable[str]) -> tuple[Source, ...]:
    """The SOURCES in the order given, each once however often and by whatever path it is named."""
    sources: dict[str, Source] = {}
    for one in given:
        # Odd bytes are escaped, not replaced: two folders that differ in them alone must not pass for one.
        name = "" if one == STDIN else os.fsencode(os.path.realpath(one)).decode("utf-8", "backslashreplace")
        sources.setdefault(name, Source(one, name))
    return tuple(sources.values())


def read(source: Source) -> Iterator[Found]:
    """All that stands in a SOURCE, in a fixed order, read as it is asked for. What cannot be read is no exception."""
    if not source.name:
        yield from _read_lines(_STANDARD_INPUT)
        return
    for found in _walk(source):
        if not isinstance(found, _File):
            yield found
        elif found.suffix == LINES:
            yield from _read_lines(found)
        else:
            yield _read_capture(found)


def size(sources: Iterable[Source]) -> int | None:
    """Bytes that `read` would find in all of them, for a progress bar; None where standard input is among them."""
    total = 0
    for source in sources:
        if not source.name:
            return None
        total += sum(found.size for found in _walk(source) if isinstance(found, _File))
    return total


def printable(path: str) -> str:
    """A path that any encoder takes: bytes that are no UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _File:
    """A capture or a file of JSON lines, not opened yet. Paths may hold surrogates, as the file system gave them.

    folder: what paths of this SOURCE count from; path: below it
    """

    source: str
    folder: Path
    path: str
    shown: str
    size: int

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.path).suffix.lower()

    def item(self, data: bytes) -> Item:
        digest = blake2b(data, digest_size=20).hexdigest()
        return Item(self.default_id(), self.source, printable(self.path), self.shown, data, digest)

    def default_id(self, line: int | None = None) -> str:
        within = "" if line is None else f"#{line}"
        return _hash(os.fsencode(f"{self.folder.name}/{self.path}{within}"))

    def unread(self, reason: str, line: int | None = None) -> Unread:
        return Unread(self.source, printable(self.path), _failure(self.shown, line, reason))


_STANDARD_INPUT = _File("", Path(), "", "standard input", 0)


def _walk(source: Source) -> Iterator[_File | Unread | LeftOut]:
    root = Path(os.path.realpath(source.given))
    try:
        status = root.stat()
    except OSError as error:
        yield _unread(source, "", _reason(error))
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _walk_folder(source, root)
        return
    found = _look_at(_File(source.name, root.parent, root.name, printable(source.given), status.st_size), status)
    yield _unread(source, "", f"not a capture: those end in {_KINDS}") if isinstance(found, LeftOut) else found


def _walk_folder(source: Source, root: Path) -> Iterator[_File | Unread | LeftOut]:
    """Links to folders come last, and no real folder twice: loops end, and a folder goes by its own path first."""
    visited = {str(parent) for parent in root.parents}
    starts = deque([""])
    while starts:
        yield from _walk_tree(source, root, starts.popleft(), visited, starts)


def _walk_tree(
    source: Source, root: Path, start: str, visited: set[str], links: deque[str]
) -> Iterator[_File | Unread | LeftOut]:
    """All below `start` in sorted order. Adds its folders' real paths to `visited`, and links to folders to `links`."""
    pending = [(start, os.path.realpath(root / start))]  # paths below root, and where they really are; the last is next
    while pending:
        path, real = pending.pop()
        try:
            status = (root / path).stat()
            if not stat.S_ISDIR(status.st_mode):
                yield _look_at(_File(source.name, root, path, _shown(source, path), status.st_size), status)
            elif path != start and (root / path).is_symlink():
                links.append(path)
            elif real not in visited:
                visited.add(real)
                names = sorted((entry.name for entry in (root / path).iterdir()), reverse=True)
                prefix = f"{path}/" if path else ""
                pending += ((f"{prefix}{name}", f"{real}/{name}") for name in names if not name.startswith("."))
        except OSError as error:
            yield _unread(source, path, _reason(error))


def _look_at(file: _File, status: os.stat_result) -> _File | Unread | LeftOut:
    """What to make of it, by its name and status alone: a FIFO or a device that is opened could wait for ever."""
    if file.suffix != LINES and file.suffix not in CAPTURES:
        return LeftOut(printable(file.path))
    if not stat.S_ISREG(status.st_mode):
        return file.unread("not a regular file")
    if file.suffix in CAPTURES and file.size > MAX_FILE_BYTES:
        return file.unread(_TOO_LARGE)
    return file


def _read_capture(file: _File) -> Item | Unread:
    try:
        with _open(file) as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return file.unread(_reason(error))
    return file.item(data) if len(data) <= MAX_FILE_BYTES else file.unread(_TOO_LARGE)


def _read_lines(file: _File) -> Iterator[Item | Unread]:
    try:
        with _open(file) as stream:
            yield from _parse_lines(stream, file)
    except OSError as error:
        yield file.unread(_reason(error))


def _open(file: _File) -> AbstractContextManager[BinaryIO]:
    if file.source:
        return (file.folder / file.path).open("rb")
    if sys.stdin is None:
        raise OSError(errno.EBADF, "closed")
    return nullcontext(sys.stdin.buffer)


def _parse_lines(stream: BinaryIO, file: _File) -> Iterator[Item | Unread]:
    for number, line in enumerate(_lines(stream), 1):
        if line is None:
            yield file.unread(_LINE_TOO_LONG, number)
            continue
        data = (line.removeprefix(_UTF8_BOM) if number == 1 else line).strip()
        if not data:
            continue
        try:
            yield _parse_line(data, number, file)
        except ValueError as error:
            yield file.unread(str(error), number)


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a stream, never more than one in memory; None for one that is too long."""
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) <= MAX_LINE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES)
        yield None


def _parse_line(data: bytes, number: int, file: _File) -> Item:
    """Raises ValueError with what there is to mend."""
    try:
        # No field is a number, and int() would refuse one of more than 4,300 digits.
        values = json.loads(data.decode(), parse_int=float)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("not an article: nested too deep") from None
    # Standard input has no path, and line 1 of its next batch is another article.
    default_id = file.default_id(number) if file.source else _hash(data)
    article = from_json(values, default_id=default_id)
    own_path = article.path if article.path and not PureWindowsPath(article.path).anchor else None
    article = replace(article, path=own_path or printable(file.path) or None, indexed=None)
    return replace(file.item(data), article_id=article.id, line=number, article=article)


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()


def _shown(source: Source, path: str) -> str:
    return printable(str(Path(source.given) / path) if path else source.given)


def _unread(source: Source, path: str, reason: str) -> Unread:
    return Unread(source.name, printable(path), Failure(_shown(source, path), reason))


def _failure(shown: str, line: int | None, reason: str) -> Failure:
    return Failure(shown, reason if line is None else f"line {line}: {reason}")


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
