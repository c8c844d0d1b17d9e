"""The timeline and the facets in a real browser: what can be reached, and what is seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.web_server import SUMMIT

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_bar_can_be_clicked_above_its_top(new_page: NewPage, archive: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts, viewport=DESK)
    page.goto(f"{archive}/search?q=summit&from=2012")
    chart = page.get_by_role("figure", name="Articles by month")
    bar = chart.get_by_role("link", name="June 2012: 1 of 1 article, 100%")
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 2)
    expect(page.locator(".hit h2")).to_have_text([str(SUMMIT.title)])
    page.get_by_role("link", name="all dates").click()
    expect(page.get_by_role("figure", name="Articles by month")).to_have_count(0)


def test_a_bar_is_reached_and_shown_by_keyboard(new_page: NewPage, archive: str) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{archive}/search?q=syria")
    page.get_by_role("link", name="February 2012: 1 article").focus()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.get_by_text("June 2012: 1 article").count() == 1
    assert focused.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".hit h2")).to_have_text([str(SUMMIT.title)])


def test_gaps_of_the_archive_are_hatched(new_page: NewPage, archive: str) -> None:
    page = new_page(viewport=PHONE)
    page.goto(f"{archive}/search?q=syria")
    gaps = page.locator(".timeline .gaps")
    assert gaps.evaluate("path => getComputedStyle(path).fill") == 'url("#gap")'
    assert page.locator(".timeline pattern path").evaluate("path => getComputedStyle(path).stroke") != "none"
    page.get_by_text("The timeline as a table").click()
    expect(page.get_by_role("row", name="Mar 2012 – May 2012 nothing in the archive")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_a_chart_is_printed_and_its_tools_are_not(new_page: NewPage, archive: str) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{archive}/search?q=syria")
    page.emulate_media(media="print")
    expect(page.locator(".timeline")).to_be_visible()
    expect(page.locator(".margin .dates")).to_be_hidden()
    expect(page.locator(".margin .buckets").first).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_several_values_are_chosen_in_one_form(new_page: NewPage, archive: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts, viewport=DESK)
    page.goto(f"{archive}/facets/place?q=syria")
    page.get_by_label("Beijing").check()
    page.get_by_label("Kiel").check()
    page.get_by_role("button", name="Show the articles").click()
    expect(page.locator(".hit")).to_have_count(2)
    page.get_by_role("link", name="Any place").click()
    expect(page.locator(".hit")).to_have_count(3)
