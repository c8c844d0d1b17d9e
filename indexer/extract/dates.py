"""Dates as newspapers print them: found in a line of text, with time and zone where they are named.

A day without a year is no date, and neither is one whose order cannot be told (07/06/2012).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

MAX_LINE = 400  # characters of a line that are looked at; a date stands near its beginning
MIN_YEAR, MAX_YEAR = 1600, 2099  # outside of it four digits are a number and no year
CENTURY_TURN = 69  # two digits: 69 is 1969, 68 is 2068, as in POSIX
_GAP = 24  # characters that may part a date from its time

# Month names as printed in running text, one row a month, whole and shortened, in the languages of large archives.
_MONTH_ROWS = """
january jan januar jänner janvier janv enero ene gennaio gen janeiro januari января янв ocak stycznia styczeń ledna ianuarie
february feb februar février févr fév febrero febbraio febbr fevereiro fev februari pebruari февраля фев şubat lutego luty února
march mar märz mär mars marzo março maart mrt maret марта мар mart marca marzec března martie
april apr avril avr abril abr aprile апреля апр nisan kwietnia kwiecień dubna aprilie
may mai mayo maggio mag maio mei мая май mayıs maja maj května
june jun juni juin junio giugno giu junho июня июн haziran czerwca czerwiec června iunie
july jul juli juillet juil julio luglio lug julho июля июл temmuz lipca lipiec července iulie
august aug août agosto ago augustus agustus agt августа авг ağustos sierpnia sierpień srpna
september sept sep septembre septiembre settembre sett set setembro сентября сен eylül września wrzesień září septembrie
october oct oktober okt octobre octubre ottobre ott outubro out октября окт ekim października październik října octombrie
november nov novembre noviembre novembro nopember ноября ноя kasım listopada listopad listopadu noiembrie
december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des декабря дек aralık grudnia grudzień prosince
"""
MONTHS = {name: number for number, row in enumerate(_MONTH_ROWS.strip().splitlines(), 1) for name in row.split()}

_UTC_OFFSETS = {  # minutes east of UTC; names that stand for several zones (IST, AST) are left out
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "bst": 60, "west": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120, "eet": 120,
    "sast": 120, "eest": 180, "msk": 180, "pkt": 300, "wib": 420, "ict": 420, "hkt": 480, "sgt": 480, "awst": 480, "pht": 480,
    "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "brt": -180, "art": -180, "adt": -180,
    "edt": -240, "est": -300, "cdt": -300, "cst": -360, "mdt": -360, "mst": -420, "pdt": -420, "pst": -480, "akdt": -480,
    "akst": -540, "hst": -600,
}  # fmt: skip
_ZONES_BY_SEASON = {  # one name for summer and winter: the day decides
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
}  # fmt: skip

_WORD = r"[^\W\d_]{3,12}"
_DAYS = (  # each with the groups year, month, day; tried in this order
    re.compile(r"(?<!\d)(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]"),
    re.compile(rf"(?P<month>{_WORD})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|º)?[\s-](?:de\s|of\s)?(?P<month>{_WORD})\.?,?[\s-](?:del?\s)?(?P<year>\d{{4}})(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)"),
)
_SLASHED = re.compile(r"(?<![\d/-])(?P<first>\d{1,2})([/-])(?P<second>\d{1,2})\2(?P<year>\d{4}|\d\d)(?![\d/-])")
_ZONE = r"\(?(?P<zone>(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?(?!\d)|[A-Za-z]{1,4}(?![A-Za-z]))\)?"
_TIME = re.compile(
    r"(?<![\d:.+-])(?P<hour>\d{1,2})(?:(?P<mark>[:.hH])(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?)?"
    rf"\s?(?P<half>[ap]\.?\s?m\b\.?)?(?:\s?{_ZONE})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date found in a text; `value` is as `Article.published`. start and end bound it and its time in the text."""

    value: date | datetime
    start: int
    end: int


def find_dates(text: str) -> list[PrintedDate]:
    """The dates printed in the first MAX_LINE characters, in their order."""
    text = text[:MAX_LINE]
    return [_with_time(text, day, start, end) for day, start, end in _days(text)]


def zone_offset(name: str, moment: datetime) -> tzinfo | None:
    """The offset a printed zone stands for at that local moment: EDT, ET, GMT+8, +0300. None for an unknown name."""
    key = name.strip().strip("()").casefold()
    if key in _UTC_OFFSETS:
        return timezone(timedelta(minutes=_UTC_OFFSETS[key]))
    if key in _ZONES_BY_SEASON:
        offset = moment.replace(tzinfo=ZoneInfo(_ZONES_BY_SEASON[key])).utcoffset()
        return timezone(offset) if offset is not None else None
    numeric = re.fullmatch(r"(?:utc|gmt)?\s?([+-])(\d{1,2}):?(\d{2})?", key)
    if not numeric:
        return None
    sign, hours, minutes = numeric.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(hours=24) else None


def _days(text: str) -> list[tuple[date, int, int]]:
    """Each day printed in the text with its bounds, none inside another, in the text's order."""
    if not any(char.isdigit() for char in text):
        return []
    found: list[tuple[date, int, int]] = []
    for day, start, end in _candidates(text):
        if all(end <= other_start or other_end <= start for _, other_start, other_end in found):
            found.append((day, start, end))
    return sorted(found, key=lambda item: item[1])


def _candidates(text: str) -> Iterator[tuple[date, int, int]]:
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            month = match["month"].casefold()
            number = int(month) if month.isdigit() else MONTHS.get(month, 0)
            day = _calendar_day(int(match["year"]), number, int(match["day"]))
            if day:
                yield day, match.start(), match.end()
    for match in _SLASHED.finditer(text):
        first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
        if len(match["year"]) == 2:
            if second <= 12:
                continue  # 12/11/10 can be read in three ways
            year += 1900 if year >= CENTURY_TURN else 2000
        if first > 12 or first == second:
            day = _calendar_day(year, second, first)
        elif second > 12:
            day = _calendar_day(year, first, second)
        else:
            continue
        if day:
            yield day, match.start(), match.end()


def _calendar_day(year: int, month: int, day: int) -> date | None:
    if not MIN_YEAR <= year <= MAX_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_time(text: str, day: date, start: int, end: int) -> PrintedDate:
    """The day with the time that stands right after it, or else right before it."""
    for match in _TIME.finditer(text, end, end + _GAP + 16):
        moment = _moment(day, match)
        if moment and _parts_only(text[end : match.start()]):
            return PrintedDate(moment, start, match.end())
    before = [match for match in _TIME.finditer(text, max(0, start - _GAP - 16), start) if _moment(day, match)]
    if before and _parts_only(text[before[-1].end() : start]):
        moment = _moment(day, before[-1])
        if moment:
            return PrintedDate(moment, before[-1].start(), end)
    return PrintedDate(day, start, end)


def _parts_only(between: str) -> bool:
    """Whether nothing but punctuation, a weekday and such words as "at" part a day from its time."""
    return len(between) <= _GAP and len(between.split()) <= 4 and not any(char.isdigit() for char in between)


def _moment(day: date, match: re.Match[str]) -> datetime | None:
    if not match["minute"] and not match["half"]:
        return None
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    moment = datetime.combine(day, time(hour, minute, second))
    zone = match["zone"]
    if not zone or (zone.isalpha() and not zone.isupper()):
        return moment
    offset = zone_offset(zone, moment)
    return moment.replace(tzinfo=offset) if offset else moment
