"""The one analysis that documents, queries and snippets share."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.analysis import (
    BODY,
    BODY_START,
    MAX_TERM,
    PARAGRAPH,
    PARAGRAPH_GAP,
    VARIANT,
    asked,
    chunks,
    fold,
    has_cjk,
    stems_of,
    terms,
    tokens,
    variants,
    without_stop_words,
    words,
    words_of,
)
from search.parse import parse
from search.query import Query

CHUNKS = (
    "Run",
    "'s",
    "U.",
    "N.",
    "a.b",
    " ",
    "\n",
    "\n\n",
    "\f",
    "_",
    "C++",
    "#",
    "&",
    "’",
    "“",
    "é",
    "e\u0301",
    "हि",
    "3.",
    "5",
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("running runs run", ["running", "runs", "run"]),
        ("C++ C# c++11", ["c++", "c#", "c++", "11"]),
        ("AT&T Q&A Smith & Sons", ["at&t", "q&a", "smith", "sons"]),
        ("U.N. UN u.n U.S.-led", ["un", "un", "un", "us", "led"]),
        ("a.b.cd", ["ab", "cd"]),
        ("G-20 cease-fire", ["g", "20", "cease", "fire"]),
        ("China's China’s CHINA'S powers' O'Brien's", ["china", "china", "china", "powers", "o'brien"]),
        ("don't don’t", ["don't", "don't"]),
        ("3.5 10,000 2012-06-07", ["3.5", "10", "000", "2012", "06", "07"]),
        ("file_name http://x.org/#top", ["file", "name", "http", "x", "org", "top"]),
        ("Straße Łódź Ærø café", ["strasse", "lodz", "aero", "cafe"]),
        ("ﬁnance ＵＮ", ["finance", "un"]),
        ("'s ’ & ++ ...", ["s"]),
        ("हिन्दी_भाषा كَتَبَ", ["हिन्दी", "भाषा", "كَتَبَ"]),
        ("e\u0301te\u0301", ["ete"]),
        ("x" * MAX_TERM, ["x" * MAX_TERM]),
        ("x" * (MAX_TERM + 1), ["x" * MAX_TERM]),
        ("", []),
    ],
)
def test_words_as_written(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("running", "run"),
        ("intervention", "intervent"),
        ("Interventions", "intervent"),
        ("vetoes", "veto"),
        ("vetoed", "veto"),
        ("news", "news"),
        ("cafés", "cafe"),
        ("U.N.", "un"),
        ("C++", "c++"),
        ("the", "the"),
    ],
)
def test_stems(word: str, stem: str) -> None:
    """Snowball English, http://snowball.tartarus.org/algorithms/english/stemmer.html"""
    assert stems_of(word) == [stem]


def test_variants_tell_accented_words_from_plain_ones() -> None:
    assert variants("A café, the Café’s cafe; a “plain” naïveté") == {f"cafe{VARIANT}café", f"naivete{VARIANT}naïveté"}
    assert variants("A plain café"[:7]) == set()


@given(st.one_of(st.text(), st.lists(st.sampled_from(CHUNKS)).map("".join)))
@example("新闻发布会 on U.N. 0会\n\n会見")
def test_chunks_hold_the_tokens_of_the_text(text: str) -> None:
    """What an indexer reads chunk by chunk is what everybody else reads at once."""
    position, found = 0, []
    for chunk in chunks(text):
        if chunk in (PARAGRAPH, BODY):
            position = max(position + PARAGRAPH_GAP, BODY_START if chunk == BODY else 0)
        else:
            for word in words(chunk):
                found += [(form, position) for form in terms(word)]
                position += 1
    assert found == [(token.form, token.position) for token in tokens(text)]


def test_paragraphs_and_the_body_start_apart() -> None:
    positions = [token.position for token in asked("a b\n\nc\n \n\nd\fe f\n\ng")]
    assert positions[:4] == [0, 1, 2 + PARAGRAPH_GAP, 3 + 2 * PARAGRAPH_GAP]
    assert positions[4:] == [BODY_START, BODY_START + 1, BODY_START + 2 + PARAGRAPH_GAP]


def test_a_head_longer_than_its_room_moves_the_body_on() -> None:
    positions = [token.position for token in asked("word " * BODY_START + "\fbody")]
    assert positions[-1] == BODY_START + PARAGRAPH_GAP


@given(st.text())
def test_any_text_gives_terms_in_order(text: str) -> None:
    found = list(tokens(text))
    assert all(text[token.start : token.end] and token.form.exact and token.form.stem for token in found)
    for before, after in pairwise(found):
        assert before.start <= after.start
        assert before.position < after.position or (before.start == after.start and has_cjk(text))
        assert before.end <= after.start or has_cjk(text)


@given(st.text(min_size=1))
def test_folding_leaves_something_and_is_done_once(text: str) -> None:
    assert fold(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["a." * 20_000 + "ab", "1" * 50_000, "1." * 20_000, "\n " * 20_000, "a'" * 20_000])
def test_a_nasty_text_takes_no_more_than_its_length(text: str) -> None:
    assert sum(1 for _ in tokens(text)) <= len(text)


@pytest.mark.parametrize(
    ("text", "thinned", "ignored"),
    [
        ("the veto", "veto", ("the",)),
        ("the veto of china", "veto china", ("the", "of")),
        ("the of", "the of", ()),
        ("the", "the", ()),
        ('"the veto" of', '"the veto"', ("of",)),
        ("the -veto", "the -veto", ()),
        ("title:the veto", "title:the veto", ()),
        ("the OR veto", "the OR veto", ()),
        ("the date:2012", "the date:2012", ()),
        ("(the of) OR veto", "(the of) OR veto", ()),
        ("the C++", "C++", ("the",)),
        ("US", "US", ()),
    ],
)
def test_stop_words_of_a_query(text: str, thinned: str, ignored: tuple[str, ...]) -> None:
    understood: Query = parse(thinned)
    assert without_stop_words(parse(text)) == (understood, ignored)
    assert without_stop_words(understood) == (understood, ())
