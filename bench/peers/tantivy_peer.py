"""tantivy through its Python package: the Rust library behind several search servers."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tantivy import Document, Index, Occur, Order, Query, SchemaBuilder, SnippetGenerator

from bench.peers import BUCKETS, TOP, Answer, combined, instant, month, read
from bench.queries import BenchQuery

HEAP = 256_000_000  # bytes the writer may fill before it writes a segment; the package's own choice is half
_COUNTS = {
    "publisher": {"terms": {"field": "publisher_key", "size": BUCKETS}},
    "author": {"terms": {"field": "author_key", "size": BUCKETS}},
    "months": {"histogram": {"field": "month", "interval": 1, "min_doc_count": 1}},
}


def _schema() -> Any:
    schema = SchemaBuilder()
    schema.add_text_field("id", tokenizer_name="raw", index_option="basic")
    for name in ("text", "title", "captions"):
        schema.add_text_field(name, tokenizer_name="en_stem")
        schema.add_text_field(f"{name}_exact")
    for name in ("author", "publisher", "place"):
        schema.add_text_field(name)
    for name in ("author_key", "publisher_key", "place_key", "language_key"):
        schema.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    schema.add_unsigned_field("month", indexed=True, fast=True)
    schema.add_integer_field("instant", indexed=True, fast=True)
    schema.add_bytes_field("article", stored=True)
    return schema.build()


class Tantivy:
    name = "tantivy"
    index = "tantivy"
    does = "search and aggregate: top 10, count, terms of publisher and of author, histogram of months; its snippets"
    jobs = (1, 2)
    every = 1
    rounds = 100
    snippets = (False, True)

    def build(self, corpus: Path, folder: Path, jobs: int) -> None:
        schema = _schema()
        writer = Index(schema, str(folder)).writer(HEAP, jobs)
        for article in read(corpus):
            writer.add_document(Document.from_dict(_fields(article), schema))
        writer.commit()
        writer.wait_merging_threads()

    def tune(self, folder: Path) -> None:
        pass

    def open(self, folder: Path) -> None:
        self._index = Index.open(str(folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def search(self, query: BenchQuery, snippets: bool) -> Answer:
        text, compiled = self._compile(query)
        order = {"order_by_field": "instant", "order": Order.Desc} if query.newest else {}
        found: Any = self._searcher.search(compiled, TOP, count=True, **order)  # type: ignore[arg-type]
        counts = self._searcher.aggregate(compiled, _COUNTS)
        ids, passages = self._show(query, text, found.hits) if snippets else ((), ())
        return Answer(
            total=found.count,
            publisher={bucket["key"]: bucket["doc_count"] for bucket in counts["publisher"]["buckets"]},
            author={bucket["key"]: bucket["doc_count"] for bucket in counts["author"]["buckets"]},
            months={int(bucket["key"]): bucket["doc_count"] for bucket in counts["months"]["buckets"]},
            ids=ids,
            snippets=passages,
        )

    def _compile(self, query: BenchQuery) -> tuple[Any, Any]:
        """What asks for words, and the whole."""
        if query.kind == "prefix":
            text = Query.regex_query(self._schema, "text_exact", f"{query.words[0]}.*")
        elif query.kind == "phrase":
            text = self._index.parse_query('"' + " ".join(query.words) + '"', ["text_exact"])
        else:
            text = self._index.parse_query(" ".join(query.words), ["text"], conjunction_by_default=query.every)
        if query.publisher is None:
            return text, text
        publisher = Query.const_score_query(Query.term_query(self._schema, "publisher_key", query.publisher), 0.0)
        return text, Query.boolean_query([(Occur.Must, text), (Occur.Must, publisher)])

    def _show(self, query: BenchQuery, text: Any, hits: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
        name = "text_exact" if query.kind in ("phrase", "prefix") else "text"
        generator = SnippetGenerator.create(self._searcher, text, self._schema, name)
        ids, passages = [], []
        for _, address in hits:
            stored: Any = self._searcher.doc(address).get_first("article")
            article = json.loads(stored)
            ids.append(article["id"])
            passages.append(generator.snippet_from_doc(Document(**{name: article["body"]})).to_html())
        return tuple(ids), tuple(passages)

    def supports(self, _: BenchQuery) -> bool:
        return True

    def versions(self) -> str:
        return f"tantivy {version('tantivy')}"


def _fields(article: dict[str, Any]) -> dict[str, Any]:
    text = combined(article)
    place, months = article["place"], month(article)
    return {
        "id": article["id"],
        "text": text,
        "text_exact": text,
        "title": article["title"],
        "title_exact": article["title"],
        "captions": article["captions"],
        "captions_exact": article["captions"],
        "author": article["author"],
        "author_key": article["author"],
        "publisher": article["publisher"],
        "publisher_key": article["publisher"],
        "place": [place] if place else [],
        "place_key": [place] if place else [],
        "language_key": article["language"],
        "month": [] if months is None else [months],
        "instant": instant(article),
        "article": json.dumps(article, ensure_ascii=False).encode(),
    }
