"""The page of an article: its marks, its place among the results, what it says to programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from app import create_app
from search import open_engine
from search.article import Article
from search.engine import MAX_WINDOW
from search.parse import parse
from tests.conftest import fill
from tests.test_web_pages import HOSTILE, href, marked, one, page, text
from tests.web_server import ARTICLES, SUMMIT, VETO, index_of
from web.addresses import article_address
from web.engine import EXTENSION
from web.form import Form
from web.paging import window
from web.reading import Line, reading

SPELT = Article(
    id="spelt", title="Colour of the harbour", body="The colour was red.\n\nA grey colour followed, then another."
)
SPELT_TOO = Article(id="spelt too", body="The color of water.", language="en")
GERMAN = Article(id="deutsch", body="Die Häuser der Stadt. Ein Haus am Meer.", language="de")
SEA = tuple(
    Article(id=f"sea {n}", title=f"Tide number {n}", body="The tide came in.", published=date(2020, 1, n))
    for n in range(1, 8)
)

Serve = Callable[..., FlaskClient]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    apps = []

    def make(*articles: Article) -> FlaskClient:
        app = create_app(index_of(tmp_path / f"index{len(apps)}", articles))
        apps.append(app)
        return app.test_client()

    yield make
    for app in apps:
        app.extensions[EXTENSION].close()


def data(found: BeautifulSoup) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(one(found, "script[type='application/ld+json']").get_text())
    return values


def metas(found: BeautifulSoup, name: str) -> list[str]:
    return [str(tag["content"]) for tag in found.select(f"meta[name='{name}']")]


def ranks(line: Line) -> list[int | None]:
    return [stretch.number for stretch in line if stretch.matched]


def test_marks_are_those_of_the_query_that_was_really_searched(serve: Serve) -> None:
    client = serve(SPELT, SPELT_TOO, GERMAN)
    assert marked(page(client, "/articles/spelt?q=color")) == ["Colour", "colour", "colour"]
    assert marked(page(client, "/articles/spelt?q=color&spellings=off")) == []
    assert marked(page(client, "/articles/spelt?q=red+water")) == ["red"]  # no article has both
    assert marked(page(client, "/articles/deutsch?q=haus")) == ["Häuser", "Haus"]


def test_fields_are_marked_where_they_were_asked_for(serve: Serve) -> None:
    client = serve(*ARTICLES)
    story = one(page(client, "/articles/veto?q=place:york+publisher:harbour+author:ada"), ".story")
    assert [text(tag) for tag in story.select("mark")] == ["Harbour", "Ada", "York"]
    assert marked(page(client, "/articles/veto?q=york")) == []


def test_marks_side_by_side_are_one_stop(serve: Serve) -> None:
    article = Article(id="a", body="A grey sea. The sea, grey. Sea of grey")
    found = page(serve(article), "/articles/a?q=grey+sea")
    assert [(tag.get("id"), text(tag)) for tag in found.select("mark")] == [
        ("m1", "grey"),
        (None, "sea"),
        ("m2", "sea"),
        (None, "grey"),
        (None, "Sea"),
        ("m3", "grey"),
    ]


def test_each_mark_leads_to_the_one_before_and_the_one_after(serve: Serve) -> None:
    found = page(serve(SPELT), "/articles/spelt?q=colour")
    assert [tag["data-words"] for tag in found.select(".step")] == ["1 of 3", "2 of 3", "3 of 3"]
    assert [[href(a) for a in tag.select("a")] for tag in found.select(".step")] == [
        ["#m3", "#m2"],
        ["#m1", "#m3"],
        ["#m2", "#m1"],
    ]
    assert href(one(found, ".marks a")) == "#m1"
    assert "Found in 3 places" in text(one(found, ".marks .plain"))
    assert found.select("a a") == []
    assert found.select_one(".step").get_text() == ""  # type: ignore[union-attr]  # the text stays clean


def test_a_byline_with_marks_is_still_links(serve: Serve) -> None:
    article = Article(id="a", title="T", author=("Ada Jane Byline", "Bo Ada"))
    found = page(serve(article), "/articles/a?q=ada+OR+byline")
    assert [tag.get("id") for tag in found.select(".byline a mark")] == ["m1", None, "m2"]
    assert [href(tag) for tag in found.select(".byline > a")] == [
        "/search?author=Ada+Jane+Byline",
        "/search?author=Bo+Ada",
    ]
    assert len(found.select(".byline > .step")) == 2


def test_without_a_search_there_is_no_bar_of_marks(serve: Serve) -> None:
    found = page(serve(SPELT), "/articles/spelt")
    assert found.select(".marks") == []
    assert one(found, ".bar").has_attr("hidden")


def test_reading_numbers_marks_in_the_order_of_the_page() -> None:
    read = reading(VETO, parse("syria"))
    assert (ranks(read.title), [ranks(line) for line in read.summary], [ranks(line) for line in read.body]) == (
        [1],
        [[], [2]],
        [[], [3]],
    )
    assert read.marks == 3


@pytest.mark.parametrize("first", [1, 2, 3, 4, 5, 9, 11, 12, 59, 60, MAX_WINDOW - 2])
@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_window_holds_its_ranks_on_one_page(first: int, length: int) -> None:
    last = first + length - 1
    number, size = window(first, last)
    assert (number - 1) * size < first <= last <= number * size <= MAX_WINDOW


def neighbours(found: BeautifulSoup) -> list[str | None]:
    tags: list[Tag | None] = [found.select_one(f".neighbours [rel={rel}]") for rel in ("prev", "next")]
    return [tag and href(tag) for tag in tags]


@pytest.mark.parametrize(
    ("rank", "previous", "following"),
    [(1, None, "sea 6"), (2, "sea 7", "sea 5"), (4, "sea 5", "sea 3"), (7, "sea 2", None)],
)
def test_an_article_knows_its_place_among_the_results(
    serve: Serve, rank: int, previous: str | None, following: str | None
) -> None:
    client = serve(*SEA)
    results = page(client, f"/search?q=tide&sort=newest&size=3&page={(rank - 1) // 3 + 1}")
    found = page(client, href(one(results, f"#hit-{rank} h2 a")))
    assert text(one(found, "h1")) == f"Tide number {8 - rank}"
    assert f"{rank} of 7" in text(one(found, ".back"))
    up = href(one(found, ".back .up"))
    assert one(page(client, up), f"#hit-{rank} h2").get_text().strip() == text(one(found, "h1"))

    def address(name: str | None, to: int) -> str | None:
        return name and f"/articles/{name.replace(' ', '%20')}?q=tide&sort=newest&size=3&n={to}"

    assert neighbours(found) == [address(previous, rank - 1), address(following, rank + 1)]


def test_a_changed_index_moves_an_article_among_the_results_or_takes_it_out(tmp_path: Path) -> None:
    url = index_of(tmp_path / "index", SEA)
    app = create_app(url)
    client = app.test_client()
    address = "/articles/sea%204?q=tide&sort=oldest&n=4"
    assert "4 of 7" in text(one(page(client, address), ".back"))
    with open_engine(url) as engine, engine.writer() as writer:
        writer.delete("sea 3")
    assert "3 of 6" in text(one(page(client, address), ".back"))
    with open_engine(url) as engine:
        fill(engine, [Article(id="sea 4", title="Another", body="Ebb and flow.")])
    gone = page(client, address)
    assert " of " not in text(one(gone, ".back"))
    assert neighbours(gone) == [None, None]
    assert href(one(gone, ".back .up")) == "/search?q=tide&sort=oldest"
    app.extensions[EXTENSION].close()


@pytest.mark.parametrize("rank", ["0", "-1", "x", "1.5", "٣", str(MAX_WINDOW + 1), "9" * 30, ""])
def test_a_rank_that_is_none_is_not_known(serve: Serve, rank: str) -> None:
    found = page(serve(*SEA), f"/articles/sea%204?q=tide&n={rank}")
    assert text(one(found, ".back")) == "Back to the results"
    assert len(marked(found)) == 2


def test_a_rank_beyond_the_results_leads_back_to_them(serve: Serve) -> None:
    found = page(serve(*SEA), f"/articles/sea%204?q=tide&n={MAX_WINDOW}")
    assert text(one(found, ".back")) == "Back to the results"


def test_everything_newest_first_is_a_list_too(serve: Serve) -> None:
    client = serve(*SEA)
    found = page(client, href(one(page(client, "/search"), "#hit-2 h2 a")))
    assert "2 of 7" in text(one(found, ".back"))
    assert neighbours(found) == ["/articles/sea%207?n=1", "/articles/sea%205?n=3"]


def test_paragraphs_have_anchors_that_do_not_depend_on_the_search(serve: Serve) -> None:
    client = serve(*ARTICLES)
    for target in ("/articles/veto", "/articles/veto?q=russia&n=1"):
        found = page(client, target)
        assert [tag["id"] for tag in found.select(".body p")] == ["p1", "p2"]
        assert [href(tag) for tag in found.select(".pilcrow")] == [
            "http://localhost/articles/veto#p1",
            "http://localhost/articles/veto#p2",
        ]


def test_the_length_of_a_text_is_told_in_what_its_language_counts(serve: Serve) -> None:
    client = serve(
        Article(id="en", body="One two, three.", language="en"),
        Article(id="one", body="One."),
        Article(id="zh", body="峰会在北京举行。", language="zh"),
    )
    for name, words in (("en", "3 words"), ("one", "1 word"), ("zh", "7 characters")):
        assert text(one(page(client, f"/articles/{name}"), ".facts")).endswith(words)


def test_programs_are_told_what_the_article_is(serve: Serve) -> None:
    found = page(serve(*ARTICLES), "/articles/veto?q=syria")
    permalink = "http://localhost/articles/veto"
    assert href(one(found, "link[rel=canonical]")) == href(one(found, "link[rel=cite-as]")) == permalink
    assert metas(found, "citation_title") == metas(found, "DC.title") == [VETO.title]
    assert metas(found, "citation_author") == metas(found, "DC.creator") == list(VETO.author)
    assert metas(found, "citation_publisher") == metas(found, "DC.publisher") == [VETO.publisher]
    assert metas(found, "citation_publication_date") == ["2012/02/04"]
    assert metas(found, "DC.date") == ["2012-02-04T23:30:00-05:00"]
    assert metas(found, "citation_fulltext_html_url") == metas(found, "DC.identifier") == [permalink]
    assert metas(found, "DC.source") == [VETO.url]
    assert metas(found, "description") == metas(found, "DC.description") == ["Two members object Talks on Syria go on"]
    assert data(found) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": VETO.title,
        "description": "Two members object Talks on Syria go on",
        "author": [{"@type": "Person", "name": "Ada Byline"}, {"@type": "Person", "name": "Bo Writer"}],
        "publisher": {"@type": "NewsMediaOrganization", "name": VETO.publisher},
        "dateline": "New York",
        "datePublished": "2012-02-04T23:30:00-05:00",
        "inLanguage": "en",
        "wordCount": 15,
        "url": VETO.url,
        "mainEntityOfPage": permalink,
        "archivedAt": permalink,
    }


def test_what_an_article_does_not_say_programs_are_not_told(serve: Serve) -> None:
    found = page(serve(*ARTICLES), "/articles/untitled")
    names = {str(tag["name"]) for tag in found.select("meta[name^=citation_], meta[name^='DC.']")}
    assert names == {"citation_fulltext_html_url", "DC.type", "DC.identifier"}
    assert set(data(found)) == {"@context", "@type", "description", "wordCount", "url", "mainEntityOfPage"}


def test_hostile_text_does_not_leave_its_block_of_data(serve: Serve) -> None:
    client = serve(HOSTILE)
    results = page(client, "/search?q=hostile")
    found = page(client, href(one(results, ".hit h2 a")))
    assert data(found)["headline"] == HOSTILE.title
    assert data(found)["publisher"]["name"] == HOSTILE.publisher
    assert data(found)["url"].startswith("http://localhost/articles/")
    assert metas(found, "DC.title") == [HOSTILE.title]
    assert metas(found, "DC.source") == []
    assert len(found.select("script:not([src])")) == 1


@pytest.mark.parametrize(
    "article",
    [
        Article(id="title alone", title="A title without a text"),
        Article(id="text alone", body="One line."),
        Article(id="rtl", title="قمة في بكين", body="افتتحت القمة يوم الأربعاء.", language="ar", author=("محمد علي",)),
        Article(id="中文", title="上海合作组织峰会", body="峰会在北京举行。", language="zh", author=("王小明",)),
    ],
)
def test_an_article_with_little_or_in_any_script_has_a_page(serve: Serve, article: Article) -> None:
    found = page(serve(article, SUMMIT), f"/articles/{article.id}")
    assert text(one(found, "h1")) == (article.title or article.body)
    assert [text(tag) for tag in found.select(".body p")] == ([article.body] if article.body else [])
    assert ("The archive has no text of this article." in text(one(found, ".story"))) is (not article.body)


def test_a_hit_that_no_page_number_reaches_leads_back_by_its_cursor(serve: Serve) -> None:
    client = serve(*SEA)
    with client.application.test_request_context():
        form = Form({"q": ("tide",), "cursor": ("abc",)})
        assert article_address("a", form, rank=MAX_WINDOW) == f"/articles/a?q=tide&n={MAX_WINDOW}"
        assert article_address("a", form, rank=MAX_WINDOW + 1) == "/articles/a?q=tide&cursor=abc"
