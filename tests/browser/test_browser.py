"""The main paths of a reader, in a real browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.web_server import ROOT, SUMMIT, VETO, serving

pytestmark = pytest.mark.browser

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
PAGES = [
    "/help",
    "/",
    "/search?q=syria&place=Beijing&place=Kiel&from=2012",
    "/search?q=kazakhstan",
    "/search?q=a*&from=x",
    "/articles/veto?q=syria",
    "/nothing",
]

FAINT_TEXT = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const found = channels(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.getClientRects().length) continue;
    const colours = [channels(getComputedStyle(element).color), ground(element)];
    const [dark, light] = colours.map(luminance).sort((a, b) => a - b);
    const ratio = (light + .05) / (dark + .05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)}: ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  return faint;
}"""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def type_a_query(page: Page, address: str, query: str) -> None:
    page.goto(address)
    page.get_by_label("Search the archive").fill(query)
    page.get_by_role("button", name="Search").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reader_searches_narrows_opens_and_goes_back(new_page: NewPage, archive: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts, viewport=DESK)
    hits = page.locator(".hit")

    type_a_query(page, archive, "syria russia")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 articles for syria russia")
    expect(hits).to_have_count(2)
    expect(hits.first.locator("mark").first).to_be_visible()
    assert {text.lower() for text in page.locator(".snippet mark").all_inner_texts()} == {"syria", "russia"}

    page.get_by_role("link", name="Meridian Wire").click()
    expect(hits).to_have_count(1)
    chosen = page.locator(".buckets [aria-current]")
    expect(chosen).to_contain_text("Meridian Wire")
    chosen.click()
    expect(hits).to_have_count(2)
    expect(chosen).to_have_count(0)

    page.get_by_role("link", name=VETO.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(VETO.title))
    expect(page.locator(".body mark").first).to_have_text("Russia")
    page.get_by_role("link", name="Back to the results").click()
    expect(hits).to_have_count(2)

    page.get_by_role("link", name=SUMMIT.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(SUMMIT.title))
    page.go_back()
    expect(hits).to_have_count(2)
    expect(page.get_by_label("Search the archive")).to_have_value("syria russia")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_dates_are_applied_with_the_query_as_it_stands_in_its_box(
    new_page: NewPage, archive: str, scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts, viewport=DESK)
    type_a_query(page, archive, "syria")
    page.get_by_label("Search the archive").fill("russia")
    page.get_by_label("From").fill("2012-06")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".hit h2")).to_have_text([str(SUMMIT.title)])
    expect(page.get_by_role("heading", level=1)).to_have_text("1 article for russia")
    page.get_by_role("link", name="Remove from June 2012").click()
    expect(page.locator(".hit")).to_have_count(2)


def test_everything_is_reached_by_keyboard(new_page: NewPage, archive: str) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{archive}/search?q=syria")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main:focus")).to_have_count(1)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text() == VETO.title:
            break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(str(VETO.title))


@pytest.mark.parametrize("target", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_on_the_smallest_phone(
    new_page: NewPage, archive: str, target: str, scheme: str
) -> None:
    page = new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(archive + target)
    assert page.evaluate(OVERFLOW) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(new_page: NewPage, archive: str, scheme: str) -> None:
    """WCAG AA: 4.5 to 1 for every piece of text that is seen."""
    page = new_page(viewport=DESK, color_scheme=scheme)
    for target in ("/", "/search?q=syria+the&place=Beijing&from=2012", "/articles/veto?q=syria"):
        page.goto(archive + target)
        assert page.evaluate(FAINT_TEXT) == [], target


def test_the_samples_are_found(new_page: NewPage, tmp_path: Path) -> None:
    url = f"whoosh:{tmp_path / 'index'}"
    subprocess.run([sys.executable, "-m", "indexer", "seeds", "--index", url, "--quiet"], cwd=ROOT, check=True)
    with serving(url) as port:
        page = new_page(viewport=DESK, color_scheme="light")
        page.goto(f"http://127.0.0.1:{port}/search?q=russia+china")
        expect(page.locator(".hit mark").first).to_be_visible()
