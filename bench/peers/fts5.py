"""SQLite's full-text search, as it comes with Python."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.peers import BUCKETS, TOP, Answer, instant, month, read
from bench.queries import BenchQuery

BATCH = 1_000  # articles of one executemany
CACHE = -200_000  # kibibytes of SQLite's page cache

# The columns of the two tables are searched together: bare words in `stems`, quoted words and prefixes in `words`.
_TABLES = """
CREATE TABLE article (n INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, summary TEXT, author TEXT, body TEXT,
    captions TEXT, publisher TEXT, place TEXT, rest TEXT);
CREATE TABLE value (n INTEGER PRIMARY KEY, publisher INTEGER, place INTEGER, month INTEGER, instant INTEGER);
CREATE TABLE byline (n INTEGER, author INTEGER, PRIMARY KEY (n, author)) WITHOUT ROWID;
CREATE TABLE name (key INTEGER PRIMARY KEY, value TEXT UNIQUE);
CREATE VIRTUAL TABLE stems USING fts5(title, summary, author, body,
    content='article', content_rowid='n', tokenize='porter unicode61');
CREATE VIRTUAL TABLE words USING fts5(title, summary, author, body,
    content='article', content_rowid='n', tokenize='unicode61');
CREATE VIRTUAL TABLE caption_stems USING fts5(captions, content='article', content_rowid='n',
    tokenize='porter unicode61');
CREATE VIRTUAL TABLE other_words USING fts5(captions, publisher, place, content='article', content_rowid='n',
    tokenize='unicode61');
INSERT INTO stems(stems, rank) VALUES ('rank', 'bm25(3.0, 1.0, 1.0, 1.0)');
INSERT INTO words(words, rank) VALUES ('rank', 'bm25(3.0, 1.0, 1.0, 1.0)');
"""

# One pass over the postings; everything else reads the rows it left.
_SEARCH = """
WITH hit AS MATERIALIZED ({hits})
SELECT * FROM (SELECT 'hit', n, 0 FROM hit ORDER BY {order} LIMIT {top})
UNION ALL SELECT 'total', 0, count(*) FROM hit
UNION ALL SELECT * FROM (
    SELECT 'publisher', publisher, count(*) FROM hit JOIN value USING (n) GROUP BY 2 ORDER BY 3 DESC LIMIT {buckets})
UNION ALL SELECT * FROM (
    SELECT 'author', author, count(*) FROM hit JOIN byline USING (n) GROUP BY 2 ORDER BY 3 DESC LIMIT {buckets})
UNION ALL SELECT 'month', month, count(*) FROM hit JOIN value USING (n) WHERE month IS NOT NULL GROUP BY 2
"""
_SHOW = """
SELECT n, id, article.title, rest, snippet({table}, 3, '[', ']', '…', 36)
FROM {table} JOIN article ON n = {table}.rowid WHERE {table} MATCH ? AND {table}.rowid IN ({rows})
"""


class Fts5:
    name = "fts5"
    index = "fts5"
    does = "one SQL statement: matches once, then top 10, count(*), GROUP BY publisher, author, month; snippet()"
    jobs = (1,)
    every = 1
    rounds = 100
    snippets = (False, True)

    def build(self, corpus: Path, folder: Path, jobs: int) -> None:  # noqa: ARG002
        db = _connect(folder)
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(_TABLES)
        self._names: dict[str, int] = {}
        batch: list[tuple[int, dict[str, Any]]] = []
        for n, article in enumerate(read(corpus), 1):
            batch.append((n, article))
            if len(batch) == BATCH:
                self._add(db, batch)
                batch.clear()
        self._add(db, batch)
        db.executemany("INSERT INTO name VALUES (?, ?)", ((key, value) for value, key in self._names.items()))
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def _add(self, db: sqlite3.Connection, batch: list[tuple[int, dict[str, Any]]]) -> None:
        rows = [_row(n, article) for n, article in batch]
        db.executemany("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        for table in ("stems", "words"):
            db.executemany(
                f"INSERT INTO {table}(rowid, title, summary, author, body) VALUES (?, ?, ?, ?, ?)",
                ((n, title, summary, author, body) for n, _, title, summary, author, body, *_ in rows),
            )
        db.executemany("INSERT INTO caption_stems(rowid, captions) VALUES (?, ?)", ((row[0], row[6]) for row in rows))
        db.executemany(
            "INSERT INTO other_words(rowid, captions, publisher, place) VALUES (?, ?, ?, ?)",
            ((row[0], *row[6:9]) for row in rows),
        )
        db.executemany("INSERT INTO value VALUES (?, ?, ?, ?, ?)", (self._values(n, article) for n, article in batch))
        db.executemany("INSERT INTO byline VALUES (?, ?)", self._bylines(batch))

    def _values(self, n: int, article: dict[str, Any]) -> tuple[Any, ...]:
        return n, self._key(article["publisher"]), self._key(article["place"] or ""), month(article), instant(article)

    def _bylines(self, batch: list[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, int]]:
        return ((n, self._key(name)) for n, article in batch for name in article["author"])

    def _key(self, value: str) -> int:
        return self._names.setdefault(value, len(self._names))

    def tune(self, folder: Path) -> None:
        """Merges the trees of each table into one."""
        db = _connect(folder)
        for table in ("stems", "words", "caption_stems", "other_words"):
            db.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("VACUUM")
        db.execute("ANALYZE")
        db.close()

    def open(self, folder: Path) -> None:
        self._db = _connect(folder)
        self._name = dict(self._db.execute("SELECT key, value FROM name"))

    def search(self, query: BenchQuery, snippets: bool) -> Answer:
        table, match = _match(query)
        sql, parameters = _hits(query, table, match)
        if query.publisher is not None:
            parameters.append(next(self._db.execute("SELECT key FROM name WHERE value = ?", (query.publisher,)))[0])
        order = "r DESC" if query.newest else "r"
        found: dict[str, list[tuple[int, int]]] = {"hit": [], "publisher": [], "author": [], "month": [], "total": []}
        statement = _SEARCH.format(hits=sql, order=order, top=TOP, buckets=BUCKETS)
        for what, key, count in self._db.execute(statement, parameters):
            found[what].append((key, count))
        ids, passages = self._show(table, match, [n for n, _ in found["hit"]]) if snippets else ((), ())
        return Answer(
            total=found["total"][0][1],
            publisher={self._name[key]: count for key, count in found["publisher"]},
            author={self._name[key]: count for key, count in found["author"]},
            months=dict(found["month"]),
            ids=ids,
            snippets=passages,
        )

    def _show(self, table: str, match: str, rows: list[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        listed = ",".join(map(str, rows))
        by_row = {row[0]: row for row in self._db.execute(_SHOW.format(table=table, rows=listed), (match,))}
        return tuple(by_row[n][1] for n in rows), tuple(by_row[n][4] for n in rows)

    def supports(self, _: BenchQuery) -> bool:
        return True

    def versions(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"


def _connect(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / "articles.db")
    db.execute(f"PRAGMA cache_size = {CACHE}")
    db.execute(f"PRAGMA mmap_size = {1 << 36}")
    db.execute("PRAGMA synchronous = NORMAL")
    return db


def _row(n: int, article: dict[str, Any]) -> tuple[Any, ...]:
    shown = {name: article[name] for name in ("published", "language", "url", "path")}
    return (
        n,
        article["id"],
        article["title"],
        "\n\n".join(article["summary"]),
        "\n".join(article["author"]),
        article["body"],
        "\n\n".join(article["captions"]),
        article["publisher"],
        article["place"],
        json.dumps(shown),
    )


def _match(query: BenchQuery) -> tuple[str, str]:
    """The table to ask, and the expression."""
    if query.kind == "phrase":
        return "words", '"' + " ".join(query.words) + '"'
    if query.kind == "prefix":
        return "words", f'"{query.words[0]}"*'
    return "stems", (" AND " if query.every else " OR ").join(f'"{word}"' for word in query.words)


def _hits(query: BenchQuery, table: str, match: str) -> tuple[str, list[Any]]:
    """SQL for the rows `n` of all matches with what they are ordered by, `r`."""
    by_rank = f"SELECT {table}.rowid AS n, rank AS r FROM {table} WHERE {table} MATCH ?"
    if query.newest:
        return f"SELECT n, instant AS r FROM {table} JOIN value ON n = {table}.rowid WHERE {table} MATCH ?", [match]
    if query.publisher is not None:
        of_it = f"SELECT n, rank AS r FROM {table} JOIN value ON n = {table}.rowid"
        return f"{of_it} WHERE {table} MATCH ? AND publisher = ?", [match]
    return by_rank, [match]
