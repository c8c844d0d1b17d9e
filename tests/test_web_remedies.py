"""Ways on from a search that finds nothing, as a reader and as a program get them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from search.article import Article
from tests.test_web_pages import href, link, one, page, text, titles
from tests.web_server import index_of
from web.engine import EXTENSION

ARTICLES = [
    Article(id="a", title="Harbour of Kiel", body="The ferry left at noon.", place="Kiel", published=date(2012, 6, 3)),
    Article(id="b", title="Lighthouse", body="A lighthouse stood by the harbour.", place="Oslo", language="en"),
    Article(id="c", title="Envoys at noon", body="They came to the lighthouse.", language="en"),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), ARTICLES))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def offered(found: BeautifulSoup) -> list[str]:
    return [text(item) for item in found.select(".nothing li") if ": " in text(item)]


@pytest.mark.parametrize(
    ("query", "offers"),
    [
        ("q=ferry&place=Oslo", ["without “place: Oslo”: 1 article"]),
        ("q=harbour&language=en&to=2012", ["without “to 2012”: 1 article", "without “language: English”: 1 article"]),
        ("q=ferry+-harbour", ["without “harbour”: 1 article"]),
        ('q="harbour+ferry"', ['the words of "harbour ferry" anywhere: 1 article']),
        ('q=harbour+"zebra"&place=Kongo', ['without “"zebra"”, in the whole archive: 2 articles']),
        ("q=envoys+ferry&match=all", ["any of the words instead of all: 2 articles"]),
    ],
)
def test_each_change_is_offered_with_what_it_finds(client: FlaskClient, query: str, offers: list[str]) -> None:
    found = page(client, f"/search?{query}")
    assert text(one(found, "h1")).startswith("No articles")
    assert set(offers) <= set(offered(found))
    for item in found.select(".nothing li"):
        if ": " in text(item):
            count = text(one(page(client, href(one(item, "a"))), "h1")).split(" for ")[0]
            assert text(item).endswith(f": {count}")


def test_a_relaxed_search_offers_all_words_but_one(client: FlaskClient) -> None:
    found = page(client, "/search?q=harbour+lighthouse+zebra")
    [offer] = found.select(".note li")
    assert text(offer) == "without “zebra”: 1 article"
    assert titles(page(client, href(one(offer, "a")))) == ["Lighthouse"]


def test_of_a_long_question_the_count_without_a_word_is_of_all_the_others(client: FlaskClient) -> None:
    found = page(client, "/search?q=lighthouse+stood+harbour+zebra")
    [offer] = [item for item in found.select(".note li") if "zebra" in text(item)]
    assert text(offer) == "without “zebra”: 1 article"
    assert href(one(offer, "a")) == "/search?q=lighthouse+stood+harbour&match=all"
    assert titles(page(client, href(one(offer, "a")))) == ["Lighthouse"]


def test_a_correction_says_what_it_finds_and_where(client: FlaskClient) -> None:
    found = page(client, "/search?q=lighthuose&place=Oslo")
    assert text(one(found, ".suggestion")) == "Did you mean lighthouse? 1 article"
    assert href(link(found, "lighthouse")) == "/search?q=lighthouse&place=Oslo"
    found = page(client, "/search?q=lighthuose&place=Kiel&from=2012&sort=newest")
    assert text(one(found, ".suggestion")) == "Did you mean lighthouse? 2 articles, in the whole archive"
    assert href(link(found, "lighthouse")) == "/search?q=lighthouse&sort=newest"


def test_the_same_as_json(client: FlaskClient) -> None:
    def searched(query: str) -> Any:
        return json.loads(client.get(f"/api/search?{query}").data)

    answer = searched("q=lighthuose&place=Kiel")
    assert answer["suggestion"] == "lighthouse"
    assert answer["correction"] == {
        "change": "corrected",
        "query": "lighthouse",
        "part": None,
        "without": ["place"],
        "total": 2,
        "link": "/api/search?q=lighthouse",
    }
    [place, *_rest] = searched("q=ferry+noon&place=Oslo")["remedies"]
    assert place == {
        "change": "without_filter",
        "query": "ferry noon",
        "part": {"kind": "values", "field": "place", "values": ["Oslo"]},
        "without": ["place"],
        "total": 1,
        "link": "/api/search?q=ferry+noon",
    }
    assert searched("q=ferry")["remedies"] == []
