"""From an article to another report of its story, and both side by side; with and without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.story_samples import BRIDGE, BRIDGE_COPY, BRIDGE_NEXT_DAY
from tests.web_server import index_of, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(index_of(tmp_path_factory.mktemp("index"), (BRIDGE, BRIDGE_COPY, BRIDGE_NEXT_DAY))) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reader_goes_from_report_to_report(new_page: NewPage, bridge: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts)
    page.goto(f"{bridge}/articles/bridge")
    story = page.get_by_role("region", name="Other reports of this story")
    expect(story.get_by_role("heading", level=3)).to_have_count(2)
    story.get_by_role("link", name=f"Side by side with “{BRIDGE_COPY.title}”").click()
    expect(page.get_by_text("All words are the same in both.")).to_be_visible()
    page.get_by_role("link", name=str(BRIDGE_NEXT_DAY.publisher)).click()
    expect(page.get_by_role("columnheader").last).to_contain_text(str(BRIDGE_NEXT_DAY.title))
    page.get_by_role("link", name=str(BRIDGE_NEXT_DAY.title)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(BRIDGE_NEXT_DAY.title))
