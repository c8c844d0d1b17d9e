"""The bytes of a captured page -> an Article. Pure functions: no files, no network.

`extract` decodes the bytes, tells HTML, Markdown and text apart and hands over to the module of that name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from indexer.extract.decoding import UnreadableText, decode, tidy
from indexer.extract.html import read_page
from indexer.extract.language import detect
from indexer.extract.markdown import read_markdown
from indexer.extract.parts import Parts
from indexer.extract.text import read_text
from search.article import Article

EXTRACTION_VERSION = 3  # raise it with every change of the rules: what was indexed before is then extracted anew
MAX_PAGE = 8 * 1024 * 1024  # bytes of a capture, without the images that stand in it
MAX_TEXT = 4 * 1024 * 1024  # characters of a text capture; a long book has a million

__all__ = ["EXTRACTION_VERSION", "ExtractionError", "Fetched", "article_or_reason", "extract", "read"]

_MARKDOWN = (".md", ".markdown")
_HTML_SUFFIXES = (".html", ".htm", ".xhtml")
_LOOKED_AT = 200_000  # characters, for tags
_TAGS = 12  # in a capture that calls itself text: more than an article about HTML would quote
_TAG = re.compile(
    r"""</?(?:html|head|body|title|meta|div|p|span|br|h[1-6]|a|ul|ol|li|table|tr|td|article|section|font|b|i|em|strong
        |img)(?:\s[^<>]{0,500})?/?>""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENING = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_IMAGE = re.compile(rb"data:[\w/+.-]{0,60};base64,[A-Za-z0-9+/=\s]{200,}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """How a server answered with an HTML page: under which address, and in which encoding, where it said so."""

    url: str
    charset: str | None = None


class ExtractionError(ValueError):
    """The capture holds no article that can be read; str() says why, in the user's words."""


def extract(data: bytes, *, article_id: str, path: str, fetched: Fetched | None = None) -> Article:
    """The article in a capture. `path` tells by its suffix what the capture is; its content may know better, and
    `fetched` does, which is None for a file.

    Raises ExtractionError, and nothing else but MemoryError, whatever the bytes are.
    """
    parts = read(data, path, fetched)
    body, head, told = parts.body, parts.head, parts.metadata
    return Article(
        id=article_id,
        title=head.title,
        summary=head.summary,
        body=body,
        author=told.author or head.author,
        publisher=told.publisher or head.publisher,
        place=head.place,
        published=told.published or head.published,
        captions=head.captions,
        language=told.language or detect(body or head.title or ""),
        url=told.url or (fetched.url if fetched else None),
        path=path,
    )


def article_or_reason(
    how: Callable[..., Article], data: bytes, article_id: str, path: str, fetched: Fetched | None
) -> Article | str:
    """What `how`, which is `extract`, makes of a capture, or the reason why it makes nothing. Raises MemoryError."""
    try:
        return how(data, article_id=article_id, path=path, fetched=fetched)
    except MemoryError:
        raise
    except ExtractionError as error:
        return str(error)
    except Exception as error:  # a page that our rules did not foresee must not stop the others
        return f"could not be extracted: {error!r}"


def read(data: bytes, path: str, fetched: Fetched | None = None) -> Parts:
    """What `extract` makes the article from. Raises as it does."""
    if not data.strip():
        raise ExtractionError("the file is empty")
    if len(data) > MAX_PAGE:
        data = _IMAGE.sub(b"", data)
    if len(data) > MAX_PAGE:
        raise ExtractionError(f"larger than {MAX_PAGE // 2**20} MB, which no article is")
    try:
        text = decode(data, fetched.charset if fetched else None)
    except UnreadableText as exc:
        raise ExtractionError(str(exc)) from None
    try:
        parts = read_page(text) if fetched else _read(text, path.casefold().removesuffix(".gz"))
    except ValueError as exc:
        raise ExtractionError(str(exc)) from None
    if not parts.body and not parts.head.title:
        raise ExtractionError("no readable text")
    return parts


def is_html(text: str, path: str) -> bool:
    """Whether a capture is HTML: by its tags, of which one is enough where its suffix says so."""
    head = text[:_LOOKED_AT]
    if "<" not in head:
        return False
    if path.casefold().endswith(_HTML_SUFFIXES):
        return bool(_TAG.search(head))
    return bool(_OPENING.match(head)) or sum(1 for _ in _TAG.finditer(head)) >= _TAGS


def _read(text: str, path: str) -> Parts:
    """Raises ValueError."""
    if path.endswith(_MARKDOWN):
        return read_markdown(tidy(text))
    if is_html(text, path):
        return read_page(text)
    if len(text) > MAX_TEXT:
        raise ValueError(f"longer than {MAX_TEXT:,} characters, which no article is")
    return read_text(tidy(text))
