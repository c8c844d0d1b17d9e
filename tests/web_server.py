"""A small archive and the real server over it, for the tests of the front end."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from search import open_engine
from search.article import Article
from tests.conftest import fill

ROOT = Path(__file__).parent.parent
START_SECONDS = 30.0

VETO = Article(
    id="veto",
    title="Council vetoes the draft on Syria",
    summary=("Two members object", "Talks on Syria go on"),
    body="The envoys of Russia and China voted against it.\n\nOthers regretted the outcome for Syria.",
    author=("Ada Byline", "Bo Writer"),
    publisher="The Harbour Gazette",
    place="New York",
    published=datetime(2012, 2, 4, 23, 30, tzinfo=timezone(timedelta(hours=-5))),
    captions=("An envoy raises a hand on Syria",),
    language="en",
    url="https://gazette.example/2012/02/veto?a=1&b=2",
    path="gazette/veto.txt",
    indexed=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)
SUMMIT = Article(
    id="2012/06/summit",
    title="Summit opens in Beijing",
    body="Russia and China opened the summit; Syria was on its agenda.",
    author=("Ada Byline",),
    publisher="Meridian Wire",
    place="Beijing",
    published=date(2012, 6, 6),
    language="en",
)
FERRY = Article(
    id="ferry",
    title="Fähre läuft aus",
    body="Die Fähre nach Syria Bay lief am Mittwoch aus.",
    publisher="The Harbour Gazette",
    place="Kiel",
    published=date(2013, 1, 2),
    language="de",
)
UNTITLED = Article(
    id="untitled", body="Nobody knows who wrote these words about a lighthouse, or on which day they were printed."
)
ARTICLES = (VETO, SUMMIT, FERRY, UNTITLED)


def index_of(folder: Path, articles: Iterable[Article]) -> str:
    """The URL of a new index that holds them."""
    url = f"whoosh:{folder}"
    with open_engine(url) as engine:
        fill(engine, articles)
    return url


@contextmanager
def serving(url: str) -> Iterator[int]:
    """The port of this machine at which gunicorn, with its own settings, serves the archive at that URL."""
    with running(url) as server:
        yield server.port


@dataclass(frozen=True, slots=True)
class Server:
    """log: what it has written there so far can be read at any time"""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


@contextmanager
def running(url: str, *arguments: str, **settings: str) -> Iterator[Server]:
    """gunicorn over the archive at that URL. arguments: further ones of its command; settings: by lower-case name"""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", *arguments, "app:app"]
    chosen = {"port": str(port), "search_url": url, "log_level": "error"} | settings
    environment = os.environ | {name.upper(): value for name, value in chosen.items()}
    with NamedTemporaryFile() as log, subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log) as process:
        try:
            _wait_for(process, port)
            yield Server(port, process, Path(log.name))
        finally:
            process.terminate()
            process.wait()
            sys.stderr.write(Path(log.name).read_text("utf-8"))


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert server.poll() is None, "gunicorn ended before it served anything"
        try:
            assert get(port, "/healthz")[0].status == 200
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "gunicorn did not start in time"
            time.sleep(0.05)
        else:
            return


def get(port: int, target: str, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    """What the server answers to a request for this target, sent as it stands."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, target)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()
