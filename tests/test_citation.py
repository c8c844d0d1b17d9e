"""Citations, read back by programs that others wrote."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import rispy
from bs4 import BeautifulSoup
from citeproc import Citation as Cited
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from flask.testing import FlaskClient
from pybtex.database import BibliographyData, Entry, parse_string
from pylatexenc.latex2text import LatexNodes2Text

from app import create_app
from search.article import Article
from tests.test_web_pages import HOSTILE, RIGHT_TO_LEFT
from tests.web_server import ARTICLES, UNTITLED, VETO, index_of
from web.citation import Citation, cite, plain
from web.citation_formats import FORMATS, bibtex, csl, ris
from web.engine import EXTENSION
from web.names import Name, name

PERMALINK = "https://archive.example/articles/a%20b?c"
READ = date(2026, 11, 24)
SPECIAL = '100% of A&B_C #1 for $5 ~ {x} } { \\ ^ "quoted" – Ünïté 北京'
AWKWARD = Article(
    id="awkward",
    title=SPECIAL,
    summary=("One\nline", "ER  - \r\nTY  - BOOK"),
    author=("Jan van der Berg", "The Editorial Board", "Smith, Jones and Partners", "王小明", "Martin Luther King Jr."),
    publisher="Herald & Sons {Ltd}",
    place="São Paulo",
    published=datetime(2012, 2, 29, 23, 30, tzinfo=timezone(timedelta(hours=-5))),
    language="pt",
    url="https://herald.example/a_b?c=1&d={2}%20#e",
)
BARE = Article(id="bare", body="Nobody knows who wrote this.")
EVERY = [
    *ARTICLES,
    AWKWARD,
    BARE,
    HOSTILE,
    Article(id="nothing", title="?"),
    Article(id="old", title="Old", published=date(812, 1, 2)),
]


def cited(article: Article) -> Citation:
    return cite(article, PERMALINK, READ)


def by_pybtex(citation: Citation) -> Entry:
    database: BibliographyData = parse_string(bibtex(citation), "bibtex")
    assert list(database.entries) == [citation.key]
    return database.entries[citation.key]


def without_latex(text: str) -> str:
    """What LaTeX would set. pylatexenc has no word for two commands, and a mark above nothing for a third."""
    known = text.replace(r"\textbraceleft{}", r"\{").replace(r"\textbraceright{}", r"\}")
    return str(LatexNodes2Text(strict_latex_spaces=True).latex_to_text(known)).replace(
        "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}", "^"
    )


def by_rispy(citation: Citation) -> dict[str, Any]:
    [entry] = rispy.loads(ris(citation))
    return dict(entry)


def in_harvard(citation: Citation) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names of the specification that citeproc-py does not know
        source = CiteProcJSON(json.loads(csl(citation)))
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        bibliography = CitationStylesBibliography(style, source, formatter.plain)
        bibliography.register(Cited([CitationItem(citation.key)]))
        [entry] = bibliography.bibliography()
    return str(entry)


@pytest.mark.parametrize("article", EVERY, ids=lambda article: article.id[:10])
def test_bibtex_is_read_back_as_it_was(article: Article) -> None:
    citation = cited(article)
    entry = by_pybtex(citation)
    assert entry.type == ("article" if article.publisher else "misc")
    assert without_latex(entry.fields.get("title", "")) == citation.title
    assert without_latex(entry.fields.get("journal", "")) == citation.publisher
    assert entry.fields["url"] == PERMALINK
    assert entry.fields["urldate"] == "2026-11-24"
    assert entry.fields.get("year") == (f"{article.day.year:04}" if article.day else None)
    assert entry.fields.get("date") == (article.day.isoformat() if article.day else None)
    people = [without_latex(str(person)) for person in entry.persons.get("author", ())]
    assert people == [", ".join(filter(None, (one.family, one.suffix, one.given))) for one in citation.authors]


def test_bibtex_keeps_capitals_and_knows_family_names() -> None:
    entry = by_pybtex(cited(AWKWARD))
    assert entry.fields["title"].startswith("{100\\%")
    assert entry.fields["month"] == "February"
    berg, *_, king = entry.persons["author"]
    assert (berg.first_names, berg.prelast_names, berg.last_names) == (["Jan"], ["van", "der"], ["Berg"])
    assert (king.first_names, king.last_names, king.lineage_names) == (["Martin"], ["King"], ["Jr."])
    assert "São Paulo" in entry.fields["note"]
    assert without_latex(entry.fields["note"]).endswith("https://herald.example/a_b?c=1&d={2}%20#e")


@pytest.mark.parametrize("article", EVERY, ids=lambda article: article.id[:10])
def test_ris_is_read_back_as_it_was(article: Article) -> None:
    citation = cited(article)
    entry = by_rispy(citation)
    assert entry["type_of_reference"] == "NEWS"
    assert entry.get("title", entry.get("primary_title", "")) == citation.title
    assert entry.get("secondary_title", "") == citation.publisher
    assert entry.get("abstract", "") == citation.summary
    assert entry["urls"] == [PERMALINK]
    assert entry.get("year") == (article.day.isoformat()[:4] if article.day else None)
    assert entry.get("date") == (article.day.isoformat().replace("-", "/") if article.day else None)
    assert len(entry.get("authors", ())) == len(article.author)


def test_ris_parts_only_the_names_of_people_with_commas() -> None:
    assert by_rispy(cited(AWKWARD))["authors"] == [
        "van der Berg, Jan",
        "The Editorial Board",
        "Smith Jones and Partners",
        "王小明",
        "King, Martin Luther, Jr.",
    ]


@pytest.mark.parametrize("article", EVERY, ids=lambda article: article.id[:10])
def test_csl_json_is_cited_by_a_processor(article: Article) -> None:
    citation = cited(article)
    found = in_harvard(citation)
    assert citation.title in found
    assert citation.publisher in found
    assert (f"({article.day.year}" if article.day else "(no date)") in found
    assert not citation.authors or found.startswith(citation.authors[0].family)
    assert "Accessed: November 24, 2026" in found


def test_csl_json_has_what_the_specification_names() -> None:
    [item] = json.loads(csl(cited(VETO)))
    assert item == {
        "id": cited(VETO).key,
        "type": "article-newspaper",
        "title": VETO.title,
        "author": [{"family": "Byline", "given": "Ada"}, {"family": "Writer", "given": "Bo"}],
        "container-title": VETO.publisher,
        "issued": {"date-parts": [[2012, 2, 4]]},
        "language": "en",
        "abstract": "Two members object Talks on Syria go on",
        "note": f"Dateline: New York. Printed originally at {VETO.url}",
        "URL": PERMALINK,
        "accessed": {"date-parts": [[2026, 11, 24]]},
    }
    assert json.loads(csl(cited(AWKWARD)))[0]["author"] == [
        {"family": "van der Berg", "given": "Jan"},
        {"literal": "The Editorial Board"},
        {"literal": "Smith, Jones and Partners"},
        {"literal": "王小明"},
        {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
    ]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    app = create_app(index_of(tmp_path_factory.mktemp("index"), EVERY))
    with app.test_request_context():
        yield app.test_client()
    app.extensions[EXTENSION].close()


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    ("article", "words"),
    [
        (
            VETO,
            "Byline, Ada and Bo Writer. “Council vetoes the draft on Syria”. The Harbour Gazette, 4 February 2012. "
            f"Dateline New York. {VETO.url}. {PERMALINK} (archived copy, read on 24 November 2026).",
        ),
        (
            UNTITLED,
            "“Nobody knows who wrote these words about a lighthouse, or on which day they…”. n.d. "
            f"{PERMALINK} (archived copy, read on 24 November 2026).",
        ),
        (
            Article(id="a", title="Rain", author=("Ada B. Byline Jr.", "Reuters", "Bo Writer"), publisher="Wire Co."),
            "Byline, Ada B., Jr., Reuters and Bo Writer. “Rain”. Wire Co., n.d. "
            f"{PERMALINK} (archived copy, read on 24 November 2026).",
        ),
        (
            Article(id="a", author=("Ada Byline Jr.",), published=date(2020, 1, 2)),
            f"Byline, Ada, Jr. “Untitled”. 2 January 2020. {PERMALINK} (archived copy, read on 24 November 2026).",
        ),
    ],
)
def test_a_sentence_says_all_that_is_known(article: Article, words: str) -> None:
    assert plain(cited(article)) == words


def test_keys_are_plain_stable_and_apart() -> None:
    keys = [cited(article).key for article in EVERY]
    assert len(set(keys)) == len(keys)
    assert all(key.isascii() and key.replace("-", "").isalnum() for key in keys)
    assert keys[0].startswith("byline2012council-")
    assert cited(AWKWARD).key.startswith("berg2012100-")
    other = Article(id="other", title=VETO.title, author=VETO.author, published=VETO.published)
    assert cited(other).key.rpartition("-")[0] == keys[0].rpartition("-")[0]
    assert cite(VETO, "http://elsewhere.example", date(2030, 1, 1)).key == keys[0]


@pytest.mark.parametrize(
    ("printed", "parted"),
    [
        ("Ada Byline", Name("Byline", "Ada")),
        ("Byline, Ada", Name("Byline", "Ada")),
        ("Ana María de la Cruz", Name("de la Cruz", "Ana María")),
        ("M. K. Gandhi", Name("Gandhi", "M. K.")),
        ("E. Y. Writer", Name("Writer", "E. Y.")),
        ("The Man in the Street", Name("The Man in the Street", person=False)),
        ("Ludwig von Beethoven III", Name("von Beethoven", "Ludwig", "III")),
        ("Reuters", Name("Reuters", person=False)),
        ("Associated Press", Name("Associated Press", person=False)),
        ("Gazette staff", Name("Gazette staff", person=False)),
        ("The Editorial Board", Name("The Editorial Board", person=False)),
        ("Agence France-Presse", Name("Agence France-Presse", person=False)),
        ("Ada Byline and Bo Writer", Name("Ada Byline and Bo Writer", person=False)),
        ("ada@gazette.example", Name("ada@gazette.example", person=False)),
        ("Ada  \n Byline", Name("Byline", "Ada")),
        ("王小明", Name("王小明")),
        ("新华社", Name("新华社", person=False)),
        ("محمد علي", Name("علي", "محمد")),
        ("Dr.", Name("Dr.", person=False)),
        ("A very long line that is no name at all", Name("A very long line that is no name at all", person=False)),
        (f"{RIGHT_TO_LEFT}Eve", Name(f"{RIGHT_TO_LEFT}Eve", person=False)),
    ],
)
def test_names_are_parted_with_care(printed: str, parted: Name) -> None:
    assert name(printed) == parted


def test_a_publisher_is_nobody_and_some_languages_put_the_family_first() -> None:
    assert name("Harbour Life", publisher="Harbour Life") == Name("Harbour Life", person=False)
    assert name("Nagy Péter", "hu") == Name("Nagy", "Péter")
    assert name("Xi Jinping", "zh") == Name("Xi Jinping")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("article", EVERY, ids=lambda article: article.id[:10])
def test_each_form_has_an_address(client: FlaskClient, form: str, article: Article) -> None:
    response = client.get("/cite", query_string={"id": article.id, "as": form})
    assert response.status_code == 200
    assert response.content_type == f"{FORMATS[form].media}; charset=utf-8"
    assert "http://localhost/articles/" in response.text
    assert str(datetime.now(UTC).year) in response.text
    kept = response.headers.get("Content-Disposition", "")
    assert kept.endswith(f'.{FORMATS[form].extension}"') or form == "plain"


def test_without_a_form_it_is_a_sentence(client: FlaskClient) -> None:
    assert client.get("/cite?id=veto").text == client.get("/cite?id=veto&as=plain").text


@pytest.mark.parametrize(
    ("target", "status", "words"),
    [
        ("/cite?id=veto&as=mla", 400, "as is plain, bibtex, ris or csl, not &#39;mla&#39;"),
        ("/cite?id=nobody&as=ris", 404, "There is no article with this id."),
        ("/cite", 404, "There is no article with this id."),
    ],
)
def test_what_cannot_be_cited_is_said(client: FlaskClient, target: str, status: int, words: str) -> None:
    response = client.get(target)
    assert (response.status_code, words in response.text) == (status, True)


def test_the_page_of_an_article_shows_the_same_citations(client: FlaskClient) -> None:
    found = BeautifulSoup(client.get("/articles/veto?q=syria").text, "lxml")
    for form in FORMATS:
        [shown] = found.select(f"#cite-{form}")
        assert shown.get_text().splitlines() == client.get(f"/cite?id=veto&as={form}").text.splitlines()
    links = [str(link["href"]) for link in found.select(".cite a[download]")]
    assert links == [f"/cite?id=veto&as={form}" for form in FORMATS if form != "plain"]
