"""Any bytes become an article or a reason, within their bounds."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import indexer.extract
from indexer.extract import EXTRACTION_VERSION, MAX_PAGE, MAX_TEXT, ExtractionError, extract, is_html
from indexer.extract.html import MAX_ELEMENTS, MAX_TAGS
from indexer.extract.text import MAX_LINES
from search.article import Article, from_json, from_stored, to_json

SAMPLES = sorted((Path(__file__).parent.parent / "seeds").glob("*.*"))
SLOW = 10.0  # seconds of a processor, that nothing may take


def read(data: bytes, path: str = "a.txt") -> Article:
    return extract(data, article_id="a", path=path)


def refusal(data: bytes, path: str = "a.txt") -> str:
    with pytest.raises(ExtractionError) as refused:
        read(data, path)
    return str(refused.value)


def test_rules_have_a_version_and_refusals_are_value_errors() -> None:
    assert EXTRACTION_VERSION >= 1
    assert issubclass(ExtractionError, ValueError)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t", "the file is empty"),
        (bytes(range(256)) * 10, "binary, not text"),
        (b"\0" * 1000, "binary, not text"),
        (b"Share\nTweet\nEmail", "no readable text"),
        (b"<html><body><script>var a = 1;</script></body></html>", "no readable text"),
        (b"<html></html>", "no readable text"),
    ],
)
@pytest.mark.parametrize("path", ["a.txt", "a.html"])
def test_what_holds_no_article_is_refused_in_words(data: bytes, reason: str, path: str) -> None:
    assert refusal(data, path) == reason


@pytest.mark.parametrize(
    ("text", "path", "html"),
    [
        ("<p>Text", "a.html", True),
        ("<P CLASS=x>Text", "A.HTM", True),
        ("Text without tags, 1 < 2", "a.html", False),
        ("<!DOCTYPE html><p>Text", "a.txt", True),
        ('<?xml version="1.0"?>\n<html xmlns="x"><body>', "a.txt", True),
        ("\n <html><body>Text", "a", True),
        ("Text with a <b>tag</b> or two", "a.txt", False),
        ("<p>A paragraph.</p>\n" * 20, "a.txt", True),
        ("Text", "a.txt", False),
    ],
)
def test_html_is_told_by_its_tags(text: str, path: str, html: bool) -> None:
    assert is_html(text, path) is html


def test_a_page_called_text_and_a_text_called_page_are_the_same_article() -> None:
    story = "The older of the two piers was broken by a storm on Sunday night, and nobody was hurt when it fell."
    page = f"<!DOCTYPE html><html><body><p>{story}</p></body></html>".encode()
    assert read(page, "a.txt").body == read(page, "a.html").body == story
    assert read(story.encode(), "a.html").body == read(story.encode(), "a.txt").body == story


# ------------------------------------------------------------------------------------------------------------ bounds


def sentence(length: int) -> bytes:
    return (b"It is a word " * (length // 13 + 1))[: length - 1] + b"."


@pytest.mark.parametrize("length", [MAX_TEXT - 1, MAX_TEXT])
def test_a_text_is_read_to_its_bound(length: int) -> None:
    assert len(read(sentence(length)).body) == length


def test_a_text_past_its_bound_is_refused() -> None:
    assert refusal(sentence(MAX_TEXT + 1)) == f"longer than {MAX_TEXT:,} characters, which no article is"


@pytest.mark.parametrize("lines", [MAX_LINES - 1, MAX_LINES])
def test_lines_are_read_to_their_bound(lines: int) -> None:
    read(b"It is a line.\n" * (lines - 1) + b"It is a line.")


def test_lines_past_their_bound_are_refused() -> None:
    assert f"{MAX_LINES:,} lines" in refusal(b"It is a line.\n" * MAX_LINES + b"It is a line.")


@pytest.mark.parametrize(("tags", "refused"), [(MAX_TAGS - 1, False), (MAX_TAGS, False), (MAX_TAGS + 1, True)])
def test_tags_are_read_to_their_bound(tags: int, refused: bool) -> None:
    page = b"<p>" + b"<b>a" * (tags - 1)
    if refused:
        assert f"{MAX_TAGS:,} tags" in refusal(page, "a.html")
    else:
        assert read(page, "a.html").body


@pytest.mark.parametrize("paragraphs", [MAX_ELEMENTS - 4, MAX_ELEMENTS])
def test_a_page_of_too_many_elements_is_read_by_its_lines(paragraphs: int) -> None:
    page = b"<html><body>" + b"".join(b"<p>It is a sentence, and its number is %d." % n for n in range(paragraphs))
    assert read(page, "a.html").body.count("It is a sentence") == paragraphs


@pytest.mark.parametrize(("size", "refused"), [(MAX_PAGE - 1, False), (MAX_PAGE, False), (MAX_PAGE + 1, True)])
def test_bytes_are_read_to_their_bound(size: int, refused: bool) -> None:
    page = b"<p>" + sentence(size - 3)
    if refused:
        assert refusal(page, "a.html") == "larger than 8 MB, which no article is"
    else:
        assert read(page, "a.html").body.endswith(".")


def test_images_that_stand_in_a_page_do_not_count() -> None:
    image = b'<img src="data:image/png;base64,' + b"iVBORw0KGgo" * (MAX_PAGE // 11 + 1) + b'">'
    assert read(b"<p>It is a sentence.</p>" + image + b"<p>It is another.</p>", "a.html").body.endswith(
        "It is another."
    )


@pytest.mark.parametrize(
    "data",
    [
        b"word " * 10_000_000,
        b"a" * MAX_TEXT,
        b"(" * MAX_TEXT,
        b"A - " * (MAX_TEXT // 4),
        b"1/" * (MAX_TEXT // 2),
        "“".encode() * 1_000_000,
        ("e" + "\u0316\u0301" * 500_000).encode(),
        b"June 7, 2012 11:20\nIt is a teaser of a story\n" * (MAX_LINES // 2 - 1),
        b"- It is an item of a list\n" * (MAX_LINES - 1),
        b"Share\n" * (MAX_LINES - 1),
        b"\n".join(sentence(200 + n) + b"\nComments (3)" for n in range(5000)),
        b"By " + b"Mara Oduya, " * 300_000,
        b"<" * MAX_TAGS,
        b"<!--" * MAX_TAGS,
        b'<p class="' * MAX_TAGS,
        b"<div>" * MAX_TAGS + b"text",
        b"<p>It is a sentence, and there are many like it.</p>" * (MAX_TAGS // 2),
        b"<table>" + b"<tr><td>a cell<td>12" * (MAX_TAGS // 4),
        b"<a href=x>some words</a> " * (MAX_TAGS // 2),
        b"<meta name=author content='Mara Oduya'>" * (MAX_TAGS - 1) + b"<p>Text.",
        b"<p class=byline>By Mara Oduya</p>" * (MAX_TAGS // 2),
        b"<h1>The pier is gone</h1>" * (MAX_TAGS // 2),
        b"<p>" + b"&amp;" * 1_000_000,
    ],
    ids=lambda data: repr(data[:24]),
)
def test_no_capture_takes_long(data: bytes) -> None:
    read(b"Some words, so that what is loaded once is not counted here at all.")
    for path in ("a.txt", "a.html"):
        begin = time.process_time()
        with suppress(ExtractionError):
            read(data, path)
        assert time.process_time() - begin < SLOW


# --------------------------------------------------------------------------------------------------------- any bytes


@given(st.binary(max_size=2000), st.sampled_from(["a.txt", "a.html"]))
@example(b"\xef\xbb\xbf", "a.html")
@example(b"\xff\xfe<", "a.html")
@example(b"<\0p>", "a.html")
@example(b"<p>\x01\xed\xa0\x80</p>", "a.html")
def test_any_bytes_are_an_article_or_refused(data: bytes, path: str) -> None:
    with suppress(ExtractionError):
        whole(read(data, path))


TAGS = [
    "<p>",
    "</p>",
    "<div class=caption>",
    "<a href=x>",
    "</a>",
    "<li>",
    "<h1>",
    "<br>",
    "<table>",
    "<td>",
    "<nav>",
    "<!--",
]
WORDS = [
    "Share",
    "The pier is gone.",
    "By Mara Oduya",
    "June 7, 2012",
    "\n",
    "\n\n",
    "•",
    "—",
    "(Reuters)",
    "&#0;",
    "\x00",
    "é",
    "…",
]


@given(
    st.lists(st.sampled_from(TAGS + WORDS) | st.text(max_size=20), max_size=40), st.sampled_from(["a.txt", "a.html"])
)
def test_any_page_is_an_article_or_refused(pieces: list[str], path: str) -> None:
    with suppress(ExtractionError):
        whole(read(" ".join(pieces).encode("utf-8", "replace"), path))


def whole(article: Article) -> None:
    """Checks that an article can be written, read again and indexed."""
    assert article.body or article.title
    assert from_json(to_json(article)) == article
    assert from_stored(to_json(article)) == article
    for text in (article.title or "", article.body, *article.summary, *article.author, *article.captions):
        text.encode()
        assert text == text.strip()
        assert "\0" not in text
    assert "\n\n\n" not in article.body


def test_an_id_is_composed_as_addresses_are() -> None:
    assert from_json({"id": "cafe\u0301", "title": "x"}).id == "café"
    assert from_json({"id": "a\ud800", "title": "x"}).id == "a?"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32))
def test_a_cut_or_damaged_capture_is_an_article_or_refused(sample: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = sample.read_bytes()
    cut = data[: chance.randrange(len(data))]
    damaged = bytearray(data)
    for _ in range(200):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    for broken in (cut, bytes(damaged)):
        with suppress(ExtractionError):
            whole(read(broken, sample.name))


def test_samples_are_there_to_be_damaged() -> None:
    assert len(SAMPLES) >= 10


def test_extraction_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither our code nor a library below it asks the network for anything that a page refers to."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr("socket.socket", refuse)
    page = (
        '<html><head><link rel=canonical href="https://eastmoor.example/"><link rel=stylesheet href="//x.example/a">'
        '<script src="https://x.example/a.js"></script></head><body><img src="https://x.example/a.png">'
        '<iframe src="https://x.example/"></iframe><p>The pier is gone, and nobody was hurt when it fell.</p>'
    )
    assert read(page.encode(), "a.html").url == "https://eastmoor.example/"


def test_nothing_is_extracted_at_import() -> None:
    names = {"EXTRACTION_VERSION", "ExtractionError", "Fetched", "article_or_reason", "extract", "read"}
    assert set(indexer.extract.__all__) == names
