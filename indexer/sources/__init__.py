"""What there is to index: walks SOURCES and yields their items one at a time, each with its origin.

A SOURCE is a folder, a file or `-`, the standard input. A capture (`.txt`, `.html`, `.htm`, `.xhtml`, Markdown) is one
item. JSON lines, tables and feeds are files of many, which are articles already; web archives hold many captures. Any
of them may be packed as `.gz`, or stand in a `.zip`.

A capture's id is made of the name of its SOURCE folder and its path below that: an archive that moves keeps permalinks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from errno import EBADF
from functools import partial
from pathlib import Path
from typing import BinaryIO

from indexer.sources.columns import parse_columns
from indexer.sources.feeds import read_feed
from indexer.sources.files import MAX_FILE_BYTES, File, printable, reason
from indexer.sources.items import Awaited, Failure, Found, Item, LeftOut, Source, Unread
from indexer.sources.memory import FileMemory
from indexer.sources.packed import members
from indexer.sources.records import MAX_LINE_BYTES, read_json, read_lines, read_table
from indexer.sources.walk import CAPTURES, FEEDS, LINES, WARC, ZIPS, files_in, is_read, resolve
from indexer.sources.warc import read_warc

__all__ = [
    "MAX_FILE_BYTES", "MAX_LINE_BYTES", "Awaited", "Failure", "FileMemory", "Found", "Item", "LeftOut", "Source",
    "Unread", "is_read", "parse_columns", "printable", "read", "resolve", "size",
]  # fmt: skip

RECURRING = FEEDS | {WARC}  # the kinds in which the same article may stand again, captured later


def read(source: Source, columns: Mapping[str, str] = {}, memory: FileMemory | None = None) -> Iterator[Found]:
    """All that stands in a SOURCE, in a fixed order, read as it is asked for. What cannot be read is no exception.

    columns: of tables, as in `parse_columns`
    memory: of what was read before. What has not changed since and is settled is given again as it was, without its
        bytes; what has just gone is awaited
    """
    if not source.name:
        yield from read_lines(_STANDARD_INPUT, columns)
        return
    later: list[File] = []  # they are read twice: first to learn which capture is the latest
    for found in files_in(source):
        if not isinstance(found, File):
            yield found
            continue
        if found.kind in RECURRING | ZIPS:
            later.append(found)
        if found.kind not in RECURRING:
            yield from _contents(found, partial(_once, found, columns), memory)
    yield from _latest(later, memory)
    if memory is not None:
        yield from memory.missing(source)


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


def _contents(
    file: File,
    reading: Callable[[], Iterator[Found]],
    memory: FileMemory | None,
    wanted: Callable[[int, Found], bool] | None = None,
) -> Iterator[Found]:
    """What is wanted of a file, from memory where all of that is settled.

    wanted: asked with the number, from 0, of all that may stand in other files too; None where that is not looked for
    """
    again = wanted is not None

    def chosen(found: Iterable[Found]) -> Iterator[Found]:
        return (one for number, one in enumerate(found) if wanted is None or wanted(number, one))

    if memory is None:
        yield from chosen(reading())
        return
    before = memory.recall(file, again)
    if before is not None and all(memory.settled(one) for one in chosen(before) if isinstance(one, Item)):
        yield from chosen(before)
    else:
        yield from chosen(memory.keep(file, again, reading()))


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


def _once(file: File, columns: Mapping[str, str]) -> Iterator[Found]:
    """What stands in it once."""
    for member in members(file) if file.kind in ZIPS else (file,):
        if not isinstance(member, File):
            yield member
        elif member.kind not in RECURRING:
            yield from _read_file(member, columns)


def _again(file: File) -> Iterator[Found]:
    """What may stand in other files too."""
    for member in members(file) if file.kind in ZIPS else (file,):
        if isinstance(member, File) and member.kind in RECURRING:
            yield from _read_file(member, {})


def _latest(files: list[File], memory: FileMemory | None) -> Iterator[Found]:
    """Of what was captured several times, the last; of two at the same moment, the first."""
    latest: dict[str, tuple[str, int, int]] = {}
    for place, file in enumerate(files):
        for number, found in enumerate(_looked_through(file, memory)):
            if isinstance(found, Item) and found.captured is not None:
                best = latest.get(found.article_id)
                if best is None or found.captured > best[0]:
                    latest[found.article_id] = (found.captured, place, number)

    def wanted(place: int, number: int, found: Found) -> bool:
        if not isinstance(found, Item) or found.captured is None:
            return True
        return latest.get(found.article_id, (found.captured, place, number))[1:] == (place, number)

    for place, file in enumerate(files):
        yield from _contents(file, partial(_again, file), memory, partial(wanted, place))


def _looked_through(file: File, memory: FileMemory | None) -> Iterable[Found]:
    if memory is None:
        return _again(file)
    before = memory.recall(file, again=True)
    return memory.keep(file, True, _again(file)) if before is None else before


def _open_standard_input() -> AbstractContextManager[BinaryIO]:
    if sys.stdin is None:
        raise OSError(EBADF, "closed")
    return nullcontext(sys.stdin.buffer)


_STANDARD_INPUT = File("", Path(), "", "standard input", 0, _open_standard_input)
