"""Lighthouse, from npm, on the page of results and the page of an article: `make lighthouse`.

Prints the median score of each category, the weight of the page, and every audit that is not passed. Ends with 1 where
a score is below its bound.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.web_server import ROOT, get, serving

COMMAND = Path(__file__).parent / "node_modules" / ".bin" / "lighthouse"
RUNS = 5
QUERY = "q=russia+china"
BOUNDS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
ASIDE = "is-crawlable"  # no search engine is to keep pages of results, and they say so


def main() -> int:
    with TemporaryDirectory() as folder:
        url = f"whoosh:{folder}/index"
        subprocess.run([sys.executable, "-m", "indexer", "--index", url, "--quiet"], cwd=ROOT, check=True)
        with serving(url) as port:
            server = f"http://127.0.0.1:{port}"
            _, best = get(port, f"/api/search?{QUERY}&size=1")
            article = f"/articles/{json.loads(best)['hits'][0]['id']}?{QUERY}"
            kept = [
                measure("results", f"{server}/search?{QUERY}", ASIDE),
                measure("article", server + article),
            ]
    return 0 if all(kept) else 1


def measure(name: str, address: str, aside: str = "") -> bool:
    reports = [report(address, aside) for _ in range(RUNS)]
    scores = {
        category: round(100 * median(one["categories"][category]["score"] for one in reports)) for category in BOUNDS
    }
    weight = reports[0]["audits"]["total-byte-weight"]["numericValue"]
    print(f"{name}: {', '.join(f'{category} {score}' for category, score in scores.items())}; {weight:,.0f} bytes")
    for audit in reports[0]["audits"].values():
        if audit["score"] is not None and audit["score"] < 1:
            print(f"  {audit['id']}: {audit['title']} {audit.get('displayValue', '')}")
    return all(scores[category] >= bound for category, bound in BOUNDS.items())


def report(address: str, aside: str) -> dict[str, Any]:
    command = [str(COMMAND), address, "--quiet", "--output=json", f"--only-categories={','.join(BOUNDS)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox", *([f"--skip-audits={aside}"] if aside else [])]
    settings = os.environ | {"CHROME_PATH": shutil.which("chromium") or ""}
    printed = subprocess.run(command, env=settings, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


if __name__ == "__main__":
    sys.exit(main())
