from __future__ import annotations

import multiprocessing
import os
import re
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from indexer import pipeline, sandbox
from indexer.pipeline import index
from indexer.sandbox import Call, Exceeded, Limits
from search import open_engine

TIGHT = Limits(seconds=0.3, wait=60, memory=256 * 2**20)


def double(number: int) -> int:
    return 2 * number


def fail() -> None:
    raise ValueError("a reason of its own")


def die() -> None:
    os._exit(3)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def take_memory() -> int:
    return len([bytearray(2**20) for _ in range(1000)])


def take_much_memory_in_c() -> int:
    return len(b"x" * 2**29)


def keep_memory_whatever_happens() -> None:
    kept: list[bytes] = []
    while True:
        try:
            kept.append(bytes(2**20))
        except Exception:
            raise MemoryError from None


def loop() -> None:
    while True:
        with suppress(BaseException):
            while True:
                pass


def loop_in_c() -> None:
    re.match("(a+)+b", "a" * 60)


def hang() -> None:
    time.sleep(3600)


def pid() -> int:
    return os.getpid()


MEMORY = "needs more memory than 256 MB"
TIME = "took longer than 0.3 seconds"
DIED = "the process that read it died; it may need more memory than there is"


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (die, DIED),
        (crash, DIED),
        (take_memory, MEMORY),
        (take_much_memory_in_c, MEMORY),
        (keep_memory_whatever_happens, MEMORY),
        (loop, TIME),
        (loop_in_c, TIME),
    ],
)
def test_a_call_that_exceeds_its_bounds_ends_with_its_reason_and_harms_no_other(
    function: Callable[[], Any], reason: str
) -> None:
    before = [Call(2, double, number) for number in range(4)]
    bad = Call[Any](2, function, limits=TIGHT)
    after = [Call(2, double, number) for number in range(4)]
    with pytest.raises(Exceeded, match=f"^{re.escape(reason)}$"):
        bad.result()
    assert [call.result() for call in before + after] == [0, 2, 4, 6] * 2


def test_a_call_that_does_not_come_back_is_given_up() -> None:
    with pytest.raises(Exceeded, match=r"^did not come back within 0.5 seconds$"):
        Call(1, hang, limits=Limits(wait=0.5)).result()
    assert Call(1, double, 1).result() == 2


def test_what_a_function_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="a reason of its own"):
        Call(1, fail).result()


def test_a_call_may_take_just_so_much() -> None:
    assert Call(1, take_memory, limits=Limits(memory=1300 * 2**20)).result() == 1000


def test_bounds_are_those_of_each_call() -> None:
    with pytest.raises(Exceeded):
        Call(1, take_memory, limits=TIGHT).result()
    assert Call(1, take_memory, limits=Limits(memory=1300 * 2**20)).result() == 1000


def test_workers_are_kept_and_are_other_processes() -> None:
    first = Call(1, pid).result()
    assert Call(1, pid).result() == first != os.getpid()


def test_a_worker_that_dies_idle_is_replaced() -> None:
    worker = Call(1, pid).result()
    os.kill(worker, signal.SIGKILL)
    assert Call(1, pid).result() != worker


def test_no_call_is_lost_with_a_pool_that_breaks() -> None:
    sandbox.close()
    calls = [Call(2, double, number) for number in range(20)]
    while not (workers := [child.pid for child in multiprocessing.active_children()]):
        pass
    for worker in workers:  # before they have begun anything
        os.kill(worker or 0, signal.SIGKILL)
    assert [call.result() for call in calls] == [2 * number for number in range(20)]


def test_a_call_that_no_worker_begins_is_given_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_START", 8.0)
    worker = Call(1, pid).result()
    os.kill(worker, signal.SIGSTOP)  # as one is that waits for a lock whose holder was killed
    assert Call(1, pid).result() != worker


def test_what_was_closed_begins_anew() -> None:
    Call(1, double, 1).result()
    sandbox.close()
    assert not multiprocessing.active_children()
    assert Call(1, double, 1).result() == 2


def extract_in_its_way(data: bytes, **_: Any) -> Any:
    exec(data)  # noqa: S102  # the captures of this test are its own


def test_an_item_that_exceeds_its_bounds_is_reported_and_keeps_its_version(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number:02}.txt").write_text(
            f"Number {number}\n\nThe harbour is open again, it was said on Monday."
        )
    with open_engine(f"whoosh:{tmp_path / 'index'}") as engine:
        assert index([str(folder)], engine, jobs=2).added == 20
        (folder / "03.txt").write_text("[bytearray(2**20) for _ in range(1000)]")
        (folder / "07.txt").write_text("while True: pass")
        monkeypatch.setattr(sandbox, "LIMITS", TIGHT)
        monkeypatch.setattr(pipeline, "extract", extract_in_its_way)
        report = index([str(folder)], engine, jobs=2)
        assert [(failure.path, failure.reason) for failure in report.failed] == [
            (str(folder / "03.txt"), MEMORY),
            (str(folder / "07.txt"), TIME),
        ]
        assert (report.documents, report.unchanged, report.deleted) == (20, 18, 0)
