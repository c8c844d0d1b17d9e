"""What is measured: one file per peer, all of them doing the same work on the same fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from bench.queries import BenchQuery

TOP = 10  # hits
BUCKETS = 10  # values of one facet
UNDATED = -(2**53)  # instant of an article without a date: after all others, newest first


@dataclass(frozen=True, slots=True)
class Answer:
    """ids:       of the best ten, best first; empty where they were not asked for
    total:     None where the peer does not count
    publisher, author: the ten most frequent values with their counts
    months:    the number of articles by month, counted from year 0
    snippets:  of the best ten, in the order of `ids`; empty where they were not asked for
    """

    total: int | None = None
    publisher: Mapping[str, int] = field(default_factory=dict)
    author: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[int, int] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    snippets: tuple[str, ...] = ()


class Peer(Protocol):
    name: str
    index: str  # name of its folder; peers that ask one index in different ways share it
    does: str  # in a few words, what it is asked to do
    jobs: tuple[int, ...]  # with how many processes or threads it can index
    every: int  # asked one query of so many, for the slow ones
    rounds: int  # takes part in so many rounds at most
    snippets: tuple[bool, ...]  # which works it can do: without and with stored articles and snippets

    def build(self, corpus: Path, folder: Path, jobs: int) -> None:
        """Indexes the corpus into an empty folder; returns when it is on disk and no work is left behind."""

    def tune(self, folder: Path) -> None:
        """What an operator does once afterwards to make searching fast; not counted as indexing."""

    def open(self, folder: Path) -> None: ...

    def search(self, query: BenchQuery, snippets: bool) -> Answer:
        """Best ten, total, two facets and months; with `snippets` also the stored articles of the ten and a passage of
        each. Without, ids stay unresolved.
        """

    def supports(self, query: BenchQuery) -> bool: ...

    def versions(self) -> str: ...


PEERS = {  # name -> module and class
    "dateline": ("bench.peers.dateline_peer", "Dateline"),
    "columnar": ("bench.peers.columnar_peer", "Columnar"),
    "tantivy": ("bench.peers.tantivy_peer", "Tantivy"),
    "fts5": ("bench.peers.fts5", "Fts5"),
    "bm25s": ("bench.peers.bm25s_peer", "Bm25s"),
    "whoosh": ("bench.peers.whoosh_peer", "WhooshTop"),
    "whoosh-all": ("bench.peers.whoosh_peer", "WhooshAll"),
}


def peer(name: str) -> Peer:
    """Imports no peer but this one."""
    module, cls = PEERS[name]
    made: Peer = getattr(import_module(module), cls)()
    return made


def read(corpus: Path) -> Iterator[dict[str, Any]]:
    with corpus.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def combined(article: Mapping[str, Any]) -> str:
    """The text that bare words search, as `search.schema` has it: the title three times, summary, byline, body."""
    return "\n\n".join([article["title"]] * 3 + article["summary"] + article["author"] + [article["body"]])


def month(article: Mapping[str, Any]) -> int | None:
    published = article["published"]
    return int(published[:4]) * 12 + int(published[5:7]) - 1 if published else None


def instant(article: Mapping[str, Any]) -> int:
    """Seconds since 1970."""
    if not article["published"]:
        return UNDATED
    moment = datetime.fromisoformat(article["published"])
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
