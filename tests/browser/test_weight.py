"""What the first page of results costs its reader to load, and from whom it is loaded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from search.article import Article
from tests.browser.conftest import NewPage
from tests.browser.every_page import EVERY_PAGE
from tests.web_server import index_of, serving

pytestmark = pytest.mark.browser

MOST = 40_000  # bytes as transferred, headers included: the page, its style, its scripts, its icon

SYLLABLES = "ka ri mo te la shu ven dor pel zin ga brou ith nor el vash ost qui mer tal".split()


@pytest.fixture(scope="module")
def long_facets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an archive whose articles each have another publisher, author, place and month."""
    source = random.Random(1)

    def words(count: int) -> str:
        return " ".join("".join(source.choices(SYLLABLES, k=source.randint(1, 4))) for _ in range(count))

    articles = [
        Article(
            id=str(number),
            title=f"{words(7)} harbour".capitalize(),
            summary=(words(14).capitalize(),),
            body="\n\n".join(f"{words(60)} harbour {words(60)}." for _ in range(4)),
            author=(words(2).title(), words(2).title()),
            publisher=words(3).title(),
            place=words(2).title(),
            published=date(2001, 1, 5) + timedelta(days=31 * number),
            language="en",
            url=f"https://gazette.example/{number}",
        )
        for number in range(100)
    ]
    with serving(index_of(tmp_path_factory.mktemp("index"), articles)) as port:
        yield f"http://127.0.0.1:{port}"


def transferred(page: Page, address: str) -> dict[str, float]:
    """Bytes by address, of all that the browser fetched for this one."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    loaded: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda told: addresses.update({told["requestId"]: told["request"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda told: loaded.update({addresses[told["requestId"]]: told["encodedDataLength"]}),
    )
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return loaded


def test_the_first_page_of_results_is_small(new_page: NewPage, long_facets: str) -> None:
    page = new_page()
    loaded = transferred(page, f"{long_facets}/search?q=harbour")
    assert page.locator(".hit").count() == 10
    assert sum(loaded.values()) < MOST, sorted(loaded.items(), key=lambda item: -item[1])


def test_nothing_is_fetched_from_anybody_else(new_page: NewPage, archive: str) -> None:
    page = new_page()
    for target in EVERY_PAGE.values():
        assert {urlsplit(address).netloc for address in transferred(page, archive + target)} == {
            urlsplit(archive).netloc
        }
    assert page.context.cookies() == []
