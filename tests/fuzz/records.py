"""Feeds, JSON lines, tables of JSON and CSV, and web archives: items, and what could not be read. The first byte tells
which.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO
from unittest import mock

from indexer.sources import feeds, records
from indexer.sources.feeds import read_feed
from indexer.sources.files import File
from indexer.sources.items import Item, LeftOut, Unread
from indexer.sources.records import read_json, read_lines, read_table
from indexer.sources.warc import read_warc
from search.article import from_json, to_json

READERS = {
    "page.rss": read_feed,
    "page.jsonl": lambda file: read_lines(file, {}),
    "page.json": lambda file: read_json(file, {}),
    "page.csv": lambda file: read_table(file, {}),
    "page.warc": read_warc,
}
NAMES = tuple(READERS)

SEEDS = tuple(
    bytes((NAMES.index(name),)) + data
    for name, data in (
        (
            "page.rss",
            b"<?xml version='1.0'?><rss version='2.0' xmlns:c='http://purl.org/rss/1.0/modules/content/'><channel>"
            b"<title>Gazette</title><item><title>Pier &lt;b&gt;closed</title><link>https://gazette.example/1</link>"
            b"<pubDate>Thu, 07 Jun 2012 08:00:00 GMT</pubDate><author>a@b.example (Ada)</author>"
            b"<c:encoded><![CDATA[<p>The storm broke the pier.</p>]]></c:encoded></item></channel></rss>",
        ),
        (
            "page.rss",
            b"<feed xmlns='http://www.w3.org/2005/Atom'><title>G</title><entry><id>1</id><title type='html'>P</title>"
            b"<updated>2012-06-07T08:00:00Z</updated><author><name>Ada</name></author><content type='xhtml'>"
            b"<div xmlns='http://www.w3.org/1999/xhtml'><p>Pier</p></div></content></entry></feed>",
        ),
        (
            "page.jsonl",
            b'{"title": "Pier", "body": "Closed.", "author": ["Ada"], "published": "2012-06-07"}\n{"a": 1}\n',
        ),
        ("page.json", b'[{"title": "Pier", "body": "Closed.", "published": null}, {"headline": "x", "text": "y"}]'),
        ("page.csv", b'title,body,author,date\r\nPier,"Closed, ""shut""",Ada; Bo,2012-06-07\r\n'),
        ("page.csv", "title\tbody\nFähre\tlief aus\n".encode("utf-16")),
        (
            "page.warc",
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://gazette.example/1\r\n"
            b"WARC-Date: 2012-06-07T08:00:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
            b"Content-Type: application/http; msgtype=response\r\nContent-Length: 108\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            b"<html><body><p>The pier.</p></body></html>    \r\n\r\n",
        ),
    )
)
DICTIONARY: tuple[str | bytes, ...] = (
    *(
        "<rss>",
        "<item>",
        "</item>",
        "<title>",
        "<entry>",
        "<feed ",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE x [",
        "<!ENTITY a ",
    ),
    *(
        "&a;",
        "SYSTEM ",
        "<pubDate>",
        "<content type='html'>",
        "xmlns:",
        "encoding='utf-16'",
        "<source>",
        "<rdf:RDF ",
    ),
    *('"title":', '"body":', '"author":', '"id":', "null", "1e999", "NaN", "\\ud800", "[[[[", '{"', '"\\u0000"'),
    *("title", "body", "\r\n", '""', ";", "\t", "WARC/1.0\r\n", "Content-Length: ", "WARC-Type: ", "response"),
    *(
        "Transfer-Encoding: chunked",
        "Content-Encoding: gzip",
        "HTTP/1.1 200 OK\r\n",
        "text/html",
        "\r\n\r\n",
        "\x00",
    ),
    *(b"\xff\xfe", b"\xed\xa0\x80", b"\x1f\x8b\x08"),
)


def attack(data: bytes) -> None:
    if not data:
        return
    name, content = NAMES[data[0] % len(NAMES)], data[1:]

    def opened() -> nullcontext[BinaryIO]:
        return nullcontext(io.BytesIO(content))

    file = File("/archive", Path("/archive"), name, name, len(content), opened)
    with mock.patch.object(feeds, "parsed", in_process), mock.patch.object(records, "parsed", in_process):
        found = list(READERS[name](file))
    for one in found:
        assert isinstance(one, Item | Unread | LeftOut)
        if isinstance(one, Item) and one.article:
            stated = to_json(one.article)
            assert to_json(from_json(stated)) == stated


def in_process(
    file: File, parse: Callable[..., Iterable[Item | Unread]], *arguments: object
) -> Iterator[Item | Unread]:
    """In the place of a worker, which would keep what happens in it to itself."""
    yield from parse(file, *arguments)
