"""The log of the real server: a JSON object for each line and each request, and nothing of what was read."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from tests.web_server import ARTICLES, Server, get, index_of, running
from web.answered import REQUEST_ID

ASKED = [
    "/search?q=syria",
    "/api/search?q=syria&size=1",
    "/articles/veto?q=syria",
    "/export.jsonl",
    "/none",
    "/healthz",
]
ROUTES = ["/search", "/api/search", "/articles/<article_id>", "/export.jsonl", None, "/healthz"]


def told(server: Server) -> list[dict[str, Any]]:
    """Of requests, without those that waited for the server to start."""
    lines = [line for line in server.lines() if line["logger"] == "dateline.requests"]
    started = next((number for number, line in enumerate(lines) if line["route"] != "/healthz"), len(lines))
    return lines[started:]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return index_of(tmp_path / "index", ARTICLES)


def test_every_request_is_a_line_without_what_was_read(url: str) -> None:
    with running(url, log_level="info", workers="1", threads="1") as server:
        answers = [get(server.port, target) for target in ASKED]
        lines = told(server)
        whole = server.log.read_text("utf-8")
    assert [line["route"] for line in lines] == ROUTES
    assert [line["status"] for line in lines] == [200, 200, 200, 200, 404, 200]
    assert [line["request"] for line in lines] == [response.headers[REQUEST_ID] for response, _ in answers]
    assert [line["bytes"] for line in lines] == [len(body) for _, body in answers]
    assert all(line["ms"] >= line.get("search_ms", 0) > 0 for line in lines if "search_ms" in line)
    searched = lines[1]
    assert (searched["total"], searched["generation"]) == (3, 1)
    for word in ("syria", "veto", "127.0.0.1:", "none"):
        assert word not in "".join(json.dumps(line) for line in lines), word
    assert "Listening at" in whole  # gunicorn's own lines are of the same form: all were read as JSON


def test_queries_and_addresses_are_told_where_they_are_asked_for(url: str) -> None:
    with running(url, log_level="info", log_queries="on", log_addresses="on") as server:
        get(server.port, "/api/search?q=syria%0A%22&size=1")
        get(server.port, "/articles/veto")
        lines = told(server)
    assert [line["target"] for line in lines] == ["/api/search?q=syria%0A%22&size=1", "/articles/veto"]
    assert [line["client"] for line in lines] == ["127.0.0.1", "127.0.0.1"]


def test_the_log_can_be_without_requests(url: str) -> None:
    with running(url, log_level="info", log_requests="off") as server:
        get(server.port, "/search?q=syria")
        assert told(server) == []
        assert server.lines() != []


def test_an_error_is_a_line_with_its_request(tmp_path: Path) -> None:
    with running(f"whoosh:{tmp_path / 'none'}", log_level="warning") as server:
        response, _ = get(server.port, "/search?q=syria")
        (line,) = [line for line in server.lines() if line["logger"] == "app"]
    assert response.status == 503
    assert line["level"] == "WARNING"
    assert "there is no index" in line["message"]
    assert line["request"] == response.headers[REQUEST_ID]


@pytest.mark.parametrize(
    ("proxies", "given", "kept"),
    [("0", "a-1", False), ("1", "a-1", True), ("1", "x" * 64, True), ("1", "x" * 65, False), ("1", 'a"b', False)],
)
def test_a_request_keeps_the_name_that_a_trusted_proxy_gave_it(
    monkeypatch: pytest.MonkeyPatch, proxies: str, given: str, kept: bool
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    response = create_app("whoosh:nowhere").test_client().get("/healthz", headers={REQUEST_ID: given})
    assert (response.headers[REQUEST_ID] == given) is kept


def test_a_file_that_is_left_half_read_is_a_line_too(url: str) -> None:
    with running(url, log_level="info") as server:
        connection = HTTPConnection("127.0.0.1", server.port)
        connection.request("HEAD", "/export.jsonl")
        connection.getresponse().read()
        connection.close()
        get(server.port, "/search")
        assert next((line["route"], line["status"]) for line in told(server)) == ("/export.jsonl", 200)
