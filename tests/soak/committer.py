"""Commits to an index again and again: the generation is the edition of all its articles, and most commits add one.

python -m tests.soak.committer INDEX COMMITS SECONDS REBUILDS: so many of the commits, spread evenly, are rebuilds; a
line on standard output says of each commit when it is made.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from search import open_engine
from search.article import from_json
from tests.conftest import origin
from tests.soak.archive import line


def total(edition: int) -> int:
    """It grows, as long as that is quick."""
    return 6 + min(edition, 80)


def commit(folder: Path, *, rebuild: bool = False) -> int:
    with open_engine(f"whoosh:{folder}") as engine:
        edition = engine.generation() + 1 if (folder / "current").exists() else 1
        with engine.writer(rebuild=rebuild) as writer:
            for number in range(total(edition)):
                article = from_json(line(number, edition))
                writer.put(article, origin(article))
    return edition


def main(folder: Path, commits: int, seconds: float, rebuilds: int) -> None:
    for done in range(1, commits + 1):
        rebuild = rebuilds > 0 and done % (commits // (rebuilds + 1)) == 0
        begun = time.monotonic()
        print(commit(folder, rebuild=rebuild), flush=True)
        time.sleep(max(0.0, seconds - (time.monotonic() - begun)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
