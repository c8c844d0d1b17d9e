"""Until when a search may go on: one clock for all its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import perf_counter
from typing import TypeVar

Clock = Callable[[], float]  # in seconds, from anywhere on
T = TypeVar("T")
E = TypeVar("E")


class OutOfTime(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Deadline:
    ends: float = inf
    now: Clock = perf_counter

    @classmethod
    def after(cls, seconds: float, now: Clock = perf_counter) -> Deadline:
        return cls(now() + seconds, now)

    def left(self) -> float:
        """In seconds; 0 and below: none."""
        return self.ends - self.now()

    def check(self) -> None:
        """Raises OutOfTime."""
        if self.left() <= 0:
            raise OutOfTime


class Timely:
    """For what an answer can do without where time has run out. partial: whether something was left undone"""

    def __init__(self, deadline: Deadline) -> None:
        self.partial = False
        self._deadline = deadline

    def __call__(self, make: Callable[[], T], otherwise: E) -> T | E:
        try:
            self._deadline.check()
            return make()
        except OutOfTime:
            self.partial = True
            return otherwise
