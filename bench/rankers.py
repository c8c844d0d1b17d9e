"""Who ranks: Dateline by its public door with its defaults, and peers with the words of a question, any of them enough.

Each ranker indexes the articles of a collection and answers its questions, without files of its own that stay.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import search
from search.article import Article
from search.engine import Origin, Search
from search.parse import parse

DEPTH = 100  # articles of an answer that are judged

Questions = Mapping[str, str]  # texts by id
Ranking = Mapping[str, Sequence[str]]  # ids of articles by id of the question, best first
Ranker = Callable[[Sequence[Article], Questions], Ranking]

_WORD = re.compile(r"\w+")
_INDEXED = datetime(2025, 1, 1, tzinfo=UTC)


def dateline(articles: Sequence[Article], questions: Questions) -> Ranking:
    """`Engine.search` with `match=auto`, of what the parser of the search page makes of a question."""
    with tempfile.TemporaryDirectory() as folder, search.open_engine(f"whoosh:{folder}/index") as engine:
        with engine.writer() as writer:
            for article in articles:
                writer.put(article, Origin(article.id, "", "", "", _INDEXED))
        pages = {name: engine.search(Search(parse(text), size=DEPTH)) for name, text in questions.items()}
        return {name: [hit.article.id for hit in page.hits] for name, page in pages.items()}


def whoosh(articles: Sequence[Article], questions: Questions) -> Ranking:
    """As it comes: its stemming analyzer, its BM25F."""
    from whoosh import analysis, fields, index, query
    from whoosh.filedb.filestore import RamStorage

    analyzer = analysis.StemmingAnalyzer()
    schema = fields.Schema(id=fields.ID(stored=True), text=fields.TEXT(analyzer))
    made = index.FileIndex.create(RamStorage(), schema, "main")
    with made.writer() as writer:
        for article in articles:
            writer.add_document(id=article.id, text=_text(article))
    with made.searcher() as searcher:
        return {
            name: [
                hit["id"]
                for hit in searcher.search(query.Or([query.Term("text", t.text) for t in analyzer(text)]), limit=DEPTH)
            ]
            for name, text in questions.items()
        }


def fts5(articles: Sequence[Article], questions: Questions) -> Ranking:
    """SQLite's, with its stemmer."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE article USING fts5(id UNINDEXED, text, tokenize='porter unicode61')")
    database.executemany("INSERT INTO article VALUES (?, ?)", ((one.id, _text(one)) for one in articles))
    statement = f"SELECT id FROM article WHERE text MATCH ? ORDER BY rank LIMIT {DEPTH}"
    asked = {name: " OR ".join(f'"{word}"' for word in _words(text)) for name, text in questions.items()}
    return {name: [row[0] for row in database.execute(statement, (text,))] for name, text in asked.items()}


def tantivy(articles: Sequence[Article], questions: Questions) -> Ranking:
    """Lucene's design and BM25 in Rust, with its English stemmer."""
    from tantivy import Document, Index, Occur, Query, SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name="en_stem")
    schema = builder.build()
    made = Index(schema)
    writer = made.writer()
    for article in articles:
        writer.add_document(Document.from_dict({"id": article.id, "text": _text(article)}, schema))
    writer.commit()
    made.reload()
    searcher = made.searcher()
    found = {}
    stem = _stemmer()
    for name, text in questions.items():
        terms = [(Occur.Should, Query.term_query(schema, "text", stem(word))) for word in _words(text)]
        hits = searcher.search(Query.boolean_query(terms), DEPTH).hits
        found[name] = [searcher.doc(address)["id"][0] for _, address in hits]
    return found


def bm25s(articles: Sequence[Article], questions: Questions) -> Ranking:
    """Lucene's BM25 summed in numpy, with Snowball English."""
    import bm25s as library

    stem = _stemmer()
    ranker = library.BM25(method="lucene")
    ranker.index([[stem(word) for word in _words(_text(article))] for article in articles], show_progress=False)
    asked = [[stem(word) for word in _words(text)] for text in questions.values()]
    depth = min(DEPTH, len(articles))
    numbers, scores = ranker.retrieve(asked, k=depth, show_progress=False)
    return {
        name: [articles[number].id for number, score in zip(row, values, strict=True) if score > 0]
        for name, row, values in zip(questions, numbers.tolist(), scores.tolist(), strict=True)
    }


RANKERS: dict[str, Ranker] = {"dateline": dateline, "tantivy": tantivy, "bm25s": bm25s, "fts5": fts5, "whoosh": whoosh}


def _text(article: Article) -> str:
    return "\n\n".join([article.title or "", *article.summary, article.body])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _stemmer() -> Callable[[str], str]:
    import Stemmer

    return Stemmer.Stemmer("english").stemWord  # type: ignore[no-any-return]
