"""A Markdown file (CommonMark) with or without front matter in YAML or TOML -> the parts of an article."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.extract.classes import classify
from indexer.extract.decoding import fold
from indexer.extract.fragment import read_fragment
from indexer.extract.head import Head
from indexer.extract.language import declared
from indexer.extract.lines import Line
from indexer.extract.metadata import Metadata, parse_moment
from indexer.extract.names import split_names
from indexer.extract.parts import Parts

MAX_FRONT_MATTER = 64 * 1024  # characters
MAX_MARKDOWN = 512 * 1024  # characters; twice as many opening brackets take ten seconds

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_TOML_FRONT_MATTER = re.compile(r"\s*\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|$)", re.DOTALL)
_PARSER = MarkdownIt("commonmark").enable("table")

Stated = Mapping[str, Any]


def read_markdown(text: str) -> Parts:
    """The article in a Markdown file. Raises ValueError for more than MAX_MARKDOWN, or for unreadable front matter."""
    if len(text) > MAX_MARKDOWN:
        raise ValueError(f"longer than {MAX_MARKDOWN:,} characters, which no article is")
    stated, text = _split(text)
    title = _first(stated, "title", "headline")
    paragraphs: list[str] = []
    captions: list[str] = []
    for is_heading, paragraph in _paragraphs(_PARSER.parse(text), captions):
        if title is None and is_heading and not paragraphs:
            title = paragraph
        elif paragraphs or paragraph != title:
            paragraphs.append(paragraph)
    head = Head(
        title=title,
        summary=tuple(_texts(stated, "summary", "description", "subtitle", "standfirst", "excerpt")),
        place=_first(stated, "place", "location", "dateline"),
        captions=tuple(captions),
    )
    lines = classify([Line(paragraph, gap=1) for paragraph in paragraphs])
    return Parts("\n\n".join(paragraphs), head, lines, range(len(lines)), _metadata(stated), whole=True)


def _split(text: str) -> tuple[Stated, str]:
    """Front matter and the rest."""
    beginning = text[:MAX_FRONT_MATTER]
    found = _FRONT_MATTER.match(beginning) or _TOML_FRONT_MATTER.match(beginning)
    if not found:
        return {}, text
    form, read = ("TOML", tomllib.loads) if found.re is _TOML_FRONT_MATTER else ("YAML", yaml.safe_load)
    try:
        stated = read(found[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a date such as 2012-02-31 is a ValueError
        raise ValueError(f"its front matter is no {form}: {' '.join(str(error).split())}") from None
    if not isinstance(stated, dict):
        return {}, text
    return {str(name).casefold(): value for name, value in stated.items()}, text[found.end() :]


def _metadata(stated: Stated) -> Metadata:
    url = _first(stated, "url", "canonical_url", "canonical", "link", "source_url") or ""
    return Metadata(
        author=tuple(
            name for text in _texts(stated, "author", "authors", "byline") for name in split_names(text) or [text]
        ),
        publisher=_first(stated, "publisher", "publication", "newspaper", "source", "site"),
        published=_published(stated),
        language=declared(_first(stated, "language", "lang", "locale") or ""),
        url=url if url.startswith(("http://", "https://")) else None,
    )


def _published(stated: Stated) -> date | datetime | None:
    """YAML knows dates itself, and takes quoted ones for text."""
    values = (stated.get(name) for name in ("date", "published", "pubdate", "publishdate", "created"))
    value = next(filter(None, values), None)
    return parse_moment(value.isoformat() if isinstance(value, date) else value if isinstance(value, str) else "")


def _first(stated: Stated, *names: str) -> str | None:
    return next(iter(_texts(stated, *names)), None)


def _texts(stated: Stated, *names: str) -> list[str]:
    """What the first of the names that is stated says; an object says its name."""
    for name in names:
        value = stated.get(name)
        for_each = value if isinstance(value, list) else [value]
        named = [one.get("name") if isinstance(one, dict) else one for one in for_each]
        if texts := [text for one in named if isinstance(one, str | int | float) and (text := fold(str(one)))]:
            return texts
    return []


def _paragraphs(tokens: list[Token], captions: list[str]) -> Iterator[tuple[bool, str]]:
    """Each paragraph, and whether it is a heading. Adds what images say to `captions`."""
    heading = False
    for token in tokens:
        if token.type == "heading_open":
            heading = True
            continue
        if token.type == "inline":
            texts = [_printed(token, captions)]
        elif token.type == "html_block":
            texts = read_fragment(token.content)[0].split("\n\n")
        else:
            texts = [token.content] if token.type in ("fence", "code_block") else []
        yield from ((heading, folded) for text in texts if (folded := fold(text)))
        heading = False


def _printed(token: Token, captions: list[str]) -> str:
    pieces: list[str] = []
    for child in token.children or ():
        if child.type == "image":
            captions += filter(None, [fold(child.content)])
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type in ("text", "code_inline"):
            pieces.append(child.content)
    return "".join(pieces)
