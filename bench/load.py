"""Dateline under load: a mix of a thousand queries from wrk, with and without slow clients beside it, and the memory of
its workers meanwhile: `python -m bench.load` (needs wrk, as Debian packages it).

Two workers serve, as `gunicorn.conf.py` has it; none is recycled, so that what leaks would be seen. Rounds with and
without slow clients alternate, so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from bench import corpus
from bench.http import build_dateline, free_ports, serving
from bench.queries import BenchQuery, drawn

QUERIES = 1_000
CONNECTIONS = 8  # that wrk keeps busy
SLOW_CLIENTS = 200  # each sends one byte of a request a second
ROUNDS = 5  # of each kind
SECONDS = 60  # of one round: ten minutes in all
WARM_UP = 20  # seconds
SAMPLED = 5.0  # seconds between two looks at the memory
ARTICLES = 100_000
RESULTS = Path("bench/LOAD.md")
REQUEST = b"GET /search?q=harbour HTTP/1.1\r\nHost: localhost\r\nUser-Agent: slow\r\nAccept: */*\r\n\r\n"
MB = 1024 * 1024

REMARKS = """
Rates and percentiles are those of a machine that does other work too, as its load says; what counts is each round
beside slow clients by the round before. Memory is what the workers hold for themselves, without the index, which is
mapped: it grows while caches fill.
"""

_SCRIPT = """
local targets, thread_count = {}, 0
for target in io.lines("%(targets)s") do targets[#targets + 1] = target end
function setup(thread) thread:set("place", thread_count * 499); thread_count = thread_count + 1 end
function request()
    place = place %% #targets + 1
    return wrk.format("GET", targets[place], {["Host"] = "localhost", ["Accept-Encoding"] = "gzip"})
end
function done(summary, latency)
    local failed = summary.errors
    io.stderr:write(string.format(
        '{"requests": %%d, "seconds": %%f, "p50": %%f, "p95": %%f, "p99": %%f, "errors": %%d}',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
        latency:percentile(99) / 1e3, failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Round:
    """Percentiles in milliseconds, as wrk measures them."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    errors: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def targets(queries: Sequence[BenchQuery], seed: int) -> list[str]:
    """As readers type them; every other one as a page, the others as JSON."""
    different = list(dict.fromkeys(urlencode(_typed(query)) for query in queries))
    chosen = Random(seed).sample(different, min(QUERIES, len(different)))
    return [f"{('/search', '/api/search')[place % 2]}?{query}" for place, query in enumerate(chosen)]


def _typed(query: BenchQuery) -> dict[str, str]:
    match query.kind:
        case "phrase":
            text = f'"{" ".join(query.words)}"'
        case "prefix":
            text = f"{query.words[0]}*"
        case _:
            text = (" " if query.every else " OR ").join(query.words)
    more = {"publisher": query.publisher} if query.publisher else {}
    return {"q": text, **more, **({"sort": "newest"} if query.newest else {})}


def run(port: int, script: Path, seconds: int) -> Round:
    """Raises CalledProcessError."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script)]
    done = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
    return Round(**json.loads(done.stderr))


@contextmanager
def slow_clients(port: int, count: int) -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(target=_trickle_all, args=(port, count), daemon=True)
    process.start()
    time.sleep(2)  # until all are there
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _trickle_all(port: int, count: int) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(_trickle(port, number / count) for number in range(count)))

    asyncio.run(all_of_them())


async def _trickle(port: int, delay: float) -> None:
    """Begins again when the server has had enough."""
    await asyncio.sleep(delay)
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            with suppress(OSError):
                for byte in REQUEST:
                    writer.write(bytes((byte,)))
                    await writer.drain()
                    await asyncio.sleep(1)
            writer.close()
        await asyncio.sleep(0.1)


class Memory:
    """Of the workers together, in bytes, looked at again and again."""

    def __init__(self) -> None:
        self.samples: list[int] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLED):
            self.samples.append(sum(map(_memory, _workers())))

    def at(self, share: float) -> float:
        """Megabytes: the median of the tenth of the samples that begins at that share of the time."""
        tenth = max(1, len(self.samples) // 10)
        first = min(int(share * len(self.samples)), len(self.samples) - tenth)
        return statistics.median(self.samples[first : first + tenth]) / MB


def _workers() -> list[int]:
    """The grandchildren of this process: gunicorn's workers."""
    return [worker for child in _children(os.getpid()) for worker in _children(child)]


def _children(process: int) -> list[int]:
    with suppress(OSError):
        return [
            int(child)
            for path in Path(f"/proc/{process}/task").glob("*/children")
            for child in path.read_text().split()
        ]
    return []


def _memory(process: int) -> int:
    """Anonymous memory: pages of the index that are mapped are the system's to take away."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
    return 0


def measured(url: str, asked: Sequence[str], folder: Path, seconds: int) -> tuple[list[Round], list[Round], Memory]:
    """Rounds without slow clients, rounds with them, and the memory from the first to the last."""
    listed, script = folder / "targets.txt", folder / "load.lua"
    listed.write_text("".join(f"{target}\n" for target in asked))
    script.write_text(_SCRIPT % {"targets": listed})
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "gunicorn", "--max-requests", "0", "app:app"]
    plain, slow = [], []
    with serving(command, port, SEARCH_URL=url):
        run(port, script, WARM_UP)
        with Memory() as memory:
            for _ in range(ROUNDS):
                plain.append(run(port, script, seconds))
                with slow_clients(port, SLOW_CLIENTS):
                    slow.append(run(port, script, seconds))
                print(plain[-1], slow[-1], sep="\n", file=sys.stderr)
    return plain, slow, memory


def report(plain: Sequence[Round], slow: Sequence[Round], memory: Memory, articles: int) -> str:
    ratios = [with_them.p99 / without.p99 for without, with_them in zip(plain, slow, strict=True)]
    return "\n".join(
        [
            f"{articles:,} articles, {QUERIES:,} different queries, half of them as pages and half as JSON, 2 workers, "
            f"{CONNECTIONS} connections; {len(plain)} rounds of {plain[0].seconds:.0f} s of each kind, in turn: "
            f"medians. {os.cpu_count()} cores, load {os.getloadavg()[2]:.0f}.",
            "",
            "| | requests a second | p50 ms | p95 ms | p99 ms | errors |",
            "| --- | ---: | ---: | ---: | ---: | ---: |",
            _row("alone", plain),
            _row(f"beside {SLOW_CLIENTS} slow clients", slow),
            "",
            f"p99 beside slow clients, by p99 alone in the round before: median {statistics.median(ratios):.2f} "
            f"({', '.join(f'{ratio:.2f}' for ratio in ratios)}).",
            "",
            "Memory of both workers (anonymous, MB) after 0, 25, 50, 75 and 100% of the time: "
            + ", ".join(f"{memory.at(share):.0f}" for share in (0, 0.25, 0.5, 0.75, 1)) + ".",
            "",
        ]
    )  # fmt: skip


def _row(name: str, rounds: Sequence[Round]) -> str:
    middle = [statistics.median(getattr(one, value) for one in rounds) for value in ("rate", "p50", "p95", "p99")]
    return f"| {name} | {' | '.join(f'{value:.0f}' for value in middle)} | {sum(one.errors for one in rounds)} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=ARTICLES, metavar="N")
    parser.add_argument("--corpus", type=Path, help="articles as JSON lines, in the place of those that are made")
    parser.add_argument("--index", help="the URL of an index that has them already")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of one round")
    parser.add_argument("--seed", type=int, default=corpus.SEED, metavar="S")
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("nothing was measured: there is no wrk here (Debian: apt-get install wrk)")
    source = arguments.corpus or corpus.written(arguments.articles, arguments.seed)
    folder = corpus.FOLDER / f"http-{arguments.seed}-{arguments.articles}"
    folder.mkdir(parents=True, exist_ok=True)
    url = arguments.index or f"whoosh:{build_dateline(source, folder)}"
    asked = targets(drawn(source, arguments.seed), arguments.seed)
    told = report(*measured(url, asked, folder, arguments.seconds), arguments.articles)
    print(told)
    if arguments.articles == ARTICLES and arguments.seconds == SECONDS:
        RESULTS.write_text(f"# Under load\n\n    make bench-load\n\n{told}{REMARKS}", encoding="utf-8")


if __name__ == "__main__":
    main()
