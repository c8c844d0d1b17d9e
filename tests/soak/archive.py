"""Archives whose articles say in every field which edition they are of, so that answers tell what they came from."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer import pipeline
from search import open_engine

ROOT = Path(__file__).parent.parent.parent

Editions = Mapping[int, int]  # by the number of an article

_PAGE = """<!doctype html>
<html lang="en"><head><title>{title}</title>
<meta property="og:site_name" content="{word} Gazette">
<meta property="article:published_time" content="2012-06-{day:02}T10:00:00Z"></head>
<body><article><h1>{title}</h1>
<p>The ferry {word} to Skerrin ran aground at low tide on Thursday morning, said the harbour master of the island.</p>
<p>No one was hurt, and number {number} was towed off in the evening by two tugs, of which {word} was the name.</p>
</article></body></html>
"""


_DIGITS = "qwrtpsdfgh"


def word(number: int, edition: int) -> str:
    """Which no other article has, and no other edition of this one."""
    return f"Ship{_letters(number)}x{_letters(edition)}"


def editions_in(text: str) -> set[int]:
    """Of all words in it that tell one, however they are written."""
    found = re.findall(f"ship[{_DIGITS}]{{4}}x([{_DIGITS}]{{4}})", text.lower())
    return {int("".join(str(_DIGITS.index(letter)) for letter in letters)) for letters in found}


def title(number: int, edition: int) -> str:
    return f"{word(number, edition)} runs aground"


def _letters(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in f"{number:04}")


def page(number: int, edition: int) -> str:
    name, day = word(number, edition), number % 28 + 1
    return _PAGE.format(title=title(number, edition), word=name, number=number, day=day)


def write(folder: Path, editions: Editions) -> Path:
    """Makes the folder hold a page of each article, and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"{number:04}.html": page(number, edition) for number, edition in editions.items()}
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text)
    return folder


def write_lines(file: Path, editions: Editions) -> Path:
    """The same articles as JSON lines, for which no process is started."""
    file.write_text("".join(json.dumps(line(number, edition)) + "\n" for number, edition in editions.items()))
    return file


def line(number: int, edition: int) -> dict[str, Any]:
    name = word(number, edition)
    return {
        "id": f"{number:04}",
        "title": title(number, edition),
        "body": f"The ferry {name} ran aground off Skerrin at low tide.\n\nTwo tugs came; {name} was not hurt.",
        "publisher": f"{name} Gazette",
        "published": f"2012-06-{number % 28 + 1:02}",
        "language": "en",
    }


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the indexer over an archive that has changed.

    before: the archive at each of the commits that were made before
    after: what it is now
    """

    name: str
    before: tuple[Editions, ...]
    after: Editions
    options: tuple[str, ...] = field(default=())


TWENTY = dict.fromkeys(range(20), 1)
GROWING = (TWENTY, dict.fromkeys(range(22), 1), dict.fromkeys(range(23), 1), dict.fromkeys(range(25), 1))
RUNS = (
    Run("first", (), TWENTY),
    Run("add", (TWENTY,), dict.fromkeys(range(40), 1)),
    Run("update", (TWENTY,), dict.fromkeys(range(20), 2)),
    Run("delete", (TWENTY,), dict.fromkeys(range(4, 20), 1)),
    Run("merge", GROWING, dict.fromkeys(range(28), 1) | {1: 2, 24: 3}),  # and removes what is too old
    Run("rebuild", (TWENTY,), dict.fromkeys(range(2, 22), 2), ("--rebuild",)),
)


def commit(index: Path, source: Path, editions: Editions) -> None:
    """Makes the index say what the editions are, by JSON lines in that file and by no other process."""
    with open_engine(f"whoosh:{index}") as engine:
        report = pipeline.index([str(write_lines(source, editions))], engine, allow_deletes=True)
    assert report.documents == len(editions)
    assert not report.failed


def indexer(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "tests.soak.indexer", *map(str, arguments)]


def run(*arguments: str | Path) -> dict[str, Any]:
    """The report of a run that succeeds."""
    command = indexer("--json", "--quiet", *arguments)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report
