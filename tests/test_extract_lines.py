"""Which class a line of a capture belongs to: by itself, and among its neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.extract.classes import COMMENTS, HEADLINES, NEAR, PRINTS, classify
from indexer.extract.lines import Kind, Line, Role, count_words, is_ended, key, split_lines
from indexer.extract.phrases import BUSINESS_INSIDE, FURNITURE_INSIDE
from indexer.extract.rules import COLON_WORDS, DATE_WORDS, HEADING_WORDS, LONG_WORDS, PROSE_WORDS, find_stamp

PARAGRAPH = "The harbour was closed on Monday after a storm broke the older of its two piers."

MORE = "Fishermen pulled their boats ashore with the help of soldiers, and the ferry to the island waited."


def classes(text: str) -> list[Kind]:
    return [line.kind for line in classify(split_lines(text))]


def words(number: int, end: str = "") -> str:
    return " ".join(["word"] * number) + end


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (PARAGRAPH, Kind.PROSE),
        ("“We shall build it anew,” the mayor said, “and higher.”", Kind.PROSE),
        ("港は月曜日に閉鎖された。嵐が二つの桟橋のうち古いほうを壊したためである。", Kind.PROSE),
        ("The storm", Kind.SHORT),
        ("It broke.", Kind.SHORT),
        ("• Two piers, one of them old", Kind.ITEM),
        ("3) Two piers, one of them old", Kind.ITEM),
        # when and who
        ("June 7, 2012", Kind.DATE),
        ("4. Juli 2012, 14:05 Uhr", Kind.DATE),
        ("6:50 AM EDT, Thu June 7, 2012", Kind.DATE),
        ("3 hours ago", Kind.DATE),
        ("2012年6月7日", Kind.DATE),
        ("By Mara Oduya", Kind.BYLINE),
        ("From Mara Oduya, Meridian Wire", Kind.BYLINE),
        # photos
        ("(Photo: Mara Oduya)", Kind.CREDIT),
        ("Photo by Mara Oduya", Kind.CREDIT),
        ("The pier on Monday. (photo credit: REUTERS/Mara Oduya)", Kind.CREDIT),
        ("The pier on Monday (NASA/JPL-Caltech)", Kind.CREDIT),
        ("Mara Oduya/Getty Images", Kind.CREDIT),
        ("Image Credit: Harbour Gazette", Kind.CREDIT),
        # the page
        ("Skip to main content", Kind.FURNITURE),
        ("Share on Facebook", Kind.FURNITURE),
        ("XS", Kind.FURNITURE),
        ("1 minute read.", Kind.FURNITURE),
        ("Image 3 of 12", Kind.FURNITURE),
        ("Advertisement", Kind.FURNITURE),
        ("Source: harbour office", Kind.FURNITURE),
        ("Please enter your name here", Kind.FURNITURE),
        ("updated 8:43 AM EDT, Thu June 26, 2014", Kind.FURNITURE),
        ("We use cookies and other tracking technologies to improve your visit.", Kind.FURNITURE),
        ("If you buy something through a link we may earn a commission.", Kind.FURNITURE),
        ("Partager", Kind.FURNITURE),
        # other stories, and the end
        ("Related Content", Kind.OTHERS),
        ("Most read", Kind.OTHERS),
        ("You may also like:", Kind.OTHERS),
        ("More from the harbour", Kind.OTHERS),
        ("Lesen Sie auch", Kind.FURNITURE),
        ("Das könnte Sie auch interessieren", Kind.OTHERS),
        ("LEAVE A REPLY", Kind.END),
        ("23 comments", Kind.END),
        ("Comments (4)", Kind.END),
        ("© 2012 Harbour Gazette", Kind.FURNITURE),
        ("All rights reserved.", Kind.FURNITURE),
        ("About the author", Kind.END),
        ("About Mara Oduya", Kind.END),
        ("About the harbour", Kind.SHORT),
        ("THE HARBOUR IS CLOSED AFTER THE STORM", Kind.CAPITALS),
    ],
)
def test_a_line_by_itself(line: str, kind: Kind) -> None:
    assert classes(line) == [kind]


@pytest.mark.parametrize(
    "line",
    [
        "The government will share the cost of the pier with the towns along the coast, the mayor said.",
        "Copyright law was the subject of the second day, and few of the members had read the draft.",
        "He said that the photo of the pier had been taken in June 2012, when the storm was still far away from there.",
        "The island, about 300 miles from the coast, was reached at 10:32 p.m. by two of the ships.",
        "Related industries lost as much as the harbour itself did in the weeks of the storm.",
        "By the time the storm had gone, all of the boats that were left had been pulled ashore.",
    ],
)
def test_words_of_the_furniture_inside_a_sentence_are_a_sentence(line: str) -> None:
    assert classes(line) == [Kind.PROSE]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (words(PROSE_WORDS - 1, "."), Kind.SHORT),
        (words(PROSE_WORDS, "."), Kind.PROSE),
        (words(PROSE_WORDS + 1, "."), Kind.PROSE),
        (words(LONG_WORDS - 1), Kind.SHORT),
        (words(LONG_WORDS), Kind.PROSE),
        (words(LONG_WORDS + 1), Kind.PROSE),
        (words(COLON_WORDS - 1, ":"), Kind.SHORT),
        (words(COLON_WORDS, ":"), Kind.PROSE),
        (words(COLON_WORDS + 1, ":"), Kind.PROSE),
        ("related " + words(HEADING_WORDS - 2), Kind.OTHERS),
        ("related " + words(HEADING_WORDS - 1), Kind.OTHERS),
        ("related " + words(HEADING_WORDS), Kind.SHORT),
        ("12:30 " + words(DATE_WORDS - 2), Kind.DATE),
        ("12:30 " + words(DATE_WORDS - 1), Kind.DATE),
        ("12:30 " + words(DATE_WORDS), Kind.SHORT),
    ],
)
def test_the_bounds_of_the_classes(line: str, kind: Kind) -> None:
    assert classes(line) == [kind]


@pytest.mark.parametrize("phrase", [*FURNITURE_INSIDE, *BUSINESS_INSIDE])
def test_a_phrase_is_found_inside_a_line(phrase: str) -> None:
    assert classes(f"Harbour: {phrase.strip().upper()} ...") == [Kind.FURNITURE]


def test_marks_of_a_page_class_a_line_that_says_nothing_itself() -> None:
    lines = [
        Line("Boats on the quay", role=Role.CAPTION),
        Line("A new pier for the island", links=0.9),
        Line("Boats", links=0.5),
    ]
    assert [line.kind for line in classify(lines)] == [Kind.CAPTION, Kind.LINKS, Kind.SHORT]


def test_a_class_comes_with_its_reason() -> None:
    for line in classify(split_lines(f"Share\n\n{PARAGRAPH}\n\nThe storm\n- one\nJune 7, 2012")):
        assert line.reason


# -------------------------------------------------------------------------------------------------------- neighbours

CAPTION = "Boats on the quay of the old harbour, left, before the storm"


def test_a_line_printed_twice_in_a_row_is_a_caption() -> None:
    assert classes(f"{CAPTION}\n{CAPTION}\n{PARAGRAPH}") == [Kind.CAPTION, Kind.CAPTION, Kind.PROSE]


def test_a_line_printed_again_with_a_credit_is_a_caption() -> None:
    assert classes(f"{CAPTION}\n\n{CAPTION} 640 NC. (photo credit: Mara Oduya)\n\n{PARAGRAPH}") == [
        Kind.CAPTION,
        Kind.CAPTION,
        Kind.PROSE,
    ]


@pytest.mark.parametrize(
    ("between", "kind"), [(NEAR - 2, Kind.CAPTION), (NEAR - 1, Kind.CAPTION), (NEAR, Kind.REPEATED)]
)
def test_two_prints_of_a_caption_stand_near_each_other(between: int, kind: Kind) -> None:
    apart = "\n\n".join(f"{PARAGRAPH} Number {number} of them." for number in range(between))
    assert classes(f"{CAPTION}\n\n{apart}\n\n{CAPTION}")[-1] == kind


def test_a_paragraph_that_begins_like_a_caption_stays_one() -> None:
    text = (
        f"{CAPTION}\n\n{CAPTION}, were pulled ashore by their owners on Sunday evening, when the radio spoke of wind."
    )
    assert classes(text) == [Kind.CAPTION, Kind.PROSE]


def test_a_paragraph_printed_twice_stays_one() -> None:
    assert classes(f"{PARAGRAPH}\n\n{PARAGRAPH}\n\n{MORE}") == [Kind.PROSE] * 3


@pytest.mark.parametrize(("prints", "kind"), [(PRINTS, Kind.CAPTION), (PRINTS + 1, Kind.SHORT)])
def test_what_is_printed_often_is_no_caption(prints: int, kind: Kind) -> None:
    text = "\n\n".join(f"What she saw on the pier\n\n{PARAGRAPH} It was number {n}." for n in range(prints))
    assert classes(text)[0] == kind


def test_a_line_above_a_bare_credit_is_its_caption() -> None:
    text = (
        f"{PARAGRAPH}\n\nThe old pier on Sunday evening, before the storm broke it.\nMara Oduya/Getty Images\n\n{MORE}"
    )
    assert classes(text) == [Kind.PROSE, Kind.CAPTION, Kind.CREDIT, Kind.PROSE]


def test_a_list_with_its_source_is_a_box_with_its_heading() -> None:
    box = "The harbour in figures\n\n• Two piers of stone\n• 40 boats\n• 300 years of age\nSource: harbour office"
    text = f"{PARAGRAPH}\n\n{box}\n"
    assert classes(text) == [Kind.PROSE, *[Kind.FURNITURE] * 5]


def test_a_list_without_a_source_is_a_list() -> None:
    assert classes("• Two piers of stone\n• 40 boats\n• 300 years of age\n")[0] == Kind.ITEM


def test_short_texts_between_dates_are_teasers() -> None:
    text = (
        "updated 8:43 AM EDT, Thu June 26, 2014\nA boat that was thought lost in the storm came home on Thursday.\n"
        "updated 8:48 AM EDT, Thu June 26, 2014\nThe mayor of the town says that he will not stand again.\n"
        "updated 5:33 PM EDT, Tue June 24, 2014\nFishermen ask for money from the fund for the storm."
    )
    assert set(classes(text)) == {Kind.TEASER}


def test_a_date_above_an_article_is_no_teaser() -> None:
    assert classes(f"The storm\n\nJune 5, 2012 11:20\n\n{PARAGRAPH}\n\n{MORE}")[1:] == [
        Kind.DATE,
        Kind.PROSE,
        Kind.PROSE,
    ]


@pytest.mark.parametrize(
    ("headlines", "kind"), [(HEADLINES - 1, Kind.SHORT), (HEADLINES, Kind.LINKS), (HEADLINES + 1, Kind.LINKS)]
)
def test_headlines_in_a_row_are_links(headlines: int, kind: Kind) -> None:
    row = "\n".join(f"Opinion: why pier {number} must go" for number in range(headlines))
    assert classes(f"{PARAGRAPH}\n\n{row}\n\n{MORE}")[1:-1] == [kind] * headlines


def test_headings_between_paragraphs_are_no_links() -> None:
    text = "\n\n".join(f"What became of pier {number}\n\n{PARAGRAPH} It was number {number}." for number in range(4))
    assert classes(text) == [Kind.SHORT, Kind.PROSE] * 4


def test_a_quoted_post_belongs_to_the_article() -> None:
    post = "the pier is gone\nnobody is hurt as far as we know\nstay away from the quay"
    text = f"{PARAGRAPH}\n{post}\n— Harbour Master (@quay) June 7, 2012"
    assert classes(text) == [Kind.PROSE, *[Kind.SHORT] * 4]


@pytest.mark.parametrize(
    "head",
    [
        "Mara{} on September 12, 2018 at 4:30 pm said:",
        "Mara{} says:\nSeptember 12, 2018 at 4:30 pm",
        "Mara{} · 7 hours ago",
        "Mara{}, 12 September 2018 at 16:30",
    ],
)
def test_heads_of_comments_are_told_from_bylines(head: str) -> None:
    thread = "".join(f"{head.format(10 + number)}\n{PARAGRAPH} It is number {number}.\n" for number in range(COMMENTS))
    assert classes(thread).count(Kind.COMMENT) == COMMENTS
    assert Kind.COMMENT not in classes(f"{head.format(10)}\n{PARAGRAPH}")


def test_a_byline_printed_twice_is_no_thread() -> None:
    byline = "Meridian Wire November 19, 2019, 9:02 AM"
    assert Kind.COMMENT not in classes(f"{byline}\n{PARAGRAPH}\n{byline}\n{MORE}")


# ------------------------------------------------------------------------------------------------------------- helpers


def test_lines_know_the_gaps_above_them() -> None:
    lines = split_lines("one\n\n\n two  three \n\t\n• four\n")
    assert [(line.text, line.gap, line.bullet) for line in lines] == [
        ("one", 0, False),
        ("two three", 2, False),
        ("four", 1, True),
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [("one", 1), ("one two three", 3), ("café au lait", 3), ("港は月曜日に閉鎖された", 1 + 3), ("it's", 1)],
)
def test_words_are_counted_in_scripts_without_spaces_too(text: str, number: int) -> None:
    assert count_words(text) == number


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("It broke.", True),
        ("“It broke!”", True),
        ("It broke (today.)", True),
        ("終わった。", True),
        ("It broke", False),
        ("It broke:", False),
    ],
)
def test_a_sentence_ends_with_its_sign(text: str, ended: bool) -> None:
    assert is_ended(text) is ended


def test_two_prints_of_a_line_have_one_key() -> None:
    assert key("“The Pier’s gone” — AGAIN") == key("'the pier's gone' - again")
    assert key("The pier") != key("The piers")


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("June 7", "June 7"),
        ("at 10:32 p.m.", "10:32"),
        ("7 giugno 2010", "7 giugno"),
        ("Thunderbolt 3", None),
        ("Representatives 12:30", "12:30"),
        ("boats 12 of them", None),
    ],
)
def test_a_stamp_is_a_date_or_a_time(text: str, stamp: str | None) -> None:
    found = find_stamp(text)
    assert (found[0] if found else None) == stamp


@given(st.text(alphabet="ab .,:•-\n12:30JuneBy©(Photo)/?“”’ ", max_size=400))
def test_every_line_of_any_text_gets_a_class(text: str) -> None:
    for line in classify(split_lines(text)):
        assert line.text
        assert line.words >= 1
        assert line.reason
