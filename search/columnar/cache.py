"""What the evaluator keeps between searches: arrays that are dear to make, the least recently used dropped first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

MAX_BYTES = 96 << 20  # of the cache that all searches of a process share

T = TypeVar("T")


class Cache:
    """Values by key, of at most `max_bytes` together. A value larger than that is made anew each time.

    Values are shared between searches and threads, so nobody writes into one. Two threads that miss the same key at
    once both make its value; one of the two is kept.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._values

    def get(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int | None]) -> T:
        """The value kept under `key`, or else what `make` gives.

        size: how many bytes a value takes; None for one that is not to be kept
        """
        with self._lock:
            kept: tuple[T, int] | None = self._values.get(key)
            if kept is not None:
                self._values.move_to_end(key)
                return kept[0]
        value = make()
        self._keep(key, value, size(value))
        return value

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self.bytes = 0

    def _keep(self, key: Hashable, value: Any, size: int | None) -> None:
        if size is None or size > self.max_bytes:
            return
        with self._lock:
            if key in self._values:
                return
            self._values[key] = value, size
            self.bytes += size
            while self.bytes > self.max_bytes:
                _, (_, dropped) = self._values.popitem(last=False)
                self.bytes -= dropped


CACHE = Cache()
