from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources import (
    MAX_FILE_BYTES,
    MAX_LINE_BYTES,
    Found,
    Item,
    LeftOut,
    Unread,
    files,
    read,
    resolve,
    size,
    walk,
)

TITLED = b'{"title": "Harbour reopens"}'


def found_in(place: Path | str) -> list[Found]:
    [source] = resolve([str(place)])
    return list(read(source))


def items(found: Iterable[Found]) -> list[Item]:
    return [one for one in found if isinstance(one, Item)]


def unread(found: Iterable[Found]) -> list[Unread]:
    return [one for one in found if isinstance(one, Unread)]


def paths(found: Iterable[Found]) -> list[str]:
    return [one.path for one in items(found)]


def write(folder: Path, *names: str, data: bytes = b"text") -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def hashed(origin: bytes) -> str:
    return hashlib.blake2b(origin, digest_size=8).hexdigest()


class TestWalk:
    def test_folders_are_read_recursively_in_sorted_order(self, tmp_path: Path) -> None:
        write(tmp_path, "b.txt", "a/z.html", "a/b/c.htm", "a.txt", "c/d.xhtml", "Z.TXT")
        assert paths(found_in(tmp_path)) == ["Z.TXT", "a/b/c.htm", "a/z.html", "a.txt", "b.txt", "c/d.xhtml"]

    @pytest.mark.parametrize("name", ["notes.rtf", "page.tar.gz", "txt", "a.txt~", "pack.gz", "noend."])
    def test_a_file_of_another_kind_is_left_out_and_told(self, tmp_path: Path, name: str) -> None:
        assert found_in(write(tmp_path, name)) == [LeftOut(name)]

    def test_hidden_files_and_folders_are_not_even_told(self, tmp_path: Path) -> None:
        assert found_in(write(tmp_path, ".a.txt", ".git/b.txt", "c/.d/e.txt")) == []

    def test_a_hidden_folder_that_is_named_is_read(self, tmp_path: Path) -> None:
        assert paths(found_in(write(tmp_path / ".archive", "a.txt"))) == ["a.txt"]

    def test_an_item_tells_where_it_stands(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path / "news", "2012/a.txt", data=b"some text")
        monkeypatch.chdir(tmp_path)
        [item] = items(found_in("news/"))
        assert (item.source, item.path, item.shown, item.place) == (
            str(tmp_path / "news"),
            "2012/a.txt",
            "news/2012/a.txt",
            "news/2012/a.txt",
        )
        assert (item.data, item.article, item.part) == (b"some text", None, None)

    def test_what_is_read_is_read_when_it_is_asked_for(self, tmp_path: Path) -> None:
        write(tmp_path, "a.txt", "b.txt", "c/d.txt", "e.txt")
        [source] = resolve([str(tmp_path)])
        reading = read(source)
        assert isinstance(next(reading), Item)
        (tmp_path / "b.txt").unlink()
        shutil.rmtree(tmp_path / "c")
        rest = list(reading)
        assert [one.path for one in unread(rest)] == ["b.txt", "c"]
        assert all("no such file" in one.failure.reason for one in unread(rest))
        assert paths(rest) == ["e.txt"]

    def test_a_file_that_goes_after_it_was_looked_at_is_unread(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, "a.txt", "b.jsonl")
        look_at = walk._look_at

        def look_and_lose(file: Any, status: os.stat_result) -> Any:
            (file.folder / file.path).unlink()
            return look_at(file, status)

        monkeypatch.setattr(walk, "_look_at", look_and_lose)
        found = found_in(tmp_path)
        assert [one.path for one in unread(found)] == ["a.txt", "b.jsonl"]
        assert not items(found)


class TestIds:
    def test_an_id_is_made_of_the_folders_name_and_the_path(self, tmp_path: Path) -> None:
        [item] = items(found_in(write(tmp_path / "news", "sub/a.txt")))
        assert item.article_id == hashed(b"news/sub/a.txt")
        assert len(item.article_id) == 16

    def test_an_archive_that_moves_keeps_its_ids(self, tmp_path: Path) -> None:
        write(tmp_path / "one/news", "a.txt", "b/c.html", "d.jsonl", data=TITLED)
        shutil.copytree(tmp_path / "one/news", tmp_path / "two/news")
        one, two = (items(found_in(tmp_path / disk / "news")) for disk in ("one", "two"))
        assert [item.article_id for item in one] == [item.article_id for item in two]
        assert {item.source for item in one} != {item.source for item in two}

    def test_a_file_by_itself_has_the_id_it_has_in_its_folder(self, tmp_path: Path) -> None:
        folder = write(tmp_path / "news", "a.txt", "b.jsonl", data=TITLED)
        alone = [*found_in(folder / "a.txt"), *found_in(folder / "b.jsonl")]
        assert [item.article_id for item in items(alone)] == [item.article_id for item in items(found_in(folder))]
        assert paths(alone) == ["a.txt", "b.jsonl"]
        assert [item.source for item in items(alone)] == [str(folder / "a.txt"), str(folder / "b.jsonl")]

    def test_a_source_named_through_a_link_goes_by_its_real_name(self, tmp_path: Path) -> None:
        write(tmp_path / "2012-06", "a.txt")
        (tmp_path / "current").symlink_to("2012-06")
        [item] = items(found_in(tmp_path / "current"))
        assert (item.article_id, item.source) == (hashed(b"2012-06/a.txt"), str(tmp_path / "2012-06"))

    def test_a_source_counts_once_by_whatever_path_it_is_named(self, tmp_path: Path) -> None:
        write(tmp_path / "news", "a.txt")
        (tmp_path / "link").symlink_to("news")
        named = [str(tmp_path / "news"), f"{tmp_path}/news/", f"{tmp_path}/x/../news", str(tmp_path / "link")]
        assert [source.name for source in resolve([*named, "-", "-"])] == [str(tmp_path / "news"), ""]


class TestLinks:
    def test_loops_end(self, tmp_path: Path) -> None:
        folder = write(tmp_path / "news", "a.txt", "b/c.txt")
        write(tmp_path, "outside.txt")
        for link, target in [("self", "."), ("b/up", ".."), ("b/again", "../b"), ("parent", ".."), ("root", "/")]:
            (folder / link).symlink_to(target)
        assert found_in(folder) == items(found_in(folder))
        assert paths(found_in(folder)) == ["a.txt", "b/c.txt"]

    def test_a_folder_elsewhere_is_read_through_its_link_once(self, tmp_path: Path) -> None:
        folder = write(tmp_path / "news", "z.txt")
        write(tmp_path / "elsewhere", "a.txt", "deep/b.txt")
        (tmp_path / "elsewhere/deep/back").symlink_to("..")
        (tmp_path / "elsewhere/home").symlink_to(folder)
        (folder / "one").symlink_to(tmp_path / "elsewhere")
        (folder / "two").symlink_to(tmp_path / "elsewhere")
        assert paths(found_in(folder)) == ["z.txt", "one/a.txt", "one/deep/b.txt"]

    def test_a_link_does_not_take_a_folders_own_path_away(self, tmp_path: Path) -> None:
        folder = write(tmp_path, "z/a.txt")
        (folder / "a").symlink_to("z")
        assert paths(found_in(folder)) == ["z/a.txt"]

    def test_a_link_to_a_file_is_a_file(self, tmp_path: Path) -> None:
        """Stores that keep contents in a hidden folder, such as git-annex, hold nothing but links."""
        write(tmp_path, ".store/abc", data=b"stored")
        (tmp_path / "a.txt").symlink_to(".store/abc")
        assert [item.data for item in items(found_in(tmp_path))] == [b"stored"]


class TestUnread:
    def test_what_is_no_regular_file_is_never_opened(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.txt")
        os.mkfifo(tmp_path / "b.jsonl")
        os.mkfifo(tmp_path / "c.sock")
        (tmp_path / "d.html").symlink_to("/dev/zero")
        found = found_in(tmp_path)
        assert [(one.path, one.failure.reason) for one in unread(found)] == [
            (name, "not a regular file") for name in ("a.txt", "b.jsonl", "d.html")
        ]
        assert not items(found)

    @pytest.mark.parametrize(
        ("link", "target", "reason"),
        [
            ("a.txt", "nowhere", "a link that leads nowhere"),
            ("2011", "/nowhere/2011", "a link that leads nowhere"),
            ("b.txt", "b.txt", "a link that leads to itself"),
        ],
    )
    def test_links_that_lead_nowhere_are_told(self, tmp_path: Path, link: str, target: str, reason: str) -> None:
        write(tmp_path, "z.txt")
        (tmp_path / link).symlink_to(target)
        found = found_in(tmp_path)
        assert [(one.source, one.path) for one in unread(found)] == [(str(tmp_path), link)]
        assert reason in unread(found)[0].failure.reason
        assert unread(found)[0].failure.path == str(tmp_path / link)
        assert paths(found) == ["z.txt"]

    @pytest.mark.parametrize(
        ("name", "reason"),
        [("nothing", "no such file or folder"), ("pipe.txt", "not a regular file"), ("a.rtf", "holds no articles")],
    )
    def test_a_source_that_cannot_be_read_is_unread_as_a_whole(self, tmp_path: Path, name: str, reason: str) -> None:
        write(tmp_path, "a.rtf")
        os.mkfifo(tmp_path / "pipe.txt")
        [one] = unread(found_in(tmp_path / name))
        assert (one.source, one.failure.path) == (str(tmp_path / name), str(tmp_path / name))
        assert one.path in ("", name)
        assert reason in one.failure.reason

    @pytest.mark.parametrize(("more", "read_whole"), [(-1, True), (0, True), (1, False)])
    def test_the_size_of_a_capture_is_bounded(self, tmp_path: Path, more: int, read_whole: bool) -> None:
        with (tmp_path / "a.txt").open("wb") as file:
            file.truncate(MAX_FILE_BYTES + more)
        found = found_in(tmp_path)
        assert [len(item.data) for item in items(found)] == ([MAX_FILE_BYTES + more] if read_whole else [])
        assert [one.failure.reason for one in unread(found)] == (
            [] if read_whole else ["larger than 64 MB, the limit for one capture"]
        )

    def test_a_capture_that_grows_while_it_is_read_is_bounded_too(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, "a.txt", data=b"12345678")
        monkeypatch.setattr(files, "MAX_FILE_BYTES", 8)
        look_at = walk._look_at

        def look_and_grow(file: Any, status: os.stat_result) -> Any:
            found = look_at(file, status)
            (file.folder / file.path).write_bytes(b"123456789")
            return found

        assert len(items(found_in(tmp_path))) == 1
        monkeypatch.setattr(walk, "_look_at", look_and_grow)
        assert len(unread(found_in(tmp_path))) == 1

    def test_a_file_of_json_lines_may_have_any_size(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "MAX_FILE_BYTES", 8)
        assert len(items(found_in(write(tmp_path, "a.jsonl", data=TITLED)))) == 1


class TestNames:
    def test_odd_names_are_read_and_told_in_unicode(self, tmp_path: Path) -> None:
        """Two names that differ only in a byte that is no UTF-8 look alike, and are two articles."""
        folder = os.fsencode(tmp_path)
        for name in (b"a\xff.txt", b"a\xfe.txt", b"line\nend.txt", "München ☃.txt".encode()):
            Path(os.fsdecode(folder + b"/" + name)).write_bytes(b"text")
        found = items(found_in(tmp_path))
        assert sorted(item.path for item in found) == ["München ☃.txt", "a�.txt", "a�.txt", "line\nend.txt"]
        assert len({item.article_id for item in found}) == 4
        assert hashed(folder.rsplit(b"/", 1)[1] + b"/a\xff.txt") in {item.article_id for item in found}
        for item in found:
            json.dumps([item.path, item.shown, item.source], ensure_ascii=False).encode()

    def test_odd_names_that_cannot_be_read_are_told_in_unicode(self, tmp_path: Path) -> None:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.txt")).symlink_to("nowhere")
        [one] = unread(found_in(tmp_path))
        assert (one.path, one.failure.path) == ("��.txt", f"{tmp_path}/��.txt")

    def test_two_sources_whose_names_look_alike_stay_apart(self, tmp_path: Path) -> None:
        odd = [os.fsdecode(os.fsencode(tmp_path) + b"/" + name) for name in (b"\xff", b"\xfe")]
        names = {source.name for source in resolve(odd)}
        assert names == {f"{tmp_path}/\\xff", f"{tmp_path}/\\xfe"}

    @pytest.fixture
    def deep(self, tmp_path: Path) -> Iterator[Path]:
        """A folder deeper than Python recurses, and below that deeper than a path may be long."""
        folder = os.open(tmp_path, os.O_RDONLY)
        for name in ["d"] * 1_100 + ["e" * 200] * 15:
            os.mkdir(name, dir_fd=folder)
            below = os.open(name, os.O_RDONLY, dir_fd=folder)
            os.close(folder)
            folder = below
        os.close(folder)
        yield tmp_path
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)

    def test_a_folder_is_read_as_deep_as_paths_go(self, deep: Path) -> None:
        reachable = deep.joinpath(*["d"] * 1_100)
        (reachable / "a.txt").write_bytes(b"text")
        found = found_in(deep)
        assert paths(found) == ["d/" * 1_100 + "a.txt"]
        [beyond] = unread(found)
        assert "longer than this system can open" in beyond.failure.reason
        assert beyond.path.startswith("d/" * 1_100 + "e")


class TestJsonLines:
    def test_every_line_is_an_article(self, tmp_path: Path) -> None:
        lines = b'\xef\xbb\xbf{"id": "x/1", "title": "One", "path": "own/one.html"}\r\n\n  \n{"body": "Only a body"}'
        one, two = items(found_in(write(tmp_path / "news", "a.jsonl", data=lines)))
        assert one.article is not None
        assert two.article is not None
        assert (one.article_id, one.part, one.article.title, one.article.path) == (
            "x/1",
            "line 1",
            "One",
            "own/one.html",
        )
        assert (two.article_id, two.part, two.article.title) == (hashed(b"news/a.jsonl#4"), "line 4", None)
        assert (two.article.id, two.article.body, two.article.path) == (two.article_id, "Only a body", "a.jsonl")
        assert {one.path, two.path} == {"a.jsonl"}
        assert two.place.endswith("a.jsonl line 4")

    def test_the_language_is_detected_where_a_line_does_not_say_it(self, tmp_path: Path) -> None:
        body = "Der alte Hafen wurde in der Nacht von einem Sturm zerstört, und niemand wurde dabei verletzt."
        lines = f'{{"body": "{body}"}}\n{{"body": "{body}", "language": "nl"}}\n{{"body": "Kurz"}}'
        found = items(found_in(write(tmp_path / "news", "a.jsonl", data=lines.encode())))
        assert [item.article and item.article.language for item in found] == ["de", "nl", None]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b'{"title": "One"', "not JSON"),
            (b"{'title': 'One'}", "not JSON: Expecting property name"),
            (b"title,body", "not JSON: Expecting value at column 1"),
            (b'{"title": "caf\xe9"}', "not UTF-8 at byte 15"),
            (b"[]", "an article is a JSON object"),
            (b"null", "an article is a JSON object"),
            (b"{}", "needs a title or a body"),
            (b'{"title": "", "body": null}', "needs a title or a body"),
            (b'{"title": 2012}', "title must be a string"),
            (b'{"title": ' + b"9" * 5_000 + b"}", "title must be a string"),
            (b'{"title": "One", "published": "yesterday"}', "'yesterday' is not a date"),
            (b"[" * 100_000, "nested too deep"),
            (b"\x00\x01\x02", "not JSON"),
        ],
    )
    def test_a_broken_line_is_told_by_its_number_and_others_go_on(
        self, tmp_path: Path, line: bytes, reason: str
    ) -> None:
        found = found_in(write(tmp_path, "a.jsonl", data=b"\n".join([TITLED, line, TITLED])))
        assert [item.part for item in items(found)] == ["line 1", "line 3"]
        [one] = unread(found)
        assert (one.path, one.failure.path) == ("a.jsonl", str(tmp_path / "a.jsonl"))
        assert one.failure.reason.startswith("line 2: ")
        assert reason in one.failure.reason

    @pytest.mark.parametrize(
        ("more", "end", "fits"), [(-1, b"", True), (0, b"\n", True), (0, b"", True), (1, b"\n", False)]
    )
    def test_the_length_of_a_line_is_bounded(self, tmp_path: Path, more: int, end: bytes, fits: bool) -> None:
        line = TITLED + b" " * (MAX_LINE_BYTES + more - len(TITLED)) + end
        found = found_in(write(tmp_path, "a.jsonl", data=TITLED + b"\n" + line))
        assert [item.part for item in items(found)] == ["line 1", "line 2"][: 1 + fits]
        assert len(unread(found)) == (0 if fits else 1)

    def test_fifty_megabytes_of_one_line_are_passed_over(self, tmp_path: Path) -> None:
        data = TITLED + b'\n{"body": "' + b"x" * 50_000_000 + b'"}\n' + TITLED
        found = found_in(write(tmp_path, "a.jsonl", data=data))
        assert [item.part for item in items(found)] == ["line 1", "line 3"]
        assert [one.failure.reason for one in unread(found)] == ["line 2: longer than 8 MB; a line holds one article"]

    @pytest.mark.parametrize("own", ["/home/ada/a.txt", "C:\\News\\a.txt", "\\\\host\\a.txt", "", None])
    def test_where_files_lie_on_a_disk_is_nobodys_business(self, tmp_path: Path, own: str | None) -> None:
        line = json.dumps({"title": "One", "path": own}).encode()
        [item] = items(found_in(write(tmp_path, "a.jsonl", data=line)))
        assert item.article is not None
        assert item.article.path == "a.jsonl"

    def test_when_an_article_entered_another_archive_is_not_when_it_enters_this(self, tmp_path: Path) -> None:
        line = b'{"title": "One", "indexed": "2012-06-07T06:50:00+00:00"}'
        [item] = items(found_in(write(tmp_path, "a.jsonl", data=line)))
        assert item.article is not None
        assert item.article.indexed is None

    @given(lines=st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line)))
    def test_whatever_a_line_holds_it_is_an_item_or_a_failure(
        self, tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
    ) -> None:
        data = b"\n".join(lines)
        found = found_in(write(tmp_path_factory.getbasetemp() / "lines", "a.jsonl", data=data))
        assert len(found) == sum(1 for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip())


class TestStandardInput:
    def give(self, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))

    def test_its_lines_have_no_source_and_no_path(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.give(monkeypatch, b'{"title": "One", "path": "/own/a.txt"}\n{"title": "Two", "path": "b.txt"}\nbroken')
        found = found_in("-")
        assert [(item.source, item.path) for item in items(found)] == [("", ""), ("", "")]
        assert [item.article.path for item in items(found) if item.article] == [None, "b.txt"]
        assert [(one.failure.path, one.failure.reason[:7]) for one in unread(found)] == [("standard input", "line 3:")]

    def test_a_line_without_id_has_one_of_its_own_in_every_batch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ids = []
        for line in (b'{"title": "One"}', b'{"title": "Two"}', b'\n {"title": "One"}\n'):
            self.give(monkeypatch, line)
            ids += [item.article_id for item in items(found_in("-"))]
        assert ids[0] == ids[2] != ids[1]

    def test_one_that_is_closed_is_a_failure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", None)
        assert [one.failure.path for one in unread(found_in("-"))] == ["standard input"]


def test_the_size_is_that_of_what_will_be_read(tmp_path: Path) -> None:
    write(tmp_path / "one", "a.txt", "b/c.jsonl", "d.rtf", data=b"12345")
    write(tmp_path / "two", "a.txt", data=b"123")
    assert size(resolve([str(tmp_path / "one"), str(tmp_path / "two"), str(tmp_path / "three")])) == 13
    assert size(resolve([str(tmp_path / "one"), "-"])) is None
