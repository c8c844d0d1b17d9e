"""Snippets and marks are pieces whose texts add up, with just the matches marked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.analysis import ENGLISH, stem_beginning, tokens
from search.engine import Piece, Snippet
from search.parse import parse
from search.query import Query, Word
from search.snippets import MAX_WHOLES, PASSAGE, _plan, mark, snippet
from tests.strategies import queries, words

BETWEEN = (" ", "\n\n", ", ", "-", "’s", "é", "_")
FILLER = "One more filler sentence says nothing of note at all. " * 20


def shown(snippet: Snippet) -> str:
    return "".join(f"[{piece.text}]" if piece.matched else piece.text for piece in snippet)


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("run", "Runs, running; ran.", "[Runs], [running]; ran."),
        ('"runs"', "Runs, running.", "[Runs], running."),
        ('"regime change"', "Regime change, a change of regime.", "[Regime] [change], a change of regime."),
        ('"regime change"', "A regime\n\nchange", "A regime\n\nchange"),
        ("G-20", "The G-20 and 20 others", "The [G]-[20] and 20 others"),
        ("U.N.", "The UN, the U.N.'s", "The [UN], the [U.N].'s"),
        ("china", "China’s", "[China’s]"),
        ("cafe", "Le café", "Le [café]"),
        ("interven*", "Interventions intervene", "[Interventions] [intervene]"),
        ("al-ass*", "al-Assad, Assad", "[al]-[Assad], Assad"),
        ("kazakstan~", "Kazakhstan, Pakistan", "[Kazakhstan], Pakistan"),
        ('"syria russia"~1', "Russia on Syria. Syria.", "[Russia] on [Syria]. Syria."),
        ('"syria russia"~0', "Russia on Syria", "Russia on Syria"),
        ("russia -china", "Russia, China", "[Russia], China"),
        ("russia NOT (china OR iran)", "Russia, China, Iran", "[Russia], China, Iran"),
        ("the russia", "the Russia", "the [Russia]"),
        ("title:russia body:china", "Russia, China", "Russia, [China]"),
        ("captions:russia", "Russia", "Russia"),
        ("date:2012 russia", "Russia 2012", "[Russia] 2012"),
        ("*", "Russia", "Russia"),
        ("russia", "", ""),
    ],
)
def test_what_is_marked(query: str, text: str, marked: str) -> None:
    assert shown(mark(text, parse(query))) == marked


def test_a_title_is_marked_by_its_own_words() -> None:
    assert shown(mark("Russia, China", parse("title:russia body:china iran"), "title")) == "[Russia], China"


def test_a_snippet_shows_the_sentence_of_the_match() -> None:
    text = f"{FILLER}\n\nThe envoys met late. Then Russia vetoed it. {FILLER}"
    assert shown(snippet(text, parse("vetoed"))).startswith("… Then Russia [vetoed] it. One more")


def test_a_snippet_prefers_more_of_the_query_and_what_is_rarer() -> None:
    text = f"Russia spoke. {FILLER} Russia and China spoke. {FILLER} China spoke."
    assert "[Russia] and [China] spoke" in shown(snippet(text, parse("russia china")))
    common, rare = Word("filler"), Word("harbour")
    text = f"{FILLER} A harbour was named."
    weights: dict[Query, float] = {common: 0.1, rare: 5.0}
    assert "[harbour]" in shown(snippet(text, parse("filler harbour"), weights.__getitem__))


def test_two_passages_where_one_does_not_hold_all() -> None:
    text = f"{FILLER}Russia spoke. {FILLER}China spoke. {FILLER}"
    parts = shown(snippet(text, parse("russia china"))).split(" … ")
    assert len(parts) == 2
    assert "[Russia]" in parts[0]
    assert "[China]" in parts[1]


def test_without_a_match_the_opening_words() -> None:
    assert snippet("Short and plain.", parse("russia")) == (Piece("Short and plain."),)
    assert shown(snippet(FILLER, parse("russia"))).endswith(" …")
    assert PASSAGE * 0.9 < len(shown(snippet(FILLER, parse("russia")))) <= PASSAGE + 2
    assert snippet("", parse("russia")) == ()


@given(st.lists(st.sampled_from(["russia", "Russia's", "veto.", "\n\n", "G-20", "the", "U.N."]), max_size=120))
def test_pieces_add_up(words: list[str]) -> None:
    text = " ".join(words)
    query = parse('russia "veto" g-20')
    assert "".join(piece.text for piece in mark(text, query)) == text
    for passage in "".join(piece.text for piece in snippet(text, query)).split("…"):
        assert passage.strip() in " ".join(text.split())
    assert any(piece.matched for piece in snippet(text, query)) == any(
        word not in ("\n\n", "the", "U.N.") for word in words
    )


@given(
    st.lists(words() | st.sampled_from((" ", "\n\n", ", ", "-", "’s", "é", "_")), max_size=60).map("".join), queries()
)
@example("U.N. u.n U.N's O’Brien o'brien's", parse('un "un" u.n "o\'brien" o\'br*'))
@example("hoping possibility dying skies tied agencies news", parse("hope possible die sky ties agency new"))
def test_looking_for_beginnings_finds_what_a_whole_analysis_does(text: str, query: Query) -> None:
    for field in ("title", "body", "captions"):
        plan = _plan(query, field, ENGLISH)
        whole = replace(plan, beginnings=frozenset())
        assert plan.matches(text) == whole.matches(text)


def test_every_inflection_begins_with_what_is_looked_for() -> None:
    """Over English as it is written: the project's own documents and samples."""
    root = Path(__file__).parent.parent
    texts = [path.read_text("utf-8") for path in (*root.glob("*.md"), *root.glob("seeds/*.txt"))]
    forms = {token.form for text in (*texts, "dying possibilities") for token in tokens(text)}
    assert len(forms) > 1000
    for form in forms:
        assert form.exact.startswith(stem_beginning(form.stem)), form


@pytest.mark.parametrize(("before", "marked"), [(MAX_WHOLES - 2, True), (MAX_WHOLES - 1, True), (MAX_WHOLES, False)])
@pytest.mark.parametrize(("part", "shows"), [("harbor~", "[harbour]"), ('"harbour pier"~3', "[harbour] and [pier]")])
def test_of_near_words_and_misspellings_the_first_are_marked(part: str, shows: str, before: int, marked: bool) -> None:
    query = parse(" OR ".join([f"nowhere{number}~" for number in range(before)] + [part]))
    assert (shows in shown(mark("harbour and pier", query))) is marked


def test_where_several_phrases_and_beginnings_meet_all_are_marked() -> None:
    text = "The harbour council of the harbour city met, the harbours too."
    marked = "The [harbour] [council] of the [harbour] [city] met, the [harbours] too."
    assert shown(mark(text, parse('"harbour council" OR "harbour city" OR harbours* OR "harbour market"'))) == marked
    assert shown(mark("harbourmaster", parse("har* OR harbour*"))) == "[harbourmaster]"


@pytest.mark.parametrize("length", [PASSAGE - 1, PASSAGE, PASSAGE + 1, 3 * PASSAGE])
@pytest.mark.parametrize("before", ["", "Harbour. ", "harbour " * 200])
def test_a_word_longer_than_a_passage_is_shown_from_its_beginning(length: int, before: str) -> None:
    word = "w" * length
    pieces = snippet(f"{before}{word} in the harbour", parse(f"harbour {word}"))
    assert any(piece.matched and piece.text.startswith("w") for piece in pieces)
