"""Saved feeds: each entry of an RSS (0.9 to 2.0) or Atom (RFC 4287) file is an article, with as much text as it has."""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.sax import SAXParseException

import feedparser

from indexer.extract.fragment import read_fragment
from indexer.extract.language import declared
from indexer.extract.metadata import parse_moment
from indexer.extract.names import is_person, split_names
from indexer.sources.files import File, printable, reason
from indexer.sources.items import Item, LeftOut, Unread
from indexer.sources.parsed import parsed
from indexer.sources.records import canonical, stated
from search.article import ArticleError

_ROOT = re.compile(rb"<(?:rss|feed|(?:\w+:)?RDF)[\s>]", re.IGNORECASE)
_LOOKED_AT = 4096  # bytes, for the root; comments and a stylesheet may stand before it
_XML = ".xml"


def read_feed(file: File) -> Iterator[Item | Unread | LeftOut]:
    """An entry that stands in several captures of a feed has one id: the latest of them is the article."""
    try:
        data = file.read()
    except OSError as error:
        yield file.unread(reason(error))
        return
    if not _ROOT.search(data.replace(b"\0", b"")[:_LOOKED_AT]):
        yield (
            LeftOut(printable(file.path))
            if file.kind == _XML
            else file.unread("no feed: its root is neither rss nor feed")
        )
        return
    yield from parsed(file, _entries, data)


def _entries(file: File, data: bytes) -> Iterator[Item | Unread]:
    # As a stream: anything else might be taken for an address to fetch. The fragments' own reader leaves scripts out.
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    for number, entry in enumerate(feed.entries, 1):
        yield _read_entry(file, feed.feed, entry, number)
    damage = feed.get("bozo_exception")
    if isinstance(damage, SAXParseException):
        where = f"line {damage.getLineNumber()}: {damage.getMessage()}"
        yield file.unread(f"not well-formed XML at {where}; {len(feed.entries)} entries were read all the same")


def _read_entry(file: File, feed: Any, entry: Any, number: int) -> Item | Unread:
    part = f"entry {number}"
    address = entry.get("id") or entry.get("link") or ""
    try:
        values = _values(feed, entry)
        item = stated(file, str(number), part, values, canonical(values))
    except ArticleError as error:
        return file.unread(str(error), part)
    if not address:
        return item
    article_id = file.address_id(address)
    article = replace(item.article, id=article_id) if item.article else None
    return replace(item, article_id=article_id, article=article, captured=_captured(entry))


def _values(feed: Any, entry: Any) -> dict[str, Any]:
    """What `from_json` makes an article from. A teaser is the body where there is no other."""
    contents = [read_fragment(one.get("value") or "") for one in entry.get("content", ())]
    body, captions = max(contents, key=lambda one: len(one[0]), default=("", ()))
    teaser, _ = read_fragment(entry.get("summary") or "")
    title, _ = read_fragment(entry.get("title") or "")
    publisher, _ = read_fragment((entry.get("source") or {}).get("title") or feed.get("title") or "")
    values = {
        "title": " ".join(title.split()),
        "summary": teaser.split("\n\n") if teaser and body and not _is_beginning(teaser, body) else [],
        "body": body or teaser,
        "captions": list(captions),
        "author": _authors(entry, publisher),
        "publisher": " ".join(publisher.split()),
        "published": _moment(entry, "published") or _moment(entry, "updated"),
        "language": declared(entry.get("language") or feed.get("language") or ""),
        "url": entry.get("link"),
    }
    return {name: value for name, value in values.items() if value}


def _is_beginning(teaser: str, body: str) -> bool:
    """Whether a teaser is the text's own beginning, cut off."""
    return " ".join(body.split()).startswith(" ".join(teaser.split()).rstrip(" .…[]"))


def _authors(entry: Any, publisher: str) -> list[str]:
    told = [author.get("name") or "" for author in entry.get("authors", ())] or [entry.get("author") or ""]
    names = [name for text in told for name in split_names(text)]
    return [name for name in dict.fromkeys(names) if is_person(name) and name != publisher]


def _moment(entry: Any, name: str) -> str | None:
    """As printed, with its offset; else as feedparser understood it, which is in UTC."""
    text = dict.get(entry, name) or ""  # feedparser's own `get` would take the other date, with a warning
    moment: date | None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        moment = parse_moment(text)
    if moment is None and (parsed := dict.get(entry, f"{name}_parsed")):
        moment = datetime.fromtimestamp(timegm(parsed), UTC)
    return moment.isoformat() if moment else None


def _captured(entry: Any) -> str:
    """When an entry was last changed, in UTC; empty where it does not say."""
    parsed = dict.get(entry, "updated_parsed") or dict.get(entry, "published_parsed")
    return datetime.fromtimestamp(timegm(parsed), UTC).isoformat() if parsed else ""
