"""A text capture as lines, each with the class it belongs to and the reason why.

A line is judged first alone (what it says and how it looks), then by its neighbours (doubled captions, teaser lists,
lists of headlines, comment threads). `body.py` weighs the classes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from indexer.extract import phrases
from indexer.extract.dates import MONTHS
from indexer.extract.names import is_byline

SHORT = 60  # characters of a line whose judgement is remembered
LOOKED_AT = 300  # characters at either end of a line that the rules read; a line may be megabytes long


class Kind(StrEnum):
    PROSE = "prose"  # one sentence or more
    SHORT = "short"  # a heading, a name, a verse: nothing is known of it
    ITEM = "item"  # short, and marked as an item of a list
    DATE = "date"
    BYLINE = "byline"
    CAPTION = "caption"  # of a photo: doubled, or next to its credit
    CREDIT = "credit"  # of a photo
    FURNITURE = "furniture"  # of the page: share bars, navigation, notices
    LINKS = "links"  # one of several headlines standing together
    TEASER = "teaser"  # of another story, with its date
    COMMENT = "comment"  # head of a reader's comment
    OTHERS = "others"  # heading of other stories
    END = "end"  # heading of what follows an article: comment form, copyright


class Role(StrEnum):
    """What the page says a line is by its tags; a text capture says nothing."""

    NONE = ""
    HEADING = "heading"
    CAPTION = "caption"
    STANDFIRST = "standfirst"


@dataclass(slots=True)
class Line:
    """One line that is not empty. White space inside is folded."""

    text: str
    gap: int = 0  # empty lines above
    bullet: bool = False  # began with a list mark, which `text` no longer has
    words: int = 0
    ended: bool = False  # by a full stop or the like
    kind: Kind = Kind.SHORT
    reason: str = ""
    role: Role = Role.NONE
    links: float = 0.0  # share of its characters inside links, where the page tells

    @property
    def prose(self) -> bool:
        return self.kind is Kind.PROSE


_BULLET = re.compile(r"(?:[•·▪◦‣*+–-]|\d{1,2}[.)])\s+")
_CJK = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CLOSING = "'\"”’»)]」』›*"
_STOPS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", "৷")
_WORDS = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_TIMED = re.compile(
    r"""\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)\b|\d{1,2}:\d\d|\d{4}\s?[年년]
    |\d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s)?(?P<after>[^\W\d_]{3,10})\b|(?P<before>[^\W\d_]{3,10})\.?\s\d{1,2}(?:st|nd|rd|th)?(?:,?\s\d{4})?\b
    |\d+\s(?:second|minute|min|hour|hr|day|week|month|year)s?\sago""",
    re.IGNORECASE | re.VERBOSE,
)


def split_lines(text: str) -> list[Line]:
    """The lines of a text that are not empty."""
    lines = []
    gap = 0
    for raw in text.split("\n"):
        folded = " ".join(raw.split())
        if not folded:
            gap += 1
            continue
        mark = _BULLET.match(folded)
        lines.append(Line(folded[mark.end() :] if mark else folded, gap, bool(mark)))
        gap = 0
    return lines


def classify(lines: list[Line]) -> list[Line]:
    """Gives each line its class; the same list again."""
    for line in lines:
        judge = _judge_short if len(line.text) <= SHORT else _judge
        line.words, line.ended, line.kind, line.reason = judge(line.text, line.bullet, line.role, line.links >= LINKED)
    for rule in (_doubles, _captions, _teasers, _headlines, _tweets, _comments):
        rule(lines)
    return lines


def count_words(text: str) -> int:
    """Words, where scripts that print none apart count three letters as one."""
    words = len(text.split())
    return words if text.isascii() else words + len(_CJK.findall(text)) // 3


def is_ended(text: str) -> bool:
    return text.rstrip(_CLOSING).endswith(_STOPS)


def find_stamp(text: str) -> re.Match[str] | None:
    """A date, with or without its year, or a time of day."""
    head = text[:LOOKED_AT]
    if not _DIGIT.search(head):
        return None
    for match in _TIMED.finditer(head):
        month = match["after"] or match["before"]
        if not month or month.casefold() in MONTHS:
            return match
    return None


def is_credit(text: str) -> bool:
    """Whether a line names the owner of a photo."""
    low = (text if len(text) <= 2 * LOOKED_AT else text[:LOOKED_AT] + text[-LOOKED_AT:]).casefold()
    return bool(_CREDIT.search(low)) or low.rstrip(")").endswith(phrases.CREDIT_AGENCIES)


def key(text: str) -> str:
    """What two prints of one line have in common: letters and digits, case aside."""
    return " ".join(_WORDS.findall(text[:LOOKED_AT].casefold()))


# --------------------------------------------------------------------------------------------- a line by itself

PROSE_WORDS = 8  # a sentence has these many, or it is a heading that ends like one
LONG_WORDS = 60  # a line of these many is prose without a full stop
COLON_WORDS = 12  # so is one of these many before a colon
HEADING_WORDS = 14
FURNITURE_WORDS = 30
CREDIT_WORDS = 90
DATE_WORDS = 9
LINKED = 0.8  # share of a line inside links that makes it one

_COUNTED = re.compile(r"\d[\d,.]*\s?[km]?\s(?:comments?|responses?|replies|shares?|likes|views|retweets)$|(?:comments?|responses?)\s?\(\d+\)$|comments\s\d+$")
_COUNTER = re.compile(r"(?:image|photo|slide|page)?\s?\d+\s?(?:of|/)\s?\d+$|\d+\s?min(?:ute)?s?\.?\s(?:to\s)?read\b|reading time|estimated read")
_STAMPED = re.compile(r"(?:last\s|first\s)?(?:updated|modified|published|posted|created)\b")
_LABELLED = re.compile(r"(?:sources?|tags?|topics?|filed under|categor(?:y|ies)|keywords|photos?|caption|location|more|related|also|watch|read|video)\s?:")
_CREDIT = re.compile(
    r"""^\(?(?:photo|photographs?|image|picture|pic|video|illustration|graphic|credits?|file\sphoto|courtesy|foto|photographer)\b\s*
        (?:credits?|by|courtesy|source|copyright|:|/|\.\.\.|via)
    |\((?:photo|image|picture|pic|file|credit|illustration|graphic|photograph|via|ap\sphoto|afp|reuters|getty|ap)\b[^)]{0,80}\)?$
    |\[(?:photo|image|file|reuters|afp|ap|getty)[^\]]{0,60}\]?$|\[file:
    |\b(?:photo|photograph|image|picture|illustration)\s?(?:credits?|by|courtesy|:)|\bcredit\s?(?:\.\.\.|…|:)|\bcourtesy\sof\b
    |\bvia\s(?:ap|getty|reuters|afp)\b|(?:reuters|ap|afp|epa|bloomberg|rex|pa|efe)\s?/\s?\w[^.]{0,40}\)?$|\w/(?:reuters|ap|afp|epa|getty)\b
    |\w/(?:the\s)?associated\spress\)?$|/\s?associated\spress\)$|,\s(?:ap|afp|reuters|associated\spress)$|^(?:file\sphoto|handout)""",
    re.VERBOSE,
)


def _judge(text: str, bullet: bool, role: Role, linked: bool) -> tuple[int, bool, Kind, str]:
    """Words of a line, whether it is ended, its class and the rule that gave it."""
    look = _Look(text, text.casefold().replace("’", "'") if len(text) <= 8 * CREDIT_WORDS else "", count_words(text), is_ended(text), role, linked)
    kind, reason = _kind(look)
    return look.words, look.ended, Kind.ITEM if kind is Kind.SHORT and bullet else kind, reason


_judge_short = lru_cache(maxsize=16_384)(_judge)  # navigation stands on every page of a site, and often twice


@dataclass(frozen=True, slots=True)
class _Look:
    """What the rules see of one line."""

    text: str
    low: str  # in lower case; empty where the line is too long for any rule
    words: int
    ended: bool
    role: Role
    linked: bool


def _kind(look: _Look) -> tuple[Kind, str]:
    if look.low:
        for longest, kind, rule in _RULES:
            if look.words <= longest and rule(look):
                return kind, rule.__name__.strip("_")
    if look.words >= LONG_WORDS or (look.words >= PROSE_WORDS and look.ended):
        return Kind.PROSE, "sentence"
    if look.words >= COLON_WORDS and look.text.endswith(":"):
        return Kind.PROSE, "colon"
    return Kind.SHORT, "short"


def _says(low: str, phrases_: tuple[str, ...]) -> bool:
    for phrase in phrases_:  # a generator in any() takes a quarter longer, and this is the innermost loop
        if phrase in low:
            return True
    return False


def _after_the_article(look: _Look) -> bool:
    return _bare(look) in phrases.END_LINES or look.low.startswith(phrases.END_STARTS) or _says(look.low, phrases.END_INSIDE)


def _bare(look: _Look) -> str:
    return look.low.rstrip(" :»>…*.!?")


def _comment_count(look: _Look) -> bool:
    return bool(_COUNTED.match(look.low))


def _other_stories(look: _Look) -> bool:
    return _bare(look) in phrases.OTHERS_LINES or (not look.ended and look.low.startswith(phrases.OTHERS_STARTS))


def _photo_credit(look: _Look) -> bool:
    return not (look.words > 40 and look.ended) and is_credit(look.low)


def _page_furniture(look: _Look) -> bool:
    low = look.low
    if _bare(look) in phrases.FURNITURE_LINES or ((look.words <= 6 or not look.ended) and low.startswith(phrases.FURNITURE_STARTS)):
        return True
    if _says(low, phrases.FURNITURE_INSIDE):
        return True
    return bool(_COUNTER.match(low) or _LABELLED.match(low) or (look.words <= 12 and _STAMPED.match(low)))


def _own_business(look: _Look) -> bool:
    return look.words >= 3 and (_says(look.low, phrases.BUSINESS_INSIDE) or sum(word in look.low for word in phrases.CONSENT_WORDS) >= 2)


def _timestamp(look: _Look) -> bool:
    stamp = find_stamp(look.low)
    return stamp is not None and (look.words <= DATE_WORDS or 2 * (stamp.end() - stamp.start()) > len(look.low))


def _byline(look: _Look) -> bool:
    return is_byline(look.text)


def _capitals(look: _Look) -> bool:
    return look.words >= 7 and not look.ended and look.text.isupper()


def _marked_caption(look: _Look) -> bool:
    return look.role is Role.CAPTION


def _all_links(look: _Look) -> bool:
    return look.linked


_Rule = Callable[[_Look], bool]
_RULES: tuple[tuple[int, Kind, _Rule], ...] = (  # longest line in words, class, rule: the first that holds
    (HEADING_WORDS, Kind.END, _after_the_article),
    (HEADING_WORDS, Kind.END, _comment_count),
    (HEADING_WORDS, Kind.OTHERS, _other_stories),
    (CREDIT_WORDS, Kind.CREDIT, _photo_credit),
    (FURNITURE_WORDS, Kind.FURNITURE, _page_furniture),
    (CREDIT_WORDS, Kind.FURNITURE, _own_business),
    (CREDIT_WORDS, Kind.DATE, _timestamp),
    (HEADING_WORDS, Kind.BYLINE, _byline),
    (CREDIT_WORDS, Kind.FURNITURE, _capitals),
    (CREDIT_WORDS, Kind.CAPTION, _marked_caption),
    (CREDIT_WORDS, Kind.LINKS, _all_links),
)

# --------------------------------------------------------------------------------------------- a line among others

SAME_BEGINNING = 60  # letters that two prints of one line share
PRINTS = 4  # more are the questions of an interview, or the headings of a list
NEAR = 6  # lines: two prints of a caption stand no farther apart
CAPTION_WORDS = 60  # of a caption above its credit
GUESSED_CAPTION_WORDS = 25  # where no empty line tells whether the two belong together
TEASER_WORDS = 45
COMMENTS = 2  # heads of comments that make a thread
TWEET_LINES = 6  # above its signature
HEADLINES = 3  # as many unended short lines in a row are a list of links


def _doubles(lines: list[Line]) -> None:
    """Lines printed twice: captions where the two stand close, else teasers, whose first print may be the title."""
    prints: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        if line.words >= 4:
            prints[key(line.text[: 2 * SAME_BEGINNING])[:SAME_BEGINNING]].append(number)
    for same, numbers in prints.items():
        if len(same) < 12:
            continue
        for first, second in zip(numbers, numbers[1:], strict=False) if len(numbers) <= PRINTS else ():
            _double(lines, first, second)


def _double(lines: Sequence[Line], first: int, second: int) -> None:
    """Two lines that begin alike. A paragraph that goes on where a caption or a pulled quote ends is none itself."""
    one, other = key(lines[first].text), key(lines[second].text)
    if not one.startswith(other) and not other.startswith(one):
        return
    shorter, longer = (first, second) if len(one) <= len(other) else (second, first)
    whole = lines[longer].prose and len(max(one, other, key=len)) > 1.5 * len(min(one, other, key=len))
    doubled = [shorter] if whole else [shorter, longer]
    if _is_caption_pair(lines, first, second):
        _set(lines, doubled, Kind.CAPTION, "printed twice")
    elif not lines[first].prose and not whole:
        _set(lines, [second], Kind.FURNITURE, "printed before")


def _is_caption_pair(lines: Sequence[Line], first: int, second: int) -> bool:
    if second - first > NEAR:
        return False
    near = range(max(0, first - 2), min(len(lines), second + 4))
    return second - first == 1 or not lines[first].ended or any(lines[number].kind is Kind.CREDIT for number in near)


def _captions(lines: list[Line]) -> None:
    """A line right above a credit that names nothing but its owner is that photo's caption."""
    longest = CAPTION_WORDS if any(line.gap for line in lines) else GUESSED_CAPTION_WORDS
    for above, line in zip(lines, lines[1:], strict=False):
        if line.kind is Kind.CREDIT and line.words <= 10 and not line.gap and above.kind in (Kind.PROSE, Kind.SHORT) and above.words <= longest:
            above.kind, above.reason = Kind.CAPTION, "above a credit"


def _teasers(lines: list[Line]) -> None:
    """Dates that part short texts from each other head teasers of other stories."""
    dated = [number for number, line in enumerate(lines) if line.kind is Kind.DATE or line.reason == "page_furniture" and find_stamp(line.text)]
    for first, second in zip(dated, dated[1:], strict=False):
        step = second - first
        if 2 <= step <= 3 and not lines[second].gap and all(line.words <= TEASER_WORDS for line in lines[first + 1 : second]):
            _set(lines, range(first, second + 1), Kind.TEASER, "between dates")
            after = range(second + 1, min(len(lines), second + step))
            _set(lines, [n for n in after if not lines[n].gap and lines[n].words <= TEASER_WORDS], Kind.TEASER, "after dates")


def _headlines(lines: list[Line]) -> None:
    """Unended short lines in a row, with no empty line between, are links to other stories."""
    parted = sum(line.gap > 0 for line in lines) > 0.15 * len(lines)
    least = HEADLINES if parted else HEADLINES + 1
    start = 0
    for number in range(1, len(lines) + 1):
        joined = number < len(lines) and not lines[number].gap and _is_headline(lines[number])
        if joined and _is_headline(lines[start]):
            continue
        row = lines[start:number]
        if len(row) >= least and sum(line.words for line in row) >= 3 * len(row):
            for line in row:
                if line.kind is Kind.SHORT:
                    line.kind, line.reason = Kind.LINKS, "headlines in a row"
        start = number


def _is_headline(line: Line) -> bool:
    if line.kind not in (Kind.SHORT, Kind.DATE, Kind.CREDIT, Kind.CAPTION, Kind.FURNITURE, Kind.BYLINE) or line.words < 2:
        return False
    if line.ended and not (line.text.endswith("?") and line.words <= 12):
        return False
    return not line.bullet and not line.text.endswith((":", ","))


_TWEET = re.compile(r"[—–-]{1,2}\s.{1,60}\(@\w{1,20}\)")


def _tweets(lines: list[Line]) -> None:
    """A post that an article quotes, signed "— Name (@name) June 7, 2012": its lines belong to the article."""
    for number, line in enumerate(lines):
        if line.kind is Kind.PROSE or not _TWEET.match(line.text):
            continue
        line.kind, line.reason = Kind.SHORT, "signature of a post"
        for above in reversed(lines[max(0, number - TWEET_LINES) : number]):
            if above.kind not in (Kind.LINKS, Kind.SHORT, Kind.DATE) or above.words < 3:
                break
            above.kind, above.reason = Kind.SHORT, "of a post"


_COMMENT_HEAD = re.compile(
    r"[^\W\d].{1,60}?(?:\b(?:says|said|wrote|writes|dice|dijo|disse|sagt|berkata|a écrit|пишет)\s?:$"
    r"|[\s,·•|(–—-]\d{1,3}\s(?:second|minute|min|hour|hr|day|week|month|year)s?\sago\b.{0,20}$"
    r"|\d{4}\W{1,3}(?:(?:at|um|à|às|a las)\s)?\d{1,2}[:.]\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?\W{0,3}(?:said|says|wrote|reply)?\W{0,3}$)",
    re.IGNORECASE,
)
_PUBLISHING = ("by ", "from ", "updated", "published", "posted", "last ", "first ", "created", "modified", "date")


def _comments(lines: list[Line]) -> None:
    """Heads of readers' comments, "Name on 12 June 2012 at 4:47 pm said:", where there are two or more."""
    heads = [number for number, line in enumerate(lines) if _is_comment_head(lines, number, line)]
    if len({key(lines[number].text) for number in heads}) >= COMMENTS:  # one printed twice is a byline
        _set(lines, heads, Kind.COMMENT, "head of a comment")


def _is_comment_head(lines: Sequence[Line], number: int, line: Line) -> bool:
    if not 2 <= line.words <= HEADING_WORDS or line.text.casefold().startswith(_PUBLISHING):
        return False
    match = _COMMENT_HEAD.match(line.text)
    if not match:
        return False
    below = lines[number + 1].text[:LOOKED_AT] if number + 1 < len(lines) else ""
    return not line.text.endswith(":") or bool(find_stamp(line.text) or (find_stamp(below) and lines[number + 1].words <= DATE_WORDS))


def _set(lines: Sequence[Line], numbers: Iterable[int], kind: Kind, reason: str) -> None:
    for number in numbers:
        lines[number].kind, lines[number].reason = kind, reason
