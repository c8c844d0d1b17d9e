"""Files that no honest source has, each small or quickly made."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

MB = 2**20
Make = Callable[[Path], None]


def _text(made: Callable[[], str | bytes]) -> Make:
    def make(path: Path) -> None:
        data = made()
        path.write_bytes(data.encode() if isinstance(data, str) else data)

    return make


def _sparse(size: int, beginning: bytes = b"") -> Make:
    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.write(beginning)
            file.truncate(size)

    return make


def _entities(root: str, inside: str) -> str:
    """A billion laughs: ten entities, each ten times the one before."""
    declared = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "laugh">{declared}]>{inside}'


def _yaml_laughs() -> str:
    aliases = "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 9))
    return f"---\nb0: &b0 [laugh]\n{aliases}title: [*b8]\n---\nThe pier is open again.\n"


def _gz_bomb(path: Path) -> None:
    """Ten gigabytes of zeros, in members of a hundred megabytes."""
    path.write_bytes(gzip.compress(bytes(100 * MB)) * 100)


def _zip_of(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def _zip_of_a_million(path: Path) -> None:
    """One file more than is listed, each of them the same one."""
    data = _zip_of(("a.txt", b"The pier"))
    start = data.index(b"PK\1\2")
    entry, end = data[start:-22], data[-22:]
    count = 1_000_001
    size, at = struct.pack("<L", len(entry) * count), struct.pack("<L", start)
    path.write_bytes(data[:start] + entry * count + end[:12] + size + at + end[20:])


def _record(length: int | str, body: bytes = b"<p>The pier is open again.") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    fields = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/a\r\n"
        "WARC-Date: 2012-06-07T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n"
    )
    return fields.encode() + head + body + b"\r\n\r\n"


def _rss(items: str) -> str:
    return f"<rss version='2.0'><channel>{items}</channel></rss>"


def _atom(entries: str) -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>"


_LAUGHS = "<title>&l9;</title>"
_PAGE = "<html><head><title>The pier</title></head><body>{}</body></html>"
_LD = '<script type="application/ld+json">{}</script>'

SAMPLES: dict[str, Make] = {
    # Entities
    "laughs.rss": _text(lambda: _entities("rss", _rss(f"<item>{_LAUGHS}</item>"))),
    "laughs.atom": _text(lambda: _entities("feed", _atom(f"<entry>{_LAUGHS}</entry>"))),
    "laughs.xhtml": _text(lambda: _entities("html", f"<html><head>{_LAUGHS}</head><body><p>&l9;</p></body></html>")),
    # Depth
    "nested-div.html": _text(lambda: _PAGE.format("<div>" * 99_000 + "The pier is open again.")),
    "nested-span.html": _text(lambda: _PAGE.format("<span>" * 40_000 + "The pier." + "</span>" * 40_000)),
    "misnested.html": _text(lambda: _PAGE.format("<b><i><a href=x><p>" * 20_000)),
    "nested-table.html": _text(lambda: _PAGE.format("<table><tr><td>" * 30_000 + "The pier is open again.")),
    "deep-json-ld.html": _text(lambda: _PAGE.format(_LD.format("[" * 99_999 + "]" * 99_999) + "<p>Open.")),
    "deep-json-ld-objects.html": _text(lambda: _PAGE.format(_LD.format('{"a":' * 100_000) + "<p>The pier is open.")),
    "brackets.md": _text(lambda: "[" * 500_000),
    "quotes.md": _text(lambda: ">" * 500_000 + " The pier"),
    "lists.md": _text(lambda: "".join(" " * n + "- a\n" for n in range(900))),
    "emphasis.md": _text(lambda: "*a **b " * 70_000),
    "yaml-laughs.md": _text(_yaml_laughs),
    "deep.json": _text(lambda: "[" * 100_000 + "]" * 100_000),
    "deep.jsonl": _text(lambda: '{"title":' * 100_000 + "1" + "}" * 100_000 + "\n"),
    "wide.json": _text(lambda: "[" + ",".join(["[]"] * (20 * MB)) + "]"),
    "items.rss": _text(lambda: _rss("<item><title>a</title></item>" * 100_000)),
    "nested.rss": _text(lambda: "<rss version='2.0'><channel>" + "<item><b>" * 200_000),
    "garbage.rss": _text(lambda: "<rss " + "<a b='" * 1_000_000),
    # Size
    "sparse.html": _sparse(1024 * MB, b"<html>"),
    "sparse.txt": _sparse(1024 * MB, b"The pier"),
    "sparse.md": _sparse(1024 * MB, b"# The pier\n"),
    "sparse.rss": _sparse(1024 * MB, b"<rss version='2.0'>"),
    "sparse.json": _sparse(1024 * MB, b"["),
    "sparse.jsonl": _sparse(1024 * MB, b'{"title": "'),
    "sparse.csv": _sparse(1024 * MB, b'title,body\n"a","'),
    "sparse.zip": _sparse(1024 * MB, b"PK\3\4"),
    "sparse.warc": _sparse(1024 * MB, _record(100)),
    "long-quote.csv": _text(lambda: 'title,body\n"a","' + "the pier\n" * 2_000_000),
    "bomb.txt.gz": _gz_bomb,
    "bomb.warc.gz": _gz_bomb,
    "nested.zip": _text(lambda: _zip_of(("inner.zip", _zip_of(("a.txt", b"The pier"))))),
    "zip-of-zeros.zip": _text(lambda: _zip_of(("a.txt", bytes(200 * MB)))),
    "million.zip": _zip_of_a_million,
    "headers.warc": _text(lambda: _record(100).replace(b"\r\n\r\n", b"\r\n" + b"a: b\r\n" * 2_000_000, 1)),
    "lying-long.warc": _text(lambda: _record(10**12)),
    "lying-short.warc": _text(lambda: _record(10)),
    "lying-negative.warc": _text(lambda: _record(-5)),
    "lying-words.warc": _text(lambda: _record("many")),
    # Lines
    "letters.txt": _text(lambda: "x" * (4 * MB - 1)),
    "letters-8-mb.txt": _text(lambda: "x" * (8 * MB)),
    "spaces.txt": _text(lambda: "a" + " " * (4 * MB - 10) + "b"),
    "dots.txt": _text(lambda: "a." * (2 * MB - 1)),
    "dates.txt": _text(lambda: "June 7, 2012 " * (300_000)),
    "bylines.txt": _text(lambda: "By " * 1_300_000),
    "capitals.txt": _text(lambda: "By Mara ODUYA and " * 200_000),
    "apostrophes.txt": _text(lambda: "'" * (4 * MB - 1)),
    "lines.txt": _text(lambda: "a\n" * 1_000_000),
    "lines-49999.txt": _text(lambda: "a\n" * 49_999),
    "date-lines.txt": _text(lambda: "June 7, 2012\n" * 49_999),
    "sentence-lines.txt": _text(lambda: "The pier is open again, it was said. \n" * 49_999),
    "tags.html": _text(lambda: _PAGE.format("<p>a" * 99_000)),
    "many-tags.html": _text(lambda: _PAGE.format("<p>a" * 1_000_000)),
    "angles.html": _text(lambda: "<html>" + "<" * (8 * MB - 10)),
    "ampersands.html": _text(lambda: "<html><p>" + "&" * (8 * MB - 20)),
    "comment.html": _text(lambda: "<html><!--" + "-" * (8 * MB - 20)),
    "attributes.html": _text(lambda: "<html><p " + " ".join(f"a{n}=b" for n in range(500_000)) + ">The pier"),
    "links.html": _text(lambda: _PAGE.format('<a href="/a">The pier opens again, says the mayor</a> ' * 30_000)),
    "times.html": _text(lambda: _PAGE.format('<time datetime="2012-06-07">June 7</time>' * 30_000)),
    "marks.txt": _text(lambda: "a" + "\u0301" * 1_900_000),
}
