"""How much is tried: little with every run of the suite, much by `make soak`, which sets $DATELINE_SOAK."""

from __future__ import annotations

import os
import random
import secrets
from typing import TypeVar

LONG = bool(os.environ.get("DATELINE_SOAK"))

T = TypeVar("T")


def cases(short: T, long: T) -> T:
    return long if LONG else short


def seeded() -> random.Random:
    """Draws otherwise each time, and as it did before where $DATELINE_SEED says what it printed then."""
    seed = int(os.environ.get("DATELINE_SEED") or secrets.randbits(32))
    print(f"DATELINE_SEED={seed}")
    return random.Random(seed)
