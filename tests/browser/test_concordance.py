"""Words in context, and what can be taken along, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from search.article import Article
from tests.browser.conftest import NewPage
from tests.web_server import ARTICLES, VETO, index_of, serving

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}
HEBREW = Article(
    id="hebrew",
    title="הנמל",
    body="רבים אמרו כי הנמל נסגר אתמול בבוקר בגלל הסערה הגדולה. דובר מסר שגם הנמל הישן נסגר.",
    language="he",
)

EDGES = """edge => [...document.querySelectorAll(".context mark")].map(mark => mark.getBoundingClientRect()[edge])"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(index_of(tmp_path_factory.mktemp("index"), (*ARTICLES, HEBREW))) as port:
        yield f"http://127.0.0.1:{port}"


def spread(page: Page, edge: str) -> float:
    places: list[float] = page.evaluate(EDGES, edge)
    assert len(places) > 1
    return max(places) - min(places)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reader_sees_words_in_context_sorts_them_and_opens_one(
    new_page: NewPage, harbour: str, scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts, viewport=DESK)
    page.goto(f"{harbour}/search?q=syria")
    page.get_by_role("link", name="Words in context").click()
    expect(page.locator(".lines > li")).to_have_count(5)
    assert spread(page, "left") < 1
    page.get_by_role("link", name="By the words before").click()
    expect(page.locator(".context .before").first).to_contain_text("the outcome for")
    page.get_by_role("link", name="By the words after").click()
    expect(page.get_by_role("link", name="By the words after")).to_have_attribute("aria-current", "true")

    page.locator(".lines > li", has_text="the outcome for").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(VETO.title))
    expect(page.locator("mark:target")).to_be_in_viewport()
    expect(page.locator("p:has(mark:target)")).to_contain_text("the outcome for")
    page.get_by_role("link", name="Back to the results").click()
    expect(page.locator(".lines > li")).to_have_count(5)
    page.get_by_role("link", name="Articles", exact=True).click()
    expect(page.locator(".hit")).to_have_count(3)


def test_lines_of_a_script_from_the_right_stand_below_one_another_too(new_page: NewPage, harbour: str) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{harbour}/search?q=body:הנמל&view=kwic")
    expect(page.locator(".lines > li")).to_have_count(2)
    assert spread(page, "right") < 1
    for line in page.locator(".context").all():
        before, mark = line.locator(".before > span").bounding_box(), line.locator("mark").bounding_box()
        assert before
        assert mark
        assert before["x"] > mark["x"]  # what comes before stands on the right


@pytest.mark.parametrize("query", ["syria", "הנמל"])
def test_lines_can_be_read_on_a_phone(new_page: NewPage, harbour: str, query: str) -> None:
    page = new_page(viewport=PHONE)
    page.goto(f"{harbour}/search?q={query}&view=kwic")
    assert page.evaluate(OVERFLOW) == 0
    for line in page.locator(".context").all():
        assert line.evaluate("element => element.scrollWidth <= element.clientWidth")
        expect(line.locator("mark")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_search_can_be_taken_along(new_page: NewPage, harbour: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts, viewport=DESK)
    page.goto(f"{harbour}/search?q=syria")
    with page.expect_download() as begun:
        page.get_by_role("link", name="All as a table (CSV)").click()
    assert begun.value.suggested_filename == "dateline-syria-1.csv"
    assert begun.value.path().read_bytes().startswith(b"id,title,summary,body,")
    citation = page.locator(".citation")
    expect(citation).to_be_hidden()
    page.get_by_text("Cite this search").click()
    expect(citation).to_contain_text("“syria”: 3 articles, best match first. Dateline, generation 1")
    page.get_by_role("link", name="What is new since generation 1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("No articles")
    page.get_by_role("link", name="new since generation 1").click()
    expect(page.locator(".hit")).to_have_count(3)
    expect(page.get_by_role("link", name="Feed of what is new")).to_have_attribute("href", "/feed.atom?q=syria")
