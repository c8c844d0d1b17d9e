"""Plain Whoosh: its own codec, writer, analyzers and highlighter, as its documentation shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import whoosh
from whoosh import analysis, fields, highlight, index, query, sorting

from bench.peers import BUCKETS, TOP, Answer, combined, instant, month, read
from bench.queries import BenchQuery


def _schema() -> fields.Schema:
    # No stop words, as everywhere here: they are searched in phrases.
    stems = analysis.StemmingAnalyzer(minsize=1, stoplist=None)
    words = analysis.StandardAnalyzer(minsize=1, stoplist=None)
    schema = fields.Schema(
        id=fields.ID(unique=True),
        month=fields.NUMERIC(int, signed=False, sortable=True),
        instant=fields.NUMERIC(int, bits=64, sortable=True),
        article=fields.STORED,
    )
    for name in ("text", "title", "captions"):
        schema.add(name, fields.TEXT(stems))
        schema.add(f"{name}_exact", fields.TEXT(words))
    for name in ("author", "publisher", "place"):
        schema.add(name, fields.TEXT(words))
        schema.add(f"{name}_key", fields.KEYWORD(commas=True, sortable=name != "author"))
    schema.add("language_key", fields.ID(sortable=True))
    return schema


class WhooshTop:
    name = "whoosh"
    index = "whoosh"
    does = "top 10 alone, without total and facets; its highlighter"
    jobs = (1,)
    every = 1
    rounds = 1
    snippets = (False, True)

    def build(self, corpus: Path, folder: Path, jobs: int) -> None:  # noqa: ARG002
        writer = index.create_in(folder, _schema()).writer()
        for article in read(corpus):
            writer.add_document(**_document(article))
        writer.commit()

    def tune(self, folder: Path) -> None:
        pass

    def open(self, folder: Path) -> None:
        self._searcher = index.open_dir(folder).searcher()
        self._schema = self._searcher.schema

    def search(self, query: BenchQuery, snippets: bool) -> Answer:
        order = {"sortedby": "instant", "reverse": True} if query.newest else {}
        found = self._searcher.search(self._compile(query), limit=TOP, filter=_filter(query), **order)
        ids, passages = _show(found, query) if snippets else ((), ())
        return Answer(ids=ids, snippets=passages)

    def _compile(self, asked: BenchQuery) -> Any:
        if asked.kind == "prefix":
            return query.Prefix("text_exact", asked.words[0])
        if asked.kind == "phrase":
            return query.Phrase("text_exact", list(asked.words))
        analyzer = self._schema["text"].analyzer
        terms = [query.Term("text", token.text) for word in asked.words for token in analyzer(word, mode="query")]
        return query.And(terms) if asked.every else query.Or(terms)

    def supports(self, _: BenchQuery) -> bool:
        return True

    def versions(self) -> str:
        return f"Whoosh {whoosh.versionstring()}"


class WhooshAll(WhooshTop):
    name = "whoosh-all"
    does = "top 10 and `groupedby` publisher, author and month"
    every = 7
    snippets = (False,)  # with them it takes up to a minute a query

    def search(self, query: BenchQuery, snippets: bool) -> Answer:
        facets = sorting.Facets()
        facets.add_field("publisher_key")
        facets.add_field("author_key", allow_overlap=True)
        facets.add_field("month")
        order = {"sortedby": "instant", "reverse": True} if query.newest else {}
        found = self._searcher.search(
            self._compile(query), limit=TOP, filter=_filter(query), groupedby=facets, maptype=sorting.Count, **order
        )
        groups = {
            name: {key: count for key, count in found.groups(name).items() if key} for name in found.facet_names()
        }
        ids, passages = _show(found, query) if snippets else ((), ())
        return Answer(
            total=len(found),
            publisher=_most(groups["publisher_key"]),
            author=_most(groups["author_key"]),
            months={key: count for key, count in groups["month"].items() if key < 12 * 10_000},  # absent is 2^32 - 1
            ids=ids,
            snippets=passages,
        )


def _filter(asked: BenchQuery) -> Any:
    return None if asked.publisher is None else query.Term("publisher_key", asked.publisher)


def _show(found: Any, asked: BenchQuery) -> tuple[tuple[str, ...], tuple[str, ...]]:
    field = "text_exact" if asked.kind in ("phrase", "prefix") else "text"
    found.fragmenter = highlight.ContextFragmenter()
    ids, passages = [], []
    for hit in found:
        article = json.loads(hit["article"])
        ids.append(article["id"])
        passages.append(hit.highlights(field, text=article["body"], top=1))
    return tuple(ids), tuple(passages)


def _most(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(((key, count) for key, count in counts.items() if key), key=lambda item: -item[1])[:BUCKETS])


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
        "month": month(article),
        "instant": instant(article),
        "article": json.dumps(article, ensure_ascii=False),
    }
    return {name: value for name, value in document.items() if value not in (None, "")}
