"""Snippets alone: Dateline's beside Whoosh's highlighter on the same texts, `python -m bench.snippets`."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from whoosh import analysis, highlight

from bench import corpus
from bench.queries import BenchQuery, drawn
from search.query import Or, Phrase, Query, Word
from search.snippets import snippet

SEARCHED = 5_000  # articles among which those of a query are looked for
HITS = 10
QUERIES = 300

_analyzer = analysis.StemmingAnalyzer(minsize=1, stoplist=None)


def _whoosh(body: str, query: BenchQuery) -> str:
    terms = {token.text for word in query.words for token in _analyzer(word, mode="query")}
    marked: str = highlight.highlight(
        body, terms, _analyzer, highlight.ContextFragmenter(), highlight.HtmlFormatter(), top=1, mode="index"
    )
    return marked


def _dateline(body: str, query: BenchQuery) -> str:
    return "".join(piece.text for piece in snippet(body, _query(query)))


def _query(query: BenchQuery) -> Query:
    return Phrase(" ".join(query.words)) if query.kind == "phrase" else Or(tuple(map(Word, query.words)))


def _hits(query: BenchQuery, bodies: list[tuple[str, str]]) -> list[str]:
    """Of the first articles that print one of the words; of a phrase, all of its words side by side."""
    wanted = (" ".join(query.words),) if query.kind == "phrase" else query.words
    return list(islice((body for body, lower in bodies if any(words in lower for words in wanted)), HITS))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.snippets", description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000, metavar="N")
    arguments = parser.parse_args()
    path = corpus.written(arguments.articles)
    queries = [query for query in drawn(path, corpus.SEED) if query.kind in ("or", "and", "phrase")]
    bodies = _bodies(path)
    makers: dict[str, Callable[[str, BenchQuery], str]] = {"whoosh": _whoosh, "dateline": _dateline}
    times: dict[str, list[float]] = {name: [] for name in makers}
    for number, query in enumerate(queries[:: max(1, len(queries) // QUERIES)]):
        hits = _hits(query, bodies)
        names = list(makers)[:: 1 if number % 2 else -1]
        for name in names if hits else ():
            start = time.process_time()
            for body in hits:
                makers[name](body, query)
            times[name].append((time.process_time() - start) / len(hits) * 1000)
    for name, found in times.items():
        print(f"{name}: {statistics.median(found):.3f} ms of processor time a snippet, median of {len(found)} queries")
    print(f"ratio: {statistics.median(times['whoosh']) / statistics.median(times['dateline']):.1f}")


def _bodies(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8") as file:
        found = [json.loads(line)["body"] for line in islice(file, SEARCHED)]
    return [(body, body.lower()) for body in found]


if __name__ == "__main__":
    main()
