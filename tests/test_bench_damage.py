"""The damage that extraction must stand."""

from __future__ import annotations

from random import Random

import pytest

from bench import damage
from bench.damage import ARTICLE, CHANGED, REASON, changed, damaged, outcome

DATA = bytes(range(256)) * 10


def test_damage_is_cut_off_files_and_changed_bytes() -> None:
    found = dict(damaged(DATA, Random(1), 3))
    assert list(found) == ["cut 0", "changed 0", "cut 1", "changed 1", "cut 2", "changed 2"]
    for name, broken in found.items():
        if name.startswith("cut"):
            assert DATA.startswith(broken)
            assert len(broken) < len(DATA)
        else:
            assert sum(one != other for one, other in zip(DATA, broken, strict=True)) == CHANGED


def test_damage_is_the_same_for_one_seed() -> None:
    assert list(damaged(DATA, Random("a"), 5)) == list(damaged(DATA, Random("a"), 5))
    assert list(damaged(DATA, Random("a"), 5)) != list(damaged(DATA, Random("b"), 5))


def test_a_short_file_is_damaged_as_far_as_it_goes() -> None:
    assert changed(b"", Random(1)) == b""
    assert all(one != other for one, other in zip(b"short", changed(b"short", Random(1)), strict=True))
    assert len(list(damaged(b"", Random(1), 2))) == 4


def test_outcomes_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome(b"A storm broke the pier on Sunday night, the harbour office said.", "a.txt") == ARTICLE
    assert outcome(b"", "a.txt") == REASON

    def broken(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(damage, "extract", broken)
    assert outcome(b"any", "a.txt") == "RecursionError: too deep"
