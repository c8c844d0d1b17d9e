"""What it takes to give a whole archive, and the last page of it: `python -m bench.export whoosh:FOLDER`.

One server process with its own settings sends everything as JSON lines and as a table; its memory is that which no file
stands behind, looked at ten times a second. Then the first page of everything is asked for, and one near its end.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from urllib.error import URLError
from urllib.request import urlopen

import psutil

CHUNK = 1 << 20
SAMPLE_SECONDS = 0.1
MB = 1_000_000
PAGES = 25  # times that a page is asked for
DEPTH = 0.9  # share of the archive that comes before the deep page


def main() -> None:
    [url] = sys.argv[1:]
    with serving(url) as (address, server):
        worker = server.children()[0]
        total = json.load(urlopen(f"{address}/api/search"))["total"]
        print(f"{total:,} articles; {anonymous(worker):.0f} MB before")
        for target in ("/export.jsonl", "/export.csv"):
            began, worked = time.perf_counter(), cpu(worker)
            peak, size = read(f"{address}{target}", worker)
            seconds, worked = time.perf_counter() - began, cpu(worker) - worked
            print(
                f"{target:14} {size / MB:.0f} MB in {seconds:.1f} s, {worked:.1f} of processor; {peak:.0f} MB at most"
            )
        for sort in ("newest", "indexed"):
            first = f"{address}/api/search?sort={sort}&size=10"
            deep = f"{first}&cursor={cursor_at(f'{address}/api/search?sort={sort}&size=100', int(total * DEPTH))}"
            print(f"{sort}: first page {milliseconds(first):.1f} ms, behind {DEPTH:.0%} {milliseconds(deep):.1f} ms")


@contextmanager
def serving(url: str) -> Iterator[tuple[str, psutil.Process]]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--workers", "1", "--log-level", "error", "app:app"]
    with subprocess.Popen(command, env=os.environ | {"PORT": str(port), "SEARCH_URL": url}) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            while not answers(f"{address}/readyz"):
                time.sleep(SAMPLE_SECONDS)
            yield address, psutil.Process(server.pid)
        finally:
            server.terminate()


def answers(address: str) -> bool:
    try:
        return urlopen(address).status == 200
    except URLError:
        return False


def read(address: str, worker: psutil.Process) -> tuple[float, int]:
    """The most memory in MB while it is read, and its size in bytes."""
    peak, size, ended = 0.0, 0, Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(SAMPLE_SECONDS):
            peak = max(peak, anonymous(worker))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        with urlopen(address) as response:
            while chunk := response.read(CHUNK):
                size += len(chunk)
    finally:
        ended.set()
        watcher.join()
    return peak, size


def anonymous(process: psutil.Process) -> float:
    memory = process.memory_info()
    return (memory.rss - memory.shared) / MB


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def cursor_at(address: str, depth: int) -> str:
    """That leads on from a page so deep."""
    cursor = ""
    for _ in range(0, depth, 100):
        cursor = json.load(urlopen(f"{address}&cursor={cursor}"))["cursor"]
    return cursor


def milliseconds(address: str) -> float:
    """The median time of the search, as the server tells it."""
    told = []
    for _ in range(PAGES):
        with urlopen(address) as response:
            told.append(float(response.headers["Server-Timing"].partition("search;dur=")[2].split(",")[0]))
    return statistics.median(told)


if __name__ == "__main__":
    main()
