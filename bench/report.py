"""What was measured, as Markdown."""

from __future__ import annotations

import json
import platform
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.queries import BenchQuery

Times = Mapping[int, float]  # by query: milliseconds, the median of the rounds


@dataclass(frozen=True, slots=True)
class Run:
    """All of one size of corpus. `builds`, `openings` by peer; a peer may lack either. `clock`: which times count, `ms`
    or `cpu`.
    """

    articles: int
    queries: Sequence[BenchQuery]
    answers: Sequence[Mapping[str, Any]]
    builds: Mapping[str, Sequence[Mapping[str, Any]]]
    openings: Mapping[str, Mapping[str, float]]
    clock: str

    def times(self, peer: str, snippets: bool) -> Times:
        found: dict[int, list[float]] = defaultdict(list)
        for row in self.answers:
            if row["peer"] == peer and row["snippets"] is snippets:
                found[row["query"]].append(row[self.clock])
        return {query: statistics.median(times) for query, times in found.items()}

    def answered(self, peer: str) -> dict[int, Mapping[str, Any]]:
        """By query the first answer in which the peer did all that it can."""
        found: dict[int, Mapping[str, Any]] = {}
        for row in self.answers:
            if row["peer"] == peer and row["round"] == 0:
                found[row["query"]] = row
        return found

    def classes(self) -> dict[str, list[int]]:
        """Every kind of query, and every kind in every band, with its queries."""
        found: dict[str, list[int]] = {}
        for number, query in enumerate(self.queries):
            found.setdefault(query.kind, []).append(number)
        for number, query in enumerate(self.queries):
            if query.kind in ("or", "and", "phrase"):
                found.setdefault(query.name, []).append(number)
        return dict(
            sorted(found.items(), key=lambda item: self.queries[item[1][0]].kind not in ("or", "and", "phrase"))
        )


def rows(log: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log, without one that an interruption cut off."""
    if not log.exists():
        return
    with log.open(encoding="utf-8") as file:
        for line in file:
            with suppress(json.JSONDecodeError):
                yield json.loads(line)


def page(runs: Sequence[Run], peers: Mapping[str, str], versions: Iterable[str], command: str) -> str:
    """peers: what each does, by name."""
    names = list(peers)
    clock = "Milliseconds" if runs[0].clock == "ms" else "Milliseconds of processor time"
    parts = [
        "# Speed, side by side\n\n"
        "(Ranking is in RELEVANCE.md, pages beside Datasette in HTTP.md, a server under load in LOAD.md.)",
        _machine(versions, command),
        "\n".join(f"- **{name}**: {does}" for name, does in peers.items()),
        f"{clock}, median and (95th percentile) over the queries of a class, each the median of its rounds. A peer "
        "that is asked one query of several, because it is slow, shows the median over those; ratios are over the "
        "queries that both answered.",
    ]
    for run in runs:
        parts += [f"## {run.articles:,} articles", *_sections(run, names)]
    if len(runs) > 1:
        parts += ["## Growth", _growth(runs, names)]
    return "\n\n".join(parts) + "\n"


def _machine(versions: Iterable[str], command: str) -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{psutil.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory, {platform.system()} "
        f"{platform.release().split('-')[0]}, Python {platform.python_version()}; "
        f"{', '.join(dict.fromkeys(versions))}.\n\n    {command}"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _sections(run: Run, names: Sequence[str]) -> Iterator[str]:
    for snippets, title in ((False, "Searching"), (True, "Searching, with stored articles and snippets")):
        times = {name: run.times(name, snippets) for name in names}
        asked = [name for name in names if times[name]]
        if not asked:
            continue
        classes = run.classes()
        yield f"### {title}"
        yield _table(
            ["query", *asked],
            ([kind, *(_spread(times[name], queries) for name in asked)] for kind, queries in classes.items()),
        )
        base = asked[0]
        yield f"Ratios of medians: how many times as long as {base}."
        yield _table(
            ["query", *asked[1:]],
            ([kind, *(_ratio(times[n], times[base], queries) for n in asked[1:])] for kind, queries in classes.items()),
        )
    yield "### Indexing"
    yield _indexing(run, names)
    yield "### Opening and memory"
    yield _opening(run, names)
    yield "### Agreement"
    yield from _agreement(run, names)


def _spread(times: Times, queries: Sequence[int]) -> str:
    found = sorted(times[query] for query in queries if query in times)
    if not found:
        return ""
    return f"{_figure(statistics.median(found))} ({_figure(found[int(0.95 * (len(found) - 1))])})"


def _ratio(times: Times, base: Times, queries: Sequence[int]) -> str:
    both = [query for query in queries if query in times and query in base]
    if not both:
        return ""
    return _figure(statistics.median(times[q] for q in both) / statistics.median(base[q] for q in both))


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _indexing(run: Run, names: Sequence[str]) -> str:
    lines = [
        [
            name,
            str(built["jobs"]),
            f"{run.articles / built['seconds']:,.0f}",
            f"{run.articles / built['cpu']:,.0f}",
            f"{built['peak']:,.0f}",
            f"{built['peak_mapped']:,.0f}",
            f"{built['size']:,.0f}",
        ]
        for name in names
        for built in run.builds.get(name, ())
    ]
    head = [
        "peer",
        "jobs",
        "articles a second",
        "a second of processor time",
        "peak MB",
        "with mapped files",
        "MB on disk",
    ]
    return _table(head, lines) + "\n\nPeak memory is of the whole process tree, anonymous and shared memory."


def _opening(run: Run, names: Sequence[str]) -> str:
    columns = ("milliseconds", "first", "imported", "opened", "answered")
    lines = [
        [name, *(_figure(run.openings[name][column]) for column in columns)] for name in names if name in run.openings
    ]
    head = ["peer", "open, ms", "first query, ms", "MB before opening", "MB after it", "MB after all queries"]
    return _table(head, lines) + "\n\nMemory is what no file stands behind: mapped pages of the index are left out."


def _agreement(run: Run, names: Sequence[str]) -> Iterator[str]:
    counting = [name for name in names if any(row["total"] is not None for row in run.answered(name).values())]
    if len(counting) < 2:
        return
    base, *others = counting
    yield f"Share of the queries to which a peer gives the same as {base}."
    found = {name: run.answered(name) for name in counting}
    checks: dict[str, Callable[[Mapping[str, Any]], Any]] = {
        "total": lambda row: row["total"],
        "publishers": lambda row: row["publisher"],
        "authors": lambda row: row["author"],
        "months": lambda row: row["months"],
    }
    lines = []
    for kind, queries in run.classes().items():
        if " " in kind:
            continue
        for what, value in checks.items():
            lines.append([kind, what, *(_share(value, found[base], found[name], queries) for name in others)])
    yield _table(["query", "what", *others], lines)


def _share(
    value: Callable[[Mapping[str, Any]], Any],
    base: Mapping[int, Mapping[str, Any]],
    other: Mapping[int, Mapping[str, Any]],
    queries: Sequence[int],
) -> str:
    both = [query for query in queries if query in base and query in other]
    both = [query for query in both if None not in (value(base[query]), value(other[query]))]  # what both count
    if not both:
        return ""
    return f"{sum(value(base[query]) == value(other[query]) for query in both) / len(both):.1%}"


def _growth(runs: Sequence[Run], names: Sequence[str]) -> str:
    """Median of the largest run over the median of the one before it."""
    small, large = runs[-2:]
    lines = []
    for kind in ("or", "and", "phrase", "prefix", "filtered", "newest"):
        line = [kind]
        for name in names:
            medians = []
            for run in (small, large):
                times = run.times(name, snippets=False) or run.times(name, snippets=True)
                found = [times[query] for query in run.classes()[kind] if query in times]
                medians.append(statistics.median(found) if found else 0.0)
            line.append(_figure(medians[1] / medians[0]) if all(medians) else "")
        lines.append(line)
    return f"From {small.articles:,} to {large.articles:,} articles the median grows by:\n\n" + _table(
        ["query", *names], lines
    )


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    body = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join(["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1), *body])
