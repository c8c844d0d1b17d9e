"""Opens an index and asks it for everything it can answer, each time in a process that has opened none before.

As a command: a line on standard input is a folder and whether all is asked, a line on standard output what was observed
there. A process that is forked for each folder has neither caches of another nor its open files, and may die alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from search import Engine, EngineError, whoosh_engine  # loaded before anything is forked
from search.article import to_json
from search.engine import Search, Sort
from search.parse import parse
from tests.soak.archive import ROOT, Editions, title

QUERIES = ("", "aground", "ferry tugs", '"low tide"', "isl*", "title:runs -hurt", "ferri")
KNOWN = [f"{number:04}" for number in range(28)]  # ids, where articles are JSON lines
TRIES = 10  # while damage is found on the way, after which an older commit answers

Question = Callable[[Engine], Any]


@dataclass(frozen=True, slots=True)
class Observed:
    """titles: of all articles that are found, in their order
    answers: each with the generation that gave it
    error: what an EngineError said
    crash: any other end, which there must never be
    """

    generation: int = 0
    damage: str = ""
    titles: tuple[str, ...] = ()
    answers: Mapping[str, tuple[int, Any]] = field(default_factory=dict)
    error: str = ""
    crash: str = ""


class Observer:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, folder: Path, *, everything: bool = False) -> Observed:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(folder), everything]) + "\n")
        self._process.stdin.flush()
        values = json.loads(self._process.stdout.readline())
        return Observed(**values | {"titles": tuple(values["titles"])})


@contextmanager
def observing() -> Iterator[Observer]:
    command = [sys.executable, "-m", "tests.soak.observer"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Observer(process)
        process.communicate()


def titles(editions: Editions) -> tuple[str, ...]:
    """What is observed of a whole commit of them."""
    return tuple(sorted(title(number, edition) for number, edition in editions.items()))


def _observed(folder: str, everything: bool) -> Observed:
    try:
        with whoosh_engine.WhooshEngine(Path(folder)) as engine:
            return _asked(engine, everything)
    except EngineError as error:
        return Observed(error=str(error) or repr(error))
    except Exception as error:
        return Observed(crash=repr(error))


def _asked(engine: Engine, everything: bool) -> Observed:
    questions = _questions() if everything else ()
    answers = {name: _of_one_commit(engine, question) for name, question in questions}
    generation, found = _of_one_commit(engine, _titles_that_are_found)
    return Observed(generation, engine.damage(), found, answers)


def _of_one_commit(engine: Engine, question: Question) -> tuple[int, Any]:
    for _ in range(TRIES):
        generation = engine.generation()
        answer = question(engine)
        if engine.generation() == generation:
            return generation, answer
    raise AssertionError("another commit answers each time")


def _titles_that_are_found(engine: Engine) -> tuple[str, ...]:
    """By their own word, where they are listed."""
    listed = sorted(article.title for article in engine.export(Search()).articles)
    found = {name: engine.search(Search(parse(name.split()[0]))) for name in listed}
    return tuple(name for name, page in found.items() if [hit.article.title for hit in page.hits] == [name])


def _questions() -> Iterator[tuple[str, Question]]:
    yield "articles", lambda engine: [_article(one) for one in engine.export(Search(sort=Sort.OLDEST)).articles]
    yield "publishers", lambda engine: asdict(engine.values(Search(), "publisher"))
    for text in ("ship", "ru"):
        yield f"suggest {text}", lambda engine, text=text: engine.suggest(text)
    for text in QUERIES:
        for sort in (Sort.RELEVANCE, Sort.NEWEST):
            asked = Search(parse(text), sort=sort, size=20, receipt=sort is Sort.NEWEST, fold=sort is Sort.NEWEST)
            yield f"search {text} {sort}", lambda engine, asked=asked: _plain(asdict(engine.search(asked)))
    for known in KNOWN:
        yield f"get {known}", lambda engine, known=known: (found := engine.get(known)) and _article(found)
    for known in KNOWN[:8]:
        yield f"story {known}", lambda engine, known=known: (found := engine.story(known)) and _plain(asdict(found))
        yield f"similar {known}", lambda engine, known=known: [_plain(asdict(one)) for one in engine.similar(known, 3)]


def _article(article: Any) -> dict[str, Any]:
    return to_json(replace(article, indexed=None))


def _plain(value: Any) -> Any:
    """Without what differs between two runs over the same archive."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key not in {"indexed", "committed", "cursor"}}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _answer(folder: str, everything: bool) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w") as answer:
            json.dump(asdict(_observed(folder, everything)), answer, default=str)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if status or not text:
        text = json.dumps(asdict(Observed(crash=f"ended with status {status}")))
    print(text, flush=True)


if __name__ == "__main__":
    for line in sys.stdin:
        _answer(*json.loads(line))
