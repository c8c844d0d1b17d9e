"""The bytes of a captured page -> an Article. Pure functions: no files, no network.

`extract` tells HTML from text and hands over to `html.py` or `text.py`.
"""

from __future__ import annotations

import re

from indexer.extract.decoding import UnreadableText, decode, tidy
from indexer.extract.language import detect
from indexer.extract.html import read_page
from indexer.extract.text import read_text
from search.article import Article

EXTRACTION_VERSION = 1  # raise it with every change of the rules: what was indexed before is then extracted anew
MAX_BYTES = 64 * 1024 * 1024
MAX_TEXT = 4_000_000  # characters of a text capture; a long book has a million

__all__ = ["EXTRACTION_VERSION", "ExtractionError", "extract"]

_TAG = re.compile(
    r"</?(?:html|head|body|title|meta|div|p|span|br|h[1-6]|a|ul|ol|li|table|tr|td|article|section|font|b|i|em|strong|img)(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*){0,5}<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAGS = 12  # in a capture that calls itself text: more than an article about HTML would quote
_LOOKED_AT = 200_000  # characters, for tags
_HTML_SUFFIXES = (".html", ".htm", ".xhtml")


class ExtractionError(ValueError):
    """The capture holds no article that can be read; str() says why, in the user's words."""


def extract(data: bytes, *, article_id: str, path: str) -> Article:
    """The article in a capture. `path` tells by its suffix what the capture is; its content may know better.

    Raises ExtractionError, and nothing else, whatever the bytes are.
    """
    if not data.strip():
        raise ExtractionError("the file is empty")
    if len(data) > MAX_BYTES:
        raise ExtractionError(f"it is larger than {MAX_BYTES // 2**20} MB, which no article is")
    try:
        text = decode(data)
    except UnreadableText as exc:
        raise ExtractionError(str(exc)) from None
    return _from_html(text, article_id, path) if is_html(text, path) else _from_text(text, article_id, path)


def is_html(text: str, path: str) -> bool:
    """Whether a capture is HTML: by its tags, of which one is enough where its suffix says so."""
    head = text[:_LOOKED_AT]
    if path.casefold().endswith(_HTML_SUFFIXES):
        return bool(_TAG.search(head))
    return bool(_OPENING.match(head)) or sum(1 for _ in _TAG.finditer(head)) >= _TAGS


def _from_html(text: str, article_id: str, path: str) -> Article:
    try:
        page = read_page(text)
    except ValueError as exc:
        raise ExtractionError(str(exc)) from None
    head, told = page.head, page.metadata
    if not page.body and not head.title:
        raise ExtractionError("it has no readable text")
    return Article(
        id=article_id,
        title=head.title,
        summary=head.summary,
        body=page.body,
        author=told.author or head.author,
        publisher=told.publisher or head.publisher,
        place=head.place,
        published=told.published or head.published,
        captions=head.captions,
        language=told.language or detect(page.body or head.title or ""),
        url=told.url,
        path=path,
    )


def _from_text(text: str, article_id: str, path: str) -> Article:
    if len(text) > MAX_TEXT:
        raise ExtractionError(f"it has more than {MAX_TEXT:,} characters of text, which no article has")
    parts = read_text(tidy(text))
    head = parts.head
    if not parts.body and not head.title:
        raise ExtractionError("it has no readable text")
    return Article(
        id=article_id,
        title=head.title,
        summary=head.summary,
        body=parts.body,
        author=head.author,
        publisher=head.publisher,
        place=head.place,
        published=head.published,
        captions=head.captions,
        language=detect(parts.body or head.title or ""),
        path=path,
    )
