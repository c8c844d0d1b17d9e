"""The query language: only a QueryError is raised, and what was understood means the same when it is written out."""

from __future__ import annotations

from search.parse import QueryError, parse, render
from tests.strategies import LEXEMES, VOCABULARY

SEEDS = tuple(
    text.encode()
    for text in (
        'russia china "regime change" -iran',
        "(a OR b) AND NOT title:(c -d) date:2012-06..2013",
        '"russia syria"~8 interven* kazakstan~2 *',
        "KOFI ANNAN AND “KOFI”",
        "東京都 AT&T C++ U.N. O’Brien cease-fire",
    )
)
DICTIONARY = (*LEXEMES, *VOCABULARY)


def attack(data: bytes) -> None:
    # Every text that Python can hold, halves of surrogate pairs too.
    text = data.decode("utf-8", "surrogatepass" if is_surrogates(data) else "replace")
    try:
        query = parse(text)
    except QueryError as error:
        if not str(error) or not 0 <= (error.position or 0) <= len(text):
            raise
        return
    assert parse(render(query)) == query, render(query)


def is_surrogates(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True
