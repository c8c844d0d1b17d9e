"""Which files there are: walks a SOURCE, a folder or a file, and names what could not be looked at.

Hidden files and folders are left out, and files of other kinds.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO

from indexer.sources.files import MAX_FILE_BYTES, TOO_LARGE, File, Stamp, kind_of, printable, reason
from indexer.sources.items import Failure, LeftOut, Source, Unread

STDIN = "-"
CAPTURES = frozenset({".txt", ".html", ".htm", ".xhtml", ".md", ".markdown"})
LINES = ".jsonl"
TABLES = frozenset({".json", ".csv", ".tsv"})
FEEDS = frozenset({".rss", ".atom", ".xml"})
WARC = ".warc"
ZIPS = frozenset({".zip", ".wacz"})
KINDS = CAPTURES | {LINES} | TABLES | FEEDS | {WARC} | ZIPS

_KINDS = ", ".join(sorted(KINDS))


def resolve(given: Iterable[str]) -> tuple[Source, ...]:
    """The SOURCES in the order given, each once however often and by whatever path it is named."""
    sources: dict[str, Source] = {}
    for one in given:
        # Odd bytes are escaped, not replaced: two folders that differ in them alone must not pass for one.
        name = "" if one == STDIN else os.fsencode(os.path.realpath(one)).decode("utf-8", "backslashreplace")
        sources.setdefault(name, Source(one, name))
    return tuple(sources.values())


def is_read(path: str) -> bool:
    """Whether a file of this name may hold articles."""
    return kind_of(path) in KINDS


def files_in(source: Source) -> Iterator[File | Unread | LeftOut]:
    root = Path(os.path.realpath(source.given))
    try:
        status = root.stat()
    except OSError as error:
        yield _unread(source, "", reason(error))
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _walk_folder(source, root)
        return
    found = _look_at(_file(source, root.parent, root.name, printable(source.given), status), status)
    yield (
        _unread(source, "", f"holds no articles: files of those end in {_KINDS}, or in one of them and .gz")
        if isinstance(found, LeftOut)
        else found
    )


def _walk_folder(source: Source, root: Path) -> Iterator[File | Unread | LeftOut]:
    """Links to folders come last, and no real folder twice: loops end, and a folder goes by its own path first."""
    visited = {str(parent) for parent in root.parents}
    starts = deque([""])
    while starts:
        yield from _walk_tree(source, root, starts.popleft(), visited, starts)


def _walk_tree(
    source: Source, root: Path, start: str, visited: set[str], links: deque[str]
) -> Iterator[File | Unread | LeftOut]:
    """All below `start` in sorted order. Adds its folders' real paths to `visited`, and links to folders to `links`."""
    pending = [(start, os.path.realpath(root / start))]  # paths below root, and where they really are; the last is next
    while pending:
        path, real = pending.pop()
        full = f"{root}/{path}"  # as text: paths as objects made a walk three times as long
        try:
            status = os.stat(full)  # noqa: PTH116
            if not stat.S_ISDIR(status.st_mode):
                yield _look_at(_file(source, root, path, _shown(source, path), status), status)
            elif path != start and os.path.islink(full):  # noqa: PTH114
                links.append(path)
            elif real not in visited:
                visited.add(real)
                prefix = f"{path}/" if path else ""
                names = sorted(os.listdir(full), reverse=True)  # noqa: PTH208
                pending += ((f"{prefix}{name}", f"{real}/{name}") for name in names if not name.startswith("."))
        except OSError as error:
            yield _unread(source, path, reason(error))


def _look_at(file: File, status: os.stat_result) -> File | Unread | LeftOut:
    """What to make of it, by its name and status alone: a FIFO or a device that is opened could wait for ever."""
    if file.kind not in KINDS:
        return LeftOut(printable(file.path))
    if not stat.S_ISREG(status.st_mode):
        return file.unread("not a regular file")
    if file.kind in CAPTURES and not file.is_gz and file.size > MAX_FILE_BYTES:
        return file.unread(TOO_LARGE)
    return file


def _shown(source: Source, path: str) -> str:
    return printable(_beginning(source.given) + path if path else source.given)


@cache
def _beginning(given: str) -> str:
    """What is before a path below a folder, as the operator names it."""
    return str(Path(given) / "_")[:-1]


def _unread(source: Source, path: str, why: str) -> Unread:
    return Unread(source.name, printable(path), Failure(_shown(source, path), why))


def _file(source: Source, folder: Path, path: str, shown: str, status: os.stat_result) -> File:
    opener = partial(_open, folder, path)
    return File(source.name, folder, path, shown, status.st_size, opener, stamp=Stamp.of(status))


def _open(folder: Path, path: str) -> BinaryIO:
    return (folder / path).open("rb")
