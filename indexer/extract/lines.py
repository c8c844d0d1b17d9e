"""The lines of a capture: what is known of each, and the classes that they are sorted into.

`rules.py` judges a line by itself, `classes.py` among its neighbours, and `body.py` weighs the classes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from indexer.extract.months import MONTHS

LOOKED_AT = 300  # characters at either end of a line that the rules read; a line may be megabytes long
SAME_LEAST = 12  # letters, below which two lines are alike by chance

_BULLET = re.compile(r"(?:[•·▪◦‣*+–-]|\d{1,2}[.)])\s+")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # Thai, Japanese, Chinese, Korean
_CLOSING = "'\"”’»)]」』›*"
_STOPS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", "৷")
_WORD = re.compile(r"\w+")
_TO_SPACES = bytes(char if chr(char).isalnum() else ord(" ") for char in range(128)).ljust(256)


class Kind(StrEnum):
    PROSE = "prose"  # one sentence or more
    SHORT = "short"  # a heading, a name, a verse: nothing is known of it
    ITEM = "item"  # short, and marked as an item of a list
    DATE = "date"
    BYLINE = "byline"
    CAPITALS = "capitals"  # in capitals only, without a full stop
    CAPTION = "caption"  # of a photo: doubled, or next to its credit
    CREDIT = "credit"  # of a photo
    REPEATED = "repeated"  # printed before on the page, and no caption
    FURNITURE = "furniture"  # of the page: share bars, navigation, notices
    LINKS = "links"  # a link, or one of several headlines standing together
    TEASER = "teaser"  # of another story, with its date
    COMMENT = "comment"  # head of a reader's comment
    OTHERS = "others"  # heading of other stories
    END = "end"  # heading of what follows an article: comment form, copyright


# For loops over all lines: Python 3.11 takes five times as long to look a member up on its class.
PROSE, SHORT, ITEM, DATE, CREDIT, FURNITURE = Kind.PROSE, Kind.SHORT, Kind.ITEM, Kind.DATE, Kind.CREDIT, Kind.FURNITURE


class Role(StrEnum):
    """What a page says by its tags that a line is. A text capture says nothing."""

    NONE = ""
    HEADING = "heading"
    CAPTION = "caption"
    STANDFIRST = "standfirst"
    BESIDE = "beside"  # in a box of comments, related stories or the like


@dataclass(slots=True)
class Line:
    """One line that is not empty, white space folded. `classify` fills in the lower half."""

    text: str
    gap: int = 0  # empty lines above
    bullet: bool = False  # began with a list mark, which `text` no longer has
    role: Role = Role.NONE
    links: float = 0.0  # share of its characters inside links, where the page tells
    place: str = ""  # the kind of elements that it stands in, where the page tells

    words: int = 0
    ended: bool = False  # by a full stop or the like
    digits: bool = False  # has some
    kind: Kind = Kind.SHORT
    reason: str = ""  # why it is of this kind

    @property
    def prose(self) -> bool:
        return self.kind is PROSE


def split_lines(text: str) -> list[Line]:
    """The lines of a text that are not empty."""
    lines = []
    gap = 0
    for raw in text.split("\n"):
        folded = raw.strip() if raw.isprintable() and "  " not in raw else " ".join(raw.split())
        if not folded:
            gap += 1
            continue
        mark = _BULLET.match(folded) if not folded[0].isalpha() else None
        if mark and folded[mark.end() :].split(maxsplit=1)[0].casefold() in MONTHS:
            mark = None  # "4. Juli 2012"
        lines.append(Line(folded[mark.end() :] if mark else folded, gap, bool(mark)))
        gap = 0
    return lines


def count_words(text: str) -> int:
    """Words of a folded text, where three letters of a script that prints no spaces count as one more."""
    words = text.count(" ") + 1
    return words if text.isascii() else words + _UNSPACED.subn("", text)[1] // 3


def alike(lines: Sequence[Line], numbers: Iterable[int]) -> list[list[int]]:
    """Of the lines with these numbers those that begin like another of them, in groups: only they need to be compared
    whole.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for number in numbers:
        groups[key(lines[number].text[: 2 * SAME_LEAST])[:SAME_LEAST]].append(number)
    return [group for group in groups.values() if len(group) > 1]


def plain_words(text: str) -> list[bytes]:
    """The words of a text that are in the letters of ASCII: a quick look for words of English."""
    return text.encode("ascii", "replace").translate(_TO_SPACES).split()


def is_ended(text: str) -> bool:
    """Whether a text ends like a sentence, closing quotes and brackets aside."""
    return text.rstrip(_CLOSING).endswith(_STOPS)


def key(text: str) -> str:
    """What two prints of one line have in common: the letters and digits at its beginning, case aside."""
    return " ".join(_WORD.findall(text[:LOOKED_AT].casefold()))
