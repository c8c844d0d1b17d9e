"""The feed of a search: as its standards have it, as a feed reader reads it, the same whatever happens to the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from app import create_app
from search import Engine
from search.article import Article
from tests.conftest import origin
from tests.web_server import ARTICLES, SUMMIT, VETO, index_of
from web.engine import EXTENSION

GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
HOSTILE = Article(
    id='a"<&>\r\n/../é\x01',
    title="Bell\x07 & <b>null\x00</b> \ufffe",
    summary=("A \x1b[0m summary", "]]> & <i>"),
    body="First\x0b <script>alert(1)</script> & such.\n\nSecond \U0001f6a2.",
    author=("A\x00da", "<b>"),
    publisher="P&\x08Q",
    language="not a tag",
    url="https://gazette.example/a?b=1&c=\x02",
)
FEW = (*ARTICLES, HOSTILE)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), FEW))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def feed_of(client: FlaskClient, query_string: str) -> feedparser.FeedParserDict:
    response = client.get(f"/feed.atom?{query_string}")
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/atom+xml"
    GRAMMAR.assertValid(etree.fromstring(response.data))
    read = feedparser.parse(response.data)
    assert not read.bozo
    return read


def links(element: feedparser.FeedParserDict) -> dict[str, str]:
    return {link.rel: link.href.removeprefix("http://localhost") for link in element.links}


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "q=syria",
        "q=nothing",
        "q=%3C%26%22%01",
        "size=1&page=2",
        "page=9",
        "q=syria&place=Kiel&from=2012&sort=oldest&match=any",
    ],
)
def test_a_feed_is_valid(client: FlaskClient, query_string: str) -> None:
    feed_of(client, query_string)


def test_the_grammar_does_refuse_what_is_no_feed(client: FlaskClient) -> None:
    whole = etree.fromstring(client.get("/feed.atom?q=syria").data)
    for name in ("id", "title", "updated", "entry/id", "entry/updated"):
        broken = etree.fromstring(etree.tostring(whole))
        path = "/".join(f"{{http://www.w3.org/2005/Atom}}{step}" for step in name.split("/"))
        found = broken.find(path)
        assert found is not None
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)
        assert not GRAMMAR.validate(broken), name


def test_a_feed_reader_finds_all_that_an_article_says(client: FlaskClient) -> None:
    [entry] = [entry for entry in feed_of(client, "q=syria").entries if entry.title == VETO.title]
    assert [author.name for author in entry.authors] == list(VETO.author)
    assert (entry.publisher, entry.published) == (VETO.publisher, "2012-02-05T04:30:00Z")
    assert entry.updated == "2026-01-02T03:04:05Z"
    assert entry.summary == "\n".join(VETO.summary)
    assert entry.title_detail.language == "en"
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in VETO.body.split("\n\n"))
    assert entry.content[0].value == f"<div>{paragraphs}</div>"
    assert links(entry) == {"alternate": "/articles/veto", "via": VETO.url}


def test_a_feed_says_what_it_is_a_feed_of(client: FlaskClient) -> None:
    response = client.get("/feed.atom?q=syria+russia&place=Beijing&sort=oldest&size=1")
    read = feedparser.parse(response.data)
    assert read.feed.title == "syria russia · Dateline"
    assert links(read.feed)["alternate"] == "/search?q=syria+russia&place=Beijing"
    found = etree.fromstring(response.data)
    names = {"os": "http://a9.com/-/spec/opensearch/1.1/"}
    told = {
        name: found.findtext(f"os:{name}", namespaces=names) for name in ("totalResults", "startIndex", "itemsPerPage")
    }
    assert told == {"totalResults": "1", "startIndex": "1", "itemsPerPage": "1"}
    asked = found.find("os:Query", namespaces=names)
    assert asked is not None
    assert dict(asked.attrib) == {"role": "request", "searchTerms": "syria russia", "startPage": "1"}


def test_what_xml_cannot_hold_is_left_out_and_markup_is_text(client: FlaskClient) -> None:
    [entry] = [entry for entry in feed_of(client, "").entries if "Bell" in entry.title]
    assert entry.title == "Bell & <b>null</b>"
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; such" in entry.content[0].value
    assert [author.name for author in entry.authors] == ["Ada", "<b>"]
    assert (entry.publisher, entry.summary) == ("P&Q", "A [0m summary\n]]> & <i>")
    assert client.get(links(entry)["alternate"]).status_code == 200


def test_an_article_without_a_title_or_an_author_is_named_by_its_words_and_its_publisher(client: FlaskClient) -> None:
    by_start = {entry.title[:6]: entry for entry in feed_of(client, "").entries}
    assert by_start["Nobody"].title.endswith("…")
    assert by_start["Fähre "].author == "The Harbour Gazette"


@pytest.mark.parametrize(
    ("query_string", "expected"),
    [
        ("size=2", {"self": "size=2", "first": "size=2", "next": "page=2&size=2", "last": "page=3&size=2"}),
        (
            "size=2&page=2",
            {"first": "size=2", "previous": "page=1&size=2", "next": "page=3&size=2", "last": "page=3&size=2"},
        ),
        ("size=2&page=3", {"first": "size=2", "previous": "page=2&size=2", "last": "page=3&size=2"}),
        ("size=2&page=4", {"first": "size=2", "previous": "page=3&size=2", "last": "page=3&size=2"}),
        ("size=2&page=9", {"first": "size=2", "last": "page=3&size=2"}),
        ("", {"self": "size=30", "first": "size=30", "last": "page=1&size=30"}),
    ],
)
def test_pages_of_a_feed_lead_to_one_another(client: FlaskClient, query_string: str, expected: dict[str, str]) -> None:
    found = links(feed_of(client, query_string).feed)
    assert {rel: found[rel] for rel in expected} == {rel: f"/feed.atom?{address}" for rel, address in expected.items()}
    assert set(found) - set(expected) <= {"alternate", "self"}


def test_a_feed_goes_on_by_cursor_where_pages_have_no_number(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.paging.MAX_WINDOW", 4)
    titles, address, read = [], "size=2", None
    while address:
        read = feed_of(client, address)
        assert "last" not in links(read.feed)
        titles += [entry.title for entry in read.entries]
        address = links(read.feed).get("next", "?").partition("?")[2]
    assert len(titles) == len(set(titles)) == len(FEW)


def test_a_feed_does_not_fall_back_to_any_of_the_words(client: FlaskClient) -> None:
    assert len(feed_of(client, "q=agenda+lighthouse").entries) == 0
    assert len(feed_of(client, "q=agenda+lighthouse&match=any").entries) == 2
    page = client.get("/search?q=agenda+lighthouse").text
    assert 'type="application/atom+xml" href="/feed.atom?q=agenda+lighthouse&amp;match=any"' in page


def test_a_page_of_results_and_the_front_page_name_their_feed(client: FlaskClient) -> None:
    page = client.get("/search?q=syria&place=Kiel&sort=newest&size=1&page=1").text
    assert page.count('href="/feed.atom?q=syria&amp;place=Kiel"') == 2  # one for the browser, one to be seen
    assert 'type="application/atom+xml" href="/feed.atom"' in client.get("/").text


@pytest.mark.parametrize(
    ("query_string", "parameter"), [("q=a*", "q"), ("size=101", "size"), ("page=400&size=30", "page")]
)
def test_a_bad_search_has_no_feed(client: FlaskClient, query_string: str, parameter: str) -> None:
    response = client.get(f"/feed.atom?{query_string}")
    assert response.status_code == 400
    assert parameter in response.text


def test_who_has_a_feed_already_is_sent_none(client: FlaskClient) -> None:
    whole = client.get("/feed.atom?q=syria")
    tag, moment = whole.headers["ETag"], whole.headers["Last-Modified"]
    assert client.get("/feed.atom?q=syria", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/feed.atom?q=syria", headers={"If-Modified-Since": moment}).status_code == 304
    earlier = "Mon, 01 Jan 2024 00:00:00 GMT"
    assert client.get("/feed.atom?q=syria", headers={"If-Modified-Since": earlier}).status_code == 200
    other = {"If-None-Match": '"other"', "If-Modified-Since": moment}
    assert client.get("/feed.atom?q=syria", headers=other).status_code == 200
    head = client.head("/feed.atom?q=syria")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)


def in_turn(engine: Engine, *, rebuild: bool = False) -> None:
    """The articles, each a day later in the archive than the one before."""
    with engine.writer(rebuild=rebuild) as writer:
        for day, article in enumerate(ARTICLES):
            moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
            changed = replace(article, indexed=moment, body=f"{article.body} Again." if rebuild else article.body)
            writer.put(changed, replace(origin(article), indexed=moment))


def test_a_rebuild_tells_a_reader_nothing_new(tmp_path: Path) -> None:
    app = create_app(f"whoosh:{tmp_path}/index")
    engine = app.extensions[EXTENSION]
    with engine:
        in_turn(engine)
        client = app.test_client()
        before = feed_of(client, "")
        in_turn(engine, rebuild=True)
        after = feed_of(client, "")
    told = [[(entry.id, entry.updated) for entry in read.entries] for read in (before, after)]
    assert told[0] == told[1]
    assert [moment for _, moment in told[0]] == [f"2026-01-0{day}T00:00:00Z" for day in (4, 3, 2, 1)]
    assert (before.feed.id, before.feed.updated) == (after.feed.id, "2026-01-04T00:00:00Z")


def test_ids_belong_to_article_and_search_whatever_the_host_and_the_page(client: FlaskClient) -> None:
    here = feed_of(client, "q=syria")
    there = feedparser.parse(
        client.get("/feed.atom?q=syria&size=1&sort=newest", base_url="https://archive.example").data
    )
    assert here.feed.id == there.feed.id
    assert there.entries[0].id in {entry.id for entry in here.entries}
    assert there.entries[0].link.startswith("https://archive.example/articles/")
    # Every reader would be told everything anew if these ever changed.
    ids = {entry.title: entry.id for entry in here.entries}
    assert ids[SUMMIT.title] == "urn:uuid:4e75061b-e507-5d6c-ab63-53bdc59886f4"
    assert here.feed.id == "urn:uuid:5c335bfc-00e1-5479-a11e-4bdb243716ff"
