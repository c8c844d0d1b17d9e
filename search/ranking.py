"""How articles are ranked: BM25 with Lucene's inverse document frequency, and a bonus for words that stand together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from whoosh.scoring import BM25F

from search import analysis, schema
from search.columnar.proximity import Proximity
from search.query import And, Or, Query, Word, Words

STEM_FIELDS = frozenset({"text", *(field.name for field in schema.FIELDS if field.kind is schema.Kind.TEXT)})
LANGUAGE_FIELD = "language_key"


class BM25(BM25F):  # type: ignore[misc]
    """Whoosh's own with another idf: log(1 + (N - n + 0.5) / (n + 0.5)), which no frequent word takes below 0.

    From Robertson and Spärck Jones by way of Lucene. N documents, n of them with the term; for a stem both of its own
    language, or a name would count more the rarer the language is in the archive. For one searcher only.
    """

    def __init__(self) -> None:
        super().__init__(B=schema.B, K1=schema.K1)
        self._languages: dict[str, int] | None = None

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        parent = searcher.get_parent()
        with_term = parent.doc_frequency(fieldname, text)
        count = parent.doc_count_all()
        if fieldname in STEM_FIELDS:
            term = text.decode("utf-8") if isinstance(text, bytes) else text
            count = self.languages(parent).get(analysis.language_of(term), count)
        return math.log(1 + (count - with_term + 0.5) / (with_term + 0.5))

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


def proximity(query: Query, languages: Sequence[str] = (analysis.ENGLISH,)) -> Proximity | None:
    """Of the bare words, as they are stemmed in each language; None where there are not two of them."""
    bare = bare_words(query)
    runs = tuple(tuple(stem for text in bare for stem, _ in analysis.stems(text, language)) for language in languages)
    runs = tuple(run for run in runs if len(set(run)) > 1)
    if not runs:
        return None
    return Proximity("text", runs, schema.PROXIMITY_REACH, schema.PROXIMITY, schema.PROXIMITY_CANDIDATES)


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
