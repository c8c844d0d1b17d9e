"""Why an article is found, as a reader and as a program are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from search.__main__ import main
from tests.test_web_pages import HOSTILE, href, link, one, page, text
from tests.web_server import ARTICLES, SUMMIT, index_of
from web.addresses import MAX_ADDRESS
from web.engine import EXTENSION


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return index_of(tmp_path_factory.mktemp("index"), (*ARTICLES, HOSTILE))


@pytest.fixture(scope="module")
def app(url: str) -> Iterator[Flask]:
    app = create_app(url)
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def explained(client: FlaskClient, query: str) -> Any:
    response = client.get(f"/api/why?{query}")
    assert response.status_code == 200, response.text
    return json.loads(response.data)


def test_each_hit_leads_to_why_it_was_found(client: FlaskClient) -> None:
    found = page(client, "/search?q=russia+syria&size=1&page=2")
    told = page(client, href(link(one(found, ".hit"), "why?")))
    assert "It is number 2 of 2 articles for russia syria." in text(one(told, ".why"))
    assert href(link(told, "Back to the results")) == "/search?q=russia+syria"
    assert not page(client, "/search").select(".hit a[title]")


def test_an_article_leads_to_why_it_was_found(client: FlaskClient) -> None:
    assert link(page(client, "/articles/veto?q=syria"), "why it was found")
    assert "why it was found" not in text(page(client, "/articles/veto"))


def test_the_points_of_the_page_add_up(client: FlaskClient) -> None:
    told = page(client, "/why?q=russia+china&id=veto")
    *parts, together = [float(text(row.select("td")[-1])) for row in told.select("tbody tr, tfoot tr")]
    assert together == pytest.approx(sum(parts), abs=0.03)
    assert [text(row.th) for row in told.select("tbody tr") if row.th] == [
        "russia",
        "china",
        "words of the query that stand together",
    ]


def test_what_keeps_an_article_out_is_told(client: FlaskClient) -> None:
    told = page(client, "/why?q=russia+-china+zebra&match=all&place=Kiel&to=2011&id=veto")
    assert [text(reason) for reason in told.select(".kept-out li")] == [
        "it has “china”, which is excluded",
        "it does not have “zebra”",
        "it does not belong to place: Kiel",
        "it does not belong to to 2011",
    ]
    assert not told.select("table")


def test_an_order_by_date_counts_no_score(client: FlaskClient) -> None:
    told = page(client, "/why?q=syria&sort=oldest&id=veto")
    assert "In an order by date no score is counted." in text(told)
    assert "It is number" in text(page(client, "/why?id=veto"))


def test_the_same_as_json(client: FlaskClient) -> None:
    told = explained(client, f"q=the+russia+china&publisher=Meridian+Wire&id={quote(SUMMIT.id)}")
    assert (told["id"], told["found"], told["rank"], told["total"]) == (SUMMIT.id, True, 1, 1)
    related = sum(term["score"] for term in told["related"])
    assert sum(part["score"] for part in told["parts"]) + related + told["nearness"] + told["age"] == pytest.approx(
        told["score"], rel=1e-5
    )
    assert (told["ignored"], told["relaxed"], told["by_score"]) == (["the"], False, True)
    assert told["filters"] == [
        {
            "name": "publisher",
            "filter": {"kind": "values", "field": "publisher", "values": ["Meridian Wire"]},
            "passes": True,
        }
    ]
    assert [part["query"] for part in told["parts"]] == ["russia", "china"]
    assert told["parts"][0]["terms"][0]["word"] == "russia"


@pytest.mark.parametrize(
    ("query", "status"), [("q=syria", 400), ("q=syria&id=", 400), ("q=a*&id=veto", 400), ("q=syria&id=nothing", 404)]
)
def test_what_cannot_be_answered_is_said(client: FlaskClient, query: str, status: int) -> None:
    page(client, f"/why?{query}", status)
    assert client.get(f"/api/why?{query}").status_code == status


def test_hostile_text_stays_text(client: FlaskClient) -> None:
    told = page(client, f"/why?q=hostile+%3Cscript%3E&match=any&id={quote(HOSTILE.id, safe='')}")
    assert HOSTILE.title is not None
    assert [tag for tag in told.select("script") if not tag.get("src")] == []
    assert "<script>alert('title')</script>" in text(one(told, ".subject"))


def test_a_search_too_long_to_take_along_has_no_link(client: FlaskClient) -> None:
    found = page(client, f"/search?q=syria+OR+{'x' * (MAX_ADDRESS - 20)}")
    assert found.select(".hit")
    assert "why?" not in text(one(found, ".hits"))


def test_the_terminal_tells_why(url: str) -> None:
    def told(*arguments: str) -> str:
        return CliRunner().invoke(main, [*arguments, "--index", url]).output

    assert told("russia china", "--why", "veto").startswith("Number 2 of 2\n")
    assert told("russia zebra -china", "--why", "veto").endswith("it lacks zebra, has china\n")
    assert json.loads(told("russia", "--why", "veto", "--json"))["found"]
    assert "there is no article 'x'" in told("russia", "--why", "x")
