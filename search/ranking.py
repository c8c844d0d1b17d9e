"""How articles are ranked: BM25 with Lucene's inverse document frequency, and a bonus for words that stand together."""

from __future__ import annotations

import math
from collections.abc import Iterable

from search import analysis, schema
from search.query import And, Or, Query, Word, Words

STEM_FIELDS = frozenset({"text", *(field.name for field in schema.FIELDS if field.kind is schema.Kind.TEXT)})


def idf(documents: int, having: int) -> float:
    """log(1 + (N - n + 0.5) / (n + 0.5)), which no frequent word takes below 0, from Robertson and Spärck Jones by way
    of Lucene. N documents, n of them with the term; for a stem both of its own language, or a name would count more the
    rarer the language is in the archive.
    """
    return math.log(1 + (documents - having + 0.5) / (having + 0.5))


def runs(query: Query, languages: Iterable[str] = (analysis.ENGLISH,)) -> tuple[tuple[str, ...], ...]:
    """The bare words as they are stemmed in each language: of these neighbours bring a bonus where they stand together.
    A language in which there are not two of them has no run.
    """
    bare = bare_words(query)
    stemmed = (tuple(stem for text in bare for stem in analysis.stems_of(text, language)) for language in languages)
    return tuple(run for run in stemmed if len(set(run)) > 1)


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
