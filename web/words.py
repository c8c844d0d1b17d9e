"""How dates, numbers, languages and names of fields read on a page, in its reader's language."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.numbers import format_decimal, format_percent

from search.article import Article
from search.engine import Interval, Piece, Snippet
from search.parse import period as parse_period
from web.messages import gettext as _
from web.messages import lazy_gettext, ngettext, reader_locale

OPENING = 14  # words shown in place of a title
AROUND = 60  # characters shown on each side of a fault

FILTER_HEADINGS = {
    "publisher": lazy_gettext("Publisher"),
    "author": lazy_gettext("Author"),
    "place": lazy_gettext("Place"),
    "language": lazy_gettext("Language"),
}
FILTER_NAMES = {
    "publisher": lazy_gettext("publisher"),
    "author": lazy_gettext("author"),
    "place": lazy_gettext("place"),
    "language": lazy_gettext("language"),
}

_UNPARTED = frozenset({"zh", "ja", "th", "lo", "km", "my"})  # written without spaces between words
_BLANK_LINES = re.compile(r"\n\s*\n")


def number(count: int) -> str:
    return _number(count, reader_locale())


@lru_cache(maxsize=4096)
def _number(count: int, locale: Locale) -> str:
    return format_decimal(count, locale=locale)


def points(score: float) -> str:
    """Of a score, to hundredths: finer differences say nothing to a reader."""
    return format_decimal(score, "0.00", locale=reader_locale())


def counted(articles: int) -> str:
    return ngettext("%(number)s article", "%(number)s articles", articles, number=number(articles))


def counted_stories(stories: int) -> str:
    return ngettext("%(number)s story", "%(number)s stories", stories, number=number(stories))


def span(first: date, last: date) -> str:
    """Two days and those between: `5–8 Jun 2012`, or the one day that both are."""
    if first == last:
        return day(first)
    return format_interval(first, last, "yMMMMd", locale=reader_locale())


def day(moment: date) -> str:
    return period(moment, Interval.DAY)


def period(start: date, interval: Interval, *, short: bool = False) -> str:
    """The decade, year, month or day that begins then: `2010s`, `2012`, `June 2012`, `7 June 2012`; months cut short
    where there is little room.
    """
    if interval is Interval.DECADE:
        return _(
            "%(year)ss", year=_period(start.replace(year=start.year // 10 * 10 or 1), Interval.YEAR, reader_locale())
        )
    return _period(start, interval, reader_locale(), short)


@lru_cache(maxsize=4096)  # a page asks for hundreds, mostly those of the page before
def _period(start: date, interval: Interval, locale: Locale, short: bool = False) -> str:
    match interval:
        case Interval.YEAR | Interval.DECADE:
            return format_date(start, "y", locale=locale)
        case Interval.MONTH:
            return format_skeleton("yMMM" if short else "yMMMM", start, locale=locale)
        case Interval.DAY:
            return format_date(start, "medium" if short else "long", locale=locale)


def typed_period(text: str) -> str:
    """The year, month or day that was asked for with `2012`, `2012-06` or `2012-06-07`."""
    start, _ = parse_period(text.strip())
    return period(start, (Interval.YEAR, Interval.MONTH, Interval.DAY)[text.count("-")])


def typed_range(first: str, last: str) -> str:
    """The days asked for with `from` and `to`, either of which may be empty."""
    if first == last:
        return _("date: %(period)s", period=typed_period(first))
    if not last:
        return _("from %(first)s", first=typed_period(first))
    if not first:
        return _("to %(last)s", last=typed_period(last))
    return _("from %(first)s to %(last)s", first=typed_period(first), last=typed_period(last))


def share(count: int, whole: int) -> str:
    """Of a whole that is not 0: `3.5%`. None and all of it are said of nothing else."""
    tenths = round(count / whole * 1000)
    if count and not tenths:
        return _("under %(share)s", share=_percent(1, reader_locale()))
    if count < whole and tenths == 1000:
        return _("over %(share)s", share=_percent(999, reader_locale()))
    return _percent(tenths, reader_locale())


@lru_cache(maxsize=2048)
def _percent(tenths: int, locale: Locale) -> str:
    return format_percent(tenths / 1000, "#,##0.#%", locale=locale)


def moment(published: date) -> str:
    """The day, with the time and its offset as far as they are known: `7 June 2012, 06:50 (UTC−04:00)`."""
    if not isinstance(published, datetime):
        return day(published)
    offset = published.utcoffset()
    time = format_time(published, "short", locale=reader_locale())
    return f"{day(published)}, {time}" + ("" if offset is None else f" ({_zone(offset)})")


def _zone(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours:02}:{rest:02}" if minutes else "UTC"


def language(code: str) -> str:
    """The name of a language, or the code itself where it names none."""
    try:
        return Locale.parse(code).get_language_name(reader_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code


def pointed_at(text: str, position: int) -> Snippet:
    """The word of a text that stands there, as a match between as much of the text as helps to find it."""
    end = text.find(" ", position) % (len(text) + 1)  # -1 is the end
    before = text[:position] if position <= AROUND else f"…{text[position - AROUND : position]}"
    after = text[end:] if len(text) - end <= AROUND else f"{text[end : end + AROUND]}…"
    pieces = Piece(before), Piece(text[position:end], matched=True), Piece(after)
    return tuple(piece for piece in pieces if piece.text)


def length_of_text(article: Article) -> str:
    """Of a body: `293 words`, or characters where the language parts no words."""
    if article.language in _UNPARTED:
        count = sum(map(str.isalnum, article.body))
        return ngettext("%(number)s character", "%(number)s characters", count, number=number(count))
    return ngettext("%(number)s word", "%(number)s words", article.words, number=number(article.words))


def opening(article: Article) -> str:
    """The words an article begins with, for one that has no title; empty where it has no body."""
    words = article.body.split(maxsplit=OPENING)
    return " ".join(words[:OPENING]) + ("…" if len(words) > OPENING else "")


def paragraphs(body: str) -> list[str]:
    return [paragraph.strip() for paragraph in _BLANK_LINES.split(body) if paragraph.strip()]
