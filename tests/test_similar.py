"""Articles about the same matter as another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import quote

import numpy as np
import pytest
from flask.testing import FlaskClient

from app import create_app
from search.article import Article
from search.columnar.having import having
from search.engine import Engine, Similar
from search.similar import WORDS, telling
from tests.conftest import Filled, fill
from tests.test_web_pages import one, page, text
from tests.web_server import index_of
from web.engine import EXTENSION

FERRIES = (
    "The ferry Aurora ran aground off Kilmory while its captain was asleep; the coastguard towed it to the harbour.",
    "An inquiry heard that the captain of the Aurora was asleep when the ferry ran aground near Kilmory.",
    "The coastguard will be asked why the ferry that ran aground off Kilmory was towed so late.",
)
OTHERS = (
    "Farmers expect a good harvest of barley after a wet spring and a dry summer in the valleys.",
    "The orchestra opened its season with a symphony that had not been played for eighty years.",
    "Prices of bread and barley rose again, the office of statistics said in its monthly report.",
    "A bridge over the river was closed for repairs and will open again in the spring.",
    "The museum bought a painting of the harbour, and hung it in the old hall.",
)
GERMAN = (
    "Die Fähre lief vor Kilmory auf Grund, weil der Kapitän schlief; die Küstenwache schleppte sie ab.",
    "Der Kapitän schlief, als die Fähre vor Kilmory auf Grund lief, sagte die Küstenwache.",
    "Die Bauern erwarten nach einem nassen Frühling eine gute Ernte.",
    "Das Orchester spielte eine Sinfonie, die lange niemand gehört hatte.",
    "Eine Brücke über den Fluss ist gesperrt.",
    "Das Museum kaufte ein Gemälde.",
)
CHINESE = (
    "上海合作组织峰会在北京举行，各国领导人讨论地区安全。",
    "各国领导人出席上海合作组织峰会，讨论地区安全问题。",
    "农民预计今年的大麦收成很好，春天雨水充足。",
    "乐团演奏了一首八十年没有演奏过的交响曲。",
    "河上的大桥因维修而关闭。",
    "博物馆买了一幅画。",
)


def archive() -> list[Article]:
    """Years apart, as reports of one story are not."""
    articles = [Article(id=f"ferry/{n}", body=body, language="en") for n, body in enumerate(FERRIES)]
    articles += [Article(id=f"other {n}", body=body, language="en") for n, body in enumerate(OTHERS)]
    articles += [Article(id=f"de {n}", body=body, language="de") for n, body in enumerate(GERMAN)]
    articles += [Article(id=f"zh {n}", body=body, language="zh") for n, body in enumerate(CHINESE)]
    return [replace(article, published=date(1990 + n, 1, 1)) for n, article in enumerate(articles)]


@pytest.fixture
def engine(filled: Filled) -> Engine:
    return filled(archive())


def ids(found: tuple[Similar, ...]) -> list[str]:
    return [similar.article.id for similar in found]


@pytest.mark.parametrize(
    ("article_id", "like"),
    [
        ("ferry/0", ["ferry/1", "ferry/2"]),
        ("ferry/2", ["ferry/0", "ferry/1"]),
        ("other 1", []),
        ("de 0", ["de 1"]),
        ("zh 0", ["zh 1"]),
        ("nobody", []),
    ],
)
def test_articles_that_share_telling_words_are_similar(engine: Engine, article_id: str, like: list[str]) -> None:
    assert ids(engine.similar(article_id, 5)) == like


def test_the_words_that_both_have_are_named_as_the_article_prints_them(engine: Engine) -> None:
    first, second = engine.similar("ferry/0", 5)
    assert set(first.shared) == {"Aurora", "ferry", "ran", "aground", "Kilmory", "captain", "asleep"}
    assert "coastguard" in second.shared
    assert "towed" in second.shared
    assert 1 >= first.likeness > second.likeness > 0


def test_at_most_so_many_are_given(engine: Engine) -> None:
    assert ids(engine.similar("ferry/0", 1)) == ["ferry/1"]


def test_copies_are_no_news(engine: Engine) -> None:
    fill(engine, [Article(id=f"day {n}", body=f"On day {n} nothing was printed.", language="en") for n in range(20)])
    fill(engine, [Article(id=f"copy {n}", body=FERRIES[n // 2], language="en") for n in range(4)])
    assert len(ids(engine.similar("ferry/0", 5))) == 2
    assert FERRIES[0] not in [similar.article.body for similar in engine.similar("ferry/0", 5)]


def test_what_was_taken_out_is_not_similar_to_anything(engine: Engine) -> None:
    with engine.writer() as writer:
        writer.delete("ferry/1")
    assert ids(engine.similar("ferry/0", 5)) == ["ferry/2"]
    assert engine.similar("ferry/1", 5) == ()


@pytest.mark.parametrize(
    "article",
    [Article(id="a", title="Kilmory"), Article(id="a", body="The of and."), Article(id="a", body="1234 5678 9,000 £5")],
)
def test_an_article_that_says_nothing_has_no_like(filled: Filled, article: Article) -> None:
    assert filled([article, *archive()]).similar("a", 5) == ()


def test_words_that_say_most_come_first_and_are_not_too_many() -> None:
    rare = " ".join(f"rare{chr(97 + n)}x" for n in range(WORDS + 5))
    article = Article(id="a", title="Headline", body=f"common common {rare} alone everywhere 77 the")
    frequencies = {"common": 50, "alon": 1, "everywher": 101}
    found = telling(article, 1000, lambda stems: [frequencies.get(stem, 2) for stem in stems])
    assert len(found) == WORDS
    assert found[0].word == "Headline"  # a word of the title counts three times
    assert not {"alone", "everywhere", "77", "the"} & {one.word for one in found}


def test_having_tells_which_documents_have_which_terms(engine: Engine) -> None:
    fill(engine, [Article(id="late", body="A ferry.", language="en")])  # a segment of its own
    searcher = engine._current().searcher  # type: ignore[attr-defined]
    numbers = [searcher.document_number(id=name) for name in ("late", "other 0", "ferry/2")]
    has = having(searcher, "text", ["ferri", "barley", "nothing"], numbers)
    assert has.tolist() == [[True, False, False], [False, True, False], [True, False, False]]
    assert having(searcher, "text", [], numbers).shape == (3, 0)
    assert np.array_equal(having(searcher, "nosuchfield", ["a"], numbers), np.zeros((3, 1), bool))


@pytest.fixture
def client(tmp_path: object) -> object:
    app = create_app(index_of(tmp_path / "index", archive()))  # type: ignore[operator]
    yield app.test_client()
    app.extensions[EXTENSION].close()


def test_the_page_names_similar_articles_with_the_reason(client: FlaskClient) -> None:
    found = page(client, "/articles/ferry%2F0")
    section = one(found, ".similar")
    assert [tag["href"] for tag in section.select("h3 a")] == ["/articles/ferry%2F1", "/articles/ferry%2F2"]
    assert text(section.select(".shared")[0]).startswith("Both have ")
    assert page(client, "/articles/other%201").select(".similar") == []


@pytest.mark.parametrize("article_id", ["ferry/0", "zh 0"])
def test_programs_are_given_similar_articles_too(client: FlaskClient, article_id: str) -> None:
    answer = client.get(f"/api/similar?id={quote(article_id, safe='')}").get_json()
    assert answer["id"] == article_id
    first = answer["similar"][0]
    assert first["id"] == article_id[:-1] + "1"
    assert len(first["shared"]) >= 3
    assert 0 < first["likeness"] <= 1
    assert "body" not in first


@pytest.mark.parametrize("target", ["/api/similar", "/api/similar?id=", "/api/similar?id=nobody"])
def test_of_no_article_there_is_no_like(client: FlaskClient, target: str) -> None:
    assert client.get(target).status_code == 404
