"""pytest plugin for Whoosh's own suite: makes ColumnarCodec the default and names the tests it cannot be held to."""

from __future__ import annotations

import os

import pytest
import whoosh.codec

from search.columnar.codec import ColumnarCodec

ON_WHOOSH_CODEC = "WHOOSH_CODEC" in os.environ

if not ON_WHOOSH_CODEC:
    # Tests pass options of Whoosh's codec, the size of its blocks for one; ours has none.
    whoosh.codec.default_codec = lambda **_options: ColumnarCodec()

# Test: the reason why its outcome says nothing about a codec.
NOT_OURS = {
    "tests/test_automata.py::test_minimize_dfa": "compares automata whose states are numbered by the order of a set, "
    "so that it fails at random, with every codec",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        reason = NOT_OURS.get(item.nodeid)
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=False))
