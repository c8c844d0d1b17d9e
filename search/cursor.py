"""Cursors: texts that say where in the order of a search an answer ended, so that the next one can go on from there.

To whoever holds one it is opaque. It holds no secret and opens no door: its checksum, in which the search takes part,
is there to tell one that was damaged or belongs to another search.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from hashlib import blake2b
from math import isfinite
from typing import Any

from search.engine import Search, SearchRefused

MAX_LENGTH = 200  # characters
_CHECKSUM = 6  # bytes


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last hit of an answer.

    generation: that answered
    key: what the hit was ordered by, in the engine's own form; None where it has nothing of the kind
    tie: what decided between it and its equals
    relaxed: whether any of the bare words was enough
    """

    generation: int
    key: float | int | None
    tie: int
    relaxed: bool


def written(cursor: Cursor, search: Search) -> str:
    """Letters, digits, `-` and `_`."""
    values = [cursor.generation, cursor.key, cursor.tie, int(cursor.relaxed)]
    payload = json.dumps(values, separators=(",", ":")).encode()
    return urlsafe_b64encode(_checksum(payload, search) + payload).rstrip(b"=").decode()


def read(text: str, search: Search) -> Cursor:
    """Raises SearchRefused for what was not written for this very search; page and size may be others."""
    try:
        whole = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)) if len(text) <= MAX_LENGTH else b""
    except ValueError:
        whole = b""
    checksum, payload = whole[:_CHECKSUM], whole[_CHECKSUM:]
    cursor = _cursor(payload) if checksum == _checksum(payload, search) else None
    if cursor is None:
        raise SearchRefused(
            "this cursor is of another search or was damaged on its way; leave it out to begin with the first hits",
            "cursor",
        )
    return cursor


def _cursor(payload: bytes) -> Cursor | None:
    """None for values that no answer has, as only a forged checksum lets through."""
    try:
        generation, key, tie, relaxed = json.loads(payload)
    except (ValueError, TypeError):
        return None
    whole_numbers = all(_is_whole(value) for value in (generation, tie, relaxed))
    if not whole_numbers or not (key is None or _is_whole(key) or (isinstance(key, float) and isfinite(key))):
        return None
    return Cursor(generation, key, tie, bool(relaxed))


def _is_whole(value: Any) -> bool:
    return type(value) is int and -(1 << 63) <= value < 1 << 64


def _checksum(payload: bytes, search: Search) -> bytes:
    """Of what is the same on every page of a search."""
    of_search = repr(replace(search, page=1, size=1, cursor="")).encode("utf-8", "surrogatepass")
    return blake2b(payload, digest_size=_CHECKSUM, key=blake2b(of_search).digest()).digest()
