"""Shortcuts of one character."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.web_server import SUMMIT, VETO

pytestmark = pytest.mark.browser


def test_keys_lead_through_the_articles_and_to_the_box(new_page: NewPage, archive: str) -> None:
    page = new_page()
    page.goto(f"{archive}/search?q=syria+russia&sort=oldest")
    focus = page.locator(":focus")
    page.keyboard.press("j")
    expect(focus).to_have_text(str(VETO.title))
    page.keyboard.press("j")
    expect(focus).to_have_text(str(SUMMIT.title))
    page.keyboard.press("j")  # there is no third
    expect(focus).to_have_text(str(SUMMIT.title))
    page.keyboard.press("k")
    expect(focus).to_have_text(str(VETO.title))
    page.keyboard.press("/")
    expect(page.get_by_label("Search the archive")).to_be_focused()
    page.keyboard.type("jk/?")
    expect(page.get_by_label("Search the archive")).to_have_value("jk/?")  # the old query was selected
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page).to_have_url(f"{archive}/help#keys")


def test_keys_stay_off_where_they_are_switched_off(new_page: NewPage, archive: str) -> None:
    page = new_page()
    page.goto(f"{archive}/help")
    switch = page.get_by_label("Use these keys")
    expect(switch).to_be_checked()
    switch.uncheck()
    page.goto(f"{archive}/search?q=syria")
    page.keyboard.press("j")
    expect(page.locator(".hit :focus")).to_have_count(0)
    page.goto(f"{archive}/help")
    expect(switch).not_to_be_checked()
    switch.check()
    page.goto(f"{archive}/search?q=syria")
    page.keyboard.press("j")
    expect(page.locator(".hit :focus")).to_have_count(1)


def test_keys_held_with_others_are_the_browsers(new_page: NewPage, archive: str) -> None:
    page = new_page()
    page.goto(f"{archive}/search?q=syria")
    page.keyboard.press("Control+j")
    page.keyboard.press("Alt+k")
    expect(page.locator(".hit :focus")).to_have_count(0)


def test_without_scripts_no_switch_is_shown(new_page: NewPage, archive: str) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{archive}/help")
    expect(page.locator(".switch")).to_be_hidden()
