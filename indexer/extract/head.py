"""What stands around the body of an article: title, standfirst, byline, date, captions.

Nothing is invented: what the lines do not say stays None or empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from indexer.extract.dates import PrintedDate, find_dates
from indexer.extract.lines import CREDIT, DATE, Kind, Line, Role, key
from indexer.extract.names import (
    Byline,
    is_person,
    outlet_credited,
    parse_byline,
    parse_dateline,
    split_names,
    tidy_name,
)
from indexer.extract.rules import is_credit

TITLE_WORDS = range(2, 31)
TITLE_REACH = 25  # lines above the body, within which the title stands
TITLE_LEAST = 0.45  # score of a title: 1.0 where the body uses all its words, and more or less for these:
TITLE_ABOVE_DATE = 0.25  # a date or byline stands just below
TITLE_PARTED = 0.1  # empty lines above and below
TITLE_FIRST = 0.2  # the first line that may be one, or marked as a heading
TITLE_FAR = -0.3  # TITLE_REACH lines above the body; less for fewer
TITLE_ALONE = 3  # words of a line that stands alone above the body, and is its title whatever it says
USED_LINES, USED_LENGTH = 25, 600  # of the body, that tell its words; characters of each
STANDFIRST_LINES = 2
STANDFIRST_WORDS = range(6, 81)
BULLET_WORDS = range(3, 41)
MAX_SUMMARY = 12
DATED_WORDS = 20  # at most, of a line that says when
DATED_SHARE = 2.5  # times its date's length, at most, of a line that has no word such as "published"
DATE_REACH = 5  # lines above the title, or below the body, within which a date is the article's
LABEL_REACH = 40  # characters at the beginning of a line below the body, that say what its date is
CAPTION_WORDS = 5  # at least; a shorter one is a name
CAPTION_READ = 1000  # characters at the end of a caption with its credit
MAX_CAPTIONS = 50


@dataclass(frozen=True, slots=True)
class Head:
    """Fields as in Article.

    start: the lines above this number are not the body's, whatever they look like
    own:   the numbers of the lines that are title and summary
    """

    title: str | None = None
    summary: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    publisher: str | None = None
    place: str | None = None
    published: date | datetime | None = None
    captions: tuple[str, ...] = ()
    start: int = 0
    own: frozenset[int] = frozenset()


def read_head(
    lines: Sequence[Line], body: Sequence[int], *, title: str | None = None, description: str | None = None
) -> Head:
    """What the lines around the body say of the article.

    body:        the numbers of its lines, in order
    title:       where it is known; its line is looked for, and no other is taken
    description: what the page tells others of the article: its standfirst, where it prints it above the body
    """
    if not body:
        return Head(title=title, published=_choose_date(lines, range(len(lines))))
    at = _find_line(lines, body, title) if title else _find_title(lines, body)
    standfirst, start = _find_standfirst(lines, body, at)
    above = range(0 if at is None else at + 1, max(body[0], start))
    summary = standfirst or _find_marked(lines, above, body, description) or [n for n in above if _is_bullet(lines[n])]
    byline = _find_byline(lines, above)
    lead = next((n for n in body if n >= start and lines[n].prose), body[0])
    dateline = parse_dateline(lines[lead].text)
    shown = lines[above.start : body[-1] + 1]
    return Head(
        title=title or (None if at is None else lines[at].text),
        summary=tuple(lines[n].text for n in summary[:MAX_SUMMARY]),
        author=byline.authors,
        publisher=byline.publisher or (dateline.source if dateline else None) or _find_credited(shown),
        place=dateline.place if dateline else None,
        published=_find_date(lines, body, at, lead),
        captions=_find_captions(shown),
        start=start,
        own=frozenset(summary if at is None else [*summary, at]),
    )


# ------------------------------------------------------------------------------------------------------------ title

_TITLE_KINDS = frozenset({Kind.SHORT, Kind.LINKS, Kind.CAPTION, Kind.PROSE, Kind.CAPITALS, Kind.REPEATED})
_ABOVE_TITLES = frozenset({Kind.FURNITURE, Kind.DATE, Kind.OTHERS, Kind.END})
_STEM = re.compile(r"(\w{3,5})\w*")  # a word's beginning stands for its inflections


def _find_line(lines: Sequence[Line], body: Sequence[int], title: str) -> int | None:
    """The line nearest above the body, or its first, that is the title."""
    wanted = key(title)
    return next((n for n in range(body[0], -1, -1) if key(lines[n].text) == wanted), None)


def _find_title(lines: Sequence[Line], body: Sequence[int]) -> int | None:
    """The line above the body, or its first, that fits best as title; None where none fits."""
    used = _stems(" ".join(lines[n].text[:USED_LENGTH] for n in body[:USED_LINES] if lines[n].prose))
    first = next((n for n in range(body[0] + 1) if _is_rival(lines[n])), 0)
    best, best_score = None, TITLE_LEAST
    for number in range(max(0, body[0] - TITLE_REACH), body[0] + 1):
        if not _may_be_title(lines[number]) or (number == body[0] and len(body) < 2):
            continue
        score = _title_score(lines, number, used) + TITLE_FAR * (body[0] - number) / TITLE_REACH
        score += TITLE_FIRST if number <= first or lines[number].role is Role.HEADING else 0.0
        if score > best_score:
            best, best_score = number, score
    return _find_lone_line(lines, body) if best is None else best


def _title_score(lines: Sequence[Line], number: int, used: set[str]) -> float:
    """How well a line fits as title by its words and by the lines around it."""
    line = lines[number]
    stems = _stems(line.text)
    if not stems:
        return 0.0
    score = sum(stem in used for stem in stems) / len(stems) * min(1.0, (len(stems) + 1) / 5)
    below = lines[number + 1 : number + 5]
    if any(_says_when(other) or other.kind is Kind.BYLINE for other in below):
        score += TITLE_ABOVE_DATE
    if line.gap and below and below[0].gap:
        score += TITLE_PARTED
    return score


def _may_be_title(line: Line) -> bool:
    if line.bullet or line.words not in TITLE_WORDS or line.text.endswith((":", ",", ";")):
        return False
    if line.ended and not line.text.rstrip("'\"”’»").endswith(("?", "!")):
        return False
    return line.kind in _TITLE_KINDS


def _is_rival(line: Line) -> bool:
    return line.words >= TITLE_ALONE and _may_be_title(line)


def _find_lone_line(lines: Sequence[Line], body: Sequence[int]) -> int | None:
    """The first line that is no furniture, where it stands alone above the body as titles do."""
    number = next((n for n in range(body[0]) if lines[n].kind not in _ABOVE_TITLES), None)
    return number if number is not None and _is_rival(lines[number]) and lines[number + 1].gap else None


def _stems(text: str) -> set[str]:
    return set(_STEM.findall(text.casefold()))


# ------------------------------------------------------------------------------------------------ standfirst and byline

_LONE_LEADS = frozenset({"by", "von", "par", "por", "di", "author", "words by", "written by"})
_PHOTO_KINDS = frozenset({Kind.CAPTION, Kind.CREDIT})
_OVER = frozenset({Kind.PROSE, Kind.OTHERS, Kind.TEASER, Kind.LINKS, Kind.END})


def _find_standfirst(lines: Sequence[Line], body: Sequence[int], title: int | None) -> tuple[list[int], int]:
    """Sentences between the title and the lines that say when and who, and the number of the line below those."""
    if title is None:
        return [], 0
    found: list[int] = []
    number = title + 1
    while number < body[-1] and len(found) < STANDFIRST_LINES and _may_stand_first(lines[number]):
        found.append(number)
        number += 1
    end = 0
    while found and number < body[-1] and lines[number].kind not in _OVER:
        if _says_when_or_who(lines, number):
            end = number + 1
        number += 1
    return (found, end) if end and any(lines[n].prose for n in body if n >= end) else ([], 0)


def _may_stand_first(line: Line) -> bool:
    if line.words not in STANDFIRST_WORDS or line.bullet or parse_dateline(line.text):
        return False
    return line.kind in (Kind.PROSE, Kind.SHORT, Kind.LINKS)


def _find_marked(
    lines: Sequence[Line], above: Sequence[int], body: Sequence[int], description: str | None
) -> list[int]:
    """Lines that the page marks as standfirst, or that print above the body what it tells others of the article."""
    near = [n for n in (*above, *body[:STANDFIRST_LINES]) if lines[n].words in STANDFIRST_WORDS]
    marked = [n for n in near if lines[n].role is Role.STANDFIRST and _is_statement(lines[n].text)]
    told = key(description or "")
    return marked or [n for n in near if n not in body and key(lines[n].text) == told]


def _is_statement(text: str) -> bool:
    """Whether a line says something: mostly in letters, and not who wrote it."""
    names = split_names(text)
    return 2 * sum(map(str.isalpha, text)) > len(text) and not (names and is_person(names[0]))


def _is_bullet(line: Line) -> bool:
    return line.kind is Kind.ITEM and line.words in BULLET_WORDS


def _says_when(line: Line) -> bool:
    if line.words > DATED_WORDS or line.kind in _PHOTO_KINDS:
        return False
    return line.kind is DATE or (line.digits and bool(find_dates(line.text)))


def _says_when_or_who(lines: Sequence[Line], number: int) -> bool:
    return _says_when(lines[number]) or _byline_at(lines, number) is not None


def _find_byline(lines: Sequence[Line], numbers: Sequence[int]) -> Byline:
    """The first line that names an author, or else the first that names a publisher."""
    first = Byline()
    for number in numbers:
        byline = _byline_at(lines, number) if lines[number].role is not Role.BESIDE else None
        if byline and byline.authors:
            return byline
        first = first if first.publisher else byline or first
    return first


def _byline_at(lines: Sequence[Line], number: int) -> Byline | None:
    text = lines[number].text
    if text.casefold().rstrip(":") not in _LONE_LEADS:
        return parse_byline(text)
    below = lines[number + 1].text if number + 1 < len(lines) else ""
    return Byline((tidy_name(below),)) if is_person(below) else None


# ------------------------------------------------------------------------------------------------------------ date

_PUBLISHED = re.compile(r"\b(?:published|posted|created|first)\b", re.IGNORECASE)
_CHANGED = re.compile(r"\b(?:updated|modified|edited|upd)\b", re.IGNORECASE)
_DATED = re.compile(r"\b(?:published|posted|created|updated|modified|upd|date|by)\b", re.IGNORECASE)
_UNDATED_KINDS = frozenset(
    {Kind.PROSE, Kind.ITEM, Kind.TEASER, Kind.END, Kind.CAPTION, Kind.CREDIT, Kind.COMMENT}
)  # a date in one of them is not the article's


def _find_date(lines: Sequence[Line], body: Sequence[int], title: int | None, lead: int) -> date | datetime | None:
    """The date in the dateline, or else below the title, above it, or below the body, in this order."""
    dateline = parse_dateline(lines[lead].text)
    if dateline and (dates := find_dates(lines[lead].text[: dateline.end])):
        return dates[0].value
    top = 0 if title is None else title
    below = range(body[-1] + 1, min(len(lines), body[-1] + 1 + DATE_REACH))
    for numbers in (
        range(top if title is None else top + 1, lead),
        range(max(0, top - DATE_REACH), top),
        [n for n in below if _PUBLISHED.search(lines[n].text[:LABEL_REACH])],
    ):
        found = _choose_date(lines, numbers)
        if found:
            return found
    return None


def _choose_date(lines: Sequence[Line], numbers: Sequence[int]) -> date | datetime | None:
    """Of the dates on these lines one that is called published, else one that is not called changed, else the first."""
    ranked = [candidate for n in numbers for candidate in _dates_at(lines, n)]
    return min(ranked, key=lambda candidate: candidate[0])[1].value if ranked else None


def _dates_at(lines: Sequence[Line], number: int) -> list[tuple[int, PrintedDate]]:
    """The dates on a line with their ranks, lower ones first to be taken."""
    line = lines[number]
    if line.words > DATED_WORDS or line.kind in _UNDATED_KINDS or line.role is Role.BESIDE:
        return []
    text = line.text
    below = lines[number + 1] if number + 1 < len(lines) else None
    if below and below.kind is Kind.DATE and not find_dates(below.text):
        text += " " + below.text  # the time stands on a line of its own
    found = []
    read = 0
    for printed in find_dates(text):
        label = text[read : printed.start]
        read = printed.end
        if _DATED.search(label) or len(text) <= DATED_SHARE * (printed.end - printed.start):
            found.append((0 if _PUBLISHED.search(label) else 2 if _CHANGED.search(label) else 1, printed))
    return found


# ------------------------------------------------------------------------------------------------------------ captions

_IN_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{0,120}[)\]]?$")
_AT_END = re.compile(r"\s*\b(?:photo|photograph|photographer|image|picture|credit|courtesy)\b.{0,80}$", re.IGNORECASE)
_AT_BEGIN = re.compile(r"^\(?(?:file\s)?(?:photo|image|picture|caption|above|pictured)\s?:\s*", re.IGNORECASE)


def _find_captions(lines: Sequence[Line]) -> tuple[str, ...]:
    """What the photos show, without their credits, each caption once."""
    captions: list[str] = []
    keys: list[str] = []
    for line in lines:
        text = _caption(line) if line.kind in _PHOTO_KINDS else ""
        if len(text.split()) < CAPTION_WORDS or is_credit(text):
            continue
        same = key(text)
        if not any(same.startswith(known) or known.startswith(same) for known in keys):
            captions.append(text)
            keys.append(same)
        if len(captions) == MAX_CAPTIONS:
            break
    return tuple(captions)


def _find_credited(lines: Sequence[Line]) -> str | None:
    """The newspaper that the photos are credited to, where it is one of all."""
    photos = [line.text for line in lines if line.kind in _PHOTO_KINDS and is_credit(line.text)]
    outlets = {outlet for text in photos if (outlet := outlet_credited(_without_credit(text)[1]))}
    return outlets.pop() if len(outlets) == 1 else None


def _caption(line: Line) -> str:
    """What a line of a photo says, without its credit."""
    return _without_credit(line.text)[0] if line.kind is CREDIT else line.text


def _without_credit(text: str) -> tuple[str, str]:
    """What a photo shows, and whose it is."""
    text = _AT_BEGIN.sub("", text[-CAPTION_READ:])
    credit = _IN_BRACKETS.search(text) or _AT_END.search(text)
    return (text[: credit.start()].strip(), credit[0]) if credit else (text, "")
