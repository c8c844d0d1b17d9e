"""What is no request, sent over a bare socket: refused, whatever it is, and the server goes on."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.web_server import ARTICLES, Server, get, index_of, running

HOST = b"Host: a.example\r\n"
TIMEOUT = 15.0
RANDOM = 150

FOREIGN = re.compile(
    rb"root:[x*]:0:|\[project\]|def create_app|SEARCH_URL|import os", re.IGNORECASE
)  # of files outside
STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9]) ")

REQUESTS = (
    b"",
    b"\r\n\r\n",
    b"\x00" * 100 + b"\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET /\r\n\r\n",  # HTTP/0.9
    b"GET / HTTP/0.9\r\n\r\n",
    b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    b"GET / HTTP/2.0\r\n" + HOST + b"\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET  /  HTTP/1.1\r\n" + HOST + b"\r\n",
    b"get / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"G\x00T / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /\xff\xfe?q=\xc0\xbc\xed\xa0\x80 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /search?q=<script> HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET a.example HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://pwned.example/search?q=a HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http://[::1 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET //pwned.example/ HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /\\pwned.example HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET ?q=a HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET #a HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT pwned.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"HEAD /search?q=syria HTTP/1.1\r\n" + HOST + b"\r\n",
    b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"X" * 9000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 200 + b"\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 8000 + b"\r\n" + b"Y: " + b"a" * 100_000,
    b"GET / HTTP/1.1\r\nX\x00: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: a\x00b\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
    b"GET / HTTP/1.1\r\n: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nX\r\n\r\n",
    b"GET / HTTP/1.1\r\n X: folded\r\n\r\n",
    b"GET / HTTP/1.1\r\nX : a\r\n\r\n",
    b"GET / HTTP/1.1\r\n\xff\xff: \xff\r\n\r\n",
    b"GET / HTTP/1.1\nHost: a\n\n",
    b"GET / HTTP/1.1\r\nHost: a.example\r\nHost: pwned.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: \"><script>alert(1)</script>\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: .example\r\n\r\n",
    b"GET /api/search HTTP/1.1\r\nHost: a..example\r\n\r\n",
    b"GET /feed.atom HTTP/1.1\r\nHost: " + b"a" * 300 + b"\r\n\r\n",
    b"GET /articles/veto HTTP/1.1\r\nHost:\r\n\r\n",
    b"GET /articles/veto HTTP/1.1\r\nHost: [::1\r\n\r\n",
    b"GET /articles/veto HTTP/1.1\r\nHost: a:b:c\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a.example/@pwned.example:99999\r\n\r\n",
    b"GET /opensearch.xml HTTP/1.1\r\nHost: \"/><pwned/>\r\n\r\n",
    b"GET /feed.atom HTTP/1.1\r\nHost: \x85\xc3\xa9\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /search HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nhello",
    b"POST /search HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * 20_000,
    b"GET / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, identity\r\nContent-Length: 3\r\n\r\nabc",
    b"GET / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Expect: nonsense\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Range: bytes=" + b"0-," * 2000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Accept-Encoding: " + b"gzip;q=0." * 300 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Accept-Language: " + b"*;q=1e9,-," * 300 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"If-None-Match: " + b'W/"' * 1000 + b"\r\n\r\n",
    b"GET /feed.atom HTTP/1.1\r\n" + HOST + b"If-Modified-Since: Thu, 99 Foo 99999 99:99:99 XXX\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"Cookie: " + b"=;" * 2000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"X-Forwarded-For: <script>\r\nX-Forwarded-Host: pwned.example\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + HOST + b"X-Request-ID: \x1b[2J{\"pwned\": 1}\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\nGET /healthz HTTP/1.1\r\n" + HOST + b"\r\n" * 3 + b"\x16\x03\x01",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300,  # TLS
    b"\x05\x01\x00",  # SOCKS
    b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n",
)  # fmt: skip
OUTSIDE = ("app.py", "pyproject.toml", "etc/passwd")
WAYS = (
    "/static/{up}{file}", "/static/x/{up}{file}", "/{up}{file}", "/articles/{up}{file}", "/api/articles/{up}{file}",
    "/static/x/dateline.css/{up}{file}", "/static//{up}{file}", "/facets/{up}{file}", "/{file}", "/static/{file}",
)  # fmt: skip
UPS = (
    "../", "../" * 6, "..%2f" * 4, "%2e%2e/" * 4, "%2e%2e%2f" * 4, "..%5c" * 4, "..%255c..%255c",
    "%252e%252e%252f" * 3, "..;/" * 3, "....//" * 3, "..%c0%af" * 3, "%c0%ae%c0%ae/" * 3, "..%00/", "//", "/%2f",
    "..%ef%bc%8f" * 3, "./.././../", "file:///", "..\\" * 3,
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(index_of(tmp_path_factory.mktemp("index"), ARTICLES)) as server:
        yield server


def answer(server: Server, request: bytes) -> bytes:
    """All that comes back until the server closes; the sender is done with what it has sent."""
    received = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=TIMEOUT) as connection:
        with suppress(ConnectionError):  # it may have heard enough
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while data := connection.recv(65_536):
                received += data
    return received


def check_answer(request: bytes, received: bytes) -> None:
    for status in STATUS.findall(received):
        # 501 and 505 say of a method, an encoding or a version that it is not known, which is the sender's fault.
        assert int(status) < 500 or status in (b"501", b"505"), (request[:200], received[:500])
    assert b"<script>alert(1)" not in received
    assert b"<pwned" not in received
    assert not FOREIGN.search(received), (request, received[:2000])


def test_what_is_no_request_is_refused_and_the_next_is_answered(server: Server) -> None:
    for request in REQUESTS:
        check_answer(request, answer(server, request))
    assert get(server.port, "/healthz")[0].status == 200


def test_noise_is_refused(server: Server) -> None:
    """Good requests, of which a few bytes were changed."""
    draw = random.Random(7)
    good = b"GET /search?q=syria&size=5 HTTP/1.1\r\n" + HOST + b"Accept-Encoding: gzip\r\nAccept-Language: de\r\n\r\n"
    for _ in range(RANDOM):
        request = bytearray(good)
        for _ in range(draw.randint(1, 5)):
            place = draw.randrange(len(request))
            request[place : place + draw.randint(0, 3)] = draw.randbytes(draw.randint(0, 3))
        check_answer(bytes(request), answer(server, bytes(request)))
    assert get(server.port, "/healthz")[0].status == 200


def test_nothing_outside_of_static_is_read(server: Server) -> None:
    for way in WAYS:
        for up in UPS:
            for file in OUTSIDE:
                target = way.format(up=up, file=file).encode()
                request = b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
                received = answer(server, request)
                check_answer(request, received)
                assert STATUS.match(received)[1] in (b"400", b"404", b"308"), (target, received[:300])  # type: ignore[index]


def test_those_files_are_there() -> None:
    """What the test before looks for would be found if it were sent."""
    root = Path(__file__).parent.parent
    assert all(FOREIGN.search((root / name).read_bytes()) for name in OUTSIDE[:2])
    assert FOREIGN.search(Path("/etc/passwd").read_bytes())


def test_the_server_said_nothing_of_a_failure(server: Server) -> None:
    get(server.port, "/healthz")
    assert "Traceback" not in server.log.read_text("utf-8")
    assert server.process.poll() is None
