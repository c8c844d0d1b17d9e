"""What fuzzing found once, and what it begins with, harms nothing any more. `make fuzz` hunts for more."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.corpus import KEPT, TARGETS, kept


def inputs() -> Iterator[tuple[str, str, bytes]]:
    for target in TARGETS:
        for number, seed in enumerate(importlib.import_module(f"tests.fuzz.{target}").SEEDS):
            yield target, f"seed-{number}", seed
        for path in kept(target):
            yield target, path.name, path.read_bytes()


@pytest.mark.parametrize(("target", "name", "data"), [pytest.param(*one, id="/".join(one[:2])) for one in inputs()])
def test_what_was_found_is_mended(target: str, name: str, data: bytes) -> None:  # noqa: ARG001
    importlib.import_module(f"tests.fuzz.{target}").attack(data)


def test_everything_kept_belongs_to_a_target() -> None:
    assert {path.name for path in KEPT.iterdir()} <= set(TARGETS)


@pytest.mark.parametrize("seed", range(0, 400, 20))
def test_a_columnar_file_changed_at_random_is_told_or_harmless(seed: int) -> None:
    """The mutations of the fuzzer, some of which have checksums that fit."""
    columnar = importlib.import_module("tests.fuzz.columnar")
    for which in columnar.SEEDS:
        for number in range(seed, seed + 20):
            columnar.attack(columnar.mutate(which, len(which) + 4096, number))


def test_make_fuzzes_every_target() -> None:
    makefile = Path(__file__).parent.parent.joinpath("Makefile").read_text()
    assert f"\nFUZZED := {' '.join(TARGETS)}\n" in makefile
