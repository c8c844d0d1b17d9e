"""Damaged captures: `python -m bench.damage [--damages N] [FOLDER ...]`.

Every file of the FOLDERs (default: the pages of `extraction/dev` in $DATELINE_SHARED, in their three forms) is cut off
at N random places and, N times more, has 200 random bytes changed. Each must give an article or a reported reason
within 10 seconds. The damage follows from N, the seed and the file's name, so that a failure can be had again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.data import shared_folder
from bench.extraction import FORMS, pages
from indexer.extract import ExtractionError, extract

CHANGED = 200  # bytes of a file
LIMIT = 10.0  # seconds for one capture

ARTICLE, REASON = "article", "reported reason"


def damaged(data: bytes, random: Random, count: int) -> Iterator[tuple[str, bytes]]:
    """`count` beginnings of a file, and the file `count` times with CHANGED of its bytes changed."""
    for number in range(count):
        yield f"cut {number}", data[: random.randrange(max(1, len(data)))]
        yield f"changed {number}", changed(data, random)


def changed(data: bytes, random: Random) -> bytes:
    values = bytearray(data)
    for place in random.sample(range(len(data)), min(CHANGED, len(data))):
        values[place] = (values[place] + random.randrange(1, 256)) % 256
    return bytes(values)


def outcome(data: bytes, path: str) -> str:
    """ARTICLE, REASON, or what was raised that should not be."""
    try:
        extract(data, article_id=path, path=path)
    except ExtractionError:
        return REASON
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ARTICLE


def captures(folders: list[Path]) -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes, and path as the indexer would see it."""
    for folder in folders:
        for _, data, path in pages(folder, "*"):
            yield f"{folder.name}/{path}", data, path


def main() -> None:
    parser = argparse.ArgumentParser(description="Extract damaged captures; tell what neither succeeds nor says why.")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--damages", type=int, default=200, metavar="N", help="of each sort for each file")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folders = asked.folders or [shared_folder() / "extraction" / "dev" / form for form in FORMS]
    outcomes: Counter[str] = Counter()
    failures = 0
    slowest = (0.0, "")
    for name, data, path in captures(folders):
        for damage, broken in damaged(data, Random(f"{asked.seed} {name}"), asked.damages):
            start = time.perf_counter()
            result = outcome(broken, path)
            seconds = time.perf_counter() - start
            slowest = max(slowest, (seconds, f"{name}, {damage}"))
            outcomes[result if result in (ARTICLE, REASON) else "failure"] += 1
            if result not in (ARTICLE, REASON) or seconds > LIMIT:
                failures += 1
                print(f"{name}, {damage}: {result}, {seconds:.1f} s", flush=True)
    if not outcomes:
        sys.exit(f"no captures in {', '.join(map(str, folders))}; name a folder that has some, or set DATELINE_SHARED")
    print(", ".join(f"{count:,} {what}" for what, count in outcomes.most_common()))
    print(f"slowest: {slowest[1]}, {slowest[0]:.2f} s")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
