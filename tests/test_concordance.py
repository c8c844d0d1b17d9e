"""Words in context: a line for each mark, sorted by its neighbours, on a page, as JSON and as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from app import create_app
from search.article import Article
from search.parse import parse
from tests.web_server import ARTICLES, SUMMIT, VETO, index_of
from web.concordance import CONTEXT, LINES, LINES_EACH, lines_of
from web.engine import EXTENSION

FERRIES = Article(
    id="ferries",
    title="A ferry sinks",
    summary=("The old ferry was late",),
    body="Every ferry left.\n\nNo ferry, ferry crews say, came back. The ferries rust.",
    author=("Ferry Byline",),
    publisher="Ferry News",
    place="Ferry Port",
    captions=("A ferry at night",),
    published=date(2012, 1, 2),
    language="en",
)
HEBREW = Article(id="hebrew", body="הנמל נסגר אתמול בבוקר בגלל הסערה", language="he")
CHINESE = Article(id="chinese", body="港口昨天早上因风暴关闭。港口今天重新开放。", language="zh")
REPEATED = Article(id="repeated", body="lighthouse " * (LINES_EACH + 5), language="en")


def parts(article: Article, query: str) -> list[tuple[str, str, str, str]]:
    return [(line.field, line.before, line.match, line.after) for line in lines_of(article, parse(query))]


@pytest.mark.parametrize(
    ("article", "query", "expected"),
    [
        (
            FERRIES,
            "ferry",
            [
                ("title", "A ", "ferry", " sinks"),
                ("summary", "The old ", "ferry", " was late"),
                ("author", "", "Ferry", " Byline"),
                ("body", "Every ", "ferry", " left. ¶ No ferry, ferry crews say, came back. The ferries rust."),
                ("body", "Every ferry left. ¶ No ", "ferry, ferry", " crews say, came back. The ferries rust."),
                ("body", "Every ferry left. ¶ No ferry, ferry crews say, came back. The ", "ferries", " rust."),
            ],
        ),
        (FERRIES, "captions:ferry", [("captions", "A ", "ferry", " at night")]),
        (FERRIES, "title:ferry", [("title", "A ", "ferry", " sinks")]),
        (FERRIES, "publisher:ferry", [("publisher", "", "Ferry", " News")]),
        (FERRIES, "place:ferry", [("place", "", "Ferry", " Port")]),
        (
            FERRIES,
            '"ferry left"',
            [("body", "Every ", "ferry left", ". ¶ No ferry, ferry crews say, came back. The ferries rust.")],
        ),
        (FERRIES, "-ferry", []),
        (FERRIES, "*", []),
        (FERRIES, "date:2012", []),
        (HEBREW, "נסגר", [("body", "הנמל ", "נסגר", " אתמול בבוקר בגלל הסערה")]),
        (CHINESE, "昨天", [("body", "港口", "昨天", "早上因风暴关闭。港口今天重新开放。")]),
    ],
)
def test_every_mark_is_a_line_with_what_stands_around_it(
    article: Article, query: str, expected: list[tuple[str, str, str, str]]
) -> None:
    assert parts(article, query) == expected


def test_contexts_are_cut_between_words_and_join_to_the_text() -> None:
    body = " ".join(f"word{n}" for n in range(40)) + " lighthouse " + " ".join(f"more{n}" for n in range(40))
    [(_, before, match, after)] = parts(Article(id="a", body=body), "lighthouse")
    assert before + match + after in body
    assert (len(before) <= CONTEXT + 1, len(after) <= CONTEXT) == (True, True)
    assert (before.startswith("word"), after[-1].isdigit()) == (True, True)
    assert body[body.find(before) - 1] == " "
    assert body[body.find(after) + len(after)] == " "


@pytest.mark.parametrize("length", [CONTEXT - 1, CONTEXT, CONTEXT + 1, 10 * CONTEXT])
def test_a_context_without_any_space_is_cut_all_the_same(length: int) -> None:
    body = f"{'字' * length}港口{'字' * length}"
    [(_, before, match, after)] = parts(Article(id="a", body=body, language="zh"), "港口")
    assert match == "港口"
    assert (len(before), len(after)) == (min(length, CONTEXT), min(length, CONTEXT))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    numbered = [replace(SUMMIT, id=f"n{number:03}", title=f"Buoy {number}", body="A buoy.") for number in range(103)]
    articles = (*ARTICLES, FERRIES, HEBREW, CHINESE, REPEATED, *numbered)
    app = create_app(index_of(tmp_path_factory.mktemp("index"), articles))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def answer(client: FlaskClient, query_string: str) -> dict[str, Any]:
    response = client.get(f"/api/search?{query_string}{'' if 'view=' in query_string else '&view=kwic'}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = json.loads(response.data)
    return found


def texts(found: dict[str, Any]) -> list[str]:
    return [f"{line['before']}[{line['match']}]{line['after']}" for line in found["concordance"]["lines"]]


def test_the_api_gives_lines_in_place_of_hits(client: FlaskClient) -> None:
    found = answer(client, "q=syria&sort=oldest")
    assert (found["hits"], found["total"], found["pages"], found["size"]) == ([], 3, 1, LINES)
    concordance = found["concordance"]
    assert (concordance["total"], concordance["first"], concordance["last"], concordance["shortened"]) == (5, 1, 3, 0)
    assert concordance["lines"][0] == {
        "id": "veto",
        "title": VETO.title,
        "publisher": VETO.publisher,
        "published": "2012-02-04T23:30:00-05:00",
        "field": "title",
        "mark": 1,
        "before": "Council vetoes the draft on ",
        "match": "Syria",
        "after": "",
    }
    assert json.loads(client.get("/api/search?q=syria").data)["concordance"] is None


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("text", ["[ferry sinks]", "old [ferry]", "Every [ferry]", "[ferry, ferry]", "[ferries]"]),
        ("left", ["[ferry sinks]", "Every [ferry]", "[ferry, ferry]", "old [ferry]", "[ferries]"]),
        ("right", ["[ferry sinks]", "[ferry, ferry]", "Every [ferry]", "[ferries]", "old [ferry]"]),
        ("match", ["[ferries]", "Every [ferry]", "old [ferry]", "[ferry, ferry]", "[ferry sinks]"]),
    ],
)
def test_lines_are_sorted_by_their_neighbours(client: FlaskClient, sort: str, expected: list[str]) -> None:
    found = answer(client, f"q=ferry+title:sinks&kwic_sort={sort}")
    lines = [text for text in texts(found) if "Byline" not in text and "[sinks]" not in text]
    assert len(lines) == len(expected)
    for text, part in zip(lines, expected, strict=True):
        assert part in text


def test_lines_are_parted_into_pages_that_lead_to_one_another(client: FlaskClient) -> None:
    whole = texts(answer(client, "q=syria&kwic_sort=left"))
    first = answer(client, "q=syria&kwic_sort=left&size=2")
    assert (first["page"], first["pages"], first["links"]["prev"]) == (1, 3, None)
    second = answer(client, first["links"]["next"].partition("?")[2])
    assert second["links"]["prev"] == first["links"]["self"]
    third = answer(client, second["links"]["next"].partition("?")[2])
    assert texts(first) + texts(second) + texts(third) == whole
    assert (third["page"], third["links"]["next"]) == (3, None)
    beyond = answer(client, "q=syria&size=2&page=9")
    assert (beyond["concordance"]["lines"], beyond["pages"]) == ([], 3)
    assert beyond["links"]["prev"].endswith("&page=3&size=2&view=kwic")


def test_a_block_of_articles_leads_to_the_next(client: FlaskClient) -> None:
    found = answer(client, "q=title:buoy&sort=oldest&size=60")
    lines, blocks = texts(found), [(1, 100)]
    while found["links"]["next"]:
        found = answer(client, found["links"]["next"].partition("?")[2])
        lines += texts(found)
        blocks.append((found["concordance"]["first"], found["concordance"]["last"]))
    assert (len(lines), len(set(lines))) == (103, 103)
    assert blocks == [(1, 100), (1, 100), (101, 103)]


def test_of_an_article_with_very_many_marks_only_the_first_are_shown_and_that_is_said(client: FlaskClient) -> None:
    found = answer(client, "q=lighthouse+-words&size=100")
    assert (found["concordance"]["total"], found["concordance"]["shortened"]) == (
        1,
        0,
    )  # side by side they are one mark
    assert len(list(lines_of(REPEATED, parse("lighthouse")))) == 1


def test_a_search_without_words_has_no_lines(client: FlaskClient) -> None:
    found = answer(client, "from=2012")
    assert (found["concordance"]["lines"], found["concordance"]["total"]) == ([], 0)
    assert answer(client, "q=zeppelin")["concordance"] == {
        "lines": [],
        "total": 0,
        "first": 0,
        "last": 0,
        "shortened": 0,
    }


@pytest.mark.parametrize(
    "query_string", ["view=x", "view=kwic&kwic_sort=up", "view=kwic&view=list", "view=kwic&page=0"]
)
def test_a_view_that_is_none_is_refused(client: FlaskClient, query_string: str) -> None:
    assert client.get(f"/api/search?{query_string}").status_code == 400
    assert client.get(f"/search?{query_string}").status_code == 400


def test_a_page_shows_each_line_with_a_link_to_its_very_mark(client: FlaskClient) -> None:
    page = html.fromstring(client.get("/search?q=ferry&view=kwic&sort=oldest").text)
    lines = page.cssselect(".lines > li")
    assert len(lines) > 5
    for line in lines:
        [link] = line.cssselect(".context a")
        address, _, anchor = link.get("href", "").partition("#")
        article = html.fromstring(client.get(address).text)
        [mark] = article.cssselect(f"mark#{anchor}")
        assert str(link.text_content()).startswith(str(mark.text_content()))
    assert page.cssselect(".options [aria-current]")


def test_lines_can_be_taken_along_as_a_table_and_as_json(client: FlaskClient) -> None:
    asked = "q=syria&sort=oldest&view=kwic"
    expected = answer(client, asked)["concordance"]["lines"]
    file = client.get(f"/export.jsonl?{asked}")
    assert [json.loads(line) for line in file.data.splitlines()] == expected
    rows = list(csv.DictReader(io.StringIO(client.get(f"/export.csv?{asked}").data.decode(), newline="")))
    assert [row["match"] for row in rows] == [line["match"] for line in expected]
    assert list(rows[0]) == list(expected[0])
    refused = client.get(f"/export.csv?{asked}&kwic_sort=left")
    assert refused.status_code == 400
    assert "leave kwic_sort out" in refused.text
