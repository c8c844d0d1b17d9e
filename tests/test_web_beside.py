"""Two articles side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote_plus

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from app import create_app
from search.article import Article
from tests.test_web_pages import HOSTILE, href, link, one, page, text
from tests.web_server import ARTICLES, SUMMIT, UNTITLED, VETO, index_of
from web.addresses import MAX_ADDRESS, beside_address
from web.differences import MAX_WORDS
from web.engine import EXTENSION

COPY = replace(
    VETO,
    id="a/../b?&=#ä ",
    body="The envoys of Russia and of China voted no.\n\nOthers regretted the outcome for Syria.",
    publisher="Meridian Wire",
)
AGAIN = replace(SUMMIT, id="again")
LONG = Article(id="long", title="Long", body="word " * (MAX_WORDS + 1))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), (*ARTICLES, HOSTILE, COPY, AGAIN, LONG)))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def beside(first: Article, second: Article) -> str:
    return f"/beside?id={quote_plus(first.id)}&with={quote_plus(second.id)}"


def test_words_that_only_one_has_are_marked_and_told(client: FlaskClient) -> None:
    shown = page(client, beside(VETO, COPY))
    assert "86.7% of the words stand in both." in text(one(shown, ".beside"))
    assert [text(mark) for mark in shown.select("mark.only")] == [
        "[only here: against it]",
        "[only here: of]",
        "[only here: no]",
    ]
    first, second = shown.select("th")
    assert (text(one(first, ".publisher")), text(one(second, ".publisher"))) == ("The Harbour Gazette", "Meridian Wire")
    assert (href(one(first, "a")), len(shown.select("tbody tr"))) == ("/articles/veto", 2)


def test_the_sides_can_be_swapped(client: FlaskClient) -> None:
    swapped = href(link(page(client, beside(VETO, COPY)), "Swap the sides"))
    assert swapped == beside(COPY, VETO)
    assert text(one(page(client, swapped).select("th")[1], ".publisher")) == "The Harbour Gazette"


def test_articles_that_have_nothing_in_common_are_shown_too(client: FlaskClient) -> None:
    shown = page(client, beside(SUMMIT, UNTITLED))
    assert "The two texts have no paragraph in common." in text(shown)
    assert [text(label) for label in shown.select(".label")] == ["Only here", "Only here"]
    assert not shown.select("mark")


def test_texts_too_long_to_be_compared_are_shown_without_marks(client: FlaskClient) -> None:
    shown = page(client, beside(LONG, VETO))
    assert "These texts are too long to be compared word by word." in text(one(shown, ".beside .note"))
    assert (len(shown.select("td")[0].select("p")), shown.select("mark")) == (1, [])


def test_the_same_text_twice_has_all_words_in_common(client: FlaskClient) -> None:
    assert "All words are the same in both." in text(page(client, beside(SUMMIT, AGAIN)))


def test_hostile_text_stays_text(client: FlaskClient) -> None:
    shown = page(client, beside(VETO, HOSTILE))
    assert [tag for tag in shown.select("script") if not tag.get("src")] == []
    assert "<script>alert('title')</script>" in text(one(shown, ".beside"))


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 400, "give the id of an article that is to be compared"),
        ("id=veto", 400, "give the id of an article that is to be compared"),
        ("id=veto&with=", 400, "give the id of an article that is to be compared"),
        ("id=veto&with=veto", 400, "give the id of another article than the first"),
        ("id=veto&with=nothing", 404, "There is no article with this id."),
        ("id=nothing&with=veto", 404, "There is no article with this id."),
    ],
)
def test_what_cannot_be_compared_is_said(client: FlaskClient, query: str, status: int, words: str) -> None:
    assert words in text(page(client, f"/beside?{query}", status))


def test_ids_too_long_for_an_address_have_none(app: Flask) -> None:
    with app.test_request_context():
        room = MAX_ADDRESS - len(f"{url_for('beside.page')}?id=&with=b")
        assert len(beside_address("a" * room, "b") or "") == MAX_ADDRESS
        assert beside_address("a" * (room + 1), "b") is None
