"""Suggestions while typing: what is an entry, what of a typed text is completed, and that all of it has hits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from search import Engine
from search.article import Article
from search.engine import MAX_SUGGESTIONS, Match, Search
from search.parse import parse
from search.query import Between, OneOf
from search.suggestions import MAX_KEY, MAX_TAIL, MAX_TEXT, MAX_TYPED, MAX_WORDS, alternatives, entries, read
from tests.conftest import Filled, fill
from tests.strategies import LEXEMES, VOCABULARY, articles
from tests.web_server import index_of
from web.engine import EXTENSION


def titled(title: str, **others: object) -> Article:
    return replace(Article(id=title, title=title), **others)  # type: ignore[arg-type]


HARBOUR = titled("Harbour strike spreads", author=("Ada Byline",), publisher="Harbour Gazette", place="New York")
ARTICLES = [
    HARBOUR,
    titled("Harbour strike ends", author=("Ada Byline", "Bo O'Hara"), publisher="Harbour Gazette", place="Zürich"),
    titled("Harbour strike in Zürich", publisher='The "Daily" Wire', published=date(2012, 6, 5)),
    titled("Bank of England cuts its rate", body="The harbour is quiet."),
    titled("Bank of England waits"),
    titled("Bank of England, strikers meet", language="en"),
    titled("U.N. trade talks open", captions=("A zebra at the zoo",)),
    titled("Zebra crossing"),
    titled("東京で会議 開催", language="ja"),
]


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("Harbour strike", ["harbour", "harbour strike", "strike"]),
        ("The Bank of England", ["bank", "bank of england", "england"]),
        ("Syria: Russia warns", ["russia", "russia warns", "syria", "warns"]),
        ("A cease-fire", ["cease", "cease fire", "fire"]),
        ("Strike in all of the harbour", ["harbour", "strike"]),  # too much between
        ("Rise of 50 points", ["50 points", "points", "rise", "rise of 50"]),
        ("Zürich’s U.N. office", ["office", "un", "un office", "zurich", "zurich un"]),
        ("東京で会議 開催", ["東京で会議", "東京で会議 開催", "開催"]),
        (
            "U.N. 東京都 iPhone発布会",
            ["iphone", "iphone 発布会", "un", "un 東京都", "東京都", "東京都 iphone", "発布会"],
        ),
        ("of the", []),
        ("", []),
    ],
)
def test_a_title_gives_its_words_and_phrases(title: str, keys: list[str]) -> None:
    found = [read(entry) for entry in entries(Article(id="a", title=title))]
    assert sorted(entry.key for entry in found) == keys
    assert {entry.kind for entry in found} <= {"t"}


def test_accents_are_shown_and_not_asked_for() -> None:
    assert [read(entry) for entry in entries(titled("Zürich"))] == [("t", "zurich", "zürich")]


def test_a_name_is_found_by_each_of_its_words_and_shown_whole() -> None:
    found = entries(Article(id="a", author=("Ada van Byline",), place="New York", publisher="Ada van Byline"))
    assert [tuple(read(entry)) for entry in found if entry[0] == "a"] == [
        ("a", "ada van byline", "Ada van Byline"),
        ("a", "byline", "Ada van Byline"),
        ("a", "van byline", "Ada van Byline"),
    ]
    assert [read(entry).key for entry in found if entry[0] == "l"] == ["new york", "york"]
    assert len(found) == 8


def test_an_article_gives_a_bounded_number_of_entries() -> None:
    most = " ".join(f"word{number}" for number in range(MAX_WORDS))
    assert len(entries(titled(most))) == 2 * MAX_WORDS - 1
    assert len(entries(titled(f"{most} more"))) == 2 * MAX_WORDS - 1
    [entry] = [read(entry) for entry in entries(titled("x" * 200)) if entry[0] == "t"]
    assert len(entry.key) == MAX_KEY


@pytest.mark.parametrize("words", [5, 6])
def test_of_a_very_long_title_no_word_is_cut(words: int) -> None:
    title = " ".join(letter * (MAX_TEXT // 5 - 1) for letter in "abcdefg"[:words])  # five are one short of the most
    found = [read(entry) for entry in entries(titled(title))]
    assert {len(part) for entry in found for part in entry.shown.split()} == {MAX_TEXT // 5 - 1}
    assert len(found) == 9


@pytest.mark.parametrize(
    ("typed", "tails"),
    [
        ("", []),
        ("  ", []),
        ("har", [("", "har")]),
        ("Harbour STR", [("", "harbour str"), ("Harbour ", "str")]),
        ("harbour ", [("", "harbour ")]),
        ("a b c d", [("a ", "b c d"), ("a b ", "c d"), ("a b c ", "d")]),
        ("ferry AND harb", [("ferry AND ", "harb")]),
        ("ferry OR", []),
        ("ferry -harb", [("ferry -", "harb")]),
        ("ferry -harb str", [("ferry -harb ", "str")]),
        ("(harb", [("(", "harb")]),
        ("(harbour)", []),
        ("harb*", []),
        ("harb~2", []),
        ("harb* str", [("harb* ", "str")]),
        ("title:har", [("title:", "har")]),
        ("title:harbour str", [("title:harbour ", "str")]),
        ("TITLE:har", [("TITLE:", "har")]),
        ("date:2012", []),
        ("title:", []),
        ('"harbour str', [('"', "harbour str")]),
        ('ferry title:"harbour str', [('ferry title:"', "harbour str")]),
        ('"harbour strike"', []),
        ('"harbour strike"end', []),
        ('"harbour strike" end', [('"harbour strike" ', "end")]),
        ("zür", [("", "zur")]),
        ("U.N. tr", [("", "un tr"), ("U.N. ", "tr")]),
    ],
)
def test_the_end_of_a_typed_text_is_completed(typed: str, tails: list[tuple[str, str]]) -> None:
    assert [(tail.head, tail.key) for tail in alternatives(typed)] == tails


def test_a_very_long_text_is_not_completed() -> None:
    assert len(alternatives("ab " * (MAX_TYPED // 3))) == MAX_TAIL
    assert alternatives("ab " * (MAX_TYPED // 3) + "c") == []


@pytest.fixture
def engine(filled: Filled) -> Engine:
    return filled(ARTICLES)


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("harb", ["harbour", "harbour strike", 'publisher:"Harbour Gazette"']),
        ("Harbour str", ["Harbour strike"]),
        ("harbour ", ["harbour strike", 'publisher:"Harbour Gazette"']),
        ("strike ", ["strike ends", "strike in zürich", "strike spreads"]),
        ("bank of e", ["bank of england"]),
        ("BANK ", ["BANK of england"]),
        ("bylin", ['author:"Ada Byline"']),
        ("ada b", ['author:"Ada Byline"']),
        ("zür", ["zürich", 'place:"Zürich"']),
        ("zur", ["zürich", 'place:"Zürich"']),
        ("zebra cro", ["zebra crossing"]),
        ("place:new", ['place:"New York"']),
        ("place:zu", ["place:Zürich"]),
        ('author:"ada', ['author:"Ada Byline"']),
        ("author:o'h", ["""author:"Bo O'Hara\""""]),
        ("publisher:dai", ['publisher:"The Daily Wire"']),
        ('"harbour stri', ['"harbour strike"']),
        ("title:harb", ["title:harbour", 'title:"harbour strike"']),
        ("captions:ze", ["captions:zebra"]),
        ("captions:har", []),  # the archive has the word, but no caption does
        ("zebra OR harbour spre", ["zebra OR harbour spreads"]),
        ("spreads har", ["spreads harbour", "spreads harbour strike", 'spreads publisher:"Harbour Gazette"']),
        ("quiet har", []),  # no article with both has it in its title or in a name
        ("harbour -spr", ["harbour -spreads"]),
        (
            "harbour -strike e",
            ["harbour -strike england", "harbour -strike england cuts"],
        ),  # the dash is of one word alone
        ("zebra -bank", ['zebra -"bank of england"']),
        ("strike -harb", ['strike -publisher:"Harbour Gazette"']),  # all that have the strike have the harbour too
        ("東", ["東京で会議", "東京で会議 開催"]),
        ("xyz", []),
        ("date:2012-13 har", []),  # what cannot be searched cannot be suggested
    ],
)
def test_suggestions(engine: Engine, typed: str, suggested: list[str]) -> None:
    assert list(engine.suggest(typed)) == suggested


def test_what_more_articles_have_comes_first(filled: Filled) -> None:
    towns = [titled(f"Town{number:02} calls") for number in range(15)]
    engine = filled([*towns, *(replace(one, id=f"again {one.id}") for one in towns[7:9])])
    suggested = engine.suggest("tow")
    assert len(suggested) == MAX_SUGGESTIONS
    assert suggested[:5] == ("town07", "town07 calls", "town08", "town08 calls", "town00")
    assert engine.suggest("tow", limit=2) == ("town07", "town07 calls")


def test_a_filter_holds_for_suggestions_too(engine: Engine) -> None:
    in_june = Between(date(2012, 6, 1), date(2012, 7, 1))
    assert engine.suggest("harbour s", filters=[in_june]) == ("harbour strike",)
    assert engine.suggest("bank", filters=[in_june]) == ()
    assert engine.suggest("har", filters=[OneOf("place", ("New York",))]) == (
        "harbour",
        "harbour strike",
        'publisher:"Harbour Gazette"',
    )


def test_what_was_deleted_is_not_suggested(engine: Engine) -> None:
    with engine.writer() as writer:
        writer.delete("Zebra crossing")
    assert engine.suggest("zeb") == ()
    fill(engine, [titled("Zebras return")])
    assert engine.suggest("zeb") == ("zebras", "zebras return")


typing = st.lists(st.sampled_from(LEXEMES) | st.sampled_from(VOCABULARY), max_size=6).map(" ".join)
cut_anywhere = st.tuples(typing, st.integers(0, 3)).map(lambda one: one[0][: len(one[0]) - one[1]])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(archive=articles(), typed=cut_anywhere)
def test_every_suggestion_has_hits(filled: Filled, archive: list[Article], typed: str) -> None:
    engine = filled(archive)
    suggested = engine.suggest(typed)
    assert len(set(suggested)) == len(suggested) <= MAX_SUGGESTIONS
    for one in suggested:
        assert engine.search(Search(parse(one), match=Match.ALL)).total, one


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), ARTICLES))
    yield app.test_client()
    app.extensions[EXTENSION].close()


def test_suggestions_have_the_form_of_opensearch(client: FlaskClient) -> None:
    response = client.get("/api/suggest?q=Z%C3%BCr")
    assert response.status_code == 200
    assert response.content_type == "application/x-suggestions+json"
    assert json.loads(response.data) == ["Zür", ["zürich", 'place:"Zürich"']]
    assert json.loads(client.get("/api/suggest").data) == ["", []]
    assert json.loads(client.get("/api/suggest?q=%22").data) == ['"', []]
    narrowed = "/api/suggest?q=har&place=New+York&from=2012&sort=nonsense"
    assert json.loads(client.get(narrowed).data) == ["har", []]


@pytest.mark.parametrize(("query", "parameter"), [("q=a&q=b", "q"), ("q=a&from=x", "from")])
def test_what_cannot_be_narrowed_is_refused(client: FlaskClient, query: str, parameter: str) -> None:
    response = client.get(f"/api/suggest?{query}")
    assert response.status_code == 400
    assert [error["parameter"] for error in json.loads(response.data)["errors"]] == [parameter]


NAMESPACE = "{http://a9.com/-/spec/opensearch/1.1/}"
FORWARDED = {"X-Forwarded-Host": "news.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/archive"}


def described(client: FlaskClient, **headers: str) -> dict[str, str]:
    """The template of each kind of address."""
    response = client.get("/opensearch.xml", headers=headers)
    assert response.content_type == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(response.data)  # noqa: S314  our own
    assert root.tag == f"{NAMESPACE}OpenSearchDescription"
    assert 0 < len(root.findtext(f"{NAMESPACE}ShortName") or "") <= 16
    assert 0 < len(root.findtext(f"{NAMESPACE}Description") or "") <= 1024
    return {url.get("type", ""): url.get("template", "") for url in root.findall(f"{NAMESPACE}Url")}


def test_a_browser_can_add_the_archive(client: FlaskClient) -> None:
    link = '<link rel="search" type="application/opensearchdescription+xml" title="Dateline" href="/opensearch.xml">'
    assert link in client.get("/").text
    assert described(client) == {
        "text/html": "http://localhost/search?q={searchTerms}&page={startPage?}",
        "application/x-suggestions+json": "http://localhost/api/suggest?q={searchTerms}",
        "application/atom+xml": "http://localhost/feed.atom?q={searchTerms}&page={startPage?}",
        "application/opensearchdescription+xml": "http://localhost/opensearch.xml",
    }
    for template in described(client).values():
        filled = template.replace("{searchTerms}", "harbour+strike").replace("{startPage?}", "")
        assert client.get(filled.removeprefix("http://localhost")).status_code == 200


@pytest.mark.parametrize(("proxies", "root"), [("", "http://localhost"), ("1", "https://news.example/archive")])
def test_addresses_are_those_before_the_proxies_that_are_trusted(
    monkeypatch: pytest.MonkeyPatch, proxies: str, root: str
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    behind = create_app("whoosh:nowhere").test_client()
    templates = described(behind, **FORWARDED)
    assert templates["text/html"] == f"{root}/search?q={{searchTerms}}&page={{startPage?}}"
    assert templates["application/x-suggestions+json"] == f"{root}/api/suggest?q={{searchTerms}}"


def test_a_number_of_proxies_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "yes")
    with pytest.raises(ValueError, match="TRUSTED_PROXIES"):
        create_app("whoosh:nowhere")
