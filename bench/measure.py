"""Peers at work in processes of their own, and what they cost: time, memory, disk."""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from bench.peers import Answer, peer
from bench.queries import BenchQuery

SAMPLE_SECONDS = 0.1  # between two looks at the memory of a process tree
WARM_UP = 40  # queries asked before any is timed
OPENINGS = 3  # fresh processes in which opening is timed
MB = 1_000_000

_processes = multiprocessing.get_context("spawn")  # nothing inherited: a peer's memory is its own


@dataclass(frozen=True, slots=True)
class Built:
    seconds: float
    cpu: float  # seconds of processor time, of all its processes: what a busy machine does not falsify
    peak: float  # MB of the process tree that no file on disk stands behind (anonymous and shared memory)
    peak_mapped: float  # the same with mapped pages of files
    size: float  # MB on disk once tuned
    tuning: float  # seconds


@dataclass(frozen=True, slots=True)
class Opened:
    milliseconds: float
    first: float  # milliseconds of the first query after it
    imported: float  # MB of the process that no file stands behind, before opening
    opened: float  # and after the first query


def build(name: str, corpus: Path, folder: Path, jobs: int) -> Built:
    """Raises RuntimeError where the peer fails."""
    folder.mkdir(parents=True)
    here, there = _processes.Pipe()
    process = _processes.Process(target=_build, args=(name, corpus, folder, jobs, there))
    process.start()
    there.close()
    peak = peak_mapped = 0.0
    try:
        while not here.poll(SAMPLE_SECONDS):
            anonymous, proportional = _memory_of_tree(process.pid or 0)
            peak, peak_mapped = max(peak, anonymous), max(peak_mapped, proportional)
        seconds, cpu, tuning = here.recv()
    except EOFError:
        raise RuntimeError(f"{name} could not index {corpus}") from None
    except BaseException:
        process.terminate()
        raise
    finally:
        process.join()
    return Built(seconds, cpu, peak, peak_mapped, size(folder), tuning)


def _build(name: str, corpus: Path, folder: Path, jobs: int, answer: Connection) -> None:
    chosen = peer(name)
    start = time.perf_counter()
    chosen.build(corpus, folder, jobs)
    built, cpu = time.perf_counter(), _cpu_seconds()
    chosen.tune(folder)
    answer.send((built - start, cpu, time.perf_counter() - built))


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / MB


def _memory_of_tree(pid: int) -> tuple[float, float]:
    """MB that are anonymous or shared memory, and MB with each process's share of mapped files."""
    anonymous = proportional = 0.0
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0, 0.0
    for process in family:
        values = _rollup(process.pid)
        anonymous += values.get("Pss_Anon", 0) + values.get("Pss_Shmem", 0)
        proportional += values.get("Pss", 0)
    return anonymous, proportional


def _rollup(pid: int) -> dict[str, float]:
    """MB by kind; empty for a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except (OSError, ProcessLookupError):
        return {}
    return {line.split(":")[0]: int(line.split()[1]) * 1024 / MB for line in lines}


def _own_memory() -> float:
    """MB beyond what is mapped from files."""
    values = _rollup(os.getpid())
    return values.get("Pss_Anon", 0) + values.get("Pss_Shmem", 0)


class Asked:
    """A peer with its index open in a process of its own. Times are taken there: the way between is not counted."""

    def __init__(self, name: str, folder: Path) -> None:
        self._pipe, there = _processes.Pipe()
        self._process = _processes.Process(target=_serve, args=(name, folder, there), daemon=True)
        self._process.start()
        there.close()

    def search(self, query: BenchQuery, snippets: bool) -> tuple[Answer, float, float]:
        """The answer, and the milliseconds it took by the clock and of processor time. Raises RuntimeError with the
        peer's own words.
        """
        found: tuple[Answer, float, float] = self._ask("search", query, snippets)
        return found

    def open(self, query: BenchQuery, snippets: bool) -> Opened:
        opened: Opened = self._ask("open", query, snippets)
        return opened

    def memory(self) -> float:
        memory: float = self._ask("memory")
        return memory

    def _ask(self, *question: Any) -> Any:
        self._pipe.send(question)
        answer = self._pipe.recv()
        if isinstance(answer, Exception):
            raise RuntimeError(repr(answer)) from answer
        return answer

    def close(self) -> None:
        self._pipe.close()
        self._process.join()


def _serve(name: str, folder: Path, pipe: Connection) -> None:
    chosen = peer(name)
    while True:
        try:
            verb, *rest = pipe.recv()
        except EOFError:
            return
        try:
            match verb:
                case "open":
                    pipe.send(_open(chosen, folder, *rest))
                case "search":
                    start, used = time.perf_counter(), time.process_time()
                    answer = chosen.search(*rest)
                    elapsed, used = time.perf_counter() - start, time.process_time() - used
                    pipe.send((answer, elapsed * 1000, used * 1000))
                case "memory":
                    pipe.send(_own_memory())
        except Exception as error:
            pipe.send(error)


def _open(chosen: Any, folder: Path, query: BenchQuery, snippets: bool) -> Opened:
    imported = _own_memory()
    start = time.perf_counter()
    chosen.open(folder)
    opened = time.perf_counter()
    chosen.search(query, snippets)
    answered = time.perf_counter()
    return Opened((opened - start) * 1000, (answered - opened) * 1000, imported, _own_memory())


@contextmanager
def asking(name: str, folder: Path) -> Iterator[Asked]:
    asked = Asked(name, folder)
    try:
        yield asked
    finally:
        asked.close()


def opening(name: str, folder: Path, query: BenchQuery, snippets: bool) -> Opened:
    """Medians over fresh processes; the files are in the system's cache."""
    times = []
    for _ in range(OPENINGS):
        with asking(name, folder) as asked:
            times.append(asked.open(query, snippets))
    return Opened(*map(statistics.median, zip(*map(astuple, times), strict=True)))
