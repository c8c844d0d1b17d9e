"""Each page at any size of text and width, by keyboard, without motion, and in the colours that a reader has set."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewPage
from tests.browser.every_page import EVERY_PAGE

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll("body *")]
  .filter(e => ["hidden", "clip"].includes(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
  .filter(e => e.clientWidth > 1 && !e.matches("svg, svg *, input"))
  .filter(e => !e.closest(".lines"))  // the lines of a concordance are cut to their place, and link to their text
  .map(e => e.outerHTML.slice(0, 200))"""
UNSEEN_FOCUS = """() => {
  const focused = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(focused);
  if (outlineStyle !== "solid" || parseFloat(outlineWidth) < 2) return "no outline";
  const faults = [...focused.getClientRects()].map(({ left, top, width, height }) => {
    const on = document.elementFromPoint(left + width / 2, top + height / 2);
    return on && (focused.contains(on) || on.contains(focused)) ? "" : `behind ${on?.outerHTML.slice(0, 100)}`;
  });
  return faults.some(fault => !fault) ? "" : faults.join();
}"""
FOCUSED = "document.activeElement === document.body ? '' : document.activeElement.outerHTML.slice(0, 200)"


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_text_can_be_twice_as_large(new_page: NewPage, archive: str, width: int) -> None:
    """WCAG 1.4.4 and 1.4.10: nothing is cut off, and nobody scrolls sideways."""
    page = new_page(viewport={"width": width, "height": 800})
    for name, target in EVERY_PAGE.items():
        page.goto(archive + target)
        assert page.evaluate(SIDEWAYS) == 0, name
        if width > 320:  # a reader who needs both zooms the page instead
            page.evaluate("document.documentElement.style.fontSize = '212.5%'")
            assert page.evaluate(SIDEWAYS) == 0, name
        assert page.evaluate(CUT_OFF) == [], name


@pytest.mark.parametrize("name", ["results", "refused", "article", "help"])
def test_focus_goes_through_the_page_in_its_order_and_is_seen(new_page: NewPage, archive: str, name: str) -> None:
    page = new_page(viewport=DESK, reduced_motion="reduce")
    page.goto(archive + EVERY_PAGE[name])
    assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
    page.evaluate("document.activeElement.blur()")
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if not focused:
            break
        seen.append(focused)
        assert page.evaluate(UNSEEN_FOCUS) == "", focused
    assert len(seen) > 5


def test_nothing_moves_for_who_wants_no_motion(new_page: NewPage, archive: str) -> None:
    page = new_page(reduced_motion="reduce")
    moving = """() => [document.documentElement, ...document.querySelectorAll("body *")]
      .filter(e => { const s = getComputedStyle(e);
        return s.scrollBehavior !== "auto" || s.transitionDuration !== "0s" || s.animationName !== "none" })
      .map(e => e.outerHTML.slice(0, 200))"""
    for name, target in EVERY_PAGE.items():
        page.goto(archive + target)
        assert page.evaluate(moving) == [], name


def test_what_is_chosen_is_seen_in_colours_of_the_readers_own(new_page: NewPage, archive: str) -> None:
    """Forced colours leave no background to tell it by."""
    page = new_page(viewport=DESK, forced_colors="active")
    page.goto(archive + EVERY_PAGE["narrowed"])
    drawn = """e => { const s = getComputedStyle(e);
      return s.textDecorationLine + ' ' + (parseFloat(s.borderBottomWidth) ? s.borderBottomStyle : '') }"""
    chosen = page.locator("[aria-current]")
    assert chosen.count() >= 2
    for place in range(chosen.count()):
        assert chosen.nth(place).evaluate(drawn).strip() not in ("", "none"), chosen.nth(place).inner_text()


@pytest.mark.parametrize("name", ["results", "article"])
def test_paper_gets_the_text_alone(new_page: NewPage, archive: str, name: str) -> None:
    page = new_page(viewport=DESK, color_scheme="dark")
    page.goto(archive + EVERY_PAGE[name])
    page.emulate_media(media="print")
    for unwanted in ("search", ".skip", ".imprint", ".dates", ".buckets", ".bar", ".tools"):
        for found in page.locator(unwanted).all():
            assert not found.is_visible(), unwanted
    assert page.locator("h1").is_visible()
    assert page.locator(".hit h2, .body p").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
