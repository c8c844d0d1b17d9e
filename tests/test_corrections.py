"""Corrections and other ways on from a search that finds nothing, on real indexes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from search import Engine
from search.article import Article
from search.corrections import LONGEST_ONE_EDIT, MAX_WORDS, MUCH_MORE_FREQUENT, SHORTEST, SHORTEST_KNOWN
from search.engine import Match, Page, Search
from search.parse import parse, render
from search.query import Between, OneOf, Query
from search.remedies import FEW, MAX_COUNTED, MAX_PARTS, MUCH_MORE, Change, Remedy
from tests.conftest import Filled, fill
from tests.strategies import articles, filters, queries

YORK = Article(
    id="york",
    title="New York opens a lighthouse",
    body="The harbour of New York has a new lighthouse. Kazakhstan sent envoys; Security Council members came.",
    author=("Ada Byline",),
    publisher="The Harbour Gazette",
    place="New York",
    published=date(2012, 6, 3),
    language="en",
)
FERRY = Article(
    id="ferry",
    title="Ferries of Kiel",
    body="The ferry left the harbour at noon. A lighthouse stood by.",
    publisher="Meridian Wire",
    place="Kiel",
    published=date(2013, 1, 2),
    language="en",
)
KIEL = OneOf("place", ("Kiel",))


@pytest.fixture
def archive(filled: Filled) -> Engine:
    return filled([YORK, FERRY])


def searched(engine: Engine, text: str, *chosen: Query, match: Match = Match.AUTO, since: int | None = None) -> Page:
    return engine.search(Search(parse(text), chosen, match=match, since=since, receipt=True))


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("lighthuose", "lighthouse"),
        ("lighthous3", None),  # a word with a figure in it is a name of its own
        ("Kazakstan~", None),
        ("kazakhsten envoyz", "kazakhstan envoys"),  # several words at once
        ("Kazakhsten", "Kazakhstan"),  # in the case that was typed
        ("KAZAKHSTEN", "KAZAKHSTAN"),
        ("bylime", "byline"),  # a name
        ("title:lighthuose", "title:lighthouse"),
        ("publisher:gazete", "publisher:gazette"),
        ("place:gazete", None),  # of the field that was asked
        ('"securty council"', '"security council"'),
        ('"securty counci"', '"security council"'),
        ('"counsil security"~3', '"council security"~3'),
        ("kighthouse", "lighthouse"),  # the first letter may be wrong too
        ("newyork", "new york"),
        ("newyorc", None),  # parted or corrected, not both
        ("light house", "lighthouse"),
        ("har bour ferry", "harbour ferry"),
        ("lighthuose OR zzzzzz", "lighthouse OR zzzzzz"),
        ("harbour -lighthuose", None),  # what is not wanted needs no correction
        ("qqqqqqqq", None),
        ("lighthouse", None),
        ("HARBUOR OR FERY", "HARBOUR OR FERRY"),  # a text all in capitals has no operators, and is to keep none
        ("東京都庁", None),
    ],
)
def test_a_suggestion_is_made_of_words_of_the_archive_and_finds_something(
    archive: Engine, text: str, suggestion: str | None
) -> None:
    page = searched(archive, text)
    assert page.suggestion == suggestion
    if page.correction is not None:
        assert page.correction.change is Change.CORRECTED
        assert page.correction.total == searched(archive, render(page.correction.query)).total > 0


@pytest.mark.parametrize(("text", "suggested"), [("abxde"[: SHORTEST - 1], False), ("abxd", True)])
def test_short_words_are_not_corrected(filled: Filled, text: str, suggested: bool) -> None:
    engine = filled([Article(id="a", body="abcd abcde abc")])
    assert (searched(engine, text).suggestion is not None) == suggested


@pytest.mark.parametrize(("length", "suggested"), [(LONGEST_ONE_EDIT, False), (LONGEST_ONE_EDIT + 1, True)])
def test_only_longer_words_are_corrected_by_two_letters(filled: Filled, length: int, suggested: bool) -> None:
    word = "bdfhkmnr"[:length]
    engine = filled([Article(id="a", body=word)])
    assert (searched(engine, "xx" + word[2:]).suggestion is not None) == suggested


def test_the_likelier_of_two_corrections_is_the_more_frequent(filled: Filled) -> None:
    engine = filled([Article(id=f"{n}", body="harbour") for n in range(3)] + [Article(id="x", body="harboun")])
    assert searched(engine, "harboux").suggestion == "harbour"


def test_a_likelier_correction_without_hits_makes_way(filled: Filled) -> None:
    engine = filled([Article(id=f"{n}", body="harbour") for n in range(3)] + [Article(id="x", body="harboun ferry")])
    assert searched(engine, "harboux ferry").suggestion == "harboun ferry"


def test_a_correction_is_decided_under_the_filters_or_says_so(archive: Engine) -> None:
    page = searched(archive, "lighthuose", KIEL)
    assert (page.suggestion, page.correction and page.correction.without) == ("lighthouse", ())
    page = searched(archive, "kazakhsten", KIEL)
    assert page.correction == Remedy(Change.CORRECTED, parse("kazakhstan"), None, ("place",), False, 1)


def test_a_relaxed_search_is_corrected_where_that_finds_more(archive: Engine) -> None:
    page = searched(archive, "ferry kazakhsten")
    assert (page.relaxed, page.total, page.suggestion) == (True, 1, "ferry kazakhstan")
    assert page.correction is not None
    assert page.correction.total == 2
    assert searched(archive, "harbour kazakhsten zzzzzz").suggestion is None


@pytest.mark.parametrize("misprints", [0, 1, FEW - 1, FEW])
def test_a_few_hits_of_what_looks_like_a_misprint_have_a_suggestion(filled: Filled, misprints: int) -> None:
    frequent = MUCH_MORE_FREQUENT * 9
    engine = filled(
        [Article(id=f"{n}", body="government", language="en") for n in range(frequent)]
        + [Article(id=f"m{n}", body="goverment", language="en") for n in range(misprints)]
    )
    page = searched(engine, "goverment")
    assert page.total == misprints
    assert page.suggestion == ("government" if misprints < FEW else None)
    assert searched(engine, "government").suggestion is None


def test_a_rare_word_is_no_misprint_of_its_own_inflection_nor_of_a_little_more_frequent_one(filled: Filled) -> None:
    many = MUCH_MORE_FREQUENT + MUCH_MORE
    engine = filled(
        [Article(id=f"{n}", body="harbours", language="en") for n in range(many)]
        + [Article(id=f"r{n}", body="harbour", language="en") for n in range(1)]
        + [Article(id=f"n{n}", body="larders", language="en") for n in range(MUCH_MORE_FREQUENT - 1)]
        + [Article(id="few", body="ladders", language="en")]
        + [Article(id="short", body="ship"[: SHORTEST_KNOWN - 1], language="en")]
        + [Article(id=f"s{n}", body="shop", language="en") for n in range(many)]
    )
    assert [searched(engine, text).suggestion for text in ("ladders", "ship", "harbour")] == [None] * 3


def by_change(page: Page) -> dict[tuple[str, str], int]:
    """What each remedy finds, by what it leaves out."""
    named = {}
    for remedy in page.remedies:
        part = ",".join(remedy.without) or (render(remedy.part) if remedy.part else "")
        named[remedy.change.value, part] = remedy.total
    return named


def test_a_search_without_hits_is_counted_without_each_word_and_filter(archive: Engine) -> None:
    page = searched(archive, "harbour the envoys", KIEL, Between(date(2012, 1, 1), date(2014, 1, 1)))
    assert page.total == 0
    assert by_change(page) == {
        ("without_filter", "place"): 1,
        ("without_filter", "date"): 0,
        ("without_filters", "place,date"): 1,
        ("any_word", ""): 1,
        ("without_part", "harbour"): 0,
        ("without_part", "envoys"): 1,
    }


def test_a_relaxed_search_is_counted_without_each_word(archive: Engine) -> None:
    page = searched(archive, "lighthouse envoys zebra")
    assert page.relaxed
    assert by_change(page) == {
        ("without_part", "lighthouse"): 0,
        ("without_part", "envoys"): 0,
        ("without_part", "zebra"): 1,
    }


def test_where_no_change_helps_a_part_and_all_filters_are_left_out(archive: Engine) -> None:
    page = searched(archive, '"harbour zebra" envoys', KIEL)
    assert page.total == 0
    found = {(remedy.change.value, remedy.without): remedy.total for remedy in page.remedies if remedy.total}
    assert found == {("without_part", ("place",)): 1}


def test_a_phrase_is_counted_with_its_words_anywhere(archive: Engine) -> None:
    page = searched(archive, '"lighthouse ferry" -envoys', match=Match.ALL)
    assert by_change(page)["loosened", '"lighthouse ferry"'] == 1
    [loosened] = [remedy for remedy in page.remedies if remedy.change is Change.LOOSENED]
    assert render(loosened.query) == "lighthouse ferry -envoys"


def test_what_is_new_is_counted_among_the_old_too(archive: Engine) -> None:
    page = searched(archive, "ferry", since=archive.generation())
    assert (page.total, by_change(page)["without_filter", "since"]) == (0, 1)


def test_there_are_no_remedies_where_something_was_found(archive: Engine) -> None:
    assert searched(archive, "ferry").remedies == ()
    assert archive.search(Search(parse("zebra"))).remedies == ()


@pytest.mark.parametrize("words", [MAX_COUNTED - 2, MAX_COUNTED - 1, MAX_COUNTED])
def test_counts_are_bounded(archive: Engine, words: int) -> None:
    page = searched(archive, " ".join(f"zebra{number}" for number in range(words)))
    assert len(page.remedies) == min(words + 1, MAX_COUNTED)


@pytest.mark.parametrize("words", [MAX_PARTS - 1, MAX_PARTS, MAX_PARTS + 1])
def test_of_a_long_query_no_part_is_left_out(archive: Engine, words: int) -> None:
    page = searched(archive, " ".join(f"zebra{number}" for number in range(words)), KIEL)
    assert (("without_part", "zebra0") in by_change(page)) == (words <= MAX_PARTS)
    assert ("without_filter", "place") in by_change(page)


@pytest.mark.parametrize("words", [MAX_WORDS - 1, MAX_WORDS, MAX_WORDS + 1])
def test_a_long_query_is_not_corrected(archive: Engine, words: int) -> None:
    phrase = " ".join(["lighthuose"] * (words - 1))
    suggestion = searched(archive, f'lighthuose OR "{phrase}"').suggestion
    assert (suggestion is not None) == (words <= MAX_WORDS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(articles(), queries(), filters())
def test_every_remedy_finds_what_it_promises(
    filled: Filled, held: list[Article], query: Query, chosen: tuple[Query, ...]
) -> None:
    engine = filled(held)
    for match in (Match.ALL, Match.ANY):
        page = engine.search(Search(query, chosen, match=match, receipt=True))
        for remedy in (*page.remedies, *([page.correction] if page.correction else [])):
            kept = tuple(
                one for one in chosen if (one.field if isinstance(one, OneOf) else "date") not in remedy.without
            )
            option = Match.ANY if remedy.any_word else Match.ALL
            assert parse(render(remedy.query)) == remedy.query
            again = engine.search(Search(remedy.query, kept, match=option, spellings=bool(page.spellings)))
            assert page.spellings or again.total == remedy.total


def test_an_index_in_several_segments_is_corrected_as_one(archive: Engine) -> None:
    fill(archive, [replace(FERRY, id="other", title=None, body="A lighthose keeper.")])
    assert searched(archive, "lighthouze").suggestion == "lighthouse"
