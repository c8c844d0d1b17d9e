"""Dates as newspapers print them: found in a line of text, with time and zone where they are named.

A day without a year is no date, and neither is one whose order cannot be told (07/06/2012).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from indexer.extract.months import MONTHS

REMEMBERED = 1024  # lines
MAX_LINE = 400  # characters of a line that are looked at; a date stands near its beginning
MIN_YEAR, MAX_YEAR = 1600, 2099  # outside of it four digits are a number and no year
BUDDHIST_ERA = 543  # years that Thailand counts more
BUDDHIST_YEARS = range(2443, 2643)  # 1900 to 2099
CENTURY_TURN = 69  # two digits: 69 is 1969, 68 is 2068, as in POSIX
GAP = 24  # characters that may part a date from its time
_TIME_LENGTH = 16

# Hours east of UTC. Names that stand for several zones (IST, AST) are left out.
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 1, "west": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2,
    "sast": 2, "eest": 3, "msk": 3, "pkt": 5, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8, "awst": 8, "pht": 8, "jst": 9,
    "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "brt": -3, "art": -3, "adt": -3, "edt": -4, "est": -5,
    "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8, "akdt": -8, "akst": -9, "hst": -10,
}  # fmt: skip
_ZONES_BY_SEASON = {  # one name for summer and winter: the day decides
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}

_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\d{4}|\d([/-])\d{1,2}\1\d")  # every date has one, if only of two digits
_NAME = r"(?:[^\W\d_][^\s\d_.,;:/()-]{1,13}|[ก-ฮ]\S?\.[ก-ฮ]\.)"  # \w lacks the vowels of Indic scripts
_ORDINAL = r"(?:st|nd|rd|th|er|\.|º)?"
_DAYS = (  # each with the groups year, month and day; tried in this order
    re.compile(r"(?<!\d)(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"),
    re.compile(rf"(?P<month>{_NAME})\.?\s(?P<day>\d{{1,2}}){_ORDINAL},?\s(?P<year>\d{{4}})(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}}){_ORDINAL}[\s-](?:de\s|of\s)?(?P<month>{_NAME})\.?,?[\s-](?:del?\s)?(?P<year>\d{{4}})(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>\d{4})\.\s(?P<month>\d{1,2})\.\s(?P<day>\d{1,2})(?!\d)"),  # Korean
    re.compile(
        rf"(?<!\d)(?P<year>\d{{4}})(?:\.|\sm\.)\s(?P<month>{_NAME})\s(?P<day>\d{{1,2}})(?!\d)(?:\sd\.)?"
    ),  # Hungarian, Lithuanian
    re.compile(rf"(?<!\d)(?P<year>\d{{4}})\.\s?gada\s(?P<day>\d{{1,2}})\.\s?(?P<month>{_NAME})"),  # Latvian
    re.compile(r"(?<!\d)(?P<day>\d{1,2})\s(?i:tháng\s|th)(?P<month>\d{1,2}),?\s(?:năm\s)?(?P<year>\d{4})(?!\d)"),
)
_EITHER_ORDER = re.compile(r"(?<![\d/-])(?P<first>\d{1,2})([/-])(?P<second>\d{1,2})\2(?P<year>\d{4}|\d\d)(?![\d/-])")
_ZONE = r"\(?(?P<zone>(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?(?!\d)|[A-Za-z]{1,4}(?![A-Za-z]))\)?"
_NUMERIC_ZONE = re.compile(r"(?:utc|gmt)?\s?([+-])(\d{1,2}):?(\d{2})?")
_TIME = re.compile(
    r"(?<![\d:.+-])(?P<noon>오전|오후|上午|下午|午前|午後)?\s?(?P<hour>\d{1,2})"
    r"(?:(?:[:.]|\s?h\s?|[時时시点]\s?)(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?[分분]?)?"
    rf"\s?(?P<half>[ap]\.?\s?m\b\.?)?(?:\s?{_ZONE})?",
    re.IGNORECASE,
)
_MORNINGS = frozenset({"오전", "上午", "午前"})  # the others before an hour are afternoons


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date found in a text; `value` is as `Article.published`. start and end bound it and its time in the text."""

    value: date | datetime
    start: int
    end: int


def find_dates(text: str) -> tuple[PrintedDate, ...]:
    """The dates printed in the first MAX_LINE characters, in their order."""
    return _find_dates(text[:MAX_LINE])


@lru_cache(maxsize=REMEMBERED)  # a line that may be the article's date is asked for it more than once
def _find_dates(text: str) -> tuple[PrintedDate, ...]:
    if not _YEAR.search(text):
        return ()
    return tuple(_with_time(text, day, start, end) for day, start, end in _days(text))


def zone_offset(name: str, moment: datetime) -> tzinfo | None:
    """The offset that a printed zone has at that local moment: EDT, ET, GMT+8, +0300. None for an unknown name."""
    name = name.strip().strip("()").casefold()
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name]))
    if name in _ZONES_BY_SEASON:
        return _offset_of(_ZONES_BY_SEASON[name], moment)
    numeric = _NUMERIC_ZONE.fullmatch(name)
    if not numeric:
        return None
    sign, hours, minutes = numeric.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(hours=24) else None


def _offset_of(region: str, moment: datetime) -> tzinfo | None:
    try:
        offset = moment.replace(tzinfo=ZoneInfo(region)).utcoffset()
    except ZoneInfoNotFoundError:  # a machine without a table of zones
        return None
    return None if offset is None else timezone(offset)


def _days(text: str) -> list[tuple[date, int, int]]:
    """Each day printed in the text with its bounds, none inside another, in the text's order."""
    found: list[tuple[date, int, int]] = []
    for day, start, end in _candidates(text):
        if all(end <= other_start or other_end <= start for _, other_start, other_end in found):
            found.append((day, start, end))
    return sorted(found, key=lambda item: item[1])


def _candidates(text: str) -> Iterator[tuple[date, int, int]]:
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            day = _calendar_day(int(match["year"]), _month(match["month"].casefold()), int(match["day"]))
            if day:
                yield day, match.start(), match.end()
    for match in _EITHER_ORDER.finditer(text):
        day = _ordered_day(match["first"], match["second"], match["year"])
        if day:
            yield day, match.start(), match.end()


def _month(text: str) -> int:
    """The number of a month; 0 for what is none. Hebrew writes "in" at its beginning."""
    if text.isdecimal():
        return int(text)
    return MONTHS.get(text) or MONTHS.get(text.removeprefix("ב"), 0)


def _ordered_day(first: str, second: str, year: str) -> date | None:
    """The day of 13/06/2012, 06/13/2012 or 6/13/12; None where it can be read in another order too."""
    one, other, number = int(first), int(second), int(year)
    if len(year) == 2:
        if other <= 12:
            return None
        number += 1900 if number >= CENTURY_TURN else 2000
    if one > 12 or one == other:
        return _calendar_day(number, other, one)
    return _calendar_day(number, one, other) if other > 12 else None


def _calendar_day(year: int, month: int, day: int) -> date | None:
    if year in BUDDHIST_YEARS:
        year -= BUDDHIST_ERA
    if not MIN_YEAR <= year <= MAX_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_time(text: str, day: date, start: int, end: int) -> PrintedDate:
    """The day with the time that stands right after it, or else right before it."""
    for match in _TIME.finditer(text, end, end + GAP + _TIME_LENGTH):
        moment = _moment(day, match)
        if moment and _only_parts(text[end : match.start()]):
            return PrintedDate(moment, start, match.end())
    for match in reversed(list(_TIME.finditer(text, max(0, start - GAP - _TIME_LENGTH), start))):
        moment = _moment(day, match)
        if moment and _only_parts(text[match.end() : start]):
            return PrintedDate(moment, match.start(), end)
    return PrintedDate(day, start, end)


def _only_parts(between: str) -> bool:
    """Whether nothing but punctuation, a weekday and such words as "at" part a day from its time."""
    return len(between) <= GAP and len(between.split()) <= 4 and not _DIGIT.search(between)


def _moment(day: date, match: re.Match[str]) -> datetime | None:
    half = match["half"] or match["noon"]
    if not match["minute"] and not half:
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] not in "aA" and half not in _MORNINGS else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    moment = datetime.combine(day, time(hour, minute, second))
    zone = match["zone"]
    if not zone or (zone.isalpha() and not zone.isupper()):
        return moment  # "11:20 et" is French, "11:20 ET" is New York
    offset = zone_offset(zone, moment)
    return moment.replace(tzinfo=offset) if offset else moment
