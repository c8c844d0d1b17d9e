"""The bytes of a captured page -> an Article. Pure functions: no files, no network.

`extract` tells HTML from text and hands over to `html.py` or `text.py`.
"""

from __future__ import annotations

import re

from indexer.extract.decoding import UnreadableText, decode, tidy
from indexer.extract.language import detect
from indexer.extract.text import read_text
from search.article import Article

EXTRACTION_VERSION = 1  # raise it with every change of the rules: what was indexed before is then extracted anew
MAX_BYTES = 64 * 1024 * 1024
MAX_TEXT = 4_000_000  # characters of a text capture; a long book has a million

__all__ = ["EXTRACTION_VERSION", "ExtractionError", "extract"]

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
        text = tidy(decode(data))
    except UnreadableText as exc:
        raise ExtractionError(str(exc)) from None
    return _from_text(text, article_id, path)


def _from_text(text: str, article_id: str, path: str) -> Article:
    if len(text) > MAX_TEXT:
        raise ExtractionError(f"it has more than {MAX_TEXT:,} characters of text, which no article has")
    parts = read_text(text)
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
