"""What only the real server shows: gunicorn with its own settings, over a socket."""

from __future__ import annotations

import json
import random
import runpy
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

from search import open_engine
from search.article import MAX_ID, Article
from tests.conftest import fill
from tests.web_server import ARTICLES, ROOT, get, index_of, serving
from web.addresses import MAX_ADDRESS, MAX_REQUEST_LINE

RANDOM_STRINGS = 1_000
PARTS = [
    *(
        'AND OR NOT - -- ( ) (((( )))) " “ ” * ~ ~2 ~99 : .. title: author: publisher: place: body: captions: date:'
    ).split(),
    *("date:2012-06 date:.. date:9999 syria russia interven* kazakstan~ C++ AT&T U.N. G-20 ' ’ \\ / % & # +").split(),
    *(
        " ",
        "\n",
        "\t",
        "\x00",
        "\x01",
        "\x1b",
        "\x7f",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\u0301",
        "ü",
        "سوريا",
        "中国",
        "😀",
    ),
]

IDS = [
    "a/b",
    "a//b",
    "a///b",
    "/a",
    "//a",
    "a/",
    "a//",
    "/",
    "//",
    "a/../b",
    "../a",
    "a/..",
    "a/./b",
    ".",
    "..",
    "...",
    "./",
    "/..",
    "?",
    "a?b=c&d",
    "#",
    "a#b",
    "%",
    "%2F",
    "a%2Fb",
    "%252F",
    "%2E%2E",
    "a+b",
    "a b",
    " a ",
    "a;b",
    "a\\b",
    "a\nb",
    "\r\nX: y",
    "\t",
    "\x00",
    "\x7f",
    "ü",
    "سوريا/١",
    "\u202ea",
    "😀",
    "\ufffd",
    "\"'<&>",
    "http://example.org/a?b#c",
    "C:\\captures\\a.txt",
    "search",
    "~a",
    "😀" * MAX_ID,
]


def as_a_browser_asks(address: str) -> str:
    """The request target of a link: a segment of one dot or two goes, even where it is written in percents."""
    path = urlsplit(address).path
    plain = "/".join({"%2e": ".", "%2e%2e": ".."}.get(part.lower(), part) for part in path.split("/"))
    target = urlsplit(urljoin("http://host/", plain)).path
    query = urlsplit(address).query
    return f"{target}?{query}" if query else target


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    articles = [Article(id=each, title=f"number {place}", body="syria") for place, each in enumerate(IDS)]
    with serving(index_of(tmp_path_factory.mktemp("index"), (*ARTICLES, *articles))) as port:
        yield port


@pytest.mark.parametrize("place", range(len(IDS)), ids=lambda place: repr(IDS[place])[:20])
def test_any_id_is_reached_by_its_link(port: int, place: int) -> None:
    _, results = get(port, f"/search?q=title:%22number+{place}%22")
    link = str(BeautifulSoup(results, "lxml").select(".hit h2 a")[0]["href"])
    response, article = get(port, as_a_browser_asks(link))
    assert response.status == 200, link
    found = BeautifulSoup(article, "lxml")
    assert found.select("h1")[0].get_text() == f"number {place}"
    as_json = str(found.select(".imprint a[href^='/api/']")[0]["href"])
    response, body = get(port, as_a_browser_asks(as_json))
    assert response.status == 200, as_json
    assert json.loads(body)["id"] == IDS[place]
    canonical = str(found.select("[rel=canonical]")[0]["href"])
    assert get(port, as_a_browser_asks(canonical))[0].status == 200


@pytest.mark.parametrize("each", IDS, ids=lambda each: repr(each)[:20])
def test_any_id_is_reached_by_a_program(port: int, each: str) -> None:
    """Which takes nothing out of a path."""
    response, body = get(port, f"/api/articles/{quote(each, safe='')}")
    assert response.status == 200
    assert json.loads(body)["id"] == each


@pytest.mark.parametrize("written", ["%C3%BC", "u%CC%88"])
def test_an_id_is_one_however_its_accents_are_written(port: int, written: str) -> None:
    assert json.loads(get(port, f"/api/articles/{written}")[1])["id"] == "ü"


@pytest.mark.parametrize(
    "target", ["/articles/a%FF", "/articles/%C0%AF", "/articles/a%2F%2F%2F%2Fb", "/articles/A%2Fb"]
)
def test_a_near_id_is_another_id(port: int, target: str) -> None:
    assert get(port, target)[0].status == 404


def random_string(source: random.Random) -> str:
    """Up to 8,000 letters, operators, quotes, brackets and control characters, as an address can carry them."""
    match source.randrange(4):
        case 0:
            text = "".join(source.choices(PARTS, k=source.randrange(1, 40)))
        case 1:
            text = " ".join(source.choices(PARTS, k=source.randrange(1, 600)))
        case 2:
            text = "".join(chr(source.choice((source.randrange(0x250), source.randrange(0xD800)))) for _ in range(50))
        case _:
            text = source.choice(PARTS) + source.choice('aé中("*~-: ') * source.randrange(8_000) + source.choice(PARTS)
    limit = MAX_ADDRESS - len("/api/search?q=")
    while len(quote(text, safe="")) > limit:
        text = text[: len(text) * limit // len(quote(text, safe=""))]
    return text


def test_random_queries_are_answered_or_refused_in_words(
    port: int, record_property: Callable[[str, object], None]
) -> None:
    source = random.Random(20120607)
    statuses = {200: 0, 400: 0}
    slowest, slowest_text = 0.0, ""
    for _ in range(RANDOM_STRINGS):
        text = random_string(source)
        started = time.perf_counter()
        response, body = get(port, f"/api/search?q={quote(text, safe='')}")
        seconds = time.perf_counter() - started
        if seconds > slowest:
            slowest, slowest_text = seconds, text
        assert response.status in statuses, (response.status, text)
        statuses[response.status] += 1
        kind = "application/json" if response.status == 200 else "application/problem+json"
        assert response.headers["Content-Type"] == kind
        assert json.loads(body)["query" if response.status == 200 else "errors"], text
    assert min(statuses.values()) > RANDOM_STRINGS // 20, "the strings are all alike"
    record_property("slowest_seconds", round(slowest, 3))
    print(f"{statuses}, slowest {slowest:.3f} s: {slowest_text[:60]!r} of {len(slowest_text)}")


@pytest.mark.parametrize("start", ["/api/search?q=", "/search?q=", "/articles/"])
@pytest.mark.parametrize(("longer", "refused"), [(-1, False), (0, False), (1, True), (50_000, True)])
def test_an_address_longer_than_the_server_reads_is_a_414(port: int, start: str, longer: int, refused: bool) -> None:
    line = len("GET " + start + " HTTP/1.1")
    response, _ = get(port, start + "a" * (MAX_REQUEST_LINE - line + longer))
    assert (response.status == 414) is refused
    assert response.status < 500


def test_the_server_and_the_links_agree_on_the_longest_address() -> None:
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["limit_request_line"] == MAX_REQUEST_LINE


def test_every_response_guards_itself_and_tells_no_versions(port: int) -> None:
    for target in ("/", "/search?q=a*", "/api/search", "/healthz", "/static/1/dateline.css"):
        headers = get(port, target)[0].headers
        assert headers["X-Content-Type-Options"] == "nosniff", target
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), target
        assert headers["Server"] == "gunicorn", target


@pytest.mark.parametrize(
    "target", ["/", "/search?q=syria", "/articles/veto", "/api/search", "/api/articles/veto", "/healthz"]
)
def test_a_head_request_has_the_headers_alone(port: int, target: str) -> None:
    response, body = get(port, target, method="HEAD")
    assert (response.status, body) == (200, b"")
    assert response.headers["Content-Type"] == get(port, target)[0].headers["Content-Type"]


def test_many_readers_at_once_have_the_same_answer(port: int) -> None:
    def total(number: int) -> int:
        response, body = get(port, f"/api/search?q=syria&size=1&page={number}")
        assert response.status == 200
        return int(json.loads(body)["total"])

    with ThreadPoolExecutor(8) as readers:
        assert set(readers.map(total, range(1, 49))) == {len(IDS) + len(ARTICLES) - 1}


def test_a_server_started_before_the_indexer_serves_what_it_indexes(tmp_path: Path) -> None:
    url = f"whoosh:{tmp_path / 'index'}"
    with serving(url) as port:
        assert get(port, "/readyz")[0].status == 503
        response, page = get(port, "/")
        assert response.status == 503
        assert b"no index yet: run python -m indexer" in page
        with open_engine(url) as engine:
            for count in (1, 2):
                fill(engine, [Article(id=f"{count}", title=f"number {count}")])
                for _ in range(6):  # both workers
                    assert json.loads(get(port, "/api/search")[1])["total"] == count
        assert get(port, "/readyz")[0].status == 200
