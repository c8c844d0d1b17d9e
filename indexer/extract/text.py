"""A text capture of a page -> the parts of an article.

Lines get their classes (`classes.py`), the classes give the body (`body.py`), and the lines around it the rest
(`head.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from indexer.extract.body import body_numbers
from indexer.extract.classes import classify
from indexer.extract.head import read_head
from indexer.extract.lines import split_lines
from indexer.extract.parts import Parts

MAX_LINES = 50_000
WRAP_WIDTH = range(45, 101)  # the longest line of a text that was wrapped to a width
WRAP_LEAST = 8  # lines of such a text
WRAP_FILLED = 0.8  # of the width, that a line reaches where its paragraph goes on
WRAP_SHARE = 0.6  # of the lines, that do so
BIOGRAPHY = 3  # paragraphs at the end, among which one may say who the author is

_IS_SOMEONE = re.compile(r"\s(?:is|was|has been|covers|writes|reports|works|joined)\b")


def read_text(text: str) -> Parts:
    """The article in a text capture. Raises ValueError for more than MAX_LINES."""
    if text.count("\n") >= MAX_LINES:
        raise ValueError(f"it has more than {MAX_LINES:,} lines, which no article has")
    lines = classify(split_lines(unwrap(text)))
    numbers = body_numbers(lines)
    head = read_head(lines, numbers)
    numbers = [n for n in numbers if n >= head.start and n not in head.own]
    paragraphs = without_biography([lines[n].text for n in numbers], head.author)
    return Parts("\n\n".join(paragraphs), head, lines, numbers[: len(paragraphs)])


def unwrap(text: str) -> str:
    """The text with each paragraph on one line, where it was wrapped to a width."""
    rows = text.split("\n")
    if len(max(rows, key=len).rstrip()) >= WRAP_WIDTH.stop:
        return text  # most texts, with their paragraphs on one line each
    rows = [row.rstrip() for row in rows]
    filled = sum(map(bool, rows))
    width = max(map(len, rows))
    if width not in WRAP_WIDTH or filled < WRAP_LEAST:
        return text
    followed = [len(row) for row, below in pairwise(rows) if row and below]
    reaching = sum(length >= WRAP_FILLED * width for length in followed)
    if 2 * len(followed) < filled or reaching < WRAP_SHARE * len(followed):
        return text
    return re.sub(r"(?<=\S)[^\S\n]*\n[^\S\n]*(?=[^\W_]|[\"'“‘(])", " ", text)


def without_biography(paragraphs: list[str], authors: Sequence[str]) -> list[str]:
    """The paragraphs above one at the end that says who an author is."""
    for number in range(max(1, len(paragraphs) - BIOGRAPHY), len(paragraphs)):
        if any(_says_who_is(author, paragraphs[number]) for author in authors):
            return paragraphs[:number]
    return paragraphs


def _says_who_is(name: str, paragraph: str) -> bool:
    return paragraph.startswith(name) and _IS_SOMEONE.match(paragraph, len(name)) is not None
