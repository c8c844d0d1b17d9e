"""How dates, numbers, timelines and page numbers come out, without a server."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from search.article import Article
from search.engine import MAX_WINDOW, Interval, TimeBucket
from web import words
from web.addresses import web_address
from web.paging import last_page, page_count, shown_numbers
from web.timeline import HEIGHT, MAX_COLUMNS, columns


@pytest.mark.parametrize(
    ("published", "read"),
    [
        (date(2012, 6, 7), "7 June 2012"),
        (date(1, 1, 1), "1 January 1"),
        (datetime(2012, 6, 7, 6, 50), "7 June 2012, 06:50"),
        (datetime(2012, 6, 7, 6, 50, tzinfo=UTC), "7 June 2012, 06:50 (UTC)"),
        (datetime(2012, 6, 7, 6, 50, tzinfo=timezone(timedelta(hours=-4))), "7 June 2012, 06:50 (UTC−04:00)"),
        (
            datetime(2012, 6, 7, 23, 5, tzinfo=timezone(timedelta(hours=5, minutes=45))),
            "7 June 2012, 23:05 (UTC+05:45)",
        ),
        (datetime(2012, 6, 7, 23, 5, tzinfo=timezone(-timedelta(minutes=30))), "7 June 2012, 23:05 (UTC−00:30)"),
    ],
)
def test_a_moment_is_read_as_printed(published: date, read: str) -> None:
    assert words.moment(published) == read


@pytest.mark.parametrize(
    ("typed", "read"), [("2012", "2012"), (" 2012-06 ", "June 2012"), ("2012-06-07", "7 June 2012")]
)
def test_a_typed_period_is_read_in_words(typed: str, read: str) -> None:
    assert words.typed_period(typed) == read


@pytest.mark.parametrize(
    ("code", "name"),
    [("en", "English"), ("ar", "Arabic"), ("xx", "xx"), ("", ""), ("not a code", "not a code"), ("-", "-")],
)
def test_a_language_has_its_name_or_keeps_its_code(code: str, name: str) -> None:
    assert words.language(code) == name


def test_counts_are_written_for_readers() -> None:
    assert [words.counted(count) for count in (0, 1, 2, 12_345)] == [
        "0 articles",
        "1 article",
        "2 articles",
        "12,345 articles",
    ]


def test_an_opening_ends_after_its_last_word() -> None:
    def opening(count: int) -> str:
        return words.opening(Article(id="a", body="\n ".join(["w"] * count)))

    assert opening(words.OPENING - 1) == " ".join(["w"] * (words.OPENING - 1))
    assert opening(words.OPENING) == " ".join(["w"] * words.OPENING)
    assert opening(words.OPENING + 1) == " ".join(["w"] * words.OPENING) + "…"
    assert opening(0) == ""


def test_paragraphs_are_parted_by_blank_lines() -> None:
    assert words.paragraphs("\n\na\nb\n \t\nc\n\n\n") == ["a\nb", "c"]
    assert words.paragraphs("") == []


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a?b=c", True),
        ("HTTP://example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt://example.org/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("/a", False),
        ("http:", False),
        ("http://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_linked(url: str | None, linked: bool) -> None:
    assert web_address(url) == (url if linked else None)


@pytest.mark.parametrize(
    ("interval", "starts", "periods"),
    [
        (Interval.YEAR, [date(2011, 1, 1), date(2014, 1, 1)], ["2011", "2012", "2013", "2014"]),
        (Interval.MONTH, [date(2011, 11, 1), date(2012, 2, 1)], ["2011-11", "2011-12", "2012-01", "2012-02"]),
        (Interval.DAY, [date(2012, 2, 28), date(2012, 3, 1)], ["2012-02-28", "2012-02-29", "2012-03-01"]),
        (Interval.DAY, [date(2012, 2, 28)], ["2012-02-28"]),
        (Interval.YEAR, [date(9998, 1, 1), date(9999, 1, 1)], ["9998", "9999"]),
        (Interval.MONTH, [date(9999, 11, 1), date(9999, 12, 1)], ["9999-11", "9999-12"]),
        (Interval.DAY, [date(9999, 12, 30), date(9999, 12, 31)], ["9999-12-30", "9999-12-31"]),
        (Interval.YEAR, [date(1, 1, 1), date(9999, 1, 1)], ["0001", "9999"]),
        (Interval.YEAR, [], []),
    ],
)
def test_a_timeline_is_drawn_along_the_calendar(interval: Interval, starts: list[date], periods: list[str]) -> None:
    drawn = columns([TimeBucket(start, 3) for start in starts], interval)
    assert [column.period for column in drawn] == periods
    assert [column.start for column in drawn if column.count] == starts


@pytest.mark.parametrize(
    ("years", "drawn"), [(MAX_COLUMNS - 1, MAX_COLUMNS - 1), (MAX_COLUMNS, MAX_COLUMNS), (MAX_COLUMNS + 1, 2)]
)
def test_a_timeline_too_long_to_draw_leaves_its_empty_periods_out(years: int, drawn: int) -> None:
    buckets = [TimeBucket(date(1800, 1, 1), 1), TimeBucket(date(1800 + years - 1, 1, 1), 1)]
    assert len(columns(buckets, Interval.YEAR)) == drawn


def test_columns_are_to_scale_and_none_with_articles_is_invisible() -> None:
    drawn = columns(
        [TimeBucket(date(2012, 1, 1), 100_000), TimeBucket(date(2013, 1, 1), 50_000), TimeBucket(date(2015, 1, 1), 1)],
        Interval.YEAR,
    )
    assert [column.height for column in drawn] == [HEIGHT, HEIGHT // 2, 0, 1]


@pytest.mark.parametrize(
    ("total", "size", "count", "last"),
    [
        (0, 10, 0, 0),
        (1, 10, 1, 1),
        (10, 10, 1, 1),
        (11, 10, 2, 2),
        (MAX_WINDOW, 100, 100, 100),
        (MAX_WINDOW + 1, 100, 101, 100),
    ],
)
def test_pages_are_counted_and_bounded(total: int, size: int, count: int, last: int) -> None:
    assert (page_count(total, size), last_page(total, size)) == (count, last)


@pytest.mark.parametrize(
    ("page", "last", "shown"),
    [
        (1, 1, [1]),
        (1, 5, [1, 2, 3, 4, 5]),
        (1, 9, [1, 2, 3, None, 9]),
        (5, 9, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (6, 20, [1, None, 4, 5, 6, 7, 8, None, 20]),
        (20, 20, [1, None, 18, 19, 20]),
    ],
)
def test_page_numbers_stand_around_the_present_one(page: int, last: int, shown: list[int | None]) -> None:
    assert shown_numbers(page, last) == shown
