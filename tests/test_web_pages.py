"""The pages, read as a browser without scripts would, on a real index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote
from urllib.robotparser import RobotFileParser

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from search.article import Article
from tests.web_server import ARTICLES, SUMMIT, UNTITLED, VETO, index_of
from web.addresses import MAX_ADDRESS
from web.engine import EXTENSION

RIGHT_TO_LEFT = "\u202e"
HOSTILE = Article(
    id="x\"><script>alert('id')</script>",
    title=f"<script>alert('title')</script> {RIGHT_TO_LEFT}\"quoted\" & </title> hostile",
    summary=("<img src=x onerror=alert('summary')> hostile",),
    body="<script>alert('body')</script> hostile\n\n<b>bold</b> & &amp; hostile",
    author=('<i>Eve</i> "O\'Neil"',),
    publisher="<b>Publisher</b> \" onmouseover=\"alert('publisher')",
    place="</option><script>alert('place')</script>",
    published=date(2020, 1, 1),
    captions=("<svg onload=alert('caption')> hostile",),
    language='en" onclick="alert(1)',
    url="javascript:alert('url')",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), (*ARTICLES, HOSTILE)))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def page(client: FlaskClient, target: str, status: int = 200) -> BeautifulSoup:
    response = client.get(target)
    assert response.status_code == status, response.text
    assert response.content_type == "text/html; charset=utf-8"
    return BeautifulSoup(response.text, "lxml")


def one(found: BeautifulSoup | Tag, selector: str) -> Tag:
    [tag] = found.select(selector)
    return tag


def text(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def href(tag: Tag) -> str:
    return str(tag["href"])


def link(found: BeautifulSoup | Tag, words: str) -> Tag:
    [tag] = [tag for tag in found.select("a[href]") if text(tag) == words]
    return tag


def titles(found: BeautifulSoup) -> list[str]:
    return [text(title) for title in found.select(".hits h2")]


def marked(found: BeautifulSoup | Tag) -> list[str]:
    return [text(mark) for mark in found.select("mark")]


ADDRESSES = [
    "/",
    "/search",
    "/search?q=hostile",
    "/search?q=syria&from=2012",
    "/search?q=kazakhstan",
    "/search?q=a*",
    "/search?q=hosstile&place=Kiel",
    "/why?q=hostile&id=veto",
    "/articles/veto?q=syria",
    f"/articles/{quote(HOSTILE.id, safe='')}?q=hostile",
    "/articles/nothing",
    "/no",
    "/help",
]


@pytest.mark.parametrize("target", ADDRESSES)
def test_no_page_has_script_style_or_foreign_parts(client: FlaskClient, target: str) -> None:
    response = client.get(target)
    found = BeautifulSoup(response.text, "lxml")
    not_run = "[type='application/ld+json']"  # a block of data
    assert found.select(f"script:not([type=module][src], {not_run}), style, iframe, img, object, [style]") == []
    for tag in found.find_all(True):
        assert [name for name in tag.attrs if name.startswith("on")] == []
    for tag in found.select("a[href], link[rel=stylesheet], link[rel=icon], [src], [action]"):
        address = str(tag.get("href") or tag.get("src") or tag.get("action"))
        assert address.startswith(("/", "#", "?", "http://localhost/", "https://gazette.example/")), address
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    } <= set(policy)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("target", ADDRESSES)
def test_every_page_has_its_landmarks(client: FlaskClient, target: str) -> None:
    found = BeautifulSoup(client.get(target).text, "lxml")
    assert one(found, "html")["lang"] == "en"
    assert text(one(found, "head title"))
    assert len(found.select("h1")) == 1
    assert href(found.select("body > a")[0]) == "#" + str(one(found, "main")["id"])
    for part in ("header.masthead", "search form", "footer.imprint"):
        assert found.select(part)
    ids = [tag["id"] for tag in found.select("[id]")]
    assert len(ids) == len(set(ids))
    labelled = {label["for"] for label in found.select("label")}
    for field in found.select("input:not([type=hidden])"):
        assert field["id"] in labelled
    for tag in found.select("[aria-labelledby], [aria-describedby]"):
        assert (tag.get("aria-labelledby") or tag.get("aria-describedby")) in ids


def test_the_front_page_shows_what_there_is(client: FlaskClient) -> None:
    found = page(client, "/")
    assert f"{len(ARTICLES) + 1} articles" in text(one(found, ".folio"))
    assert text(found.select(".leads h3")[1]) == "Fähre läuft aus"
    assert href(link(one(found, ".margin"), "Meridian Wire 1")) == "/search?publisher=Meridian+Wire"


def test_a_hit_has_title_source_and_marked_passage(client: FlaskClient) -> None:
    found = page(client, "/search?q=syria&publisher=The+Harbour+Gazette&language=en")
    assert text(one(found, "h1")) == "1 article for syria"
    hit = one(found, ".hit")
    assert text(one(hit, "h2")) == VETO.title
    assert marked(one(hit, "h2")) == ["Syria"]
    assert href(one(hit, "h2 a")) == "/articles/veto?q=syria&publisher=The+Harbour+Gazette&language=en&n=1"
    assert text(one(hit, ".source")) == "The Harbour Gazette New York 4 February 2012 by Ada Byline, Bo Writer why?"
    assert one(hit, "time")["datetime"] == "2012-02-04T23:30:00-05:00"
    assert marked(one(hit, ".snippet")) == ["Syria"]
    assert one(hit, ".snippet")["lang"] == "en"
    assert one(found, "meta[name=robots]")["content"] == "noindex, follow"


def test_without_words_everything_is_shown_newest_first(client: FlaskClient) -> None:
    found = page(client, "/search?q=&from=&to=")
    assert text(one(found, "h1")) == "5 articles"
    assert titles(found)[1:4] == ["Fähre läuft aus", SUMMIT.title, VETO.title]
    assert [text(tag) for tag in found.select("nav[aria-label=Order] [aria-current]")] == ["Newest"]


def test_an_article_without_title_shows_its_opening_words(client: FlaskClient) -> None:
    found = page(client, "/search?q=lighthouse")
    title = one(found, ".hit h2 a")
    assert title["class"] == ["untitled"]
    assert text(title) == "Nobody knows who wrote these words about a lighthouse, or on which day they…"
    assert "undated" in text(one(found, ".source"))
    assert text(one(page(client, "/articles/untitled"), "h1.untitled")) == text(title)
    assert UNTITLED.title is None


def test_a_facet_is_clicked_and_unclicked(client: FlaskClient) -> None:
    found = page(client, "/search?q=russia&page=1&size=5")
    assert len(titles(found)) == 2
    chosen = page(client, href(link(one(found, "section[aria-labelledby=publisher]"), "Meridian Wire 1")))
    assert titles(chosen) == [SUMMIT.title]
    current = one(chosen, "section[aria-labelledby=publisher] [aria-current]")
    assert text(current) == "Remove Meridian Wire 1"
    assert len(titles(page(client, href(current)))) == 2
    both = page(client, href(link(one(chosen, "section[aria-labelledby=publisher]"), "The Harbour Gazette 1")))
    assert len(titles(both)) == 2
    one_left = page(client, href(link(one(both, ".chosen"), "Remove publisher: Meridian Wire")))
    assert titles(one_left) == [VETO.title]


def test_a_choice_without_articles_can_be_taken_back(client: FlaskClient) -> None:
    found = page(client, "/search?q=lighthouse&place=Atlantis")
    assert text(one(found, "h1")) == "No articles for lighthouse"
    assert text(one(page(client, href(link(found, "Remove place: Atlantis"))), "h1")) == "1 article for lighthouse"
    assert text(one(page(client, href(link(found, "without “place: Atlantis”"))), "h1")).startswith("1 article")


def test_a_bar_of_the_timeline_narrows_to_its_period_and_can_be_left_again(client: FlaskClient) -> None:
    found = page(client, "/search?q=envoys")
    assert [text(bar) for bar in found.select(".timeline a")] == []  # one month alone
    found = page(client, "/search?q=syria+-ferry&from=2012-01&to=2012-08")
    words = [text(bar) for bar in found.select(".timeline a")]
    assert words == ["February 2012: 1 article", "June 2012: 1 article"]
    narrowed = page(client, href(found.select(".timeline a")[1]))
    assert titles(narrowed) == [SUMMIT.title]
    assert [one(narrowed, f"#{name}")["value"] for name in ("from", "to")] == ["2012-06", "2012-06"]
    assert [text(wider) for wider in narrowed.select(".wider a")] == ["2012", "all dates"]
    assert len(titles(page(client, href(link(narrowed, "2012"))))) == 2
    assert len(titles(page(client, href(link(narrowed, "all dates"))))) == 3
    assert text(link(one(narrowed, ".chosen"), "Remove date: June 2012"))


def test_a_timeline_is_a_table_too_that_tells_the_share_of_the_archive(client: FlaskClient) -> None:
    found = page(client, "/search?q=council")
    assert found.select(".figures") == []
    rows = [
        [text(cell) for cell in row.select("th, td")]
        for row in page(client, "/search?q=council&from=2012&to=2012").select(".figures tr")
    ]
    assert rows == [
        ["Period", "Articles", "In the archive", "Share"],
        ["Feb 2012", "1", "1", "100%"],
        ["Mar 2012 – May 2012", "nothing in the archive"],
        ["Jun 2012", "0", "1", "0%"],
        ["Jul 2012 – Dec 2012", "nothing in the archive"],
    ]


def test_a_new_query_keeps_the_choices(client: FlaskClient) -> None:
    """The dates belong to the form of the search box; the rest is sent along unseen."""
    found = page(client, "/search?q=syria&place=Beijing&from=2012&sort=oldest&match=any&size=5&page=1")
    form = one(found, "form")
    hidden = [(tag["name"], tag["value"]) for tag in form.select("input[type=hidden]")]
    assert hidden == [("place", "Beijing"), ("sort", "oldest"), ("match", "any"), ("size", "5")]
    assert {tag["name"] for tag in found.select(f"[form={form['id']}][name]")} == {"from", "to"}
    assert one(form, "#q")["value"] == "syria"
    assert form.get("method", "get") == "get"


def test_pages_are_plain_links(client: FlaskClient) -> None:
    found = page(client, "/search?size=2&page=2")
    assert [text(tag) for tag in found.select(".pages li")] == ["Page 1", "Page 2", "Page 3"]
    assert text(one(found, ".pages [aria-current=page]")) == "Page 2"
    assert href(one(found, ".pages [rel=prev]")) == href(one(found, "head [rel=prev]")) == "/search?page=1&size=2"
    assert href(one(found, ".pages [rel=next]")) == href(one(found, "head [rel=next]")) == "/search?page=3&size=2"
    assert one(found, ".hits")["start"] == "3"
    assert len(titles(page(client, href(one(found, ".pages [rel=next]"))))) == 1


def test_a_page_past_the_end_leads_back(client: FlaskClient) -> None:
    found = page(client, "/search?size=2&page=7")
    assert text(one(found, "h1")) == "5 articles"
    assert len(titles(page(client, href(link(found, "Go to the last one, page 3"))))) == 1


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("agenda+lighthouse", "Hardly an article has all of these words; showing those with any."),
        ("the+summit", "Left out, being in nearly every article: the. In quotes they are searched."),
        ("lighthuose", "Did you mean lighthouse? 1 article"),
    ],
)
def test_notes_tell_how_the_query_was_answered(client: FlaskClient, query: str, note: str) -> None:
    assert [text(tag) for tag in page(client, f"/search?q={query}").select(".note")] == [note]


def test_nothing_found_says_what_to_try(client: FlaskClient) -> None:
    found = page(client, "/search?q=kazakhstan+uzbekistan&match=all")
    assert text(one(found, "h1")) == "No articles for kazakhstan uzbekistan"
    assert len(found.select(".nothing li")) >= 3


def test_an_article_is_shown_whole(client: FlaskClient) -> None:
    found = page(client, "/articles/veto")
    story = one(found, "article.story")
    assert story["lang"] == "en"
    assert text(one(story, "h1")) == VETO.title
    assert [text(tag) for tag in story.select(".summary li")] == list(VETO.summary)
    assert (
        text(one(story, ".source"))
        == "by Ada Byline, Bo Writer New York 4 February 2012, 23:30 (UTC−05:00) English 15 words"
    )
    assert [text(tag) for tag in story.select(".body p")] == VETO.body.split("\n\n")
    assert [text(tag) for tag in story.select(".captions li")] == list(VETO.captions)
    assert href(one(story, "footer a[rel~=external]")) == VETO.url
    assert marked(found) == []
    assert text(one(story, ".record")) == (
        f"Printed originally at {VETO.url} In this archive since 2 January 2026 "
        "Permanent address http://localhost/articles/veto"
    )
    assert href(one(found, ".back a")) == "/search"
    assert text(one(found, "head title")) == f"{VETO.title} · Dateline"


def test_an_article_opened_from_results_marks_their_words_and_leads_back(client: FlaskClient) -> None:
    found = page(client, "/search?q=syria&sort=oldest&size=1&page=1")
    article = page(client, href(one(found, ".hit h2 a")))
    assert marked(one(article, "h1")) == ["Syria"]
    assert marked(one(article, ".summary")) == ["Syria"]
    assert marked(one(article, ".body")) == ["Syria"]
    assert marked(one(article, ".captions")) == []  # captions are searched by name only
    assert href(one(article, ".back .up")) == "/search?q=syria&sort=oldest&size=1#hit-1"
    assert one(found, "#hit-1")
    assert href(one(article, "[rel=canonical]")) == "http://localhost/articles/veto"


def test_an_article_is_shown_even_where_the_search_it_came_from_is_nonsense(client: FlaskClient) -> None:
    assert text(one(page(client, "/articles/veto?q=a*&from=x&page=0"), "h1")) == VETO.title


def test_a_search_too_long_to_take_along_is_left_behind(client: FlaskClient) -> None:
    target = "/search?q=syria+OR+"
    found = page(client, target + "x" * (MAX_ADDRESS - len(target)))
    titles = [href(title) for title in found.select(".hit h2 a")]
    assert sorted(titles) == ["/articles/2012%2F06%2Fsummit", "/articles/ferry", "/articles/veto"]


def test_hostile_text_stays_text(client: FlaskClient) -> None:
    found = page(client, "/search?q=hostile")
    hit = one(found, ".hit")
    assert HOSTILE.title is not None
    assert text(one(hit, "h2")) == HOSTILE.title
    assert one(hit, "h2 a")["dir"] == "auto"  # keeps an override of the direction within
    article = page(client, href(one(hit, "h2 a")))
    assert text(one(article, "h1")) == HOSTILE.title
    assert text(one(article, ".publisher")) == HOSTILE.publisher
    assert [text(tag) for tag in article.select(".body p")] == HOSTILE.body.split("\n\n")
    assert article.select("footer a[href^=javascript]") == []
    assert HOSTILE.url is not None
    assert HOSTILE.url in text(one(article, ".story footer"))
    for name in ("publisher", "place", "author"):
        narrowed = page(client, href(one(found, f"section[aria-labelledby={name}] .buckets a")))
        assert titles(narrowed) == [HOSTILE.title]


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "\" onfocus=\"alert('q')",
        "'><svg/onload=alert(1)>",
        f"{RIGHT_TO_LEFT}russia",
        "&lt;b&gt;",
    ],
)
@pytest.mark.parametrize("name", ["q", "publisher", "from", "sort"])
def test_what_a_reader_typed_is_shown_as_typed(client: FlaskClient, name: str, typed: str) -> None:
    response = client.get("/search", query_string={name: typed})
    found = BeautifulSoup(response.text, "lxml")
    assert found.select("script:not([src^='/static/']), svg[onload], [onfocus]") == []
    if name in ("q", "from"):
        assert one(found, f"#{name}")["value"] == typed


def test_a_refused_search_is_explained_with_its_form_still_filled(client: FlaskClient) -> None:
    found = page(client, "/search?q=interven*+a*&from=2012-13&to=2012&place=Kiel&size=0", status=400)
    faults = one(found, "[role=alert]")
    assert [str(tag["id"]) for tag in faults.select("li > span")] == ["q-fault", "from-fault", "size-fault"]
    assert text(one(faults, ".fault")) == "interven* a*"
    assert marked(faults) == ["a*"]
    assert "2012-13" in text(one(found, "#from-fault"))
    assert [one(found, f"#{name}")["value"] for name in ("q", "from", "to")] == ["interven* a*", "2012-13", "2012"]
    assert [tag["id"] for tag in found.select("[aria-invalid=true]")] == ["q", "from"]
    assert one(found, "[type=hidden][name=place]")["value"] == "Kiel"
    assert found.select("[type=hidden][name=size]") == []  # or the form would be refused for ever


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [("GET", "/nothing", 404), ("GET", "/articles/nothing", 404), ("GET", "/articles/", 404), ("POST", "/search", 405)],
)
def test_errors_are_pages(client: FlaskClient, method: str, target: str, status: int) -> None:
    response = client.open(target, method=method)
    assert (response.status_code, response.content_type) == (status, "text/html; charset=utf-8")
    found = BeautifulSoup(response.text, "lxml")
    assert text(one(found, "[role=alert] p"))
    assert found.select("form #q")
    assert ("Allow" in response.headers) is (status == 405)


def test_without_an_index_every_page_says_how_to_make_one(tmp_path: Path) -> None:
    client = create_app(f"whoosh:{tmp_path / 'index'}").test_client()
    for target in ("/", "/search?q=a", "/articles/veto"):
        assert "no index yet: run python -m indexer" in text(one(page(client, target, status=503), "main"))
    ready = client.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "no index yet: run python -m indexer\n")
    assert client.get("/healthz").status_code == 200


def test_an_empty_archive_is_no_error(tmp_path: Path) -> None:
    app = create_app(index_of(tmp_path / "index", []))
    client = app.test_client()
    assert "0 articles" in text(one(page(client, "/"), ".folio"))
    assert text(one(page(client, "/search"), "h1")) == "No articles"
    assert client.get("/readyz").text == "ready\n"
    app.extensions[EXTENSION].close()


@pytest.mark.parametrize(
    ("target", "allowed"),
    [("/", True), ("/search?q=a", True), ("/articles/veto", True), ("/api", True), ("/api/search", False)],
)
def test_robots_may_read_articles_and_the_way_to_them(client: FlaskClient, target: str, allowed: bool) -> None:
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())
    assert robots.can_fetch("any", target) is allowed
