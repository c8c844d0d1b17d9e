"""Suggestions while typing, in a real browser: keys, mouse, late answers, input methods, and no script at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewPage

pytestmark = pytest.mark.browser

ANSWERS = {
    "har": ["harbour", "harbour strike", 'publisher:"The Harbour Gazette"'],
    "harb": ["harbour", "harbours"],
    "x": [],
}


@pytest.fixture
def typing(new_page: NewPage, archive: str) -> Callable[..., Page]:
    """A page on which the suggestions are the ones above."""

    def opened(**settings: object) -> Page:
        page = new_page(viewport={"width": 1280, "height": 900}, **settings)
        page.route("**/api/suggest?*", lambda route: answered(page, route))
        page.goto(f"{archive}/")
        return page

    def answered(page: Page, route: Route) -> None:
        typed = page.evaluate("address => new URL(address).searchParams.get('q')", route.request.url)
        route.fulfill(json=[typed, ANSWERS.get(typed, [])])

    return opened


def test_an_option_is_chosen_by_keys_and_searched(typing: Callable[..., Page]) -> None:
    page = typing()
    field = page.get_by_role("combobox", name="Search the archive")
    options = page.get_by_role("option")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("har")
    expect(options).to_have_text(ANSWERS["har"])
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_have_text("Suggestions: 3")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-activedescendant", str(options.nth(1).get_attribute("id")))
    expect(page.locator("[aria-selected]")).to_have_text(["harbour strike"])
    expect(field).to_have_value("har")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Search the archive")).to_have_value("harbour strike")
    assert "q=harbour+strike" in page.url


def test_enter_searches_what_was_typed(typing: Callable[..., Page]) -> None:
    page = typing()
    page.get_by_role("combobox").press_sequentially("har")
    expect(page.get_by_role("option")).to_have_count(3)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")  # through the last option back to the box
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/search?q=har")


def test_escape_closes_first_and_clears_then(typing: Callable[..., Page]) -> None:
    page = typing()
    field, options = page.get_by_role("combobox"), page.get_by_role("option")
    field.press_sequentially("har")
    expect(options).to_have_count(3)
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("har")
    expect(page.get_by_role("status")).to_have_text("")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    expect(page.locator("[aria-activedescendant]")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_an_option_is_chosen_by_pointer(typing: Callable[..., Page], touch: bool) -> None:
    page = typing(has_touch=touch)
    page.get_by_role("combobox").press_sequentially("har")
    option = page.get_by_role("option", name='publisher:"The Harbour Gazette"')
    if touch:
        option.tap()
    else:
        option.click()
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.get_by_role("combobox")).to_have_value('publisher:"The Harbour Gazette"')


def test_a_late_answer_is_dropped(new_page: NewPage, archive: str) -> None:
    page = new_page()
    held: list[Route] = []
    page.route("**/api/suggest?q=har", lambda route: held.append(route))
    page.route("**/api/suggest?q=harb", lambda route: route.fulfill(json=["harb", ANSWERS["harb"]]))
    page.goto(archive)
    with page.expect_request("**/api/suggest?q=har"):
        page.get_by_role("combobox").press_sequentially("har")
    page.get_by_role("combobox").press_sequentially("b")
    expect(page.get_by_role("option")).to_have_text(ANSWERS["harb"])
    held[0].fulfill(json=["har", ANSWERS["har"]])
    expect(page.get_by_role("option")).to_have_text(ANSWERS["harb"])


def test_nothing_is_suggested_while_an_input_method_composes(typing: Callable[..., Page]) -> None:
    page = typing()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "suggest?" in request.url else None)
    page.get_by_role("combobox").focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "har", "selectionStart": 3, "selectionEnd": 3})
    expect(page.get_by_role("combobox")).to_have_value("har")
    page.wait_for_timeout(400)
    assert asked == []
    keyboard.send("Input.insertText", {"text": "har"})
    expect(page.get_by_role("option")).to_have_count(3)


def test_suggestions_are_this_archives_within_what_the_search_is_narrowed_to(new_page: NewPage, archive: str) -> None:
    page = new_page(viewport={"width": 320, "height": 640})
    page.goto(f"{archive}/search?place=Beijing")
    page.get_by_role("combobox").press_sequentially("s")
    expect(page.get_by_role("option")).to_have_text(["summit", "summit opens"])
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.keyboard.press("Tab")
    expect(page.get_by_role("option")).to_have_count(0)


def test_without_a_script_the_box_is_a_plain_search_box(new_page: NewPage, archive: str) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(archive)
    page.get_by_role("searchbox", name="Search the archive").fill("summit")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(1)
