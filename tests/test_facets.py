"""All values of a facet: what is found among them, their order, their pages; in the engine, the API and on the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from app import create_app
from search import Engine
from search.engine import MAX_SIZE, Bucket, FacetOrder, Search
from search.facets import admitting
from search.parse import parse
from search.query import Between, OneOf
from tests.conftest import Filled
from tests.web_server import SUMMIT, index_of
from web.engine import EXTENSION

TOWNS = [f"Town {number:03}" for number in range(MAX_SIZE + 30)]  # more than an answer shows, and than a page does
ARCHIVE = [
    *(replace(SUMMIT, id=town, place=town, publisher="Daily") for town in TOWNS),
    *(replace(SUMMIT, id=f"z{n}", place="Zürich-Altstadt", publisher="Weekly") for n in range(3)),
    *(replace(SUMMIT, id=f"a{n}", place="Aachen", publisher="Weekly", language="de") for n in range(2)),
    replace(SUMMIT, id="old", place="Aachen", published=date(1999, 1, 1)),
]


@pytest.fixture
def engine(filled: Filled) -> Engine:
    return filled(ARCHIVE)


@pytest.mark.parametrize(
    ("find", "value", "admitted"),
    [
        ("", "New York", True),
        ("york", "New York", True),
        ("Y n", "New York", True),
        ("ork", "New York", False),
        ("new x", "New York", False),
        ("zur", "Zürich-Altstadt", True),
        ("ALT", "Zürich-Altstadt", True),
        ("zürich", "Zurich", True),
        ("o'b", "Ann O'Brien", True),
        ("b", "Ann O'Brien", True),
        ("(.*", "New York", False),
        ("日報", "毎日報知", True),
    ],
)
def test_a_value_is_found_by_beginnings_of_its_words(find: str, value: str, admitted: bool) -> None:
    assert admitting(find)(value) is admitted


def test_a_long_facet_has_pages(engine: Engine) -> None:
    first = engine.values(Search(), "place")
    assert (first.cardinality, first.found, first.total) == (len(TOWNS) + 2, len(TOWNS) + 2, len(ARCHIVE))
    assert first.buckets[:3] == (Bucket("Aachen", 3), Bucket("Zürich-Altstadt", 3), Bucket("Town 000", 1))
    assert len(first.buckets) == MAX_SIZE
    second = engine.values(Search(), "place", page=2)
    assert [bucket.value for bucket in second.buckets] == TOWNS[MAX_SIZE - 2 :]
    assert engine.values(Search(), "place", page=3).buckets == ()


def test_values_come_by_name_where_that_is_asked_for(engine: Engine) -> None:
    named = engine.values(Search(), "place", order=FacetOrder.NAME, size=2)
    assert [bucket.value for bucket in named.buckets] == ["Aachen", "Town 000"]
    found = engine.values(Search(), "place", find="zur").buckets
    assert found == (Bucket("Zürich-Altstadt", 3),)


def test_chosen_values_stand_apart_and_do_not_hide_the_others(engine: Engine) -> None:
    chosen = OneOf("place", ("Town 007", "Nowhere"))
    listed = engine.values(Search(filters=(chosen, OneOf("publisher", ("Daily",)))), "place", find="town 00", size=8)
    assert listed.chosen == (Bucket("Town 007", 1, selected=True), Bucket("Nowhere", 0, selected=True))
    assert [bucket.value for bucket in listed.buckets] == [*TOWNS[:7], TOWNS[8]]
    assert (listed.found, listed.cardinality, listed.total) == (9, len(TOWNS), len(TOWNS))


def test_values_are_those_of_the_answer(engine: Engine) -> None:
    dated = Search(parse("summit nothing-has-this"), filters=(Between(date(1999, 1, 1), date(2000, 1, 1)),))
    assert engine.values(dated, "place").buckets == (Bucket("Aachen", 1),)  # relaxed, as its page of results is


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), ARCHIVE))
    yield app.test_client()
    app.extensions[EXTENSION].close()


def page(client: FlaskClient, target: str) -> BeautifulSoup:
    response = client.get(target)
    assert response.status_code == 200, response.text
    return BeautifulSoup(response.text, "lxml")


def text(tag: Tag | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text().split())


def sent(form: Tag) -> list[tuple[str, str]]:
    """What a browser sends of a form as it stands."""
    inputs = [tag for tag in form.select("input[name]") if tag.get("type") != "checkbox" or tag.has_attr("checked")]
    return [(str(tag["name"]), str(tag.get("value", ""))) for tag in inputs]


def test_the_margin_shows_the_first_values_and_leads_to_all(client: FlaskClient) -> None:
    found = page(client, "/search?q=summit&page=2&place=Town+007&place=Town+008")
    section = found.select_one("section[aria-labelledby=place]")
    assert section is not None
    values = [text(link) for link in section.select(".buckets a")]
    assert values[:3] == ["Aachen 3", "Zürich-Altstadt 3", "Town 000 1"]
    assert values[8:] == ["Remove Town 007 1", "Remove Town 008 1"]
    every, anywhere = section.select(".of-facet a")
    assert (text(every), every["href"]) == (
        f"All {len(TOWNS) + 2} places",
        "/facets/place?q=summit&place=Town+007&place=Town+008",
    )
    assert (text(anywhere), anywhere["href"]) == ("Any place", "/search?q=summit")
    assert found.select("section[aria-labelledby=language] .of-facet") == []


def test_values_are_searched_and_chosen_in_plain_forms(client: FlaskClient) -> None:
    found = page(client, "/facets/place?q=summit&publisher=Weekly&publisher=Daily&place=Town+007&sort=oldest")
    finder, choices = found.select("form.find-value, form.choices")
    search = [("q", "summit"), ("publisher", "Weekly"), ("publisher", "Daily")]
    assert sent(finder) == [*search, ("place", "Town 007"), ("sort", "oldest"), ("find", "")]
    assert sent(choices) == [*search, ("sort", "oldest"), ("place", "Town 007")]
    assert (finder["action"], choices["action"]) == ("/facets/place", "/search")
    assert text(found.select_one("h1")) == f"{len(TOWNS) + 2} places"
    assert text(found.select_one(".within")) == f"in {len(ARCHIVE) - 1} articles for summit"

    zurich = page(client, "/facets/place?q=summit&place=Town+007&find=zur&order=name")
    assert [text(label) for label in zurich.select(".choices label")] == ["Town 007 1", "Zürich-Altstadt 3"]
    assert ("order", "name") in sent(zurich.select("form.find-value")[0])
    assert ("find", "zur") in sent(zurich.select("form.find-value")[0])
    nothing = page(client, "/facets/place?find=x")
    assert text(nothing.select_one(".choices .note")).startswith("No other value has words that begin so.")


def test_pages_of_values_keep_what_is_listed(client: FlaskClient) -> None:
    found = page(client, "/facets/place?q=summit&find=town&order=name")
    assert [link["href"] for link in found.select(".pages a")] == [
        f"/facets/place?q=summit&find=town&order=name&page={number}" for number in (1, 2)
    ]
    second = page(client, "/facets/place?q=summit&find=town&order=name&page=2")
    assert [text(label) for label in second.select(".choices label")] == [f"{town} 1" for town in TOWNS[MAX_SIZE:]]
    assert page(client, "/facets/place?find=zur").select(".pages") == []


def test_a_program_lists_values_too(client: FlaskClient) -> None:
    answer = json.loads(client.get("/api/facets/place?q=summit&place=Aachen&find=town+1&size=20&page=2").data)
    assert answer == {
        "query": "summit",
        "total": len(ARCHIVE),
        "generation": 1,
        "cardinality": len(TOWNS) + 2,
        "found": 30,
        "page": 2,
        "size": 20,
        "pages": 2,
        "chosen": [{"value": "Aachen", "count": 3, "selected": True}],
        "values": [{"value": f"Town {n}", "count": 1, "selected": False} for n in range(120, 130)],
    }


@pytest.mark.parametrize(
    ("target", "status", "parameters"),
    [
        ("/api/facets/place?find=a&find=b&order=x&size=0", 400, ["find", "order", "size"]),
        ("/api/facets/title", 404, []),
        ("/api/facets/", 404, []),
    ],
)
def test_what_cannot_be_listed_is_refused(client: FlaskClient, target: str, status: int, parameters: list[str]) -> None:
    response = client.get(target)
    assert response.status_code == status
    assert sorted(error["parameter"] for error in json.loads(response.data).get("errors", [])) == parameters
