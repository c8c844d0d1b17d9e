"""Two texts beside each other: every word of both is there, and what only one has is marked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import tokens
from web.differences import MAX_PARAGRAPHS, MAX_WORDS, Comparison, Paragraph, Row, compare

PARAGRAPHS = st.lists(
    st.lists(
        st.sampled_from(["the", "Harbour", "harbour", "is", "Fähre", "上海合作", "…", "O'Neill", "10.5"]), max_size=8
    )
    .map(" ".join)
    .filter(str.strip),
    max_size=5,
)


def compared(first: Sequence[str], second: Sequence[str]) -> Comparison:
    found = compare(first, second)
    assert found is not None
    return found


def shown(paragraph: Paragraph) -> str:
    return "".join(f"[{piece.text}]" if piece.only else piece.text for piece in paragraph)


def sides(row: Row) -> tuple[list[str], list[str]]:
    return [shown(paragraph) for paragraph in row.first], [shown(paragraph) for paragraph in row.second]


@pytest.mark.parametrize(
    ("one", "other", "shown_one", "shown_other"),
    [
        ("The harbour is open.", "The harbour is open.", "The harbour is open.", "The harbour is open."),
        ("The harbour is open.", "the Harbour is “open”", "The harbour is open.", "the Harbour is “open”"),
        ("It's here, he said", "It’s here, he said", "It's here, he said", "It’s here, he said"),
        ("A grey old harbour", "A gray harbour", "A [grey old] harbour", "A [gray] harbour"),
        ("Ten ships (six big) came", "Ten ships came", "Ten ships ([six big]) came", "Ten ships came"),
        ("上海合作組織", "上海合作机构", "上海合作[組織]", "上海合作[机构]"),
        ("<b>bold</b> and <i>", "<b>bold</b> or <i>", "<b>bold</b> [and] <i>", "<b>bold</b> [or] <i>"),
    ],
)
def test_words_that_only_one_has_are_marked(one: str, other: str, shown_one: str, shown_other: str) -> None:
    [row] = compared([one], [other]).rows
    assert row.alike
    assert sides(row) == ([shown_one], [shown_other])


def test_paragraphs_answer_to_each_other_in_their_order() -> None:
    first = ["One two three four.", "A paragraph of its own.", "Five six seven eight."]
    second = ["One two 3 four.", "Five six seven eight.", "What else there is to say."]
    found = compared(first, second)
    assert [(sides(row), row.alike) for row in found.rows] == [
        ((["One two [three] four."], ["One two [3] four."]), True),
        ((["[A paragraph of its own]."], []), False),
        ((["Five six seven eight."], ["Five six seven eight."]), True),
        (([], ["[What else there is to say]."]), False),
    ]
    assert (found.common, found.words) == (14, 27)


def test_a_paragraph_that_was_parted_answers_to_both_parts() -> None:
    found = compared(["One two three, four five six."], ["One two three.", "Four five six."])
    assert [sides(row) for row in found.rows] == [
        (["One two three, four five six."], ["One two three.", "Four five six."])
    ]
    assert found.common == found.words == 12


def test_unlike_paragraphs_stand_together_without_marks_on_their_stop_words() -> None:
    [row] = compared(["The end of the long war."], ["A price of many ferries.", "The weather."]).rows
    assert not row.alike
    assert sides(row) == (["[The end of the long war]."], ["[A price of many ferries].", "[The weather]."])


def test_texts_without_words_are_compared_too() -> None:
    assert compared([], []) == Comparison((), 0, 0)
    assert compared(["…"], []).words == 0


@given(PARAGRAPHS, PARAGRAPHS)
def test_the_pieces_give_back_each_text_and_the_words_in_common_are_alike(first: list[str], second: list[str]) -> None:
    found = compared(first, second)
    for side, paragraphs in (("first", first), ("second", second)):
        told = [paragraph for row in found.rows for paragraph in getattr(row, side)]
        assert ["".join(piece.text for piece in paragraph) for paragraph in told] == paragraphs
    for row in found.rows:
        assert common(row.first) == common(row.second)
    assert found.common == sum(len(common(row.first)) * 2 for row in found.rows)


def common(side: tuple[Paragraph, ...]) -> list[str]:
    """The words that are not marked."""
    plain = [piece.text for paragraph in side for piece in paragraph if not piece.only]
    return [word for text in plain for word in words_of(text)]


def words_of(text: str) -> list[str]:
    spans = {token.start: token.end for token in tokens(text)}
    return [text[start:end].casefold() for start, end in spans.items()]


@pytest.mark.parametrize(
    ("words", "paragraphs", "told"),
    [
        (1, 1, True),
        (MAX_WORDS, 1, True),
        (MAX_WORDS + 1, 1, False),
        (MAX_PARAGRAPHS, MAX_PARAGRAPHS, True),
        (MAX_PARAGRAPHS + 1, MAX_PARAGRAPHS + 1, False),
    ],
)
def test_texts_that_are_too_long_are_not_compared(words: int, paragraphs: int, told: bool) -> None:
    text = ["word " * (words // paragraphs)] * paragraphs
    assert (compare(text, ["word"]) is not None) is told
    assert (compare(["word"], text) is not None) is told
