"""HTML pages to articles: metadata from each of its sources, the body by two opinions."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from indexer.extract import extract, html
from indexer.extract.html import LONGER, SCRAP_WORDS, page_lines
from indexer.extract.html import parse_page as parse
from indexer.extract.lines import Role
from indexer.extract.metadata import MAX_TITLE, parse_moment
from search.article import Article

PARAGRAPHS = (
    "The older of the two piers of Eastmoor was broken by a storm on Sunday night, and nobody was hurt when it fell"
    " into the sea, because the harbour office had closed it to walkers in the afternoon.",
    "Fishermen had pulled most of the boats ashore by then, because the radio had spoken of wind since the morning, and"
    " the ferry to the island had stayed there with its crew of eleven.",
    "“We shall build it anew,” the mayor said at the quay, where the stones of the pier lay among broken planks, and"
    " where half of the town had come to look at what was left of it.",
    "The ferry to the island will sail from the newer pier until the spring, the harbour office said on Monday, and"
    " those who hold tickets for the week can use them on any day of the month.",
)
STORY = "".join(f"<p>{text}</p>\n" for text in PARAGRAPHS)


def page(body: str = f"<article>{STORY}</article>", head: str = "", html: str = "<html>") -> Article:
    source = f'<!DOCTYPE html>{html}<head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    return extract(source.encode(), article_id="a", path="a.html")


def paragraphs(found: Article) -> tuple[str, ...]:
    return tuple(found.body.split("\n\n"))


def json_ld(**fields: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def meta(name: str, content: str, attribute: str = "name") -> str:
    return f'<meta {attribute}="{name}" content="{content}">'


# ---------------------------------------------------------------------------------------------------------- the body


def test_a_bare_page_is_its_story_and_nothing_is_invented() -> None:
    assert page() == Article(id="a", body="\n\n".join(PARAGRAPHS), language="en", path="a.html")


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav><ul><li><a href=/>Home</a></li><li><a href=/sea>The sea and its ships</a></li></ul></nav>",
        "<footer><p>© 2012 Eastmoor Observer. All rights reserved. Printed on the quay by those who fish.</p></footer>",
        "<script>var story = 'A storm is no story for those who have not seen it from the end of a pier.';</script>",
        "<aside><h2>Most read</h2><ul><li><a href=/1>Storm closes school</a></li><li>Boats</li></ul></aside>",
        "<ul class=share><li><a href=#>Share on Facebook</a></li><li><a href=#>Share on Twitter</a></li></ul>",
        "<!-- The pier was never there, and this comment is not there for the readers of the story either. -->",
        '<div class="comments"><p>I was there when it fell, and the sea was white as far as I could see.</p></div>',
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_furniture_stays_out_of_the_body(furniture: str, above: bool) -> None:
    story = f"<article><h1>The pier of Eastmoor is gone</h1>{STORY}</article>"
    found = page(furniture + story if above else story + furniture)
    assert paragraphs(found) == PARAGRAPHS
    assert found.title == "The pier of Eastmoor is gone"


def test_a_page_without_tags_for_its_story_is_read_by_its_lines() -> None:
    lines = "<br><br>".join(PARAGRAPHS)
    found = page(f"<table><tr><td><a href=/>Home</a> | <a href=/sea>Sea</a><tr><td>{lines}</table>")
    assert paragraphs(found) == PARAGRAPHS


def test_the_lines_win_where_the_other_opinion_stops_early() -> None:
    first, second = (f"<p>{text}" for text in PARAGRAPHS[:2])
    hidden = "".join(f'<p class="overlay">{text} Part {n}.</p>' for n in range(3) for text in PARAGRAPHS[2:])
    found = page(f"<article>{first}{second}{hidden}</article>")
    assert len(found.body.split()) > LONGER * len(" ".join(PARAGRAPHS[:2]).split())
    assert found.body.endswith(f"{PARAGRAPHS[3]} Part 2.")
    assert len(" ".join(PARAGRAPHS[:2]).split()) > SCRAP_WORDS


# In a language of which no phrase of a page's furniture is known.
ICELANDIC = tuple(
    f"Eldri bryggjan í bænum brotnaði í storminum um kvöldið, dag {n}, og enginn meiddist þegar hún féll í sjóinn."
    for n in range(6)
)
REMARK = "Ég var þarna þegar hún féll, kvöld {}, og sjórinn var hvítur eins langt og augað eygði þessa nótt."
REMARKS = [REMARK.format(n) for n in range(9)]


@pytest.mark.parametrize(
    "beside",
    [
        '<section id="comments"><h2>Skoðanir</h2>{}</section>',
        '<div class="post-comments"><h2>Skoðanir</h2>{}</div>',
        '<div class="related-articles"><h2>Fleira</h2>{}</div>',
        '<div class="x1"><h2>Skoðanir</h2><div class="x2">{}</div></div>',
        "<aside><h2>Fleira</h2>{}</aside>",
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_what_stands_beside_the_article_is_known_by_its_elements_in_any_language(beside: str, above: bool) -> None:
    story = f'<div class="text">{"".join(f"<p>{text}</p>" for text in ICELANDIC)}</div>'
    box = beside.format("".join(f"<p>{text}</p>" for text in REMARKS))
    found = page(f"<h1>Bryggjan er farin</h1>{box + story if above else story + box}", html='<html lang="is">')
    assert paragraphs(found) == ICELANDIC


@pytest.mark.parametrize(("more", "tries"), [(0, [True, False]), (1, [True])])
def test_a_scrap_is_asked_for_again_unless_the_page_is_large(
    monkeypatch: pytest.MonkeyPatch, more: int, tries: list[bool]
) -> None:
    tree = parse(f"<html><body>{'<hr>' * (html.MAX_THOROUGH - 2 + more)}</body></html>")
    asked: list[bool] = []

    def scrap(_: object, *, precise: bool) -> list[str]:
        asked.append(precise)
        return ["A scrap"]

    monkeypatch.setattr(html, "_by_trafilatura", scrap)
    assert html._main_paragraphs(tree) == ["A scrap"]
    assert asked == tries


def test_a_mark_that_the_whole_article_has_says_nothing() -> None:
    story = "".join(f"{text}<br><br>" for text in PARAGRAPHS * 2)
    assert page(f'<div class="with-sidebar no-comments">{story}</div>').body.endswith(PARAGRAPHS[-1])


def test_links_below_the_last_paragraph_are_not_the_body() -> None:
    links = "".join(f"<p><a href=/{n}>A story of the sea and of number {n}</a></p>" for n in range(2))
    assert paragraphs(page(f"<article>{STORY}{links}</article>")) == PARAGRAPHS


def test_text_inside_a_paragraph_stays_in_one_piece() -> None:
    found = page(
        f"<article>{STORY}<p>The <b>pier</b> of <a href=/e>East<i>moor</i></a><!-- x --> is gone,<script>1</script>"
        " they said on the quay, and it will not be built anew before the winter is over.</p></article>"
    )
    assert paragraphs(found)[-1] == (
        "The pier of Eastmoor is gone, they said on the quay, and it will not be built anew before the winter is over."
    )


def test_headings_and_lists_of_the_story_are_kept() -> None:
    inside = "<h2>What comes next</h2><ul><li>A pier of steel, which the mayor wants</li><li>A wall of stone</li></ul>"
    found = page(f"<article>{STORY}{inside}{STORY.replace('The', 'Then the')}</article>")
    assert "What comes next" in paragraphs(found)
    assert any("A pier of steel, which the mayor wants" in text for text in paragraphs(found))


def test_title_standfirst_byline_and_captions_are_not_the_body() -> None:
    found = page(
        "<article><h1>The pier of Eastmoor is gone</h1><p class=standfirst>A storm takes the older of two piers.</p>"
        "<p class=byline>By Mara Oduya</p><p><time datetime=2012-06-04>4 June 2012</time></p>"
        "<figure><img src=a.jpg><figcaption>Stones of the old pier on Monday. Photograph: Li Na</figcaption></figure>"
        f"{STORY}</article>"
    )
    assert paragraphs(found) == PARAGRAPHS
    assert found.summary == ("A storm takes the older of two piers.",)
    assert found.captions == ("Stones of the old pier on Monday.",)
    assert found.author == ("Mara Oduya",)
    assert found.published == date(2012, 6, 4)


def test_the_place_is_that_of_the_dateline() -> None:
    assert page(f"<article><p>PORT-AU-PRINCE, Haiti (AP) — {STORY[3:]}</article>").place == "Port-au-Prince"


# ------------------------------------------------------------------------------------------------------------ title


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        (
            meta("og:title", "The pier is gone for good", "property"),
            "The pier is gone for good",
            "The pier is gone for good",
        ),
        (json_ld(headline="The pier is gone for good"), "Eastmoor Observer", "The pier is gone for good"),
        (meta("DC.title", "The pier is gone for good"), "", "The pier is gone for good"),
        (meta("citation_title", "The pier is gone for good"), "", "The pier is gone for good"),
        (
            "<title>The pier is gone for good - Observer</title>",
            "The pier is gone for good",
            "The pier is gone for good",
        ),
        (
            "<title>The pier is gone for good | Eastmoor Observer</title>"
            + meta("og:site_name", "Eastmoor Observer", "property"),
            "",
            "The pier is gone for good",
        ),
        (
            "<title>Eastmoor Observer: The pier</title>" + meta("og:site_name", "Eastmoor Observer", "property"),
            "Eastmoor Observer",
            "Eastmoor Observer: The pier",
        ),
        (meta("og:title", "Q&amp;amp;A: the pier of Eastmoor", "property"), "", "Q&A: the pier of Eastmoor"),
        (  # a kicker in the heading
            meta("og:title", "The pier is gone for good", "property"),
            "<span>Eastmoor</span> <span>The pier is gone for good</span>",
            "The pier is gone for good",
        ),
        (  # a label behind it
            meta("og:title", "The pier is gone for good - Observer", "property")
            + meta("og:site_name", "Observer", "property"),
            "The pier is gone for good <span>Plus</span>",
            "The pier is gone for good",
        ),
        (  # pieces without white space in the page
            meta("og:title", "“Gone”: the pier is lost", "property"),
            "“<em>Gone</em>”: the pier is lost",
            "“Gone”: the pier is lost",
        ),
        ("", "The pier is gone for good", "The pier is gone for good"),
        ("", "", None),
        (meta("og:title", "x" * (MAX_TITLE + 1), "property"), "", "x" * MAX_TITLE),
    ],
)
def test_the_title_is_what_the_page_says_it_is(head: str, heading: str, title: str | None) -> None:
    assert page(f"<h1>{heading}</h1><article>{STORY}</article>", head).title == title


@pytest.mark.parametrize("bar", [" | ", " - ", "｜", "：", "_", " ： "])
def test_a_title_in_a_script_without_spaces_loses_the_sites_name(bar: str) -> None:
    head = f"<title>港の桟橋が壊れる{bar}東港新聞</title>" + meta("og:site_name", "東港新聞", "property")
    assert page(head=head).title == "港の桟橋が壊れる"


def test_a_title_told_with_the_sites_name_is_taken_as_it_is_printed() -> None:
    body = f"<div class=head>The pier is gone for good</div><article>{STORY}</article>"
    assert page(body, "<title>The pier is gone for good - Observer</title>").title == "The pier is gone for good"


# ------------------------------------------------------------------------------------------------------------ authors


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        (json_ld(author={"@type": "Person", "name": "Mara Oduya"}), "", ["Mara Oduya"]),
        (json_ld(author=[{"name": "Mara Oduya"}, {"name": "LI NA"}]), "", ["Mara Oduya", "Li Na"]),
        (json_ld(author="By MARA ODUYA, Political Writer"), "", ["Mara Oduya"]),
        (
            json_ld(author={"@id": "#m"}) + json_ld(**{"@type": "Person", "@id": "#m", "name": "Mara Oduya"}),
            "",
            ["Mara Oduya"],
        ),
        (meta("author", "Mara Oduya and Li Na"), "", ["Mara Oduya", "Li Na"]),
        (meta("citation_author", "Oduya, Mara") + meta("citation_author", "Na, Lian"), "", ["Mara Oduya", "Lian Na"]),
        (meta("DC.creator", "Mara Oduya"), "", ["Mara Oduya"]),
        ("", "<p itemprop=author itemscope><span itemprop=name>Mara Oduya</span>, sea</p>", ["Mara Oduya"]),
        ("", "<a rel=author href=/m>Mara Oduya</a>", ["Mara Oduya"]),
        ("", '<div class="article-byline">By Mara Oduya and Li Na</div>', ["Mara Oduya", "Li Na"]),
        ("", "<p>By Mara Oduya</p>", ["Mara Oduya"]),
        (json_ld(author="Mara Oduya"), '<p class="byline">By Mara Oduya and Li Na</p>', ["Mara Oduya", "Li Na"]),
        # none of these is a person
        (json_ld(author={"@type": "Organization", "name": "Mara Oduya"}), "", []),
        (json_ld(author={"@type": "Person", "name": "Eastmoor Observer"}), "", []),
        (json_ld(author="Staff"), "", []),
        (meta("author", "Reuters"), "", []),
        (meta("article:author", "https://www.example.org/mara-oduya", "property"), "", []),
        (meta("author", "mara.oduya@example.org"), "", []),
        (meta("twitter:creator", "@maraoduya"), "", []),
        (meta("author", "admin"), "", []),
        ("", '<p class="comment-author">Mara Oduya</p>', []),
        (meta("og:site_name", "Mara Oduya Journal", "property") + meta("author", "Mara Oduya"), "", []),
        (meta("og:site_name", "Kurir", "property") + meta("author", "Kurir Svet"), "", []),
        ('<link rel=canonical href="https://www.lanacion.example/1">' + meta("author", "La Nación"), "", []),
        # nor did these people write this article
        ("", '<nav><a class="author" href=/m>Mara Oduya</a></nav>', []),
        ("", '<aside><p class="byline">By Mara Oduya</p></aside>', []),
        ("", '<div class="related"><p class="byline">By Mara Oduya</p></div>', []),
        (
            "",
            "<div><h3><a href=/1>A wall of stone for the harbour of Eastmoor</a></h3>"
            "<i class=author>Mara Oduya</i></div>",
            [],
        ),
        # but these did, whatever the boxes are called
        ("", '<div class="sidebar"><h1>The pier</h1><p class="byline">By Mara Oduya</p></div>', ["Mara Oduya"]),
        ("", "<div class=card><h4><a href=/m class=author>Mara Oduya</a></h4></div>", ["Mara Oduya"]),
    ],
)
def test_authors_are_persons_that_the_page_names(head: str, body: str, author: list[str]) -> None:
    assert page(f"{body}<article>{STORY}</article>", head).author == tuple(author)


# ------------------------------------------------------------------------------------------------------------ date


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        (json_ld(datePublished="2012-06-04T10:30:00+01:00"), "", "2012-06-04T10:30:00+01:00"),
        (
            json_ld(datePublished="2012-06-04T10:30:00Z", dateModified="2013-01-01T00:00:00Z"),
            "",
            "2012-06-04T10:30:00+00:00",
        ),
        (meta("article:published_time", "2012-06-04T10:30:00+0100", "property"), "", "2012-06-04T10:30:00+01:00"),
        (meta("DC.date.issued", "2012-06-04"), "", "2012-06-04"),
        (meta("citation_publication_date", "2012/06/04"), "", "2012-06-04"),
        (meta("pubdate", "20120604"), "", "2012-06-04"),
        (meta("date", "June 4, 2012 10:30 AM EDT"), "", "2012-06-04T10:30:00-04:00"),
        ("", '<meta itemprop=datePublished content="2012-06-04T10:30">', "2012-06-04T10:30:00"),
        ("", "<time itemprop=datePublished datetime=2012-06-04T10:30:00Z>June</time>", "2012-06-04T10:30:00+00:00"),
        ("", "<time class=published datetime=2012-06-04>June</time>", "2012-06-04"),
        ("", "<h1>The pier of Eastmoor is gone</h1><p>Published June 4, 2012 10:30</p>", "2012-06-04T10:30:00"),
        ("", "<h1>The pier of Eastmoor is gone</h1>", None),
        (
            meta("article:modified_time", "2012-06-04T10:30:00Z", "property"),
            "<p>Remember the storm of June 4, 2010</p>",
            "2012-06-04",  # the page tells of no other
        ),
    ],
)
def test_the_date_keeps_its_time_and_offset(head: str, body: str, published: str | None) -> None:
    found = page(f"{body}<article>{STORY}</article>", head).published
    assert (found.isoformat() if found else None) == published


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        (
            meta("date", "2012-06-04"),
            "<time datetime='2012-06-04T10:30:00Z'>Monday</time>",
            "2012-06-04T10:30:00+00:00",
        ),
        (meta("date", "2012-06-04"), "<time datetime='2012-06-05T10:30:00Z'>Tuesday</time>", "2012-06-04"),
        (meta("date", "2012-06-04"), "<time datetime='2012-06-04T00:00:00Z'>Monday</time>", "2012-06-04"),
        (meta("date", "2012-06-04") + meta("sailthru.date", "2012-06-04 10:30:00"), "", "2012-06-04T10:30:00"),
        (
            "",
            "<h1>The pier is gone</h1><time datetime='2012-06-04T10:30:00+01:00'>June 4, 2012</time>",
            "2012-06-04T10:30:00+01:00",
        ),
        (meta("date", "2012-06-04"), "<h1>The pier is gone</h1><p>June 4, 2012 10:30</p>", "2012-06-04T10:30:00"),
        (meta("date", "2012-06-04"), "<h1>The pier is gone</h1><p>June 5, 2012 10:30</p>", "2012-06-04"),
    ],
)
def test_a_bare_day_gets_the_time_that_the_page_gives_it_elsewhere(head: str, body: str, published: str) -> None:
    found = page(f"{body}<article>{STORY}</article>", head).published
    assert found is not None
    assert found.isoformat() == published


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2012-06-04T10:30:00.123456Z", "2012-06-04T10:30:00+00:00"),
        ("2012-06-04T00:00:00", "2012-06-04"),  # no time was given
        ("2012-06-04T00:00:00Z", "2012-06-04T00:00:00+00:00"),
        ("Mon, 04 Jun 2012 10:30:00 GMT", "2012-06-04T10:30:00+00:00"),
        ("1338805800", "2012-06-04T10:30:00+00:00"),
        ("1338805800000", "2012-06-04T10:30:00+00:00"),
        ("20120604", "2012-06-04"),
        ("20120604103000", "2012-06-04T10:30:00"),
        ("Mon Jun 04 10:30:00 EDT 2012", "2012-06-04T10:30:00-04:00"),
        ("99999999999", None),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_moment_is_read_in_the_forms_of_pages(text: str, moment: str | None) -> None:
    found = parse_moment(text)
    assert (found.isoformat() if found else None) == moment


def test_a_day_is_no_moment() -> None:
    assert not isinstance(parse_moment("2012-06-04"), datetime)


# ------------------------------------------------------------------------------------- publisher, language, address


@pytest.mark.parametrize(
    ("head", "body", "publisher"),
    [
        (meta("og:site_name", "Eastmoor Observer", "property"), "", "Eastmoor Observer"),
        (json_ld(publisher={"@type": "Organization", "name": "Eastmoor Observer"}), "", "Eastmoor Observer"),
        (
            meta("og:site_name", "eastmoorobserver", "property") + json_ld(publisher={"name": "Eastmoor Observer"}),
            "",
            "Eastmoor Observer",
        ),
        (
            meta("og:site_name", "Westmoor Times", "property") + json_ld(publisher={"name": "Meridian Wire"}),
            "",
            "Westmoor Times",
        ),
        (  # an edition is no name
            meta("og:site_name", "U.K.", "property")
            + json_ld(publisher={"name": "Meridian Wire"})
            + '<link rel=canonical href="https://uk.meridian.example/1">',
            "",
            "Meridian Wire",
        ),
        (
            "<title>The pier is gone - www.eastmoor.example</title>" + meta("og:title", "The pier is gone", "property"),
            "",
            "eastmoor.example",
        ),
        (
            "<title>The pier is gone — Вестник</title><link rel=canonical href='https://v.example/'>",
            "<h1>The pier is gone</h1>",
            "Вестник",
        ),
        (
            "<title>Sea - Piers of the east coast and of the west</title>" + meta("og:title", "Sea", "property"),
            "",
            None,
        ),
        (meta("og:site_name", "https://eastmoor.example", "property"), "", None),
        (meta("og:site_name", "Eastmoor Observer | All of the coast", "property"), "", "Eastmoor Observer"),
        (
            meta("og:site_name", "All of the coast - Eastmoor", "property")
            + '<link rel=canonical href="https://www.eastmoor.example/1">',
            "",
            "Eastmoor",
        ),
        (
            "<title>港の桟橋が壊れる：東港新聞</title>" + meta("og:title", "港の桟橋が壊れる", "property"),
            "",
            "東港新聞",
        ),
        (meta("DC.publisher", "Eastmoor Observer"), "", "Eastmoor Observer"),
        (
            "",
            '<div itemprop=publisher itemscope><meta itemprop=name content="Eastmoor Observer"></div>',
            "Eastmoor Observer",
        ),
        (
            '<title>Piers - The Eastmoor Observer</title><link rel=canonical href="https://www.eastobserver.example/1">',
            "",
            "The Eastmoor Observer",
        ),
        ('<title>Piers - Sea</title><link rel=canonical href="https://www.eastobserver.example/1">', "", None),
        ("", "<h1>The pier of Eastmoor is gone</h1><p>By Mara Oduya, Eastmoor Observer</p>", "Eastmoor Observer"),
        ("", "", None),
    ],
)
def test_the_publisher_is_the_site(head: str, body: str, publisher: str | None) -> None:
    assert page(f"{body}<article>{STORY}</article>", head).publisher == publisher


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ('<html lang="en-GB">', "", "en"),
        ('<html lang="de">', "", "de"),
        ('<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr">', "", "fr"),
        ("<html>", meta("og:locale", "pt_BR", "property"), "pt"),
        ("<html>", meta("DC.language", "es"), "es"),
        ("<html>", json_ld(inLanguage="nl"), "nl"),
        ("<html>", "", "en"),  # told from the text
        ('<html lang="">', "", "en"),
        ('<html lang="english">', "", "en"),
    ],
)
def test_the_language_is_declared_or_told_from_the_text(html: str, head: str, language: str) -> None:
    assert page(head=head, html=html).language == language


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (
            '<link rel="canonical" href="https://eastmoor.example/pier?a=1&amp;b=2">',
            "https://eastmoor.example/pier?a=1&b=2",
        ),
        (meta("og:url", "http://eastmoor.example/pier", "property"), "http://eastmoor.example/pier"),
        (
            '<link rel="canonical" href="/pier">' + meta("og:url", "http://eastmoor.example/pier", "property"),
            "http://eastmoor.example/pier",
        ),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ('<link rel="canonical" href="https://[broken">', None),
        ('<link rel="stylesheet" href="https://eastmoor.example/a.css">', None),
        ("", None),
    ],
)
def test_the_address_is_the_canonical_one(head: str, url: str | None) -> None:
    assert page(head=head).url == url


# ------------------------------------------------------------------------------------------------------------ summary


def test_a_description_that_the_page_prints_above_its_body_is_the_summary() -> None:
    told = "A storm takes the older of two piers"
    body = f"<h1>The pier of Eastmoor is gone</h1><p>{told}</p><p>Sea and ships</p><article>{STORY}</article>"
    assert page(body, meta("description", told)).summary == (told,)


@pytest.mark.parametrize("told", [PARAGRAPHS[0], PARAGRAPHS[0][:80], "Read all about the piers of Eastmoor here"])
def test_a_description_that_is_the_opening_of_the_body_or_not_printed_is_none(told: str) -> None:
    found = page(f"<article><h1>The pier of Eastmoor is gone</h1>{STORY}</article>", meta("description", told))
    assert found.summary == ()
    assert paragraphs(found) == PARAGRAPHS


# ----------------------------------------------------------------------------------------------------- broken pages


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": </script>',
        '<script type="application/ld+json">[1, null, {"@type": ["Article", 7], "author": [{"name": 4}]}]</script>',
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        json_ld(headline=7, author={"name": ["Mara"]}, publisher=[], datePublished=20120604, inLanguage={"name": "en"}),
        json_ld(publisher={"@id": "#nowhere"}, author=[{"@id": 5}]),
        "<meta><meta name><meta name=author><meta content=x><link rel=canonical><time></time><title></title>",
        meta("og:title", "", "property") + meta("author", " ") + meta("date", "soon"),
    ],
)
def test_broken_metadata_costs_nothing_but_itself(head: str) -> None:
    found = page(head=head)
    assert paragraphs(found) == PARAGRAPHS
    assert (found.title, found.author, found.published) == (None, (), None)


def test_json_in_a_comment_is_read() -> None:
    source = json.dumps({"@type": "Article", "headline": "The pier is gone for good"})
    for around in ("<!--\n{}\n-->", "//<![CDATA[\n{}\n//]]>", "/*<![CDATA[*/{}/*]]>*/", "{};"):
        head = f'<script type="application/ld+json">{around.format(source)}</script>'
        assert page(head=head).title == "The pier is gone for good", around


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "author": "Mara Oduya",}',
        '{"@type": "NewsArticle", "description": \'It is "gone"\', "author": "Mara Oduya"}',
        '{"@type": "NewsArticle", // the story\n"author": "Mara Oduya"}',
        '{"@type": "NewsArticle", "author": "Mara Oduya"}}',
    ],
)
def test_json_as_only_a_browser_reads_it_is_read(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert page(f"<article>{STORY}</article>", head).author == ("Mara Oduya",)


def test_the_article_with_the_pages_title_is_the_one_that_counts() -> None:
    other = json_ld(headline="Another story of another day", author="Li Na", datePublished="2019-01-01")
    own = json_ld(headline="The pier is gone for good", author="Mara Oduya", datePublished="2012-06-04")
    found = page(head=other + own + meta("og:title", "The pier is gone for good", "property"))
    assert (found.title, found.author, found.published) == (
        "The pier is gone for good",
        ("Mara Oduya",),
        date(2012, 6, 4),
    )


def test_the_article_with_the_pages_address_counts_where_no_headline_agrees() -> None:
    other = json_ld(headline="Another story", author="Li Na", url="https://eastmoor.example/2")
    own = json_ld(headline="Gone", author="Mara Oduya", mainEntityOfPage={"@id": "https://eastmoor.example/1#main"})
    found = page(head=other + own + '<link rel=canonical href="https://eastmoor.example/1">')
    assert found.author == ("Mara Oduya",)


def test_a_page_that_is_no_article_in_its_json_is_dated_by_it_all_the_same() -> None:
    node = json_ld(**{"@type": ["WebPage"], "datePublished": "2012-06-04T10:30:00Z"})
    found = page(head=node).published
    assert found is not None
    assert found.isoformat() == "2012-06-04T10:30:00+00:00"


# ------------------------------------------------------------------------------------------------------------- lines


def test_lines_carry_what_the_tags_say() -> None:
    source = (
        "<body><h2>What <i>comes</i> next</h2><ul><li><a href=/>Home</a></li></ul><p class=standfirst>A storm</p>"
        "<figure><figcaption>Stones <b>here</b></figcaption></figure><p class='wp-caption caption'>More</p>"
        "<div>one<br>two <a href=/>three</a></div><nav>Menu</nav>tail"
    )
    lines = page_lines(parse(source))
    assert [(line.text, line.role, line.bullet) for line in lines] == [
        ("What comes next", Role.HEADING, False),
        ("Home", Role.NONE, True),
        ("A storm", Role.STANDFIRST, False),
        ("Stones here", Role.CAPTION, False),
        ("More", Role.CAPTION, False),
        ("one", Role.NONE, False),
        ("two three", Role.NONE, False),
        ("tail", Role.NONE, False),
    ]
    assert [round(line.links, 2) for line in lines] == [0, 1, 0, 0, 0, 0, 0.62, 0]
