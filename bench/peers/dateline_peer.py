"""Dateline itself, through the door that its pages use: everything a page of results shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import search
from bench.peers import BUCKETS, Answer, read
from bench.queries import BenchQuery
from search.article import from_json
from search.engine import Interval, Match, Origin, Search, Sort, TimeBucket
from search.query import OneOf, Or, Phrase, Prefix, Query, Word, Words

_INDEXED = datetime(2025, 1, 1, tzinfo=UTC)


class Dateline:
    name = "dateline"
    index = "dateline"
    does = "`Engine.search`: ten articles with snippets and marked titles, total, four facets, timeline, relaxation"
    jobs = (1, 2)
    every = 1
    rounds = 100
    snippets = (True,)

    def build(self, corpus: Path, folder: Path, jobs: int) -> None:
        with search.open_engine(f"whoosh:{folder}") as engine, engine.writer(rebuild=True, jobs=jobs) as writer:
            for article in map(from_json, read(corpus)):
                origin = Origin(article.id, "", article.path or "", article.id, _INDEXED)
                writer.put(article, origin)

    def tune(self, folder: Path) -> None:
        pass

    def open(self, folder: Path) -> None:
        self._engine = search.open_engine(f"whoosh:{folder}")
        self._engine.count()

    def search(self, query: BenchQuery, snippets: bool) -> Answer:  # noqa: ARG002
        page = self._engine.search(
            Search(
                query=compiled(query),
                filters=() if query.publisher is None else (OneOf("publisher", (query.publisher,)),),
                sort=Sort.NEWEST if query.newest else Sort.RELEVANCE,
                match=Match.ALL,
            )
        )
        return Answer(
            total=page.total,
            publisher={bucket.value: bucket.count for bucket in page.facets["publisher"][:BUCKETS]},
            author={bucket.value: bucket.count for bucket in page.facets["author"][:BUCKETS]},
            months=_months(page.timeline) if page.interval is Interval.MONTH else {},
            ids=tuple(hit.article.id for hit in page.hits),
            snippets=tuple("".join(piece.text for piece in hit.snippet) for hit in page.hits),
        )

    def supports(self, _: BenchQuery) -> bool:
        return True

    def versions(self) -> str:
        return f"Dateline {_digest()}"


def compiled(asked: BenchQuery) -> Query:
    if asked.kind == "prefix":
        return Prefix(asked.words[0])
    if asked.kind == "phrase":
        return Phrase(" ".join(asked.words))
    words = tuple(map(Word, asked.words))
    return Words(words) if asked.every else Or(words)


def _months(timeline: Iterable[TimeBucket]) -> dict[int, int]:
    return {bucket.start.year * 12 + bucket.start.month - 1: bucket.count for bucket in timeline}


@cache  # so that an edit while the benchmark runs does not set it to look for another index
def _digest() -> str:
    files = sorted(Path(search.__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]
