"""Whoosh's form of `search.schema`, and an article as a document of it.

Beside the fields of `search.schema` a document holds an `id`, the days and instants by which dates are searched and
sorted, when it entered the archive (the moment and the generation), what decides between equals, the variants of
accented words, what readers may be suggested, what it lacks, the sketch by which stories are found, and the article as
JSON has it and its origin as stored fields.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator
from dataclasses import fields as names_of
from typing import Any

from whoosh import columns, fields
from whoosh.analysis import Analyzer, Token

from search import analysis, schema, suggestions
from search.article import Article, to_json
from search.engine import Origin
from search.holdings import lacking
from search.schema import days, exact_field, key_field, microseconds, tie
from search.sketches import SKETCH, blank, sketch

VERSION_FIELD = f"schema_version_{schema.SCHEMA_VERSION}"

_LOG = logging.getLogger(__name__)
_ORIGIN = tuple(field.name for field in names_of(Origin))


class WordAnalyzer(Analyzer):  # type: ignore[misc]
    """Whoosh's door to `search.analysis`, and the bulk writer's (`search.columnar.analysis.WordAnalyzer`).

    form: `stem` or `exact`
    """

    gap = analysis.PARAGRAPH_GAP
    leap = analysis.BODY_START
    renumber = False

    def __init__(self, form: str) -> None:
        self.form = form

    def __call__(self, value: str, positions: bool = False, mode: str = "", **_: Any) -> Iterator[Token]:
        token = Token(positions, mode=mode, boost=1.0, stopped=False)
        for form, token.pos, _start, _end in analysis.tokens(*analysis.unmarked(value)):
            token.text = getattr(form, self.form)
            yield token

    def pass_key(self) -> Hashable:
        return WordAnalyzer

    def chunks(self, text: str) -> list[str]:
        return analysis.chunks(text)

    def tokens(self, chunk: str) -> list[str]:
        return analysis.words(chunk)

    def terms(self, token: str) -> tuple[str, ...]:
        return tuple(getattr(form, self.form) for form in analysis.terms(token))


class TermList(fields.ID):  # type: ignore[misc]
    """A list of terms, no two alike, each as it stands: an analyzer would cost several times as much."""

    def index(self, value: list[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        return ((term.encode(), 1, 1.0, b"") for term in value)


class SketchField(fields.COLUMN):  # type: ignore[misc]
    """A column of sketches. It is given articles, so that the processes that analyse them sketch them too."""

    def __init__(self) -> None:
        super().__init__(columns.FixedBytesColumn(SKETCH.itemsize))

    def to_column_value(self, value: list[Article]) -> bytes:
        """Of the one article of a list: lists cannot be looked up, and so are not remembered as other values are."""
        (article,) = value
        try:
            return sketch(article)
        except Exception:  # stories are an extra, and no reason to lose an article
            _LOG.exception("no sketch of article %r, which is in no story now", article.id)
            return blank(article.id)


def whoosh_schema() -> fields.Schema:
    stems, words = WordAnalyzer("stem"), WordAnalyzer("exact")
    built = fields.Schema(
        id=fields.ID(unique=True),
        text=fields.TEXT(analyzer=stems),
        exact=fields.TEXT(analyzer=words),
        variants=fields.KEYWORD(),
        suggestions=TermList(),
        lacks=TermList(),  # of search.holdings.PARTS
        day=fields.NUMERIC(int, sortable=True),  # days since 1970
        instant=fields.NUMERIC(int, bits=64, sortable=True),  # microseconds since 1970
        indexed=fields.COLUMN(_numbers()),  # microseconds since 1970
        entered=fields.NUMERIC(int, signed=False, shift_step=0, sortable=True),  # generation in which it was new
        tie=fields.COLUMN(_numbers()),
        sketch=SketchField(),
        article=fields.STORED,
        origin=fields.STORED,
    )
    built.add(VERSION_FIELD, fields.STORED)
    for field in schema.FIELDS:
        if field.kind is schema.Kind.TEXT and field.own:
            built.add(field.name, fields.TEXT(analyzer=stems))
            built.add(exact_field(field.name), fields.TEXT(analyzer=words))
        elif field.kind is schema.Kind.NAMES:
            built.add(field.name, fields.TEXT(analyzer=words))
        if field.facet:
            built.add(key_field(field.name), fields.KEYWORD())
    return built


def _numbers() -> columns.NumericColumn:
    return columns.NumericColumn("q", default=-(1 << 63))  # a document without one has the least, not 0


def document(article: Article, origin: Origin, entered: int) -> dict[str, Any]:
    """entered: the generation in which the article is, or was, new"""
    combined = schema.combined(article)
    text = analysis.marked(combined, article.language)
    document: dict[str, Any] = {
        "id": article.id,
        "text": text,
        "exact": text,
        "indexed": microseconds(origin.indexed),
        "entered": entered,
        "tie": tie(article.id),
        "sketch": [article],
        "article": to_json(article),
        "origin": {name: getattr(origin, name) for name in _ORIGIN},
    }
    if variants := analysis.variants(combined):
        document["variants"] = sorted(variants)
    if found := suggestions.entries(article):
        document["suggestions"] = found
    if lacks := lacking(article):
        document["lacks"] = list(lacks)
    if article.day is not None and article.instant is not None:
        document["day"] = days(article.day)
        document["instant"] = microseconds(article.instant)
    for field in schema.FIELDS:
        values = schema.values(article, field.name)
        if not values:
            continue
        if field.kind is not schema.Kind.KEYWORD and field.own:
            joined = schema.joined(article, field.name)
            text = analysis.marked(joined, article.language if field.kind is schema.Kind.TEXT else None)
            document[field.name] = document[exact_field(field.name)] = text
        if field.facet:
            document[key_field(field.name)] = list(dict.fromkeys(values))
    return document
