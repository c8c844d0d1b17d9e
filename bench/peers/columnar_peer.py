"""search.columnar by itself: a Whoosh index as any program might have it, with the codec, bulk writer and evaluator."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import Stemmer
from whoosh import analysis, fields, index, query, scoring

from bench.peers import BUCKETS, TOP, Answer, combined, instant, read
from bench.queries import BenchQuery
from search.columnar.bulk import BulkWriter
from search.columnar.evaluate import Sort, evaluate
from search.columnar.facets import Facet, Histogram, Interval

EPOCH = date(1970, 1, 1)

_stem = Stemmer.Stemmer("english").stemWord


def snowball(word: str) -> str:
    stem: str = _stem(word)
    return stem


def _schema() -> fields.Schema:
    stems = analysis.StemmingAnalyzer(minsize=1, stoplist=None, stemfn=snowball)
    words = analysis.StandardAnalyzer(minsize=1, stoplist=None)
    schema = fields.Schema(
        id=fields.ID(unique=True),
        day=fields.NUMERIC(int, sortable=True),
        instant=fields.NUMERIC(int, bits=64, sortable=True),
        article=fields.STORED,
    )
    for name in ("text", "title", "captions"):
        schema.add(name, fields.TEXT(stems))
        schema.add(f"{name}_exact", fields.TEXT(words))
    for name in ("author", "publisher", "place"):
        schema.add(name, fields.TEXT(words))
        schema.add(f"{name}_key", fields.KEYWORD(commas=True))
    schema.add("language_key", fields.KEYWORD())
    return schema


class Columnar:
    name = "columnar"
    index = "columnar"
    does = "`evaluate`: top 10, total, facets of publisher and author, histogram of months"
    jobs = (1, 2)
    every = 1
    rounds = 100
    snippets = (False,)

    def build(self, corpus: Path, folder: Path, jobs: int) -> None:
        writer = BulkWriter(index.create_in(folder, _schema()), procs=jobs)
        for article in read(corpus):
            writer.add_document(**_document(article))
        writer.commit()

    def tune(self, folder: Path) -> None:
        pass

    def open(self, folder: Path) -> None:
        self._searcher = index.open_dir(folder).searcher(weighting=scoring.BM25F())

    def search(self, query: BenchQuery, snippets: bool) -> Answer:  # noqa: ARG002
        found = evaluate(
            self._searcher,
            _compile(query),
            limit=TOP,
            sort=Sort("instant", descending=True) if query.newest else None,
            filters=_filters(query),
            facets=(Facet("publisher_key", BUCKETS), Facet("author_key", BUCKETS)),
            histogram=Histogram("day", Interval.MONTH),
        )
        return Answer(
            total=found.total,
            publisher=dict(found.facets["publisher_key"]),
            author=dict(found.facets["author_key"]),
            months={start.year * 12 + start.month - 1: count for start, count in found.histogram},
        )

    def supports(self, _: BenchQuery) -> bool:
        return True

    def versions(self) -> str:
        return f"search.columnar {_digest()}"


@cache  # so that an edit while the benchmark runs does not set it to look for another index
def _digest() -> str:
    package = Path(evaluate.__code__.co_filename).parent
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(package.glob("*.py")))).hexdigest()[:8]


def _compile(asked: BenchQuery) -> Any:
    if asked.kind == "prefix":
        return query.Prefix("text_exact", asked.words[0])
    if asked.kind == "phrase":
        return query.Phrase("text_exact", list(asked.words))
    terms = [query.Term("text", snowball(word)) for word in asked.words]
    return query.And(terms) if asked.every else query.Or(terms)


def _filters(asked: BenchQuery) -> dict[str, Any]:
    # Not by the facet's own name, or its counts would ignore the filter, as those of the peers cannot.
    return {} if asked.publisher is None else {"of publisher": query.Term("publisher_key", asked.publisher)}


def _document(article: dict[str, Any]) -> dict[str, Any]:
    text = combined(article)
    captions = "\n\n".join(article["captions"])
    document = {
        "id": article["id"],
        "text": text,
        "text_exact": text,
        "title": article["title"],
        "title_exact": article["title"],
        "captions": captions,
        "captions_exact": captions,
        "author": "\n\n".join(article["author"]),
        "author_key": ",".join(article["author"]),
        "publisher": article["publisher"],
        "publisher_key": article["publisher"],
        "place": article["place"],
        "place_key": article["place"],
        "language_key": article["language"],
        "day": (date.fromisoformat(article["published"][:10]) - EPOCH).days if article["published"] else None,
        "instant": instant(article),
        "article": json.dumps(article, ensure_ascii=False),
    }
    return {name: value for name, value in document.items() if value not in (None, "")}
