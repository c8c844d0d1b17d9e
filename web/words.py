"""How dates, numbers and languages read on a page."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from search.article import Article
from search.engine import Interval
from search.parse import period as parse_period

OPENING = 14  # words shown in place of a title

_LOCALE = "en"
_PATTERNS = {Interval.YEAR: "y", Interval.MONTH: "MMMM y", Interval.DAY: "d MMMM y"}
_BLANK_LINES = re.compile(r"\n\s*\n")


def number(count: int) -> str:
    return format_decimal(count, locale=_LOCALE)


def counted(articles: int) -> str:
    return f"{number(articles)} {'article' if articles == 1 else 'articles'}"


def day(moment: date) -> str:
    return period(moment, Interval.DAY)


def period(start: date, interval: Interval) -> str:
    """The year, month or day that begins then: `2012`, `June 2012`, `7 June 2012`."""
    return format_date(start, _PATTERNS[interval], locale=_LOCALE)


def typed_period(text: str) -> str:
    """The year, month or day that was asked for with `2012`, `2012-06` or `2012-06-07`."""
    start, _ = parse_period(text.strip())
    return period(start, list(Interval)[text.count("-")])


def moment(published: date) -> str:
    """The day, with the time and its offset as far as they are known: `7 June 2012, 06:50 (UTC−04:00)`."""
    if not isinstance(published, datetime):
        return day(published)
    offset = published.utcoffset()
    return f"{day(published)}, {published:%H:%M}" + ("" if offset is None else f" ({_zone(offset)})")


def _zone(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours:02}:{rest:02}" if minutes else "UTC"


def language(code: str) -> str:
    """The English name of a language, or the code itself where it names none."""
    try:
        return Locale.parse(code).get_language_name(_LOCALE) or code
    except (UnknownLocaleError, ValueError):
        return code


def opening(article: Article) -> str:
    """The words an article begins with, for one that has no title; empty where it has no body."""
    words = article.body.split(maxsplit=OPENING)
    return " ".join(words[:OPENING]) + ("…" if len(words) > OPENING else "")


def paragraphs(body: str) -> list[str]:
    return [paragraph.strip() for paragraph in _BLANK_LINES.split(body) if paragraph.strip()]
