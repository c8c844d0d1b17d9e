"""The story of an article, as a reader and as a program are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import TypeAdapter

from app import create_app
from search.article import Article
from tests.story_samples import BRIDGE, BRIDGE_COPY, BRIDGE_NEXT_DAY, BRIDGE_UNDATED, ELECTION
from tests.test_web_pages import href, link, one, page, text
from tests.web_server import index_of
from web import answers
from web.engine import EXTENSION
from web.story import SHOWN

COPIES = 7  # of the election, with the first
ODD = replace(BRIDGE_UNDATED, id="bridge?&=#/ä <i>", title="<b>Ferrow</b> bridge", published=None)


def copies(article: Article, count: int) -> list[Article]:
    assert article.day
    return [article] + [
        replace(
            article,
            id=f"{article.id}{number}",
            title=f"Copy {number}",
            publisher=f"Paper {number}",
            published=article.day + timedelta(number),
        )
        for number in range(1, count)
    ]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    lone = Article(id="lone", title="A lone lighthouse", body="Nobody else wrote about it.")
    articles = (BRIDGE, BRIDGE_NEXT_DAY, BRIDGE_COPY, ODD, *copies(ELECTION, COPIES), lone)
    app = create_app(index_of(tmp_path_factory.mktemp("index"), articles))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def story(client: FlaskClient, article_id: str) -> Any:
    response = client.get("/api/story", query_string={"id": article_id})
    assert response.status_code == 200
    TypeAdapter(answers.StoryAnswer).validate_json(response.data, strict=True, extra="forbid")
    return (response.json or {})["story"]


def test_an_article_lists_the_other_reports_of_its_story(client: FlaskClient) -> None:
    shown = one(page(client, "/articles/bridge"), "#story")
    assert text(one(shown, "p")) == "4 reports in all, 4–5 Mar 2019"
    titles = [text(title) for title in shown.select("h3")]
    assert (set(titles[:2]), titles[2:]) == ({BRIDGE_COPY.title, BRIDGE_NEXT_DAY.title}, [ODD.title])
    assert "Calder Post" in text(shown)
    for compare in shown.select("a.compare"):
        assert len(page(client, href(compare)).select("th")) == 2
    assert not shown.select("b, i")


def test_an_article_that_is_alone_has_no_such_list(client: FlaskClient) -> None:
    assert not page(client, "/articles/lone").select("#story")
    page(client, "/story?id=lone", 404)
    assert story(client, "lone") is None


def test_what_an_article_has_no_room_for_is_a_link_away(client: FlaskClient) -> None:
    shown = one(page(client, "/articles/election"), "#story")
    assert len(shown.select("h3")) == SHOWN
    more = page(client, href(link(shown, f"and {COPIES - 1 - SHOWN} more")))
    assert [text(title) for title in more.select(".reports h2")] == [f"Copy {number}" for number in range(1, COPIES)]
    assert text(one(more, ".reports p")) == "7 reports in all, 4–10 Mar 2019"
    assert href(link(more, str(ELECTION.title))) == "/articles/election"


def test_another_report_can_be_put_beside_the_first(client: FlaskClient) -> None:
    ways = one(page(client, "/beside?id=bridge&with=bridge-next-day"), ".ways")
    other = page(client, href(link(ways, "Calder Post")))
    assert "All words are the same in both." in text(other)
    assert "Another report" not in text(page(client, "/beside?id=lone&with=bridge"))
    many = one(page(client, "/beside?id=election&with=bridge"), ".ways")
    assert href(link(many, "All reports of this story")) == "/story?id=election"


def test_the_same_as_json(client: FlaskClient) -> None:
    told = story(client, ODD.id)
    assert (told["total"], told["first"], told["last"]) == (4, "2019-03-04", "2019-03-05")
    assert {report["id"] for report in told["reports"]} == {"bridge", "bridge-copy", "bridge-next-day"}
    assert set(told["publishers"]) == {"Tollmouth Echo", "Northern Messenger", "Calder Post", "Skerrin Notes"}
    assert "body" not in told["reports"][0]
    assert {story(client, report["id"])["id"] for report in told["reports"]} == {told["id"]}


@pytest.mark.parametrize(("query", "status"), [("", 400), ("?id=", 400), ("?id=nothing", 404)])
def test_what_cannot_be_answered_is_said(client: FlaskClient, query: str, status: int) -> None:
    page(client, f"/story{query}", status)
    assert client.get(f"/api/story{query}").status_code == status
