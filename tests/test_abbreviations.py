"""Abbreviations: what articles say that they stand for, and that both are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.abbreviations import LENGTHS, is_abbreviation, long_form
from search.article import Article
from search.engine import Search
from search.parse import parse
from tests.conftest import Filled


@pytest.mark.parametrize(
    ("abbreviation", "text", "whole"),
    [
        ("EPC", "On Monday the Eastmoor Pier Company (EPC) said so.", "Eastmoor Pier Company"),
        (
            "UNHCR",
            "of the United Nations High Commissioner for Refugees (UNHCR)",
            "United Nations High Commissioner for Refugees",
        ),
        ("NATO", "North Atlantic Treaty Organization (NATO)", "North Atlantic Treaty Organization"),
        ("EPC", "Rain.\nCompany (EPC)", None),
        ("EPC", "The Eastmoor Pier Company, or EPC, said so.", None),
        ("EPC", "Pier company (EPC)", None),
        ("EPC", "(EPC)", None),
        ("EPC", "", None),
    ],
)
def test_a_long_form_is_what_stands_before_the_brackets(abbreviation: str, text: str, whole: str | None) -> None:
    assert long_form(abbreviation, [text]) == whole


def test_most_texts_decide() -> None:
    one, other = "the Eastmoor Pier Company (EPC)", "the Early Parsons Club (EPC)"
    assert long_form("EPC", [one, other, one]) == "Eastmoor Pier Company"
    assert long_form("EPC", []) is None


@pytest.mark.parametrize(
    ("word", "holds"),
    [
        ("E" * (LENGTHS[0] - 1), False),
        ("E" * LENGTHS[0], True),
        ("E" * LENGTHS[-1], True),
        ("E" * (LENGTHS[-1] + 1), False),
        ("Epc", False),
        ("EP-C", False),
        ("2012", False),
        ("北京", False),
    ],
)
def test_an_abbreviation_is_a_few_capital_letters(word: str, holds: bool) -> None:
    assert is_abbreviation(word) is holds


@given(st.text(alphabet="abcAB(). \n", max_size=60), st.text(alphabet="abAB", min_size=2, max_size=8))
def test_any_text_gives_words_of_its_own(text: str, abbreviation: str) -> None:
    found = long_form(abbreviation, [f"{text} ({abbreviation})"])
    assert found is None or found in " ".join(f"{text} ({abbreviation})".split())


def test_an_abbreviation_finds_articles_with_its_long_form_alone(filled: Filled) -> None:
    archive = [
        Article(id="both", body="The Eastmoor Pier Company (EPC) has closed. EPC owned the pier.", language="en"),
        Article(id="long", body="The Eastmoor Pier Company built it.", language="en"),
        Article(id="other", body="A pier company of Eastmoor.", language="en"),
    ]
    engine = filled(archive)
    page = engine.search(Search(parse("EPC")))
    assert sorted(hit.article.id for hit in page.hits) == ["both", "long"]
    assert page.spellings == {"EPC": ("Eastmoor Pier Company",)}
    assert any(piece.matched for hit in page.hits if hit.article.id == "long" for piece in hit.snippet)
    for text in ("epc", '"EPC"', "EPC PIER"):
        assert engine.search(Search(parse(text))).spellings == {}
    assert engine.search(Search(parse("EPC"), spellings=False)).total == 1
    assert engine.search(Search(parse("EPC built"))).total == 1
