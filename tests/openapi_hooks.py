"""Holds schemathesis to what the description of the API says in words, because OpenAPI has no other way to say it.

Only such values are touched as are right by themselves; whatever is wrong stays so. Loaded by schemathesis, see
`test_web_soak.py`.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import schemathesis

from search.engine import MAX_SIZE, MAX_WINDOW
from search.parse import QueryError, parse, period
from web import feed
from web.form import FILTERS, SIZE
from web.parameters import MAX_VALUES

OWN_SIZES = {"/feed.atom": feed.SIZE}
LONGEST = 8_000  # of an address without its path: a longer one is refused before the program sees it


@schemathesis.hook
def before_call(_context: object, case: Any, _kwargs: object) -> None:
    query = case.query or {}
    if not answerable(query.get("q")):
        query["q"] = "syria"
    page, size = whole(query.get("page"), 1), whole(query.get("size"), OWN_SIZES.get(case.path, SIZE))
    if page and size and page <= MAX_WINDOW and size <= MAX_SIZE:
        query["page"] = (page - 1) % (MAX_WINDOW // size) + 1  # the last page that can be reached depends on its size
    if since := whole(query.get("since"), 0):
        query["since"] = since % 2  # no later than the archive's own generation
    if query.get("cursor"):
        query["cursor"] = ""  # it is opaque, and only this archive can make one
    with suppress(QueryError, KeyError, TypeError):
        if period(query["from"]) > period(query["to"]):
            query["from"], query["to"] = query["to"], query["from"]


@schemathesis.hook
def filter_query(_context: object, query: dict[str, Any] | None) -> bool:
    """Leaves out what schemathesis takes to be wrong and is not, once it stands in an address: a single value for a
    list of one, a blank one for none, and one that is repeated for one. And what no address has room for.
    """
    given = query or {}
    if len(urlencode(given, doseq=True, errors="replace")) > LONGEST:
        return False
    lists = all(isinstance(given[name], list) and not is_short(given[name]) for name in FILTERS if name in given)
    return lists and not any(
        value is None or (isinstance(value, str) and not value.strip()) for value in given.values()
    )


def is_short(values: list[Any]) -> bool:
    """Whether a list that is too long is not so without its blank values and those that it has twice."""
    return len(values) > MAX_VALUES >= len({str(value) for value in values if str(value).strip()})


def answerable(text: Any) -> bool:
    with suppress(QueryError):
        return not isinstance(text, str) or parse(text) is not None
    return False


def whole(value: Any, default: int) -> int:
    """0 for what is no such number."""
    if value in (None, ""):
        return default
    with suppress(TypeError, ValueError):
        return max(int(value), 0)
    return 0
