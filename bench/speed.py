"""Dateline and its peers side by side in one run: `python -m bench.speed --articles N [--peers ...] [--rounds R]`.

Each peer indexes the same articles in turn, alone. Then each has its index open in a process of its own, and every
query is put to one after the other, so that a machine that speeds up or slows down does so for all. What is done stands
in build/bench/ and is not done again: an interrupted run goes on where it was, and other peers can be added to it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

from bench import corpus, measure, report
from bench.measure import Asked
from bench.peers import PEERS, Answer, Peer, peer
from bench.queries import BenchQuery, drawn
from bench.report import Run

ROUNDS = 3
BLOCK = 1
RESULTS = Path("bench/RESULTS.md")
PROGRESS_SECONDS = 15.0


def measured(articles: int, seed: int, peers: Sequence[Peer], rounds: int, block: int, clock: str) -> Run:
    """Builds and asks what has not been built and asked before, and returns all of it."""
    source = corpus.written(articles, seed)
    queries = drawn(source, seed)
    folder = corpus.FOLDER / f"{seed}-{articles}"
    folder.mkdir(exist_ok=True)
    for one in peers:
        _build(one, source, folder)
    log = folder / f"answers-{_digest(peers, queries)}-{block}.jsonl"
    _ask_all(peers, queries, rounds, block, folder, log)
    return Run(
        articles=articles,
        queries=queries,
        answers=list(report.rows(log)),
        builds={one.name: [_read(_record(one, folder, jobs)) for jobs in one.jobs] for one in peers},
        openings={one.name: _read(_opened(one, folder)) for one in peers if _opened(one, folder).exists()},
        clock=clock,
    )


def fingerprint(one: Peer) -> str:
    """Changes when an index built before would not be the one built now."""
    module = Path(sys.modules[type(one).__module__].__file__ or "")
    return hashlib.sha256(module.read_bytes() + one.versions().encode()).hexdigest()[:12]


def _digest(peers: Sequence[Peer], queries: Sequence[BenchQuery]) -> str:
    whole = [[one.name, fingerprint(one)] for one in peers], [asdict(query) for query in queries]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:12]


def _index(one: Peer, folder: Path, jobs: int) -> Path:
    return folder / f"{one.index}-{jobs}-{fingerprint(one)}"


def _record(one: Peer, folder: Path, jobs: int) -> Path:
    index = _index(one, folder, jobs)
    return index.with_name(index.name + ".json")


def _opened(one: Peer, folder: Path) -> Path:
    return folder / f"{one.name}-opened-{fingerprint(one)}.json"


def _build(one: Peer, source: Path, folder: Path) -> None:
    for jobs in one.jobs:
        index, record = _index(one, folder, jobs), _record(one, folder, jobs)
        if record.exists():
            continue
        shutil.rmtree(index, ignore_errors=True)
        print(f"{one.index} indexes {source.name} with {jobs} job(s)", file=sys.stderr)
        built = measure.build(one.name, source, index, jobs)
        _write(record, {"jobs": jobs, **asdict(built)})
        print(f"  {built.seconds:.0f} s, peak {built.peak:.0f} MB, {built.size:.0f} MB on disk", file=sys.stderr)
        if jobs != one.jobs[-1]:
            shutil.rmtree(index)


def _ask_all(
    peers: Sequence[Peer], queries: Sequence[BenchQuery], rounds: int, block: int, folder: Path, log: Path
) -> None:
    done = {(row["round"], row["query"], row["peer"], row["snippets"]) for row in report.rows(log)}
    questions = [
        (round_number, query, one.name, snippets)
        for round_number, snippets, query, one in _questions(peers, queries, rounds, block)
        if (round_number, query, one.name, snippets) not in done
    ]
    if not questions:
        return
    with ExitStack() as stack, log.open("a", encoding="utf-8") as file:
        file.write("\n")  # an interruption may have left half a line
        asked = {}
        for one in peers:
            index = _index(one, folder, one.jobs[-1])
            first = next(query for query in queries if one.supports(query))
            opened = measure.opening(one.name, index, first, one.snippets[-1])
            asked[one.name] = stack.enter_context(measure.asking(one.name, index))
            asked[one.name].open(first, one.snippets[-1])
            _warm_up(asked[one.name], one, queries)
            _write(_opened(one, folder), asdict(opened))
        started = told = time.monotonic()
        for number, (round_number, query, name, snippets) in enumerate(questions, 1):
            answer, elapsed, used = asked[name].search(queries[query], snippets)
            row = {
                "round": round_number,
                "query": query,
                "peer": name,
                "snippets": snippets,
                "ms": elapsed,
                "cpu": used,
            }
            file.write(json.dumps(row | (_checked(answer) if round_number == 0 else {})) + "\n")
            if time.monotonic() - told > PROGRESS_SECONDS:
                told = time.monotonic()
                left = (told - started) / number * (len(questions) - number)
                print(f"round {round_number + 1}: {number:,} of {len(questions):,}, {left:.0f} s left", file=sys.stderr)
        for one in peers:
            _write(_opened(one, folder), _read(_opened(one, folder)) | {"answered": asked[one.name].memory()})


def _questions(
    peers: Sequence[Peer], queries: Sequence[BenchQuery], rounds: int, block: int
) -> Iterator[tuple[int, bool, int, Peer]]:
    """In each round all queries go to all peers, `block` queries to each in turn, first without and then with snippets.
    Who begins changes.
    """
    for round_number, snippets, first in product(range(rounds), (False, True), range(0, len(queries), block)):
        turn = (first // block + round_number) % len(peers)
        for one in (*peers[turn:], *peers[:turn]):
            if round_number >= one.rounds or snippets not in one.snippets:
                continue
            for number in range(first, min(first + block, len(queries))):
                if number % one.every == 0 and one.supports(queries[number]):
                    yield round_number, snippets, number, one


def _warm_up(asked: Asked, one: Peer, queries: Sequence[BenchQuery]) -> None:
    fitting = [query for query in queries if one.supports(query)]
    for query in fitting[:: max(1, len(fitting) // measure.WARM_UP)]:
        asked.search(query, one.snippets[-1])


def _checked(answer: Answer) -> dict[str, Any]:
    """What is compared between peers. Values of equal counts may stand in any order, so counts alone are kept."""
    return {
        "total": answer.total,
        "publisher": sorted(answer.publisher.values()),
        "author": sorted(answer.author.values()),
        "months": hashlib.sha256(repr(sorted(answer.months.items())).encode()).hexdigest()[:12]
        if answer.months
        else None,
        "ids": answer.ids,
    }


def _write(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, nargs="+", default=[100_000], metavar="N", help="one size or several")
    parser.add_argument("--seed", type=int, default=corpus.SEED, metavar="S")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS), metavar="PEER", help=", ".join(PEERS))
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="R")
    parser.add_argument("--block", type=int, default=BLOCK, metavar="B", help="queries a peer answers in a row")
    parser.add_argument("--clock", choices=("ms", "cpu"), default="ms", help="cpu: processor time, for a busy machine")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help=f"default: {RESULTS} for all peers, else the terminal"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no peer goes on indexing alone
    peers = [peer(name) for name in arguments.peers]
    runs = [
        measured(articles, arguments.seed, peers, arguments.rounds, arguments.block, arguments.clock)
        for articles in sorted(arguments.articles)
    ]
    text = report.page(
        runs,
        {one.name: one.does for one in peers},
        [one.versions() for one in peers],
        shlex.join(["python", "-m", "bench.speed", *sys.argv[1:]]),
    )
    output = arguments.output or (RESULTS if arguments.peers == list(PEERS) else None)
    if output is None:
        print(text)
    else:
        output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
