"""Stored fields come back as they were, and nothing that needs a pickle is kept."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.columnar.stored import UnstorableError, pack, unpack

EAST = datetime.timezone(datetime.timedelta(hours=5, minutes=30))

VALUES = (
    None,
    True,
    0,
    -(2**63),
    2**64 - 1,
    2**64,
    -(10**40),
    1.5,
    float("inf"),
    "",
    "é\ud800",
    b"\x00\xff",
    [1, [2, (3,)]],
    (),
    (1, (2, [3])),
    {"a": {"b": None}},
    {1: 2, (1, 2): 3},
    {1, 2},
    frozenset({"a"}),
    datetime.datetime(2012, 6, 7, 6, 50, 1, 123456),
    datetime.datetime(2012, 6, 7, tzinfo=EAST),
    datetime.date(1, 1, 1),
    datetime.time(23, 59, 59, 1),
    datetime.timedelta(-1, 5, 7),
    decimal.Decimal("1.10"),
    uuid.UUID(int=7),
    1 + 2j,
)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_value_comes_back(value: Any) -> None:
    again = unpack(pack({"field": value}))["field"]
    assert again == value
    assert type(again) is type(value)


moments = st.datetimes().map(lambda moment: moment.replace(fold=0))  # a fold is not kept
nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | moments,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(nested)
def test_any_nesting_comes_back(value: Any) -> None:
    again = unpack(pack({"field": value}))["field"]
    assert again == value
    assert repr(again) == repr(value)


class Anything:
    pass


@pytest.mark.parametrize("value", [Anything(), lambda: None, [Anything()], {"a": object}])
def test_other_objects_are_refused_in_words(value: Any) -> None:
    with pytest.raises(UnstorableError, match="a stored field cannot hold"):
        pack({"field": value})


def test_own_kinds_of_text_and_numbers_become_plain() -> None:
    """As beautifulsoup's strings are: what it says is kept."""

    class Text(str):
        __slots__ = ()

    class Number(int):
        pass

    again = unpack(pack({"text": Text("a"), "number": Number(7)}))
    assert again == {"text": "a", "number": 7}
    assert type(again["text"]) is str
