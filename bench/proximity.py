"""What ranking costs beside plain BM25: `python -m bench.proximity [--articles N] [--rounds R]`.

Each OR and AND query of the benchmark is put to the evaluator with the bonus for nearness and without it, in turn, in
one process; its time is the least of its rounds, of the processor, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import corpus
from bench.peers.dateline_peer import Dateline, compiled
from bench.queries import BenchQuery, drawn
from search.columnar.evaluate import evaluate
from search.whoosh_compiler import Compiler
from search.whoosh_ranking import BM25, proximity
from search.whoosh_store import WhooshStore

ROUNDS = 5
SEED = 1
KINDS = ("or", "and")


def measured(searcher: Any, queries: list[BenchQuery], rounds: int) -> Iterator[tuple[BenchQuery, float, float]]:
    """Each query with its milliseconds by plain BM25 and by the whole ranking."""
    compiler = Compiler(searcher)
    for query in queries:
        asked = compiled(query)
        ready, near = compiler.compile(asked), proximity(asked, compiler.languages)
        rows = [[_milliseconds(searcher, ready, bonus) for bonus in (None, near)] for _ in range(rounds)]
        plain, whole = map(min, zip(*rows, strict=True))
        yield query, plain, whole


def _milliseconds(searcher: Any, ready: Any, bonus: Any) -> float:
    begun = time.process_time_ns()
    evaluate(searcher, ready, limit=10, proximity=bonus)
    return (time.process_time_ns() - begun) / 1e6


def table(rows: list[tuple[BenchQuery, float, float]]) -> str:
    """Medians of milliseconds, as Markdown: of all queries, then by kind and band."""
    lines = ["| queries | plain BM25 | with nearness | ratio |", "|---|---:|---:|---:|"]
    for name in ("all", *KINDS, *dict.fromkeys(query.name for query, _, _ in rows)):
        of = [times for query, *times in rows if name in ("all", query.kind, query.name)]
        plain, whole = map(statistics.median, zip(*of, strict=True))
        lines.append(f"| {name} | {plain:.3f} | {whole:.3f} | {whole / plain:.2f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.proximity", description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--index", type=Path, help="of an engine that holds these articles; built anew without it")
    asked = parser.parse_args()
    source = corpus.written(asked.articles, SEED)
    folder = asked.index or corpus.FOLDER / f"proximity-{asked.articles}"
    if not folder.exists():
        Dateline().build(source, folder, jobs=1)
    queries = [query for query in drawn(source, SEED) if query.kind in KINDS]
    index = WhooshStore(folder).open(lambda generation: generation.index)
    with index.searcher(weighting=BM25()) as searcher:
        print(table(list(measured(searcher, queries, asked.rounds))))


if __name__ == "__main__":
    main()
