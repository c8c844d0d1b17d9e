"""Whoosh's form of `search.ranking`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whoosh.scoring import BM25F

from search import analysis, ranking, schema
from search.columnar.proximity import Proximity
from search.query import Query

LANGUAGE_FIELD = schema.key_field("language")


class BM25(BM25F):  # type: ignore[misc]
    """Whoosh's own with another idf. For one searcher only."""

    def __init__(self) -> None:
        super().__init__(B=schema.B, K1=schema.K1)
        self._languages: dict[str, int] | None = None

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        parent = searcher.get_parent()
        count = parent.doc_count_all()
        if fieldname in ranking.STEM_FIELDS:
            term = text.decode("utf-8") if isinstance(text, bytes) else text
            count = self.languages(parent).get(analysis.language_of(term), count)
        return ranking.idf(count, parent.doc_frequency(fieldname, text))

    def languages(self, searcher: Any) -> dict[str, int]:
        """How many documents are in each language that the archive holds and has a stemmer for, ENGLISH first, for all
        others.
        """
        if self._languages is None:
            codes = analysis.STEMMERS if LANGUAGE_FIELD in searcher.schema else ()
            counts = {code: searcher.doc_frequency(LANGUAGE_FIELD, code) for code in codes}
            found = {code: count for code, count in counts.items() if count}
            self._languages = {analysis.ENGLISH: searcher.doc_count_all() - sum(found.values()), **found}
        return self._languages


def proximity(query: Query, languages: Iterable[str] = (analysis.ENGLISH,)) -> Proximity | None:
    """None where there are not two words that can stand together."""
    runs = ranking.runs(query, languages)
    if not runs:
        return None
    return Proximity("text", runs, schema.PROXIMITY_REACH, schema.PROXIMITY, schema.PROXIMITY_CANDIDATES)
