"""The timeline of an answer: its articles, and beside them all of the archive, by period.

A timeline goes from one end of the dates asked for to the other, as far as the archive reaches; where an end is left
open, to the first or last article of the answer. How long it is says how long its periods are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from search.engine import Interval, TimeBucket
from search.index import Asked, Counts, Index
from search.query import Between, Query

MONTHS_BY_DAY = 2  # a stretch that touches so many months is shown by day,
MONTHS_BY_MONTH = 60  # so many by month,
YEARS_BY_YEAR = 100  # and so many years by year; longer ones by decade

_LONGEST = {
    Interval.DECADE: timedelta(3653),
    Interval.YEAR: timedelta(366),
    Interval.MONTH: timedelta(31),
    Interval.DAY: timedelta(1),
}


def of_answer(
    index: Index, asked: Asked, months: Counts, filters: Iterable[Query]
) -> tuple[tuple[TimeBucket, ...], Interval]:
    """months: what was found, by month
    filters: as they were asked for

    Raises OutOfTime.
    """
    if not months:
        return (), Interval.YEAR
    archive = index.archive_months()
    between, span = list(filters), _span(archive, Interval.MONTH)
    first, last = stretch(_span(months, Interval.MONTH), span, between)
    shown = interval(first, last)
    if shown is not Interval.DAY:
        return buckets(first, last, shown, months, archive), shown
    found, archive = index.days([asked, Asked(_whole(first, last))])
    first, last = stretch(_span(found, Interval.DAY), span, between)
    return buckets(first, last, shown, found, archive), shown


def _span(counts: Counts, interval: Interval) -> tuple[date, date]:
    """First and last day of what was counted."""
    return min(counts), ending(max(counts), interval)


def _whole(first: date, last: date) -> Between:
    return Between(first, None if last == date.max else last + timedelta(days=1))


def stretch(found: tuple[date, date], archive: tuple[date, date], filters: Iterable[Query]) -> tuple[date, date]:
    """First and last day that are shown. found, archive: the first and the last day with an article there."""
    starts = [part.start for part in filters if isinstance(part, Between) and part.start]
    ends = [part.end - timedelta(days=1) for part in filters if isinstance(part, Between) and part.end]
    first = max([archive[0], *starts]) if starts else found[0]
    last = min([archive[1], *ends]) if ends else found[1]
    return min(first, found[0]), max(last, found[1])


def interval(first: date, last: date) -> Interval:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months <= MONTHS_BY_DAY:
        return Interval.DAY
    if months <= MONTHS_BY_MONTH:
        return Interval.MONTH
    return Interval.YEAR if last.year - first.year < YEARS_BY_YEAR else Interval.DECADE


def beginning(day: date, interval: Interval) -> date:
    """The first day of the period that a day falls in. The first decade of the calendar begins with the year 1."""
    match interval:
        case Interval.DAY:
            return day
        case Interval.MONTH:
            return day.replace(day=1)
        case Interval.YEAR:
            return day.replace(month=1, day=1)
        case Interval.DECADE:
            return date(max(day.year // 10 * 10, date.min.year), 1, 1)


def ending(start: date, interval: Interval) -> date:
    """The last day of the period that begins then."""
    following = _following(start, interval)
    return date.max if following is None else following - timedelta(days=1)


def periods(first: date, last: date, interval: Interval) -> Iterator[date]:
    """The first day of every period from the one of `first` to the one of `last`."""
    start: date | None = beginning(first, interval)
    while start is not None and start <= last:
        yield start
        start = _following(start, interval)


def buckets(
    first: date, last: date, interval: Interval, found: Mapping[date, int], archive: Mapping[date, int]
) -> tuple[TimeBucket, ...]:
    """found, archive: articles by day for an interval of days, else by month, each by the first day."""
    counts, whole = _by_period(found, interval), _by_period(archive, interval)
    return tuple(
        TimeBucket(start, counts.get(start, 0), whole.get(start, 0)) for start in periods(first, last, interval)
    )


def _by_period(counts: Mapping[date, int], interval: Interval) -> Mapping[date, int]:
    if interval in (Interval.DAY, Interval.MONTH):
        return counts
    by_year: Counter[int] = Counter()
    for day, count in counts.items():
        by_year[day.year] += count
    sums: Counter[date] = Counter()
    for year, count in by_year.items():
        sums[beginning(date(year, 1, 1), interval)] += count
    return sums


def _following(start: date, interval: Interval) -> date | None:
    """The first day of the next period; None where the calendar ends."""
    try:
        return beginning(start + _LONGEST[interval], interval)
    except OverflowError:
        return None
