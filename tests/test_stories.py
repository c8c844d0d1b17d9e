"""Which articles are found to report the same, and that it depends on nothing else than the articles."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from bench.corpus import articles as generated
from indexer.pipeline import articles as extracted
from search import stories
from search.article import Article, from_json
from search.sketches import NO_HASH, NO_TERM, SHINGLES, SHORTEST, SKETCH, Sketches, blank, sketch
from tests import story_samples as samples
from tests.test_real_captures import SHARED, needed

DAY = date(2019, 3, 4)


def sketched(articles: Iterable[Article]) -> Sketches:
    return Sketches([np.frombuffer(b"".join(map(sketch, articles)), SKETCH)], [None])


def grouped(articles: Sequence[Article], found: stories.Stories) -> set[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    for article, story in zip(articles, found.story.tolist(), strict=True):
        if story:
            groups.setdefault(story, set()).add(article.id)
    return {frozenset(group) for group in groups.values()}


def found(*articles: Article) -> set[frozenset[str]]:
    return grouped(articles, stories.find(sketched(articles)))


def ids(*articles: Article) -> frozenset[str]:
    return frozenset(article.id for article in articles)


def text(words: int, seed: int = 1) -> str:
    chance = random.Random(seed)
    return " ".join(samples.word(chance.randrange(20_000)) for _ in range(words))


def test_reports_of_one_event_are_a_story_and_a_report_of_another_is_not() -> None:
    bridge, later, election = samples.BRIDGE, samples.BRIDGE_NEXT_DAY, samples.ELECTION
    assert found(bridge, later, election) == {ids(bridge, later)}


def test_a_copy_is_of_the_story_under_another_headline() -> None:
    assert found(samples.BRIDGE, samples.BRIDGE_COPY) == {ids(samples.BRIDGE, samples.BRIDGE_COPY)}


@pytest.mark.parametrize("copies", [stories.NEIGHBOURS, 40 * stories.NEIGHBOURS])
def test_a_text_printed_very_often_is_one_story(copies: int) -> None:
    printed = [replace(samples.BRIDGE, id=str(number), publisher=str(number)) for number in range(copies)]
    assert found(*printed, samples.BRIDGE_COPY) == {ids(*printed, samples.BRIDGE_COPY)}


def test_an_undated_article_joins_by_what_it_says() -> None:
    assert found(samples.BRIDGE, samples.BRIDGE_NEXT_DAY, samples.BRIDGE_UNDATED, samples.ELECTION) == {
        ids(samples.BRIDGE, samples.BRIDGE_NEXT_DAY, samples.BRIDGE_UNDATED)
    }


@pytest.mark.parametrize("apart", [0, stories.NEAR_DAYS, stories.NEAR_DAYS + 1])
def test_reports_are_of_one_story_within_days(apart: int) -> None:
    later = replace(samples.BRIDGE_NEXT_DAY, published=DAY + timedelta(apart))
    assert bool(found(samples.BRIDGE, later)) is (apart <= stories.NEAR_DAYS)


@pytest.mark.parametrize("apart", [0, 1, 400])
def test_a_text_printed_again_by_another_publisher_is_a_copy_whatever_its_date(apart: int) -> None:
    first = Article(id="a", title="As it was", body=text(300), publisher="Echo", published=DAY)
    again = replace(first, id="b", publisher="Post", published=DAY + timedelta(apart))
    assert found(first, again) == {ids(first, again)}


@pytest.mark.parametrize("apart", [1, 400])
def test_a_form_filled_in_again_by_one_publisher_on_another_day_is_no_story(apart: int) -> None:
    form = text(120)
    first = Article(id="a", title="Markets", body=f"{form} {text(30, 2)}", publisher="Echo", published=DAY)
    again = replace(first, id="b", body=f"{form} {text(30, 3)}", published=DAY + timedelta(apart))
    assert found(first, again) == set()
    assert found(first, replace(again, publisher="Post", published=DAY)) == {ids(first, again)}


def test_a_formula_of_a_few_words_in_common_makes_no_copy() -> None:
    first = Article(
        id="a", title="No comment", body="The spokesman was not available.", publisher="Echo", published=DAY
    )
    assert found(first, replace(first, id="b", publisher="Post")) == set()


def test_tables_are_alike_only_as_copies() -> None:
    rows = [
        f"Ferrow Tollmouth Skerrin Calder Annabel Dunmore Gray {number} {number + 1} {number + 2}"
        for number in range(30)
    ]
    first = Article(id="a", body="\n".join(rows), publisher="Echo", published=DAY)
    other = replace(first, id="b", body="\n".join(row.replace(" 1", " 7") for row in reversed(rows)))
    assert found(first, other) == set()
    assert found(first, replace(first, id="c", publisher="Post")) == {frozenset("ac")}


def test_no_story_lasts_longer_than_its_span_however_its_reports_hang_together() -> None:
    chain = [
        replace(samples.BRIDGE_NEXT_DAY, id=str(number), publisher=str(number), body=_shuffled(number), published=DAY)
        for number in range(15)
    ]
    chain = [replace(article, published=DAY + timedelta(number)) for number, article in enumerate(chain)]
    groups = found(*chain)
    assert groups
    for group in groups:
        days = sorted(int(number) for number in group)
        assert days[-1] - days[0] <= stories.SPAN_DAYS


def _shuffled(seed: int) -> str:
    words = samples.BRIDGE_NEXT_DAY.body.split()
    random.Random(seed).shuffle(words)
    return " ".join(words)


def test_a_great_event_does_not_swallow_what_touches_it_at_the_edge() -> None:
    """A report that shares with one member only, and nothing with the others, stays out."""
    names = [samples.word(9_000 + number).capitalize() for number in range(60)]

    def report(name: str, about: Sequence[str]) -> Article:
        body = " ".join(f"the talk was of {one} and so on." for one in about for _ in range(2))
        return Article(id=name, title=name, body=body, publisher=name, published=DAY)

    core = [report(f"core{number}", names[:16]) for number in range(4)]
    bridge = report("between", names[:10] + names[30:40])
    edge = report("edge", names[30:46])
    groups = found(*(replace(article, body=_mixed(article.body)) for article in (*core, bridge, edge)))
    assert frozenset({"core0", "core1", "core2", "core3"}) <= max(groups, key=len)
    assert not any("edge" in group and "core0" in group for group in groups)


def _mixed(body: str) -> str:
    sentences = body.split(". ")
    random.Random(body[:200]).shuffle(sentences)
    return ". ".join(sentences)


def test_the_order_of_the_articles_does_not_matter() -> None:
    articles = samples.archive(events=40, others=60)
    expected = found(*articles)
    assert len(expected) > 30
    for seed in range(4):
        shuffled = random.Random(seed).sample(articles, len(articles))
        assert found(*shuffled) == expected


def test_generated_articles_tell_no_stories() -> None:
    articles = [from_json(article) for article in generated(2_000, seed=1)]
    assert found(*articles) == set()


@pytest.mark.parametrize("seed", range(4))
def test_step_by_step_the_same_is_found_as_at_once(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """With articles added, changed and taken away in between."""
    articles = samples.archive(events=30, others=40, seed=seed)
    chance = random.Random(seed)
    rarity = stories.find(sketched(articles)).rarity
    monkeypatch.setattr(stories, "ALWAYS_ANEW", 0)
    monkeypatch.setattr(stories, "GROWTH", 1e9)
    monkeypatch.setattr(stories, "_rarity", lambda _: rarity)
    known = stories.find(sketched([]))
    held: list[Article] = []
    for step in range(12):
        held = [article for article in held if chance.random() > 0.1]
        held += [replace(article, title=f"{article.title} {step}") for article in chance.sample(articles, 15)]
        held = list({article.id: article for article in chance.sample(held, len(held))}.values())
        known = stories.find(sketched(held), known)
        assert grouped(held, known) == found(*held)


def test_a_growing_archive_is_counted_again() -> None:
    articles = samples.archive(events=10, others=10)
    before = stories.find(sketched(articles[:20]))
    assert stories.find(sketched(articles), before).rarity.articles == len(articles)


def test_blocks_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = samples.archive(events=30, others=40)
    expected = found(*articles)
    monkeypatch.setattr(stories, "BLOCK", 7)
    monkeypatch.setattr(stories, "PAIRS", 5)
    assert found(*articles) == expected


@pytest.mark.parametrize("articles", [[], [samples.BRIDGE]], ids=["none", "one"])
def test_few_articles_are_no_story(articles: list[Article]) -> None:
    assert found(*articles) == set()


def test_articles_without_words_are_like_none() -> None:
    empty = [Article(id=str(number), title=title) for number, title in enumerate(("", "A", "A", "…", "12 13"))]
    rows = np.frombuffer(b"".join([*map(sketch, empty), blank("x"), blank("y")]), SKETCH)
    assert not stories.find(Sketches([rows], [None])).story.any()


def test_the_shared_samples_are_two_episodes() -> None:
    read = list(extracted([str(needed(SHARED / "seeds"))], jobs=1))
    reports = [article for article in read if isinstance(article, Article)]
    june = frozenset(article.id for article in reports if not str(article.path).startswith("004"))
    assert found(*reports) == {june}


# Sketches


def row(article: Article) -> np.void:
    return np.frombuffer(sketch(article), SKETCH)[0]  # type: ignore[no-any-return]


def test_a_sketch_is_the_same_for_the_same_article_alone() -> None:
    assert sketch(samples.BRIDGE) == sketch(replace(samples.BRIDGE))
    changed = replace(samples.BRIDGE, body=samples.BRIDGE_NEXT_DAY.body)
    assert row(changed)["key"] != row(samples.BRIDGE)["key"]
    assert row(samples.BRIDGE_COPY)["key"] != row(samples.BRIDGE)["key"]


def test_shingles_are_ascending_and_bounded() -> None:
    shingles = row(Article(id="a", body=text(400)))["shingles"]
    assert len(set(shingles.tolist())) == SHINGLES
    assert (np.diff(shingles.astype(np.int64)) > 0).all()


@pytest.mark.parametrize("letters", [SHORTEST - 1, SHORTEST, SHORTEST + 1])
def test_a_text_too_short_to_compare_has_no_shingles(letters: int) -> None:
    shingles = row(Article(id="a", body="“" + text(100).replace(" ", "")[:letters] + "!”"))["shingles"]
    assert bool((shingles != NO_HASH).any()) is (letters >= SHORTEST)


def test_typography_is_no_difference() -> None:
    plain = Article(id="a", body=text(60) + ' it\'s a well-known "fact" - ' + text(60, 2))
    curly = replace(
        plain, body=plain.body.replace("'", "’").replace(' "', " “").replace('" ', "” ").replace(" - ", "—")
    )
    assert (row(plain)["shingles"] == row(curly)["shingles"]).all()
    assert (row(plain)["shingles"] == row(replace(plain, body=plain.body.upper()))["shingles"]).all()


@pytest.mark.parametrize("share", [0, 0.5, 0.9, 1])
def test_resemblance_is_about_the_share_of_common_text(share: float) -> None:
    common = int(1_000 * share)
    one = row(Article(id="a", body=f"{text(common)} {text(1_000 - common, 2)}"))
    other = row(Article(id="b", body=f"{text(common)} {text(1_000 - common, 3)}"))
    told = stories._resemblance(one["shingles"][None], other["shingles"][None])[0] / 100
    assert abs(told - share / (2 - share)) < 0.2


def test_names_and_headlines_weigh_more_and_stop_words_and_figures_nothing() -> None:
    told = row(Article(id="a", title="Harbour", body="It was 1999 when Ada met the ordinary keeper at the harbour."))
    weights = dict(zip(told["terms"].tolist(), told["weights"].tolist(), strict=True))
    weights.pop(NO_TERM, None)
    assert len(weights) == 5  # harbour, Ada, met, ordinary, keeper
    assert sorted(weights.values(), reverse=True)[0] > sorted(weights.values())[0]


@pytest.mark.parametrize("language", ["de", "zh", "ar", None])
def test_articles_of_any_language_are_sketched(language: str | None) -> None:
    body = {"zh": "東京都は新しい橋を建てた。" * 9, "ar": "كتب الصحفي عن الجسر " * 9}.get(
        language or "", "Die Brücke von Köln ist alt. " * 9
    )
    first = Article(id="a", body=body, language=language, publisher="Echo", published=DAY)
    assert (row(first)["terms"] != NO_TERM).any()
    assert (row(first)["shingles"] != NO_HASH).any()


def test_sketches_are_counted_without_those_left_out() -> None:
    rows = np.frombuffer(b"".join(map(sketch, samples.archive(3, 3))), SKETCH)
    mask = np.arange(len(rows)) % 2 == 0
    kept = Sketches([rows, rows[:3]], [mask, None])
    expected = np.concatenate((rows[mask], rows[:3]))
    assert len(kept) == len(expected)
    assert (kept.column("key") == expected["key"]).all()
    order = np.random.default_rng(1).permutation(len(expected))
    assert (kept.take(order) == expected[order]).all()
    assert np.concatenate([block for _, block in kept.blocks(4)]).tobytes() == expected.tobytes()
