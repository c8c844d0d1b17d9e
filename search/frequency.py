"""About how many articles the parts of a query find, by how many have each of their terms: asked for all in one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from search import analysis, schema
from search.index import Index, Spellings, Term
from search.query import Near, Phrase, Query, Word

StemFrequencies = Callable[[Sequence[str]], Iterable[int]]  # in how many articles each stem stands

_Readings = list[list[Term]]  # of a part: it is found by any of them, and each by all of its terms


def frequencies(parts: Sequence[Query], spellings: Spellings, index: Index) -> list[int]:
    """From above, in the order of the parts."""
    readings = [_readings(part, spellings, index.languages) for part in parts]
    terms = list(dict.fromkeys(term for several in readings for terms in several or () for term in terms))
    having = dict(zip(terms, index.doc_frequencies(terms), strict=True))

    def together(several: _Readings) -> int:
        return sum(min((having[term] for term in terms), default=0) for terms in several)

    return [index.documents if several is None else together(several) for several in readings]


def stem_frequencies(index: Index) -> StemFrequencies:
    return lambda stems: index.doc_frequencies([Term("text", stem) for stem in stems])


def rarities(parts: Sequence[Query], spellings: Spellings, index: Index) -> dict[Query, float]:
    """Higher for rarer parts, above 0."""
    counts = frequencies(parts, spellings, index)
    return {part: math.log(1 + index.documents / (1 + count)) for part, count in zip(parts, counts, strict=True)}


def _readings(part: Query, spellings: Spellings, languages: Iterable[str]) -> _Readings | None:
    """None for what only a search can tell."""
    match part:
        case Word(text, field) if field not in schema.NAMES_FIELDS:
            typed = (text, *(() if field else spellings.get(text, ())))
            stem_field = schema.stem_field(field)
            return [
                [Term(stem_field, stem) for stem in analysis.stems_of(one, language)]
                for one in typed
                for language in languages
            ]
        case Word(text, field) | Phrase(text, field) | Near(text, _, field):
            return [[Term(schema.exact_field(field), word) for word in analysis.words_of(text)]]
        case _:
            return None
