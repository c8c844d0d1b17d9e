"""What every response has or lacks, and what a hostile article becomes in each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from app import create_app
from search.article import Article
from tests.browser.every_page import EVERY_PAGE
from tests.web_server import ARTICLES, ROOT, index_of
from web.headers import HEADERS, HSTS

MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}&lt;b&gt;\u202e"
HOSTILE = Article(
    id=f"hostile/{MARKUP}",
    title=f"Harbour {MARKUP}",
    summary=(MARKUP,),
    body=f"Words {MARKUP} end.\n\n</textarea></title></script>{MARKUP}",
    author=(MARKUP, f"Ada {MARKUP}"),
    publisher=f"Gazette {MARKUP}",
    place=MARKUP,
    published=date(2012, 6, 7),
    captions=(MARKUP,),
    language="en",
    url="javascript:alert(1)",
    path=f"folder/{MARKUP}.html",
)
LIKE_IT = replace(HOSTILE, id="twin\"'><script>", url="data:text/html,<script>alert(1)</script>", published=None)
ASKED = quote(MARKUP)
TARGETS = [
    "/",
    f"/search?q=harbour&publisher={ASKED}&place={ASKED}",
    f"/search?q=harbour&view=kwic&n={ASKED}",
    f"/search?q={ASKED}",
    f"/search?q=%22{ASKED}&from={ASKED}&sort={ASKED}&size={ASKED}&cursor={ASKED}",
    f"/articles/{quote(HOSTILE.id, safe='')}?q=harbour&n=1",
    f"/articles/{quote(HOSTILE.id, safe='')}?q={ASKED}",
    f"/articles/{ASKED}",
    f"/facets/publisher?q=harbour&find={ASKED}",
    "/facets/author?q=harbour",
    f"/why?q=harbour&id={quote(HOSTILE.id, safe='')}",
    f"/why?q={ASKED}&id={quote(HOSTILE.id, safe='')}",
    f"/story?id={quote(HOSTILE.id, safe='')}",
    f"/beside?id={quote(HOSTILE.id, safe='')}&with={quote(LIKE_IT.id, safe='')}",
    "/help",
    "/api",
    f"/{ASKED}",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(index_of(tmp_path_factory.mktemp("index"), (*ARTICLES, HOSTILE, LIKE_IT)))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def addresses(app: Flask) -> Iterator[str]:
    """One of every route that takes GET, and more of some."""
    for rule in app.url_map.iter_rules():
        yield (
            rule.rule.replace("<article_id:article_id>", "veto")
            .replace("<facet:facet>", "publisher")
            .replace("<version>/<path:filename>", "1/dateline.css")
        )
    yield from (*EVERY_PAGE.values(), "/nothing/here", "/api/nothing", "/cite?id=veto&as=bibtex", "/api/search?size=0")


def test_every_response_guards_itself_and_sets_no_cookie(app: Flask, client: FlaskClient) -> None:
    seen = set()
    for address in addresses(app):
        for method in ("GET", "POST"):
            with client.open(address, method=method) as response:
                seen.add(response.status_code)
                assert response.status_code < 500, address
                assert "Set-Cookie" not in response.headers, address
                assert {name: response.headers[name] for name in HEADERS} == HEADERS, address
                assert HSTS not in response.headers
    assert {200, 400, 404, 405} <= seen


def test_the_policy_admits_no_inline_code_and_nothing_from_elsewhere() -> None:
    policy = dict(part.split(maxsplit=1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


@pytest.mark.parametrize(
    ("seconds", "scheme", "told"), [("600", "https", "max-age=600"), ("600", "http", None), ("0", "https", None)]
)
def test_https_is_asked_for_over_https_where_it_is_set(
    monkeypatch: pytest.MonkeyPatch, seconds: str, scheme: str, told: str | None
) -> None:
    monkeypatch.setenv("HSTS_SECONDS", seconds)
    monkeypatch.setenv("TRUSTED_PROXIES", "1")
    response = create_app("whoosh:nowhere").test_client().get("/healthz", headers={"X-Forwarded-Proto": scheme})
    assert response.headers.get(HSTS) == told


@pytest.mark.parametrize("target", TARGETS, ids=range(len(TARGETS)))
def test_a_hostile_article_is_text_on_every_page(client: FlaskClient, target: str) -> None:
    response = client.get(target)
    assert response.status_code in (200, 400, 404)
    page = BeautifulSoup(response.text, "lxml")
    assert "<script>alert" not in response.text
    for script in page.find_all("script"):
        inline = script.get("type") == "application/ld+json"
        assert inline or (str(script["src"]).startswith("/static/") and not script.get_text()), script
        if inline:
            json.loads(script.get_text())
    assert page.find_all(["iframe", "object", "embed", "base", "style"]) == []
    assert {image["src"] for image in page.find_all("img")} == set()
    for element in page.find_all(True):
        assert [name for name in element.attrs if name.startswith("on") or name == "style"] == [], element
        for name in ("href", "src", "action", "formaction"):
            address = str(element.get(name, "#"))
            parts = urlsplit(address)
            assert parts.scheme in ("", "http", "https"), address
            assert not address.startswith("//"), address
            assert parts.netloc in ("", "localhost", "gazette.example", "purl.org"), address
    assert "49" not in [text.strip() for text in page.find_all(string=True)]  # no template is made of what it says


def test_a_headline_does_not_end_the_block_that_describes_its_article(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get(f"/articles/{quote(HOSTILE.id, safe='')}").text, "lxml")
    (block,) = page.find_all("script", type="application/ld+json")
    assert json.loads(block.get_text())["headline"] == HOSTILE.title


def test_a_feed_holds_it_as_text(client: FlaskClient) -> None:
    feed = etree.fromstring(client.get(f"/feed.atom?q=harbour&publisher={quote(str(HOSTILE.publisher))}").data)
    names = {etree.QName(element).localname for element in feed.iter("{*}*")}
    assert "entry" in names
    assert names.isdisjoint({"script", "img"})
    assert {urlsplit(link.get("href")).scheme for link in feed.iter("{*}link")} == {"http"}
    contents = [BeautifulSoup(content.text or "", "lxml") for content in feed.iter("{*}content")]
    assert len(contents) == 2
    assert [content.find_all(["script", "img"]) for content in contents] == [[], []]


@pytest.mark.parametrize("form", ["plain", "bibtex", "ris", "csl"])
def test_a_citation_is_no_page(client: FlaskClient, form: str) -> None:
    """A browser that opened it as one would run what it says."""
    response = client.get(f"/cite?id={quote(HOSTILE.id, safe='')}&as={form}")
    assert response.status_code == 200
    assert response.mimetype not in ("text/html", "application/xhtml+xml", "image/svg+xml")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["/opensearch.xml", "/openapi.json", f"/api/suggest?q={ASKED}", "/export.csv"])
def test_the_name_of_a_hostile_host_is_text(client: FlaskClient, address: str) -> None:
    with client.get(address, headers={"Host": 'x"><script>alert(1)</script>'}) as response:
        assert response.status_code in (200, 400)
        assert "<script>alert" not in response.text or response.mimetype not in ("text/html", "application/xml")
        if address == "/opensearch.xml" and response.status_code == 200:
            etree.fromstring(response.data)


OUTSIDE = [
    "../app.py",
    "..%2fapp.py",
    "%2e%2e/app.py",
    "..%5capp.py",
    "....//app.py",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "../../../../../../etc/passwd",
    "dateline.css/../../app.py",
    "dateline.css%00.py",
    ".",
    "",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_file_beside_the_static_ones_is_sent(client: FlaskClient, path: str) -> None:
    for start in ("/static/1/", "/static/", "/static/../", "/"):
        with client.get(start + path) as response:
            assert response.status_code < 500
            assert b"create_app" not in response.data
            assert b"root:" not in response.data


def test_the_path_of_an_article_is_opened_by_nothing(tmp_path: Path) -> None:
    """Whatever it says: it is shown, and that is all."""
    tempting = [
        replace(HOSTILE, id=f"tempting-{number}", title="Tempting", path=path)
        for number, path in enumerate(("/etc/passwd", "../../app.py", str(ROOT / "app.py"), "file:///etc/passwd"))
    ]
    client = create_app(index_of(tmp_path / "index", tempting)).test_client()
    for number in range(len(tempting)):
        for address in (f"/articles/tempting-{number}", f"/api/articles/tempting-{number}"):
            text = client.get(address).text
            assert "create_app" not in text
            assert "root:x:" not in text
