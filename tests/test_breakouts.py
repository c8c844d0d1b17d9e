"""Hostile captures are shown and hostile queries are answered, and nothing of them comes alive.

`make soak` has ten thousand of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import count, cycle, islice
from urllib.parse import quote, urlencode

import pytest

from search import open_engine
from search.engine import MAX_SIZE
from tests import inert
from tests.breakouts import CASES, COMMON, queries
from tests.inert import check
from tests.web_server import serving

OF_ARTICLE = (
    "/api/articles/{path}",
    "/articles/{path}?q={common}+{pair}",
    "/cite?as=plain&{id}",
    "/cite?as=bibtex&{id}",
    "/cite?as=ris&{id}",
    "/cite?as=csl&{id}",
    "/story?{id}",
    "/api/story?{id}",
    "/why?q={common}&{id}",
    "/api/why?q={common}&{id}",
    "/api/similar?{id}",
    "/beside?{id}&{other}",
)
OF_ALL = (
    "/",
    "/api",
    "/openapi.json",
    "/opensearch.xml",
    "/help",
    "/export.csv",
    "/export.jsonl",
    f"/export.csv?view=kwic&q={COMMON}",
    f"/api/suggest?q={COMMON}",
    *(f"/api/suggest?q={quote(start)}" for start in ("x", "a", "<", '"', "scr", "1", "東", "=")),
    *(f"/facets/{name}?order=value" for name in ("publisher", "author", "place", "language")),
    *(f"/api/facets/{name}?size=100" for name in ("publisher", "author", "place", "language")),
)


class Client:
    """Keeps its connection for as long as the server does."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def close(self) -> None:
        self._connection.close()

    def check(self, target: str) -> tuple[HTTPResponse, bytes]:
        for last in (False, True):
            try:
                self._connection.request("GET", target)
                response = self._connection.getresponse()
                body = response.read()
                break
            except (HTTPException, OSError):
                self._connection.close()
                if last:
                    raise
        check(target, response, body)
        return response, body


@pytest.fixture(scope="module")
def client(breakout_archive: str) -> Iterator[Client]:
    with serving(breakout_archive) as port, closing(Client(port)) as client:
        yield client


@pytest.fixture(scope="module")
def ids(breakout_archive: str) -> list[str]:
    with open_engine(breakout_archive) as engine:
        return sorted(origin.article_id for origin in engine.origins())


def test_most_captures_are_indexed(ids: list[str]) -> None:
    assert CASES * 0.9 < len(ids) <= CASES


def pages(number: int) -> Iterable[str]:
    """Addresses at which all articles are seen, so many at a time."""
    return (f"fold=0&size={MAX_SIZE}&page={page + 1}" for page in range((number - 1) // MAX_SIZE + 1))


@pytest.mark.parametrize("route", ["/search", "/api/search", "/feed.atom"])
def test_all_that_is_found_is_shown_as_text(client: Client, ids: list[str], route: str) -> None:
    for listing in islice(pages(len(ids)), 100):
        client.check(f"{route}?q={COMMON}&{listing}")
        client.check(f"{route}?{listing}&sort=newest")


def test_every_place_in_a_text_is_shown_as_text(client: Client, ids: list[str]) -> None:
    for page in range(1, min(len(ids), 10_000) // MAX_SIZE + 1):
        client.check(f"/search?q=said&view=kwic&size={MAX_SIZE}&page={page}")
        client.check(f"/api/search?q=said&view=kwic&size={MAX_SIZE}&page={page}")


@pytest.mark.parametrize("target", OF_ALL)
def test_what_shows_many_at_once_shows_text(client: Client, target: str) -> None:
    client.check(target)


def test_each_article_is_text_in_whatever_form(client: Client, ids: list[str]) -> None:
    """Its page, and of all others where it can be seen two, in turn."""
    forms = cycle(OF_ARTICLE)
    for article_id, other in zip(ids, [*ids[1:], ids[0]], strict=True):
        path = quote(article_id, safe="")
        response, _ = client.check(f"/articles/{path}")
        assert response.status == 200, article_id
        about = {"path": path, "common": COMMON, "pair": quote(article_id[:40], safe="")}
        about |= {"id": urlencode({"id": article_id}), "other": urlencode({"with": other})}
        for form in islice(forms, 2):
            response, _ = client.check(form.format(**about))
            assert response.status in (200, 400, 404), form  # the id is no query; the article is in no story


def test_hostile_queries_are_answered_or_refused(client: Client) -> None:
    seen = set()
    for target in queries(CASES):
        response, _ = client.check(target)
        seen.add(response.status)
    assert {200, 400, 404} <= seen


def test_links_that_are_made_of_hostile_queries_lead_on(client: Client) -> None:
    """What an answer links to is answered: nothing was lost or broken out of on the way into an address."""
    followed = count()
    for target in queries(CASES, seed=8):
        if target.startswith("/api/search?"):
            response, _ = client.check(target)
            for link in (response.getheader("Link") or "").split(", "):
                if link.startswith("<"):
                    assert client.check(link[1 : link.index(">")])[0].status == 200
                    next(followed)
    assert next(followed)


def test_the_check_sees_what_is_alive() -> None:
    """A check that finds nothing must be one that could."""
    alive = (
        "<script>x</script>",
        "<img src=x>",
        "<p onclick=x>",
        "<a href='javascript:x'>x</a>",
        "<a href='//pwned.example'>x</a>",
        "<style>x</style>",
        "<p style='x'>x</p>",
        "<link rel=stylesheet href=https://pwned.example/>",
        "<script type='application/ld+json'>{}</script>",
    )
    for markup in alive:
        with pytest.raises((AssertionError, KeyError)):
            inert.page(f"<!doctype html><title>x</title><p>x</p>{markup}", 200)
    inert.page("<!doctype html><title>x</title><a href='https://a.example/'>x</a>", 200)
    with pytest.raises(AssertionError):
        inert.table("a,b\r\n1,=1\r\n", 200)
    with pytest.raises(AssertionError):
        inert.ris("TY  - NEWS\r\nER  - \r\nTY  - NEWS\r\nER  - \r\n", 200)
