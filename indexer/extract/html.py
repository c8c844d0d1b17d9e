"""An HTML page -> the parts of an article.

The page is parsed once. Its body is found twice: by trafilatura, which knows the tags of many sites, and by the method for
text captures on the page's own lines, which knows what they say. Where trafilatura stops early or picks something else,
the second opinion wins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from html import escape

import trafilatura
from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

from indexer.extract.body import body_numbers
from indexer.extract.dates import find_dates
from indexer.extract.decoding import fold
from indexer.extract.head import DATED_WORDS, TITLE_WORDS, Head, read_head
from indexer.extract.classes import SAME_BEGINNING, classify
from indexer.extract.lines import Kind, Line, Role, count_words, key
from indexer.extract.text import without_biography
from indexer.extract.metadata import MAX_JSON, META_NAMES, SITE_PART, Metadata, parse_moment, read_metadata

MAX_PAGE = 8_000_000  # characters, without images and scripts that stand in the page
MAX_ELEMENTS = 60_000  # above it trafilatura would take minutes; the lines alone tell then
AGREED = 0.8  # share of trafilatura's words that the lines' body has too: both found the same article
SCRAP_WORDS = 50  # of trafilatura's, that are no article where the lines have one
LONGER = 1.3  # times trafilatura's words, that the lines' body must have to be taken
TITLE_SHARE = 0.5  # of the letters that a page tells as its title, that are the title without the site
_DATA_URI = re.compile(r"data:[\w/+.-]{0,60};base64,[A-Za-z0-9+/=\s]{200,}")
_SKIPPED = frozenset(
    "script style noscript template svg iframe object embed canvas math head select option textarea button input nav footer audio video map".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr img ruby rt rp".split()
)
_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 section article ul ol blockquote".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_CAPTION_CLASS = re.compile(r"(?:^|[-_\s])caption(?:$|[-_\s])", re.IGNORECASE)
_STANDFIRST_CLASS = re.compile(
    r"stand-?first|(?:^|[-_\s])(?:dek|deck|strapline|sub-?headline|sub-?title|article-?summary)(?:$|[-_\s])",
    re.IGNORECASE,
)
_NOISE = frozenset({Kind.FURNITURE, Kind.OTHERS, Kind.BYLINE})
_MICRODATA = frozenset({"author", "datePublished", "dateCreated"})
_METADATA_TAGS = frozenset({"title", "h1", "time"})
MAX_ELEMENT = 3000  # characters of an element that carries metadata; a longer one is a part of the page


@dataclass(frozen=True, slots=True)
class PageParts:
    """The article as the page prints it, and what the page says of itself."""

    body: str
    head: Head
    metadata: Metadata


def read_page(text: str) -> PageParts:
    """The article in an HTML page; an empty body where nothing on it reads like one."""
    tree = parse(text)
    metadata = read_metadata(metadata_elements(tree))
    lines = classify(page_lines(tree))
    numbers = body_numbers(lines)
    metadata = replace(metadata, title=_printed_title(lines, metadata.title))
    paragraphs = _main_paragraphs(tree)
    if _is_better(lines, numbers, paragraphs):
        head = read_head(lines, numbers, title=metadata.title, description=metadata.description)
        body = [lines[n].text for n in numbers if n >= head.start and n not in head.own]
    else:
        head = read_head(
            lines, _numbers_of(lines, paragraphs) or numbers, title=metadata.title, description=metadata.description
        )
        body = _without_noise(paragraphs, lines, head)
    if metadata.published is None and head.published is None:
        head = replace(head, published=_stated_date(tree))
    return PageParts("\n\n".join(without_biography(body, metadata.author or head.author)), head, metadata)


def parse(text: str) -> HtmlElement:
    """The page as a tree, without comments. Raises ValueError for a page without elements, or one past MAX_PAGE."""
    if len(text) > MAX_PAGE:
        text = _DATA_URI.sub("", text)
    if len(text) > MAX_PAGE:
        raise ValueError(f"the page has more than {MAX_PAGE:,} characters, which no article has")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, AssertionError, TypeError):
        raise ValueError("the page has no readable text") from None


# ------------------------------------------------------------------------------------------------------------ lines


@dataclass(slots=True)
class _Depth:
    """How many elements of each sort are open."""

    links: int = 0
    items: int = 0
    headings: int = 0
    captions: int = 0


def page_lines(tree: HtmlElement) -> list[Line]:
    """What a reader sees of the page, a line for each block, with what its tags say of it."""
    lines: list[Line] = []
    pieces: list[str] = []
    linked = gap = 0
    role = Role.NONE
    depth = _Depth()

    def end_line() -> None:
        nonlocal linked, gap, role
        text = fold("".join(pieces))
        if text:
            line = Line(text, gap, depth.items > 0, links=linked / len(text))
            line.role = Role.CAPTION if depth.captions else Role.HEADING if depth.headings else role
            lines.append(line)
            gap = 0
        pieces.clear()
        linked = 0
        role = Role.NONE

    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        skipped = tag in _SKIPPED
        step = 1 if event == "start" else -1
        if skipped and step == 1:
            walk.skip_subtree()
            continue
        text = element.text if step == 1 else element.tail
        if tag == "a":
            depth.links += step
        elif not skipped and tag not in _INLINE:
            end_line()
            if step == 1:
                role = _role(element)
            gap = max(gap, int(tag in _PARAGRAPHS))
            depth.items += step * (tag == "li")
            depth.captions += step * (tag == "figcaption")
            depth.headings += step * (tag in _HEADINGS)
        if text:
            pieces.append(text)
            if depth.links:
                linked += len(text.strip())
    end_line()
    return lines


def _printed_title(lines: Sequence[Line], told: str | None) -> str | None:
    """The title as a line of the page prints it, where the page tells others its site's name with it."""
    if not told or not SITE_PART.search(told):
        return told
    whole = key(told)
    for line in lines:
        printed = key(line.text) if line.words in TITLE_WORDS else ""
        if len(printed) >= TITLE_SHARE * len(whole) and whole.startswith(printed):
            return line.text
    return told


def _role(element: HtmlElement) -> Role:
    marks = element.get("class")
    if not marks:
        return Role.NONE
    if _CAPTION_CLASS.search(marks):
        return Role.CAPTION
    return Role.STANDFIRST if _STANDFIRST_CLASS.search(marks) else Role.NONE


# ------------------------------------------------------------------------------------------------------------ body


def _main_paragraphs(tree: HtmlElement) -> list[str]:
    """The page's main text as trafilatura finds it; empty where it finds none or the page is too large for it."""
    if tree.xpath("count(//*)") > MAX_ELEMENTS:
        return []
    try:
        document = trafilatura.bare_extraction(tree, fast=True, favor_precision=True, include_comments=False)
    except Exception:  # noqa: BLE001 - what a broken page makes it raise is known to nobody, and the lines remain
        return []
    text = document.text if document is not None else None
    return [folded for line in (text or "").split("\n") if (folded := fold(line).strip("| "))]


def _is_better(lines: Sequence[Line], numbers: Sequence[int], paragraphs: Sequence[str]) -> bool:
    """Whether the lines' own body is to be taken: trafilatura stopped in its midst, or found a scrap or nothing."""
    main = sum(map(count_words, paragraphs))
    if sum(lines[n].words for n in numbers) <= LONGER * main:
        return False
    own = {_beginning(lines[n].text) for n in numbers}
    shared = sum(count_words(text) for text in paragraphs if _beginning(text) in own)
    return main < SCRAP_WORDS or shared >= AGREED * main


def _beginning(text: str) -> str:
    return key(text[: 2 * SAME_BEGINNING])[:SAME_BEGINNING]


def _numbers_of(lines: Sequence[Line], paragraphs: Sequence[str]) -> list[int]:
    """The numbers of the lines that hold these paragraphs."""
    wanted = {_beginning(text) for text in paragraphs}
    return [n for n, line in enumerate(lines) if _beginning(line.text) in wanted]


def _without_noise(paragraphs: Sequence[str], lines: Sequence[Line], head: Head) -> list[str]:
    """The paragraphs but for the title, standfirst and captions, the page's furniture, and a byline above the first sentence."""
    known = {key(lines[n].text) for n in head.own} | {key(head.title or "")}
    known |= {key(line.text) for line in lines if line.role is Role.CAPTION}
    headings = {key(line.text) for line in lines if line.role is Role.HEADING}
    kept: list[str] = []
    for line in classify([Line(text, gap=1) for text in paragraphs]):
        same = key(line.text)
        if same in known or line.kind in _NOISE:
            continue
        if not kept and (
            same in headings
            or line.kind in (Kind.DATE, Kind.BYLINE)
            or (line.words <= DATED_WORDS and find_dates(line.text))
        ):
            continue
        kept.append(line.text)
    return kept


# ------------------------------------------------------------------------------------------------------------ metadata


def metadata_elements(tree: HtmlElement) -> str:
    """HTML of the few elements that carry metadata, in the order of the page."""
    page = tree.getroottree().getroot()
    parts = [f'<html lang="{escape(page.get("lang") or page.get("xml:lang") or "")}">']
    for element in tree.iter("*"):
        if _carries_metadata(element):
            source = tostring(element, encoding="unicode", with_tail=False)
            if len(source) <= (MAX_JSON if element.tag == "script" else MAX_ELEMENT):
                parts.append(source)
    return "".join(parts)


def _carries_metadata(element: HtmlElement) -> bool:
    tag = element.tag
    if tag in _METADATA_TAGS:
        return True
    if tag == "meta":
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        return bool(name) and name.strip().casefold() in META_NAMES
    if tag == "script":
        return "ld+json" in (element.get("type") or "")
    if tag == "link":
        return element.get("rel") == "canonical"
    marks = element.get("class")
    return (
        bool(marks and ("yline" in marks or "uthor" in marks))
        or element.get("itemprop") in _MICRODATA
        or element.get("rel") == "author"
    )


def _stated_date(tree: HtmlElement) -> date | datetime | None:
    """The day that htmldate reads from the page's address, header and marked elements."""
    try:
        return parse_moment(find_date(tree, extensive_search=False, original_date=True) or "")
    except (ValueError, OverflowError):
        return None
