"""What may be kept of an answer, and how it is known to be the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from search import open_engine
from search.article import Article
from tests.conftest import fill
from tests.web_server import ARTICLES, index_of
from web import caching
from web.engine import EXTENSION

ADDRESSES = [
    "/",
    "/search?q=syria",
    "/articles/veto?q=syria",
    "/beside?id=veto&with=ferry",
    "/api/search?q=syria",
    "/api/articles/veto",
    "/api/story?id=veto",
    "/openapi.json",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), ARTICLES))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def tag(client: FlaskClient, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.text
    value, weak = response.get_etag()
    assert value
    assert not weak
    return f'"{value}"'


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("sent", ["{}", "W/{}", '"other", {}'])
def test_who_has_the_answer_is_sent_none(client: FlaskClient, address: str, method: str, sent: str) -> None:
    known = tag(client, address)
    response = client.open(address, method=method, headers={"If-None-Match": sent.format(known)})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == known
    assert response.headers["Cache-Control"] == "max-age=0, must-revalidate"
    assert "Server-Timing" not in response.headers, "it was searched all the same"


@pytest.mark.parametrize("sent", ['"other"', "", "*"])
def test_who_has_another_answer_is_sent_this_one(client: FlaskClient, sent: str) -> None:
    assert client.get("/api/search?q=syria", headers={"If-None-Match": sent}).status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/api/search?q=syria&size=5", "/api/search?size=5&q=syria&page=&place=+", True),
        ("/api/search?q=syria", "/api/search?q=russia", False),
        ("/api/search?q=syria", "/search?q=syria", False),
        ("/api/search?q=syria", "/api/search?q=syria&page=2", False),
        ("/api/search?place=A&place=B", "/api/search?place=A%26place=B", False),
        ("/api/search?q=ab", "/api/search?q=a%0Ab", False),
    ],
)
def test_one_question_has_one_tag(client: FlaskClient, one: str, other: str, same: bool) -> None:
    assert (tag(client, one) == tag(client, other)) is same


def test_pages_differ_by_language_and_say_so(client: FlaskClient) -> None:
    assert "Accept-Language" in client.get("/search").vary
    known = tag(client, "/search")
    assert "Accept-Language" in client.get("/search", headers={"If-None-Match": known}).vary


@pytest.mark.parametrize(
    ("address", "status"), [("/api/search?size=0", 400), ("/api/articles/no", 404), ("/healthz", 200), ("/readyz", 200)]
)
def test_what_may_change_by_itself_has_no_tag(client: FlaskClient, address: str, status: int) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "max-age=0, must-revalidate"


def test_a_commit_changes_every_tag(tmp_path: Path) -> None:
    url = index_of(tmp_path, ARTICLES)
    app = create_app(url)
    before = [tag(app.test_client(), address) for address in ADDRESSES]
    with open_engine(url) as engine:
        fill(engine, [Article(id="later", title="Later")])
    for address, known in zip(ADDRESSES, before, strict=True):
        response = app.test_client().get(address, headers={"If-None-Match": known})
        assert response.status_code == 200, address
        assert response.headers["ETag"] != known
    app.extensions[EXTENSION].close()


def test_an_archive_made_anew_is_another_one(tmp_path: Path) -> None:
    """Though it counts its generations from the start."""
    url = index_of(tmp_path, ARTICLES)
    app = create_app(url)
    before = tag(app.test_client(), "/api/search")
    shutil.rmtree(tmp_path)
    index_of(tmp_path, [Article(id="other", title="Other")])
    response = app.test_client().get("/api/search", headers={"If-None-Match": before})
    assert response.json is not None
    assert [hit["id"] for hit in response.json["hits"]] == ["other"]
    assert response.json["generation"] == 1
    app.extensions[EXTENSION].close()


def test_another_program_changes_every_tag(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tag(client, "/search")
    monkeypatch.setattr(caching, "program", lambda: "another")
    assert tag(client, "/search") != before


def test_static_files_are_kept_for_ever_under_the_address_of_their_version(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/").data, "lxml")
    addresses = [str(one.get("href") or one.get("src")) for one in page.select("[rel=stylesheet], [rel=icon], [src]")]
    assert addresses
    for address in addresses:
        current = address.split("/")[2]
        with client.get(address) as response:
            assert response.headers["Cache-Control"] == "max-age=31536000, immutable"
        for version in ("older", f"{current}0"):
            asked = address.replace(current, version)
            with client.get(asked) as response:
                assert response.headers["Cache-Control"] == "max-age=0, must-revalidate"
                known = response.headers["ETag"]
            with client.get(asked, headers={"If-None-Match": known}) as response:
                assert response.status_code == 304


@pytest.mark.parametrize("coding", ["zstd", "br", "gzip"])
@pytest.mark.parametrize("address", [*ADDRESSES, "/static/1/dateline.css"])
def test_each_packed_form_has_a_tag_of_its_own(client: FlaskClient, address: str, coding: str) -> None:
    accepting = {"Accept-Encoding": coding}
    with client.get(address) as plain, client.get(address, headers=accepting) as packed:
        assert "Content-Encoding" not in plain.headers
        assert "Accept-Encoding" in plain.vary
        if len(plain.data) >= 500:
            assert packed.headers["Content-Encoding"] == coding
            assert len(packed.data) < len(plain.data)
            assert packed.headers["ETag"] != plain.headers["ETag"]
        known = packed.headers["ETag"]
    with client.get(address, headers={**accepting, "If-None-Match": known}) as response:
        assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", known)


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("POST", 405)])
def test_a_static_file_that_is_not_there_is_no_error_of_ours(client: FlaskClient, method: str, status: int) -> None:
    assert client.open("/static/1/nothing.css", method=method).status_code == status
