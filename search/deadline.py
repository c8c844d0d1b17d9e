"""Until when a search may go on: one clock for all its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import perf_counter

Clock = Callable[[], float]  # in seconds, from anywhere on


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
