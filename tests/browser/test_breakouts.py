"""Hostile captures and queries in a browser, with scripts: none of theirs runs, none is even stopped by the policy, and
nothing that is not ours stands in a page.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, Page, Request

from search import open_engine
from search.engine import MAX_SIZE
from tests.breakouts import CASES, COMMON, PWNED, queries
from tests.inert import ATTRIBUTES, LINKS, NAMES, TAGS
from tests.web_server import serving

ARTICLES = max(3, CASES // 30)  # of which the page is opened
QUERIES = max(10, CASES // 20)

# Before anything of a page runs. What a script of theirs would do is told to the console.
WATCH = f"""
for (const name of ["print", "alert", "confirm", "prompt", "open"])
    window[name] = () => console.error("{PWNED}: " + name);
document.addEventListener("securitypolicyviolation", (event) =>
    console.error("{PWNED}: policy " + event.violatedDirective + " " + event.blockedURI + " " + event.sample));
"""
# Elements, attributes and links that our templates do not have.
STRANGE = """([tags, attributes, links, names]) => {
    const strange = [];
    for (const element of document.querySelectorAll("*")) {
        const tag = element.localName;
        if (!tags.includes(tag)) strange.push(`<${tag}>`);
        for (const {name, value} of element.attributes) {
            if (!attributes.includes(name.toLowerCase()) && !name.startsWith("aria-")) strange.push(`${tag} ${name}`);
            if (!links.includes(name) || names.includes(value)) continue;
            if (!URL.canParse(value, location.href)) continue; // leads nowhere
            const address = new URL(value, location.href);
            const ours = address.origin === location.origin;
            if (!(ours || (tag === "a" && ["http:", "https:"].includes(address.protocol)))) strange.push(value);
        }
    }
    if (window.%s !== undefined || document.title === "%s") strange.push("it ran");
    return strange;
}""" % (PWNED, PWNED)  # noqa: UP031
BY_SCRIPTS = ("enterkeyhint",)  # sets what is no attribute of a template
OURS = [sorted(TAGS), sorted({*ATTRIBUTES, *BY_SCRIPTS}), sorted(LINKS), sorted(value for _, value in NAMES)]


class Watched:
    """A page, and all that should not have happened in it."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.home = home
        self.finds: list[str] = []
        self.asked = ""
        page.add_init_script(WATCH)
        page.on("console", lambda message: self._note(f"console: {message.text}"))
        page.on("pageerror", lambda error: self._note(f"error: {error}"))
        page.on("dialog", lambda dialog: (self._note(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda _: self._note("a window was opened"))
        page.on("download", lambda _: self._note("a download began"))
        page.on("request", self._on_request)

    def _note(self, find: str) -> None:
        if "Failed to load resource" not in find:  # the page itself was refused, which it says in words
            self.finds.append(f"{self.asked}: {find}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(self.home):
            self._note(f"request: {request.url}")

    def look(self, target: str) -> None:
        self.asked = target
        self.page.goto(self.home + target)
        self.search_for_strangers()

    def search_for_strangers(self) -> None:
        if self.page.evaluate("document.contentType") == "text/html":
            self.finds += [f"{self.asked}: {one}" for one in self.page.evaluate(STRANGE, OURS)]
        assert self.finds == []


@pytest.fixture(scope="module")
def home(breakout_archive: str) -> Iterator[str]:
    with serving(breakout_archive) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def watched(browser: Browser, home: str) -> Iterator[Watched]:
    context = browser.new_context()
    yield Watched(context.new_page(), home)
    context.close()


def test_no_script_of_a_capture_runs_among_results(watched: Watched) -> None:
    for page in range(1, (CASES - 1) // MAX_SIZE + 2):
        listing = {"fold": 0, "size": MAX_SIZE, "page": page, "q": COMMON}
        watched.look(f"/search?{urlencode(listing)}")
    watched.look(f"/search?{urlencode({'view': 'kwic', 'size': MAX_SIZE, 'q': 'said'})}")
    watched.look("/")
    for facet in ("publisher", "author", "place", "language"):
        watched.look(f"/facets/{facet}?q={COMMON}")


def test_no_script_of_a_capture_runs_on_its_own_page(watched: Watched, breakout_archive: str) -> None:
    with open_engine(breakout_archive) as engine:
        ids = sorted(origin.article_id for origin in engine.origins())
    shown = random.Random(7).sample(ids, ARTICLES)
    for article_id, other in zip(shown, [*shown[1:], shown[0]], strict=True):
        watched.look(f"/articles/{quote(article_id, safe='')}?q={COMMON}&n=1")
        watched.page.mouse.move(300, 300)
        watched.page.keyboard.press("Tab")
        watched.look(f"/why?{urlencode({'q': COMMON, 'id': article_id})}")
        watched.look(f"/beside?{urlencode({'id': article_id, 'with': other})}")


def test_suggestions_are_text(watched: Watched) -> None:
    for typed in (COMMON[:3], "scr", "img", "on", "7"):
        watched.look("/")
        with watched.page.expect_response(lambda response: "/api/suggest" in response.url):
            watched.page.locator("input[name=q]").first.press_sequentially(typed)
        watched.page.wait_for_timeout(100)
        watched.search_for_strangers()


def test_no_script_of_a_query_runs(watched: Watched) -> None:
    pages = [
        target for target in queries(QUERIES * 10) if target.startswith(("/search", "/why", "/facets", "/articles"))
    ]
    for target in pages[:QUERIES]:
        watched.look(target)


def test_what_would_run_is_seen(watched: Watched) -> None:
    """Finding nothing means something only where there would be something to find."""
    watched.look("/")
    watched.page.evaluate(
        """() => document.body.insertAdjacentHTML(
            "beforeend", '<img src=x onerror="print()"><a href="javascript:1">x</a><p onclick=1>')"""
    )
    watched.page.wait_for_timeout(200)
    with pytest.raises(AssertionError):
        watched.search_for_strangers()
    assert any("policy" in find for find in watched.finds)
    assert any("<img>" in find for find in watched.finds)
    assert any("p onclick" in find for find in watched.finds)
    assert any("javascript:1" in find for find in watched.finds)
    watched.finds.clear()
