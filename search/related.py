"""Words that the best articles for a question share: relevance feedback without a reader's help.

RM3 (Lavrenko and Croft, SIGIR 2001; Abdul-Jaleel and others, TREC 2004), with a word's rarity as a factor, so that
what the archive says everywhere is no word of the question's subject.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappush, heappushpop

from search import analysis, schema
from search.article import Article
from search.frequency import StemFrequencies

SHORTEST = 3  # letters of a word that may say something of a subject
FREQUENT = 0.1  # share of the archive's articles that have it, from which a word says nothing of a subject

_Printed = tuple[str, str]  # a stem, and the word as the index has it


@dataclass(frozen=True, slots=True)
class Related:
    """word: as the articles print it most often; weight: of all words together 1"""

    word: str
    stem: str
    weight: float


def related(
    best: Sequence[tuple[Article, float]], doc_count: int, doc_frequencies: StemFrequencies
) -> tuple[Related, ...]:
    """The words by falling weight, at most schema.RELATED_WORDS of them.

    best: the first articles with their scores, above 0
    doc_frequencies: in how many articles of the archive each stem stands; only the first few are read
    """
    everywhere = max(FREQUENT * doc_count, len(best))
    all_scores = sum(score for _, score in best)
    shares: Counter[str] = Counter()
    printed: Counter[_Printed] = Counter()
    for article, score in best:
        counts = _counts(article)
        part = score / all_scores / (counts.total() or 1)
        for form, count in counts.items():
            shares[form[0]] += part * count  # type: ignore[assignment]  # a Counter of floats
        printed.update(counts)
    first = _first(shares, doc_count, doc_frequencies, everywhere)
    total = sum(first.values())
    words: dict[str, str] = {}
    for (stem, word), _ in printed.most_common():
        if stem in first:
            words.setdefault(stem, word)
    return tuple(Related(words[stem], stem, weight / total) for stem, weight in first.items())


def _first(
    shares: Mapping[str, float], doc_count: int, doc_frequencies: StemFrequencies, everywhere: float
) -> dict[str, float]:
    """The stems of most weight, by falling weight. What would have too little in one article alone is not looked up."""
    weights: dict[str, float] = {}
    rarest = math.log(1 + doc_count / 2)
    least: list[float] = []  # the weights of the first ones so far, as a heap
    stems = sorted(shares, key=lambda stem: -shares[stem])
    for stem, frequency in zip(stems, doc_frequencies(stems), strict=True):
        if len(least) == schema.RELATED_WORDS and shares[stem] * rarest < least[0]:
            break
        if frequency <= everywhere:
            weights[stem] = shares[stem] * math.log(1 + doc_count / (1 + frequency))
            keep = heappush if len(least) < schema.RELATED_WORDS else heappushpop
            keep(least, weights[stem])
    return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[: schema.RELATED_WORDS])


def _counts(article: Article) -> Counter[_Printed]:
    """How often each word stands in title and body."""
    counts: Counter[_Printed] = Counter()
    for stretch, count in Counter(f"{article.title or ''} {article.body}".split()).items():
        for word in _telling(stretch, article.language):
            counts[word] += count
    return counts


@lru_cache(maxsize=100_000)
def _telling(stretch: str, language: str | None) -> list[_Printed]:
    """The words of a stretch without white space that may say something of a subject."""
    return [
        (form.stem, form.exact)
        for form, *_ in analysis.tokens(stretch, language)
        if len(form.exact) >= SHORTEST and not form.exact.isdigit() and form.exact not in analysis.STOP_WORDS
    ]
