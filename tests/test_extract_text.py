"""Text captures to articles, on captures in the shapes that captures of news pages have."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from indexer.extract import extract
from indexer.extract.body import EARLIER_LEAST, QUIET_COST, best_run
from indexer.extract.text import BIOGRAPHY, unwrap, without_biography
from search.article import Article

LEAD = (
    "The older of the two piers of Eastmoor was broken by a storm on Sunday night, and nobody was hurt when it fell"
    " into the sea, because the harbour office had closed it to walkers in the afternoon."
)
SECOND = (
    "Fishermen had pulled most of the boats ashore by then, because the radio had spoken of wind since the morning, and"
    " the ferry to the island had stayed there with its crew of eleven."
)
THIRD = (
    "“We shall build it anew,” the mayor said at the quay, where the stones of the pier lay among broken planks, and"
    " where half of the town had come to look at what was left of it."
)
LAST = (
    "The ferry to the island will sail from the newer pier until the spring, the harbour office said on Monday, and"
    " those who hold tickets for the week can use them on any day of the month."
)
STORY = (LEAD, SECOND, THIRD, LAST)


def article(*blocks: str) -> Article:
    return extract("\n\n".join(blocks).encode(), article_id="a", path="a.txt")


def paragraphs(found: Article) -> tuple[str, ...]:
    return tuple(found.body.split("\n\n"))


# ---------------------------------------------------------------------------------------------------------- the body


def test_a_bare_story_is_the_body_and_nothing_is_invented() -> None:
    found = article(*STORY)
    assert paragraphs(found) == STORY
    assert found == Article(id="a", body="\n\n".join(STORY), language="en", path="a.txt")


@pytest.mark.parametrize(
    "furniture",
    [
        "Skip to main content",
        "Share\nTweet\nEmail",
        "XS\nSM\nMD\nLG",
        "Advertisement",
        "Related Content",
        "Storm closes school\nHarbour asks for help\nOpinion: no more piers\nIn pictures: the night",
        "We use cookies to personalise content. By going on you give your consent to our privacy policy.",
        "Sign up for our newsletter",
        "Boats on the quay before the storm\nBoats on the quay before the storm",
        "Boats on the quay before the storm (Photo: Mara Oduya)",
        "© 2012 Eastmoor Observer. All rights reserved.",
    ],
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_furniture_above_inside_and_below_stays_out_of_the_body(furniture: str, place: int) -> None:
    blocks = [*STORY[:place], furniture, *STORY[place:]]
    assert paragraphs(article("The pier of Eastmoor is gone", *blocks)) == STORY


def test_a_comment_form_below_the_story_is_not_its_body() -> None:
    form = "LEAVE A REPLY\n\nPlease enter your comment!\nPlease enter your name here"
    assert paragraphs(article(*STORY, form)) == STORY


def test_teasers_with_dates_below_the_story_are_not_its_body() -> None:
    teasers = "\n".join(
        f"updated {hour}:43 AM EDT, Thu June 26, 2014\nA boat that was lost in the storm came home with {hour} men."
        for hour in range(1, 12)
    )
    assert paragraphs(article(*STORY, "Part of complete coverage on\nThe storm\n" + teasers)) == STORY


def test_comments_longer_than_the_story_are_not_the_article() -> None:
    thread = "\n\n".join(
        f"• Reader{number} on September 12, 2018 at 4:{number} pm said:\n{SECOND}\n{THIRD} I was number {number}."
        for number in range(10, 30)
    )
    assert paragraphs(article("The pier is gone", LEAD, LAST, "Comments", thread)) == (LEAD, LAST)


def test_a_fact_box_does_not_cut_the_lead_off() -> None:
    box = "The harbour in figures\n\n  • Two piers of stone\n  • 40 boats, most of them small\n  • 300 years of age"
    dated = f"EASTMOOR - {LEAD}"
    found = article("The pier is gone", dated, box + "\nSource: harbour office\n" + SECOND, THIRD, LAST)
    assert paragraphs(found) == (dated, SECOND, THIRD, LAST)


def test_headings_quotes_and_lists_inside_the_story_are_kept() -> None:
    inside = ("What comes next", "It was loud.", "The plans in short:")
    listed = "- A pier of steel\n- A wall of stone\n- Nothing at all"
    found = article(*STORY[:2], *inside, listed, *STORY[2:])
    assert paragraphs(found) == (
        *STORY[:2],
        *inside,
        "A pier of steel",
        "A wall of stone",
        "Nothing at all",
        *STORY[2:],
    )


def test_a_list_that_the_last_paragraph_announces_is_kept() -> None:
    found = article(
        *STORY,
        "These are the plans that the council will talk about when it meets in March:",
        "1) Steel\n2) Stone\n3) None",
    )
    assert paragraphs(found)[-3:] == ("Steel", "Stone", "None")


def test_a_capture_without_empty_lines_is_read_too() -> None:
    page = (
        "Home\nNews\nSport\nThe pier is gone\nBy Mara Oduya\nJune 5, 2012\n"
        + "\n".join(STORY)
        + "\nMost read\nOne\nTwo\nThree"
    )
    found = extract(page.encode(), article_id="a", path="a.txt")
    assert paragraphs(found) == STORY
    assert (found.title, found.author, found.published) == ("The pier is gone", ("Mara Oduya",), date(2012, 6, 5))


def test_a_text_wrapped_to_a_width_has_whole_paragraphs() -> None:
    words = " ".join((LEAD, SECOND, THIRD, LAST)).split()
    rows, row = [], ""
    for word in words:
        if len(row) + len(word) >= 72:
            rows.append(row)
            row = ""
        row = f"{row} {word}".strip()
    wrapped = "\n".join([*rows, row])
    assert unwrap(f"{wrapped}\n\n{wrapped}") == f"{' '.join(words)}\n\n{' '.join(words)}"


def test_lines_of_a_verse_are_not_wrapped() -> None:
    verse = "\n".join(["The pier is gone,", "the pier is gone,", "and the sea goes on", "as it always has done,"] * 4)
    assert unwrap(verse) == verse


def test_a_text_without_a_sentence_is_kept_whole() -> None:
    found = article("Standings after the storm", "Eastmoor 3 2 1", "Westmoor 3 1 2")
    assert found.body.endswith("Eastmoor 3 2 1\n\nWestmoor 3 1 2")


@pytest.mark.parametrize(
    "story",
    [
        ("Старый причал города был разрушен штормом в ночь на понедельник, и никто при этом не пострадал.",) * 1,
        (
            "嵐は日曜日の夜に古い桟橋を壊したが、けが人はなかったと市長が月曜日に発表した。漁師たちは船を引き上げていた。",
        ),
        ("Die ältere der beiden Molen ist in der Nacht zum Montag im Sturm zerbrochen, verletzt wurde dabei niemand.",),
    ],
)
def test_stories_in_other_languages_are_read(story: tuple[str, ...]) -> None:
    assert paragraphs(article("1", *story, "XS\nSM"))[-1] == story[0]


# ---------------------------------------------------------------------------------------------------------- the head


@pytest.mark.parametrize(
    ("above", "title"),
    [
        (["The pier of Eastmoor is gone"], "The pier of Eastmoor is gone"),
        (["'The pier of Eastmoor is gone'"], "'The pier of Eastmoor is gone'"),
        (["Will the pier be built anew?"], "Will the pier be built anew?"),
        (["Last updated: 4 June, 2012", "The pier of Eastmoor is gone"], "The pier of Eastmoor is gone"),
        (["Accessibility links", "Breaking News", "The pier of Eastmoor is gone"], "The pier of Eastmoor is gone"),
        (["World   Sport   Weather", "The pier of Eastmoor is gone", "By Mara Oduya"], "The pier of Eastmoor is gone"),
        (["THE PIER OF EASTMOOR IS GONE AFTER A STORM"], "THE PIER OF EASTMOOR IS GONE AFTER A STORM"),
        ([], None),
        (["June 5, 2012"], None),
        (["By Mara Oduya"], None),
        (["Share\nTweet\nEmail"], None),
    ],
)
def test_a_title_is_a_line_above_the_body_or_none(above: list[str], title: str | None) -> None:
    found = article(*above, *STORY)
    assert found.title == title
    assert paragraphs(found) == STORY


def test_bullets_below_the_byline_are_the_summary() -> None:
    head = "From Mara Oduya, CNN\nupdated 6:50 AM EDT, Thu June 7, 2012\n  • The pier is gone\n  • Nobody was hurt"
    found = article("The pier of Eastmoor is gone", head, *STORY)
    assert found.summary == ("The pier is gone", "Nobody was hurt")
    assert (found.author, found.publisher) == (("Mara Oduya",), "CNN")
    assert found.published == datetime.fromisoformat("2012-06-07T06:50:00-04:00")
    assert paragraphs(found) == STORY


def test_sentences_between_title_and_date_are_the_summary() -> None:
    standfirst = "A storm takes the older of two piers, and the town asks who is going to pay for a new one."
    found = article("The pier of Eastmoor is gone", standfirst, "June 5, 2012 11:20\n1 minute read.", *STORY)
    assert found.summary == (standfirst,)
    assert found.published == datetime.fromisoformat("2012-06-05T11:20:00")
    assert paragraphs(found) == STORY


@pytest.mark.parametrize(
    "below",
    [
        "Boats on the quay on June 3, 2012 (Photo: Mara Oduya)",
        "Related Content\n\nStorm closes school\nJune 3, 2012",
        "Advertisement",
    ],
)
def test_a_lead_above_a_photo_or_a_teaser_is_no_summary(below: str) -> None:
    found = article("The pier of Eastmoor is gone", LEAD, below, SECOND, THIRD, LAST)
    assert found.summary == ()
    assert paragraphs(found) == STORY


@pytest.mark.parametrize(
    ("blocks", "published"),
    [
        (["June 5, 2012 11:20"], "2012-06-05T11:20:00"),
        (["Published June 5, 2012 | Updated June 9, 2012"], "2012-06-05"),
        (["Updated June 9, 2012\nPublished June 5, 2012"], "2012-06-05"),
        (["Updated June 9, 2012"], "2012-06-09"),
        (["June 5, 2012\n11:20 AM"], "2012-06-05T11:20:00"),
        (["By Mara Oduya June 5, 2012"], "2012-06-05"),
        (["June 5"], None),
        (["06/05/2012"], None),
        (
            ["The town had waited for such a night since June 5, 1953, when the last one came to the coast."],
            None,
        ),
    ],
)
def test_the_date_of_publication_is_the_one_above_the_body(blocks: list[str], published: str | None) -> None:
    found = article("The pier of Eastmoor is gone", *blocks, *STORY)
    assert (found.published.isoformat() if found.published else None) == published


def test_a_date_in_the_dateline_wins_over_one_below_the_title() -> None:
    found = article("The pier of Eastmoor is gone", "June 9, 2012", f"June 5, 2012 (TSR) – {LEAD}", SECOND, THIRD, LAST)
    assert (found.published, found.publisher, found.place) == (date(2012, 6, 5), "TSR", None)


def test_a_date_above_the_title_or_called_published_below_the_body_is_taken() -> None:
    above = article("Last updated: 5 June, 2012", "The pier of Eastmoor is gone", *STORY)
    below = article("The pier of Eastmoor is gone", *STORY, "First published on 5 June 2012")
    assert above.published == below.published == date(2012, 6, 5)


def test_the_date_of_a_teaser_below_is_not_the_articles() -> None:
    found = article(
        "The pier of Eastmoor is gone", *STORY, "Related Content", "Storm and sea\nSeptember 20, 2019\nAs winter comes"
    )
    assert found.published is None


@pytest.mark.parametrize(
    ("dateline", "place", "publisher"),
    [
        ("EASTMOOR - ", "Eastmoor", None),
        ("PORT-AU-PRINCE, Haiti (AP) — ", "Port-au-Prince", "AP"),
        ("Beijing, China (CNN) -- ", "Beijing", "CNN"),
        ("(Meridian Wire) - ", None, "Meridian Wire"),
        ("", None, None),
    ],
)
def test_place_and_publisher_are_those_of_the_dateline(dateline: str, place: str | None, publisher: str | None) -> None:
    found = article("The pier of Eastmoor is gone", dateline + LEAD, SECOND, THIRD, LAST)
    assert (found.place, found.publisher) == (place, publisher)
    assert found.body.startswith(dateline + LEAD)


def test_captions_are_kept_once_and_without_credits() -> None:
    found = article(
        "The pier of Eastmoor is gone",
        "Stones of the old pier on Monday morning",
        "Stones of the old pier on Monday morning 640 NC. (photo credit: REUTERS/Mara Oduya)",
        *STORY[:2],
        "FILE PHOTO: Boats at the old pier in the summer before the storm (AP Photo/Li Na)",
        *STORY[2:],
    )
    assert found.captions == (
        "Stones of the old pier on Monday morning",
        "Boats at the old pier in the summer before the storm",
    )
    assert found.publisher is None
    assert paragraphs(found) == STORY


def test_a_photo_credited_to_a_paper_names_the_publisher() -> None:
    assert (
        article(*STORY[:2], "Stones of the pier on Monday (Photo: Li Na/Eastmoor Observer)", *STORY[2:]).publisher
        == "Eastmoor Observer"
    )


def test_who_the_author_is_stands_outside_of_the_article() -> None:
    found = article(
        "The pier of Eastmoor is gone",
        "By Mara Oduya",
        *STORY,
        "Mara Oduya is a reporter for the Observer in Eastmoor.",
    )
    assert paragraphs(found) == STORY


@pytest.mark.parametrize(("after", "left"), [(BIOGRAPHY - 1, 4), (BIOGRAPHY, 4 + 1 + BIOGRAPHY)])
def test_a_biography_stands_among_the_last_paragraphs(after: int, left: int) -> None:
    blocks = [*STORY, "Mara Oduya is a reporter.", *["And so on."] * after]
    assert len(without_biography(blocks, ("Mara Oduya",))) == left


# --------------------------------------------------------------------------------------------------------- the method


@pytest.mark.parametrize(
    ("weights", "run"),
    [
        ([], (0, 0, 0.0)),
        ([-1.0, -2.0], (0, 0, 0.0)),
        ([1.0, -2.0, 3.0, 4.0, -1.0], (2, 4, 7.0)),
        ([5.0, -1.0, 5.0], (0, 3, 9.0)),
        ([5.0, -6.0, 5.0], (0, 1, 5.0)),  # the earlier of two alike
    ],
)
def test_the_best_run_is_the_one_of_greatest_sum(weights: list[float], run: tuple[int, int, float]) -> None:
    assert best_run(weights) == run


@pytest.mark.parametrize("rows", [int(QUIET_COST) // 10, int(QUIET_COST)])
def test_a_table_inside_an_article_costs_no_more_than_its_bound(rows: int) -> None:
    table = "\n".join(f"Pier {number} stone" for number in range(rows))
    found = article(*STORY, *(f"{text} Again." for text in STORY), table, *(f"{SECOND} {n}." for n in range(6)))
    assert found.body.startswith(LEAD)
    assert found.body.endswith(f"{SECOND} 5.")


def test_a_paragraph_printed_twice_is_taken_once() -> None:
    assert paragraphs(article(LEAD, LEAD, SECOND, LEAD, THIRD, LAST)) == STORY


def test_an_earlier_run_of_half_the_weight_is_the_article() -> None:
    later = "\n\n".join(f"{THIRD} It is said by reader {number}." for number in range(6))
    found = article(*STORY, "LEAVE A REPLY", later)
    assert sum(len(paragraph.split()) for paragraph in STORY) > EARLIER_LEAST
    assert paragraphs(found) == STORY
