"""How many articles an archive holds, and how many of them lack a part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from search.article import Article
from search.holdings import Holdings
from tests.conftest import Filled, fill

WHOLE = Article(id="whole", title="Ferry sinks", body="It sank.", published=date(2012, 6, 7))
NAMELESS = replace(WHOLE, id="nameless", title=None)
UNDATED = replace(WHOLE, id="undated", published=None)
BARE = Article(id="bare", title="Only a headline", body=" \n")


def test_what_is_missing_is_counted_part_by_part(filled: Filled) -> None:
    assert filled([WHOLE, NAMELESS, UNDATED, BARE]).holdings() == Holdings(4, {"title": 1, "date": 2, "body": 1})


def test_counts_follow_the_archive(filled: Filled) -> None:
    engine = filled([WHOLE, NAMELESS, BARE])
    fill(engine, [replace(NAMELESS, title="Found after all")])
    assert engine.holdings() == Holdings(3, {"title": 0, "date": 1, "body": 1})
    with engine.writer() as writer:
        writer.delete("bare")
    assert engine.holdings() == Holdings(2, {"title": 0, "date": 0, "body": 0})


def test_an_empty_archive_lacks_nothing(filled: Filled) -> None:
    assert filled([]).holdings() == Holdings(0, {"title": 0, "date": 0, "body": 0})
