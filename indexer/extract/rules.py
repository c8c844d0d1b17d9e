"""What class a line belongs to by itself: by what it says, and by how it looks.

`_RULES` is the whole of it: a table of rules in the order in which they are asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from indexer.extract import phrases
from indexer.extract.lines import LOOKED_AT, Kind, Role, count_words, is_ended, plain_words
from indexer.extract.months import MONTHS
from indexer.extract.names import is_byline, is_person

PROSE_WORDS = 8  # a sentence has as many; fewer are a heading that ends like one
LONG_WORDS = 60  # a line of as many is prose without a full stop
COLON_WORDS = 12  # so is one of as many before a colon
HEADING_WORDS = 14  # at most, of a heading
FURNITURE_WORDS = 30  # at most, of a share bar or a notice
CREDIT_WORDS = 90  # at most, of a caption with its credit; a longer line is judged by its length alone
CREDITED_SENTENCE = 40  # words of an ended line that names a photo agency and is a sentence about it
DATE_WORDS = 9  # at most, of a line that gives the date; a longer one is mostly date or a sentence
STAMP_WORDS = 12  # at most, of "Updated ..."
CAPITALS_WORDS = 7  # at least
REMEMBERED = 16_384  # lines
SHORT = 60  # characters of a line whose judgement is remembered

_DIGIT = re.compile(r"\d")
_STAMP = re.compile(  # at a digit, or else at the beginning of a word
    r"""(?=\d)(?:
        \d+\s(?:second|minute|min|hour|hr|day|week|month|year)s?\sago | \d{4}[-/.]\d{1,2}[-/.]\d{1,2}
      | \d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)\b | \d{1,2}:\d\d | \d{4}\s?[年년]
      | \d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s)?(?P<after>[^\W\d_]{3,10})\b
    ) | (?<![^\W\d_])(?P<before>[^\W\d_]{3,10})\.?\s\d{1,2}(?:st|nd|rd|th)?(?:,?\s\d{4})?\b""",
    re.IGNORECASE | re.VERBOSE,
)
_COMMENT_COUNT = re.compile(
    r"""\d[\d,.]*\s?[km]?\s(?:comments?|responses?|replies|shares?|likes|views|retweets)$
    | (?:comments?|responses?)\s?\(\d+\)$ | comments\s\d+$""",
    re.VERBOSE,
)
_ABOUT = re.compile(r"(?:about|sobre|über|à propos de|over|об авторе:?)\s+", re.IGNORECASE)
_COUNTER = re.compile(
    r"""(?:image|photo|slide|page)?\s?\d+\s?(?:of|/)\s?\d+$
    | \d+\s?min(?:ute)?s?\.?\s(?:to\s)?read\b""",
    re.VERBOSE,
)
_STAMPED = re.compile(r"(?:last\s|first\s)?(?:updated|modified|published|posted|created)\b")
_LABELLED = re.compile(
    r"""(?:sources?|tags?|topics?|filed\sunder|categor(?:y|ies)|keywords|photos?|caption|location|more|related|also|watch
    |read|video)\s?:""",
    re.VERBOSE,
)
_CREDIT = re.compile(
    r"""^\(?(?:photo|photographs?|image|picture|pic|video|illustration|graphic|credits?|file\sphoto|courtesy|foto
            |photographer)\b\s*(?:credits?|by|courtesy|source|copyright|:|/|\.\.\.|via)
    | ^(?:file\sphoto|handout)
    | \((?:photo|image|picture|pic|file|credit|illustration|graphic|photograph|via|ap\sphoto|afp|reuters|getty|ap)\b
            [^)]{0,80}\)?$
    | \[(?:photo|image|file|reuters|afp|ap|getty)[^\]]{0,60}\]?$ | \[file:
    | \b(?:photo|photograph|image|picture|illustration)\s?(?:credits?|by|courtesy|:)
    | \bcredit\s?(?:\.\.\.|…|:) | \bcourtesy\sof\b | \bvia\s(?:ap|getty|reuters|afp)\b
    | ,\s(?:ap|afp|reuters|associated\spress)$""",
    re.VERBOSE,
)
_SLASHED_CREDIT = re.compile(
    r"""\([^()/]{1,40}/[^()]{1,60}\)$ | (?:reuters|ap|afp|epa|bloomberg|rex|pa|efe)\s?/\s?\w[^.]{0,40}\)?$
    | \w/(?:reuters|ap|afp|epa|getty)\b | \w/(?:the\s)?associated\spress\)?$ | /\s?associated\spress\)$""",
    re.VERBOSE,
)


class Judgement(NamedTuple):
    words: int
    ended: bool
    digits: bool
    kind: Kind
    reason: str


def judge(text: str, bullet: bool, role: Role, linked: bool) -> Judgement:
    """The class of a line by itself, and why. `linked`: nearly all of it is a link."""
    decide = _decide_short if len(text) <= SHORT else _decide
    return decide(text, bullet, role, linked)


def find_stamp(text: str) -> re.Match[str] | None:
    """A date, with or without its year, or a time of day, in the beginning of a text."""
    return _find_stamp(text[:LOOKED_AT])


@lru_cache(maxsize=REMEMBERED)
def _find_stamp(head: str) -> re.Match[str] | None:
    if not _DIGIT.search(head):
        return None
    for match in _STAMP.finditer(head):
        month = match["after"] or match["before"]
        if not month or month.casefold() in MONTHS:
            return match
    return None


def is_credit(text: str) -> bool:
    """Whether a line names the owner of a photo."""
    low = (text if len(text) <= 2 * LOOKED_AT else text[:LOOKED_AT] + text[-LOOKED_AT:]).casefold()
    return _is_credit(low, plain_words(low))


def _is_credit(low: str, plain: Sequence[bytes]) -> bool:
    if "/" in low and _SLASHED_CREDIT.search(low):
        return True
    if phrases.CREDIT_WORDS.isdisjoint(plain) and not phrases.contains_any(low, phrases.CREDIT_MARKS):
        return False
    return bool(_CREDIT.search(low)) or low.rstrip(")").endswith(phrases.CREDIT_AGENCIES)


def _decide(text: str, bullet: bool, role: Role, linked: bool) -> Judgement:
    long = len(text) > 8 * CREDIT_WORDS
    low = "" if long else text.casefold().replace("’", "'")
    digits = _DIGIT.search(low) is not None
    bare, plain = low.rstrip(" :»>…*.!?"), plain_words(low)
    look = _Look(text, low, count_words(text), is_ended(text), bare, plain, digits, role, linked)
    kind, reason = _kind(look)
    if role is Role.BESIDE and kind not in _WHEREVER:
        kind, reason = Kind.FURNITURE, "stands beside the article"
    elif kind is Kind.SHORT and bullet:
        kind, reason = Kind.ITEM, "has a list mark"
    return Judgement(look.words, look.ended, digits, kind, reason)


_WHEREVER = frozenset({Kind.END, Kind.DATE, Kind.BYLINE})  # classes that lines beside the article have too
_decide_short = lru_cache(maxsize=REMEMBERED)(_decide)  # navigation stands on every page of a site, and often twice


@dataclass(slots=True)  # frozen, one would take three times as long to make
class _Look:
    """What the rules see of a line."""

    text: str
    low: str  # in lower case with straight apostrophes; empty where the line is too long for any rule
    words: int
    ended: bool
    bare: str  # `low` without closing punctuation
    plain: Sequence[bytes]  # its words in plain letters
    digits: bool
    role: Role
    linked: bool


def _kind(look: _Look) -> tuple[Kind, str]:
    if look.low:
        for rule in _ASKED[min(look.words, CREDIT_WORDS + 1), look.digits]:
            if rule.holds(look):
                return rule.kind, rule.reason
    if look.words >= LONG_WORDS or (look.words >= PROSE_WORDS and look.ended):
        return Kind.PROSE, "reads like a sentence"
    if look.words >= COLON_WORDS and look.text.endswith(":"):
        return Kind.PROSE, "announces something"
    return Kind.SHORT, "is short"


def _ends_the_article(look: _Look) -> bool:
    return look.bare in phrases.END_LINES or look.low.startswith(phrases.END_STARTS)


def _counts_comments(look: _Look) -> bool:
    return _COMMENT_COUNT.match(look.low) is not None


def _is_about_a_person(look: _Look) -> bool:
    about = _ABOUT.match(look.text)
    return about is not None and is_person(look.text[about.end() :])


def _heads_other_stories(look: _Look) -> bool:
    return look.bare in phrases.OTHERS_LINES or (not look.ended and look.low.startswith(phrases.OTHERS_STARTS))


def _credits_a_photo(look: _Look) -> bool:
    return not (look.words > CREDITED_SENTENCE and look.ended) and _is_credit(look.low, look.plain)


def _is_furniture(look: _Look) -> bool:
    low = look.low
    begins = (look.words <= 6 or not look.ended) and low.startswith(phrases.FURNITURE_STARTS)
    if begins or look.bare in phrases.FURNITURE_LINES:
        return True
    return look.words > 1 and phrases.FURNITURE_INSIDE.stands_in(low, look.plain)


def _counts_or_labels(look: _Look) -> bool:
    if look.digits and _COUNTER.match(look.low):
        return True
    return bool(_LABELLED.match(look.low) or (look.words <= STAMP_WORDS and _STAMPED.match(look.low)))


def _speaks_of_the_site(look: _Look) -> bool:
    if look.words < 3:
        return False
    if phrases.BUSINESS_INSIDE.stands_in(look.low, look.plain):
        return True
    if phrases.CONSENT_WORDS.isdisjoint(look.plain):
        return False
    return sum(word in look.low for word in phrases.CONSENT_STEMS) >= 2


def _is_stamp(look: _Look) -> bool:
    stamp = find_stamp(look.text)
    return stamp is not None and (look.words <= DATE_WORDS or 2 * (stamp.end() - stamp.start()) > len(look.text))


def _is_byline(look: _Look) -> bool:
    return is_byline(look.text)


def _is_in_capitals(look: _Look) -> bool:
    return look.words >= CAPITALS_WORDS and not look.ended and look.text.isupper()


def _is_marked_caption(look: _Look) -> bool:
    return look.role is Role.CAPTION


def _is_linked(look: _Look) -> bool:
    return look.linked


@dataclass(frozen=True, slots=True)
class _Rule:
    words: int  # of the longest line that is asked
    kind: Kind
    reason: str
    holds: Callable[[_Look], bool]
    digits: bool = False  # lines without digits are not asked


_RULES = (  # the first that holds
    _Rule(HEADING_WORDS, Kind.END, "stands after an article", _ends_the_article),
    _Rule(HEADING_WORDS, Kind.END, "counts comments", _counts_comments, digits=True),
    _Rule(HEADING_WORDS, Kind.END, "heads a biography", _is_about_a_person),
    _Rule(HEADING_WORDS, Kind.OTHERS, "heads other stories", _heads_other_stories),
    _Rule(CREDIT_WORDS, Kind.CREDIT, "credits a photo", _credits_a_photo),
    _Rule(FURNITURE_WORDS, Kind.FURNITURE, "belongs to the page", _is_furniture),
    _Rule(FURNITURE_WORDS, Kind.FURNITURE, "counts or labels", _counts_or_labels),
    _Rule(CREDIT_WORDS, Kind.FURNITURE, "is the site's own business", _speaks_of_the_site),
    _Rule(2 * DATE_WORDS, Kind.DATE, "is a date", _is_stamp, digits=True),
    _Rule(HEADING_WORDS, Kind.BYLINE, "names who wrote it", _is_byline),
    _Rule(CREDIT_WORDS, Kind.CAPITALS, "is in capitals", _is_in_capitals),
    _Rule(CREDIT_WORDS, Kind.CAPTION, "is marked as a caption", _is_marked_caption),
    _Rule(CREDIT_WORDS, Kind.LINKS, "is a link", _is_linked),
)
_ASKED = {  # the rules of a line by its words and by whether it has digits
    (words, digits): tuple(rule for rule in _RULES if words <= rule.words and (digits or not rule.digits))
    for words in range(CREDIT_WORDS + 2)
    for digits in (False, True)
}
