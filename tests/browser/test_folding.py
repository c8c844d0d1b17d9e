"""Stories are folded and shown whole by links alone, with script and without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.story_samples import ELECTION
from tests.test_folding import REPORTS
from tests.web_server import index_of, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(index_of(tmp_path_factory.mktemp("stories"), (ELECTION, *REPORTS))) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_story_is_unfolded_and_folded_again(new_page: NewPage, address: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts)
    page.goto(f"{address}/search?q=bridge")
    expect(page.locator(".hit")).to_have_count(1)
    expect(page.locator(".more-reports")).to_contain_text("3 more reports of this story")
    page.get_by_role("link", name="show all reports").click()
    expect(page.locator(".hit")).to_have_count(4)
    page.get_by_role("link", name="show one report of each story").click()
    expect(page.locator(".hit")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_at_320_pixels_nothing_of_a_story_is_cut_off(new_page: NewPage, address: str, scheme: str) -> None:
    page = new_page(viewport={"width": 320, "height": 700}, color_scheme=scheme)
    page.goto(f"{address}/search?q=bridge+OR+mayor")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
