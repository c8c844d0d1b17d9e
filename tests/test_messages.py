"""Every word that a reader sees comes from the catalogue, and the catalogue holds every such word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po
from bs4 import BeautifulSoup, NavigableString, Tag
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from search.article import Article
from tests.web_server import ROOT, index_of
from web.engine import EXTENSION

TEMPLATE = ROOT / "translations" / "messages.pot"
LANGUAGE = "he"  # written from right to left, in letters of its own

# No Latin letter comes from the archive, so any that is seen outside of the marks is of a string that is not wrapped.
ARTICLES = [
    Article(
        id="1",
        title="Το λιμάνι ανοίγει ξανά",
        summary=("Δύο πλοία περιμένουν",),
        body="Το λιμάνι της πόλης ανοίγει σήμερα.\n\nΔύο πλοία περιμένουν στην προβλήτα από το πρωί.",
        author=("Άννα Βήτα", "Γιάννης Δέλτα"),
        publisher="Η Εφημερίδα",
        place="Πειραιάς",
        published=datetime(2012, 6, 7, 6, 50, tzinfo=UTC),
        captions=("Ένα πλοίο",),
        language="el",
        url="https://1.2.3.4/5",
    ),
    Article(id="2", title="Το λιμάνι κλείνει", body="Κλείνει το λιμάνι.", published=date(2013, 2, 1), language="el"),
    *(
        Article(
            id=f"of a story {number}",
            title="Σύγκρουση πλοίων",
            body="Δύο πλοία συγκρούστηκαν έξω από το λιμάνι του Πειραιά και ο Γιάννης Δέλτα είπε ότι κανείς δεν έπαθε "
            "τίποτα. Το πλοίο Ελπίδα μετέφερε σιτάρι, το πλοίο Νίκη κρασί.",
            publisher=f"Εφημερίδα {number}",
            published=date(2014, 5, 1),
            language="el",
        )
        for number in range(8)
    ),
    Article(id="3", body="Κάποιος έγραψε για έναν φάρο.", publisher="Άλλη Εφημερίδα", language="el"),
]
OPEN, CLOSE = "⟦", "⟧"
SEEN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")
SAME_EVERYWHERE = re.compile(r"Dateline|UTC|https?://\S+|BibTeX|RIS|CSL-JSON")
AS_TYPED = ("code", "kbd", "pre", "script")  # the query language and what programs read have no translation


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return index_of(tmp_path_factory.mktemp("index"), ARTICLES)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, url: str) -> Iterator[FlaskClient]:
    catalogues = tmp_path_factory.mktemp("translations")
    _write_marked(catalogues / LANGUAGE / "LC_MESSAGES")
    app = create_app(url, str(catalogues))
    app.test_client_class = _Reader
    yield app.test_client()
    app.extensions[EXTENSION].close()


class _Reader(FlaskClient):
    def __init__(self, app: Flask, *args: object, **settings: object) -> None:
        super().__init__(app, *args, **settings)  # type: ignore[arg-type]
        self.environ_base["HTTP_ACCEPT_LANGUAGE"] = f"{LANGUAGE}, en;q=0.5"


def _write_marked(folder: Path) -> None:
    """A catalogue in which every message is itself, between marks."""
    marked = Catalog(locale=LANGUAGE)
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    for message in template:
        if message.pluralizable:
            marked.add(message.id, [f"{OPEN}{message.id[1]}{CLOSE}"] * marked.num_plurals)
        elif message.id:
            marked.add(message.id, f"{OPEN}{message.id}{CLOSE}")
    folder.mkdir(parents=True)
    with (folder / "messages.po").open("wb") as file:
        write_po(file, marked)


def unmarked(found: BeautifulSoup) -> list[str]:
    """The texts and attributes in which Latin letters stand outside of the marks."""
    outside, depth = [], 0
    for node in found.descendants:
        if isinstance(node, Tag):
            outside += [
                str(node[name]) for name in SEEN_ATTRIBUTES if name in node.attrs and _latin(str(node[name]), 0)
            ]
        elif type(node) is NavigableString:
            if node.find_parent(AS_TYPED) is None and _latin(node, depth):
                outside.append(node.strip())
            depth += node.count(OPEN) - node.count(CLOSE)
    assert depth == 0
    return outside


def _latin(text: str, depth: int) -> bool:
    for character in SAME_EVERYWHERE.sub("", text):
        depth += (character == OPEN) - (character == CLOSE)
        if depth == 0 and re.match("[A-Za-z]", character):
            return True
    return False


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/search",
        "/search?q=λιμάνι&publisher=Η+Εφημερίδα&language=el&from=2012",
        "/search?q=λιμάνι&from=2012&to=2012",
        "/search?q=λιμάνι&to=2013",
        "/search?q=λιμάνι+κλείνει+φάρο+αύριο",
        "/search?q=λιμανη",
        "/search?q=ψυγείο",
        "/search?q=ψυγείο&match=all&place=Πειραιάς",
        "/search?size=1&page=2",
        "/search?size=1&page=9",
        "/search?q=%CE%BB*&from=1&to=2012-13&sort=1&size=0&page=0&match=1",
        "/search?from=2013&to=2012&page=9999",
        "/articles/1?q=λιμάνι",
        "/articles/2",
        "/articles/3",
        "/articles/4",
        "/help",
        "/facets/publisher?q=λιμάνι",
        "/facets/place?q=ψυγείο&match=all",
        "/articles/of a story 1",
        "/story?id=of a story 1",
        "/story?id=1",
        "/beside?id=of a story 1&with=of a story 2",
        "/beside?id=1&with=2",
        "/beside?id=1&with=1",
        "/beside?id=1",
        "/5",
    ],
)
def test_every_word_comes_from_the_catalogue(client: FlaskClient, target: str) -> None:
    response = client.get(target)
    found = BeautifulSoup(response.text, "lxml")
    assert unmarked(found) == []
    assert found.html is not None
    assert (found.html["lang"], found.html["dir"]) == (LANGUAGE, "rtl")
    assert response.headers["Content-Language"] == LANGUAGE
    assert "Accept-Language" in response.headers["Vary"]


def test_a_word_that_is_not_wrapped_is_noticed() -> None:
    page = "<p title='Bare'>⟦by <b>Άννα</b>⟧, 7 words <code>a*</code></p><p>⟦all ⟦12 articles⟧⟧ Dateline</p>"
    assert unmarked(BeautifulSoup(page, "lxml")) == ["Bare", "⟧, 7 words"]


def test_dates_numbers_and_languages_are_written_as_the_reader_writes_them(client: FlaskClient) -> None:
    story = BeautifulSoup(client.get("/articles/1").text, "lxml").select_one(".source")
    assert story is not None
    assert "7 ביוני 2012, 6:50 (UTC)" in story.get_text()
    assert "יוונית" in client.get("/search").text  # Greek


def test_articles_keep_their_own_language(client: FlaskClient) -> None:
    found = BeautifulSoup(client.get("/articles/1").text, "lxml")
    for selector in ("h1", ".body p", ".summary li", ".captions li"):
        [tag, *_] = found.select(selector)
        assert next(parent["lang"] for parent in (tag, *tag.parents) if parent.get("lang")) == "el"


def test_readers_of_a_language_without_catalogue_get_english(client: FlaskClient) -> None:
    response = client.get("/", headers={"Accept-Language": "fr, es;q=0.5"})
    assert (response.headers["Content-Language"], OPEN in response.text) == ("en", False)


def test_programs_are_told_in_english(client: FlaskClient) -> None:
    problem = client.get("/api/search?size=0").get_json()
    assert problem["errors"][0]["detail"] == "size is a whole number from 1 to 100, not '0'"


def test_the_catalogue_is_that_of_the_source(tmp_path: Path) -> None:
    """`make messages` brings it up to date."""
    command = next(line for line in _recipe("messages") if "extract" in line).split()[1:]
    written = tmp_path / "messages.pot"
    CommandLineInterface().run(
        ["pybabel", *(str(written) if part == "translations/messages.pot" else part for part in command)]
    )
    assert TEMPLATE.read_text("utf-8") == written.read_text("utf-8"), "run make messages"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po")), ids=lambda path: path.parts[-3]
)
def test_a_translation_is_of_messages_that_there_are_and_keeps_their_places(path: Path) -> None:
    """It need not have all of them: what it lacks is shown in English."""
    with path.open("rb") as file, TEMPLATE.open("rb") as template:
        translated, messages = read_po(file, path.parts[-3]), read_po(template)
    for message in translated:
        if message.id and message.string:
            assert messages.get(message.id) is not None, f"{message.id}: run make messages"
            assert list(message.check(translated)) == []


def test_a_german_reader_has_a_german_page(url: str) -> None:
    app = create_app(url)
    response = app.test_client().get("/articles/1", headers={"Accept-Language": "de-AT, de;q=0.9, en;q=0.5"})
    assert response.headers["Content-Language"] == "de"
    assert "7. Juni 2012, 06:50" in response.text
    assert "dieser Artikel als JSON" in response.text
    app.extensions[EXTENSION].close()


def _recipe(target: str) -> list[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert found is not None
    return found[1].splitlines()
