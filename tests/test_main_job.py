"""The main job on captures: indexed by the command, printed by the command, found through the API.

The samples in seeds/ are ours; the real captures lie in $DATELINE_SHARED (default: `shared` beside the checkout).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("DATELINE_SHARED", ROOT.parent / "shared"))
SAMPLES = (ROOT / "seeds", ROOT / "tests" / "data" / "seeds_truth.json")
REAL = (SHARED / "seeds", SHARED / "truth" / "seeds.json")

Truth = dict[str, Any]


def folded(text: str) -> str:
    return " ".join(text.split())


def indexer(*arguments: str) -> str:
    command = [sys.executable, "-m", "indexer", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


class Archive:
    """One folder of captures, indexed and served."""

    def __init__(self, captures: Path, truth: Path, index: Path) -> None:
        self.truths: list[Truth] = json.loads(truth.read_text("utf-8"))
        self.url = f"whoosh:{index}"
        self.reports = [json.loads(indexer(str(captures), "--index", self.url, "--json")) for _ in range(2)]
        lines = indexer(str(captures), "--print").splitlines()
        self.printed = {article["path"]: article for article in map(json.loads, lines)}
        self.client: FlaskClient = create_app(self.url).test_client()

    def found(self, query: str) -> set[str]:
        answer = self.client.get("/api/search", query_string={"q": query, "fold": 0, "size": 100})
        assert answer.status_code == 200, answer.json
        return {hit["path"] for hit in answer.json["hits"]}  # type: ignore[index]


@pytest.fixture(scope="module", params=[SAMPLES, REAL], ids=["samples", "real"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    captures, truth = request.param
    if not truth.exists():
        if "CI" in os.environ:
            pytest.fail(f"{truth} is missing; CI needs it")
        pytest.skip(f"{truth} is not here; set DATELINE_SHARED to the folder that has it")
    return Archive(captures, truth, tmp_path_factory.mktemp("main-job") / "index")


def test_the_report_counts_every_capture_and_a_second_run_none(archive: Archive) -> None:
    first, second = archive.reports
    assert (first["added"], first["failed"], first["documents"]) == (len(archive.truths), [], len(archive.truths))
    assert (second["unchanged"], second["added"], second["updated"]) == (len(archive.truths), 0, 0)
    assert second["generation"] == first["generation"]


@pytest.mark.parametrize("field", ["title", "summary", "author", "publisher", "place", "published", "language"])
def test_fields_are_what_the_capture_says(archive: Archive, field: str) -> None:
    stated = {truth["file"]: truth[field] for truth in archive.truths}
    assert {path: article[field] for path, article in archive.printed.items()} == stated


def test_bodies_are_whole_and_clean(archive: Archive) -> None:
    for truth in archive.truths:
        article = archive.printed[truth["file"]]
        body = folded(article["body"])
        assert body.startswith(folded(truth["body_starts"])), truth["file"]
        assert body.endswith(folded(truth["body_ends"])), truth["file"]
        shown = folded(" ".join([article["title"] or "", *article["summary"], body]))
        assert [phrase for phrase in truth["must_contain"] if folded(phrase) not in body] == [], truth["file"]
        assert [phrase for phrase in truth["must_not_contain"] if folded(phrase) in shown] == [], truth["file"]


def test_captions_begin_as_printed(archive: Archive) -> None:
    for truth in archive.truths:
        captions = [folded(caption) for caption in archive.printed[truth["file"]]["captions"]]
        for stated in truth["captions"]:
            assert any(caption.startswith(folded(stated)) for caption in captions), truth["file"]


def test_the_api_gives_back_what_was_printed(archive: Archive) -> None:
    for article in archive.printed.values():
        served = archive.client.get(f"/api/articles/{article['id']}").json
        assert served is not None
        assert served["indexed"]
        assert served | {"indexed": None} == article


def test_phrases_of_the_body_find_their_article(archive: Archive) -> None:
    for truth in archive.truths:
        for phrase in truth["must_contain"]:
            quoted = phrase.replace('"', " ")
            assert truth["file"] in archive.found(f'"{quoted}"'), phrase


def test_phrases_of_the_furniture_find_nothing(archive: Archive) -> None:
    for truth in archive.truths:
        for phrase in truth["must_not_contain"]:
            quoted = phrase.replace('"', " ")
            assert truth["file"] not in archive.found(f'"{quoted}"'), phrase
