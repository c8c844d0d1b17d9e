"""The page of help: every sign of the query language, shown with words that this archive finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from search import open_engine
from search.article import Article
from tests.conftest import Filled, fill
from tests.web_server import ARTICLES, ROOT, index_of
from web.engine import EXTENSION
from web.examples import elsewhere, examples
from web.parameters import NAMES


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), ARTICLES))
    yield app
    app.extensions[EXTENSION].close()


def page(client: FlaskClient, target: str = "/help") -> BeautifulSoup:
    response = client.get(target)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "lxml")


def shape(query: str) -> str:
    """A query with a letter for each word and a digit for each number."""
    return re.sub(r"(?<![A-Za-z])(?!(?:OR|AND|NOT)\b)[^\W\d_]+(?![A-Za-z:])", "w", re.sub(r"\d+", "1", query))


def operators(table: str) -> set[str]:
    """Of the README's table of what to type."""
    rows = re.findall(r"^\| (`.*`)", table, re.MULTILINE)
    return {shape(code) for row in rows for code in re.findall("`(.*?)`", row)}


def test_every_operator_of_the_readme_is_shown(app: Flask) -> None:
    _, _, rest = (ROOT / "README.md").read_text("utf-8").partition("## What to type")
    told = operators(rest.partition("\n## ")[0])
    shown = " ".join(f" {shape(code.get_text())} " for code in page(app.test_client()).select(".examples code"))
    for operator in told:
        if operator == "( )":
            assert re.search(r" \(.+\) ", shown)
        else:
            assert f" {operator}" in shown, operator
    assert {"w OR w", '"w w"', '"w w"~1', "date:1-1-1..1-1-1", "w*", "w~1", "title:"} <= told


def test_every_example_finds_as_many_articles_as_it_says(app: Flask) -> None:
    client = app.test_client()
    links = page(client).select(".examples a")
    assert len(links) == len(elsewhere())
    for link in links:
        told = link.find_next("span")
        assert told is not None
        heading = page(client, str(link["href"])).select_one("h1")
        assert heading is not None
        assert heading.get_text().startswith(told.get_text())
        assert not told.get_text().startswith("0")


def test_every_parameter_is_named(app: Flask) -> None:
    assert [code.get_text() for code in page(app.test_client()).select(".parameters dt code")] == list(NAMES)


def test_the_examples_follow_the_archive(tmp_path: Path) -> None:
    url = index_of(tmp_path / "index", ARTICLES)
    app = create_app(url)
    client = app.test_client()
    before = page(client).select(".examples")[0].get_text()
    with open_engine(url) as engine:
        fill(engine, [Article(id=str(n), title="Lantern parade delights harbour", body="x") for n in range(9)])
    after = page(client).select(".examples")[0].get_text()
    assert "lantern parade" not in before
    assert "lantern parade" in after
    app.extensions[EXTENSION].close()


@pytest.mark.parametrize(
    "articles",
    [
        [],
        [Article(id="a", body="nothing but a body")],
        [Article(id="a", title='"Quoted" “words” * ~ -minus (brackets) title: AND OR', author=('The "Pen"',))],
        [Article(id="a", title="京都の祭り"), Article(id="b", title="C++ AT&T ½ ² İstanbul ǅungla")],
    ],
)
def test_an_archive_without_words_for_an_example_is_no_error(filled: Filled, articles: list[Article]) -> None:
    found = examples(filled(articles))
    assert found.keys() == elsewhere().keys()
    assert (found["everything"].count or 0) == len(articles)


def test_without_an_index_the_language_is_still_explained(tmp_path: Path) -> None:
    found = page(create_app(f"whoosh:{tmp_path / 'none'}").test_client())
    assert len(found.select(".examples code")) == len(elsewhere())
    assert found.select(".examples a") == []
