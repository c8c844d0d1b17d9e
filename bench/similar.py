"""How long it takes to find the articles like one, `python -m bench.similar --index URL`, in processor time."""

from __future__ import annotations

import argparse
import random
import statistics
import time
from itertools import islice

from search import Engine, open_engine

WANTED = 5
ARTICLES = 200
DRAWN_FROM = 50_000


def times(engine: Engine, ids: list[str]) -> list[float]:
    """In milliseconds, rising."""
    spent = []
    for article_id in ids:
        started = time.thread_time()
        engine.similar(article_id, WANTED)
        spent.append((time.thread_time() - started) * 1000)
    return sorted(spent)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.similar", description=__doc__)
    parser.add_argument("--index", required=True, metavar="URL")
    with open_engine(parser.parse_args().index) as engine:
        known = [origin.article_id for origin in islice(engine.origins(), DRAWN_FROM)]
        ids = random.Random(1).sample(known, min(ARTICLES, len(known)))
        for name in ("first", "again"):
            spent = times(engine, ids)
            print(
                f"{name}: median {statistics.median(spent):.2f} ms, p95 {spent[int(len(spent) * 0.95)]:.2f} ms, "
                f"most {spent[-1]:.2f} ms, {len(ids)} of {engine.count():,} articles"
            )


if __name__ == "__main__":
    main()
