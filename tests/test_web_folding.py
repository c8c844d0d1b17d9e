"""One report of each story on the pages and in the API, and the way to all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from tests.story_samples import ELECTION
from tests.test_folding import REPORTS
from tests.test_web_pages import href, link, one, page, text
from tests.web_server import index_of
from web.engine import EXTENSION


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), (ELECTION, *REPORTS)))
    yield app.test_client()
    app.extensions[EXTENSION].close()


def found(client: FlaskClient, query: str) -> Any:
    response = client.get(f"/api/search?{query}")
    assert response.status_code == 200, response.text
    return json.loads(response.data)


def test_both_counts_are_said_and_lead_from_one_to_the_other(client: FlaskClient) -> None:
    folded = page(client, "/search?q=bridge+OR+mayor")
    assert len(folded.select(".hit")) == 2
    assert text(one(folded, "h1")).startswith("5 articles")
    assert text(one(folded, ".folded")).startswith("in 2 stories")
    unfolded = page(client, href(link(folded, "show all reports")))
    assert len(unfolded.select(".hit")) == 5
    assert text(one(unfolded, ".folded")).startswith("in 2 stories")
    assert href(link(unfolded, "show one report of each story")) == "/search?q=bridge+OR+mayor"


def test_a_hit_leads_to_the_other_reports_of_its_story(client: FlaskClient) -> None:
    hit = one(page(client, "/search?q=bridge"), ".more-reports")
    assert text(hit).startswith("3 more reports of this story, 4–")
    assert href(link(hit, "3 more reports of this story")).endswith("?q=bridge&n=1#story")
    narrowed = one(page(client, "/search?q=bridge&publisher=Tollmouth+Echo"), ".more-reports")
    assert "3 more reports of this story (none of them found)" in text(narrowed)
    assert not page(client, "/search?q=mayor").select(".more-reports, .folded")


def test_a_search_typed_anew_stays_unfolded(client: FlaskClient) -> None:
    assert page(client, "/search?q=bridge&fold=0").select_one('input[type=hidden][name=fold][value="0"]')
    assert not page(client, "/search?q=bridge").select("input[name=fold]")


def test_pages_are_of_rows(client: FlaskClient) -> None:
    answer = found(client, "size=1")
    assert (answer["total"], answer["stories"], answer["pages"]) == (5, 2, 2)
    assert answer["links"]["next"] == "/api/search?page=2&size=1"
    last = found(client, "size=1&page=2")
    assert (len(last["hits"]), last["links"]["next"], last["cursor"]) == (1, None, None)
    behind = found(client, f"size=1&cursor={answer['cursor']}")
    assert [hit["id"] for hit in behind["hits"]] == [hit["id"] for hit in last["hits"]]
    assert found(client, "size=1&fold=0")["pages"] == 5
    assert not page(client, "/search?size=1&page=3").select(".hit")


def test_a_hit_of_the_api_has_its_story(client: FlaskClient) -> None:
    (hit,) = found(client, "q=bridge")["hits"]
    story = hit["story"]
    assert (story["others"], story["total"], story["first"]) == (3, 4, "2019-03-04")
    assert {hit["story"]["id"] for hit in found(client, "q=bridge&fold=0")["hits"]} == {story["id"]}
    assert found(client, "q=mayor")["hits"][0]["story"] is None


@pytest.mark.parametrize("value", ["2", "yes", "-1"])
def test_fold_is_on_or_off(client: FlaskClient, value: str) -> None:
    response = client.get(f"/api/search?fold={value}")
    assert response.status_code == 400
    assert response.json["errors"][0]["parameter"] == "fold"  # type: ignore[index]


@pytest.mark.parametrize("address", ["/feed.atom?q=bridge&fold=1", "/export.jsonl?q=bridge&fold=1"])
def test_feeds_and_files_have_every_report(client: FlaskClient, address: str) -> None:
    content = client.get(address).text
    assert all(article.title in content for article in REPORTS if article.title)


def test_a_concordance_has_every_report(client: FlaskClient) -> None:
    lines = found(client, "q=bridge&view=kwic")["concordance"]["lines"]
    assert {line["id"] for line in lines} == {article.id for article in REPORTS}


def test_why_leads_to_the_report_that_is_shown(client: FlaskClient) -> None:
    shown = found(client, "q=bridge")["hits"][0]["id"]
    other = next(article.id for article in REPORTS if article.id != shown)
    assert client.get(f"/api/why?q=bridge&id={other}").json["behind"] == shown  # type: ignore[index]
    assert client.get(f"/api/why?q=bridge&id={shown}").json["behind"] is None  # type: ignore[index]
    told = page(client, f"/why?q=bridge&id={other}")
    assert "another report" in text(told)
    assert told.select_one(f'a[href="/articles/{shown}?q=bridge"]')
