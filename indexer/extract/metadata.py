"""What a page says of itself: JSON-LD, Open Graph, Dublin Core, Highwire and plain meta tags, microdata, bylines.

`read_metadata` takes the few elements of a page that carry metadata. Each field has its sources, the most trustworthy
first.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from html import unescape
from itertools import chain, filterfalse, islice
from typing import Any
from unicodedata import combining, normalize
from urllib.parse import urlsplit

import chompjs
from bs4 import BeautifulSoup, Tag

from indexer.extract import language
from indexer.extract.dates import MAX_YEAR, MIN_YEAR, find_dates
from indexer.extract.decoding import fold
from indexer.extract.lines import LOOKED_AT, key
from indexer.extract.names import MAX_AUTHORS, is_person, split_names

MAX_JSON = 1_000_000  # characters of one JSON-LD script
MAX_NODES = 10_000  # of JSON-LD on one page
MAX_TITLE = 300  # characters
MAX_SITE_NAME = 80
MAX_SITE_WORDS = 5  # of a name that stands behind the title of an article
MAX_DATE = 100
WITHIN_LEAST = 12  # letters of a title that stands within another text
HOST_LEAST = 4  # letters of a host that are no chance
MAX_MARKED = 3  # people named by marks that teasers in the margin carry too
MAX_BYLINES = 5  # elements that may be the byline

# Names of meta tags (property, name or itemprop) in lower case, the most trustworthy first.
TITLE_METAS = tuple(
    "og:title twitter:title citation_title dc.title dcterms.title sailthru.title parsely-title title".split()
)
AUTHOR_METAS = tuple(
    """
    citation_author article:author author parsely-author sailthru.author dc.creator dcterms.creator byl article_author
    dc.contributor content-creator og:article:author
    """.split()
)
DATE_METAS = tuple(
    """
    article:published_time datepublished og:published_time og:article:published_time article:published article.published
    citation_publication_date citation_date parsely-pub-date sailthru.date dc.date.issued dcterms.issued dc.date
    dcterms.date dcterms.created dc.date.created datecreated article.created article_date_original pubdate publishdate
    publish-date publish_date published cxenseparse:recs:publishtime pdate ptime originalpublicationdate date
    """.split()
)
SITE_METAS = tuple(
    """
    og:site_name citation_journal_title dc.publisher dcterms.publisher article_publication_name sailthru_pubname
    publisher application-name apple-mobile-web-app-title
    """.split()
)
LANGUAGE_METAS = tuple(
    "og:locale inlanguage dc.language dcterms.language language content-language og:language".split()
)
DESCRIPTION_METAS = tuple("description og:description twitter:description dc.description sailthru.description".split())
ADDRESS_METAS = ("og:url", "twitter:url")
META_NAMES = frozenset(
    (*TITLE_METAS, *AUTHOR_METAS, *DATE_METAS, *SITE_METAS, *LANGUAGE_METAS, *DESCRIPTION_METAS, *ADDRESS_METAS)
)

_ARTICLE_TYPE = re.compile(r"(?:article|posting|report|claimreview)$", re.IGNORECASE)
_AUTHOR_CLASS = re.compile(
    r"(?:^|[-_\s])(?:by-?lines?|authors?|author[-_]{0,2}name|author-link|writer|contributor)(?:$|[-_\s])",
    re.IGNORECASE,
)
_NOT_AUTHOR_CLASS = re.compile(
    r"comment|bio|avatar|image|photo|social|twitter|description|date|time|share|related|widget", re.IGNORECASE
)
_DATE_CLASS = re.compile(r"published|entry-date|post-date|article-date")
_AROUND_JSON = re.compile(  # the marks of a comment or of CDATA
    r"""^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/) | (?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|;)\s*$""",
    re.VERBOSE,
)
_CLOCK = re.compile(r"\d{9,10}(?:\d{3})?")  # seconds or milliseconds since 1970, from 1973 on
_HOST_PREFIXES = frozenset({"www", "m", "edition", "news"})
_COMPACT = re.compile(r"(\d{8})T?(\d{6})")  # 20120604103000
_OF_JAVA = re.compile(r"\w{3} (\w{3} \d\d) (\d\d:\d\d:\d\d) (\w{1,5}) (\d{4})")  # Mon Jun 04 10:30:00 EDT 2012
SITE_PART = re.compile(  # between a title and the name of its site; Chinese and Japanese need no spaces around it
    r"\s+(?:[|»·•–—-]|::?|/)\s+|(?<=[^\x00-\u2fff])\s?[|｜：:_-]\s?(?=\S)|\s?[｜]\s?"
)
_BARS = " |｜»·•–—-_:：/"

Node = Mapping[str, Any]  # an object of JSON-LD
Metas = Mapping[str, list[str]]  # contents of meta tags by lower-case name, in the order of the page


@dataclass(frozen=True, slots=True)
class Metadata:
    """Fields as in Article.

    description: what the page tells search engines: perhaps its standfirst
    times:       those of its `time` elements, in their order, whatever they are of
    """

    title: str | None = None
    author: tuple[str, ...] = ()
    publisher: str | None = None
    published: date | datetime | None = None
    language: str | None = None
    url: str | None = None
    description: str | None = None
    times: tuple[date | datetime, ...] = ()


def read_metadata(elements: str) -> Metadata:
    """`elements`: HTML of the elements that carry metadata, in the order of the page."""
    soup = BeautifulSoup(elements, "lxml")
    metas = _metas(soup)
    titles = [text for name in TITLE_METAS for text in metas.get(name, ())]
    nodes = _json_ld(soup)
    url = _url(soup, metas)
    article = _article_node(nodes, titles, url)
    site = _site(article, nodes, metas, _host(url)) or _marked_site(soup) or _site_of_title(soup, titles, url)
    authors = _Authors(soup, article, nodes, metas)
    return Metadata(
        title=_title(soup, article, titles, site),
        author=authors.names({*_sites_named(article, nodes, metas), *filter(None, (site, _host(url)))}),
        publisher=site,
        published=_published(soup, article, nodes, metas),
        language=_language(soup, article, metas),
        url=url,
        times=tuple(_times(soup)),
        description=next((text for name in DESCRIPTION_METAS for text in metas.get(name, ())), None),
    )


def _metas(soup: BeautifulSoup) -> Metas:
    metas: dict[str, list[str]] = {}
    for tag in soup.find_all("meta"):
        names = (_attribute(tag, name).casefold() for name in ("property", "name", "itemprop", "http-equiv"))
        name, content = next(filter(None, names), ""), _attribute(tag, "content")
        if name and content:
            metas.setdefault(name, []).append(content)
    return metas


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return _fold(" ".join(value) if isinstance(value, list) else value)


def _fold(value: object) -> str:
    """A text on one line, its entities resolved once more: pages escape what is escaped. Empty for what is no text."""
    return fold(unescape(value)) if isinstance(value, str) else ""


def _printed(tag: Tag | None) -> str:
    return _fold(tag.get_text(" ")) if tag else ""


# ------------------------------------------------------------------------------------------------------------ JSON-LD


def _json_ld(soup: BeautifulSoup) -> list[Node]:
    """The objects in the page's JSON-LD, outer before inner, at most MAX_NODES."""
    nodes: list[Node] = []
    for script in soup.find_all("script"):
        value = _parsed(_AROUND_JSON.sub("", script.get_text().strip()))
        nodes.extend(islice(_objects(value), MAX_NODES - len(nodes)))
    return nodes


def _parsed(source: str) -> Any:
    """The value of a script: as JSON, or else as JavaScript would read it; None where neither can."""
    for parse in (partial(json.loads, strict=False), chompjs.parse_js_object):
        with suppress(ValueError, RecursionError):
            return parse(source)
    return None


def _objects(value: Any) -> Iterator[Node]:
    waiting = deque([value])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, dict):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _article_node(nodes: Sequence[Node], titles: Sequence[str], url: str | None) -> Node:
    """The object that describes this article: the one with its headline, else with its address, else the first article
    that is dated."""
    articles = [node for node in nodes if any(_ARTICLE_TYPE.search(name) for name in _types(node))]
    wanted = {key(title) for title in titles}
    named = (node for node in articles if key(_fold(node.get("headline"))) in wanted)
    addressed = (node for node in articles if url and url in _addresses(node))
    dated = (node for node in articles if node.get("datePublished"))
    return next(chain(named, addressed, dated, articles), {})


def _addresses(node: Node) -> set[str]:
    page = node.get("mainEntityOfPage")
    told = (node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page)
    return {address.partition("#")[0] for address in told if isinstance(address, str)}


def _types(node: Node) -> list[str]:
    return [name for name in _list(node.get("@type")) if isinstance(name, str)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _names(value: Any, nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """The names in an author or publisher, each with its type, or an empty string where it is a bare name."""
    for item in _list(value):
        if isinstance(item, str):
            yield _fold(item), ""
        elif isinstance(item, dict):
            named = item if "name" in item else _referred(item, nodes)
            for name in _list(named.get("name")):
                yield _fold(name), " ".join(_types(named))


def _referred(item: Node, nodes: Sequence[Node]) -> Node:
    """The object that stands elsewhere on the page and that this one only names by its @id."""
    return next((node for node in nodes if "name" in node and node.get("@id") == item.get("@id")), item)


# ------------------------------------------------------------------------------------------------------ title and site


def _title(soup: BeautifulSoup, article: Node, titles: Sequence[str], site: str | None) -> str | None:
    """The heading that agrees with what the page tells others its title is; else that, without the site's name."""
    told = [text for text in (_fold(article.get("headline")), *titles, _printed(soup.find("title"))) if text]
    headings = {text: tag for tag in soup.find_all("h1") if 0 < len(text := _printed(tag)) <= MAX_TITLE}
    headings = {text: tag for text, tag in headings.items() if not site or key(text) != key(site)}
    for text in told:
        for heading, tag in headings.items():
            if _agree(heading, text):
                return _headline(tag, heading, [_without_site(other, site) for other in told])
    return (_without_site(told[0], site)[:MAX_TITLE].strip() or None) if told else next(iter(headings), None)


def _headline(tag: Tag, heading: str, told: Sequence[str]) -> str:
    """The heading; where it is printed in several pieces, the told title that is all of it, or all but its kicker or
    label: white space between pieces is the page's layout, and a kicker is no part of the title."""
    pieces = [text for child in tag.children if (text := _fold(child.get_text(" ")))]
    wholes = {_letters("".join(several)) for several in (pieces, pieces[1:], pieces[:-1])} if len(pieces) > 1 else set()
    return next(
        (text for text in told if len(text) <= MAX_TITLE and len(_letters(text)) and _letters(text) in wholes), heading
    )


def _agree(heading: str, told: str) -> bool:
    """Whether two texts are one title: alike, or one within the other, which has the site's name too."""
    one, other = _letters(heading), _letters(told)
    return bool(one) and (
        one == other
        or (len(one) >= WITHIN_LEAST and one in other)
        or (len(other) >= 2 * WITHIN_LEAST and other[: 4 * WITHIN_LEAST] in one)
    )


def _letters(text: str) -> str:
    """Letters and digits at the beginning of a text, case and accents aside."""
    text = text[:LOOKED_AT]  # taking marks off takes the square of their number
    plain = text if text.isascii() else "".join(filterfalse(combining, normalize("NFKD", text)))
    return key(plain).replace(" ", "")


def _without_site(title: str, site: str | None) -> str:
    """A title without the name of the site that pages put before or after it."""
    parts = SITE_PART.split(title)
    if site and len(parts) > 1 and _same_name(parts[-1], site):
        return title[: title.rindex(parts[-1])].rstrip(_BARS)
    if site and len(parts) > 1 and _same_name(parts[0], site):
        return title[len(parts[0]) :].lstrip(_BARS)
    return title


def _same_name(one: str, other: str) -> bool:
    first, second = _letters(one), _letters(other)
    return bool(first) and bool(second) and (first in second or second in first)


def _site(article: Node, nodes: Sequence[Node], metas: Metas, host: str) -> str | None:
    """The site's name, spelt best: og:site_name often lacks the spaces that the publisher in JSON-LD has, and some
    name an edition there, of which nothing stands in the host's name."""
    names = [name for source in SITE_METAS for name in metas.get(source, ())]
    told = [_without_slogan(name, host) for name in names if _is_site_name(name)]
    publishers = _publishers(article, nodes)
    if told and publishers:
        better = " " in publishers[0] and " " not in told[0] and _same_name(told[0], publishers[0])
        edition = told[0].isascii() and not _is_of_host(told[0], host) and _is_of_host(publishers[0], host)
        return publishers[0] if better or edition else told[0]
    return next(iter(told or publishers), None)


def _publishers(article: Node, nodes: Sequence[Node]) -> list[str]:
    return [name for name, _ in _names(article.get("publisher"), nodes) if _is_site_name(name)]


def _is_site_name(name: str) -> bool:
    return 0 < len(name) <= MAX_SITE_NAME and not name.startswith(("http://", "https://", "//", "@", "www."))


def _without_slogan(name: str, host: str) -> str:
    """A site's name without what it says of itself behind or before it."""
    parts = [part for part in SITE_PART.split(name) if part]
    return next((part for part in parts if _is_of_host(part, host)), parts[0]) if len(parts) > 1 else name


def _host(url: str | None) -> str:
    """The part of an address that names its site; empty where there is none."""
    labels = (urlsplit(url or "").hostname or "").split(".")
    return next((label for label in labels[:-1] if len(label) >= HOST_LEAST and label not in _HOST_PREFIXES), "")


def _is_of_host(name: str, host: str) -> bool:
    """Whether a host is called after a site: its letters stand in the name in their order, or the name in it."""
    letters = iter(_letters(name))
    return bool(host) and (
        all(letter in letters for letter in host) or (len(_letters(name)) > 0 and _letters(name) in host)
    )


def _marked_site(soup: BeautifulSoup) -> str | None:
    """The name in the publisher's microdata."""
    names = [tag for publisher in soup.find_all(itemprop="publisher") for tag in publisher.find_all(itemprop="name")]
    return next(filter(_is_site_name, (_attribute(tag, "content") or _printed(tag) for tag in names)), None)


def _site_of_title(soup: BeautifulSoup, titles: Sequence[str], url: str | None) -> str | None:
    """What stands in the page's title besides the article's, or what its host is called after: nytimes, The New York
    Times. The page tells others the bare title, or prints it as a heading."""
    whole = _printed(soup.find("title"))
    bare = {_letters(text) for text in (*titles, *map(_printed, soup.find_all("h1")))}
    parts = SITE_PART.split(whole)
    last = parts[-1].removeprefix("www.")
    if len(parts) < 2 or not _is_site_name(last):
        return None
    alone = len(last.split()) <= MAX_SITE_WORDS and _letters("".join(parts[:-1])) in bare
    return last if alone or _is_of_host(last, _host(url)) else None


# ------------------------------------------------------------------------------------------------------------ authors


@dataclass(frozen=True, slots=True)
class _Authors:
    soup: BeautifulSoup
    article: Node
    nodes: Sequence[Node]
    metas: Metas

    def names(self, sites: Set[str]) -> tuple[str, ...]:
        """The people of the first source that names any, or of a byline that names more beside; sites are no people."""
        found: tuple[str, ...] = ()
        for people in (*self._stated(), *self._marked()):
            persons = [name for name in people if is_person(name) and not any(_is_site(name, site) for site in sites)]
            unique = tuple(dict.fromkeys(persons))
            if not found or (len(unique) > len(found) and unique[: len(found)] == found):
                found = unique
        return found[:MAX_AUTHORS]

    def _stated(self) -> Iterator[list[str]]:
        """Names in the page's own statements, source by source."""
        yield _split(
            name for name, kind in _names(self.article.get("author"), self.nodes) if "Organization" not in kind
        )
        for source in AUTHOR_METAS:
            yield _split(self.metas.get(source, ()))

    def _marked(self) -> Iterator[list[str]]:
        """Names in marked elements. Teasers in the margin carry such marks too, so many names are only the first."""
        microdata = self.soup.find_all(itemprop="author")
        named = [name for tag in microdata for name in tag.find_all(itemprop="name")]
        bylines = self.soup.find_all(_is_byline)[:MAX_BYLINES]
        for tags in (named, [*microdata, *self.soup.find_all(rel="author")], *([tag] for tag in bylines)):
            names = list(dict.fromkeys(_split(_printed(tag) for tag in tags)))
            yield names if len(names) <= MAX_MARKED else names[:1]


def _sites_named(article: Node, nodes: Sequence[Node], metas: Metas) -> set[str]:
    """All names that the page gives its site."""
    return {*_publishers(article, nodes), *(name for source in SITE_METAS for name in metas.get(source, ()))}


def _is_site(name: str, site: str) -> bool:
    """Whether an author is a site: named like it or like a part of its name, or like it and a desk of it."""
    one, other = _letters(name), _letters(site)
    return bool(one) and bool(other) and (one in other or f" {key(site)} " in f" {key(name)} ")


def _split(statements: Iterable[str]) -> list[str]:
    return [name for text in statements for name in split_names(text)]


def _is_byline(tag: Tag) -> bool:
    names = _attribute(tag, "class")
    return bool(_AUTHOR_CLASS.search(names)) and not _NOT_AUTHOR_CLASS.search(names)


# ------------------------------------------------------------------------------------------- date, language, address


def _published(soup: BeautifulSoup, article: Node, nodes: Sequence[Node], metas: Metas) -> date | datetime | None:
    """The date of the first source that has one; where that is a bare day, with the time that another gives it."""
    moments = (parse_moment(text) for text in _date_sources(soup, article, nodes, metas))
    found = next((moment for moment in moments if moment), None)
    other_nodes = (parse_moment(_fold(node.get("datePublished"))) for node in nodes)
    for other in (*moments, *other_nodes, *_times(soup)):
        found = with_time(found, other)
    return found


def _times(soup: BeautifulSoup) -> Iterator[date | datetime]:
    moments = (parse_moment(_attribute(tag, "datetime")) for tag in soup.find_all("time"))
    return (moment for moment in moments if moment)


def with_time(day: date | datetime | None, other: date | datetime | None) -> date | datetime | None:
    """`day`, or `other` where that is the same day with its time."""
    if day is None or isinstance(day, datetime) or not isinstance(other, datetime):
        return day
    return other if other.date() == day and other.time() != time() else day  # midnight is what a bare day is made of


def _date_sources(soup: BeautifulSoup, article: Node, nodes: Sequence[Node], metas: Metas) -> Iterator[str]:
    yield _fold(article.get("datePublished"))
    for name in DATE_METAS:
        yield from metas.get(name, ())
    yield _fold(article.get("dateCreated"))
    yield from (_fold(node.get("datePublished")) for node in nodes if "WebPage" in _types(node))
    for tag in (
        *soup.find_all(itemprop="datePublished"),
        *soup.find_all("time", pubdate=True),
        *soup.find_all(itemprop="dateCreated"),
        *soup.find_all("time", class_=_DATE_CLASS),
    ):
        yield _attribute(tag, "datetime") or _attribute(tag, "content") or _printed(tag)


def parse_moment(text: str) -> date | datetime | None:
    """A date in a machine's form or a printed one; midnight without a zone is a day whose time was not given."""
    text = _OF_JAVA.sub(r"\1 \4 \2 \3", _COMPACT.sub(r"\1T\2", text.strip()[:MAX_DATE]))
    moment: date | datetime | None
    if _CLOCK.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10] if len(text) > 10 else text), UTC)
    try:
        moment = date.fromisoformat(text) if len(text) <= len("2012-06-07") else datetime.fromisoformat(text)
    except ValueError:
        printed = find_dates(text)
        moment = printed[0].value if printed else None
    if moment is None or not MIN_YEAR <= moment.year <= MAX_YEAR or moment.timetuple()[:3] == (1970, 1, 1):
        return None  # the first day of 1970 is what a clock shows that was never set
    if not isinstance(moment, datetime):
        return moment
    return moment.date() if moment.tzinfo is None and moment.time() == time() else moment.replace(microsecond=0)


def _language(soup: BeautifulSoup, article: Node, metas: Metas) -> str | None:
    page = soup.find("html")
    tags = [_attribute(page, "lang") if page else "", _fold(article.get("inLanguage"))]
    tags += [text for name in LANGUAGE_METAS for text in metas.get(name, ())]
    return next((code for tag in tags if (code := language.declared(tag))), None)


def _url(soup: BeautifulSoup, metas: Metas) -> str | None:
    """The address under which the page wants to be known, where it is a whole one."""
    links = [_attribute(tag, "href") for tag in soup.find_all("link")]
    told = (address for name in ADDRESS_METAS for address in metas.get(name, ()))
    return next(filter(_is_whole, chain(links, told)), None)


def _is_whole(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
