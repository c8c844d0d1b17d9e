"""The measuring of ranking, on a collection of its own, and the floor that it must not fall below."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from bench import floor, relevance
from bench.rankers import dateline, fts5, whoosh
from bench.relevance import FILES, KIND, MEASURES, collections, data_hash, interval, measured, ndcg, read, scores, table
from tests.test_real_captures import SHARED, needed

ARTICLES = {"pier": "The pier of the harbour burned.", "rain": "Rain fell on the town.", "vote": "The town voted."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [json.dumps({"id": name, "body": body}) for name, body in ARTICLES.items()]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    questions = [{"id": "1", "text": "harbour piers"}, {"id": "2", "text": "town"}, {"id": "3", "text": "not judged"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, questions)), "utf-8")
    (tmp_path / "qrels.tsv").write_text("1\tpier\t2\n1\train\t0\n2\train\t1\n2\tvote\t1\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize("ranker", [dateline, fts5, whoosh])
def test_a_ranker_that_finds_all_reaches_one(folder: Path, ranker: object) -> None:
    collection = read(folder)
    assert collection.questions == {"1": "harbour piers", "2": "town"}
    found = scores(collection, ranker(collection.articles, collection.questions))  # type: ignore[operator]
    assert {name: values.tolist() for name, values in found.items()} == {name: [1.0, 1.0] for name in MEASURES}


def test_a_question_without_an_answer_counts_as_nothing(folder: Path) -> None:
    found = scores(read(folder), {"1": ["rain", "pier"], "2": []})
    assert found["MRR"].tolist() == [0.5, 0.0]
    assert found["nDCG@10"].tolist() == pytest.approx([1 / np.log2(3), 0.0])


def test_an_interval_holds_the_mean_and_narrows_with_questions() -> None:
    values = np.array([0.0, 1.0] * 10)
    low, high = interval(values)
    assert 0.2 < low < 0.5 < high < 0.8
    closer = interval(np.tile(values, 20))
    assert low < closer[0] < closer[1] < high


def test_the_table_sets_dateline_beside_its_peers(folder: Path) -> None:
    shown = table(measured([folder], ["dateline", "fts5"]))
    assert f"| {folder.name} | fts5 | 1.0000 | 1.000 to 1.000 | +0.000 | +0.000 to +0.000 | 1.000 |" in shown


@pytest.mark.parametrize("line", ["1\tpier", "1\tpier\tgood", "1 pier 2"])
def test_a_judgment_that_is_none_is_told_with_its_line(folder: Path, line: str) -> None:
    with (folder / "qrels.tsv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(ValueError, match=r"qrels\.tsv, line 5: question, article and a whole grade"):
        read(folder)


def test_a_folder_without_collections_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["relevance", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"holds no articles\.jsonl, queries\.jsonl, qrels\.tsv"):
        relevance.main()


def test_a_collection_is_a_folder_or_stands_in_one(folder: Path) -> None:
    assert collections(folder) == [folder]
    assert folder in collections(folder.parent)
    (folder / FILES[0]).unlink()
    assert collections(folder) == []


def test_ranking_is_not_below_its_floor() -> None:
    """nDCG@10 of each judged collection, through the engine's public door with its defaults."""
    folders = collections(needed(SHARED / "collections"))
    assert floor.below(KIND, ndcg(measured(folders, ["dateline"])), data_hash(folders)) == []
