"""The meaning of a query itself, on articles a reader can check by eye: engines are measured against it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from search.article import Article
from search.parse import parse
from search.query import Between, OneOf, Query
from tests.meaning import matches

RUN = Article(
    id="run",
    title="Envoys running late",
    summary=("The vote was near", "Talks at AT&T's café"),
    body="Russia and China voted.\n\nThe U.N. met.\nNobody ran: a cease-fire.",
    author=("Ada Winters", "Bo Writer"),
    publisher="Harbour Winter Gazette",
    place="New York",
    published=datetime(2012, 2, 29, 23, 59, tzinfo=UTC),
    captions=("A harbour at dawn",),
    language="en",
)
UNDATED = Article(id="undated", body="the of to")


@pytest.mark.parametrize(
    "text",
    [
        *("*", "russia", "RUSSIA", "run", "runs late", "vote", "voting", "un", "U.N", "china's", "China’s", "at&t"),
        *(
            "cafe",
            "café",
            "title:envoy",
            "body:russia",
            "winter",
            "ada",
            "place:york",
            "author:winters",
            "captions:harbours",
        ),
        *(
            "cease-fire",
            "fire",
            "ceases-fires",
            '"cease fire"',
            '"running late"',
            '"the U.N."',
            '"and china"',
            '"CAFE"',
        ),
        *("body:fire", 'author:"bo writer"', 'body:"un met nobody"', "title:running", "publisher:gazette"),
        *('"china russia"~1', '"russia voted"~2', '"russia and china"~0', '"russia"~0', '"late envoys envoys"~1'),
        *(
            "wint*",
            "cease-fi*",
            "at&*",
            "caf*",
            "author:wint*",
            "rusia~",
            "chian~",
            "runing~",
            "envoi~2",
            "body:nobdy~",
        ),
        *("russia nobody", "russia AND NOT peru", "peru OR russia", "-peru", "-(russia peru)", "NOT peru late"),
        *(
            "the russia",
            "the russia peru OR late",
            "date:2012",
            "date:2012-02-29",
            "date:2012-02-29..",
            "date:..2012-02",
        ),
    ],
)
def test_an_article_answers(text: str) -> None:
    assert matches(parse(text), RUN)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "peru",
            "dawn",
            "york",
            "gazette",
            '"run late"',
            "body:run envoys",
            "title:russia",
            "author:winter",
            "place:yorks",
        ),
        *(
            '"voted the"',
            '"late the"',
            '"near talks"',
            '"bo writer ada"',
            '"winters bo"',
            "fire-cease",
            "captions:winters",
        ),
        *('"russia china"~0', '"russia met"~100', '"china peru"~9', '"late near"~9', "captions:the captions:russia"),
        *("winte~1", "title:wint*", "runn", "runnin* russian*", "cease-x*", "moscow~2", "author:late~"),
        *("russia peru", "russia AND peru", "-russia", "NOT (russia OR peru)", "-*", "the peru", "the AND peru"),
        *("date:2011", "date:..2012-02-28", "date:2012-03-01..", "russia -the", '"the the"'),
    ],
)
def test_an_article_does_not_answer(text: str) -> None:
    assert not matches(parse(text), RUN)


@pytest.mark.parametrize(
    ("query", "answers"),
    [
        (parse("the of"), True),
        (parse("the peru"), False),
        (parse("the by"), False),
        (parse("date:..9999"), False),
        (parse("-date:2012"), True),
        (Between(None, None), False),
        (OneOf("publisher", ("Harbour Winter Gazette",)), False),
    ],
)
def test_stop_words_alone_are_searched_and_no_range_holds_an_undated_article(query: Query, answers: bool) -> None:
    assert matches(query, UNDATED) is answers


def test_an_exclusion_is_taken_as_typed() -> None:
    """Its stop words stay: leaving them out would exclude more than was asked for."""
    assert matches(parse("-(the russia)"), Article(id="no stop word", body="Russia voted"))
    assert not matches(parse("-(the russia)"), RUN)


@pytest.mark.parametrize(
    ("query", "answers"),
    [
        (OneOf("publisher", ("Nobody", "Harbour Winter Gazette")), True),
        (OneOf("publisher", ("harbour winter gazette",)), False),
        (OneOf("publisher", ("Harbour",)), False),
        (OneOf("author", ("Bo Writer",)), True),
        (OneOf("language", ("en",)), True),
        (OneOf("language", ()), False),
        (Between(date(2012, 2, 29), date(2012, 3, 1)), True),
        (Between(date(2012, 2, 28), date(2012, 2, 29)), False),
        (Between(None, None), True),
    ],
)
def test_filters_take_whole_values_and_the_day_as_printed(query: Query, answers: bool) -> None:
    assert matches(query, RUN) is answers
