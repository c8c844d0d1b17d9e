"""From an address to a search and back, without a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl

import pytest
from werkzeug.datastructures import MultiDict

from search import schema
from search.engine import MAX_SIZE, MAX_WINDOW, Match, Search, Sort
from search.parse import parse
from search.query import Between, OneOf
from web.form import FILTERS, SIZE, BadParameters, Form, form_from, search_from
from web.parameters import MAX_VALUES


def form_of(query_string: str) -> Form:
    return form_from(MultiDict(parse_qsl(query_string, keep_blank_values=True)))


def searched(query_string: str) -> Search:
    return search_from(form_of(query_string))


def test_every_facet_of_the_schema_is_a_filter() -> None:
    assert set(FILTERS) == set(schema.FACETS)


@pytest.mark.parametrize(
    ("query_string", "search"),
    [
        ("", Search(size=SIZE)),
        ("q=russia+china", Search(parse("russia china"))),
        ("q=&publisher=&author=+&from=&to=&sort=&match=&page=&size=", Search()),
        ("unknown=1", Search()),
        ("since=0", Search(since=0)),
        ("since=999999999&cursor=x&page=1", Search(since=999999999, cursor="x")),
        ("sort=indexed", Search(sort=Sort.INDEXED)),
        ("publisher=A", Search(filters=(OneOf("publisher", ("A",)),))),
        (
            "place=B&publisher=A&place=C&place=B",
            Search(filters=(OneOf("publisher", ("A",)), OneOf("place", ("B", "C")))),
        ),
        ("place=Ko%CC%88ln&place=K%C3%B6ln", Search(filters=(OneOf("place", ("Köln",)),))),
        ("author=%20A%20", Search(filters=(OneOf("author", (" A ",)),))),
        ("from=2012", Search(filters=(Between(date(2012, 1, 1), None),))),
        ("from=2012-06&to=2012-06", Search(filters=(Between(date(2012, 6, 1), date(2012, 7, 1)),))),
        ("from=2012-06-07&to=2012-06-07", Search(filters=(Between(date(2012, 6, 7), date(2012, 6, 8)),))),
        ("to=2012-12-31", Search(filters=(Between(None, date(2013, 1, 1)),))),
        ("to=2012-02", Search(filters=(Between(None, date(2012, 3, 1)),))),
        ("from=0001&to=9999", Search(filters=(Between(date(1, 1, 1), None),))),
        ("to=9999-12-31", Search(filters=(Between(None, None),))),  # no end, yet undated articles stay outside
        ("from=+2012+", Search(filters=(Between(date(2012, 1, 1), None),))),
        ("sort=newest&match=any", Search(sort=Sort.NEWEST, match=Match.ANY)),
        ("sort=relevance&match=auto", Search()),
        ("page=3&size=100", Search(page=3, size=100)),
        (f"size={MAX_SIZE}&page={MAX_WINDOW // MAX_SIZE}", Search(size=MAX_SIZE, page=MAX_WINDOW // MAX_SIZE)),
        (f"size=1&page={MAX_WINDOW}", Search(size=1, page=MAX_WINDOW)),
    ],
)
def test_an_address_is_a_search(query_string: str, search: Search) -> None:
    assert searched(query_string) == replace(search, fold=True)


@pytest.mark.parametrize(("query_string", "fold"), [("fold=1", True), ("fold=+0+", False), ("view=kwic&fold=1", False)])
def test_stories_are_folded_where_articles_are_listed(query_string: str, fold: bool) -> None:
    assert searched(query_string).fold is fold


@pytest.mark.parametrize(
    ("query_string", "parameters"),
    [
        ("q=a*", ["q"]),
        ("q=a&q=b", ["q"]),
        ("q=a&q=a", ["q"]),
        ("from=2012&from=2013", ["from"]),
        ("from=2012-13", ["from"]),
        ("from=2012-02-30", ["from"]),
        ("from=12", ["from"]),
        ("from=June+2012", ["from"]),
        ("from=2012-6", ["from"]),
        ("from=%D9%A2%D9%A0%D9%A1%D9%A2", ["from"]),  # the year in other digits, which int() would take
        ("to=0000", ["to"]),
        ("to=10000", ["to"]),
        ("from=2013&to=2012", ["from"]),
        ("from=2012-06-08&to=2012-06-07", ["from"]),
        ("sort=best", ["sort"]),
        ("since=-1", ["since"]),
        ("since=1.0", ["since"]),
        ("since=1&since=2", ["since"]),
        ("cursor=x&page=2", ["cursor"]),
        ("cursor=x&cursor=y", ["cursor"]),
        ("sort=Newest", ["sort"]),
        ("match=some", ["match"]),
        ("page=0", ["page"]),
        ("page=-1", ["page"]),
        ("page=1.5", ["page"]),
        ("page=x", ["page"]),
        ("page=1_0", ["page"]),
        ("page=" + "9" * 5_000, ["page"]),
        ("size=0", ["size"]),
        (f"size={MAX_SIZE + 1}", ["size"]),
        (f"size={MAX_SIZE}&page={MAX_WINDOW // MAX_SIZE + 1}", ["page"]),
        (f"size=1&page={MAX_WINDOW + 1}", ["page"]),
        ("q=a*&from=x&to=y&sort=z&match=m&size=0&page=0", ["q", "from", "to", "sort", "match", "page", "size"]),
    ],
)
def test_what_cannot_be_answered_is_refused_and_named(query_string: str, parameters: list[str]) -> None:
    with pytest.raises(BadParameters) as caught:
        searched(query_string)
    assert [error.parameter for error in caught.value.errors] == parameters
    assert all(error.detail and len(error.detail) < 200 for error in caught.value.errors)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(("count", "refused"), [(MAX_VALUES - 1, False), (MAX_VALUES, False), (MAX_VALUES + 1, True)])
def test_a_filter_has_a_bounded_number_of_values(name: str, count: int, refused: bool) -> None:
    query_string = "&".join(f"{name}=v{number}" for number in range(count))
    if refused:
        with pytest.raises(BadParameters, match=f"^{name} is given more than {MAX_VALUES} times; leave some out$"):
            searched(query_string)
    else:
        [chosen] = searched(query_string).filters
        assert isinstance(chosen, OneOf)
        assert len(chosen.values) == count


def test_a_fault_in_the_query_has_its_place() -> None:
    with pytest.raises(BadParameters) as caught:
        searched("q=russia+a*")
    assert caught.value.errors[0].position == len("russia ")


@pytest.mark.parametrize(
    "query_string",
    [
        "q=russia+china&publisher=A+%26+B&publisher=C%3D%2B%23&from=2012&sort=newest&page=2&size=20",
        "q=%22regime+change%22~3+-%D8%B3%D9%88%D8%B1%D9%8A%D8%A7+date:2012-06..%3B%25",
    ],
)
def test_a_form_survives_its_own_link(query_string: str) -> None:
    form = form_of(query_string)
    assert form.values
    assert form_of(form.query_string()) == form


def test_a_changed_search_begins_at_its_first_page() -> None:
    form = form_of("q=a&place=X&place=Y&page=3&size=5")
    assert form.put("sort", "newest").query_string() == "q=a&place=X&place=Y&sort=newest&size=5"
    assert form.put("page", 4).query_string() == "q=a&place=X&place=Y&page=4&size=5"
    assert form.drop("place", "X").query_string() == "q=a&place=Y&size=5"
    assert form.drop("place", "X").drop("place", "Y").query_string() == "q=a&size=5"
    assert form.add("author", "B").query_string() == "q=a&author=B&place=X&place=Y&size=5"
    assert form.query_string() == "q=a&place=X&place=Y&page=3&size=5"


def test_one_value_and_all_values_are_told_apart() -> None:
    form = form_of("q=a&place=X&author=B&place=Y")
    assert (form.text("q"), form.text("from")) == ("a", "")
    assert form.chosen() == [("author", "B"), ("place", "X"), ("place", "Y")]
