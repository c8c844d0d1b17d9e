"""Articles of several languages in one archive: each word in its own language's inflections, Chinese, Japanese and
Korean by any run of characters.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import STEMMERS, chunks, marked, terms, tokens, unmarked, words
from search.article import Article
from search.engine import Page, Search
from search.parse import parse
from search.snippets import mark, snippet
from tests.conftest import Filled

# A sentence, its language, and another form of a word of it.
INFLECTED = (
    ("Die Verhandlungen dauerten lange", "de", "verhandlung"),
    ("Alte Häuser am Hafen", "de", "haus"),
    ("Les négociations continuent", "fr", "négociation"),
    ("Las negociaciones continúan", "es", "negociación"),
    ("I negoziati continuano ancora", "it", "negoziato"),
    ("Os ministros reuniram-se ontem", "pt", "ministro"),
    ("De onderhandelingen gaan door", "nl", "onderhandeling"),
    ("Förhandlingarna fortsätter", "sv", "förhandling"),
    ("Forhandlingerne fortsætter", "da", "forhandling"),
    ("Forhandlingene fortsetter", "no", "forhandling"),
    ("Neuvottelut jatkuvat", "fi", "neuvottelu"),
    ("Переговоры с министрами продолжаются", "ru", "министр"),
    ("Новейший корабль", "ru", "новейшего"),
    ("A miniszterek tárgyalnak", "hu", "miniszter"),
    ("Miniștrii negociază acordurile", "ro", "acorduri"),
    ("Bakanların görüşmeleri", "tr", "bakanlar"),
    ("Els vaixells són al port", "ca", "vaixell"),
    ("Οι υπουργοί συζητούν", "el", "υπουργός"),
    ("Menteri membaca surat", "id", "baca"),
    ("Ministrowie negocjują umowy", "pl", "umowa"),
)


def found(page: Page) -> list[str]:
    return sorted(hit.article.id for hit in page.hits)


@pytest.mark.parametrize(("text", "language", "other"), INFLECTED)
def test_a_word_finds_its_inflections_in_the_language_of_the_article(
    filled: Filled, text: str, language: str, other: str
) -> None:
    archive = [Article(id="it", body=f"{text}.", language=language), Article(id="no", body="Rain.", language="en")]
    page = filled(archive).search(Search(parse(other)))
    assert found(page) == ["it"]
    assert any(piece.matched for piece in page.hits[0].snippet)


def test_a_stem_of_one_language_finds_nothing_in_another(filled: Filled) -> None:
    """French stems `news` to `new`, which no English reader means by it."""
    archive = [
        Article(id="en", body="A new pier.", language="en"),
        Article(id="unknown", body="News of the pier."),
        Article(id="fr", body="Les news du port.", language="fr"),
    ]
    engine = filled(archive)
    assert found(engine.search(Search(parse("news")))) == ["fr", "unknown"]
    assert found(engine.search(Search(parse("new")))) == ["en", "fr"]
    assert found(engine.search(Search(parse("title:news OR body:news")))) == ["fr", "unknown"]


def test_accents_are_folded_in_every_language(filled: Filled) -> None:
    archive = [Article(id="fr", body="Le député est là.", language="fr"), Article(id="ru", body="Ещё", language="ru")]
    engine = filled(archive)
    assert found(engine.search(Search(parse("depute")))) == ["fr"]
    assert found(engine.search(Search(parse("еще")))) == ["ru"]
    assert found(engine.search(Search(parse('"depute est la"')))) == ["fr"]


def test_words_of_other_languages_alter_no_order_among_english_articles(filled: Filled) -> None:
    english = [
        Article(id="1", body="The pier of the harbour. The harbour burns.", language="en"),
        Article(id="2", body="A harbour, and a very long story of a pier with other things in it.", language="en"),
    ]
    alone = filled(english).search(Search(parse("harbour pier")))
    mixed = filled([*english, Article(id="de", body="Der Pier brennt.", language="de")])
    assert [hit.article.id for hit in mixed.search(Search(parse("harbour pier"))).hits] == [
        hit.article.id for hit in alone.hits
    ]


CHINESE = "北京市政府今日召开新闻发布会。苹果公司发布iPhone手机。"
JAPANESE = "東京都知事は会見を開いた。カメラマンが集まった。"
KOREAN = "서울시장은 기자회견을 열었다."


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("北京", ["zh"]),
        ("发布会", ["zh"]),
        ("新闻发布会", ["zh"]),
        ("发布", ["zh"]),
        ("会", ["ja", "zh"]),
        ("iPhone手机", ["zh"]),
        ("iphone", ["zh"]),
        ("发布iPhone", ["zh"]),
        ("闻新", []),
        ("京都", ["ja"]),  # characters, not words: Kyoto stands within Tokyo-to
        ("東京都知事", ["ja"]),
        ("カメラ", ["ja"]),
        ("カメラ*", ["ja"]),
        ("会見~", ["ja"]),
        ("서울", ["ko"]),
        ("회견", ["ko"]),
        ('"기자회견을 열었다"', ["ko"]),
        ('"会見 開"~5', ["ja"]),
        ("北京 iphone", ["zh"]),
        ("北京　手机", ["zh"]),
        ("“新闻发布会”", ["zh"]),
        ("今日、北京？", ["zh"]),
        ("body:北京", ["zh"]),
        ("title:北京", []),
        ("place:北京", ["zh"]),
        ("-北京 会", ["ja"]),
    ],
)
def test_any_run_of_characters_is_found(filled: Filled, typed: str, ids: list[str]) -> None:
    archive = [
        Article(id="zh", body=CHINESE, language="zh", place="北京"),
        Article(id="ja", body=JAPANESE, language="ja"),
        Article(id="ko", body=KOREAN, language="ko"),
        Article(id="en", body="The pier of Eastmoor."),
    ]
    assert found(filled(archive).search(Search(parse(typed)))) == ids


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        (CHINESE, "发布会", "北京市政府今日召开新闻[发布会]。苹果公司发布iPhone手机。"),
        (CHINESE, "发布", "北京市政府今日召开新闻[发布]会。苹果公司[发布]iPhone手机。"),
        (CHINESE, "会", "北京市政府今日召开新闻发布[会]。苹果公司发布iPhone手机。"),
        (CHINESE, "发布iphone", "北京市政府今日召开新闻发布会。苹果公司[发布][iPhone]手机。"),
        (JAPANESE, "京都知事", "東[京都知事]は会見を開いた。カメラマンが集まった。"),
    ],
)
def test_matches_of_characters_are_marked_as_one(text: str, typed: str, shown: str) -> None:
    pieces = mark(text, parse(typed))
    assert "".join(f"[{piece.text}]" if piece.matched else piece.text for piece in pieces) == shown


def test_a_long_text_without_spaces_has_a_snippet_of_its_own() -> None:
    text = "天气很好。" * 200 + CHINESE + "天气很好。" * 200
    shown = "".join(piece.text for piece in snippet(text, parse("新闻发布会")))
    assert "新闻发布会" in shown
    assert len(shown) < 300


@given(
    text=st.text(alphabet="ab 東京都会見カ。'_é\u0301\n\f+C#.0", max_size=40),
    language=st.sampled_from(["", "de", "fr"]),
)
def test_what_is_indexed_is_what_is_analysed(text: str, language: str) -> None:
    """By `chunks`, `words` and `terms`, as the bulk writer does, and by `tokens`."""
    bulk = {
        form
        for chunk in chunks(marked(text, language))
        if not chunk.isspace()
        for w in words(chunk)
        for form in terms(w)
    }
    assert bulk == {token.form for token in tokens(text, language)}


@given(st.text(max_size=20), st.sampled_from([None, "", "en", "xx", "DE", *STEMMERS]))
def test_a_text_keeps_its_mark_apart(text: str, language: str | None) -> None:
    plain, code = unmarked(marked(text, language))
    assert plain.lstrip(" ") == text.lstrip(" ")
    assert code == (language if language in STEMMERS else "")


@pytest.mark.parametrize("text", ["\x02de\x02Hafen", "\x02", "\x02de", "\x02xx\x02"])
def test_a_text_that_looks_marked_is_a_text(text: str) -> None:
    assert unmarked(marked(text, "en")) == (f" {text}", "")
