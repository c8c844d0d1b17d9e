"""Extraction of real captures, which are third-party text and lie beside the checkout.

$DATELINE_SHARED (default: `shared` beside the checkout) has `seeds/` with what they say in `truth/seeds.json`, and
`extraction/dev/`, pages of a public benchmark in three forms with their true bodies; `tools/` scores them. Where CI is
set they must be there.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bench import floor
from bench.extraction import FORMS, KIND, data_hash
from indexer.extract import extract
from search.article import Article, to_json

SHARED = Path(os.environ.get("DATELINE_SHARED", Path(__file__).parent.parent.parent / "shared"))
DEV = SHARED / "extraction" / "dev"
MENTIONED = ("title", "summary", "author", "publisher", "place", "published", "language")

Truth = dict[str, Any]


def needed(path: Path) -> Path:
    if not path.exists():
        if "CI" in os.environ:
            pytest.fail(f"{path} is missing; CI needs it")
        pytest.skip(f"{path} is not here; set DATELINE_SHARED to the folder that has it")
    return path


@cache
def captures() -> tuple[tuple[Truth, Article], ...]:
    """What each capture says, and what is extracted from it."""
    truths: list[Truth] = json.loads(needed(SHARED / "truth" / "seeds.json").read_text("utf-8"))
    folder = SHARED / "seeds"
    return tuple(
        (truth, extract((folder / truth["file"]).read_bytes(), article_id=truth["file"], path=truth["file"]))
        for truth in truths
    )


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("field", MENTIONED)
def test_fields_are_what_the_captures_say(field: str) -> None:
    for truth, article in captures():
        assert to_json(article)[field] == truth[field], truth["file"]


def test_bodies_are_whole_from_their_first_to_their_last_words() -> None:
    for truth, article in captures():
        body = folded(article.body)
        assert body.startswith(folded(truth["body_starts"])), truth["file"]
        assert body.endswith(folded(truth["body_ends"])), truth["file"]
        for phrase in truth["must_contain"]:
            assert folded(phrase) in body, truth["file"]


def test_noise_stands_in_no_body_title_or_summary() -> None:
    for truth, article in captures():
        texts = [folded(text) for text in (article.title or "", article.body, *article.summary)]
        for phrase in truth["must_not_contain"]:
            assert not any(folded(phrase) in text for text in texts), (truth["file"], phrase)


def test_captions_begin_as_printed() -> None:
    for truth, article in captures():
        assert len(article.captions) == len(truth["captions"]), truth["file"]
        for caption, stated in zip(article.captions, truth["captions"], strict=True):
            assert folded(caption).startswith(folded(stated)), truth["file"]


@pytest.mark.parametrize("form", FORMS)
def test_bodies_of_the_benchmark_are_found(form: str, tmp_path: Path) -> None:
    """F1 over four-word shingles, as the public benchmark counts it, is not below what was once reached."""
    found = tmp_path / "articles.jsonl"
    with found.open("w", encoding="utf-8") as lines:
        for path in sorted(needed(DEV / form).iterdir()):
            name = path.name.removesuffix(".gz")
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            lines.write(json.dumps(to_json(extract(data, article_id=name, path=name))) + "\n")
    tool = needed(SHARED / "tools" / "score_extraction.py")
    command = [sys.executable, str(tool), str(DEV / "truth.json"), str(found)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    score = re.search(r"\bf1 (\d\.\d+)", told)
    assert score, told
    assert floor.below(KIND, floor.figures(KIND) | {form: float(score[1])}, data_hash(DEV)) == []


def test_a_figure_below_the_floor_is_told() -> None:
    figures, data = floor.figures(KIND), data_hash(needed(DEV))
    assert figures.keys() == FORMS.keys()
    assert floor.below(KIND, figures, data) == []
    (told,) = floor.below(KIND, figures | {"html": figures["html"] - 2 * floor.TOLERANCE}, data)
    assert told.startswith("html: ")
    (told,) = floor.below(KIND, figures, "other")
    assert "of other data" in told
