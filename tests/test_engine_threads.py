"""Many threads of one engine: each question is answered as if it were asked alone, and none waits for another."""

from __future__ import annotations

import fcntl
import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from search import Engine, open_engine
from search.article import Article
from search.columnar.cache import CACHE
from search.engine import FacetOrder, Match, Search, Sort
from search.parse import parse
from search.query import Between, OneOf
from search.whoosh_engine import WhooshEngine
from tests.conftest import fill
from tests.soak.measure import cases

THREADS = 8
ASKED = cases(20, 80)  # by each of them
COMMITS = cases(2, 30)
PATIENT = 600.0  # seconds of a search

Question = Callable[[Engine], Any]

_WORDS = (
    *("harbour", "ferry", "ferries", "running", "aground", "council", "votes", "voted", "drought", "café", "the", "of"),
    *("Fähre", "Häfen", "élections", "port", "東京都", "地震"),
)
_LANGUAGES = ("en", "en", "en", "de", "fr", "ja")


def article(number: int, edition: int = 0) -> Article:
    """A long one, so that a few fill a block of stored articles."""
    draw = random.Random(f"{number} {edition}")
    paragraphs = (" ".join(draw.choices(_WORDS, k=60)) for _ in range(draw.randint(1, 8)))
    return Article(
        id=f"article {number}",
        title=" ".join(draw.choices(_WORDS, k=5)),
        body=f"Edition {edition}.\n\n" + "\n\n".join(paragraphs),
        author=(draw.choice(("Ada Byline", "Bo Writer")),),
        publisher=draw.choice(("The Harbour Gazette", "Meridian Wire", None)),
        place=draw.choice(("New York", "Beijing")),
        published=date(2012, draw.randint(1, 12), draw.randint(1, 28)) if number % 7 else None,
        language=draw.choice(_LANGUAGES),
    )


def searched(text: str, **options: Any) -> Question:
    search = Search(parse(text), **options)
    return lambda engine: engine.search(search)


def exported(text: str) -> Question:
    return lambda engine: [one.id for one in engine.export(Search(parse(text))).articles]


QUESTIONS: tuple[Question, ...] = (
    *(searched(word, receipt=True) for word in _WORDS),
    *(searched(f"{one} {other}") for one in _WORDS[:4] for other in _WORDS[4:8]),
    *(searched("ferry harbour", sort=sort) for sort in Sort),
    *(searched("ferries harbour election aground votes", match=match) for match in Match),
    *(searched("harbour", page=page, size=7) for page in (1, 2, 3)),
    searched("harb*"),
    searched("elction~ OR fery~"),
    searched('"harbour ferry" -aground'),
    searched('"harbour council"~8'),
    searched("title:ferry body:votes", fold=True),
    searched("", filters=(OneOf("publisher", ("Meridian Wire",)),)),
    searched("council", filters=(Between(date(2012, 3, 1), date(2012, 9, 30)),)),
    exported("ferry"),
    exported(""),
    lambda engine: engine.values(Search(parse("votes")), "author", order=FacetOrder.NAME),
    lambda engine: engine.suggest("harb"),
    lambda engine: engine.suggest("ferry co"),
    *(lambda engine, one=f"article {number}": engine.get(one) for number in range(0, 90, 7)),
    *(lambda engine, one=f"article {number}": engine.similar(one, 5) for number in range(0, 90, 23)),
    *(lambda engine, one=f"article {number}": engine.story(one) for number in range(0, 90, 31)),
    *(lambda engine, one=f"article {number}": engine.why(Search(parse("harbour votes")), one) for number in (3, 4)),
    lambda engine: engine.count(),
    lambda engine: engine.holdings(),
)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads take turns as often as they can, and nothing is known to any of them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    CACHE.clear()
    yield
    sys.setswitchinterval(before)


def patient(folder: Path) -> WhooshEngine:
    return WhooshEngine(folder, seconds=PATIENT)


def edition(folder: Path, number: int) -> None:
    """Every commit says something else of all articles, and is of several segments with deletions in them."""
    with open_engine(f"whoosh:{folder}") as engine:
        fill(engine, [article(one, number) for one in range(number % 3, 90, 3 if number > 1 else 1)])


def answers(engine: Engine) -> list[Any]:
    return [ask(engine) for ask in QUESTIONS]


@pytest.mark.usefixtures("hasty_threads")
def test_threads_are_answered_as_one_is(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        edition(tmp_path, number)

    def ask(seed: int) -> dict[int, Any]:
        asked = random.Random(seed).sample(range(len(QUESTIONS)), ASKED)
        return {which: QUESTIONS[which](engine) for which in asked}

    with patient(tmp_path) as engine, ThreadPoolExecutor(THREADS) as threads:
        told = list(threads.map(ask, range(THREADS)))
    CACHE.clear()
    with patient(tmp_path) as alone:
        expected = answers(alone)
    assert not [which for one in told for which, answer in one.items() if answer != expected[which]]


@pytest.mark.usefixtures("hasty_threads")
def test_threads_are_answered_as_one_is_while_others_commit(tmp_path: Path) -> None:
    """All that a pinned engine says is of one commit."""
    edition(tmp_path, 1)
    over = threading.Event()
    told: list[tuple[int, int, Any]] = []  # of which generation, to which question, what

    def ask(seed: int) -> None:
        draw = random.Random(seed)
        while not over.is_set():
            pinned = engine.pinned()
            asked = draw.sample(range(len(QUESTIONS)), 8)
            told.extend((pinned.generation(), which, QUESTIONS[which](pinned)) for which in asked)
            pinned.close()

    commits: list[Engine] = []
    with patient(tmp_path) as engine, ThreadPoolExecutor(THREADS) as threads:
        asking = [threads.submit(ask, seed) for seed in range(THREADS)]
        for number in range(1, COMMITS + 1):
            commits.append(patient(tmp_path).pinned())
            assert commits[-1].generation() == number
            edition(tmp_path, number + 1)
        over.set()
        for one in asking:
            one.result()
        CACHE.clear()
        expected = dict(enumerate(map(answers, (*commits, engine)), 1))
    assert len({generation for generation, _, _ in told}) > 1
    assert not [which for generation, which, answer in told if answer != expected[generation][which]]


class SlowClock:
    """Stands still for the thread named `slow` from its first look on, until it is told to go on."""

    def __init__(self) -> None:
        self.looked, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> float:
        if threading.current_thread().name.startswith("slow"):
            self.looked.set()
            assert self.go_on.wait(60)
        return 0.0


def test_a_slow_search_keeps_nobody_waiting_and_its_commit_stays_until_it_ends(tmp_path: Path) -> None:
    edition(tmp_path, 1)
    clock, search = SlowClock(), Search(parse("ferry"))
    with WhooshEngine(tmp_path, now=clock) as engine, ThreadPoolExecutor(1, "slow") as threads:
        slow = threads.submit(engine.search, search)
        assert clock.looked.wait(60)
        first = engine.search(search)
        edition(tmp_path, 2)
        assert engine.search(search).generation == 2
        assert not slow.done()
        assert is_held(tmp_path, 1)
        clock.go_on.set()
        assert slow.result() == first
        assert not is_held(tmp_path, 1)


def is_held(folder: Path, generation: int) -> bool:
    descriptor = os.open(folder / "generations" / str(generation), os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
