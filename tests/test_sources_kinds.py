"""Packed files, web archives, feeds, tables: each kind with a small sample made here."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from random import Random

import brotli  # type: ignore[import-untyped]
import pytest

from indexer.pipeline import Report, articles, index
from indexer.sources import Found, Item, LeftOut, Unread, files, packed, parse_columns, read, records, resolve, warc
from search import open_engine
from search.article import Article

PROSE = (
    "The harbour was opened again on Monday after the storm had kept every ship outside for eleven days.",
    "The master of the port said that pilots would bring in the ferries first, and the grain ships after them.",
    "Shops in the old town had run short of flour, and the mayor thanked the farmers who had brought more by road.",
)
PAGE = (
    "<!doctype html><html lang='en'><head><title>Harbour reopens</title></head><body><article><h1>Harbour reopens</h1>"
    + "".join(f"<p>{text}</p>" for text in PROSE)
    + "</article></body></html>"
).encode()
TITLED = b'{"title": "Harbour reopens"}'


def found_in(place: Path, columns: str = "") -> list[Found]:
    [source] = resolve([str(place)])
    return list(read(source, parse_columns(columns)))


def items(found: Iterable[Found]) -> list[Item]:
    return [one for one in found if isinstance(one, Item)]


def reasons(found: Iterable[Found]) -> list[str]:
    return [one.failure.reason for one in found if isinstance(one, Unread)]


def stated(found: Iterable[Found]) -> list[Article]:
    return [item.article for item in items(found) if item.article]


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def run(folder: Path, columns: str = "") -> Report:
    with open_engine(f"whoosh:{folder.parent / 'index'}") as engine:
        return index([str(folder)], engine, jobs=1, columns=parse_columns(columns))


def changes(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.deleted


class TestGz:
    def test_what_is_packed_is_what_its_name_says_before_gz(self, tmp_path: Path) -> None:
        write(tmp_path / "a.html.gz", gzip.compress(PAGE))
        write(tmp_path / "b.jsonl.gz", gzip.compress(TITLED) + gzip.compress(b"\n" + TITLED))
        write(tmp_path / "c.csv.GZ", gzip.compress(b"headline,text\nOne,Some text"))
        found = found_in(tmp_path)
        assert [(item.path, item.part) for item in items(found)] == [
            ("a.html.gz", None),
            ("b.jsonl.gz", "line 1"),
            ("b.jsonl.gz", "line 2"),
            ("c.csv.GZ", "line 2"),
        ]
        assert items(found)[0].data == PAGE

    def test_a_packed_page_is_extracted_as_a_page(self, tmp_path: Path) -> None:
        write(tmp_path / "a.html.gz", gzip.compress(b"<p>" + b"</p><p>".join(text.encode() for text in PROSE)))
        [article] = articles([str(tmp_path)], jobs=1)
        assert isinstance(article, Article)
        assert article.body == "\n\n".join(PROSE)

    @pytest.mark.parametrize("data", [gzip.compress(PAGE)[:-20], b"no gzip", gzip.compress(PAGE)[:40] + b"\0" * 400])
    def test_damage_is_told_and_others_go_on(self, tmp_path: Path, data: bytes) -> None:
        write(tmp_path / "a.html.gz", data)
        write(tmp_path / "b.txt", "text")
        found = found_in(tmp_path)
        assert [item.path for item in items(found)] == ["b.txt"]
        [reason] = reasons(found)
        assert reason.startswith("damaged, it cannot be unpacked")

    def test_lines_before_the_damage_are_read(self, tmp_path: Path) -> None:
        lines = b"\n".join(b'{"title": "%d"}' % number for number in range(50_000))
        found = found_in(write(tmp_path / "a.jsonl.gz", gzip.compress(lines)[:-30]))
        assert len(items(found)) > 1000
        assert len(reasons(found)) == 1

    @pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
    def test_what_unpacks_to_too_much_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, fits: bool
    ) -> None:
        monkeypatch.setattr(files, "RATIO_FROM", 100_000)
        monkeypatch.setattr(files, "MAX_RATIO", 1)
        found = found_in(write(tmp_path / "a.txt.gz", gzip.compress(b"x" * (100_000 + more))))
        assert len(items(found)) == fits
        assert [reason[:11] for reason in reasons(found)] == ([] if fits else ["it unpacks "])

    def test_a_capture_has_its_bound_unpacked_too(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "MAX_FILE_BYTES", 10)
        write(tmp_path / "a.txt.gz", gzip.compress(b"x" * 10))
        write(tmp_path / "b.txt.gz", gzip.compress(b"x" * 11))
        found = found_in(tmp_path)
        assert [item.path for item in items(found)] == ["a.txt.gz"]
        assert len(reasons(found)) == 1


class TestZip:
    def test_it_is_read_like_a_folder(self, tmp_path: Path) -> None:
        members = {"b/a.html": PAGE, "a.txt": b"text", "c.jsonl.gz": gzip.compress(TITLED), "d.jpg": b"x"}
        members |= {".hidden/a.txt": b"x", "__MACOSX/a.txt": b"x"}
        zipped(tmp_path / "news/pages.zip", members)
        found = found_in(tmp_path / "news")
        assert [item.path for item in items(found)] == [
            "pages.zip/a.txt",
            "pages.zip/b/a.html",
            "pages.zip/c.jsonl.gz",
        ]
        assert [one for one in found if isinstance(one, LeftOut)] == [LeftOut("pages.zip/d.jpg")]
        assert items(found)[0].shown == f"{tmp_path}/news/pages.zip/a.txt"

    def test_names_that_lead_out_of_it_lead_nowhere(self, tmp_path: Path) -> None:
        write(tmp_path / "secret.txt", "not asked for")
        zipped(tmp_path / "news/a.zip", {"../../secret.txt": b"of the zip", "/etc/passwd.txt": b"of the zip"})
        assert {item.data for item in items(found_in(tmp_path / "news"))} == {b"of the zip"}

    def test_packed_files_within_are_not_opened(self, tmp_path: Path) -> None:
        inner = zipped(tmp_path / "x/inner.zip", {"a.txt": b"text"}).read_bytes()
        zipped(tmp_path / "news/a.zip", {"inner.zip": inner, "b.txt": b"text"})
        write(tmp_path / "news/c.zip.gz", gzip.compress(inner))
        found = found_in(tmp_path / "news")
        assert [item.path for item in items(found)] == ["a.zip/b.txt"]
        assert len([reason for reason in reasons(found) if "within another" in reason]) == 2

    @pytest.mark.parametrize("cut", [10, 100, 300])
    def test_a_damaged_zip_is_told(self, tmp_path: Path, cut: int) -> None:
        data = zipped(tmp_path / "x/a.zip", {"a.txt": b"text" * 10, "b.txt": b"other" * 10}).read_bytes()
        write(tmp_path / "news/a.zip", data[:-cut] if cut < len(data) else b"")
        write(tmp_path / "news/b.txt", "text")
        found = found_in(tmp_path / "news")
        assert [item.path for item in items(found)] == ["b.txt"]
        assert len(reasons(found)) == 1

    def test_a_damaged_member_is_told_and_the_rest_read(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "a.zip", {"a.txt": PAGE, "b.txt": b"text"})
        data = bytearray(path.read_bytes())
        data[60:70] = b"\xff" * 10
        found = found_in(write(path, bytes(data)))
        assert [item.path for item in items(found)] == ["a.zip/b.txt"]
        assert len(reasons(found)) == 1

    def test_an_encrypted_member_is_told(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "a.zip", {"a.txt": b"text"})
        data = path.read_bytes()
        for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            place = data.index(signature) + flags
            data = data[:place] + bytes([data[place] | 1]) + data[place + 1 :]
        assert reasons(found_in(write(path, data))) == ["encrypted; unpack it with its password"]

    @pytest.mark.parametrize(("count", "fits"), [(2, True), (3, True), (4, False)])
    def test_the_number_of_members_is_bounded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, fits: bool
    ) -> None:
        monkeypatch.setattr(packed, "MAX_MEMBERS", 3)
        path = zipped(tmp_path / "a.zip", {f"{number}.txt": b"text" for number in range(count)})
        found = found_in(path)
        assert len(items(found)) == (count if fits else 0)
        assert len(reasons(found)) == (0 if fits else 1)

    def test_only_what_changed_in_it_is_read_again(self, tmp_path: Path) -> None:
        news = tmp_path / "news"
        members = {f"{name}.html": PAGE.replace(b"Monday", name.encode()) for name in ("One", "Two", "Three")}
        zipped(news / "a.zip", members)
        assert changes(run(news)) == (3, 0, 0, 0)
        zipped(news / "a.zip", members | {"Two.html": PAGE.replace(b"Monday", b"Sunday")})
        assert changes(run(news)) == (0, 1, 2, 0)
        del members["Three.html"]
        zipped(news / "a.zip", members)
        assert changes(run(news)) == (0, 1, 1, 1)
        write(news / "a.zip", b"damaged")
        report = run(news)
        assert (changes(report), report.documents, len(report.failed)) == ((0, 0, 0, 0), 2, 1)


def page(text: str = "Monday") -> bytes:
    return PAGE.replace(b"Monday", text.encode())


class Warc:
    """A web archive in the making."""

    def __init__(self, gz: bool = True) -> None:
        self.data = b""
        self.gz = gz

    def add(
        self,
        address: str,
        data: bytes = PAGE,
        *,
        kind: str = "response",
        status: str = "200 OK",
        media: str = "text/html; charset=utf-8",
        moment: str = "2012-06-07T06:50:00Z",
        headers: Iterable[tuple[str, str]] = (),
    ) -> Warc:
        http = "".join(f"{name}: {value}\r\n" for name, value in [("Content-Type", media), *headers])
        block = data if kind == "resource" else f"HTTP/1.1 {status}\r\n{http}\r\n".encode() + data
        block_type = media if kind == "resource" else "application/http; msgtype=response"
        head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: {moment}\r\n"
        head += f"Content-Type: {block_type}\r\nContent-Length: {len(block)}\r\n\r\n"
        record = head.encode() + block + b"\r\n\r\n"
        self.data += gzip.compress(record) if self.gz else record
        return self

    def to(self, path: Path) -> Path:
        return write(path, self.data)


class TestWarc:
    @pytest.mark.parametrize(("gz", "name"), [(True, "a.warc.gz"), (False, "a.warc")])
    def test_pages_are_articles_under_their_address(self, tmp_path: Path, gz: bool, name: str) -> None:
        warc = Warc(gz).add("https://news.example/harbour#top").add("urn:page", kind="resource", media="text/html")
        found = found_in(warc.to(tmp_path / name))
        assert [(item.path, item.part) for item in items(found)] == [
            (f"{name}/https://news.example/harbour", "https://news.example/harbour"),
            (f"{name}/urn:page", "urn:page"),
        ]
        assert [item.data for item in items(found)] == [PAGE, PAGE]
        [first, _] = articles([str(tmp_path)], jobs=1)
        assert isinstance(first, Article)
        assert (first.title, first.url) == ("Harbour reopens", "https://news.example/harbour")
        assert first.body == "\n\n".join(PROSE)

    def test_a_warc_that_was_packed_as_one_is_read_too(self, tmp_path: Path) -> None:
        warc = Warc(gz=False).add("https://news.example/a").add("https://news.example/b")
        path = write(tmp_path / "a.warc.gz", gzip.compress(warc.data))
        assert len(items(found_in(path))) == 2

    def test_what_is_no_page_is_passed_over(self, tmp_path: Path) -> None:
        warc = Warc()
        warc.add("https://news.example/gone", status="404 Not Found").add("https://news.example/b", status="302 Found")
        warc.add("https://news.example/c.png", media="image/png").add("https://news.example/d", kind="revisit")
        found = found_in(warc.add("https://news.example/e").to(tmp_path / "a.warc.gz"))
        assert [item.part for item in items(found)] == ["https://news.example/e"]
        assert found == items(found)

    @pytest.mark.parametrize(
        ("headers", "data"),
        [
            ([("Content-Encoding", "gzip")], gzip.compress(PAGE)),
            ([("Content-Encoding", "br")], brotli.compress(PAGE)),
            ([("Transfer-Encoding", "chunked")], b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE)),
        ],
    )
    def test_the_encodings_it_was_sent_in_are_undone(
        self, tmp_path: Path, headers: list[tuple[str, str]], data: bytes
    ) -> None:
        [item] = items(found_in(Warc().add("https://news.example/a", data, headers=headers).to(tmp_path / "a.warc")))
        assert item.data == PAGE

    def test_an_encoding_that_is_not_known_is_told(self, tmp_path: Path) -> None:
        warc = (
            Warc().add("https://news.example/a", headers=[("Content-Encoding", "zstd")]).add("https://news.example/b")
        )
        found = found_in(warc.to(tmp_path / "a.warc.gz"))
        assert [item.part for item in items(found)] == ["https://news.example/b"]
        assert reasons(found) == ["https://news.example/a: sent in an encoding that is not known: zstd"]

    def test_the_servers_charset_is_believed(self, tmp_path: Path) -> None:
        data = page("Čtvrtek").decode().encode("iso8859-2")
        Warc().add("https://news.example/a", data, media='text/html; charset="ISO-8859-2"').to(tmp_path / "a.warc.gz")
        [article] = articles([str(tmp_path)], jobs=1)
        assert isinstance(article, Article)
        assert "Čtvrtek" in article.body

    def test_of_several_captures_the_latest_is_the_article_in_whatever_file(self, tmp_path: Path) -> None:
        news, address = tmp_path / "news", "https://news.example/a"
        late = Warc().add(address, page("Late"), moment="2013-01-02T00:00:00Z")
        late.add(address, page("Early"), moment="2012-01-01T00:00:00Z").to(news / "a.warc.gz")
        Warc().add(address, page("Middle"), moment="2012-12-01T00:00:00Z").to(news / "b.warc.gz")
        [item] = items(found_in(news))
        assert b"Late" in item.data
        assert changes(run(news)) == (1, 0, 0, 0)
        assert changes(run(news)) == (0, 0, 1, 0)
        Warc().add(address, page("Last"), moment="2014-01-02T00:00:00Z").to(news / "c.warc.gz")
        assert changes(run(news)) == (0, 1, 0, 0)
        assert [one.article_id for one in items(found_in(news))] == [item.article_id]

    def test_of_two_at_the_same_moment_one_is_the_article(self, tmp_path: Path) -> None:
        Warc().add("https://news.example/a").add("https://news.example/a").to(tmp_path / "a.warc.gz")
        assert len(items(found_in(tmp_path))) == 1

    def test_damage_ends_a_file_and_nothing_is_lost(self, tmp_path: Path) -> None:
        news = tmp_path / "news"
        warc = Warc().add("https://news.example/a").add("https://news.example/b")
        warc.to(news / "a.warc.gz")
        write(news / "z.html", PAGE)
        assert changes(run(news)) == (3, 0, 0, 0)
        write(news / "a.warc.gz", warc.data[:-40])
        report = run(news)
        assert (report.deleted, report.documents) == (0, 3)
        assert len(report.failed) == 1

    @pytest.mark.parametrize("data", [b"no warc at all", b"WARC/1.0\r\nContent-Length: many\r\n\r\n", PAGE])
    def test_what_is_no_warc_is_told(self, tmp_path: Path, data: bytes) -> None:
        found = found_in(write(tmp_path / "a.warc", data))
        assert not items(found)
        assert len(reasons(found)) == 1

    def test_a_length_that_is_wrong_is_told_and_nothing_is_printed(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        data = Warc(gz=False).add("https://news.example/a").add("https://news.example/b").data
        length = data.split(b"Content-Length: ")[1].split(b"\r\n")[0]
        found = found_in(write(tmp_path / "a.warc", data.replace(length, b"%d" % (int(length) - 9), 1)))
        assert any("length of a record" in reason for reason in reasons(found))
        assert capfd.readouterr() == ("", "")

    def test_a_page_that_is_cut_short_is_told(self, tmp_path: Path) -> None:
        warc = Warc(gz=False).add("https://news.example/a")
        found = found_in(write(tmp_path / "a.warc", warc.data[:-60]))
        assert not items(found)
        assert reasons(found) == ["https://news.example/a: cut short"]

    def test_a_wacz_has_its_captures_in_a_folder(self, tmp_path: Path) -> None:
        warc = Warc().add("https://news.example/a").data
        zipped(
            tmp_path / "a.wacz", {"archive/data.warc.gz": warc, "pages/pages.jsonl": TITLED, "datapackage.json": b"{}"}
        )
        found = found_in(tmp_path)
        assert [one.path for one in items(found)] == ["a.wacz/archive/data.warc.gz/https://news.example/a"]
        assert found == items(found)


RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Harbour Post</title><language>en-GB</language>
<item><title>Harbour &amp;amp; bridge reopen</title><link>https://post.example/1</link><guid>p1</guid>
<dc:creator>Ann Example</dc:creator><pubDate>Thu, 07 Jun 2012 06:50:00 -0400</pubDate>
<description>Ships are back.</description>
<content:encoded>
<![CDATA[<p>First paragraph.</p><script>x()</script><p>Second <b>one</b>.</p>]]></content:encoded></item>
<item><title>A teaser</title><link>https://post.example/2</link><description>Only this much.</description></item>
</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Hafenblatt</title>
<entry><id>urn:1</id><title type="html">Der &lt;i&gt;Hafen&lt;/i&gt;</title><author><name>Eva Muster</name></author>
<link href="https://blatt.example/1"/><published>2012-06-07T06:50:00+02:00</published>
<updated>2012-06-08T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>Erster Absatz.</p><p>Zweiter.</p></div></content></entry>
</feed>"""


class TestFeeds:
    def test_rss(self, tmp_path: Path) -> None:
        first, teaser = stated(found_in(write(tmp_path / "a.rss", RSS)))
        assert (first.title, first.body) == ("Harbour & bridge reopen", "First paragraph.\n\nSecond one.")
        assert (first.summary, first.author, first.publisher) == (
            ("Ships are back.",),
            ("Ann Example",),
            "The Harbour Post",
        )
        assert first.published is not None
        assert first.published.isoformat() == "2012-06-07T06:50:00-04:00"
        assert (first.language, first.url, first.path) == ("en", "https://post.example/1", "a.rss")
        assert (teaser.title, teaser.body, teaser.summary) == ("A teaser", "Only this much.", ())
        assert (teaser.published, teaser.author) == (None, ())

    def test_atom(self, tmp_path: Path) -> None:
        [entry] = stated(found_in(write(tmp_path / "a.xml", ATOM)))
        assert (entry.title, entry.body) == ("Der Hafen", "Erster Absatz.\n\nZweiter.")
        assert (entry.author, entry.publisher, entry.language) == (("Eva Muster",), "Hafenblatt", "de")
        assert entry.published is not None
        assert entry.published.isoformat() == "2012-06-07T06:50:00+02:00"

    def test_an_entry_in_several_captures_is_one_article(self, tmp_path: Path) -> None:
        news = tmp_path / "news"
        write(news / "1.atom", ATOM)
        write(news / "2.atom", ATOM.replace("Zweiter", "Berichtigt").replace("2012-06-08", "2012-06-09"))
        write(news / "3.atom", ATOM.replace("Zweiter", "Vorher").replace("2012-06-08", "2012-06-07"))
        [article] = stated(found_in(news))
        assert "Berichtigt" in article.body
        assert changes(run(news)) == (1, 0, 0, 0)
        (news / "3.atom").unlink()
        assert changes(run(news)) == (0, 0, 1, 0)

    def test_xml_that_is_no_feed_is_left_out(self, tmp_path: Path) -> None:
        write(tmp_path / "a.xml", "<?xml version='1.0'?><catalogue><rssx/></catalogue>")
        write(tmp_path / "b.rss", "<html>Not found</html>")
        found = found_in(tmp_path)
        assert found[0] == LeftOut("a.xml")
        assert reasons(found) == ["no feed: its root is neither rss nor feed"]

    def test_a_feed_cut_short_keeps_what_was_indexed(self, tmp_path: Path) -> None:
        news = tmp_path / "news"
        write(news / "a.rss", RSS)
        assert changes(run(news)) == (2, 0, 0, 0)
        write(news / "a.rss", RSS[: RSS.index("<item><title>A teaser")])
        report = run(news)
        assert (report.deleted, report.documents) == (0, 2)
        assert "not well-formed XML" in report.failed[0].reason

    def test_entities_fetch_nothing_and_do_not_grow(self, tmp_path: Path) -> None:
        write(tmp_path / "secret.txt", "not asked for")
        bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        doctype = f'<!DOCTYPE rss [<!ENTITY l0 "laugh">{bomb}<!ENTITY file SYSTEM "{tmp_path}/secret.txt">]>'
        feed = RSS.replace("<rss ", doctype + "<rss ").replace("Only this much.", "&l11; &file; this much.")
        found = found_in(write(tmp_path / "a.rss", feed))
        text = "".join(article.body for article in stated(found))
        assert "not asked for" not in text
        assert len(text) < 10_000


CSV = 'headline,Byline,text,date,Web URL\n"Harbour, again",By Ann Example and Ben Sample,"One\n\nTwo",07 June 2012,x\n'


class TestTables:
    def test_columns_go_by_their_usual_names(self, tmp_path: Path) -> None:
        [article] = stated(found_in(write(tmp_path / "a.csv", "\ufeff" + CSV)))
        assert (article.title, article.body) == ("Harbour, again", "One\n\nTwo")
        assert (article.author, str(article.published)) == (("Ann Example", "Ben Sample"), "2012-06-07")
        assert article.url == "x"

    @pytest.mark.parametrize(
        ("name", "delimiter", "encoding"),
        [("a.tsv", "\t", "utf-8"), ("a.csv", ";", "cp1252"), ("a.csv", "|", "utf-16"), ("a.csv", "\t", "utf-8")],
    )
    def test_delimiters_and_encodings_are_found_out(
        self, tmp_path: Path, name: str, delimiter: str, encoding: str
    ) -> None:
        rows = [("title", "body"), ("Überfahrt", "Die Fähre fährt wieder über den Fluß, nach elf Tagen.")]
        data = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
        [article] = stated(found_in(write(tmp_path / name, data)))
        assert (article.title, article.body) == rows[1]

    def test_a_table_without_a_body_says_what_it_has(self, tmp_path: Path) -> None:
        write(tmp_path / "a.csv", "kop,artikel\nEen,Twee")
        write(tmp_path / "b.json", '[{"kop": "Een", "artikel": "Twee"}]')
        reason = "which column is the body? It has artikel, kop; say --columns body=NAME"
        assert reasons(found_in(tmp_path)) == [reason, reason]
        found = found_in(tmp_path, "title=kop,body=artikel")
        assert [(one.title, one.body) for one in stated(found)] == [("Een", "Twee")] * 2

    def test_a_column_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        found = found_in(write(tmp_path / "a.csv", CSV), "body=artikel")
        assert reasons(found) == ["it has no column 'artikel'; it has Byline, Web URL, date, headline, text"]

    def test_rows_with_errors_are_told_by_their_line_and_others_go_on(self, tmp_path: Path) -> None:
        rows = (
            b'title,body,date\nOne,"a\nb",\nTwo,b,someday\nThree,c,,d\nFour,\xff\xfe,\n\n,,\nFive,'
            + "é".encode() * 2000
            + b",2012-06-07\nSix,f"
        )
        found = found_in(write(tmp_path / "a.csv", rows))
        assert [(item.part, item.article.title) for item in items(found) if item.article] == [
            ("line 2", "One"),
            ("line 9", "Five"),
            ("line 10", "Six"),
        ]
        assert [reason[:20] for reason in reasons(found)] == [
            "line 4: published 's",
            "line 5: 4 cells wher",
            "line 6: damaged char",
        ]

    @pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
    def test_the_length_of_a_field_is_bounded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, fits: bool
    ) -> None:
        monkeypatch.setattr(records, "MAX_LINE_BYTES", 1000)
        lines = "\n".join(["y" * 99] * 20)[: 1000 + more]
        found = found_in(write(tmp_path / "a.csv", f'title,body\nOne,short\nTwo,"{lines}"\n'))
        assert len(items(found)) == 1 + fits
        assert ["what follows was not read" in reason for reason in reasons(found)] == [True] * (not fits)

    def test_a_line_without_end_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(records, "MAX_LINE_BYTES", 1000)
        found = found_in(write(tmp_path / "a.csv", "title,body\nOne,short\nTwo," + "x" * 2000))
        assert len(items(found)) == 1
        assert "longer than" in reasons(found)[0]

    def test_json_is_an_array_or_holds_one(self, tmp_path: Path) -> None:
        row = {"headline": "One", "content": "Text", "source": {"id": None, "name": "The Post"}, "publishedAt": None}
        write(tmp_path / "a.json", json.dumps([row, row]))
        write(tmp_path / "b.json", json.dumps({"status": "ok", "articles": [row]}))
        write(tmp_path / "c.json", json.dumps(row))
        found = found_in(tmp_path)
        assert [(item.path, item.part) for item in items(found)] == [
            ("a.json", "item 1"),
            ("a.json", "item 2"),
            ("b.json", "item 1"),
            ("c.json", "item 1"),
        ]
        assert {(one.title, one.body, one.publisher) for one in stated(found)} == {("One", "Text", "The Post")}

    def test_dotted_columns_lead_into_objects(self, tmp_path: Path) -> None:
        row = {"meta": {"head": "One", "people": [{"name": "Ann Example"}, {"name": "Ben Sample"}]}, "text": "Text"}
        path = write(tmp_path / "a.jsonl", json.dumps(row))
        [article] = stated(found_in(path, "title=meta.head,author=meta.people.name"))
        assert (article.title, article.author) == ("One", ("Ann Example", "Ben Sample"))

    @pytest.mark.parametrize("text", ["[", "12", '"text"', "[1]", "{}", "[]", "\x00"])
    def test_json_that_is_no_table_is_told(self, tmp_path: Path, text: str) -> None:
        found = found_in(write(tmp_path / "a.json", text))
        assert not items(found)
        assert len(reasons(found)) == 1

    def test_other_columns_make_other_articles(self, tmp_path: Path) -> None:
        news = tmp_path / "news"
        write(news / "a.csv", "title,body,full\nOne,short,long text\nTwo,short,other text\n")
        assert changes(run(news)) == (2, 0, 0, 0)
        assert changes(run(news)) == (0, 0, 2, 0)
        assert changes(run(news, "body=full")) == (0, 2, 0, 0)

    def test_a_row_with_an_id_keeps_it_wherever_it_stands(self, tmp_path: Path) -> None:
        news = tmp_path / "news"
        write(news / "a.csv", "id,title,body\n1,One,a\n2,Two,b\n")
        write(news / "b.csv", "id,title,body\n1,Another,c\n")
        assert changes(run(news)) == (3, 0, 0, 0)
        write(news / "a.csv", "id,title,body\n3,Three,d\n1,One,a\n2,Two,b\n")
        assert changes(run(news)) == (1, 0, 3, 0)
        [own] = items(found_in(news / "b.csv", "id=id"))
        assert own.article_id == "1"

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("title", "write field=column"), ("title=", "write field=column"), ("kop=x", "no field 'kop'")],
    )
    def test_columns_that_say_nothing_are_misuse(self, text: str, reason: str) -> None:
        with pytest.raises(ValueError, match=reason):
            parse_columns(text)

    def test_numbers_are_text_to_the_last_digit(self, tmp_path: Path) -> None:
        found = found_in(write(tmp_path / "a.json", '[{"key": 12345678901234567890, "text": 1.50}]'), "id=key")
        assert [(item.article_id, item.article.body) for item in items(found) if item.article] == [
            ("12345678901234567890", "1.50")
        ]

    def test_a_row_nested_too_deep_is_told_and_others_go_on(self, tmp_path: Path) -> None:
        deep = "[" * 700 + '"x"' + "]" * 700
        found = found_in(write(tmp_path / "a.json", f'[{{"text": {deep}}}, {{"text": "One"}}]'))
        assert len(items(found)) + len(reasons(found)) == 2
        assert items(found)[-1].part == "item 2"


SAMPLES = {
    "a.html.gz": gzip.compress(PAGE),
    "a.jsonl.gz": gzip.compress(TITLED),
    "a.warc.gz": Warc().add("https://news.example/a").add("https://news.example/b").data,
    "a.warc": Warc(gz=False).add("https://news.example/a").data,
    "a.rss": RSS.encode(),
    "a.atom": ATOM.encode(),
    "a.csv": CSV.encode(),
    "a.json": json.dumps([{"title": "One", "body": "Text", "date": "2012-06-07"}]).encode(),
}


@pytest.mark.parametrize("name", [*SAMPLES, "a.zip"])
def test_whatever_is_damaged_is_read_or_told(tmp_path: Path, name: str) -> None:
    data = SAMPLES.get(name) or zipped(tmp_path / "whole/a.zip", SAMPLES).read_bytes()
    draw = Random(name)
    path = tmp_path / name
    for _ in range(60):
        damaged = bytearray(data)
        for place in draw.sample(range(len(data)), 5):
            damaged[place] = draw.randrange(256)
        for bad in (bytes(damaged), data[: draw.randrange(len(data))]):
            for found in found_in(write(path, bad)):
                assert isinstance(found, Item | LeftOut) or found.failure.reason


@pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
def test_the_headers_of_a_record_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, fits: bool
) -> None:
    record = (
        b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://example.org/a\r\n"
        b"WARC-Date: 2012-06-07T00:00:00Z\r\n"
        b"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: text/html\r\nContent-Length: 12\r\n"
        b"X-Long: %s\r\n\r\n<p>The pier.\r\n\r\n"
    )
    headers = record.index(b"%s") + len(b"\r\n\r\n")
    monkeypatch.setattr(warc, "MAX_HEADERS", 1000)
    found = found_in(write(tmp_path / "a.warc", record % (b"x" * (1000 + more - headers))))
    assert len(items(found)) == (1 if fits else 0)
    assert bool(reasons(found)) is not fits
