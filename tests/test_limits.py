"""docs/limits.md says what the code does."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest

from app import create_app
from indexer.sources import Item, Unread, packed, read, records, resolve
from search import open_engine, whoosh_compiler
from search.article import Article
from search.engine import Origin, Search
from search.parse import parse
from tests.web_server import index_of
from web.parameters import MAX_FIND

NOW = datetime(2020, 1, 1, tzinfo=UTC)
END_OF_ZIP = 22  # bytes behind the list of its files

DOCUMENT = Path(__file__).parents[1] / "docs" / "limits.md"
ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<most>[^|]+) \| `(?P<module>[\w.]+)\.(?P<name>[A-Z_]+)` \| ", re.MULTILINE)
UNITS = {"MB": 2**20, "GB": 2**30}
ROWS = [found.groupdict() for found in ROW.finditer(DOCUMENT.read_text("utf-8"))]


def said(most: str) -> int:
    number, *unit = most.split()
    return int(number.replace(",", "")) * (UNITS.get(unit[0], 1) if unit else 1)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["what"])
def test_each_limit_is_a_constant_of_the_code(row: dict[str, str]) -> None:
    assert said(row["most"]) == getattr(import_module(row["module"]), row["name"])


def test_every_row_is_read() -> None:
    lines = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert len(ROWS) == len([line for line in lines if not line.startswith("| what |")]) > 20


@pytest.mark.parametrize(("most", "searched"), [(3, 3), (4, 4), (5, 4)])
def test_beginnings_behind_other_words_share_one_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, searched: int
) -> None:
    """Two stand for two phrases each. What is cut is named, and the most frequent are searched."""
    monkeypatch.setattr(whoosh_compiler, "MAX_PHRASES", most)
    bodies = ["north southern", "north southern", "north southward", "east western", "east western", "east westward"]
    with open_engine(f"whoosh:{tmp_path / 'index'}") as engine:
        with engine.writer() as writer:
            for number, body in enumerate(bodies):
                writer.put(Article(str(number), body=body), Origin(str(number), "s", str(number), "d", NOW))
        page = engine.search(Search(parse("north-sout* OR east-west*")))
        assert {hit.article.id for hit in page.hits} == {"0", "1", "2", "3", "4"} | ({"5"} if searched == 4 else set())
        assert page.truncated == (("east-west",) if searched < 4 else ())
        cut = engine.search(Search(parse("north-sout* OR north-south* OR east-west*")))
        assert cut.truncated == {3: ("north-south", "east-west"), 4: ("east-west",), 5: ("east-west",)}[most]


@pytest.mark.parametrize(("size", "status"), [(MAX_FIND - 1, 200), (MAX_FIND, 200), (MAX_FIND + 1, 400)])
def test_what_is_found_in_a_facet_is_bounded(tmp_path: Path, size: int, status: int) -> None:
    client = create_app(index_of(tmp_path, [Article("a", title="Title", place="Oslo")])).test_client()
    response = client.get("/api/facets/place", query_string={"find": "o" * size})
    assert response.status_code == status
    assert (f"find is longer than {MAX_FIND} characters; shorten it" in response.text) is (status == 400)


@pytest.mark.parametrize(("more", "fits"), [(-1, False), (0, True), (1, True)])
def test_the_list_of_a_zip_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, fits: bool) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "The pier is open again.")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        size = (tmp_path / "a.zip").stat().st_size - archive.start_dir - END_OF_ZIP
    monkeypatch.setattr(packed, "MAX_LIST", size + more)
    [found] = read(*resolve([str(tmp_path)]))
    assert isinstance(found, Item if fits else Unread)
    assert isinstance(found, Item) or "its list of files is larger than" in found.failure.reason


@pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
def test_a_row_is_bounded_however_many_lines_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, fits: bool
) -> None:
    monkeypatch.setattr(records, "MAX_LINE_BYTES", 100)
    row = 'One,"' + "y\n" * 45 + '","' + "y\n" * 44
    row += "y" * (2 * 100 + more - len(row) - 2) + '"\n'
    assert len(row) == 2 * 100 + more
    (tmp_path / "a.csv").write_text(f"title,body,other\n{row}Two,Three,\n")
    found = list(read(*resolve([str(tmp_path)])))
    assert [isinstance(one, Item) for one in found] == ([True, True] if fits else [False])
