"""The JSON endpoints, on a real index."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from app import create_app
from search import EngineError, open_engine
from search.article import Article, to_json
from search.engine import Search, SearchRefused
from tests.conftest import fill
from tests.web_server import ARTICLES, VETO, index_of
from web import words
from web.engine import EXTENSION
from web.openapi import operations

ANSWER = (
    "query total stories page size pages generation hits facets cardinality timeline interval suggestion correction "
    "relaxed related spellings ignored truncated partial receipt remedies citation concordance cursor links"
).split()
ARTICLE = ("id title summary body author publisher place published captions language url path words indexed").split()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), ARTICLES))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def searched(client: FlaskClient, query_string: str) -> Any:
    response = client.get(f"/api/search?{query_string}")
    assert response.status_code == 200, response.text
    return json.loads(response.data)


def ids(answer: Any) -> list[str]:
    return [hit["id"] for hit in answer["hits"]]


def test_an_answer_has_every_name_of_the_contract_in_its_order(client: FlaskClient) -> None:
    answer = searched(client, "q=syria+-ferry&from=2012")
    assert list(answer) == ANSWER
    assert answer["query"] == "syria -ferry"
    assert (answer["total"], answer["page"], answer["size"], answer["pages"]) == (3, 1, 10, 1)
    assert (answer["suggestion"], answer["relaxed"], answer["ignored"], answer["truncated"]) == (None, False, [], [])
    assert answer["generation"] == 1
    assert list(answer["facets"]) == ["publisher", "author", "place", "language"]
    assert answer["facets"]["publisher"] == [
        {"value": "The Harbour Gazette", "count": 2, "selected": False},
        {"value": "Meridian Wire", "count": 1, "selected": False},
    ]
    assert answer["cardinality"] == {"publisher": 2, "author": 2, "place": 3, "language": 2}
    assert answer["interval"] == "month"
    assert answer["timeline"][:5] == [
        {"start": "2012-02-01", "count": 1, "archive": 1},
        {"start": "2012-03-01", "count": 0, "archive": 0},
        {"start": "2012-04-01", "count": 0, "archive": 0},
        {"start": "2012-05-01", "count": 0, "archive": 0},
        {"start": "2012-06-01", "count": 1, "archive": 1},
    ]


def test_a_hit_is_the_article_without_its_body(client: FlaskClient) -> None:
    answer = searched(client, "q=envoys")
    [hit] = answer["hits"]
    assert list(hit) == [name for name in ARTICLE if name != "body"] + ["score", "snippet", "title_pieces", "story"]
    stored = to_json(VETO)
    assert {name: hit[name] for name in stored if name in hit} == {
        name: stored[name] for name in stored if name != "body"
    }
    assert hit["score"] > 0
    assert [piece["text"] for piece in hit["snippet"] if piece["matched"]] == ["envoys"]
    assert "".join(piece["text"] for piece in hit["title_pieces"]) == VETO.title


def test_matches_in_the_title_are_marked(client: FlaskClient) -> None:
    [hit] = searched(client, "q=title:vetoes")["hits"]
    assert hit["title_pieces"] == [
        {"text": "Council ", "matched": False},
        {"text": "vetoes", "matched": True},
        {"text": " the draft on Syria", "matched": False},
    ]


@pytest.mark.parametrize(
    ("query_string", "found"),
    [
        ("", ["ferry", "2012/06/summit", "veto", "untitled"]),
        ("q=&from=&to=&publisher=", ["ferry", "2012/06/summit", "veto", "untitled"]),
        ("sort=oldest", ["veto", "2012/06/summit", "ferry", "untitled"]),
        ("publisher=Meridian+Wire", ["2012/06/summit"]),
        ("publisher=meridian+wire", []),
        ("publisher=Meridian+Wire&publisher=The+Harbour+Gazette&sort=oldest", ["veto", "2012/06/summit", "ferry"]),
        ("author=Bo+Writer", ["veto"]),
        ("place=Kiel&language=de", ["ferry"]),
        ("place=Kiel&language=en", []),
        ("from=2012-02-04&to=2012-02-04", ["veto"]),  # the day as printed, which is the 5th in UTC
        ("from=2012-02-05&to=2012-06", ["2012/06/summit"]),
        ("from=2012-06-06", ["ferry", "2012/06/summit"]),
        ("to=2012-06-05", ["veto"]),
        ("to=9999", ["ferry", "2012/06/summit", "veto"]),
        ("q=syria&sort=newest", ["ferry", "2012/06/summit", "veto"]),
        ("q=russia+lighthouse&match=all", []),
        ("q=russia+ferry+lighthouse&match=any&sort=newest", ["2012/06/summit", "veto", "untitled"]),
        ("q=captions:hand", ["veto"]),
        ("q=F%C3%A4hre", ["ferry"]),
        ("size=2&page=2", ["veto", "untitled"]),
        ("size=2&page=3", []),
    ],
)
def test_parameters_narrow_and_order(client: FlaskClient, query_string: str, found: list[str]) -> None:
    assert ids(searched(client, query_string)) == found


def test_an_answer_says_that_it_fell_back_to_any_word(client: FlaskClient) -> None:
    answer = searched(client, "q=agenda+lighthouse")
    assert (answer["relaxed"], sorted(ids(answer))) == (True, ["2012/06/summit", "untitled"])


def test_an_answer_says_which_words_it_left_out(client: FlaskClient) -> None:
    assert searched(client, "q=the+summit")["ignored"] == ["the"]


def test_an_answer_proposes_a_correction(client: FlaskClient) -> None:
    answer = searched(client, "q=lighthuose")
    assert (answer["total"], answer["suggestion"]) == (0, "lighthouse")


def test_a_chosen_value_is_selected_and_does_not_hide_the_others(client: FlaskClient) -> None:
    facets = searched(client, "publisher=Meridian+Wire")["facets"]
    assert {bucket["value"]: bucket["selected"] for bucket in facets["publisher"]} == {
        "The Harbour Gazette": False,
        "Meridian Wire": True,
    }


@pytest.mark.parametrize(
    ("query_string", "prev", "here", "following"),
    [
        ("size=2", None, "?size=2", "?page=2&size=2"),
        ("size=1&page=3&q=*", "?q=*&page=2&size=1", "?q=*&page=3&size=1", "?q=*&page=4&size=1"),
        ("size=2&page=2", "?page=1&size=2", "?page=2&size=2", None),
        ("size=2&page=3", "?page=2&size=2", "?page=3&size=2", None),
        ("size=2&page=9", None, "?page=9&size=2", None),
        ("", None, "", None),
    ],
)
def test_links_lead_to_pages_that_have_hits(
    client: FlaskClient, query_string: str, prev: str | None, here: str, following: str | None
) -> None:
    links = searched(client, query_string)["links"]
    assert list(links) == ["self", "next", "prev"]
    assert links["self"] == f"/api/search{here}"
    assert links["prev"] == (prev and f"/api/search{prev}")
    assert links["next"] == (following and f"/api/search{following}")
    for link in filter(None, (links["next"], links["prev"])):
        assert searched(client, link.partition("?")[2])["hits"]


def test_an_answer_tells_its_time_and_is_plain_utf8(client: FlaskClient) -> None:
    response = client.get("/api/search?q=F%C3%A4hre")
    assert response.content_type == "application/json"
    assert re.fullmatch(r"search;dur=\d+\.\d\d", response.headers["Server-Timing"])
    assert "Fähre läuft aus".encode() in response.data


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_an_article_is_served_whole(client: FlaskClient, article: Article) -> None:
    response = client.get(f"/api/articles/{article.id}")
    assert response.status_code == 200
    served = json.loads(response.data)
    assert list(served) == ARTICLE
    assert served == to_json(article)


@pytest.mark.parametrize(
    ("method", "target", "status", "parameters"),
    [
        ("GET", "/api/articles/nothing", 404, []),
        ("GET", "/api/articles/", 404, []),
        ("GET", "/api/", 404, []),
        ("GET", "/api/nothing?q=a", 404, []),
        ("POST", "/api/search", 405, []),
        ("DELETE", "/api/articles/veto", 405, []),
        ("GET", "/api/search?q=a*&size=0", 400, ["q", "size"]),
        ("GET", "/api/search?from=1&from=2", 400, ["from"]),
    ],
)
def test_errors_are_problem_documents(
    client: FlaskClient, method: str, target: str, status: int, parameters: list[str]
) -> None:
    response = client.open(target, method=method)
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    problem = json.loads(response.data)
    assert list(problem)[:4] == ["type", "title", "status", "detail"]
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"]
    assert problem["detail"]
    assert [error["parameter"] for error in problem.get("errors", [])] == parameters
    assert ("Allow" in response.headers) is (status == 405)


def test_a_fault_in_the_query_is_placed(client: FlaskClient) -> None:
    problem = json.loads(client.get("/api/search?q=russia+a*&from=x").data)
    assert problem["errors"][0]["position"] == len("russia ")
    assert problem["errors"][0]["detail"] in problem["detail"]
    assert list(problem["errors"][1]) == ["parameter", "detail"]


def test_every_address_for_programs_is_described(app: Flask) -> None:
    with app.app_context():
        described = {rule.rule for rule, _ in operations()}
    assert {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")} <= described


@pytest.mark.parametrize("target", ["/api/search?q=syria", "/api/articles/veto", "/api/search?size=0", "/api/nothing"])
def test_pages_of_other_sites_may_read(client: FlaskClient, target: str) -> None:
    headers = client.get(target, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Expose-Headers"] == "ETag, Link, Server-Timing"
    assert "Access-Control-Allow-Credentials" not in headers


def test_pages_of_other_sites_may_ask_for_what_changed(client: FlaskClient) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    response = client.options("/api/search", headers=asked | {"Access-Control-Request-Headers": "if-none-match"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


def test_pages_for_readers_are_not_open_to_other_sites(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/search").headers


@pytest.mark.parametrize(
    ("query_string", "links"),
    [
        ("size=1&page=2", {"self": 2, "first": 1, "prev": 1, "next": 3, "last": 4}),
        ("size=1", {"self": 1, "first": 1, "next": 2, "last": 4}),
        ("size=1&page=9", {"self": 9, "first": 1, "last": 4}),
        ("size=1&q=nothing", {"self": 1}),
    ],
)
def test_the_head_of_an_answer_links_to_its_neighbours(
    client: FlaskClient, query_string: str, links: dict[str, int]
) -> None:
    header = parse_link_header(client.get(f"/api/search?{query_string}").headers.getlist("Link"))
    assert (header.pop("service-desc"), header.pop("service-doc")) == ("/openapi.json", "/api")
    pages = {rel: int(parse_qs(urlsplit(link).query).get("page", ["1"])[0]) for rel, link in header.items()}
    assert pages == links


def test_a_long_query_is_not_repeated_in_the_head(client: FlaskClient) -> None:
    """Servers on the way read no endless heads."""
    response = client.get("/api/search?q=" + "syria+" * 1_000)
    assert list(parse_link_header(response.headers.getlist("Link"))) == ["service-desc", "service-doc"]


def parse_link_header(values: list[str]) -> dict[str, str]:
    return {rel: link for value in values for link, rel in re.findall('<([^>]*)>; rel="([a-z-]+)"', value)}


def test_without_an_index_the_api_says_so_and_recovers(tmp_path: Path) -> None:
    url = f"whoosh:{tmp_path / 'index'}"
    app = create_app(url)
    client = app.test_client()
    for target in ("/api/search", "/api/articles/veto"):
        response = client.get(target)
        assert (response.status_code, response.content_type) == (503, "application/problem+json")
        assert "no index yet: run python -m indexer" in response.text
        assert str(tmp_path) not in response.text
    with open_engine(url) as engine:
        fill(engine, ARTICLES)
        assert searched(client, "")["total"] == len(ARTICLES)
        fill(engine, [Article(id="later", title="Later")])
        assert searched(client, "")["total"] == len(ARTICLES) + 1
    app.extensions[EXTENSION].close()


class Failing:
    """An engine that fails in a given way: no real one can be made to fail in every way there is."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def pinned(self) -> Failing:
        return self

    def close(self) -> None:
        pass

    def search(self, _: object) -> None:
        raise self.error

    def state(self) -> str:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (EngineError("disk of /secret/place"), 503, "the archive cannot be searched at the moment"),
        (SearchRefused("too many words; leave some out"), 400, "too many words; leave some out"),
        (RuntimeError("/secret/place"), 500, "It is not your doing"),
    ],
)
@pytest.mark.parametrize("target", ["/api/search?q=a", "/search?q=a"])
def test_a_failing_engine_tells_nothing_of_the_inside(
    tmp_path: Path, target: str, error: Exception, status: int, said: str
) -> None:
    app = create_app(f"whoosh:{tmp_path}")
    app.extensions[EXTENSION] = Failing(error)
    response = app.test_client().get(target)
    assert response.status_code == status
    assert said in response.text
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_an_address_that_names_no_engine_is_refused_at_the_door() -> None:
    with pytest.raises(EngineError, match="whoosh:"):
        create_app("sqlite:archive.db")


def test_behind_the_last_page_with_a_number_links_go_on_by_cursor(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.paging.MAX_WINDOW", 2)
    answer = searched(client, "q=*&page=2&size=1&sort=oldest")
    assert answer["links"]["next"] == f"/api/search?q=*&sort=oldest&size=1&cursor={answer['cursor']}"
    behind = searched(client, answer["links"]["next"].partition("?")[2])
    assert (ids(behind), behind["page"], behind["total"]) == (["ferry"], 3, 4)
    assert behind["links"]["prev"] == "/api/search?q=*&sort=oldest&page=2&size=1"
    last = searched(client, behind["links"]["next"].partition("?")[2])
    assert (ids(last), last["page"], last["cursor"]) == (["untitled"], 4, None)
    assert (last["links"]["next"], last["links"]["prev"]) == (None, None)


@pytest.mark.parametrize(
    ("query_string", "parameter", "words"),
    [
        ("cursor=x", "cursor", "leave it out"),
        ("since=2", "since", "is at generation 1; 2 is still to come"),
    ],
)
def test_what_only_the_index_can_tell_to_be_wrong_is_named(
    client: FlaskClient, query_string: str, parameter: str, words: str
) -> None:
    response = client.get(f"/api/search?{query_string}")
    assert response.status_code == 400
    [error] = json.loads(response.data)["errors"]
    assert error["parameter"] == parameter
    assert words in error["detail"]
    assert client.get(f"/search?{query_string}").status_code == 400


def test_since_the_present_generation_nothing_is_new(client: FlaskClient) -> None:
    assert searched(client, "since=1")["total"] == 0
    assert searched(client, "since=0")["total"] == 4


@pytest.mark.parametrize(
    ("query_string", "said"),
    [
        (
            "q=syria+%22the+draft%22&publisher=The+Harbour+Gazette&from=2012&since=0&page=2&size=1",
            '“syria "the draft"”; publisher: The Harbour Gazette; from 2012; new since generation 0: 1 article, '
            "best match first. Dateline, generation 1 of the archive, {day}. http://localhost/search?q=syria+%22the+"
            "draft%22&publisher=The+Harbour+Gazette&from=2012&since=0",
        ),
        (
            "",
            "All articles: 4 articles, newest first. Dateline, generation 1 of the archive, {day}. http://localhost/search",
        ),
        (
            "q=agenda+lighthouse&sort=oldest",
            "“agenda lighthouse”; any of the words: 2 articles, oldest first. Dateline, generation 1 of the archive, "
            "{day}. http://localhost/search?q=agenda+lighthouse&sort=oldest",
        ),
    ],
)
def test_a_search_can_be_cited(app: Flask, client: FlaskClient, query_string: str, said: str) -> None:
    answer = searched(client, query_string)
    day = words.day(app.extensions[EXTENSION].search(Search()).committed)
    assert answer["citation"] == said.format(day=day)
    page = client.get(f"/search?{query_string}").text
    assert str(escape(answer["citation"])) in page
    assert 'href="/search?' in page
    assert "since=1" in page
