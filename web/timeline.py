"""The columns of a timeline, drawn to scale along the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from search.engine import Interval, TimeBucket

MAX_COLUMNS = 150  # wider spans leave their empty periods out
HEIGHT = 100  # of the tallest column

_LONGEST = {Interval.YEAR: timedelta(366), Interval.MONTH: timedelta(31), Interval.DAY: timedelta(1)}
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
    starts = list(islice(_calendar(buckets[0].start, buckets[-1].start, interval), MAX_COLUMNS + 1))
    if len(starts) > MAX_COLUMNS:
        starts = list(counts)
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
    """Every period from the first to the last."""
    yield first
    start = first
    while start < last:
        start += _LONGEST[interval]
        if interval is not Interval.DAY:
            start = start.replace(day=1, month=1 if interval is Interval.YEAR else start.month)
        yield start
