"""The receipt as a reader and as a program get it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

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
    Article(
        id="vote", title="Harbour votes", body="They voted and vote again.", published=date(2012, 6, 3), language="en"
    ),
    Article(id="ferry", title="The ferry votes", body="Regime change at the centre.", place="Kiel", language="en"),
    Article(id="center", title="Center", body="A <b>change</b> of regime.", published=date(2012, 6, 7), language="en"),
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), ARTICLES))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def line(found: BeautifulSoup) -> str:
    """The receipt with all its parts closed."""
    receipt = one(found, ".receipt")
    for opened in receipt.select(".part"):
        opened.decompose()
    return text(receipt)


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("vote", "Searched: vote, votes, voted 2"),
        ("vote+-ferry", "Searched: vote, votes, voted 2 and not ferry 1"),
        ("harbour+OR+(ferry+-kiel)", "Searched: harbour 1 or ( ferry 1 and not kiel 0 )"),
        ("the+ferry", "Searched: ferry 1"),
        ('"regime+change"', 'Searched: "regime change" 1'),
        ("vot*", "Searched: vot*, votes, vote… 2"),
        ("date:2012-06-03..2012-06-07", "Searched: from 3 June 2012 to 7 June 2012 2"),
        ("date:2012-06", "Searched: date: June 2012 2"),
        ("harbour+zebra", "Searched: harbour 1 or zebra 0"),
        ("<b>", "Searched: <b> 1"),
    ],
)
def test_the_receipt_reads_as_a_line(client: FlaskClient, query: str, read: str) -> None:
    assert line(page(client, f"/search?q={query}")) == read


def test_everything_has_no_receipt(client: FlaskClient) -> None:
    assert not page(client, "/search").select(".receipt")


def test_a_part_opens_on_its_forms_and_its_changes(client: FlaskClient) -> None:
    found = page(client, "/search?q=vote+centre&place=Kiel&sort=newest")
    vote, centre = found.select(".receipt details")
    assert text(one(vote, ".part")) == (
        "in any inflection: 2 articles As printed: votes 2, vote 1, voted 1 only as written also one letter off drop it"
    )
    assert "Also as: center 1" in text(centre)
    exact = page(client, href(link(vote, "only as written")))
    assert href(link(vote, "only as written")) == "/search?q=%22vote%22+centre&place=Kiel&sort=newest"
    assert titles(exact) == []
    assert href(link(vote, "also one letter off")) == "/search?q=vote~+centre&place=Kiel&sort=newest"
    assert titles(page(client, href(link(vote, "drop it")))) == ["The ferry votes"]


def test_words_that_were_left_out_can_be_searched(client: FlaskClient) -> None:
    found = page(client, "/search?q=the+votes")
    assert titles(page(client, href(link(one(found, ".note"), "the")))) == ["The ferry votes"]


def test_an_exclusion_can_be_taken_back(client: FlaskClient) -> None:
    found = page(client, "/search?q=regime+-ferry")
    assert href(link(found, "no longer exclude it")) == "/search?q=regime"


def test_a_long_query_says_how_much_is_not_listed(client: FlaskClient) -> None:
    found = page(client, "/search?q=" + "+".join(f"w{number}" for number in range(30)))
    assert line(found).endswith("and 6 parts more")
    assert not found.select(".receipt a")


def test_the_receipt_as_json(client: FlaskClient) -> None:
    answer = json.loads(client.get("/api/search?q=the+vote+-date:2012-06&place=Kiel").data)
    vote, day, left_out = answer["receipt"]["asked"]["parts"]
    assert vote == {
        "query": "vote",
        "kind": "word",
        "field": None,
        "text": "vote",
        "count": 2,
        "excluded": False,
        "ignored": False,
        "forms": [{"text": "votes", "count": 2}, {"text": "vote", "count": 1}, {"text": "voted", "count": 1}],
        "more_forms": 0,
        "spellings": [],
        "exact": 'the "vote" -date:2012-06',
        "loose": "the vote~ -date:2012-06",
        "dropped": "the -date:2012-06",
    }
    assert day["days"] == {"first": "2012-06-01", "last": "2012-06-30"}
    assert (day["excluded"], left_out["ignored"], left_out["exact"]) == (True, True, '"the" vote -date:2012-06')
    assert answer["receipt"]["asked"]["joined"] == "all"
    assert answer["receipt"]["filters"] == [{"kind": "values", "field": "place", "values": ["Kiel"], "count": 1}]
    assert answer["receipt"]["more"] == 0
