"""bm25s: BM25 scores computed when indexing, summed in numpy. It ranks and does nothing else."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer

from bench.peers import TOP, Answer, combined, read
from bench.queries import BenchQuery

_WORD = re.compile(r"\w+")


class Bm25s:
    name = "bm25s"
    index = "bm25s"
    does = "ranking alone: the top 10 of OR queries; no total, no facets, no phrases, no stored articles"
    jobs = (1,)
    every = 1
    rounds = 100
    snippets = (False,)

    def build(self, corpus: Path, folder: Path, jobs: int) -> None:  # noqa: ARG002
        numbers: dict[str, int] = {}
        seen: dict[str, int] = {}
        stem = Stemmer.Stemmer("english").stemWord
        documents: list[Any] = []
        for article in read(corpus):
            words = _WORD.findall(combined(article).lower())
            for word in words:
                if word not in seen:
                    seen[word] = numbers.setdefault(stem(word), len(numbers))
            documents.append(np.array([seen[word] for word in words], dtype=np.int32))
        ranker = bm25s.BM25(method="lucene")
        ranker.index((documents, numbers), show_progress=False)
        ranker.save(str(folder), show_progress=False)
        (folder / "terms.json").write_text(json.dumps(numbers), encoding="utf-8")

    def tune(self, folder: Path) -> None:
        pass

    def open(self, folder: Path) -> None:
        self._ranker = bm25s.BM25.load(str(folder), mmap=True)
        self._stem = Stemmer.Stemmer("english").stemWord

    def search(self, query: BenchQuery, snippets: bool) -> Answer:  # noqa: ARG002
        words = [[self._stem(word) for word in query.words]]
        self._ranker.retrieve(words, k=TOP, show_progress=False, n_threads=0)
        return Answer()

    def supports(self, query: BenchQuery) -> bool:
        return query.kind == "or"

    def versions(self) -> str:
        return f"bm25s {version('bm25s')}"
