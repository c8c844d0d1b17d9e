"""In which other spellings the bare words of a search are searched: those that the archive prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search import analysis, schema
from search.abbreviations import is_abbreviation, long_form
from search.frequency import frequencies
from search.index import Asked, Index, Spellings
from search.query import And, Or, Query, Word, Words
from search.spelling import spellings, without_article


def printed_spellings(words: Sequence[str], index: Index) -> Spellings:
    """By word, long forms of abbreviations first. In a query all in capitals no word is an abbreviation for them."""
    shout = len(words) > 1 and all(map(str.isupper, words))
    distinct = list(dict.fromkeys(words))
    whole = {} if shout else _long_forms(distinct, index)
    others = _other_spellings(distinct, index)
    both = {word: (*whole.get(word, ()), *others.get(word, ())) for word in distinct}
    return {word: found for word, found in both.items() if found}


def spelt(node: Query, others: Spellings) -> Query:
    """The query with the other spellings of its bare words, as what is shown of an article marks them."""
    match node:
        case Word(text, None) if text in others:
            return Or((node, *map(Word, others[text])))
        case Words(parts) | And(parts) | Or(parts):
            return type(node)(tuple(spelt(part, others) for part in parts))
        case _:
            return node


def _long_forms(words: Sequence[str], index: Index) -> dict[str, tuple[str, ...]]:
    """What the best articles that have an abbreviation say it stands for."""
    short = list(filter(is_abbreviation, words))
    if not short:
        return {}
    best = index.best([Asked(Word(word)) for word in short], schema.DEFINED_IN)
    said = (
        long_form(word, (article.body for article, _ in articles)) for word, articles in zip(short, best, strict=True)
    )
    return {word: (whole,) for word, whole in zip(short, said, strict=True) if whole}


def _other_spellings(words: Sequence[str], index: Index) -> dict[str, tuple[str, ...]]:
    """Those that the archive prints so often that they are no misprints."""
    likely = {word: others for word in words if (others := _likely(word))}
    if not likely:
        return {}
    looked_up = list(dict.fromkeys(text for word, others in likely.items() for text in (word, *others)))
    counts = frequencies([Word(text) for text in looked_up], {}, index)
    having = dict(zip(looked_up, counts, strict=True))
    return {word: _frequent(word, others, having, index) for word, others in likely.items()}


def _likely(text: str) -> tuple[str, ...]:
    words = analysis.words_of(text)
    if len(words) == 1:
        return spellings(words[0])
    name = without_article("-".join(words)) if "-" in text else None
    return (name, *spellings(name)) if name else ()


def _frequent(text: str, others: tuple[str, ...], having: Mapping[str, int], index: Index) -> tuple[str, ...]:
    least = max(1, schema.SPELT_LEAST * having[text])
    frequent = [other for other in others if having[other] >= least]
    by_stems = {_stems(text, index): text}  # of one stem, one spelling finds what the others do
    for other in frequent:
        by_stems.setdefault(_stems(other, index), other)
    return tuple(by_stems.values())[1:]


def _stems(text: str, index: Index) -> tuple[str, ...]:
    """In each language of the archive."""
    return tuple(" ".join(analysis.stems_of(text, language)) for language in index.languages)
