"""A text capture of a page -> the parts of an article.

Lines get their classes (`lines.py`), the classes give the body (`body.py`), and the lines around it the rest (`head.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.extract.body import body_numbers
from indexer.extract.head import Head, read_head
from indexer.extract.classes import classify
from indexer.extract.lines import Line, split_lines

BIOGRAPHY = 3  # paragraphs at the end among which one may say who the author is
_IS_SOMEONE = "is|was|has been|covers|writes|reports|works|joined"
WRAP_WIDTH = range(45, 101)  # the longest line of a text that was wrapped to a width
WRAP_LEAST = 8  # lines
WRAP_SHARE = 0.6  # of lines that are nearly that long, where a paragraph goes on


@dataclass(frozen=True, slots=True)
class TextParts:
    body: str
    head: Head


def read_text(text: str) -> TextParts:
    """The article in a text capture. An empty body means that no line reads like an article's."""
    return read_lines(classify(split_lines(unwrap(text))))


def read_lines(lines: list[Line]) -> TextParts:
    """The article in lines that have their classes."""
    numbers = body_numbers(lines)
    head = read_head(lines, numbers)
    paragraphs = [lines[n].text for n in numbers if n >= head.start and n not in head.own]
    return TextParts("\n\n".join(without_biography(paragraphs, head.author)), head)


def without_biography(paragraphs: list[str], authors: Sequence[str]) -> list[str]:
    """The paragraphs up to one at the end that says who an author is."""
    for number in range(max(1, len(paragraphs) - BIOGRAPHY), len(paragraphs)):
        if any(re.match(rf"{re.escape(author)}\s(?:{_IS_SOMEONE})\b", paragraphs[number]) for author in authors):
            return paragraphs[:number]
    return paragraphs


def unwrap(text: str) -> str:
    """The text with its paragraphs on one line each, where it was wrapped to a width of 45 to 100 characters."""
    rows = [row.rstrip() for row in text.split("\n")]
    filled = [row for row in rows if row]
    width = max((len(row) for row in filled), default=0)
    if width not in WRAP_WIDTH or len(filled) < WRAP_LEAST:
        return text
    followed = [len(row) for row, below in zip(rows, rows[1:], strict=False) if row and below]
    long = sum(length >= 0.8 * width for length in followed)
    if long < WRAP_SHARE * max(1, len(followed)) or 2 * len(followed) < len(filled):
        return text
    return re.sub(r"(?<=\S)[^\S\n]*\n[^\S\n]*(?=[^\W_]|[\"'“‘(])", " ", text)
