"""How much memory the extraction of one large capture takes, each in a process of its own.

    python -m bench.memory

Pages as large as are read, and larger ones that are refused or are mostly images.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import time
from collections.abc import Callable

from indexer.extract import MAX_PAGE, MAX_TEXT, ExtractionError, extract

MB = 2**20
_WORDS = "pier harbour minister vote burned river council the of and a to town said".split()


def _prose(size: int, before: str = "<p>", after: str = "</p>\n") -> str:
    """About so many characters, in paragraphs of sixty words."""
    draw = random.Random(1)
    sentence = " ".join(draw.choices(_WORDS, k=60))
    paragraph = f"{before}{{:06}} {sentence}.{after}"  # numbered: what is printed twice is read once
    return "".join(map(paragraph.format, range(size // len(paragraph))))


def _page(inside: str) -> bytes:
    return f"<html><head><title>The pier</title></head><body><h1>The pier</h1>{inside}</body></html>".encode()


CASES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "page of just the size that is read": ("x.html", lambda: _page(_prose(MAX_PAGE - 150_000))),
    "page of 50 MB": ("x.html", lambda: _page(_prose(50 * MB))),
    "page of 50 MB of images": (
        "x.html",
        lambda: _page(_prose(50_000) + 50 * f'<img src="data:image/png;base64,{"ABcd01+/" * (MB // 8)}">'),
    ),
    "page of just the size that is read, a script": (
        "x.html",
        lambda: _page(f"<script>{'var a=1;' * (MB - 20)}</script>"),
    ),
    "text of just the length that is read": ("x.txt", lambda: _prose(MAX_TEXT - 20_000, "", "\n\n").encode()),
    "text of 50 MB": ("x.txt", lambda: _prose(50 * MB, "", "\n\n").encode()),
}


def _measure(name: str) -> None:
    path, make = CASES[name]
    data = make()
    began = time.monotonic()
    try:
        result = f"{len(extract(data, article_id='x', path=path).body):,} characters of body"
    except ExtractionError as exc:
        result = f"refused: {exc}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"{name:46} {len(data) / MB:5.1f} MB  {peak / MB:6.0f} MB at most  {time.monotonic() - began:5.2f} s  {result}"
    )


def main() -> None:
    fresh = multiprocessing.get_context("spawn")
    for name in CASES:
        process = fresh.Process(target=_measure, args=(name,))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(process.exitcode)


if __name__ == "__main__":
    main()
