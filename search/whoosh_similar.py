"""Articles like one of a Whoosh index."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from whoosh import query

from search import analysis, similar
from search.article import Article, from_stored
from search.columnar.evaluate import evaluate
from search.columnar.fold import Groups
from search.columnar.having import having
from search.engine import Similar

CANDIDATES = 3  # looked at for each one wanted: some are copies, or share too little


def similar_to(searcher: Any, number: int, limit: int, groups: Groups | None = None) -> tuple[Similar, ...]:
    """number: the searcher's, of a document
    groups: of documents that tell the same; none is similar to another, and of each only the most similar is given
    """
    return tuple(islice(_similar(searcher, number, limit * CANDIDATES, groups), limit))


def _similar(searcher: Any, number: int, candidates: int, groups: Groups | None) -> Iterator[Similar]:
    article, reader = _article(searcher, number), searcher.reader()
    count = searcher.weighting.languages(searcher)[analysis.stemmed_as(article.language)]
    words = similar.telling(article, count, lambda stem: int(reader.doc_frequency("text", stem)))
    if len(words) < similar.SHARED:
        return
    asked = query.Or([query.Term("text", one.stem) for one in words])
    found = evaluate(searcher, asked, limit=candidates + 1, groups=groups, fold=True)
    scores = dict(zip(found.docs.tolist(), found.scores.tolist(), strict=True))
    own = scores.pop(number, max(scores.values()))  # only copies can push it out, and they score as it does
    if groups is not None and (told := groups.numbers[number]):
        scores = {other: score for other, score in scores.items() if groups.numbers[other] != told}
    shared = _shared(searcher, words, list(scores))
    bodies = {article.body}
    for other, score in scores.items():
        if score < similar.least_likeness(count) * own or len(shared[other]) < similar.SHARED:
            continue
        candidate = _article(searcher, other)
        if candidate.body not in bodies:
            bodies.add(candidate.body)
            yield Similar(candidate, min(score / own, 1.0), shared[other])


def _article(searcher: Any, number: int) -> Article:
    return from_stored(searcher.reader().stored_fields(number)["article"])


def _shared(searcher: Any, words: tuple[similar.Telling, ...], numbers: list[int]) -> dict[int, tuple[str, ...]]:
    """The words that each of these documents has."""
    has = having(searcher, "text", [one.stem for one in words], numbers)
    return {
        number: tuple(one.word for one, has_it in zip(words, row, strict=True) if has_it)
        for number, row in zip(numbers, has.tolist(), strict=True)
    }
