"""One response is of one generation, whatever is committed while it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app import create_app
from search import Engine, open_engine
from search.article import Article
from search.engine import Search
from tests.test_engine import fill
from web.engine import EXTENSION

BODY = """The harbour opened to ships on Monday after the longest strike in its history, the port authority said.
Crews had stopped work for eleven weeks, and more than forty freighters waited in the bay for berths and for pilots.
Dockers voted for the agreement by a small majority. It raises wages by three per cent a year, and keeps the shifts."""
ARTICLES = [
    Article(
        f"{name}",
        title=f"Harbour {name} opens",
        body=BODY,
        publisher=f"The {name} Gazette",
        published=date(2012, 6, day),
    )
    for day, name in enumerate(("first", "second", "third"), 5)
]
ADDRESSES = [  # each of those asks several times, if only for the tag
    *("/", "/search?q=harbuor+nothing", "/search?q=harbour&view=kwic", "/articles/first?q=harbour&rank=1"),
    *("/story?id=first", "/beside?id=first&with=second", "/api/search?q=harbour", "/api/similar?id=first"),
    *("/api/story?id=first", "/api/why?q=harbour&id=first", "/cite?id=first&as=bibtex", "/feed.atom?q=harbour"),
    *("/export.jsonl?q=harbour", "/facets/publisher", "/api/suggest?q=har", "/api"),
]


class Committing:
    """An archive of which another process deletes or adds an article whenever it is asked something."""

    def __init__(self, url: str) -> None:
        self.shared = open_engine(url)
        self.other = open_engine(url)
        self.answered: list[tuple[int, int]] = []  # generation that answered, and the newest one then

    def pinned(self) -> Any:
        return CommittingBefore(self, self.shared.pinned())

    def commit(self) -> None:
        number = self.other.generation()
        with self.other.writer() as writer:
            writer.delete(ARTICLES[number % 3].id)
        fill(self.other, [Article(f"later {number}", title="Harbour", body=BODY)])

    def close(self) -> None:
        self.shared.close()
        self.other.close()


class CommittingBefore:
    def __init__(self, archive: Committing, pinned: Engine) -> None:
        self.archive = archive
        self.pinned = pinned

    def __getattr__(self, name: str) -> Callable[..., Any]:
        ask: Callable[..., Any] = getattr(self.pinned, name)

        def asked(*arguments: Any, **options: Any) -> Any:
            answer = ask(*arguments, **options)
            self.archive.answered.append((self.pinned.generation(), self.archive.other.generation()))
            self.archive.commit()
            return answer

        return ask if name == "close" else asked


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Committing]:
    url = f"whoosh:{tmp_path}"
    with open_engine(url) as engine:
        fill(engine, ARTICLES)
    archive = Committing(url)
    yield archive
    archive.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_is_of_one_generation(archive: Committing, address: str) -> None:
    app = create_app("whoosh:nowhere")
    app.extensions[EXTENSION] = archive
    response = app.test_client().get(address)
    assert response.status_code == 200
    generations = {generation for generation, _ in archive.answered}
    assert generations == {1}
    assert archive.answered[-1][1] > 1
    if response.is_json and response.json and "generation" in response.json:
        assert response.json["generation"] == 1
    answered = len(archive.answered)
    app.test_client().get(address)
    assert {generation for generation, _ in archive.answered[answered:]} == {1 + 2 * answered}


def test_a_generation_is_let_go_after_the_answer(archive: Committing, tmp_path: Path) -> None:
    app = create_app("whoosh:nowhere")
    app.extensions[EXTENSION] = archive
    for _ in range(4):
        assert app.test_client().get("/articles/later 1?q=harbour&rank=1").status_code in (200, 404)
    archive.shared.generation()
    archive.commit()
    archive.shared.generation()
    archive.commit()
    assert len(list((tmp_path / "generations").iterdir())) <= 4  # the newest, two before it, and what is held


def test_a_pinned_engine_answers_from_what_was_newest_when_it_was_first_asked(tmp_path: Path) -> None:
    with open_engine(f"whoosh:{tmp_path}") as engine:
        before = engine.pinned()
        fill(engine, ARTICLES[:1])
        fill(engine, ARTICLES[1:2])
        assert before.count() == 2
        fill(engine, ARTICLES[2:])
        assert (before.count(), before.search(Search()).total, before.generation()) == (2, 2, 2)
        assert engine.count() == 3
        before.close()
        assert before.count() == 3
        before.close()
