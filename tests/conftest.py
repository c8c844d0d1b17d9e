from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from search import Engine, open_engine
from search.article import Article
from search.engine import Origin
from tests.breakouts import CASES, write

# A loaded machine must not fail a test that only took its time.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

Filled = Callable[[Iterable[Article]], Engine]

INDEXED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def origin(article: Article) -> Origin:
    return Origin(article.id, source="/archive", path=f"{article.id}.txt", digest="d", indexed=INDEXED)


def fill(engine: Engine, articles: Iterable[Article], *, rebuild: bool = False) -> None:
    with engine.writer(rebuild=rebuild) as writer:
        for article in articles:
            writer.put(article, origin(article))


@pytest.fixture(scope="session", autouse=True)
def hasty_disk() -> Iterator[None]:
    """Power does not fail in here: nothing that a test writes is waited for until the disk has it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """Makes a new engine that holds the given articles; every one is closed after the test."""
    with ExitStack() as stack:

        def make(articles: Iterable[Article]) -> Engine:
            folder: Path = tmp_path_factory.mktemp("index")
            engine = stack.enter_context(open_engine(f"whoosh:{folder}"))
            fill(engine, articles)
            return engine

        yield make


@pytest.fixture(scope="session")
def breakout_archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the index of hostile captures, as the indexer makes it."""
    folder = tmp_path_factory.mktemp("breakouts")
    url = f"whoosh:{folder / 'index'}"
    write(folder / "captures", CASES)
    indexing = subprocess.run(
        [sys.executable, "-m", "indexer", folder / "captures", "--index", url, "--json", "--quiet"],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        check=False,
    )
    assert indexing.returncode in (0, 1), indexing.stderr  # 1: what could not be read
    assert b"Traceback" not in indexing.stderr
    assert b"could not be extracted" not in indexing.stdout  # what the rules did not foresee
    assert b"could not be read:" not in indexing.stdout
    return url
