"""What stands around an article's body in a text capture: title, standfirst, byline, date, captions.

Nothing is invented: what the lines do not say stays None or empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from indexer.extract.dates import PrintedDate, find_dates
from indexer.extract.lines import Kind, Line, Role, key
from indexer.extract.rules import is_credit
from indexer.extract.names import Byline, is_person, parse_byline, parse_dateline, split_names, tidy_name

TITLE_WORDS = range(2, 31)
TITLE_REACH = 25  # lines above the body within which the title stands
TITLE_LEAST = 0.45  # score of a title; see `_title_score`
TITLE_ALONE = 3  # words of a title whose words the body does not use
STANDFIRST_LINES = 2
STANDFIRST_WORDS = range(6, 81)
BULLET_WORDS = range(3, 41)
MAX_SUMMARY = 12
DATED_WORDS = 20  # a line of more words that holds a date is a sentence about something else
DATED_SHARE = 5  # a line without a label is at most so many times as long as its date
DATE_REACH = 5  # lines above the title, or below the body, within which a date is the article's
CAPTION_LEAST = 5  # words
MAX_CAPTIONS = 50


@dataclass(frozen=True, slots=True)
class Head:
    """start: number of the line after the last that belongs to the head; earlier lines are not body."""

    title: str | None = None
    summary: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    publisher: str | None = None
    place: str | None = None
    published: date | datetime | None = None
    captions: tuple[str, ...] = ()
    start: int = 0
    own: frozenset[int] = field(default_factory=frozenset)  # numbers of body lines that are title or summary


def read_head(
    lines: Sequence[Line], body: Sequence[int], *, title: str | None = None, description: str | None = None
) -> Head:
    """What the lines around the body say of the article.

    body:        the numbers of its lines, in order
    title:       where it is known; its line is looked for, and no other is taken
    description: what the page tells others of the article; its standfirst, where it prints it above the body
    """
    if not body:
        return Head(title=title, published=_choose_date(lines, range(len(lines))))
    at = _find_line(lines, body, title) if title else _find_title(lines, body)
    standfirst, start = _find_standfirst(lines, body, at)
    above = range(0 if at is None else at + 1, max(body[0], start))
    summary = standfirst or _find_marked(lines, above, body, description) or [n for n in above if _is_bullet(lines[n])]
    byline = _find_byline(lines, above)
    lead = next(n for n in body if n >= start)
    dateline = parse_dateline(lines[lead].text)
    return Head(
        title=title or (None if at is None else lines[at].text),
        summary=tuple(lines[n].text for n in summary[:MAX_SUMMARY]),
        author=byline.authors,
        publisher=byline.publisher or (dateline.source if dateline else None),
        place=dateline.place if dateline else None,
        published=_find_date(lines, body, at, lead),
        captions=_find_captions(lines, range(above.start, body[-1] + 1)),
        start=start,
        own=frozenset([*summary, *([] if at is None else [at])]),
    )


# ------------------------------------------------------------------------------------------------------------ title

_TITLE_KINDS = frozenset({Kind.SHORT, Kind.LINKS, Kind.CAPTION, Kind.PROSE, Kind.CAPITALS, Kind.REPEATED})
_SITE = re.compile(r"\s[|»·–—-]\s[^|»·–—]{2,40}$")
_STEM = re.compile(r"\w{3,5}")  # a word's beginning stands for its inflections


def _find_title(lines: Sequence[Line], body: Sequence[int]) -> int | None:
    """The line above the body, or its first, whose words the body takes up most; None where no line fits."""
    used = _stems(" ".join(lines[n].text[:2000] for n in body[:40] if lines[n].prose))
    best, best_score = None, TITLE_LEAST
    for number in range(max(0, body[0] - TITLE_REACH), body[0] + 1):
        if not _may_be_title(lines[number]) or (number == body[0] and len(body) < 2):
            continue
        score = _title_score(lines, number, body[0], used)
        if score > best_score:
            best, best_score = number, score
    return _first_line(lines, body) if best is None else best


def _find_line(lines: Sequence[Line], body: Sequence[int], title: str) -> int | None:
    """The line nearest above the body, or its first, that is the title."""
    wanted = key(title)
    return next((n for n in range(body[0], -1, -1) if key(lines[n].text) == wanted), None)


def _first_line(lines: Sequence[Line], body: Sequence[int]) -> int | None:
    """The first line that is no furniture, where it stands alone above the body like a title."""
    for number in range(body[0]):
        if lines[number].kind in (Kind.FURNITURE, Kind.DATE, Kind.OTHERS, Kind.END):
            continue
        alone = _may_be_title(lines[number]) and lines[number].words >= TITLE_ALONE and lines[number + 1].gap
        return number if alone else None
    return None


def _may_be_title(line: Line) -> bool:
    if line.bullet or line.words not in TITLE_WORDS or line.text.endswith((":", ",", ";")):
        return False
    if line.ended and not line.text.rstrip("'\"”’»").endswith(("?", "!")):
        return False
    return line.kind in _TITLE_KINDS


def _title_score(lines: Sequence[Line], number: int, first: int, used: set[str]) -> float:
    """How well a line fits as title: 1.0 where the body uses all its words, more for its place on the page."""
    line = lines[number]
    stems = _stems(line.text)
    if not stems:
        return 0.0
    score = sum(stem in used for stem in stems) / len(stems) * min(1.0, (len(stems) + 1) / 5)
    below = lines[number + 1 : number + 5]
    if any(
        other.kind in (Kind.DATE, Kind.BYLINE) or find_dates(other.text[:80])
        for other in below
        if other.words <= DATED_WORDS
    ):
        score += 0.25
    if line.gap and below and below[0].gap:
        score += 0.1
    if line.role is Role.HEADING or all(
        other.words < TITLE_ALONE or not _may_be_title(other) for other in lines[:number]
    ):
        score += 0.2
    return score - 0.3 * (first - number) / TITLE_REACH


def _stems(text: str) -> set[str]:
    return {stem[0] for word in text.casefold().split() if (stem := _STEM.search(word))}


# ---------------------------------------------------------------------------------------------------- standfirst, byline


def _find_standfirst(lines: Sequence[Line], body: Sequence[int], title: int | None) -> tuple[list[int], int]:
    """Sentences between title and byline or date, and the number of the line after that byline or date."""
    if title is None:
        return [], 0
    found: list[int] = []
    number = title + 1
    while number < len(lines) and len(found) < STANDFIRST_LINES and _may_stand_first(lines[number]):
        found.append(number)
        number += 1
    end = 0
    while found and number < body[-1] and not (lines[number].prose and not _says_when_or_who(lines, number)):
        number += 1
        if _says_when_or_who(lines, number - 1):
            end = number
    return (found, end) if end and any(lines[n].prose for n in body if n >= end) else ([], 0)


def _may_stand_first(line: Line) -> bool:
    return line.words in STANDFIRST_WORDS and not line.bullet and line.kind in (Kind.PROSE, Kind.SHORT, Kind.LINKS)


def _find_marked(
    lines: Sequence[Line], above: Sequence[int], body: Sequence[int], description: str | None
) -> list[int]:
    """Lines that the page marks as standfirst, or above the body prints what it tells others of the article."""
    wanted = key(description or "")
    within = [*above, *body[:STANDFIRST_LINES]]
    marked = [
        n
        for n in within
        if lines[n].role is Role.STANDFIRST and lines[n].words in STANDFIRST_WORDS and _is_sentence(lines[n].text)
    ]
    return marked or [
        n for n in above if lines[n].words in STANDFIRST_WORDS and key(lines[n].text) == wanted and n not in body
    ]


def _is_sentence(text: str) -> bool:
    """Whether a line says something: more letters than signs, and no list of names."""
    names = split_names(text)
    return 2 * sum(map(str.isalpha, text)) > len(text) and not (names and is_person(names[0]))


def _is_bullet(line: Line) -> bool:
    return line.kind is Kind.ITEM and line.words in BULLET_WORDS


def _says_when_or_who(lines: Sequence[Line], number: int) -> bool:
    line = lines[number]
    if line.words > DATED_WORDS:
        return False
    return line.kind in (Kind.DATE, Kind.BYLINE) or bool(_byline_at(lines, number)) or bool(find_dates(line.text))


def _find_byline(lines: Sequence[Line], numbers: Sequence[int]) -> Byline:
    """The first line that names an author, or else the first that names a publisher."""
    found = [byline for n in numbers if (byline := _byline_at(lines, n))]
    return next((byline for byline in found if byline.authors), found[0] if found else Byline())


def _byline_at(lines: Sequence[Line], number: int) -> Byline | None:
    text = lines[number].text
    if text.casefold().rstrip(":") in ("by", "von", "par", "por", "di", "author", "words by", "written by"):
        below = lines[number + 1].text if number + 1 < len(lines) else ""
        return Byline((tidy_name(below),)) if is_person(below) else None
    return parse_byline(text)


# ------------------------------------------------------------------------------------------------------------ date

_STAMP = re.compile(r"\b(?:published|posted|created|updated|modified|date|by|upd)\b", re.IGNORECASE)
_PUBLISHED = re.compile(r"\b(?:published|posted|created|first)\b", re.IGNORECASE)
_UPDATED = re.compile(r"\b(?:updated|modified|edited|upd)\b", re.IGNORECASE)


def _find_date(lines: Sequence[Line], body: Sequence[int], title: int | None, lead: int) -> date | datetime | None:
    """The date in the dateline, or else below the title, above it, below the body, in this order."""
    dateline = parse_dateline(lines[lead].text)
    if dateline and (dates := find_dates(lines[lead].text[: dateline.end])):
        return dates[0].value
    below_title = range(0 if title is None else title + 1, lead)
    above_title = range(0 if title is None else max(0, title - DATE_REACH), 0 if title is None else title)
    below_body = [
        n
        for n in range(body[-1] + 1, min(len(lines), body[-1] + 1 + DATE_REACH))
        if _PUBLISHED.search(lines[n].text[:40])
    ]
    for numbers in (below_title, above_title, below_body):
        found = _choose_date(lines, numbers)
        if found:
            return found
    return None


def _choose_date(lines: Sequence[Line], numbers: Sequence[int]) -> date | datetime | None:
    """Of the dates on these lines one said to be of publication, else one not said to be of a change, else the first."""
    ranked: list[tuple[int, PrintedDate]] = []
    for number in numbers:
        line = lines[number]
        if line.words > DATED_WORDS or line.kind in (
            Kind.PROSE,
            Kind.TEASER,
            Kind.END,
            Kind.CAPTION,
            Kind.CREDIT,
            Kind.COMMENT,
            Kind.ITEM,
        ):
            continue
        text = line.text
        if number + 1 < len(lines) and lines[number + 1].kind is Kind.DATE and not find_dates(lines[number + 1].text):
            text += " " + lines[number + 1].text  # the time stands on a line of its own
        before = 0
        for printed in find_dates(text):
            label = text[before : printed.start]
            before = printed.end
            if not _STAMP.search(label) and len(text) > DATED_SHARE * (printed.end - printed.start):
                continue  # a sentence about that day
            ranked.append((0 if _PUBLISHED.search(label) else 2 if _UPDATED.search(label) else 1, printed))
    return min(ranked, key=lambda item: item[0])[1].value if ranked else None


# ------------------------------------------------------------------------------------------------------------ captions

_CREDIT_END = re.compile(
    r"\s*[(\[][^()\[\]]{0,120}[)\]]?$|\s*(?:photo|image|picture|credit|courtesy)\b.{0,80}$", re.IGNORECASE
)
_CREDIT_START = re.compile(r"^\(?(?:file\s)?(?:photo|image|picture|caption|above|pictured)\s?:\s*", re.IGNORECASE)


def _find_captions(lines: Sequence[Line], numbers: Sequence[int]) -> tuple[str, ...]:
    """What the photos show, without their credits, each caption once."""
    captions: list[str] = []
    for number in numbers:
        line = lines[number]
        if line.kind is Kind.CREDIT:
            text = _CREDIT_START.sub("", _CREDIT_END.sub("", line.text[-1000:], count=1)).strip()
        elif line.kind is Kind.CAPTION:
            text = line.text
        else:
            continue
        same = key(text)
        if len(text.split()) < CAPTION_LEAST or is_credit(text):
            continue
        if not any(same.startswith(key(known)) or key(known).startswith(same) for known in captions):
            captions.append(text)
    return tuple(captions[:MAX_CAPTIONS])
