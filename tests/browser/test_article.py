"""The page of an article in a real browser, with and without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from search.article import Article
from tests.browser.conftest import NewPage
from tests.browser.test_browser import DESK, PHONE
from tests.web_server import index_of, serving

pytestmark = pytest.mark.browser

FILLER = "\n\n".join(
    f"Nothing of note was printed in column {n} of that day's paper, or in any other." for n in range(40)
)
HARBOUR = Article(
    id="harbour",
    title="Harbour strike ends",
    body=f"The harbour opened at dawn - at last, they said.\n\n{FILLER}\n\n"
    "The harbour opened at dawn & closed at dusk.\n\nHarbour masters went home.",
    author=("Ada Byline",),
    place="Old Pier",
    language="en",
)
CHINESE = Article(id="中文", title="港口罢工结束", body="港口在黎明开放。工人们回家了。", language="zh")


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(index_of(tmp_path_factory.mktemp("index"), [HARBOUR, CHINESE])) as port:
        yield f"http://127.0.0.1:{port}/articles/"


def select(page: Page, first: str, last: str) -> None:
    """Selects from where one text begins to where another ends, each the last of its kind in the story."""
    page.evaluate(
        """([first, last]) => {
          const walker = document.createTreeWalker(document.querySelector(".story"), NodeFilter.SHOW_TEXT);
          const range = document.createRange();
          while (walker.nextNode()) {
            const { data } = walker.currentNode;
            if (data.includes(first)) range.setStart(walker.currentNode, data.indexOf(first));
            if (data.includes(last)) range.setEnd(walker.currentNode, data.indexOf(last) + last.length);
          }
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        [first, last],
    )


def link_to_passage(page: Page) -> str:
    page.get_by_role("button", name="Link to this passage").click()
    return page.get_by_label("Address of this passage").input_value()


def test_marks_are_stepped_through_by_key_and_by_button(new_page: NewPage, harbour: str) -> None:
    page = new_page(viewport=DESK, reduced_motion="reduce")
    page.goto(f"{harbour}harbour?q=harbour")
    bar = page.get_by_role("navigation", name="What was searched for")
    expect(bar).to_contain_text("4 places")
    for number, key in ((1, "n"), (2, "n"), (3, "n"), (4, "n"), (1, "n"), (4, "p"), (3, "p")):
        page.keyboard.press(key)
        expect(bar).to_contain_text(f"{number} of 4")
        expect(page.locator(f"#m{number}")).to_be_in_viewport()
        expect(page.locator("mark.now")).to_have_count(1)
        expect(page.locator(f"#m{number}")).to_be_focused()
    bar.get_by_role("button", name="Next").click()
    expect(bar).to_contain_text("4 of 4")
    page.get_by_label("Search the archive").press("n")
    expect(bar).to_contain_text("4 of 4")
    page.evaluate("localStorage.setItem('dateline-keys', 'off')")
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(bar).to_contain_text("4 of 4")


def test_marks_are_stepped_through_by_link_without_script(new_page: NewPage, harbour: str) -> None:
    page = new_page(viewport=DESK, java_script_enabled=False, reduced_motion="reduce")
    page.goto(f"{harbour}harbour?q=harbour")
    page.get_by_role("link", name="Go to the first").click()
    for number in (1, 2, 3, 4, 1):
        expect(page.locator(f"#m{number}")).to_be_in_viewport()
        shown = page.locator(".step:visible")
        expect(shown).to_have_attribute("data-words", f"{number} of 4")
        shown.get_by_role("link", name="Next").click()
    page.locator(".step:visible").get_by_role("link", name="Previous").click()
    expect(page.locator("#m1")).to_be_in_viewport()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_wherever_a_mark_stands_its_bar_is_on_the_screen(new_page: NewPage, harbour: str, number: int) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False, reduced_motion="reduce")
    page.goto(f"{harbour}harbour?q=title:strike+author:byline+place:pier#m{number}")
    on_top = "document.elementFromPoint(innerWidth / 2, innerHeight - 20).closest('.step')?.dataset.words"
    page.wait_for_function(f"{on_top} === '{number} of 3'")


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("opened at dawn & cl", "at dusk", "opened at dawn & closed at dusk"),
        ("harbour opened", "dawn", "harbour opened at dawn"),
        ("opened at dawn &", "went home", "opened at dawn & closed at dusk"),
    ],
    ids=["grown to whole words", "told from the same words above", "over two paragraphs"],
)
def test_a_selected_passage_has_an_address_that_leads_to_it(
    new_page: NewPage, harbour: str, first: str, last: str, found: str
) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{harbour}harbour?q=nothing")
    select(page, first, last)
    address = link_to_passage(page)
    assert address.startswith(f"{harbour}harbour#p42:~:text=")
    expect(page.get_by_text("Copied")).to_be_visible()
    there = new_page(viewport=DESK, reduced_motion="reduce")
    there.goto(address.replace("#p42", "#"))  # the text alone
    expect(there.get_by_text(found).last).to_be_in_viewport()


def test_what_has_a_meaning_in_a_text_fragment_is_encoded(new_page: NewPage, harbour: str) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{harbour}harbour")
    select(page, "dawn - at last, they", "said")
    assert link_to_passage(page).endswith("#p1:~:text=dawn%20%2D%20at%20last%2C%20they%20said")


def test_a_passage_in_chinese_has_an_address(new_page: NewPage, harbour: str) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{harbour}%E4%B8%AD%E6%96%87")
    select(page, "工人", "回家")
    assert link_to_passage(page).endswith("#p1:~:text=%E5%B7%A5%E4%BA%BA%E4%BB%AC%E5%9B%9E%E5%AE%B6")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_each_paragraph_has_an_address(new_page: NewPage, harbour: str, scripts: bool) -> None:
    page = new_page(viewport=DESK, java_script_enabled=scripts)
    page.goto(f"{harbour}harbour?q=harbour")
    page.locator("#p42 .pilcrow").click()
    expect(page.locator("#p42")).to_be_in_viewport()
    assert page.url == f"{harbour}harbour{'?q=harbour' if scripts else ''}#p42"


def test_a_citation_is_copied_and_kept(new_page: NewPage, harbour: str) -> None:
    page = new_page(viewport=DESK, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{harbour}harbour")
    page.get_by_text("BibTeX").click()
    page.locator("details[open]").get_by_role("button", name="Copy").click()
    expect(page.locator("details[open]").get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@misc{bylineharbour-")
    with page.expect_download() as download:
        page.locator("details[open]").get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".bib")


def test_without_script_citations_are_read_and_kept(new_page: NewPage, harbour: str) -> None:
    page = new_page(viewport=DESK, java_script_enabled=False)
    page.goto(f"{harbour}harbour")
    expect(page.get_by_text("Byline, Ada. “Harbour strike ends”. n.d.")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.get_by_text("RIS", exact=True).click()
    expect(page.locator("#cite-ris")).to_contain_text("AU  - Byline, Ada")
