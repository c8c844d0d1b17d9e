"""Quality of extraction on public ground truth: `python -m bench.extraction [FOLDER]`.

FOLDER (default: `extraction/dev` in $DATELINE_SHARED) holds `truth.json`, a true body by page, and the same pages as
`html/*.html.gz`, `text-main/*.txt` and `text-page/*.txt`. The figures are those of the public article-extraction
benchmark: precision and recall over four-word shingles as bags, each the mean over the pages, and F1 of the two.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean

import trafilatura

from indexer.extract import ExtractionError, extract

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


def everything(data: bytes, path: str) -> str:
    return "" if path.endswith(".html") else data.decode("utf-8", "replace")


EXTRACTORS: dict[str, Extractor] = {"dateline": ours, "trafilatura": by_trafilatura, "every line": everything}


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


def shared_folder() -> Path:
    """$DATELINE_SHARED, or `shared` beside the checkout."""
    return Path(os.environ.get("DATELINE_SHARED", Path(__file__).parent.parent.parent / "shared"))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else shared_folder() / "extraction" / "dev"
    if not (folder / "truth.json").exists():
        sys.exit(f"{folder} has no truth.json; name a folder that has, or set DATELINE_SHARED")
    truth = {name: page["body"] for name, page in json.loads((folder / "truth.json").read_text("utf-8")).items()}
    print(f"{'form':10} {'extractor':12} {'F1':>6} {'prec.':>6} {'recall':>6} {'pages/s':>8}")
    for form, pattern in FORMS.items():
        inputs = list(pages(folder, pattern))
        # Not every page has a text form: what was not given cannot be missed.
        given = {name: truth[name] for name, _, _ in inputs}
        for extractor, run in EXTRACTORS.items():
            start = time.perf_counter()
            found = {name: run(data, path) for name, data, path in inputs}
            speed = len(inputs) / (time.perf_counter() - start)
            if any(found.values()):
                f1, p, r = score(given, found)
                print(f"{form:10} {extractor:12} {f1:6.4f} {p:6.4f} {r:6.4f} {speed:8.1f}")


if __name__ == "__main__":
    main()
