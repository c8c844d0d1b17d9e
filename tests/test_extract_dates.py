"""Dates as newspapers print them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.extract.dates import GAP, MAX_LINE, MAX_YEAR, MIN_YEAR, find_dates, zone_offset


def printed(text: str) -> list[str]:
    return [found.value.isoformat() for found in find_dates(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # months by name
        ("June 7, 2012", "2012-06-07"),
        ("June 7 2012", "2012-06-07"),
        ("Nov. 19, 2019", "2019-11-19"),
        ("Sept. 3rd, 1999", "1999-09-03"),
        ("Last updated: 23 February, 2012", "2012-02-23"),
        ("Saturday 4 February 2012", "2012-02-04"),
        ("the 1st of May 1889", "1889-05-01"),
        ("7. Juni 2012", "2012-06-07"),
        ("1er août 2012", "2012-08-01"),
        ("7 de junio de 2012", "2012-06-07"),
        ("3 dicembre 2010", "2010-12-03"),
        ("15 de março de 2015", "2015-03-15"),
        ("24 сентября 2018", "2018-09-24"),
        ("12 Ağustos 2016", "2016-08-12"),
        ("30 Mei 2014", "2014-05-30"),
        ("1 Μαΐου 2024", "2024-05-01"),
        ("3 червня 2020", "2020-06-03"),
        ("24. rujna 2018", "2018-09-24"),
        ("5. toukokuuta 2016", "2016-05-05"),
        ("12 نوفمبر 2019", "2019-11-12"),
        ("2024. május 1.", "2024-05-01"),
        ("2024. 5. 1.", "2024-05-01"),
        ("ngày 1 tháng 5 năm 2024", "2024-05-01"),
        ("1 Th5, 2024", "2024-05-01"),
        ("06-Jun-2012", "2012-06-06"),
        ("7 जून 2012", "2012-06-07"),
        ("৭ জুন ২০১২", "2012-06-07"),
        ("٧ حزيران ٢٠١٢", "2012-06-07"),
        ("7 ביוני 2012", "2012-06-07"),
        ("7 มิถุนายน 2555", "2012-06-07"),
        ("7 มิ.ย. 2555", "2012-06-07"),
        ("2012. gada 7. jūnijā", "2012-06-07"),
        ("2012 m. birželio 7 d.", "2012-06-07"),
        ("7 augusti 2012", "2012-08-07"),
        ("7. јун 2012.", "2012-06-07"),
        ("7. júní 2012", "2012-06-07"),
        ("7 Ogos 2012", "2012-08-07"),
        # numbers
        ("2012-06-07", "2012-06-07"),
        ("2012/6/7", "2012-06-07"),
        ("07.06.2012", "2012-06-07"),
        ("13/06/2012", "2012-06-13"),
        ("06/13/2012", "2012-06-13"),
        ("06/06/2012", "2012-06-06"),
        ("11/19/19", "2019-11-19"),
        ("11/19/69", "1969-11-19"),
        ("11/19/68", "2068-11-19"),
        ("2012年6月7日", "2012-06-07"),
        ("2012년 6월 7일", "2012-06-07"),
        # with a time
        ("June 5, 2012 11:20", "2012-06-05T11:20:00"),
        ("updated 6:50 AM EDT, Thu June 7, 2012", "2012-06-07T06:50:00-04:00"),
        ("22:41 GMT, Saturday 4 February 2012", "2012-02-04T22:41:00+00:00"),
        ("Published Nov 18, 2019 at 4:07 PM", "2019-11-18T16:07:00"),
        ("6 p.m. ET June 7, 2012", "2012-06-07T18:00:00-04:00"),
        ("6 p.m. ET December 7, 2012", "2012-12-07T18:00:00-05:00"),
        ("12:15 a.m., January 1, 2001", "2001-01-01T00:15:00"),
        ("12 pm, January 1, 2001", "2001-01-01T12:00:00"),
        ("4. Juli 2012, 14:05 Uhr", "2012-07-04T14:05:00"),
        ("14.20 Uhr, 4. Juli 2012", "2012-07-04T14:20:00"),
        ("29 juin 2012 à 11 h 30", "2012-06-29T11:30:00"),
        ("7 de junio de 2012 a las 15h30", "2012-06-07T15:30:00"),
        ("14:05 (GMT+8), 3 Sep 2010", "2010-09-03T14:05:00+08:00"),
        ("3 Sep 2010 14:05 UTC-03:30", "2010-09-03T14:05:00-03:30"),
        ("2024년 5월 1일 오후 3:20", "2024-05-01T15:20:00"),
        ("2024년 5월 1일 오전 12:20", "2024-05-01T00:20:00"),
        ("2024年5月1日 午後3時20分", "2024-05-01T15:20:00"),
        ("2024年5月1日 15時20分", "2024-05-01T15:20:00"),
        ("2024年05月01日15:20", "2024-05-01T15:20:00"),
        ("2012-06-07T06:50:00Z", "2012-06-07T06:50:00+00:00"),
        ("2012-06-07T06:50:07.123+0300", "2012-06-07T06:50:07+03:00"),
        ("9 November 2019 | 09:01 IST", "2019-11-09T09:01:00"),  # India, Israel or Ireland
        ("le 7 juin 2012 à 11:20 et", "2012-06-07T11:20:00"),  # "and", not Eastern Time
    ],
)
def test_a_printed_date_is_read_with_its_time_and_zone(text: str, value: str) -> None:
    assert printed(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a cease-fire on April 12",
        "7 June",
        "06/07/2012",  # the sixth of July or the seventh of June
        "06/07/12",
        "12/11/10",
        "31 February 2012",
        "February 29, 2011",
        "Thunderbolt 3 2012",
        "killed 10,000 people since March",
        "between 1999-2012",
        "version 10.11.12",
        "call 555-1234-5678",
        "Room 12, 4500",
        "June 2012",
        f"June 7, {MIN_YEAR - 1}",
        f"June 7, {MAX_YEAR + 1}",
    ],
)
def test_what_is_no_whole_date_is_none(text: str) -> None:
    assert printed(text) == []


def test_years_are_read_to_their_bounds() -> None:
    assert printed(f"June 7, {MIN_YEAR}") == [f"{MIN_YEAR}-06-07"]
    assert printed(f"June 7, {MAX_YEAR}") == [f"{MAX_YEAR}-06-07"]


def test_several_dates_keep_their_order_and_their_own_times() -> None:
    text = "Published 3 May 2010 at 16:07 | Updated at 17:36 CST on 4 May 2010"
    assert printed(text) == ["2010-05-03T16:07:00", "2010-05-04T17:36:00-06:00"]


def test_a_date_tells_where_it_stands() -> None:
    text = "posted at 9:15 on May 3, 2010 by the desk"
    (found,) = find_dates(text)
    assert text[found.start : found.end].strip() == "9:15 on May 3, 2010"


@pytest.mark.parametrize(("gap", "timed"), [(GAP - 1, True), (GAP, True), (GAP + 1, False)])
def test_a_time_too_far_from_its_date_is_another(gap: int, timed: bool) -> None:
    (found,) = find_dates("3 May 2010" + "," * gap + "16:07")
    assert isinstance(found.value, datetime) is timed


@pytest.mark.parametrize(("before", "found"), [(MAX_LINE - 11, 1), (MAX_LINE - 10, 1), (MAX_LINE - 9, 0)])
def test_only_the_beginning_of_a_line_is_read(before: int, found: int) -> None:
    assert len(find_dates("x" * (before - 1) + " 2012-06-07")) == found


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("EDT", -4),
        ("edt", -4),
        ("(PST)", -8),
        ("CEST", 2),
        ("GMT", 0),
        ("Z", 0),
        ("GMT+8", 8),
        ("+0530", 5.5),
        ("-03:00", -3),
    ],
)
def test_a_zone_is_turned_into_its_offset(name: str, hours: float) -> None:
    zone = zone_offset(name, datetime(2012, 6, 7, 12))
    assert zone is not None
    assert zone.utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["", "IST", "AST", "by", "GMT+25", "+99", "Uhr"])
def test_a_zone_that_is_none_or_several_has_no_offset(name: str) -> None:
    assert zone_offset(name, datetime(2012, 6, 7, 12)) is None


@given(st.dates(date(MIN_YEAR, 1, 1), date(MAX_YEAR, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d"]))
def test_every_day_is_found_as_it_was_printed(day: date, form: str) -> None:
    assert [found.value for found in find_dates(f"seen {day.strftime(form)}.")] == [day]


@given(st.text(alphabet="0123456789 :./-,apmAPM()+hTZJune June"))
def test_no_text_of_digits_and_signs_breaks_the_search(text: str) -> None:
    for found in find_dates(text):
        assert 0 <= found.start < found.end <= len(text)
