"""Sorts the lines of a capture into classes: each by itself first, then by the lines around it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from indexer.extract.lines import CREDIT, DATE, FURNITURE, ITEM, LOOKED_AT, SAME_LEAST, Kind, Line, alike, key
from indexer.extract.rules import DATE_WORDS, HEADING_WORDS, find_stamp, judge

LINKED = 0.8  # share of a line's characters inside links that makes it a link

SAME_BEGINNING = 60  # letters that two prints of one line share
PRINTS = 4  # at most; more are the questions of an interview, or the headings of a list
NEAR = 6  # lines: two prints of a caption stand no farther apart
WHOLE = 1.5  # times a caption's length, of a paragraph that only begins like it
BOX_ITEMS = 3  # at least, of a fact box
BOX_HEADINGS = 2  # at most, lines above the items of a box
CREDIT_ALONE = 10  # words of a credit that names nothing else
CAPTION_WORDS = 60  # at most, of a caption above its credit
GUESSED_CAPTION_WORDS = 25  # the same where no empty line tells whether the two belong together
TEASER_WORDS = 45
HEADLINES = 3  # as many headlines in a row are a list of links, and one more where no empty lines part paragraphs
HEADLINE_QUESTION = 12  # words of a headline that is a question
POST_LINES = 6  # at most, of a quoted post above its signature
COMMENTS = 2  # heads of comments that make a thread

_SETTLED = frozenset({Kind.FURNITURE, Kind.DATE, Kind.BYLINE, Kind.OTHERS, Kind.END})  # wherever they are printed again
_HEADLINE_KINDS = frozenset(
    {Kind.SHORT, Kind.CAPITALS, Kind.REPEATED, Kind.DATE, Kind.CREDIT, Kind.CAPTION, Kind.FURNITURE, Kind.BYLINE}
)
_POST = re.compile(r"[—–-]{1,2}\s.{1,60}\(@\w{1,20}\)")
_COMMENT_HEAD = re.compile(
    r"""[^\W\d].{1,60}?(?:
        \b(?:says|said|wrote|writes|dice|dijo|disse|sagt|berkata|a\sécrit|пишет)\s?:$
      | [\s,·•|(–—-]\d{1,3}\s(?:second|minute|min|hour|hr|day|week|month|year)s?\sago\b.{0,20}$
      | \d{4}\W{1,3}(?:(?:at|um|à|às|a\slas)\s)?\d{1,2}[:.]\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?\W{0,3}
        (?:said|says|wrote|reply)?\W{0,3}$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_PUBLISHING = ("by ", "from ", "updated", "published", "posted", "last ", "first ", "created", "modified", "date")


def classify(lines: list[Line]) -> list[Line]:
    """Gives each line its class and the reason; the same list again."""
    for line in lines:
        line.words, line.ended, line.digits, line.kind, line.reason = judge(
            line.text, line.bullet, line.role, line.links >= LINKED
        )
    for rule in (_doubles, _captions, _fact_boxes, _teasers, _headlines, _posts, _comments):
        rule(lines)
    return lines


def _set(lines: Iterable[Line], kind: Kind, reason: str) -> None:
    for line in lines:
        line.kind, line.reason = kind, reason


def _doubles(lines: Sequence[Line]) -> None:
    """Lines printed more than once: captions where two stand close, else teasers of the first, perhaps the title."""
    telling = (number for number, line in enumerate(lines) if line.words >= 4 and line.kind not in _SETTLED)
    groups = alike(lines, telling)
    keys = {number: key(lines[number].text[: 2 * SAME_BEGINNING]) for numbers in groups for number in numbers}
    prints: dict[str, list[int]] = defaultdict(list)
    for number, same in keys.items():
        if len(same) >= SAME_LEAST:
            prints[same[:SAME_BEGINNING]].append(number)
    often = {number for numbers in prints.values() if len(numbers) > PRINTS for number in numbers}
    for first, second in sorted(pair for numbers in groups for pair in _near(numbers)):
        shorter, longer = sorted((keys[first], keys[second]), key=len)
        if first not in often and len(shorter) >= SAME_LEAST and longer.startswith(shorter):
            _near_doubles(lines, first, second)
    for numbers in prints.values():
        for first, second in pairwise(numbers):
            if second - first > NEAR and first not in often and not lines[first].prose:
                _set([lines[second]], Kind.REPEATED, "was printed before")


def _near(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of numbers, which rise, that are no more than NEAR apart."""
    for place, first in enumerate(numbers):
        for second in numbers[place + 1 : place + 1 + NEAR]:
            if second <= first + NEAR:
                yield first, second


def _near_doubles(lines: Sequence[Line], first: int, second: int) -> None:
    """Two prints near each other: of a caption; or of a paragraph, which `body.py` takes once."""
    one, other = lines[first], lines[second]
    shorter, longer = sorted((one, other), key=lambda line: len(line.text))
    credited = any(line.kind is Kind.CREDIT for line in lines[max(0, first - 2) : second + 4])
    if longer.prose and len(longer.text) > WHOLE * len(shorter.text):
        _set([shorter], Kind.CAPTION, "is printed in a paragraph too")
    elif credited or not one.ended or (second - first == 1 and not one.prose):
        _set([one, other], Kind.CAPTION, "is printed twice")
    elif not one.prose:
        _set([other], Kind.REPEATED, "was printed before")


def _captions(lines: Sequence[Line]) -> None:
    """A line right above a credit that names nothing but its owner is that photo's caption."""
    longest = CAPTION_WORDS if any(line.gap for line in lines) else GUESSED_CAPTION_WORDS
    for above, line in pairwise(lines):
        credit = line.kind is CREDIT and line.words <= CREDIT_ALONE and not line.gap
        if credit and above.kind in (Kind.PROSE, Kind.SHORT) and above.words <= longest:
            _set([above], Kind.CAPTION, "stands above a credit")


def _fact_boxes(lines: Sequence[Line]) -> None:
    """A list that ends with its source is a box beside the article, and the lines above it are its heading."""
    for number in range(BOX_ITEMS, len(lines)):
        above, line = lines[number - 1], lines[number]
        if above.kind is not ITEM or not line.text.casefold().startswith(("source:", "sources:")):
            continue
        first = number
        while first and lines[first - 1].kind is Kind.ITEM:
            first -= 1
        if number - first < BOX_ITEMS:
            continue
        for _ in range(BOX_HEADINGS):
            if first and lines[first - 1].kind is Kind.SHORT:
                first -= 1
        _set(lines[first:number], Kind.FURNITURE, "stands in a box with its source")


def _teasers(lines: Sequence[Line]) -> None:
    """Dates that part short texts from each other head teasers of other stories."""
    dated = [n for n, line in enumerate(lines) if line.kind is DATE or _is_stamped(line)]
    for first, second in pairwise(dated):
        step = second - first
        between = lines[first + 1 : second]
        if not 2 <= step <= 3 or lines[second].gap or any(line.words > TEASER_WORDS for line in between):
            continue
        _set(lines[first : second + 1], Kind.TEASER, "stands between dates")
        after = [line for line in lines[second + 1 : second + step] if not line.gap and line.words <= TEASER_WORDS]
        _set(after, Kind.TEASER, "stands after dates")


def _is_stamped(line: Line) -> bool:
    return line.digits and line.kind is FURNITURE and find_stamp(line.text) is not None


def _headlines(lines: Sequence[Line]) -> None:
    """Headlines in a row, with no empty line between, are links to other stories."""
    parted = sum(line.gap > 0 for line in lines) > 0.15 * len(lines)
    least = HEADLINES if parted else HEADLINES + 1
    headlines = [_is_headline(line) for line in lines]
    start = 0
    for stop in range(1, len(lines) + 1):
        if stop < len(lines) and headlines[stop] and headlines[start] and not lines[stop].gap:
            continue
        row = lines[start:stop]
        if len(row) >= least and sum(line.words for line in row) >= 3 * len(row):
            _set([line for line in row if line.kind is Kind.SHORT], Kind.LINKS, "is one of several headlines")
        start = stop


def _is_headline(line: Line) -> bool:
    if line.kind not in _HEADLINE_KINDS or line.words < 2 or line.bullet:
        return False
    if line.ended:
        return line.text.endswith("?") and line.words <= HEADLINE_QUESTION
    return not line.text.endswith((":", ","))


def _posts(lines: Sequence[Line]) -> None:
    """A post that an article quotes, signed "— Name (@name) June 7, 2012": its lines belong to the article."""
    for number, line in enumerate(lines):
        if line.prose or "(@" not in line.text or not _POST.match(line.text):
            continue
        _set([line], Kind.SHORT, "signs a post")
        for above in reversed(lines[max(0, number - POST_LINES) : number]):
            if above.kind not in (Kind.LINKS, Kind.SHORT, Kind.DATE) or above.words < 3:
                break
            _set([above], Kind.SHORT, "belongs to a post")


def _comments(lines: Sequence[Line]) -> None:
    """Heads of readers' comments, "Name on 12 June 2012 at 4:47 pm said:", where there are several."""
    heads = [
        line
        for number, line in enumerate(lines)
        if line.words <= HEADING_WORDS and (line.digits or line.text[-1] == ":") and _heads_a_comment(lines, number)
    ]
    if len({key(line.text) for line in heads}) >= COMMENTS:  # one printed twice is a byline
        _set(heads, Kind.COMMENT, "heads a comment")


def _heads_a_comment(lines: Sequence[Line], number: int) -> bool:
    line = lines[number]
    if line.prose or line.words < 2 or line.text.casefold().startswith(_PUBLISHING):
        return False
    stamp = find_stamp(line.text)
    if (stamp and not stamp.start()) or not _COMMENT_HEAD.match(line.text):
        return False  # a date alone is nobody's
    if stamp or not line.text.endswith(":"):
        return True
    below = lines[number + 1 : number + 2]  # "Name says:" may have its date on a line of its own
    return any(other.words <= DATE_WORDS and find_stamp(other.text[:LOOKED_AT]) for other in below)
