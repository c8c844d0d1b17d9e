"""Files that state articles in fields: JSON lines, tables of JSON, CSV and TSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import PureWindowsPath
from typing import Any, BinaryIO

from indexer.extract.decoding import encoding_of
from indexer.extract.language import detect
from indexer.sources.columns import Columns
from indexer.sources.files import MAX_FILE_BYTES, File, hashed, printable, reason
from indexer.sources.items import Item, Unread
from indexer.sources.parsed import parsed
from search.article import ArticleError, from_json

MAX_LINE_BYTES = 8 * 1024 * 1024  # of one line or one field; a file of them may have any size
ROW_LINES = 2  # times as long a row of a table may be
KEYS_FROM = 100  # objects of a JSON table, whose keys are its columns
DELIMITERS = ",;\t|"

_UTF8_BOM = b"\xef\xbb\xbf"
_LINE_TOO_LONG = f"longer than {MAX_LINE_BYTES // 2**20} MB; a line holds one article"
_TABLE_TOO_LARGE = f"larger than {MAX_FILE_BYTES // 2**20} MB; JSON lines (.jsonl) may have any size"
_SAMPLE = 64 * 1024  # bytes, that tell a table's encoding and delimiter


def read_lines(file: File, columns: Mapping[str, str]) -> Iterator[Item | Unread]:
    """The articles of a file of JSON lines. `columns` as in `parse_columns`; empty where the lines say it all."""
    try:
        with file.open() as stream:
            for number, line in enumerate(_lines(stream), 1):
                yield from _read_line(file, number, line, columns)
    except OSError as error:
        yield file.unread(reason(error))


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a stream, never more than one in memory; None for one that is too long."""
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) <= MAX_LINE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES)
        yield None


def _read_line(file: File, number: int, line: bytes | None, columns: Mapping[str, str]) -> Iterator[Item | Unread]:
    part = f"line {number}"
    if line is None:
        yield file.unread(_LINE_TOO_LONG, part)
        return
    data = (line.removeprefix(_UTF8_BOM) if number == 1 else line).strip()
    if not data:
        return
    try:
        values = _json(data, str if columns else float)
        if columns and isinstance(values, Mapping):
            values = Columns.among(values, columns).values(values)
            data = canonical(values)
        yield stated(file, str(number), part, values, data)
    except ValueError as error:
        yield file.unread(str(error), part)


def _json(data: bytes, number: type[float | str] = float) -> Any:
    """number: what numbers become; a table's are text, such as ids. Raises ValueError with what there is to mend."""
    try:
        # No field is a number, and int() would refuse one of more than 4,300 digits.
        return json.loads(data.decode(), parse_int=number, parse_float=number)
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise ValueError(f"not JSON: {error.msg} at {line}column {error.colno}") from None
    except RecursionError:
        raise ValueError("not an article: nested too deep") from None


def read_json(file: File, columns: Mapping[str, str]) -> Iterator[Item | Unread]:
    """The articles of a file that is one array of objects, one object that holds such an array, or one article."""
    try:
        data = file.read(_TABLE_TOO_LARGE)
    except OSError as error:
        yield file.unread(reason(error))
        return
    yield from parsed(file, _objects, data, dict(columns))


def _objects(file: File, data: bytes, columns: Mapping[str, str]) -> Iterator[Item | Unread]:
    try:
        rows = _rows(_json(data.removeprefix(_UTF8_BOM), str))
        names = dict.fromkeys(name for row in islice(rows, KEYS_FROM) if isinstance(row, Mapping) for name in row)
        table = Columns.among(names, columns)
    except ValueError as error:
        yield file.unread(str(error))
        return
    for number, row in enumerate(rows, 1):
        yield _read_row(file, table, number, f"item {number}", row)


def _rows(value: Any) -> list[Any]:
    """Raises ArticleError."""
    if isinstance(value, Mapping):
        tables = [one for one in value.values() if isinstance(one, list) and one and isinstance(one[0], Mapping)]
        is_article = any(isinstance(value.get(name), str) for name in ("body", "text", "content", "articleBody"))
        value = tables[0] if len(tables) == 1 and not is_article else [value]
    if not isinstance(value, list):
        raise ArticleError("it is no table: an array of objects, or one object")
    return value


def read_table(file: File, columns: Mapping[str, str]) -> Iterator[Item | Unread]:
    """The articles of a table of comma- or tab-separated values, whose first row names the columns."""
    try:
        with file.open() as stream:
            sample = stream.read(_SAMPLE)
            whole = io.BufferedReader(_Joined(sample, stream), _SAMPLE)
            # Damaged bytes become surrogates, by which their row is known.
            text = io.TextIOWrapper(whole, encoding_of(sample), errors="surrogateescape", newline="")
            yield from _read_csv(file, text, columns)
    except OSError as error:
        yield file.unread(reason(error))
    except UnicodeError as error:
        yield file.unread(f"its encoding changes on the way; save it as UTF-8 ({error})")
    except ValueError as error:
        yield file.unread(str(error))


class _Joined(io.RawIOBase):
    """A stream of which the beginning was read already."""

    def __init__(self, beginning: bytes, stream: BinaryIO) -> None:
        self._beginning = io.BytesIO(beginning)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._beginning.read(len(buffer)) or self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _read_csv(file: File, text: io.TextIOWrapper, columns: Mapping[str, str]) -> Iterator[Item | Unread]:
    """Raises ValueError for what no row can be read after."""
    csv.field_size_limit(MAX_LINE_BYTES)
    lines = _Lines(text)
    header = next(lines, "").removeprefix("\ufeff")
    delimiter = "\t" if file.kind == ".tsv" else max(DELIMITERS, key=header.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    table = Columns.among(filter(None, names), columns)
    lines.begin_row()
    rows = csv.reader(lines, delimiter=delimiter)
    following = 2  # the line at which the next row begins; a row may have several
    try:
        for cells in rows:
            number, following = following, rows.line_num + 2
            lines.begin_row()
            part = f"line {number}"
            if len(cells) > len(names) and any(cells[len(names) :]):
                yield file.unread(
                    f"{len(cells)} cells where the first row names {len(names)}; is a quote missing?", part
                )
            elif any(map(_is_damaged, cells)):
                yield file.unread("damaged characters; save the table as UTF-8", part)
            elif any(cells):
                yield _read_row(file, table, number, part, dict(zip(names, cells, strict=False)))
    except csv.Error as error:
        raise ValueError(f"line {following}: {error}; what follows was not read") from None


class _Lines:
    """The lines of a table. Raises ValueError for one that is too long, and for a row: in quotes it may have many."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self.begin_row()

    def begin_row(self) -> None:
        self._left = ROW_LINES * MAX_LINE_BYTES

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE_BYTES + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if len(line) > MAX_LINE_BYTES:
            raise ValueError(f"a line is longer than {MAX_LINE_BYTES // 2**20} MB; what follows was not read")
        if self._left < 0:
            most = ROW_LINES * MAX_LINE_BYTES // 2**20
            raise ValueError(f"a row is longer than {most} MB; is a quote missing? What follows was not read")
        return line


def _read_row(file: File, table: Columns, number: int, part: str, row: Any) -> Item | Unread:
    try:
        if not isinstance(row, Mapping):
            raise ArticleError("an article is a JSON object")
        values = table.values(row)
        return stated(file, table.row_id(row) or str(number), part, values, canonical(values))
    except ArticleError as error:
        return file.unread(str(error), part)
    except RecursionError:
        return file.unread("not an article: nested too deep", part)


def _is_damaged(cell: str) -> bool:
    return not cell.isascii() and any("\udc80" <= char <= "\udcff" for char in cell)


def canonical(values: Mapping[str, Any]) -> bytes:
    """What tells whether an article has changed, in its table or by other columns."""
    return json.dumps(values, sort_keys=True).encode()


def stated(file: File, within: str, part: str, values: Any, data: bytes) -> Item:
    """An article whose file states it in fields; `data`: what tells whether it changed. Raises ArticleError."""
    # Standard input has no path, and line 1 of its next batch is another article.
    default_id = file.item_id(within) if file.source else hashed(data)
    article = from_json(values, default_id=default_id)
    own_path = article.path if article.path and not PureWindowsPath(article.path).anchor else None
    language = article.language or detect(article.body or article.title or "")
    article = replace(article, path=own_path or printable(file.path) or None, language=language, indexed=None)
    return replace(file.item(data, part=part), article_id=article.id, article=article)
