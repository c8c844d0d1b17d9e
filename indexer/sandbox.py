"""What reads hostile captures runs in worker processes, each bounded in memory and in time: one that exceeds its bounds
is killed by the kernel, whatever library it is in, and takes its own call along and no other.

Workers are kept for the next call, until this process ends.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from pebble import ProcessExpired, ProcessPool

MAX_SECONDS = 60.0  # of a processor for one call: a busy machine takes longer, and that is nobody's fault
MAX_WAIT = 600.0  # seconds by the clock, for one that computes nothing and does not come back either
MAX_START = 60.0  # seconds in which a worker begins with a call, when none is at work on another
LOOK = 1.0  # seconds between looks at a call that does not come back
MAX_MEMORY = 1024**3  # bytes that a worker may take: the largest captures take a third of it
MAX_CALLS = 10_000  # that a worker answers; what its libraries keep then goes with it

_OUT_OF_MEMORY = 77  # the status with which a worker ends

T = TypeVar("T")


class Exceeded(Exception):
    """A call that ended with its worker; str() says why, in the user's words."""


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float = MAX_SECONDS
    wait: float = MAX_WAIT
    memory: int = MAX_MEMORY


LIMITS = Limits()


class Call(Generic[T]):
    """A function that runs in one of so many worker processes; it and its arguments are pickled."""

    def __init__(
        self, processes: int, function: Callable[..., T], *arguments: Any, limits: Limits | None = None
    ) -> None:
        self._processes = processes
        self._limits = limits or LIMITS
        self._asked = (self._limits, function, arguments)
        self._future = self._started()

    def result(self) -> T:
        """Waits for it. Raises Exceeded, and whatever the function raises."""
        try:
            return self._come_back()
        except BrokenProcessPool:  # by a worker that died with nothing to do
            self._future = self._started()
        try:
            return self._come_back()
        except BrokenProcessPool:
            raise Exceeded(_why(None, self._limits)) from None

    def cancel(self) -> None:
        """Ends its worker if it is at work on it."""
        self._future.cancel()

    def _started(self) -> Future[T]:
        with _no_ctrl_c():
            try:
                future = self._scheduled()
            except (OSError, BrokenProcessPool, RuntimeError):  # a process of the pool was killed as it was started
                _end(_pools.pop(self._processes))
                future = self._scheduled()
        _calls.add(future)
        return future

    def _scheduled(self) -> Future[T]:
        self._pool = _pool(self._processes)
        future: Future[T] = self._pool.schedule(_bounded, self._asked, timeout=self._limits.wait)
        return future

    def _come_back(self) -> T:
        try:
            self._wait()
            return self._future.result(0)
        except TimeoutError:
            raise Exceeded(f"did not come back within {self._limits.wait:g} seconds") from None
        except ProcessExpired as error:
            raise Exceeded(_why(error.exitcode, self._limits)) from None

    def _wait(self) -> None:
        """Raises BrokenProcessPool where its pool has lost it, which the pool itself does not tell: a worker was killed
        that had taken it and not said so yet, or it was given to a pool that was just about to break."""
        begun = idle_since = time.monotonic()
        while not wait((self._future,), LOOK)[0]:
            now = time.monotonic()
            if any(call.running() for call in _calls):
                idle_since = now
            if now - begun > 2 * self._limits.wait:
                return
            if not self._pool.active or now - idle_since > MAX_START:
                _end(self._pool)
                raise BrokenProcessPool


def _why(status: int | None, limits: Limits) -> str:
    """Why a worker is gone, by its exit status."""
    if status == -signal.SIGPROF:
        return f"took longer than {limits.seconds:g} seconds"
    if status == _OUT_OF_MEMORY:
        return f"needs more memory than {limits.memory // 2**20} MB"
    return "the process that read it died; it may need more memory than there is"


def _bounded(limits: Limits, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    """In the worker."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    memory = limits.memory if most == resource.RLIM_INFINITY else min(limits.memory, most)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, most))
    signal.setitimer(signal.ITIMER_PROF, limits.seconds)
    try:
        return function(*arguments)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # what the libraries still hold would be missed by the next call
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


_pools: dict[int, ProcessPool] = {}
_calls: WeakSet[Future[Any]] = WeakSet()


def _pool(processes: int) -> ProcessPool:
    pool = _pools.get(processes)
    if pool is None or not pool.active:
        if pool is not None:
            _end(pool)
        # Not forked: a copy of a process that has threads may find their locks taken for ever.
        spawn = multiprocessing.get_context("spawn")
        pool = _pools[processes] = ProcessPool(processes, MAX_CALLS, _watch_parent, context=spawn)
    return pool


@atexit.register
def close() -> None:
    """Ends the workers; the next call starts others."""
    while _pools:
        _end(_pools.popitem()[1])


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Ctrl-C goes to every process of a terminal. Workers start in here, or from threads that did, and keep it blocked:
    their parent answers."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _watch_parent() -> None:
    """A worker whose parent was killed would finish what nobody waits for."""
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
