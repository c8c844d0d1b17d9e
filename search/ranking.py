"""How articles are ranked: BM25 with Lucene's inverse document frequency, and a bonus for words that stand together."""

from __future__ import annotations

import math
from typing import Any

from whoosh.scoring import BM25F

from search import analysis, schema
from search.columnar.proximity import Proximity
from search.query import And, Or, Query, Word, Words


class BM25(BM25F):  # type: ignore[misc]
    """Whoosh's own with another idf: log(1 + (N - n + 0.5) / (n + 0.5)), which no frequent word takes below 0.

    From Robertson and Spärck Jones by way of Lucene. N documents, n of them with the term.
    """

    def __init__(self) -> None:
        super().__init__(B=schema.B, K1=schema.K1)

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        parent = searcher.get_parent()
        with_term = parent.doc_frequency(fieldname, text)
        return math.log(1 + (parent.doc_count_all() - with_term + 0.5) / (with_term + 0.5))


def proximity(query: Query) -> Proximity | None:
    """Of the bare words; None where there are not two of them."""
    words = tuple(stem for text in bare_words(query) for stem, _ in analysis.stems(text))
    if len(set(words)) < 2:
        return None
    return Proximity("text", words, schema.PROXIMITY_REACH, schema.PROXIMITY, schema.PROXIMITY_CANDIDATES)


def is_question(query: Query) -> bool:
    """Whether it has so many bare words that hardly an article has all of them."""
    return len(set(bare_words(query))) >= schema.RELAX_WORDS


def bare_words(query: Query) -> list[str]:
    """As typed, in their order."""
    match query:
        case Word(text, None):
            return [text]
        case Words(parts) | And(parts) | Or(parts):
            return [word for part in parts for word in bare_words(part)]
        case _:
            return []
