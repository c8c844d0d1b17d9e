"""What a page says of itself: JSON-LD, Open Graph, Dublin Core, Highwire and plain meta tags, microdata, bylines.

`read_metadata` takes the few elements that carry metadata, not the page. Each field has a table of its sources, the most
trustworthy first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from indexer.extract import language
from indexer.extract.decoding import fold
from indexer.extract.dates import MAX_YEAR, MIN_YEAR, find_dates
from indexer.extract.lines import key
from indexer.extract.names import MAX_AUTHORS, is_outlet, is_person, split_names

MAX_JSON = 1_000_000  # characters of one JSON-LD script
MAX_NODES = 10_000  # of JSON-LD on one page
MAX_TITLE = 300
MAX_SITE_NAME = 80
HOST_LEAST = 4  # letters of a host that are no chance
MAX_MARKED = 3  # people named by marks that teasers in the margin carry too
MAX_BYLINES = 5  # elements that may be the byline

# Names of meta tags (property, name or itemprop), lower case, the most trustworthy first.
TITLE_METAS = (
    "og:title",
    "twitter:title",
    "citation_title",
    "dc.title",
    "dcterms.title",
    "sailthru.title",
    "parsely-title",
    "title",
)
AUTHOR_METAS = (
    "citation_author", "article:author", "author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl", "article_author",
    "dc.contributor", "content-creator", "og:article:author",
)  # fmt: skip
DATE_METAS = (
    "article:published_time", "datepublished", "og:published_time", "og:article:published_time", "article:published", "article.published",
    "citation_publication_date", "citation_date", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date",
    "dcterms.date", "dcterms.created", "dc.date.created", "datecreated", "article.created", "article_date_original", "pubdate", "publishdate",
    "publish-date", "publish_date", "published", "cxenseparse:recs:publishtime", "pdate", "ptime", "originalpublicationdate", "date",
)  # fmt: skip
SITE_METAS = (
    "og:site_name",
    "citation_journal_title",
    "dc.publisher",
    "dcterms.publisher",
    "article_publication_name",
    "sailthru_pubname",
    "publisher",
    "application-name",
    "apple-mobile-web-app-title",
)
LANGUAGE_METAS = (
    "og:locale",
    "inlanguage",
    "dc.language",
    "dcterms.language",
    "language",
    "content-language",
    "og:language",
)
DESCRIPTION_METAS = ("description", "og:description", "twitter:description", "dc.description", "sailthru.description")

META_NAMES = frozenset(
    (*TITLE_METAS, *AUTHOR_METAS, *DATE_METAS, *SITE_METAS, *LANGUAGE_METAS, *DESCRIPTION_METAS, "og:url")
)

_ARTICLE_TYPE = re.compile(r"(?:article|posting|report)$", re.IGNORECASE)
_AUTHOR_CLASS = re.compile(
    r"(?:^|[-_ ])(?:by-?lines?|author(?:s|-?name|__name|_name|-link)?|writer|contributor)(?:$|[-_ ])", re.IGNORECASE
)
_DATE_CLASS = re.compile(r"^(?:published|entry-date|post-date|article-date)$")
_NOT_AUTHOR_CLASS = re.compile(
    r"comment|bio|avatar|image|photo|social|twitter|description|date|time|share|related|widget", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """Fields as in Article. `description` is what the page tells search engines: perhaps its standfirst."""

    title: str | None = None
    author: tuple[str, ...] = ()
    publisher: str | None = None
    published: date | datetime | None = None
    language: str | None = None
    url: str | None = None
    description: str | None = None


def read_metadata(parts: str) -> Metadata:
    """`parts`: HTML of the elements that carry metadata, in the order of the page."""
    soup = BeautifulSoup(parts, "lxml")
    metas = _metas(soup)
    title_names = [text for name in TITLE_METAS for text in metas.get(name, ())]
    nodes = _json_ld(soup)
    article = _article_node(nodes, title_names)
    site = _site(article, nodes, metas) or _site_of_title(soup, _url(soup, metas))
    return Metadata(
        title=_title(soup, article, title_names, site),
        author=_authors(soup, article, nodes, metas, site),
        publisher=site,
        published=_published(soup, article, metas),
        language=_language(soup, article, metas),
        url=_url(soup, metas),
        description=next((text for name in DESCRIPTION_METAS for text in metas.get(name, ())), None),
    )


def _metas(soup: BeautifulSoup) -> dict[str, list[str]]:
    """Contents of the meta tags by their lower-case names, in the order of the page."""
    metas: dict[str, list[str]] = {}
    for tag in soup.find_all("meta"):
        content = _fold(tag.get("content"))
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = _fold(tag.get(attribute)).casefold()
            if name and content:
                metas.setdefault(name, []).append(content)
                break
    return metas


def _fold(value: object) -> str:
    """An attribute's or a JSON value's text, entities resolved twice (pages escape what is escaped), white space folded."""
    text = " ".join(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else value
    return fold(unescape(text)) if isinstance(text, str) else ""


# ------------------------------------------------------------------------------------------------------------ JSON-LD

Node = Mapping[str, Any]


def _json_ld(soup: BeautifulSoup) -> list[Node]:
    """Every object in the page's JSON-LD, outer before inner."""
    nodes: list[Node] = []
    for script in soup.find_all("script"):
        source = script.get_text()
        if len(source) > MAX_JSON:
            continue
        try:
            value = json.loads(_bare_json(source), strict=False)
        except (ValueError, RecursionError):
            continue
        nodes.extend(_objects(value))
    return nodes[:MAX_NODES]


def _bare_json(source: str) -> str:
    """The script without the comment or CDATA marks around it."""
    return re.sub(
        r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|;)\s*$",
        "",
        source.strip(),
    )


def _objects(value: Any) -> Iterator[Node]:
    waiting = [value]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, dict):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _article_node(nodes: list[Node], titles: list[str]) -> Node:
    """The object that describes this article: one with its headline, else the first article that is dated."""
    articles = [node for node in nodes if any(_ARTICLE_TYPE.search(name) for name in _types(node))]
    wanted = {key(title) for title in titles}
    for node in articles:
        if key(_fold(node.get("headline"))) in wanted:
            return node
    return next((node for node in articles if node.get("datePublished")), articles[0] if articles else {})


def _types(node: Node) -> list[str]:
    kind = node.get("@type")
    return [name for name in (kind if isinstance(kind, list) else [kind]) if isinstance(name, str)]


def _names(value: Any, nodes: list[Node]) -> Iterator[tuple[str, str]]:
    """The names in a JSON-LD author or publisher, each with its type or an empty string."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield _fold(item), ""
        elif isinstance(item, dict):
            node = (
                item
                if "name" in item
                else next((other for other in nodes if other.get("@id") == item.get("@id") and "name" in other), item)
            )
            name = node.get("name")
            for one in name if isinstance(name, list) else [name]:
                yield _fold(one), " ".join(_types(node))


# ------------------------------------------------------------------------------------------------------ title and site

SITE_PART = re.compile(r"\s+(?:[|»·•–—-]|::?)\s+")


def _title(soup: BeautifulSoup, article: Node, titles: list[str], site: str | None) -> str | None:
    """The heading that agrees with what the page tells others its title is; else that, without the site's name."""
    title_tag = soup.find("title")
    told = [
        text
        for text in (_fold(article.get("headline")), *titles, _fold(title_tag.get_text()) if title_tag else "")
        if text
    ]
    headings = [text for tag in soup.find_all("h1") if 3 <= len(text := _fold(tag.get_text(" "))) <= MAX_TITLE]
    for text in told:
        for heading in headings:
            if _agree(heading, text) and not (site and key(heading) == key(site)):
                return heading
    if told:
        return _without_site(told[0], site)[:MAX_TITLE] or None
    return headings[0] if headings else None


def _agree(heading: str, told: str) -> bool:
    one, other = key(heading).replace(" ", ""), key(told).replace(" ", "")
    return (
        bool(one)
        and bool(other)
        and (one == other or (len(one) >= 12 and one in other) or (len(other) >= 20 and other[:40] in one))
    )


def _without_site(title: str, site: str | None) -> str:
    """A title without the name of the site that pages put before or after it."""
    parts = SITE_PART.split(title)
    if len(parts) < 2 or not site:
        return title
    if _same_name(parts[-1], site):
        return title[: title.rindex(parts[-1])].rstrip(" |»·•–—-:")
    if _same_name(parts[0], site):
        return title[len(parts[0]) :].lstrip(" |»·•–—-:")
    return title


def _same_name(one: str, other: str) -> bool:
    first, second = key(one).replace(" ", ""), key(other).replace(" ", "")
    return bool(first) and bool(second) and (first in second or second in first)


def _site(article: Node, nodes: list[Node], metas: Mapping[str, list[str]]) -> str | None:
    """The site's name as it is written best: many pages tell og:site_name without spaces, and JSON-LD with them."""
    told = [name for source in SITE_METAS for name in metas.get(source, ()) if _is_site_name(name)]
    published = [name for name, _ in _names(article.get("publisher"), nodes) if _is_site_name(name)]
    if told and published and " " in published[0] and " " not in told[0] and _same_name(told[0], published[0]):
        return published[0]
    return next(iter(told or published), None)


def _is_site_name(name: str) -> bool:
    return bool(name) and len(name) <= MAX_SITE_NAME and not _is_address(name)


def _site_of_title(soup: BeautifulSoup, url: str | None) -> str | None:
    """The last part of the page's title, where the letters of the page's host stand in it: nytimes in The New York Times."""
    title = soup.find("title")
    parts = SITE_PART.split(_fold(title.get_text())) if title else []
    labels = (urlsplit(url).hostname or "").split(".") if url else []
    host = next((label for label in labels if label not in ("www", "m", "edition", "news")), "")
    if len(parts) < 2 or len(host) < HOST_LEAST or not _is_site_name(parts[-1]):
        return None
    letters = iter(parts[-1].casefold())
    return parts[-1] if all(letter in letters for letter in host) else None


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://", "//", "@", "www."))


# ------------------------------------------------------------------------------------------------------------ authors


def _authors(
    soup: BeautifulSoup, article: Node, nodes: list[Node], metas: Mapping[str, list[str]], site: str | None
) -> tuple[str, ...]:
    """The first source that names a person, or a byline that names more beside; none where all name offices or sites."""
    found: tuple[str, ...] = ()
    for names, marked in _author_sources(soup, article, nodes, metas):
        people = tuple(
            dict.fromkeys(
                name
                for text in names
                for name in split_names(text)
                if is_person(name) and not (site and _same_name(name, site))
            )
        )
        if marked and len(people) > MAX_MARKED:
            people = people[:1]
        if not found or (len(people) > len(found) and people[: len(found)] == found):
            found = people
    return found[:MAX_AUTHORS]


def _author_sources(
    soup: BeautifulSoup, article: Node, nodes: list[Node], metas: Mapping[str, list[str]]
) -> Iterator[tuple[list[str], bool]]:
    """Statements of who wrote the article, and whether the margin of the page may carry such too."""
    yield [name for name, kind in _names(article.get("author"), nodes) if kind != "Organization"], False
    for source in AUTHOR_METAS:
        yield metas.get(source, []), False
    microdata = soup.find_all(attrs={"itemprop": "author"})
    yield [_fold(name.get_text(" ")) for tag in microdata for name in tag.find_all(attrs={"itemprop": "name"})], True
    yield [_fold(tag.get_text(" ")) for tag in [*microdata, *soup.find_all(attrs={"rel": "author"})]], True
    for tag in soup.find_all(_is_byline_tag)[:MAX_BYLINES]:
        yield [_fold(tag.get_text(" "))], True


def _is_byline_tag(tag: Tag) -> bool:
    names = _fold(tag.get("class"))
    return bool(_AUTHOR_CLASS.search(names)) and not _NOT_AUTHOR_CLASS.search(names)


# --------------------------------------------------------------------------------------------------- date, language, url


def _published(soup: BeautifulSoup, article: Node, metas: Mapping[str, list[str]]) -> date | datetime | None:
    for text in _date_sources(soup, article, metas):
        moment = parse_moment(text)
        if moment:
            return moment
    return None


def _date_sources(soup: BeautifulSoup, article: Node, metas: Mapping[str, list[str]]) -> Iterator[str]:
    yield _fold(article.get("datePublished"))
    for name in DATE_METAS:
        yield from metas.get(name, ())
    yield _fold(article.get("dateCreated"))
    for marks in (
        {"itemprop": "datePublished"},
        {"pubdate": True},
        {"itemprop": "dateCreated"},
        {"class": _DATE_CLASS, "datetime": True},
    ):
        for tag in soup.find_all(attrs=marks):
            yield _fold(tag.get("datetime") or tag.get("content") or tag.get_text(" "))


def parse_moment(text: str) -> date | datetime | None:
    """A date in a machine's form or a printed one; midnight without a zone is a day whose time was not given."""
    text = text.strip()[:100]
    moment: date | datetime | None
    try:
        moment = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        printed = find_dates(text)
        moment = printed[0].value if printed else None
    if (
        moment is None
        or not MIN_YEAR <= moment.year <= MAX_YEAR
        or (moment.year, moment.month, moment.day) == (1970, 1, 1)
    ):
        return None  # the first day of 1970 is what a clock without a time shows
    if isinstance(moment, datetime) and moment.tzinfo is None and not (moment.hour or moment.minute or moment.second):
        return moment.date()
    return moment.replace(microsecond=0) if isinstance(moment, datetime) else moment


def _language(soup: BeautifulSoup, article: Node, metas: Mapping[str, list[str]]) -> str | None:
    page = soup.find("html")
    tags = [_fold(page.get("lang") or page.get("xml:lang"))] if page else []
    tags += [_fold(article.get("inLanguage")), *(text for name in LANGUAGE_METAS for text in metas.get(name, ()))]
    return next((code for tag in tags if (code := language.declared(tag))), None)


def _url(soup: BeautifulSoup, metas: Mapping[str, list[str]]) -> str | None:
    """The address under which the page wants to be known, where it is a whole one."""
    links = [_fold(tag.get("href")) for tag in soup.find_all("link")]
    for address in (*links, *metas.get("og:url", ())):
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc:
            return address
    return None
