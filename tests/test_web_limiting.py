"""So many requests of one client, and no more, where a setting says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from tests.web_server import ARTICLES, index_of


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("index")
    return index_of(folder, ARTICLES)


@pytest.fixture
def limited(url: str, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setenv("RATE_LIMIT", "2 per hour")
    return create_app(url).test_client()


def test_a_client_is_refused_beyond_its_limit_whatever_it_asks(limited: FlaskClient) -> None:
    assert [limited.get(target).status_code for target in ("/search", "/api/search", "/help")] == [200, 200, 429]


def test_the_refusal_is_a_problem_to_programs_and_a_page_to_readers(limited: FlaskClient) -> None:
    limited.get("/"), limited.get("/")
    problem, page = limited.get("/api/search"), limited.get("/search")
    assert problem.content_type == "application/problem+json"
    assert problem.json is not None
    assert (problem.json["status"], problem.json["title"]) == (429, "Too Many Requests")
    assert page.content_type.startswith("text/html")
    assert "more than one client may" in page.text
    for refused in (problem, page):
        assert 3_500 < int(refused.headers["Retry-After"]) <= 3_600
        assert "ETag" not in refused.headers
        assert not refused.headers.getlist("Set-Cookie")


def test_what_watches_over_the_server_is_never_refused(limited: FlaskClient) -> None:
    limited.get("/"), limited.get("/")
    for target in ("/healthz", "/readyz", "/metrics", "/static/1/dateline.css") * 3:
        with limited.get(target) as response:
            assert response.status_code == 200, target


@pytest.mark.parametrize(("proxies", "last"), [("0", 429), ("1", 200)])
def test_clients_are_told_apart_behind_trusted_proxies_alone(
    url: str, monkeypatch: pytest.MonkeyPatch, proxies: str, last: int
) -> None:
    """Or whoever sends another header each time would have no limit."""
    monkeypatch.setenv("RATE_LIMIT", "2 per hour")
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    client = create_app(url).test_client()
    statuses = [
        client.get("/help", headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code for number in range(3)
    ]
    assert statuses == [200, 200, last]


def test_there_is_no_limit_unless_it_is_set(url: str) -> None:
    client = create_app(url).test_client()
    assert {client.get("/help").status_code for _ in range(100)} == {200}
