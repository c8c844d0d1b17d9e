"""Stretches and periods of timelines, without an engine."""

from __future__ import annotations

from datetime import date

import pytest

from search.engine import Interval, TimeBucket
from search.query import Between, Query, Word
from search.timeline import beginning, buckets, ending, periods, stretch

FOUND = date(2012, 3, 5), date(2012, 9, 8)
ARCHIVE = date(2000, 1, 1), date(2020, 12, 31)


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ((), FOUND),
        ((Word("no date"),), FOUND),
        ((Between(date(2012, 1, 1), date(2013, 1, 1)),), (date(2012, 1, 1), date(2012, 12, 31))),
        ((Between(date(2012, 1, 1), None),), (date(2012, 1, 1), FOUND[1])),
        ((Between(None, date(2013, 1, 1)),), (FOUND[0], date(2012, 12, 31))),
        ((Between(date(1900, 1, 1), date(2100, 1, 1)),), ARCHIVE),
        (
            (Between(date(2012, 1, 1), date(2014, 1, 1)), Between(date(2012, 2, 1), date(2013, 1, 1))),
            (date(2012, 2, 1), date(2012, 12, 31)),
        ),
    ],
)
def test_a_timeline_shows_the_dates_asked_for_as_far_as_the_archive_reaches(
    filters: tuple[Query, ...], shown: tuple[date, date]
) -> None:
    assert stretch(FOUND, ARCHIVE, filters) == shown


@pytest.mark.parametrize(
    ("interval", "first", "last"),
    [
        (Interval.DAY, date(2012, 2, 29), date(2012, 2, 29)),
        (Interval.MONTH, date(2012, 2, 1), date(2012, 2, 29)),
        (Interval.YEAR, date(2012, 1, 1), date(2012, 12, 31)),
        (Interval.DECADE, date(2010, 1, 1), date(2019, 12, 31)),
    ],
)
def test_a_period_begins_and_ends_with_the_calendar(interval: Interval, first: date, last: date) -> None:
    day = date(2012, 2, 29)
    assert (beginning(day, interval), ending(first, interval)) == (first, last)


@pytest.mark.parametrize("interval", Interval)
def test_the_calendar_has_a_first_and_a_last_period(interval: Interval) -> None:
    assert beginning(date.min, interval) == date.min
    last = beginning(date.max, interval)
    assert ending(last, interval) == date.max
    assert list(periods(last, date.max, interval)) == [last]


def test_periods_have_no_gap() -> None:
    assert len(list(periods(date(2011, 12, 30), date(2012, 3, 1), Interval.DAY))) == 63
    assert len(list(periods(date(2011, 12, 30), date(2012, 3, 1), Interval.MONTH))) == 4
    assert len(list(periods(date(1899, 12, 31), date(2000, 1, 1), Interval.YEAR))) == 102
    assert len(list(periods(date(1, 1, 1), date.max, Interval.DECADE))) == 1000


def test_counts_by_month_add_up_to_those_by_year() -> None:
    found = {date(2012, 1, 1): 2, date(2012, 12, 1): 3}
    archive = {date(2011, 5, 1): 9, date(2012, 2, 1): 4, date(2012, 12, 1): 6, date(2014, 1, 1): 1}
    assert buckets(date(2012, 1, 1), date(2014, 12, 31), Interval.YEAR, found, archive) == (
        TimeBucket(date(2012, 1, 1), 5, 10),
        TimeBucket(date(2013, 1, 1), 0, 0),
        TimeBucket(date(2014, 1, 1), 0, 1),
    )
