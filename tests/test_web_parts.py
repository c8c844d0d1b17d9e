"""How dates, numbers, timelines and page numbers come out, without a server."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app import create_app
from search.article import Article
from search.engine import MAX_WINDOW, Interval, TimeBucket
from web import timeline, words
from web.addresses import web_address
from web.form import Form
from web.paging import last_page, page_count, shown_numbers
from web.timeline import HEIGHT, LEAST, MAX_ADDRESSES, MAX_BARS, Chart, chart, readable
from web.words import share

app = create_app("whoosh:nowhere")
NO_FORM = Form({})


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


@pytest.mark.parametrize(
    ("text", "position", "shown"),
    [
        ("a*", 0, "[a*]"),
        ("russia a* china", 7, "russia [a*] china"),
        ("russia a*", 7, "russia [a*]"),
        ("russia ", 7, "russia "),
        ("x" * words.AROUND + "a* " + "y" * (words.AROUND - 1), words.AROUND, "x" * 60 + "[a*] " + "y" * 59),
        ("x" * 61 + "a* " + "y" * 60, 61, "…" + "x" * 60 + "[a*] " + "y" * 59 + "…"),
    ],
)
def test_a_fault_is_shown_among_its_neighbours(text: str, position: int, shown: str) -> None:
    pieces = words.pointed_at(text, position)
    assert "".join(f"[{piece.text}]" if piece.matched else piece.text for piece in pieces) == shown


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


def years(*counts: tuple[int, int]) -> list[TimeBucket]:
    """From 2001 on, each with its articles found and those of the archive."""
    return [TimeBucket(date(2001 + n, 1, 1), count, archive) for n, (count, archive) in enumerate(counts)]


def drawn(buckets: list[TimeBucket], interval: Interval = Interval.YEAR, form: Form = NO_FORM) -> Chart:
    with app.test_request_context():
        made = chart(buckets, interval, form)
    assert made is not None
    return made


def test_fewer_than_two_periods_are_no_chart() -> None:
    assert chart([], Interval.YEAR, NO_FORM) is None
    assert chart(years((3, 3)), Interval.YEAR, NO_FORM) is None


def test_bars_are_to_scale_and_none_with_articles_is_invisible() -> None:
    made = drawn(years((90_000, 90_000), (50_000, 90_000), (0, 5), (1, 1)))
    assert made.top == 100_000
    assert [bar.height for bar in made.bars] == [HEIGHT * 0.9, HEIGHT / 2, 0, LEAST]
    assert made.drawn.count("M") == 3
    assert made.gaps == ""


@pytest.mark.parametrize(
    ("count", "top"),
    [(1, 1), (2, 2), (3, 4), (5, 6), (7, 8), (9, 10), (10, 10), (11, 20), (61, 80), (81, 100), (100, 100), (101, 200)],
)
def test_a_scale_ends_with_a_round_number(count: int, top: int) -> None:
    assert readable(count) == top


def test_a_gap_of_the_archive_is_one_stretch_and_no_gap_of_the_answer() -> None:
    made = drawn(years((1, 1), (0, 0), (0, 0), (0, 9), (2, 2), (0, 0), (1, 1), (1, 1)))
    assert made.gaps == f"M33 0H99V{HEIGHT}H33zM165 0H198V{HEIGHT}H165z"
    assert [len(run) for run in made.runs] == [1, 2, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("start", "interval", "asked_for"),
    [
        (date(2012, 6, 7), Interval.DAY, "from=2012-06-07&to=2012-06-07"),
        (date(2012, 6, 1), Interval.MONTH, "from=2012-06&to=2012-06"),
        (date(2012, 1, 1), Interval.YEAR, "from=2012&to=2012"),
        (date(2010, 1, 1), Interval.DECADE, "from=2010&to=2019"),
        (date(1, 1, 1), Interval.DECADE, "from=0001&to=0009"),
    ],
)
def test_a_bar_leads_to_its_period(start: date, interval: Interval, asked_for: str) -> None:
    form = Form({"q": ("ferry",), "from": ("1999",), "to": ("2020",), "page": ("3",)})
    first, last = drawn([TimeBucket(start, 1, 1), TimeBucket(start, 0, 1)], interval, form).bars
    assert (first.address, last.address) == (f"/search?q=ferry&{asked_for}", None)


@pytest.mark.parametrize(("over", "linked"), [(-1, True), (0, True), (1, False)])
def test_bars_of_a_very_long_query_are_no_links(over: int, linked: bool) -> None:
    bars = 100
    length = MAX_ADDRESSES // bars - len("/search?q=") + over
    made = drawn(years(*[(1, 1)] * bars), form=Form({"q": ("a" * length,)}))
    assert len(list(timeline.linked(made))) == (bars if linked else 0)


@pytest.mark.parametrize(("periods", "bars"), [(MAX_BARS - 1, MAX_BARS - 1), (MAX_BARS, MAX_BARS), (MAX_BARS + 1, 2)])
def test_a_timeline_too_long_to_draw_leaves_its_gaps_out(periods: int, bars: int) -> None:
    assert len(drawn(years((1, 1), *[(0, 0)] * (periods - 2), (1, 1))).bars) == bars


def test_a_timeline_too_long_without_gaps_loses_its_oldest_periods() -> None:
    made = drawn(years(*[(1, 1)] * (MAX_BARS + 5)))
    assert (len(made.bars), made.bars[0].start) == (MAX_BARS, date(2006, 1, 1))


@pytest.mark.parametrize(("periods", "middle"), [(2, None), (3, 1), (4, None), (19, 9), (20, 10), (21, 10)])
def test_the_middle_is_labelled_where_a_bar_stands_there(periods: int, middle: int | None) -> None:
    made = drawn(years(*[(1, 1)] * periods))
    assert made.middle == (None if middle is None else made.bars[middle])


@pytest.mark.parametrize(
    ("first", "last", "wider"),
    [
        ("", "", []),
        ("2012", "", ["all"]),
        ("", "2012-06", ["all"]),
        ("2012", "2012", ["all"]),
        ("2012-01", "2012-12", ["all"]),
        ("2011", "2012", ["all"]),
        ("2012-06", "2012-06", ["2012", "all"]),
        ("2012-06-01", "2012-06-30", ["2012", "all"]),
        ("2012-03", "2012-06", ["2012", "all"]),
        ("2012-06-07", "2012-06-07", ["2012-06", "2012", "all"]),
        ("2012-06-07", "2012-06", ["2012-06", "2012", "all"]),
        ("9999-12-31", "9999-12", ["9999-12", "9999", "all"]),
    ],
)
def test_a_stretch_leads_to_the_units_of_the_calendar_around_it(first: str, last: str, wider: list[str]) -> None:
    form = Form({name: (text,) for name, text in (("q", "ferry"), ("from", first), ("to", last)) if text})
    with app.test_request_context():
        addresses = [stretch.address for stretch in timeline.wider(form)]
    whole = "/search?q=ferry"
    assert addresses == [whole if one == "all" else f"{whole}&from={one}&to={one}" for one in wider]


@pytest.mark.parametrize(
    ("count", "whole", "words"),
    [
        (12, 340, "3.5%"),
        (1, 1, "100%"),
        (0, 7, "0%"),
        (1, 1999, "0.1%"),
        (1, 2001, "under 0.1%"),
        (499, 1000, "49.9%"),
        (1998, 2000, "99.9%"),
        (2000, 2001, "over 99.9%"),
    ],
)
def test_a_share_has_at_most_one_decimal(count: int, whole: int, words: str) -> None:
    assert share(count, whole) == words


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
