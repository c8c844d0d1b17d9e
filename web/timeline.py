"""The columns of a timeline, drawn to scale along the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from search.engine import Interval, TimeBucket

MAX_COLUMNS = 150  # wider spans leave their empty periods out
HEIGHT = 100  # of the tallest column

_DAYS = {Interval.YEAR: 366, Interval.MONTH: 31, Interval.DAY: 1}
_WRITTEN = {Interval.YEAR: 4, Interval.MONTH: 7, Interval.DAY: 10}  # characters of an ISO date


@dataclass(frozen=True, slots=True)
class Column:
    """A year, month or day."""

    start: date
    period: str  # as `from` and `to` take it
    count: int
    height: int  # 0 to HEIGHT; 0 only without articles


def columns(buckets: Sequence[TimeBucket], interval: Interval) -> list[Column]:
    """Oldest first, with the empty periods between the first and the last put back in."""
    if not buckets:
        return []
    counts = {bucket.start: bucket.count for bucket in buckets}
    starts = list(_calendar(buckets[0].start, buckets[-1].start, interval)) or list(counts)
    tallest = max(counts.values())
    return [
        Column(
            start=start,
            period=start.isoformat()[: _WRITTEN[interval]],
            count=counts.get(start, 0),
            height=-(-counts.get(start, 0) * HEIGHT // tallest),  # rounded up: one article among thousands is seen
        )
        for start in starts
    ]


def _calendar(first: date, last: date, interval: Interval) -> Iterator[date]:
    """Every period from the first to the last; nothing at all where they are too many to draw."""
    if (last - first) / timedelta(_DAYS[interval]) >= MAX_COLUMNS:
        return
    yield first
    start = first
    while start < last:
        start += timedelta(_DAYS[interval])
        if interval is not Interval.DAY:
            start = start.replace(day=1, month=1 if interval is Interval.YEAR else start.month)
        yield start
