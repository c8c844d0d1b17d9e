"""Readers of the real server while an index is committed to and rebuilt: each answer is of one commit, no old one."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.soak.archive import ROOT, editions_in
from tests.soak.committer import commit, total
from tests.soak.measure import cases, seeded
from tests.web_server import serving

READERS = 8
COMMITS, PAUSE, REBUILDS = cases((6, 0.3, 1), (60, 1.0, 2))  # the pause in seconds


def test_no_answer_fails_or_mixes_commits_while_the_index_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKERS", "2")
    monkeypatch.setenv("SEARCH_TIMEOUT", "60")  # a busy machine must not make answers partial
    readers = Readers(commit(tmp_path))
    with serving(f"whoosh:{tmp_path}") as port, ThreadPoolExecutor(READERS) as threads:
        reading = [threads.submit(readers.read, port, seed) for seed in seeded().sample(range(1 << 32), READERS)]
        command = [sys.executable, "-m", "tests.soak.committer", tmp_path, COMMITS, PAUSE, REBUILDS]
        with subprocess.Popen([*map(str, command)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as committer:
            assert committer.stdout is not None
            for made in committer.stdout:
                readers.committed = int(made)
        readers.over.set()
        for reader in reading:
            reader.result()
    print(f"{readers.committed} commits, answers: {dict(readers.answered)}")
    assert committer.returncode == 0
    assert readers.committed == COMMITS + 1
    assert len(readers.answered) == len(TARGETS)
    assert not readers.wrong, "\n".join(readers.wrong[:20])


class Readers:
    """committed: the newest generation of which it is known"""

    def __init__(self, committed: int) -> None:
        self.committed = committed
        self.over = threading.Event()
        self.exporting = threading.Lock()
        self.answered: Counter[str] = Counter()
        self.wrong: list[str] = []

    def read(self, port: int, seed: int) -> None:
        draw = random.Random(seed)
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while not self.over.is_set():
            target, judge = draw.choice(TARGETS)
            with self.exporting if "export" in target else nullcontext():  # more at once are refused
                self._ask(connection, target, judge)
        connection.close()

    def _ask(self, connection: HTTPConnection, target: str, judge: Callable[[str], int]) -> None:
        least = self.committed
        try:
            connection.request("GET", target)
            response = connection.getresponse()
            text = response.read().decode()
            assert response.status == 200, f"{response.status} {text[:200]}"
            generation = judge(text)
            assert generation >= least, f"answers from {generation}, after {least} was committed"
        except Exception as error:
            self.wrong.append(f"{target}: {type(error).__name__} {error}")
            connection.close()
        self.answered[target] += 1


def told(text: str) -> int:
    """The generation that all of an answer is of."""
    editions = editions_in(text)
    assert len(editions) == 1, f"mixes {sorted(editions)}"
    return editions.pop()


def page(text: str) -> int:
    answer: dict[str, Any] = json.loads(text)
    edition = told(text)
    assert answer["generation"] == edition, f"says {answer['generation']}, is {edition}"
    assert answer["total"] == total(edition), f"{answer['total']} of {total(edition)} articles"
    assert len(answer["hits"]) == min(total(edition), answer["size"])
    assert sum(bucket["count"] for bucket in answer["timeline"]) == answer["total"]
    return edition


def lines(text: str) -> int:
    edition = told(text)
    assert text.count("\n") == total(edition), f"{text.count(chr(10))} of {total(edition)} articles"
    return edition


TARGETS: tuple[tuple[str, Callable[[str], int]], ...] = (
    ("/api/search?q=&size=100&fold=0", page),
    ("/api/search?q=ferry&size=100&fold=0", page),
    ("/api/search?q=%22low+tide%22&sort=newest&receipt=1&fold=0", page),
    ("/search?q=ferry", told),
    ("/search?q=aground&publisher=&sort=newest", told),
    ("/", told),
    ("/articles/0003", told),
    ("/api/articles/0003", told),
    ("/api/suggest?q=ship", told),
    ("/export.jsonl?q=ferry", lines),
    ("/feed.atom?q=ferry", told),
)
