"""What there is to index: walks SOURCES and yields their items one at a time, each with its origin.

A SOURCE is a folder, a file or `-`, the standard input. A capture (`.txt`, `.html`, `.htm`, `.xhtml`, Markdown) is one
item. JSON lines, tables and feeds are files of many, which are articles already; web archives hold many captures. Any
of them may be packed as `.gz`, or stand in a `.zip`.

A capture's id is made of the name of its SOURCE folder and its path below that: an archive that moves keeps permalinks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from errno import EBADF
from pathlib import Path
from typing import BinaryIO

from indexer.sources.columns import parse_columns
from indexer.sources.feeds import read_feed
from indexer.sources.files import MAX_FILE_BYTES, File, printable, reason
from indexer.sources.items import Failure, Found, Item, LeftOut, Source, Unread
from indexer.sources.packed import members
from indexer.sources.records import MAX_LINE_BYTES, read_json, read_lines, read_table
from indexer.sources.walk import CAPTURES, FEEDS, LINES, WARC, ZIPS, files_in, resolve
from indexer.sources.warc import read_warc

__all__ = [
    "MAX_FILE_BYTES", "MAX_LINE_BYTES", "Failure", "Found", "Item", "LeftOut", "Source", "Unread",
    "parse_columns", "printable", "read", "resolve", "size",
]  # fmt: skip

LATER = "\uffff"  # after every moment that an item was captured
RECURRING = FEEDS | {WARC}  # the kinds in which the same article may stand again, captured later


def read(source: Source, columns: Mapping[str, str] = {}) -> Iterator[Found]:
    """All that stands in a SOURCE, in a fixed order, read as it is asked for. What cannot be read is no exception.

    columns: of tables, as in `parse_columns`
    """
    if not source.name:
        yield from read_lines(_STANDARD_INPUT, columns)
        return
    later: list[File] = []  # they are read twice: first to learn which capture is the latest
    for found in files_in(source):
        if not isinstance(found, File):
            yield found
        elif found.kind in RECURRING:
            later.append(found)
        elif found.kind in ZIPS:
            yield from _read_zip(found, columns, later)
        else:
            yield from _read_file(found, columns)
    yield from _latest(later)


def size(sources: Iterable[Source]) -> int | None:
    """Bytes that `read` would find in all of them, for a progress bar; None where that is not known before."""
    total = 0
    for source in sources:
        if not source.name:
            return None
        for found in files_in(source):
            if isinstance(found, File):
                if found.is_gz or found.kind in ZIPS or found.kind in RECURRING:
                    return None
                total += found.size
    return total


def _read_file(file: File, columns: Mapping[str, str]) -> Iterator[Found]:
    try:
        yield from _parts(file, columns)
    except Exception as error:  # a file that a library did not foresee must not stop the others
        yield file.unread(f"could not be read: {error!r}")


def _parts(file: File, columns: Mapping[str, str]) -> Iterator[Found]:
    if file.kind in CAPTURES:
        return _read_capture(file)
    if file.kind in FEEDS:
        return read_feed(file)
    if file.kind == WARC:
        return read_warc(file)
    if file.kind == LINES:
        return read_lines(file, columns)
    return read_json(file, columns) if file.kind == ".json" else read_table(file, columns)


def _read_capture(file: File) -> Iterator[Item | Unread]:
    try:
        yield file.item(file.read())
    except OSError as error:
        yield file.unread(reason(error))


def _read_zip(file: File, columns: Mapping[str, str], later: list[File]) -> Iterator[Found]:
    """What stands in it once. Adds the zip to `later` where there is more."""
    recurring = False
    for member in members(file):
        if not isinstance(member, File):
            yield member
        elif member.kind in RECURRING:
            recurring = True
        else:
            yield from _read_file(member, columns)
    if recurring:
        later.append(file)


def _latest(files: list[File]) -> Iterator[Found]:
    """Of what was captured several times, the last; it may stand in any of the files."""
    latest: dict[str, str] = {}
    for found in _recurring(files):
        if isinstance(found, Item) and found.captured is not None:
            latest[found.article_id] = max(found.captured, latest.get(found.article_id, ""))
    for found in _recurring(files):
        if isinstance(found, Item) and found.captured is not None:
            if found.captured < latest.get(found.article_id, ""):
                continue
            latest[found.article_id] = LATER  # of two at the same moment, the first
        yield found


def _recurring(files: list[File]) -> Iterator[Found]:
    for file in files:
        for member in members(file) if file.kind in ZIPS else (file,):
            if isinstance(member, File) and member.kind in RECURRING:
                yield from _read_file(member, {})


def _open_standard_input() -> AbstractContextManager[BinaryIO]:
    if sys.stdin is None:
        raise OSError(EBADF, "closed")
    return nullcontext(sys.stdin.buffer)


_STANDARD_INPUT = File("", Path(), "", "standard input", 0, _open_standard_input)
