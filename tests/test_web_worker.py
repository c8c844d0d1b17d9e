"""Slow clients keep nobody else out, and nobody is let down when the server is stopped, reloaded or recycled."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.web_server import ARTICLES, Server, get, index_of, running
from web.worker import MAX_HEAD

ONE = {"workers": "1", "threads": "2"}
SLOW = 20  # ten for each thread
START = b"GET /api/search?q=syria HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return index_of(tmp_path_factory.mktemp("index"), ARTICLES)


@pytest.fixture(scope="module")
def server(url: str) -> Iterator[Server]:
    with running(url, **ONE) as server:
        yield server


def connected(stack: ExitStack, port: int, sent: bytes) -> socket.socket:
    client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
    client.sendall(sent)
    return client


def status(client: socket.socket) -> int:
    return int(client.makefile("rb").readline().split()[1])


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"G",
        START,
        START + b"X-Slow: ",
        b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
        b"GET /search HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        START + b"\r\n" + START,
        b"GET /api/search?size=100 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=[
        "nothing",
        "a letter",
        "half a head",
        "half a line",
        "no body",
        "no chunk",
        "never closed",
        "half a second head",
        "never read",
    ],
)
def test_others_are_answered_beside_slow_clients(server: Server, sent: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW):
            connected(stack, server.port, sent)
        started = time.monotonic()
        assert get(server.port, "/api/search?q=syria")[0].status == 200
        assert time.monotonic() - started < 1.5  # seconds; less than any deadline of a slow client


def test_a_head_that_comes_in_pieces_is_answered_and_its_connection_kept(server: Server) -> None:
    with ExitStack() as stack:
        client = connected(stack, server.port, b"")
        for _ in range(2):
            for piece in (START[:3], START[3:-1], START[-1:], b"\r", b"\n"):
                client.sendall(piece)
                time.sleep(0.02)
            answer = b""
            while b"}" not in answer[-2:]:
                answer += client.recv(65_536)
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["total"] == 3


def test_requests_sent_at_once_are_answered_one_after_the_other(server: Server) -> None:
    health = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        client = connected(stack, server.port, health * 3)
        received = b""
        while received.count(b"\r\n\r\nok\n") < 3:
            received += client.recv(65_536)


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (START + b"A: " + b"x" * 8_000 + b"\r\n\r\n", 200),
        (START + b"A: " + b"x" * 9_000 + b"\r\n\r\n", 431),
        (START + b"A: " + b"x" * MAX_HEAD, 431),
        (START + b"A: b\r\n" * 65 + b"\r\n", 431),
        (b"GET /" + b"x" * MAX_HEAD, 414),
        (b"\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
        (b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n", 405),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n", 200),
    ],
)
def test_what_is_too_long_or_no_request_is_refused(server: Server, sent: bytes, answered: int) -> None:
    with ExitStack() as stack:
        assert status(connected(stack, server.port, sent)) == answered


def test_a_head_that_does_not_come_in_time_is_given_up(url: str) -> None:
    with (
        running(url, "--worker-class", "tests.hasty_worker.HastyWorker", **ONE) as server,
        ExitStack() as stack,
    ):
        client = connected(stack, server.port, START)
        assert client.recv(1) == b""


def test_nobody_is_let_down_while_the_server_is_reloaded(url: str) -> None:
    with running(url, **ONE) as server, ThreadPoolExecutor(4) as readers:
        asked = [readers.submit(get, server.port, "/api/search?q=syria") for _ in range(150)]
        server.process.send_signal(signal.SIGHUP)
        asked += [readers.submit(get, server.port, "/api/search?q=syria") for _ in range(150)]
        assert {each.result()[0].status for each in asked} == {200}


def test_nobody_is_let_down_while_workers_are_recycled(url: str) -> None:
    with (
        running(url, "--max-requests", "40", "--max-requests-jitter", "20", workers="2") as server,
        ThreadPoolExecutor(4) as readers,
    ):
        asked = [readers.submit(get, server.port, "/api/search?q=syria") for _ in range(300)]
        assert {each.result()[0].status for each in asked} == {200}


def test_a_request_that_has_begun_is_answered_before_the_server_stops(url: str) -> None:
    with running(url, **ONE) as server, ExitStack() as stack:
        client = connected(stack, server.port, START)
        time.sleep(0.3)
        server.process.terminate()
        time.sleep(0.3)
        client.sendall(b"\r\n")
        assert status(client) == 200
        client.close()
        assert server.process.wait(15) == 0
