"""Why an article is in an answer, or is not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings

from search import Engine
from search.article import Article
from search.engine import MAX_SIZE, Match, Search, Sort
from search.parse import parse, render
from search.query import Between, Not, OneOf, Or, Query, Word
from search.why import Why
from tests.conftest import Filled, fill
from tests.strategies import articles, filters, queries

VETO = Article(
    id="veto",
    title="Council vetoes the draft",
    body="Russia and China voted against it. Russia voted first; the café kept its colours.",
    author=("Ada Byline",),
    place="New York",
    published=date(2012, 2, 4),
    language="en",
)
SUMMIT = Article(
    id="summit",
    title="Summit in Beijing",
    body="China opened the summit with Russia beside it.",
    place="Beijing",
    published=date(2012, 6, 6),
    language="en",
)
FERRY = Article(id="ferry", title="A ferry", body="The ferry left the harbour for Russia.", language="en")
ARCHIVE = (VETO, SUMMIT, FERRY)


@pytest.fixture
def archive(filled: Filled) -> Engine:
    return filled(ARCHIVE)


def why(engine: Engine, text: str, article_id: str, *chosen: Query, **options: object) -> Why:
    told = engine.why(Search(parse(text), chosen, **options), article_id)  # type: ignore[arg-type]
    assert told is not None
    return told


def parts_sum(told: Why) -> float:
    related = sum(term.score for term in told.related)
    return sum(part.score for part in told.parts) + related + told.nearness + told.age


def test_there_is_nothing_to_say_of_an_article_that_is_not_there(archive: Engine) -> None:
    assert archive.why(Search(parse("russia")), "nothing") is None


def test_an_article_has_its_rank_and_its_score_in_parts(archive: Engine) -> None:
    search = Search(parse("russia china"))
    page = archive.search(search)
    for place, hit in enumerate(page.hits, 1):
        told = why(archive, "russia china", hit.article.id)
        assert (told.found, told.rank, told.total, told.article) == (True, place, 2, hit.article)
        assert told.score == hit.score
        assert parts_sum(told) == pytest.approx(hit.score, rel=1e-5)
        assert told.nearness > 0
        assert told.generation == page.generation
    russia, china = why(archive, "russia china", "veto").parts
    [term] = russia.terms
    assert (term.word, term.frequency, term.documents) == ("russia", 2, 3)
    assert term.score == pytest.approx(term.rarity * term.weight)
    assert china.terms[0].rarity > term.rarity
    assert term.length == 28  # the title counts three times


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("russia harbour", ["harbour"]),
        ("zebra harbour", ["zebra", "harbour"]),
        ('russia "voted russia"', ['"voted russia"']),
        ("russia -china", ["china"]),
        ("russia -(china voted)", ["china", "voted"]),
        ("ferry OR zebra", ["ferry", "zebra"]),
        ("russia OR zebra", []),
        ("(ferry russia) OR zebra", ["ferry", "zebra"]),
        ("russia date:2013", ["date:2013"]),
        ("title:russia", ["title:russia"]),
        ("harb*", ["harb*"]),
        ("ferri~", ["ferri~"]),
    ],
)
def test_what_an_article_lacks_is_named(archive: Engine, text: str, missing: list[str]) -> None:
    told = why(archive, text, "veto", match=Match.ALL)
    assert [render(part.asked) for part in told.parts if part.fails] == missing
    assert told.found == (not missing)
    if missing:
        assert (told.rank, told.score, parts_sum(told)) == (None, 0, 0)


def test_the_filter_that_excludes_an_article_is_named(archive: Engine) -> None:
    june, beijing = Between(date(2012, 6, 1), date(2012, 7, 1)), OneOf("place", ("Beijing", "Kiel"))
    told = why(archive, "russia", "veto", beijing, OneOf("author", ("Ada Byline",)), june, since=0)
    assert [(one.name, one.filter, one.passes) for one in told.filters] == [
        ("place", beijing, False),
        ("author", OneOf("author", ("Ada Byline",)), True),
        ("date", june, False),
        ("since", None, True),
    ]
    assert (told.found, told.rank) == (False, None)
    assert [part.fails for part in told.parts] == [False]


def test_a_relaxed_search_is_explained_as_it_was_searched(archive: Engine) -> None:
    told = why(archive, "the ferry zebra", "ferry")
    assert (told.relaxed, told.ignored, told.found) == (True, ("the",), True)
    assert [(render(part.asked), part.has, part.fails) for part in told.parts] == [
        ("ferry", True, False),
        ("zebra", False, False),
    ]


def test_age_takes_away_what_it_takes(archive: Engine) -> None:
    told = why(archive, "russia china", "veto", sort=Sort.RECENT)
    assert told.age < 0
    assert parts_sum(told) == pytest.approx(told.score, rel=1e-5)
    assert why(archive, "russia china", "summit", sort=Sort.RECENT).age == 0  # the newest


def test_in_an_order_by_date_there_is_a_rank_and_no_score(archive: Engine) -> None:
    told = why(archive, "russia", "veto", sort=Sort.OLDEST)
    assert (told.rank, told.by_score, told.score, parts_sum(told)) == (1, False, 0, 0)
    assert [why(archive, "russia", one, sort=Sort.OLDEST).rank for one in ("summit", "ferry")] == [2, 3]
    assert why(archive, "", "summit").rank == 1  # everything, newest first


def test_accents_printed_as_typed_count_a_little(archive: Engine) -> None:
    [part] = why(archive, "café", "veto").parts
    assert part.score > sum(term.score for term in part.terms) > 0


def test_other_spellings_are_terms_of_the_word(archive: Engine) -> None:
    [part] = why(archive, "colors", "veto").parts
    assert [term.word for term in part.terms] == ["colour"]
    assert not why(archive, "colors", "veto", spellings=False).found


def test_related_words_are_told(filled: Filled) -> None:
    about = "harbour ferry pilot lighthouse keeper"
    held = [Article(id=f"{n}", body=f"{about} number{n}", language="en") for n in range(15)]
    engine = filled([*held, Article(id="x", body="harbour pilot zebra " * 3, language="en")])
    page = engine.search(Search(parse("harbour ferry zebra quagga")))
    assert page.related
    for place, hit in enumerate(page.hits, 1):
        told = why(engine, "harbour ferry zebra quagga", hit.article.id)
        assert (told.rank, told.score) == (place, hit.score)
        assert parts_sum(told) == pytest.approx(hit.score, rel=1e-5)
    assert any(why(engine, "harbour ferry zebra quagga", hit.article.id).related for hit in page.hits)


def test_the_rank_is_that_of_the_whole_answer_in_several_segments(archive: Engine) -> None:
    for part in range(3):
        fill(archive, [Article(id=f"{part}-{n}", body="Russia " * (n % 7 + 1) + "rest " * (n % 5)) for n in range(40)])
    ranked = [
        hit.article.id
        for page in (1, 2)
        for hit in archive.search(Search(parse("russia"), page=page, size=MAX_SIZE)).hits
    ]
    assert len(ranked) == 123
    for place in (1, 2, 50, 100, 101, 123):
        assert why(archive, "russia", ranked[place - 1]).rank == place


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(articles(), queries(), filters())
@example(held=[Article("a", body="run")], query=Not(Or((Word("vote"), Not(Word("vote"))))), chosen=())
def test_every_answer_is_explained(
    filled: Filled, held: list[Article], query: Query, chosen: tuple[Query, ...]
) -> None:
    engine = filled(held)
    for search in (Search(query, chosen, size=MAX_SIZE), Search(query, chosen, Sort.RECENT, Match.ANY, size=MAX_SIZE)):
        page = engine.search(search)
        places = {hit.article.id: (place, hit.score) for place, hit in enumerate(page.hits, 1)}
        for article in held:
            told = engine.why(search, article.id)
            assert told is not None
            assert (told.rank, told.score) == places.get(article.id, (None, 0))
            assert told.found == (article.id in places)
            kept_out = any(part.fails for part in told.parts) or not all(one.passes for one in told.filters)
            assert kept_out == (not told.found)
            assert parts_sum(told) == pytest.approx(told.score, rel=1e-4, abs=1e-6)
            for part in told.parts:
                assert part.score >= sum(term.score for term in part.terms) - 1e-6
