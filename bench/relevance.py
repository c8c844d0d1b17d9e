"""Ranking on judged collections, beside peers: `python -m bench.relevance [--check | --raise-floor] [FOLDER]`.

FOLDER (default: `collections` in $DATELINE_SHARED) is a collection or holds some. A collection is a folder with
`articles.jsonl` (as `python -m indexer --print` writes them), `queries.jsonl` (`id` and `text`) and `qrels.tsv`
(question, article and grade, parted by tabs; higher grades are better, 0 is irrelevant). So an operator measures
an archive's own questions.

The measures are those of ir_measures; brackets hold 95 % intervals of a bootstrap over the questions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import ir_measures
import numpy as np
from ir_measures import AP, RR, Qrel, R, ScoredDoc, nDCG

from bench import data, floor
from bench.data import shared_folder
from bench.rankers import DEPTH, RANKERS, Ranking
from search.article import Article, ArticleError, from_json

KIND = "relevance"  # in the floor
RESULTS = Path(__file__).with_name("RELEVANCE.md")
FILES = ("articles.jsonl", "queries.jsonl", "qrels.tsv")
MEASURES = {"nDCG@10": nDCG @ 10, "MAP": AP, f"Recall@{DEPTH}": R @ DEPTH, "MRR": RR}
FIRST = "nDCG@10"  # by which the floor and the intervals go
RESAMPLED = 2000  # times


@dataclass(frozen=True, slots=True)
class Collection:
    """questions: texts by id, only judged ones; judgments: grades of articles by question"""

    name: str
    articles: Sequence[Article]
    questions: Mapping[str, str]
    judgments: Mapping[str, Mapping[str, int]]


Scores = Mapping[str, np.ndarray]  # by measure, of each question in one order


def collections(folder: Path) -> list[Path]:
    """The folders of judged collections in a folder, or the folder itself."""
    return [one for one in (folder, *sorted(folder.iterdir())) if all((one / name).exists() for name in FILES)]


def read(folder: Path) -> Collection:
    """Raises ValueError, of a line that is not as it should be."""
    judgments: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(folder / "qrels.tsv"), 1):
        fields = line.split("\t")
        try:
            question, article, grade = fields
            judgments.setdefault(question, {})[article] = int(grade)
        except ValueError:
            raise ValueError(
                f"{folder / 'qrels.tsv'}, line {number}: question, article and a whole grade, parted by tabs, are "
                f"wanted; this is {line!r}"
            ) from None
    questions = {one["id"]: one["text"] for one in map(json.loads, _lines(folder / "queries.jsonl"))}
    articles = []
    for number, line in enumerate(_lines(folder / "articles.jsonl"), 1):
        try:
            articles.append(from_json(json.loads(line)))
        except ArticleError as exc:
            print(f"{folder / 'articles.jsonl'}, line {number} is left out: {exc}", file=sys.stderr)
    judged = {name: text for name, text in questions.items() if name in judgments}
    return Collection(folder.name, articles, judged, judgments)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from filter(None, map(str.rstrip, file))


def scores(collection: Collection, ranking: Ranking) -> Scores:
    """A question without an answer counts as 0."""
    qrels = [
        Qrel(question, article, grade)
        for question in collection.questions
        for article, grade in collection.judgments[question].items()
    ]
    run = [
        ScoredDoc(question, article, float(-rank))
        for question, found in ranking.items()
        for rank, article in enumerate(found)
    ]
    by_measure = {name: dict.fromkeys(collection.questions, 0.0) for name in MEASURES}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, run):
        by_measure[names[metric.measure]][metric.query_id] = metric.value
    return {name: np.array(list(values.values())) for name, values in by_measure.items()}


def interval(values: np.ndarray) -> tuple[float, float]:
    """In which the mean of so many questions lies in 95 % of draws from them (Efron, 1979)."""
    draws = np.random.default_rng(1).integers(len(values), size=(RESAMPLED, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), (2.5, 97.5))
    return float(low), float(high)


def measured(folders: Sequence[Path], rankers: Sequence[str]) -> dict[str, dict[str, Scores]]:
    """By collection, by ranker."""
    found: dict[str, dict[str, Scores]] = {}
    for folder in folders:
        collection = read(folder)
        print(f"{collection.name}: {len(collection.questions)} questions", file=sys.stderr)
        found[collection.name] = {
            name: scores(collection, RANKERS[name](collection.articles, collection.questions)) for name in rankers
        }
    return found


def table(found: Mapping[str, Mapping[str, Scores]]) -> str:
    """As Markdown: the figures of each collection, then the means over them."""
    head = "| collection | ranker | nDCG@10 | [95 %] | ahead of it is Dateline by | [95 %] |"
    lines = [f"{head} {' | '.join(name for name in MEASURES if name != FIRST)} |", "|---|---|" + "---:|" * 7]
    for collection, by_ranker in found.items():
        ours = by_ranker["dateline"][FIRST]
        for ranker, of in by_ranker.items():
            others = [f"{of[name].mean():.3f}" for name in MEASURES if name != FIRST]
            ahead = [] if ranker == "dateline" else [f"{(ours - of[FIRST]).mean():+.3f}", _shown(ours - of[FIRST], "+")]
            cells = [collection, ranker, f"{of[FIRST].mean():.4f}", _shown(of[FIRST]), *(ahead or ["", ""]), *others]
            lines.append(f"| {' | '.join(cells)} |")
    for ranker in next(iter(found.values())) if len(found) > 1 else ():
        means = {name: np.mean([found[one][ranker][name].mean() for one in found]) for name in MEASURES}
        behind = np.mean([found[one]["dateline"][FIRST].mean() for one in found]) - means[FIRST]
        others = [f"{mean:.3f}" for name, mean in means.items() if name != FIRST]
        ahead = ["", ""] if ranker == "dateline" else [f"{behind:+.3f}", ""]
        lines.append(f"| {' | '.join(['**mean**', ranker, f'{means[FIRST]:.4f}', '', *ahead, *others])} |")
    return "\n".join(lines)


def _shown(values: np.ndarray, sign: str = "") -> str:
    low, high = interval(values)
    return f"{low:{sign}.3f} to {high:{sign}.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance", description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER")
    parser.add_argument("--check", action="store_true", help="Dateline alone; fails where it is below the floor")
    parser.add_argument("--raise-floor", action="store_true", help="write what was reached to floor.json")
    asked = parser.parse_args()
    folder = asked.folder or shared_folder() / "collections"
    folders = collections(folder) if folder.is_dir() else []
    if not folders:
        sys.exit(f"{folder} holds no {', '.join(FILES)}; name a folder that does, or set DATELINE_SHARED")
    try:
        found = measured(folders, ["dateline"] if asked.check else list(RANKERS))
    except ValueError as exc:
        sys.exit(str(exc))
    print(table(found))
    if asked.folder is None and not asked.check:
        _write(found)
    reached = ndcg(found)
    if asked.raise_floor:
        floor.raise_to(KIND, reached, data_hash(folders))
    missed = floor.below(KIND, reached, data_hash(folders)) if asked.check or asked.raise_floor else []
    if missed:
        sys.exit("\n".join(missed))


def ndcg(found: Mapping[str, Mapping[str, Scores]]) -> dict[str, float]:
    """Dateline's, by collection."""
    return {name: round(float(by_ranker["dateline"][FIRST].mean()), 4) for name, by_ranker in found.items()}


def data_hash(folders: Sequence[Path]) -> str:
    return data.data_hash(folders[0].parent, [folder / name for folder in folders for name in FILES])


def _write(found: Mapping[str, Mapping[str, Scores]]) -> None:
    versions = ", ".join(f"{name} {version(name)}" for name in ("tantivy", "bm25s", "Whoosh", "ir_measures"))
    RESULTS.write_text(
        "# Ranking, side by side\n\n"
        f"`make eval`, all in one run; {versions}. Dateline by `Engine.search` with its defaults, each question as a\n"
        "reader would type it; the others are given its words, any of them enough.\n\n" + table(found) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
