"""Time runs out: what an answer says of itself then. The clock is one that moves when it is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from math import inf
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from app import create_app
from search import __main__ as command
from search import open_engine
from search.article import Article
from search.deadline import Deadline, OutOfTime
from search.engine import Match, Origin, Search, SearchTimedOut
from search.parse import parse
from search.whoosh_engine import WhooshEngine
from web.engine import EXTENSION

NOW = datetime(2020, 1, 1, tzinfo=UTC)
WORDS = "harbour river council pier bridge market".split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("timed") / "index"
    with open_engine(f"whoosh:{folder}") as engine:
        for batch in range(3):  # a segment each
            with engine.writer() as writer:
                for number in range(batch * 10, batch * 10 + 10):
                    words = " ".join(WORDS[: 1 + number % len(WORDS)])
                    article = Article(f"a{number}", title=f"Number {number}", body=f"The {words} again.", publisher="P")
                    writer.put(article, Origin(article.id, "s", f"{number}.txt", "d", NOW))
    return folder


def engine_with(folder: Path, looks: float) -> WhooshEngine:
    """One whose searches may look at the clock so many times; its cache is empty, as after a start."""
    ticks = count()
    return WhooshEngine(folder, seconds=looks, now=lambda: next(ticks))


LOOKS = (0, 1, 2, 3, 4, 5, 6, 8, 11, 16, 24, 40, 100, 1000)
QUERIES = [
    "harbour",
    "harbour council",
    "harbour OR pier",
    "harbour -market",
    "harbuor",
    "pier council zzz",
    '"harbour river" brid*',
    "marke~",
    "*",
]


@pytest.mark.parametrize("text", QUERIES)
def test_an_answer_in_time_is_whole_and_one_that_is_not_says_so(folder: Path, text: str) -> None:
    search = Search(parse(text), size=100, receipt=True)
    whole = engine_with(folder, inf).search(search)
    assert not whole.partial
    seen = set()
    for looks in LOOKS:
        page = engine_with(folder, looks).search(search)
        seen.add(page.partial)
        if not page.partial:
            assert page == whole
            break
        assert page.total <= max(whole.total, len(WORDS) * 10)
    assert seen == {True, False}


def test_no_time_at_all_gives_an_empty_answer(folder: Path) -> None:
    page = engine_with(folder, 0).search(Search(parse("harbour"), receipt=True))
    assert (page.partial, page.total, page.hits, page.suggestion, page.remedies) == (True, 0, (), None, ())


@pytest.mark.parametrize("text", QUERIES)
def test_what_must_be_whole_is_refused_or_whole(folder: Path, text: str) -> None:
    search = Search(parse(text), match=Match.AUTO)
    everything = list(engine_with(folder, inf).export(search).articles)
    refused = 0
    for looks in LOOKS[:8]:
        try:
            export = engine_with(folder, looks).export(search)
        except SearchTimedOut:
            refused += 1
            continue
        assert list(export.articles) == everything
    assert refused


@pytest.mark.parametrize(
    "ask",
    [
        lambda engine: engine.values(Search(parse("harbour")), "publisher"),
        lambda engine: engine.why(Search(parse("harbour")), "a1"),
        lambda engine: engine.export(Search(parse("harbour"))),
    ],
    ids=["values", "why", "export"],
)
def test_nothing_is_said_where_a_part_could_pass_for_the_whole(
    folder: Path, ask: Callable[[WhooshEngine], object]
) -> None:
    with pytest.raises(SearchTimedOut, match="takes too long"):
        ask(engine_with(folder, 0))
    assert ask(engine_with(folder, inf))


@pytest.mark.parametrize(("now", "left"), [(9.0, 1.0), (10.0, 0.0), (11.0, -1.0)])
def test_a_deadline_has_passed_when_nothing_is_left(now: float, left: float) -> None:
    deadline = Deadline(10.0, lambda: now)
    assert deadline.left() == left
    if left > 0:
        deadline.check()
    else:
        with pytest.raises(OutOfTime):
            deadline.check()


def test_without_an_end_a_deadline_never_passes() -> None:
    Deadline().check()
    assert Deadline().left() == inf


@pytest.fixture(params=[0, inf], ids=["no time", "all time"])
def seconds(request: pytest.FixtureRequest) -> float:
    seconds: float = request.param
    return seconds


@pytest.fixture
def client(folder: Path, seconds: float) -> FlaskClient:
    app = create_app(f"whoosh:{folder}")
    app.extensions[EXTENSION] = WhooshEngine(folder, seconds=seconds)
    return app.test_client()


def test_a_page_and_the_api_say_that_they_are_partial_and_are_not_kept(client: FlaskClient, seconds: float) -> None:
    api = client.get("/api/search?q=harbour")
    page = client.get("/search?q=harbour", headers={"Accept-Language": "en"})
    assert (api.status_code, page.status_code) == (200, 200)
    assert json.loads(api.data)["partial"] is (seconds == 0)
    assert ("only a part of the archive was searched" in page.text) is (seconds == 0)
    for response in (api, page):
        assert ("ETag" in response.headers) is (seconds > 0)
        assert (response.headers["Cache-Control"] == "no-store") is (seconds == 0)


@pytest.mark.parametrize(
    "address",
    ["/feed.atom?q=harbour", "/export.csv?q=harbour", "/export.jsonl?q=harbour", "/api/facets/publisher?q=harbour"],
)
def test_what_would_pass_for_the_whole_is_refused_in_words(client: FlaskClient, seconds: float, address: str) -> None:
    response = client.get(address)
    assert response.status_code == (503 if seconds == 0 else 200)
    assert ("this takes too long; ask for fewer words" in response.text) is (seconds == 0)


def test_in_german_too(client: FlaskClient, seconds: float) -> None:
    page = client.get("/search?q=harbour", headers={"Accept-Language": "de"})
    assert ("nur ein Teil des Archivs durchsucht" in page.text) is (seconds == 0)


def test_every_page_is_a_page_when_there_is_no_time(client: FlaskClient) -> None:
    for address in ("/", "/search", "/search?q=harbour&view=kwic", "/articles/a1?q=harbour&rank=1", "/help"):
        assert client.get(address).status_code == 200, address


def test_the_terminal_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "open_engine", lambda _: WhooshEngine(folder, seconds=0))
    told = CliRunner().invoke(command.main, ["harbour"])
    assert "Only a part of the archive was searched" in told.output
    told = CliRunner().invoke(command.main, ["harbour", "--json"])
    assert json.loads(told.output)["partial"] is True
