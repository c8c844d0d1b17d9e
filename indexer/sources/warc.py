"""Web archives: the HTML pages in a WARC file (ISO 28500), each under the address it was captured from."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from urllib.parse import urldefrag

import brotli
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeadersParserException

from indexer.extract import Fetched
from indexer.sources.files import MAX_FILE_BYTES, TOO_LARGE, Damaged, File, printable, read_bounded, reason
from indexer.sources.items import Item, Unread

MAX_HEADERS = 2 * 1024 * 1024  # bytes of one record's, with those of what a server answered, and of its chunks

_AT_ONCE = 64 * 1024
_PAGES = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br"})


def read_warc(file: File) -> Iterator[Item | Unread]:
    """The pages that servers answered with (2xx), and pages stored as they are. A revisit says only that a page was
    what it had been: it is passed over, and the page is there.
    """
    count = 0
    try:
        with file.open() as stream:
            records = ArchiveIterator(stream)
            headers = _Headers(records.reader.readline)
            records.reader.readline = headers.readline
            while record := _next(records):
                headers.begin()
                count += 1
                if record.format != "warc" or not record.rec_type:
                    raise ValueError("no record of a web archive")
                if _is_page(record):
                    yield _read_page(file, record)
            if records.err_count:
                yield file.unread("damaged: the length of a record is not what it says; some may not have been read")
        if not count:
            yield file.unread("no web archive: not one record could be read")
    except OSError as error:
        yield file.unread(reason(error))
    except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError) as error:
        yield file.unread(f"damaged after record {count}; what follows was not read: {error}")


class _Headers:
    """The lines of the headers of one record, and not too many of them: warcio takes the square of a line's length."""

    def __init__(self, readline: Callable[[int], bytes]) -> None:
        self._readline = readline
        self.begin()

    def begin(self) -> None:
        self._left = MAX_HEADERS

    def readline(self, length: int | None = None) -> bytes:
        line = self._readline(self._left + 1 if length is None else min(length, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise ValueError(f"the headers of a record are longer than {MAX_HEADERS // 2**20} MB")
        return line


def _next(records: ArchiveIterator) -> ArcWarcRecord | None:
    """None at the end. warcio would write what it reads of a damaged file to the operator's terminal."""
    with redirect_stderr(io.StringIO()):
        try:
            return next(records, None)
        except (AttributeError, LookupError, TypeError) as error:  # of a record without an address, for one
            raise ValueError("a record lacks what each must have") from error


def _is_page(record: ArcWarcRecord) -> bool:
    if record.rec_type == "response":
        return record.http_headers is not None and _status(record).startswith("2") and _media_type(record) in _PAGES
    return record.rec_type == "resource" and _media_type(record) in _PAGES


def _status(record: ArcWarcRecord) -> str:
    return str(record.http_headers.get_statuscode())


def _media_type(record: ArcWarcRecord) -> str:
    return _content_type(record).partition(";")[0].strip().lower()


def _content_type(record: ArcWarcRecord) -> str:
    headers = record.rec_headers if record.rec_type == "resource" else record.http_headers
    return str(headers.get_header("Content-Type") or "")


def _read_page(file: File, record: ArcWarcRecord) -> Item | Unread:
    address = urldefrag((record.rec_headers.get_header("WARC-Target-URI") or "").strip(" <>")).url
    try:
        data = _payload(record)
    except OSError as error:
        return file.unread(reason(error), address)
    charset = _CHARSET.search(_content_type(record))
    return replace(
        file.item(data),
        article_id=file.address_id(address),
        path=printable(f"{file.path}/{address}"),
        part=address,
        fetched=Fetched(address, charset[1] if charset else None),
        captured=record.rec_headers.get_header("WARC-Date") or "",
    )


def _payload(record: ArcWarcRecord) -> bytes:
    """The page without the encodings it was sent in. Raises OSError."""
    encoding = ((record.http_headers and record.http_headers.get_header("Content-Encoding")) or "").strip().lower()
    if encoding not in _ENCODINGS:
        raise Damaged(f"sent in an encoding that is not known: {encoding}")
    data = _unbrotli(record) if encoding == "br" else read_bounded(record.content_stream())
    while record.raw_stream.read(_AT_ONCE):
        pass  # what stands after the last chunk
    if getattr(record.raw_stream, "limit", 1) > 0:  # it has none where the record does not say its length
        raise Damaged("cut short")
    return data


def _unbrotli(record: ArcWarcRecord) -> bytes:
    """warcio does so with other bindings than those that are kept. Raises OSError."""
    record.http_headers.remove_header("Content-Encoding")
    unpacking = brotli.Decompressor()
    try:
        data = bytes(unpacking.process(read_bounded(record.content_stream()), output_buffer_limit=MAX_FILE_BYTES))
    except brotli.error as error:
        raise Damaged(f"damaged, it cannot be unpacked: {error}") from None
    if not unpacking.is_finished():
        raise Damaged(TOO_LARGE if len(data) >= MAX_FILE_BYTES else "cut short")
    return data
