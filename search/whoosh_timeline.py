"""The timeline of an answer: its articles, and beside them all of the archive, by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from whoosh import query

from search import timeline
from search.columnar import facets as counting
from search.columnar.cache import CACHE
from search.columnar.evaluate import evaluate
from search.deadline import Deadline, OutOfTime
from search.engine import Interval, TimeBucket
from search.query import Query
from search.schema import days

BY_MONTH = counting.Histogram("day", counting.Interval.MONTH)
BY_DAY = counting.Histogram("day", counting.Interval.DAY)

Counts = Mapping[date, int]  # by the first day of a period, oldest first


def counted(
    searcher: Any,
    compiled: Any,
    filters: Mapping[str, Any],
    asked: Sequence[Query],
    months: Counts,
    deadline: Deadline,
) -> tuple[tuple[TimeBucket, ...], Interval]:
    """compiled, filters: the search
    asked: its filters as they were asked for
    months: what it found, by month

    Raises OutOfTime.
    """
    if not months:
        return (), Interval.YEAR
    archive = _archive_months(searcher)
    span = _span(archive, Interval.MONTH)
    first, last = timeline.stretch(_span(months, Interval.MONTH), span, asked)
    interval = timeline.interval(first, last)
    if interval is not Interval.DAY:
        return timeline.buckets(first, last, interval, months, archive), interval
    found = _by_day(searcher, compiled, filters, deadline)
    first, last = timeline.stretch(_span(found, Interval.DAY), span, asked)
    stretch = query.NumericRange("day", days(first), days(last))
    return timeline.buckets(first, last, interval, found, _by_day(searcher, stretch, {}, deadline)), interval


def _by_day(searcher: Any, compiled: Any, filters: Mapping[str, Any], deadline: Deadline) -> Counts:
    found = evaluate(searcher, compiled, limit=0, filters=filters, histogram=BY_DAY, time_limit=deadline.left())
    if found.partial:
        raise OutOfTime
    return dict(found.histogram)


def _archive_months(searcher: Any) -> Counts:
    """Of all articles; counted once for a generation."""

    def count() -> Counts:
        return dict(evaluate(searcher, query.Every(), limit=0, histogram=BY_MONTH).histogram)

    segments = [leaf.reader().segment() for leaf, _ in searcher.leaf_searchers()]
    state = tuple((segment.segment_id(), segment.deleted_count()) for segment in segments)
    return CACHE.get(("archive months", state), count, lambda months: 200 * len(months))


def _span(counts: Counts, interval: Interval) -> tuple[date, date]:
    """First and last day of what was counted."""
    return min(counts), timeline.ending(max(counts), interval)
