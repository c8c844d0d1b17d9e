"""Two articles side by side, wide and on a phone, with and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage

pytestmark = pytest.mark.browser

TARGET = "/beside?id=veto&with=2012/06/summit"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize(("width", "beside"), [(1280, True), (320, False)])
def test_texts_stand_beside_each_other_where_there_is_room(
    new_page: NewPage, archive: str, scripts: bool, width: int, beside: bool
) -> None:
    page = new_page(java_script_enabled=scripts, viewport={"width": width, "height": 800})
    page.goto(archive + TARGET)
    expect(page.get_by_role("columnheader")).to_have_count(2)
    first, second = (cell.bounding_box() for cell in page.get_by_role("cell").all()[:2])
    assert first
    assert second
    assert (first["y"] == second["y"]) is beside
    assert page.evaluate(OVERFLOW) == 0
    page.get_by_role("link", name="Swap the sides").click()
    expect(page.get_by_role("columnheader").first).to_contain_text("Summit opens in Beijing")
