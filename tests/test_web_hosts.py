"""Which hosts a request may name."""

from __future__ import annotations

import pytest

from app import create_app
from web.hosts import MAX_HOST, is_host

LABEL = "a" * 63
LONGEST = ".".join([LABEL] * 3 + ["a" * 61])


@pytest.mark.parametrize(
    "host",
    [
        "",
        *("localhost", "localhost:8000", "news.example", "news.example.", "NEWS.example:443", "news_app-1:80"),
        *("127.0.0.1:8000", "[::1]", "[::1]:8000", "xn--fhre-loa.example", LABEL, LONGEST, f"{LONGEST}:65535"),
    ],
)
def test_hosts(host: str) -> None:
    assert is_host(host)


@pytest.mark.parametrize(
    "host",
    [
        *(".example", "a..example", "a b", "a/b", "a@b", "a:b", "a:1:2", "a:123456", "[::1", "::1", "[]", ":80", "."),
        *("fähre.example", '"><b>', "a\x00", "a\n", "a\r\nX: 1", "a?", "a#", "a\\b", f"{LABEL}a", f"{LONGEST}a:65535"),
    ],
)
def test_others(host: str) -> None:
    assert not is_host(host)


def test_bounds() -> None:
    assert len(LONGEST) == MAX_HOST


@pytest.mark.parametrize("path", ["/", "/api/search", "/feed.atom", "/static/x", "/nothing"])
@pytest.mark.parametrize("proxies", ["0", "1"])
def test_a_request_for_another_host_is_refused(path: str, proxies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    client = create_app("whoosh:nowhere").test_client()
    refused = client.get(path, headers={"Host": "a..example"})
    assert (refused.status_code, refused.mimetype) == (400, "text/plain")
    forwarded = client.get(path, headers={"X-Forwarded-Host": "a..example"})
    assert (forwarded.status_code == 400) == (proxies == "1")
