"""What the API says of itself is what it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from pydantic import TypeAdapter

from app import create_app
from tests.web_server import ARTICLES, index_of
from web import answers
from web.engine import EXTENSION
from web.parameters import NAMES


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), ARTICLES))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def document(app: Flask) -> Any:
    return json.loads(app.test_client().get("/openapi.json").data)


def test_the_document_is_openapi(document: Any) -> None:
    validate(document)


def test_the_document_has_every_parameter_of_a_search_with_its_meaning(document: Any) -> None:
    parameters = document["paths"]["/api/search"]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == list(NAMES)
    assert all(parameter["description"].endswith(".") for parameter in parameters)
    schemas = {parameter["name"]: parameter["schema"] for parameter in parameters}
    assert schemas["q"] == {"type": "string"}
    assert schemas["sort"] == {"$ref": "#/components/schemas/Sort", "default": "relevance"}
    assert schemas["size"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 10, "examples": [50]}


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("/api/search", answers.SearchAnswer),
        ("/api/search?q=the+russia+lighthouse&match=any&place=Kiel&from=2012", answers.SearchAnswer),
        ("/api/search?q=lighthuose", answers.SearchAnswer),
        ("/api/search?q=colour&page=3", answers.SearchAnswer),
        *((f"/api/articles/{article.id}", answers.Article) for article in ARTICLES),
        ("/api/articles/?id=veto", answers.Article),
        ("/api/story?id=veto", answers.StoryAnswer),
        ("/api/why?id=veto", answers.Why),
        ("/api/why?id=veto&q=-russia+envoy*+kazakstan~+%22syria+russia%22~3&place=Kiel&from=2012", answers.Why),
        ("/api/articles/nothing", answers.Problem),
        ("/api/search?q=a*&size=0", answers.Problem),
    ],
)
def test_an_answer_has_exactly_what_is_promised(client: FlaskClient, address: str, answer: Any) -> None:
    TypeAdapter(answer).validate_json(client.get(address).data, strict=True, extra="forbid")


def test_the_examples_can_be_asked_and_find_something(client: FlaskClient, document: Any) -> None:
    parameters = document["paths"]["/api/search"]["get"]["parameters"]
    shown = {parameter["name"]: parameter["example"] for parameter in parameters if "example" in parameter}
    assert {"q", "publisher", "author", "place", "language", "from", "to"} <= shown.keys()
    answer = client.get("/api/search", query_string=shown).json
    assert answer is not None
    assert answer["total"] > 0
    [parameter] = document["paths"]["/api/articles/{article_id}"]["get"]["parameters"]
    assert client.get(f"/api/articles/{parameter['example']}").status_code == 200


def test_the_document_needs_no_archive(tmp_path: Any) -> None:
    validate(create_app(f"whoosh:{tmp_path}").test_client().get("/openapi.json").json)


def test_the_page_names_all_that_the_document_does(client: FlaskClient, document: Any) -> None:
    page = BeautifulSoup(client.get("/api").data, "lxml")
    shown = {code.get_text() for code in page.select("code")}
    assert document["paths"].keys() <= shown
    assert set(NAMES) <= shown
    for name, schema in document["components"]["schemas"].items():
        if schema["type"] == "object":
            assert page.find(id=name), name
            assert schema["properties"].keys() <= shown


def test_every_link_of_the_page_can_be_followed(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/api").data, "lxml")
    links = {str(link["href"]) for link in page.select("main a")}
    assert len(links) > 30
    for link in links:
        if link.startswith("#"):
            assert page.find(id=link[1:]), link
        else:
            with client.get(link) as response:
                assert response.status_code == 200, link


def test_the_examples_of_the_page_find_something(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/api").data, "lxml")
    searches = {link for each in page.select("main a") if (link := str(each["href"])).startswith("/api/search?q=")}
    assert len(searches) > 15
    for search in searches:
        answer = client.get(search).json
        assert answer is not None
        assert answer["total"] > 0, search
