"""What no honest source has ends as an article or as a reported failure, in bounded memory and time, and harms nothing
beside it. A few samples here; all of them, each in a process of its own that is measured, with $DATELINE_SOAK (`make
soak`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.pipeline import articles
from indexer.sandbox import MAX_MEMORY, MAX_SECONDS
from indexer.sources import Failure
from indexer.sources.items import MAX_REASON
from tests.hostile import MB, SAMPLES

SOAK = bool(os.environ.get("DATELINE_SOAK"))
MAX_MAIN = 768 * MB  # of the process that reads the files; the list of a zip of a million takes most of it
START_SECONDS = 20  # of a processor, for two processes and the files of a sample
HONEST = "The harbour is open again\n\nThe harbour opened to ships on Monday, the port authority said in a statement.\n"

QUICK = {
    "laughs.xhtml": None,
    "deep.json": "nested too deep",
    "deep.jsonl": "nested too deep",
    "deep-json-ld.html": None,
    "yaml-laughs.md": None,
    "sparse.html": "larger than 64 MB",
    "sparse.rss": "larger than 64 MB",
    "sparse.json": "larger than 64 MB",
    "sparse.csv": "longer than 8 MB",
    "nested.zip": "a packed file within another is not opened",
    "zip-of-zeros.zip": "more than 200 times its size",
    "sparse.warc": "binary, not text",
    "headers.warc": "the headers of a record are longer than 2 MB",
    "lying-long.warc": "cut short",
    "lying-short.warc": "damaged",
    "lines.txt": "more than 50,000 lines",
    "letters-8-mb.txt": "longer than 4,194,304 characters",
    "many-tags.html": "more than 100,000 tags",
}

CHILD = """
import json, resource, sys
from indexer import sandbox
from indexer.pipeline import articles
from indexer.sources import Failure

if __name__ == "__main__":
    made = list(articles([sys.argv[1]], jobs=1))
    sandbox.close()
    main, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({
        "titles": [one.title for one in made if not isinstance(one, Failure)][:10],
        "reasons": [one.reason for one in made if isinstance(one, Failure)][:10],
        "main": main.ru_maxrss * 1024,
        "workers": workers.ru_maxrss * 1024,
        "seconds": main.ru_utime + main.ru_stime + workers.ru_utime + workers.ru_stime,
    }))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "honest.txt").write_text(HONEST)
    return tmp_path


@pytest.mark.parametrize("name", QUICK)
def test_a_hostile_file_is_an_article_or_a_failure_and_harms_nothing_beside_it(folder: Path, name: str) -> None:
    SAMPLES[name](folder / name)
    made = list(articles([str(folder)], jobs=1))
    assert "The harbour is open again" in [one.title for one in made if not isinstance(one, Failure)]
    failures = [one.reason for one in made if isinstance(one, Failure)]
    reason = QUICK[name]
    assert len(made) > 1
    assert all(len(failure) < 2 * MAX_REASON for failure in failures)
    assert reason in failures[0] if reason else not failures


@pytest.mark.skipif(not SOAK, reason="DATELINE_SOAK is not set")
@pytest.mark.parametrize("name", SAMPLES)
def test_memory_and_time_are_bounded(folder: Path, name: str) -> None:
    SAMPLES[name](folder / name)
    child = [sys.executable, "-c", CHILD, str(folder)]
    told = json.loads(subprocess.run(child, check=True, capture_output=True, cwd=Path(__file__).parents[1]).stdout)
    print(
        f"\n{name}: {told['main'] // MB} + {told['workers'] // MB} MB, {told['seconds']:.1f} s, {told['reasons'][:1]}"
    )
    assert "The harbour is open again" in told["titles"]
    assert told["main"] < MAX_MAIN
    assert told["workers"] < MAX_MEMORY + 128 * MB  # its code is not counted there
    assert told["seconds"] < 2 * MAX_SECONDS + START_SECONDS  # feeds are read twice
