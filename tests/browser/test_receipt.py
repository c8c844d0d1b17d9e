"""The receipt in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_part_of_the_receipt_is_opened_and_its_change_followed(
    new_page: NewPage, archive: str, scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts)
    page.goto(f"{archive}/search?q=the+envoy+syria")
    receipt = page.get_by_role("group", name="What was searched")
    only_as_written = receipt.get_by_role("link", name="only as written")
    expect(only_as_written).to_have_count(0)  # closed, and so not to be reached by keyboard either
    receipt.get_by_text("envoy").first.click()
    expect(receipt.get_by_text("As printed")).to_be_visible()
    only_as_written.click()
    expect(page.get_by_label("Search the archive")).to_have_value('the "envoy" syria')
    page.get_by_role("link", name="the", exact=True).click()
    expect(page.get_by_label("Search the archive")).to_have_value('"the" "envoy" syria')


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_search_that_finds_nothing_leads_on(new_page: NewPage, archive: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts)
    page.goto(f"{archive}/search?q=sumit+opends&place=Kiel")
    expect(page.locator(".suggestion")).to_have_text("Did you mean summit opens? 1 article, in the whole archive")
    page.goto(f"{archive}/search?q=summit&place=Kiel")
    page.get_by_role("link", name="without “place: Kiel”").click()
    expect(page.locator(".hit")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_hit_tells_why_it_was_found(new_page: NewPage, archive: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts)
    page.goto(f"{archive}/search?q=russia+china")
    page.get_by_role("link", name="why?").first.click()
    expect(page.get_by_text("It is number 1 of 2 articles")).to_be_visible()
    expect(page.locator("tfoot")).to_be_visible()
    page.get_by_role("link", name="Back to the results").click()
    expect(page.locator(".hit")).to_have_count(2)
