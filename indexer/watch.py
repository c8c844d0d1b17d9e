"""Keeps an index current while its SOURCES are written to: runs of `index`, one after each burst of changes.

That something changed is told by the operating system, through watchfiles; what has changed is found by looking at all
files, of which only those are read that look different (`FileMemory`). So whatever is told twice, late or never, a run
leaves the index as a run of its own would; and one is made from time to time without being told.
"""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from watchfiles import Change, watch

from indexer.memory import Memory
from indexer.pipeline import Report
from indexer.sources import Failure, Source, is_read
from indexer.sources.memory import STILL
from search.engine import EngineError

TICK = 0.25  # seconds between looks at the clock
QUIET = 0.5  # seconds without a change that end a burst of them
LONGEST_BURST = 10.0  # seconds after which a burst is indexed though it goes on
LOOK_AGAIN = 60.0  # seconds after which a run is made unasked: not every file system tells of every change
SHARE = 20  # times as long as a run took are at least between it and one unasked
READ_AGAIN = 3600.0  # seconds after which a run reads every file again, whatever it looks like
RETRY = 5.0  # seconds until a run that failed is made again, twice as many after each failure in a row, until
LONGEST_RETRY = 300.0

Run = Callable[[Memory], Report]


class Schedule:
    """When the next run is due. Moments are seconds of any clock that does not jump."""

    def __init__(self, now: float) -> None:
        self._first: float | None = None  # change since the last run
        self._last = now
        self._planned = now

    def changed(self, now: float) -> None:
        self._last = now
        if self._first is None:
            self._first = now

    def plan(self, at: float) -> None:
        """A run is over, and the next one is due then, or after a change before."""
        self._first = None
        self._planned = at

    def is_due(self, now: float) -> bool:
        if self._first is not None and (now - self._last >= QUIET or now - self._first >= LONGEST_BURST):
            return True
        return now >= self._planned


class Watch:
    """Runs, and what is told of them.

    run:      one run of `index`, given what earlier ones left
    report:   is given the first run's report, and that of each run that changed something or met a new failure; with
              the failures that were not told before
    complain: is told why a run failed as a whole, once for each reason in a row
    """

    def __init__(
        self,
        run: Run,
        report: Callable[[Report], object],
        complain: Callable[[str], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._report = report
        self._complain = complain
        self._clock = clock
        self._memory = Memory()
        self._fresh_since = clock()
        self._running = False
        self._runs = 0
        self._told: frozenset[Failure] = frozenset()
        self._complaint: str | None = None
        self._retry = RETRY

    def follow(self, changes: Iterable[bool]) -> None:
        """Until the changes end: at each tick, whether something has changed since the last. Ctrl-C ends it too, and
        passes on as KeyboardInterrupt only from the midst of a run.
        """
        schedule = Schedule(self._clock())
        try:
            for changed in changes:
                now = self._clock()
                if changed:
                    schedule.changed(now)
                if schedule.is_due(now):
                    wait = self._once()
                    schedule.plan(self._clock() + wait)
        except KeyboardInterrupt:
            if self._running:
                raise

    def _once(self) -> float:
        """Makes a run; returns after how many seconds to make one unasked."""
        begun = self._clock()
        if begun - self._fresh_since >= READ_AGAIN:
            self._memory, self._fresh_since = Memory(), begun
        self._running = True
        try:
            report = self._run(self._memory)
        except EngineError as error:
            return self._failed(str(error))
        except Exception as error:  # a watch that ends unseen is worse than one that fails again and again, and says so
            return self._failed(f"the run failed: {error!r}")
        self._running, self._complaint, self._retry = False, None, RETRY
        unsettled = self._tell(report) or self._memory.files.awaiting
        return STILL if unsettled else max(LOOK_AGAIN, SHARE * (self._clock() - begun))

    def _tell(self, report: Report) -> bool:
        """Returns whether failures were kept back, of files that may be half written."""
        whole = [failure for failure in report.failed if not self._memory.files.is_young(failure.path)]
        new = tuple(failure for failure in whole if failure not in self._told)
        self._told = frozenset(whole)
        if new or not self._runs or report.added or report.updated or report.deleted:
            self._report(replace(report, failed=new))
        self._runs += 1
        return len(whole) < len(report.failed)

    def _failed(self, reason: str) -> float:
        self._running = False
        if reason != self._complaint:
            self._complain(reason)
        self._complaint = reason
        wait, self._retry = self._retry, min(2 * self._retry, LONGEST_RETRY)
        return wait


def changes(sources: Sequence[Source], complain: Callable[[str], object]) -> Iterator[bool]:
    """At each tick, whether something has changed in the SOURCES, or they themselves have, gone or come."""
    while True:
        yield from _until_replaced(sources, complain)


def _until_replaced(sources: Sequence[Source], complain: Callable[[str], object]) -> Iterator[bool]:
    """What is watched is a folder, not its path: when another one is in its place, that has to be watched anew."""
    roots = _roots(sources)
    for changed in _told(roots, complain):
        now = _roots(sources)
        yield changed or now != roots
        if _folders(now) != _folders(roots):
            return
        roots = now


@dataclass(frozen=True, slots=True)
class _Root:
    """What a SOURCE is now. stamp: of a folder which one it is, of a file which version too; empty where it is not."""

    path: str
    is_folder: bool
    stamp: tuple[int, ...]


def _roots(sources: Sequence[Source]) -> list[_Root]:
    return [_root(os.path.realpath(source.given)) for source in sources]


def _root(path: str) -> _Root:
    try:
        status = Path(path).stat()
    except OSError:
        return _Root(path, False, ())
    same = (status.st_dev, status.st_ino)
    if stat.S_ISDIR(status.st_mode):
        return _Root(path, True, same)
    return _Root(path, False, (*same, status.st_size, status.st_mtime_ns, status.st_ctime_ns))


def _folders(roots: Sequence[_Root]) -> list[_Root]:
    return [root for root in roots if root.is_folder]


def _told(roots: Sequence[_Root], complain: Callable[[str], object]) -> Iterator[bool]:
    """At each tick, whether the system told of a change in the folders. One that cannot be watched is looked at."""
    folders = [root.path for root in _folders(roots)]
    if folders:
        milliseconds = round(TICK * 1000)
        try:
            for told in watch(
                *folders,
                watch_filter=None,  # a filter would keep ticks back, too
                step=milliseconds // 5,
                debounce=milliseconds,
                rust_timeout=milliseconds,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                yield any(_matters(change, path) for change, path in told)
        except (OSError, RuntimeError) as error:
            complain(f"the system tells of no changes ({error}); looking every {LOOK_AGAIN:.0f} seconds instead")
    while True:
        time.sleep(TICK)
        yield False


def _matters(change: Change, path: str) -> bool:
    """Not what editors and other programs keep beside articles. What is gone might have been a folder."""
    if PurePath(path).name.startswith("."):
        return False
    return is_read(path) or change is Change.deleted or Path(path).is_dir()


def end_on_sigterm() -> None:
    """As Ctrl-C does: what a service is sent to stop must not end it in the midst of a commit."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
