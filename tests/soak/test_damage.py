"""Files of an index that were cut short or altered anywhere: a clear error or an older commit, never a wrong answer."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.soak.archive import RUNS, commit
from tests.soak.measure import cases, seeded
from tests.soak.observer import Observed, Observer, observing, titles

MERGE = next(one for one in RUNS if one.name == "merge")


@pytest.fixture(scope="module")
def observe() -> Iterator[Observer]:
    with observing() as observer:
        yield observer


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of several commits, the newest of several segments, some articles deleted."""
    folder = tmp_path_factory.mktemp("damage")
    for editions in (*MERGE.before, MERGE.after):
        commit(folder / "index", folder / "articles.jsonl", editions)
    return folder / "index"


def cut(path: Path, draw: random.Random) -> str:
    size = path.stat().st_size
    left = draw.randrange(size)
    os.truncate(path, left)
    return f"cut to {left} of {size} bytes"


def flip(path: Path, draw: random.Random) -> str:
    data = bytearray(path.read_bytes())
    at, bit = draw.randrange(len(data)), draw.randrange(8)
    data[at] ^= 1 << bit
    path.write_bytes(data)
    return f"bit {bit} of byte {at} of {len(data)} flipped"


def overwrite(path: Path, draw: random.Random) -> str:
    """As by a disk that returns zeros, or another file's bytes, for a block."""
    data = bytearray(path.read_bytes())
    at = draw.randrange(len(data))
    length = len(data[at : at + 512])
    data[at : at + length] = draw.choice((bytes(length), draw.randbytes(length)))
    path.write_bytes(data)
    return f"{length} bytes from {at} of {len(data)} overwritten"


def lengthen(path: Path, draw: random.Random) -> str:
    with path.open("ab") as file:
        file.write(draw.randbytes(draw.randint(1, 600)))
    return "lengthened"


def age(path: Path, draw: random.Random) -> str:
    """What a clock that jumped says of it means nothing."""
    os.utime(path, ns=(draw.randrange(1 << 62),) * 2)
    return "of another time"


def remove(path: Path, _: random.Random) -> str:
    path.unlink()
    return "removed"


DAMAGES: tuple[Callable[[Path, random.Random], str], ...] = (cut, flip, flip, flip, overwrite, lengthen, age, remove)


def test_damage_is_told_or_passed_over_and_never_answers(index: Path, tmp_path: Path, observe: Observer) -> None:
    draw = seeded()
    truth = {number: observe(kept(index, number, tmp_path), everything=True) for number in numbers(index)}
    unfolded = truth | without_stories(index, tmp_path, observe)
    assert truth[max(truth)].titles == titles(MERGE.after)
    ends: Counter[str] = Counter()
    for _ in range(cases(10, 500)):
        damaged = fresh_copy(index, tmp_path / "damaged")
        path = draw.choice(sorted(path for path in damaged.rglob("*") if path.is_file() and path.stat().st_size))
        right = (truth, unfolded) if path == newest_stories(damaged) else (truth,)  # not every byte of it is read
        damage = draw.choice(DAMAGES)(path, draw)
        with naming(f"{path.relative_to(damaged)}, {damage}"):
            ends[judged(observe(damaged, everything=True), right)] += 1
    print(dict(ends))


def fresh_copy(index: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    copied(index, folder)
    return folder


@contextmanager
def naming(case: str) -> Iterator[None]:
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{case}: {error}") from error


def numbers(index: Path) -> list[int]:
    return sorted(int(path.name) for path in (index / "generations").iterdir())


def kept(index: Path, number: int, folder: Path) -> Path:
    """An index whose newest commit is that one: its pointer is lost, and what is newer too."""
    made = folder / f"until-{number}"
    copied(index, made)
    for newer in numbers(made):
        if newer > number:
            shutil.rmtree(made / "generations" / str(newer))
    (made / "current").unlink()
    return made


def without_stories(index: Path, folder: Path, observe: Observer) -> dict[int, Observed]:
    """The newest commit where nothing is folded: stories are an extra, for which no older commit has to answer."""
    newest = max(numbers(index))
    made = kept(index, newest, folder / "unfolded")
    newest_stories(made).unlink()
    return {newest: observe(made, everything=True)}


def newest_stories(index: Path) -> Path:
    return next((index / "generations" / str(max(numbers(index)))).glob("*.stories"))


def copied(index: Path, target: Path) -> None:
    """With its links: what is damaged in one commit is damaged in all that share it."""
    files: dict[tuple[int, int], Path] = {}
    for path in sorted(index.rglob("*")):
        made = target / path.relative_to(index)
        made.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            made.mkdir(exist_ok=True)
            continue
        found = path.stat()
        first = files.setdefault((found.st_dev, found.st_ino), made)
        if first is made:
            shutil.copy2(path, made)
        else:
            os.link(first, made)


def judged(found: Observed, right: Sequence[dict[int, Observed]]) -> str:
    """right: what each commit may answer, by its number; the same way to everything that is asked"""
    assert not found.crash, found.crash
    if found.error:
        assert any(word in found.error for word in ("damaged", "cannot be read")), found.error
        return "error"
    known = min(right, key=lambda truth: len(differing(found, truth)))
    assert found.titles == known[found.generation].titles, f"generation {found.generation}: {found.titles}"
    wrong = differing(found, known)
    assert not wrong, "; ".join(difference(name, found, known) for name in wrong)
    newest = max(known)
    assert found.generation == newest or found.damage, "an older commit answers and nobody says so"
    return "newest" if found.generation == newest else "older"


def differing(found: Observed, truth: dict[int, Observed]) -> list[str]:
    """What was asked and not answered so."""
    return [name for name, given in found.answers.items() if given[1] != truth[given[0]].answers[name][1]]


def difference(name: str, found: Observed, truth: dict[int, Observed]) -> str:
    generation, answer = found.answers[name]
    _, true = truth[generation].answers[name]
    if isinstance(answer, dict) and isinstance(true, dict):
        parts = {key: (answer.get(key), true[key]) for key in true if answer.get(key) != true[key]}
        return f"{name} of generation {generation}: {parts!s:.600}"
    return f"{name} of generation {generation}: {answer!s:.300} for {true!s:.300}"
