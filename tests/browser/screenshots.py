"""A picture of every page over the samples: `make screenshots` writes those of docs/screenshots.

python -m tests.browser.screenshots FOLDER    each page light and dark, wide and as narrow as a small phone
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.web_server import ROOT, get, serving

DOCUMENTED = ROOT / "docs" / "screenshots"
SCREENS = {"wide": (1280, 900, 0.75), "narrow": (320, 640, 1.0)}  # CSS pixels, and picture pixels for each
SCHEMES = ("light", "dark")
IN_DOCS = {("wide", "light"), ("narrow", "dark")}

QUERY = "q=russia+china"
COPIES = "q=%22no+foreign+army%22&fold=0"  # finds a report in two papers
PAGES = {
    "front": "/",
    "results": f"/search?{QUERY}",
    "narrowed": "/search?q=syria&place=Beijing&place=Geneva&from=2012-06&sort=newest",
    "relaxed": "/search?q=the+harbour+summit+lighthouse",
    "nothing": "/search?q=kazakstan+zeppelin&match=all",
    "refused": "/search?q=a*&from=2012-13",
    "article": "/articles/{id}?" + QUERY + "&n=1",
    "missing": "/articles/nothing",
    "in-context": f"/search?{QUERY}&view=kwic",
    "why": "/why?id={id}&" + QUERY,
    "story": "/story?id={copy}",
    "beside": "/beside?id={copies}",
    "facet": "/facets/publisher?q=syria",
    "help": "/help",
    "api": "/api",
}


def main() -> None:
    [folder] = map(Path, sys.argv[1:] or [DOCUMENTED])
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as index, sync_playwright() as playwright:
        url = f"whoosh:{index}"
        subprocess.run([sys.executable, "-m", "indexer", "--index", url, "--quiet"], cwd=ROOT, check=True)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        with serving(url) as port:
            copies = _found(port, COPIES, 2)
            ids = {"id": _found(port, QUERY, 1)[0], "copy": copies[0], "copies": "&with=".join(copies)}
            targets = {name: target.format(**ids) for name, target in PAGES.items()}
            for screen, scheme in IN_DOCS if folder == DOCUMENTED else _every_variant():
                _draw(browser, f"http://127.0.0.1:{port}", targets, screen, scheme, folder)
        browser.close()


def _found(port: int, query: str, size: int) -> list[str]:
    """The ids of the best of them."""
    return [hit["id"] for hit in json.loads(get(port, f"/api/search?{query}&size={size}")[1])["hits"]]


def _every_variant() -> Iterable[tuple[str, str]]:
    return ((screen, scheme) for screen in SCREENS for scheme in SCHEMES)


def _draw(browser: Browser, server: str, targets: dict[str, str], screen: str, scheme: str, folder: Path) -> None:
    width, height, scale = SCREENS[screen]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="en-GB",
    )
    page = context.new_page()
    for name, target in targets.items():
        page.goto(server + target)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}-{screen}-{scheme}.png", full_page=folder != DOCUMENTED)
    context.close()


if __name__ == "__main__":
    main()
