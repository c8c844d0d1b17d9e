"""The same words asked over HTTP of Dateline and of Datasette: `python -m bench.http --articles N [--queries Q]`.

Both serve the same articles from one process each, Datasette from SQLite FTS5 with the search configured on its table.
Every query goes to all addresses in turn: page and JSON, ten hits each. Datasette runs as it comes, and once more
without the facets that it suggests, which take most of its time.
"""

from __future__ import annotations

import argparse
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, RemoteDisconnected
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from bench import corpus
from bench.peers import read
from bench.queries import BenchQuery, drawn
from search.schema import SCHEMA_VERSION

QUERIES = 80
WARM_UP = 10  # queries asked before any is timed
START_SECONDS = 60.0
HITS = 10
RESULTS = Path("bench/HTTP.md")
PUBLISHED = 100_000  # articles of a run that writes RESULTS
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "en"}
COLUMNS = ("title", "summary", "author", "publisher", "place", "published", "language", "body")

REMARKS = """
Dateline's page and JSON hold the ten best, ranked, with a passage of each, four facets, a timeline, and what was
searched. Datasette's hold ten rows that match, in the order of their ids, and the exact count; as it comes it tries
all columns for facets to suggest too. Without those it does far less than Dateline and takes less time.
Both are asked as a browser asks, so Dateline packs its answers; Datasette does not. The queries have one to five words,
all of which some article has; where fewer than ten articles have all of three or more, Dateline goes on to any of them.
"""

_TABLES = f"""
CREATE TABLE articles (id TEXT PRIMARY KEY, {", ".join(f"{name} TEXT" for name in COLUMNS)});
CREATE VIRTUAL TABLE articles_fts USING fts5(title, summary, author, body, content='articles', tokenize='porter');
"""
_FILL = "INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')"
_TUNE = "INSERT INTO articles_fts(articles_fts) VALUES ('optimize')"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing measured: an address on one server."""

    name: str
    server: str
    path: str
    words: str  # the parameter that takes the words
    settings: Mapping[str, str]

    def target(self, query: BenchQuery) -> str:
        return f"{self.path}?{urlencode({self.words: ' '.join(query.words), **self.settings})}"


TABLE, SIZE = "/news/articles", {"_size": str(HITS)}
OBJECTS = SIZE | {"_shape": "objects"}
ASKED = (
    Asked("Dateline, page", "dateline", "/search", "q", {}),
    Asked("Dateline, JSON", "dateline", "/api/search", "q", {}),
    Asked("Datasette, page", "datasette", TABLE, "_search", SIZE),
    Asked("Datasette, JSON", "datasette", f"{TABLE}.json", "_search", OBJECTS),
    Asked("Datasette, page without suggested facets", "datasette-plain", TABLE, "_search", SIZE),
    Asked("Datasette, JSON without suggested facets", "datasette-plain", f"{TABLE}.json", "_search", OBJECTS),
)
COMPARED = ((0, 2), (1, 3), (0, 4), (1, 5))  # ours and theirs, as places in ASKED


@dataclass(frozen=True, slots=True)
class Measured:
    milliseconds: float
    size: int  # bytes


def questions(source: Path, seed: int, count: int) -> list[BenchQuery]:
    """One to five words of every band, all of which some article has: what both servers understand alike."""
    known = [
        query for query in drawn(source, seed) if query.kind == "and" or (query.kind == "or" and len(query.words) == 1)
    ]
    return Random(seed).sample(known, min(count, len(known)))


def build_dateline(source: Path, folder: Path) -> Path:
    index = folder / f"dateline-{SCHEMA_VERSION}"
    if not index.exists():
        with source.open("rb") as articles:
            command = [sys.executable, "-m", "indexer", "--quiet", "--index", f"whoosh:{index}", "-"]
            subprocess.run(command, stdin=articles, check=True)
    return index


def build_datasette(source: Path, folder: Path) -> Path:
    path = folder / "news.db"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        db = sqlite3.connect(unfinished)
        db.executescript(_TABLES)
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        db.executemany(f"INSERT INTO articles VALUES ({marks})", map(_row, read(source)))
        db.execute(_FILL)
        db.execute(_TUNE)
        db.commit()
        db.execute("VACUUM")
        db.close()
        unfinished.rename(path)
    return path


def _row(article: Mapping[str, Any]) -> tuple[Any, ...]:
    values = (article["id"], *(article[name] for name in COLUMNS))
    return tuple(", ".join(value) if isinstance(value, list) else value for value in values)


@contextmanager
def serving(command: Sequence[str], port: int, **settings: str) -> Iterator[None]:
    environment = os.environ | {"PORT": str(port), **settings}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as server:
        try:
            _wait_for(server, port)
            yield
        finally:
            server.terminate()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("a server did not start")


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def ask(connection: HTTPConnection, target: str) -> Measured:
    """Raises RuntimeError for anything but an answer."""
    try:
        return _ask(connection, target)
    except RemoteDisconnected:  # it had been idle for too long
        connection.close()
        return _ask(connection, target)


def _ask(connection: HTTPConnection, target: str) -> Measured:
    start = time.perf_counter()
    connection.request("GET", target, headers=BROWSER)
    response = connection.getresponse()
    body = response.read()
    milliseconds = (time.perf_counter() - start) * 1000
    if response.status != 200:
        raise RuntimeError(f"{target}: {response.status}")
    return Measured(milliseconds, len(body))


def measured(index: Path, database: Path, queries: Sequence[BenchQuery]) -> list[list[Measured]]:
    """By query, in the order of ASKED. Who is asked first changes with every query."""
    ours, theirs, plain = free_ports(3)
    python = [sys.executable, "-m"]
    datasette = [*python, "datasette", "serve", str(database), "--port"]
    with ExitStack() as stack:
        gunicorn = [*python, "gunicorn", "--workers", "1", "--log-level", "error", "app:app"]
        stack.enter_context(serving(gunicorn, ours, SEARCH_URL=f"whoosh:{index}"))
        stack.enter_context(serving([*datasette, str(theirs)], theirs))
        stack.enter_context(serving([*datasette, str(plain), "--setting", "suggest_facets", "off"], plain))
        ports = {"dateline": ours, "datasette": theirs, "datasette-plain": plain}
        connections = {name: HTTPConnection("127.0.0.1", port, timeout=60) for name, port in ports.items()}
        for query in queries[:WARM_UP]:
            for asked in ASKED:
                ask(connections[asked.server], asked.target(query))
        rows = []
        for first, query in zip(cycle(range(len(ASKED))), queries, strict=False):
            places = list(islice(cycle(range(len(ASKED))), first, first + len(ASKED)))
            row = {place: ask(connections[ASKED[place].server], ASKED[place].target(query)) for place in places}
            rows.append([row[place] for place in range(len(ASKED))])
        return rows


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def report(rows: Sequence[Sequence[Measured]], articles: int) -> str:
    times = [[row[place].milliseconds for row in rows] for place in range(len(ASKED))]
    return "\n".join(
        [
            f"{articles:,} articles, {len(rows)} queries, {HITS} hits each; Datasette {version('datasette')}.",
            "",
            "| milliseconds, by the clock of the one who asks | median | p95 | kB |",
            "| --- | ---: | ---: | ---: |",
            *(_row_of_times(place, times[place], rows) for place in range(len(ASKED))),
            "",
            "| how many times as fast, query by query | median | 5% of them at most | p95 by p95 |",
            "| --- | ---: | ---: | ---: |",
            *(_row_of_ratios(ours, theirs, times) for ours, theirs in COMPARED),
            "",
        ]
    )


def _row_of_times(place: int, times: Sequence[float], rows: Sequence[Sequence[Measured]]) -> str:
    size = statistics.median(row[place].size for row in rows) / 1000
    return f"| {ASKED[place].name} | {statistics.median(times):.1f} | {percentile(times, 0.95):.1f} | {size:.1f} |"


def _row_of_ratios(ours: int, theirs: int, times: Sequence[Sequence[float]]) -> str:
    ratios = [their / our for our, their in zip(times[ours], times[theirs], strict=True)]
    slow = percentile(times[theirs], 0.95) / percentile(times[ours], 0.95)
    name = f"{ASKED[ours].name} : {ASKED[theirs].name}"
    return f"| {name} | {statistics.median(ratios):.2f} | {percentile(ratios, 0.05):.2f} | {slow:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.http", description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=PUBLISHED, metavar="N")
    parser.add_argument("--queries", type=int, default=QUERIES, metavar="Q")
    parser.add_argument("--seed", type=int, default=corpus.SEED, metavar="S")
    arguments = parser.parse_args()
    source = corpus.written(arguments.articles, arguments.seed)
    folder = corpus.FOLDER / f"http-{arguments.seed}-{arguments.articles}"
    folder.mkdir(exist_ok=True)
    index, database = build_dateline(source, folder), build_datasette(source, folder)
    queries = questions(source, arguments.seed, arguments.queries)
    told = report(measured(index, database, queries), arguments.articles)
    print(told)
    if arguments.articles == PUBLISHED:
        RESULTS.write_text(f"# Over HTTP, beside Datasette\n\n    make bench-http\n\n{told}{REMARKS}", encoding="utf-8")


if __name__ == "__main__":
    main()
