"""Other spellings of a word: which there may be, and which of them a search follows, says and leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import schema
from search.article import Article
from search.engine import Match, Page, Search
from search.parse import parse
from search.spelling import LEAST_LETTERS, LEAST_NAME, MOST, spellings, without_article
from tests.conftest import Filled


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("colours", "colors"),
        ("neighbourhood", "neighborhood"),
        ("theatre", "theater"),
        ("organised", "organized"),
        ("organisation", "organization"),
        ("analyse", "analyze"),
        ("travelled", "traveled"),
        ("defence", "defense"),
        ("sceptical", "skeptical"),
        ("kazakhstan", "kazakstan"),
        ("kirghiz", "kyrgyz"),
        ("azerbaijan", "azerbaidzhan"),
        ("iraq", "irak"),
        ("mohammed", "muhammad"),
        ("zelensky", "zelenskiy"),
    ],
)
def test_two_spellings_lead_to_each_other(word: str, other: str) -> None:
    assert other in spellings(word)
    assert word in spellings(other)


@pytest.mark.parametrize(
    "word", ["rise", "wise", "rice", "for", "four", "tour", "U.N.", "北京", "café", "", "c++", "2012"]
)
def test_short_words_and_what_is_no_word_are_spelt_in_one_way(word: str) -> None:
    assert spellings(word) == ()


def test_rules_begin_at_their_bound() -> None:
    assert spellings("k" * (LEAST_LETTERS - 1)) == ()
    assert "kh" * LEAST_LETTERS in spellings("k" * LEAST_LETTERS)


@given(st.one_of(st.text(), st.text(alphabet="kghziyqj", max_size=40), st.just("k" * 1000)))
def test_spellings_are_others_and_not_too_many(word: str) -> None:
    found = spellings(word)
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    assert word not in found


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("al-assad", "assad"),
        ("el-baradei", "baradei"),
        ("ash-sharq", "sharq"),
        ("at-tabari", "tabari"),
        ("at-sea", None),
        ("as-well", None),
        ("assad", None),
        ("al-", None),
        ("al-" + "a" * (LEAST_NAME - 1), None),
        ("al-" + "a" * LEAST_NAME, "a" * LEAST_NAME),
    ],
)
def test_a_name_is_known_without_its_article(word: str, name: str | None) -> None:
    assert without_article(word) == name


def archive(*bodies: str) -> list[Article]:
    return [Article(id=str(number), body=body, language="en") for number, body in enumerate(bodies)]


def found(page: Page) -> list[str]:
    return sorted(hit.article.id for hit in page.hits)


def test_a_word_is_found_in_the_spellings_that_the_archive_prints(filled: Filled) -> None:
    engine = filled(archive("The colours of Kazakhstan.", "A color film.", "Kazakstan voted.", "Rain."))
    page = engine.search(Search(parse("color")))
    assert found(page) == ["0", "1"]
    assert page.spellings == {"color": ("colour",)}
    assert ["".join(piece.text for piece in hit.snippet if piece.matched) for hit in page.hits].count("colours") == 1
    page = engine.search(Search(parse("kazakstan OR rain")))
    assert found(page) == ["0", "2", "3"]
    assert page.spellings == {"kazakstan": ("kazakhstan",)}


def test_a_name_with_its_article_is_found_without_it(filled: Filled) -> None:
    engine = filled(archive("Mr Assad spoke.", "Bashar al-Assad spoke.", "An el-Assad.", "Rain."))
    page = engine.search(Search(parse("al-Assad")))
    assert (found(page), page.spellings) == (["0", "1", "2"], {"al-Assad": ("assad",)})
    assert found(engine.search(Search(parse('"al-Assad"')))) == ["1"]
    assert found(engine.search(Search(parse("assad")))) == ["0", "1", "2"]


def test_a_spelling_of_the_same_stem_is_not_named(filled: Filled) -> None:
    page = filled(archive("Gaddafi.", "Qaddafi.")).search(Search(parse("gaddafi")))
    assert page.spellings == {"gaddafi": ("qaddafi",)}


@pytest.mark.parametrize("text", ['"color"', "title:color OR body:color", "col*r", "rain -color", "color~"])
def test_what_is_asked_for_as_it_stands_is_searched_as_it_stands(filled: Filled, text: str) -> None:
    engine = filled(archive("The colour of rain.", "A color of another film."))
    page = engine.search(Search(parse(text)))
    assert page.spellings == {} or text == "rain -color"
    assert page == engine.search(Search(parse(text), spellings=False))


def test_an_exclusion_leaves_out_what_was_typed_only(filled: Filled) -> None:
    engine = filled(archive("Colour film.", "Color film.", "A film."))
    assert found(engine.search(Search(parse("film -color")))) == ["0", "2"]
    assert found(engine.search(Search(parse("(film color) OR (film -color)")))) == ["0", "1", "2"]


def test_the_switch_leaves_words_as_typed(filled: Filled) -> None:
    engine = filled(archive("The colours.", "A color."))
    page = engine.search(Search(parse("color"), spellings=False))
    assert (found(page), page.spellings) == (["1"], {})


@pytest.mark.parametrize(("misprinted", "followed"), [(1, False), (2, True)])
def test_a_spelling_that_hardly_any_article_prints_is_a_misprint(
    filled: Filled, misprinted: int, followed: bool
) -> None:
    often = round(2 / schema.SPELT_LEAST)
    engine = filled(archive(*["The minister."] * often, *["The mynister."] * misprinted))
    page = engine.search(Search(parse("minister")))
    assert page.total == often + (misprinted if followed else 0)
    assert page.spellings == ({"minister": ("mynister",)} if followed else {})


@pytest.mark.parametrize("match", Match)
def test_all_words_are_wanted_each_in_any_spelling(filled: Filled, match: Match) -> None:
    engine = filled(archive("The harbour of Kazakstan.", "The harbor of Kazakhstan.", "A harbour.", "Rain."))
    page = engine.search(Search(parse("harbor kazakhstan"), match=match))
    assert found(page) == (["0", "1", "2"] if match is Match.ANY else ["0", "1"])


def test_a_word_that_is_known_in_another_spelling_is_not_corrected(filled: Filled) -> None:
    page = filled(archive("The centre.", "Cents.")).search(Search(parse("center")))
    assert (found(page), page.suggestion) == (["0"], None)
