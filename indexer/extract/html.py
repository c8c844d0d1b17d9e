"""An HTML page -> the parts of an article.

The page is parsed once. Its body is found twice: by trafilatura, which knows the tags of many sites, and by the method
for text captures on the page's own lines, which knows what they say. Where trafilatura stops early or finds a scrap,
the second opinion wins. Its phrases are those of a few languages, so what stands beside an article is told by marks and
elements too.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from html import escape
from itertools import dropwhile, islice

import trafilatura
from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

from indexer.extract.body import body_numbers
from indexer.extract.classes import LINKED, SAME_BEGINNING, classify
from indexer.extract.dates import find_dates
from indexer.extract.decoding import fold
from indexer.extract.head import DATED_WORDS, TITLE_WORDS, Head, read_head
from indexer.extract.lines import Kind, Line, Role, count_words, key
from indexer.extract.metadata import MAX_JSON, META_NAMES, SITE_PART, parse_moment, read_metadata, with_time
from indexer.extract.parts import Parts
from indexer.extract.text import without_biography

MAX_TAGS = 100_000  # of a page, the closing ones too; a long article has 10,000
MAX_ELEMENTS = 40_000  # above it trafilatura would take too long, and the lines alone tell
MAX_THOROUGH = 8000  # elements; above it the second try, which takes their square, would take seconds
MAX_METADATA = 3000  # characters of an element that carries metadata; a longer one is a part of the page
MAX_METADATA_ELEMENTS = 500
MAX_PRINTED = 200  # of them, printed by the page, that are told from those of other stories
TEASER_DEPTH = 4  # elements around a byline, within which the headline of its teaser stands
MAX_MARKS = 300  # characters of an element's id or class
MAX_HEADINGS = 20  # of the first order, that are looked at
SCRAP_WORDS = 50  # of trafilatura's, that are no article where the lines have one
AGREED = 0.8  # share of trafilatura's words that the lines' body has too: both found the same article
LONGER = 1.3  # times trafilatura's words, that the lines' body must have to be taken
ARTICLE_LEAST = 500  # characters of an article's paragraphs
PARAGRAPH_LEAST = 80  # characters of a line that may be a paragraph
GLUED_WORDS = 100  # of a paragraph of trafilatura's, that may be several
TITLE_SHARE = 0.5  # of the letters that a page tells as its title, that are the title without the site's name

for library in ("trafilatura", "htmldate"):
    logging.getLogger(library).addHandler(logging.NullHandler())  # else Python prints their warnings

_UNSEEN = frozenset(
    """
    script style noscript template svg iframe object embed canvas math head select option textarea button input nav
    footer audio video map
    """.split()
)
_INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong
    sub sup time tt u var wbr img ruby rt rp
    """.split()
)
_BARS = str.maketrans("", "", " \t\n\r|·•/»>-")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = _HEADINGS | {"p", "section", "article", "ul", "ol", "blockquote"}  # an empty line parts them
_CAPTION_CLASS = re.compile(r"(?:^|[-_\s])caption(?:$|[-_\s])", re.IGNORECASE)
_STANDFIRST_CLASS = re.compile(
    r"stand-?first|(?:^|[-_\s])(?:dek|deck|strapline|sub-?headline|sub-?title|article-?summary)(?:$|[-_\s])",
    re.IGNORECASE,
)
_BESIDE_MARK = re.compile(
    r"""(?<![a-z])(?:comments?|disqus|respond|related|recommend(?:ed|ations?)|newsletter|consent|sidebar|promo|trending
        |cookie-?(?:banner|bar|notice|policy)|popular|taboola|outbrain|advert(?:isement)?|sponsored)(?![a-z])""",
    re.IGNORECASE | re.VERBOSE,
)
_WHOLE_PAGE = frozenset({"html", "body", "main", "article"})  # what they are marked with, the page has somewhere
_NUMBER = re.compile(r"\d+")
_NOISE = frozenset({Kind.FURNITURE, Kind.OTHERS, Kind.BYLINE})


def read_page(source: str) -> Parts:
    """The article in an HTML page. Raises ValueError for a page that is no page, or has more than MAX_TAGS."""
    tree = parse_page(source)
    metadata = read_metadata(metadata_elements(tree))
    lines = classify(page_lines(tree))
    title = _printed_title(lines, metadata.title)
    numbers = body_numbers(lines)
    paragraphs = _main_paragraphs(tree)
    numbers = _alike(lines, numbers, paragraphs)
    own = _is_better(lines, numbers, paragraphs)
    if own:
        head = read_head(lines, numbers, title=title, description=metadata.description)
        numbers = [n for n in numbers if n >= head.start and n not in head.own]
        body = [lines[n].text for n in numbers]
    else:
        numbers = _numbers_of(lines, paragraphs) or numbers
        head = read_head(lines, numbers, title=title, description=metadata.description)
        body = _without_noise(paragraphs, lines, head)
    published = metadata.published or head.published or _found_date(tree)
    for moment in (head.published, *metadata.times):
        published = with_time(published, moment)
    metadata = replace(metadata, published=published)
    body = without_biography(body, metadata.author or head.author)
    return Parts("\n\n".join(body), head, lines, numbers[: len(body)] if own else None, metadata)


# lxml.html asks Python for the class of every element, to tell forms from links: a twentieth of the time of a page.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)


def parse_page(source: str) -> HtmlElement:
    """Raises ValueError as `read_page` does."""
    if source.count("<") > MAX_TAGS:
        raise ValueError(f"the page has more than {MAX_TAGS:,} tags, which no article has")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        return document_fromstring(source.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, AssertionError):
        raise ValueError("no readable text") from None


# ------------------------------------------------------------------------------------------------------------ lines


def page_lines(tree: HtmlElement) -> list[Line]:
    """What a reader sees of the page, a line for each block, with what the page's tags say of it."""
    reader = _Reader(around_title=around_headings(tree))
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if element.tag in _UNSEEN:
            if event == "start":
                walk.skip_subtree()
            else:
                reader.read(element.tail)
        elif event == "start":
            reader.enter(element)
        else:
            reader.leave(element)
    reader.end_line()
    return _with_the_article_among(reader.lines)


def _with_the_article_among(lines: list[Line]) -> list[Line]:
    """The lines; none stands beside the article where no others could be it: then the marks mean something else."""
    others = sum(len(line.text) for line in lines if line.role is not Role.BESIDE and _is_long(line))
    if others < ARTICLE_LEAST:
        for line in lines:
            line.role = Role.NONE if line.role is Role.BESIDE else line.role
    return lines


def _is_long(line: Line) -> bool:
    return len(line.text) >= PARAGRAPH_LEAST and line.links < LINKED


@dataclass(slots=True)
class _Reader:
    """Gathers the lines of a page: the numbers say how many elements of each sort are open."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)  # of the line that is being read
    role: Role = Role.NONE
    gap: int = 0
    linked: list[str] = field(default_factory=list)  # the pieces inside links
    links: int = 0
    items: int = 0
    headings: int = 0
    captions: int = 0
    around_title: Set[HtmlElement] = frozenset()
    blocks: list[HtmlElement] = field(default_factory=list)  # those open, outer before inner
    beside: HtmlElement | None = None  # the outermost of them that stands beside the article

    def enter(self, element: HtmlElement) -> None:
        if element.tag in _INLINE:
            self.links += element.tag == "a"
        else:
            self._begin(element)
        self.read(element.text)

    def leave(self, element: HtmlElement) -> None:
        if element.tag in _INLINE:
            self.links -= element.tag == "a"
        else:
            self._end(element)
        self.read(element.tail)

    def _begin(self, element: HtmlElement) -> None:
        self._count(element.tag, 1)
        self.blocks.append(element)
        self.role = _role(element)
        if self.beside is None and element not in self.around_title and _is_beside(element):
            self.beside = element

    def _end(self, element: HtmlElement) -> None:
        self._count(element.tag, -1)
        self.blocks.pop()
        if self.beside is element:
            self.beside = None

    def _count(self, tag: str, step: int) -> None:
        self.end_line()
        self.gap |= tag in _PARAGRAPHS
        self.items += step * (tag == "li")
        self.headings += step * (tag in _HEADINGS)
        self.captions += step * (tag == "figcaption")

    def read(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)
            if self.links:
                self.linked.append(text)

    def end_line(self) -> None:
        text = fold("".join(self.pieces))
        if text:
            links = _solid("".join(self.linked)) / max(1, _solid(text)) if self.linked else 0.0
            place = _place(self.blocks[-2:])
            self.lines.append(Line(text, self.gap, self.items > 0, self._role_here(), links, place))
            self.gap = 0
        self.pieces.clear()
        self.linked.clear()
        self.role = Role.NONE

    def _role_here(self) -> Role:
        if self.beside is not None:
            return Role.BESIDE
        return Role.CAPTION if self.captions else Role.HEADING if self.headings else self.role


def around_headings(tree: HtmlElement) -> set[HtmlElement]:
    """The elements that a heading of the first order stands in: no box beside the article, whatever they are marked."""
    return {around for heading in islice(tree.iter("h1"), MAX_HEADINGS) for around in heading.iterancestors()}


def _solid(text: str) -> int:
    """Characters but for white space and the bars that part links."""
    return len(text.translate(_BARS))


def _role(element: HtmlElement) -> Role:
    marks = _marks(element)
    if not marks:
        return Role.NONE
    if _CAPTION_CLASS.search(marks):
        return Role.CAPTION
    return Role.STANDFIRST if _STANDFIRST_CLASS.search(marks) else Role.NONE


def _is_beside(element: HtmlElement) -> bool:
    """Whether an element is marked as a box of comments, related stories or the like."""
    if element.tag == "aside":
        return True
    marks = f"{(element.get('id') or '')[:MAX_MARKS]} {_marks(element)}"
    return element.tag not in _WHOLE_PAGE and len(marks) > 1 and bool(_BESIDE_MARK.search(marks))


def _marks(element: HtmlElement) -> str:
    return (element.get("class") or "")[:MAX_MARKS]


def _place(blocks: Sequence[HtmlElement]) -> str:
    """The tag of a line's element and what the one around it is: paragraphs of one text have it in common, whatever
    mark one of them has."""
    around = [_NUMBER.sub("", f"{block.tag} {_marks(block)}") for block in blocks[:-1]]
    return "/".join([*around, *(block.tag for block in blocks[-1:])])


def _printed_title(lines: Sequence[Line], told: str | None) -> str | None:
    """The title as a line of the page prints it, where the page tells others its own name with it."""
    if not told or not SITE_PART.search(told):
        return told
    whole = key(told)
    for line in lines:
        printed = key(line.text) if line.words in TITLE_WORDS else ""
        if len(printed) >= TITLE_SHARE * len(whole) and whole.startswith(printed):
            return line.text
    return told


# ------------------------------------------------------------------------------------------------------------ body


def _main_paragraphs(tree: HtmlElement) -> list[str]:
    """The page's main text as trafilatura finds it: precisely, or else with all that it can do; empty where it finds
    none, or the page is too large for it."""
    size = tree.xpath("count(//*)")
    if size > MAX_ELEMENTS:
        return []
    precise = _by_trafilatura(tree, precise=True)
    if sum(map(count_words, precise)) >= SCRAP_WORDS or size > MAX_THOROUGH:
        return precise
    return _by_trafilatura(tree, precise=False)


def _by_trafilatura(tree: HtmlElement, *, precise: bool) -> list[str]:
    try:
        document = trafilatura.bare_extraction(tree, fast=precise, favor_precision=precise, include_comments=False)
    except MemoryError:
        raise
    except Exception:  # what a broken page makes it raise is known to nobody, and the lines remain
        return []
    text = getattr(document, "text", None) or ""
    return [folded for line in text.split("\n") if (folded := fold(line).strip("| "))]  # it draws tables with bars


def _is_better(lines: Sequence[Line], numbers: Sequence[int], paragraphs: Sequence[str]) -> bool:
    """Whether the lines' own body is to be taken: trafilatura stopped early, found a scrap, or glued paragraphs."""
    main = [count_words(text) for text in paragraphs]
    own = [lines[n].words for n in numbers]
    if sum(own) > LONGER * sum(main):
        beginnings = {beginning(lines[n].text) for n in numbers}
        shared = sum(words for words, text in zip(main, paragraphs, strict=True) if beginning(text) in beginnings)
        return sum(main) < SCRAP_WORDS or shared >= AGREED * sum(main)
    glued = max(main, default=0)  # it forgets line breaks inside tables that lay out a page
    return glued >= GLUED_WORDS and glued > 2 * max(own, default=0) and 2 * sum(own) > sum(main)


def _alike(lines: Sequence[Line], numbers: Sequence[int], paragraphs: Sequence[str]) -> list[int]:
    """The numbers without teasers above and comments below the article, which read like it where their language has no
    phrases here: they stand in other elements than the paragraphs that trafilatura found."""
    found = {beginning(text) for text in paragraphs}
    places = {lines[n].place for n in numbers if lines[n].prose and beginning(lines[n].text) in found}
    if not places or sum(map(count_words, paragraphs)) < SCRAP_WORDS:
        return list(numbers)
    others = Counter(lines[n].place for n in numbers if lines[n].place not in places)
    last = max(n for n in numbers if lines[n].place in places)
    kept = dropwhile(lambda n: others[lines[n].place] > 1, numbers)  # a lead is the only one of its place
    return [n for n in kept if n <= last]


def _numbers_of(lines: Sequence[Line], paragraphs: Sequence[str]) -> list[int]:
    """The numbers of the lines that hold these paragraphs, from the first that is prose on."""
    wanted = {beginning(text) for text in paragraphs}
    numbers = [n for n, line in enumerate(lines) if beginning(line.text) in wanted]
    return list(dropwhile(lambda n: not lines[n].prose, numbers))


def beginning(text: str) -> str:
    """What tells a paragraph from others, whoever found it."""
    return key(text[: 2 * SAME_BEGINNING])[:SAME_BEGINNING]


def _without_noise(paragraphs: Sequence[str], lines: Sequence[Line], head: Head) -> list[str]:
    """The paragraphs without title, standfirst, captions and furniture; no date, heading or link above the first."""
    known = {key(lines[n].text) for n in head.own} | {key(head.title or "")}
    known |= {key(line.text) for line in lines if line.role is Role.CAPTION}
    linked = {key(line.text) for line in lines if line.links >= LINKED}
    above = linked | {key(line.text) for line in lines if line.role is Role.HEADING}
    kept: list[Line] = []
    for line in classify([Line(text, gap=1) for text in paragraphs]):
        same = key(line.text)
        if same in known or line.kind in _NOISE:
            continue
        if not kept and (same in above or _is_dated(line)):
            continue
        kept.append(line)
    kept = kept[: _end(kept)]
    while kept and key(kept[-1].text) in linked:
        kept.pop()
    return [line.text for line in kept]


def _end(kept: Sequence[Line]) -> int:
    """Where what follows the article begins, in the last quarter of what trafilatura took for it."""
    last = len(kept) - len(kept) // 4
    return next((n for n in range(last, len(kept)) if kept[n].kind is Kind.END), len(kept))


def _is_dated(line: Line) -> bool:
    return line.kind is Kind.DATE or (line.words <= DATED_WORDS and bool(find_dates(line.text)))


# ------------------------------------------------------------------------------------------------------------ metadata

_METADATA_TAGS = frozenset({"title", "h1", "time"})
_HEADERS = frozenset({"title", "meta", "script", "link", "h1"})
_MENUS = frozenset({"nav", "footer"})
_STORY, _TEASER = "story", "teaser"
_HAS_TEXT = etree.XPath("count(.//p[string-length() > 80]) > 1")  # more than a teaser has
_HAS_LINKED_HEADING = etree.XPath(  # of a story: a name is shorter
    """boolean((.//h2 | .//h3 | .//h4 | .//h5)[.//a or ancestor::a]
               [string-length(normalize-space()) > 40])"""
)
_MICRODATA = frozenset({"author", "publisher", "datePublished", "dateCreated"})


def metadata_elements(tree: HtmlElement) -> str:
    """HTML of the few elements that carry metadata, in the order of the page, but for those of other stories."""
    page = tree.getroottree().getroot()
    language = page.get("lang") or page.get("xml:lang") or ""
    parts = [f'<html lang="{escape(language)}">']
    elements = list(islice(filter(_carries_metadata, tree.iter("*")), MAX_METADATA_ELEMENTS))
    printed = (element for element in elements if element.tag not in _HEADERS)
    others = _of_other_stories(islice(printed, MAX_PRINTED), around_headings(tree))
    for element in elements:
        if element in others:
            continue
        source = tostring(element, encoding="unicode", with_tail=False)
        if len(source) <= (MAX_JSON if element.tag == "script" else MAX_METADATA):
            parts.append(source)
    return "".join(parts)


def _of_other_stories(elements: Iterable[HtmlElement], around_title: Set[HtmlElement]) -> set[HtmlElement]:
    """Those that stand in a menu, a box beside the article, or a teaser: near a heading that is a link."""
    is_apart, is_teaser = cache(_is_apart), cache(_is_teaser)  # many have the same elements around them
    found = set()
    for element in elements:
        outside = [around for around in element.iterancestors() if around not in around_title]
        if any(map(is_apart, outside)) or next(filter(None, map(is_teaser, outside[:TEASER_DEPTH])), "") == _TEASER:
            found.add(element)
    return found


def _is_apart(element: HtmlElement) -> bool:
    return element.tag in _MENUS or _is_beside(element)


def _is_teaser(element: HtmlElement) -> str:
    """Whether an element is a teaser or has a story's own text; empty where it is too small to tell."""
    if _HAS_TEXT(element):
        return _STORY
    return _TEASER if _HAS_LINKED_HEADING(element) else ""


def _carries_metadata(element: HtmlElement) -> bool:
    tag = element.tag
    if tag == "meta":
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        return name is not None and name.strip().casefold() in META_NAMES
    if tag == "script":
        return "ld+json" in (element.get("type") or "")
    if tag == "link":
        return bool(element.get("rel") == "canonical")
    if tag in _METADATA_TAGS or element.get("rel") == "author" or element.get("itemprop") in _MICRODATA:
        return True
    marks = element.get("class")
    return marks is not None and ("yline" in marks or "uthor" in marks)


def _found_date(tree: HtmlElement) -> date | datetime | None:
    """The day that htmldate reads from the page's header and marked elements."""
    try:
        return parse_moment(find_date(tree, extensive_search=False, original_date=True) or "")
    except MemoryError:
        raise
    except Exception:  # as with trafilatura; and a page without a date is an article all the same
        return None
