"""Quality of extraction on public ground truth: `python -m bench.extraction [--check | --raise-floor] [FOLDER]`.

FOLDER (default: `extraction/dev` in $DATELINE_SHARED) holds `truth.json`, a true body by page, and the same pages as
`html/*.html.gz`, `text-main/*.txt` and `text-page/*.txt`. The figures are those of the public article-extraction
benchmark: precision and recall over four-word shingles as bags, each the mean over the pages, and F1 of the two.

`floor.json` has the F1 that Dateline once reached. It only rises.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean

import readability
import trafilatura
from bs4 import BeautifulSoup

from bench import data, floor
from bench.data import shared_folder
from indexer.extract import ExtractionError, extract

KIND = "extraction"  # in the floor
FORMS = {"html": "html/*.html.gz", "text-main": "text-main/*.txt", "text-page": "text-page/*.txt"}

_WORD = re.compile(r"\w+")
_SHINGLE = 4  # words

Extractor = Callable[[bytes, str], str]


def ours(data: bytes, path: str) -> str:
    try:
        return extract(data, article_id=path, path=path).body
    except ExtractionError:
        return ""


def by_trafilatura(data: bytes, path: str) -> str:
    return trafilatura.extract(data, include_comments=False) or "" if path.endswith(".html") else ""


def by_readability(data: bytes, path: str) -> str:
    if not path.endswith(".html"):
        return ""
    try:
        main = readability.Document(data.decode("utf-8", "replace")).summary()
    except readability.readability.Unparseable:
        return ""
    return BeautifulSoup(main, "lxml").get_text(" ")


def everything(data: bytes, path: str) -> str:
    """All that the page says, with its furniture."""
    return BeautifulSoup(data, "lxml").get_text(" ") if path.endswith(".html") else data.decode("utf-8", "replace")


EXTRACTORS: dict[str, Extractor] = {
    "dateline": ours,
    "trafilatura": by_trafilatura,
    "readability": by_readability,
    "everything": everything,
}


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    if len(words) < _SHINGLE:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))


def pages(folder: Path, pattern: str) -> Iterator[tuple[str, bytes, str]]:
    """Name in the truth, bytes, and path as the indexer would see it."""
    for path in sorted(folder.glob(pattern)):
        packed = path.suffix == ".gz"
        data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
        seen = path.name.removesuffix(".gz")
        yield seen.partition(".")[0], data, seen


def score(truth: dict[str, str], found: dict[str, str]) -> tuple[float, float, float]:
    """F1, precision and recall."""
    precision, recall = [], []
    for name, body in truth.items():
        want, got = shingles(body), shingles(found.get(name, ""))
        shared = (want & got).total()
        if got:
            precision.append(shared / got.total())
        if want:
            recall.append(shared / want.total())
    p, r = mean(precision or [0]), mean(recall or [0])
    return 2 * p * r / (p + r) if p + r else 0.0, p, r


def data_hash(folder: Path) -> str:
    """Of the truth and of all pages."""
    inputs = (path for pattern in FORMS.values() for path in sorted(folder.glob(pattern)))
    return data.data_hash(folder, (folder / "truth.json", *inputs))


def table(folder: Path, extractors: dict[str, Extractor]) -> dict[str, float]:
    """Prints the figures of each extractor on each form that it reads. Gives Dateline's F1 by form."""
    truth = {name: page["body"] for name, page in json.loads((folder / "truth.json").read_text("utf-8")).items()}
    reached = {}
    print(f"{'form':10} {'extractor':12} {'F1':>6} {'prec.':>6} {'recall':>6} {'pages/s':>8}")
    for form, pattern in FORMS.items():
        inputs = list(pages(folder, pattern))
        # Not every page has a text form: what was not given cannot be missed.
        given = {name: truth[name] for name, _, _ in inputs}
        for extractor, run in extractors.items():
            start = time.process_time()
            found = {name: run(data, path) for name, data, path in inputs}
            speed = len(inputs) / (time.process_time() - start)
            if any(found.values()):
                f1, p, r = score(given, found)
                print(f"{form:10} {extractor:12} {f1:6.4f} {p:6.4f} {r:6.4f} {speed:8.1f}")
                if run is ours:
                    reached[form] = round(f1, 4)
    return reached


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.extraction", description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER")
    parser.add_argument("--check", action="store_true", help="Dateline alone; fails where it is below the floor")
    parser.add_argument("--raise-floor", action="store_true", help="write what was reached to floor.json")
    asked = parser.parse_args()
    folder = asked.folder or shared_folder() / "extraction" / "dev"
    if not (folder / "truth.json").exists():
        sys.exit(f"{folder} has no truth.json; name a folder that has, or set DATELINE_SHARED")
    logging.getLogger("readability").setLevel(logging.CRITICAL)  # it tells of every page that it finds odd
    reached = table(folder, {"dateline": ours} if asked.check else EXTRACTORS)
    if asked.raise_floor:
        floor.raise_to(KIND, reached, data_hash(folder))
    missed = floor.below(KIND, reached, data_hash(folder)) if asked.check or asked.raise_floor else []
    if missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
