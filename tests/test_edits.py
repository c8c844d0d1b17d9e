"""Edits of a query: what they make of it, and that a reader can type it."""

from __future__ import annotations

import pytest
from hypothesis import given

from search import edits
from search.parse import parse, render
from search.query import Not, Or, Query, Word, Words
from tests.strategies import queries, texts


@pytest.mark.parametrize(
    ("text", "exact", "loose"),
    [
        ("russia", '"russia"', "russia~"),
        ("title:russia", 'title:"russia"', "title:russia~"),
        ("un", '"un"', None),  # two letters, one of them wrong, are nearly anything
        ("C++", '"C++"', None),
        ("cease-fire", '"cease-fire"', None),
        ("author:byline", None, "author:byline~"),  # names have no inflections
        ("東京", None, None),  # found within other words as it is
        ('"regime change"', None, "regime change"),
        ('"cease-fire, AT&T"', None, "cease fire AT&T"),
        ('"this OR that"', None, "this that"),  # not an operator behind all
        ('"OR"', None, None),
        ('"東京都の C++"', None, "東京都の C++"),
        ('place:"New York"', None, "place:New place:York"),
        ('"russia syria"~8', '"russia syria"', "russia syria"),
        ("interven*", '"interven"', None),
        ("kazakstan~", '"kazakstan"', "kazakstan~2"),
        ("kazakstan~2", '"kazakstan"', None),
        ("date:2012", None, None),
        ("*", None, None),
    ],
)
def test_a_part_is_made_exact_and_loosened(text: str, exact: str | None, loose: str | None) -> None:
    leaf = parse(text)
    made = tuple(None if edit is None else render(edit) for edit in (edits.exact(leaf), edits.loose(leaf)))
    assert made == (exact, loose)


@pytest.mark.parametrize(
    ("text", "dropped", "left"),
    [
        ("a b c", 1, "a c"),
        ("a (b OR c)", 1, "a c"),
        ("a -b", 1, "a"),
        ("a -(b c)", 2, "a -b"),
        ("(a AND b) c", 0, "b c"),
        ("a OR (b c) OR d", 0, "b c OR d"),
        ("title:(a OR b)", 1, "title:a"),
    ],
)
def test_a_part_is_dropped_and_what_is_left_closes_up(text: str, dropped: int, left: str) -> None:
    query = parse(text)
    place, _ = list(edits.leaves(query))[dropped]
    rest = edits.edited(query, {place: None})
    assert rest is not None
    assert render(rest) == left


def test_nothing_is_left_of_a_query_whose_every_part_is_dropped() -> None:
    query = parse("a -(b OR c)")
    assert edits.edited(query, {place: None for place, _ in edits.leaves(query)}) is None


def test_a_part_is_put_among_those_of_its_kind() -> None:
    query = Words((Word("newyork"), Or((Word("a"), Not(Word("b"))))))
    new = {(0,): Words((Word("new"), Word("york"))), (1, 1, 0): Not(Word("c"))}
    assert edits.edited(query, new) == parse("new york (a OR c)")


def check(query: Query) -> None:
    for place, leaf in edits.leaves(query):
        for part in (None, edits.exact(leaf), edits.loose(leaf)):
            new = edits.edited(query, {place: part})
            assert new is None or parse(render(new)) == new


@given(queries())
def test_an_edited_query_can_be_typed(query: Query) -> None:
    check(query)


@given(texts().filter(lambda text: not _refused(text)))
def test_an_edit_of_whatever_is_typed_can_be_typed(text: str) -> None:
    check(parse(text))


def _refused(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return True
    return False
