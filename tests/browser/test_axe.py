"""axe-core, from npm, finds no fault in any page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.every_page import EVERY_PAGE

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 320, "height": 640}}
FAULTS = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run({ runOnly: tags });
  const told = ({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\\n${failureSummary}`);
  return violations.flatMap(told);
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.exists():
        words = "no axe-core here: the pages were not looked through (npm install --prefix tests/browser)"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return AXE.read_text("utf-8")


def faults(page: Page, axe: str) -> list[str]:
    """Run by the debugger, so the page's own policy on scripts stays as it is."""
    page.evaluate(axe)
    found: list[str] = page.evaluate(FAULTS)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_has_a_fault(new_page: NewPage, archive: str, axe: str, screen: str, scheme: str) -> None:
    page = new_page(viewport=SCREENS[screen], color_scheme=scheme)
    found = {}
    for name, target in EVERY_PAGE.items():
        page.goto(archive + target)
        if told := faults(page, axe):
            found[name] = told
    assert found == {}


def test_open_suggestions_have_no_fault(new_page: NewPage, archive: str, axe: str) -> None:
    page = new_page()
    page.goto(archive)
    page.get_by_role("combobox").press_sequentially("s")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert faults(page, axe) == []


def test_a_fault_is_found(new_page: NewPage, archive: str, axe: str) -> None:
    page = new_page()
    page.goto(archive)
    page.evaluate("document.querySelector('label[for=q]').remove()")
    assert any("input" in fault for fault in faults(page, axe))
