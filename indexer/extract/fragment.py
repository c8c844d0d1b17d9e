"""A piece of HTML that is all article, such as the content of a feed's entry -> its paragraphs."""

from __future__ import annotations

from indexer.extract.decoding import fold
from indexer.extract.html import MAX_TAGS, page_lines, parse_page
from indexer.extract.lines import Role


def read_fragment(source: str) -> tuple[str, tuple[str, ...]]:
    """Paragraphs parted by a blank line, and captions. What cannot be read as HTML is read as text."""
    source = source.strip()
    if "<" not in source and "&" not in source:
        return "\n\n".join(filter(None, map(fold, source.split("\n")))), ()
    if source.count("<") > MAX_TAGS:
        return "", ()
    try:
        lines = page_lines(parse_page(source))
    except ValueError:
        return "", ()
    body = [line.text for line in lines if line.role is not Role.CAPTION]
    return "\n\n".join(body), tuple(line.text for line in lines if line.role is Role.CAPTION)
