"""Words that the best articles for a question share: relevance feedback without a reader's help.

RM3 (Lavrenko and Croft, SIGIR 2001; Abdul-Jaleel and others, TREC 2004), with a word's rarity as a factor, so that
what the archive says everywhere is no word of the question's subject.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from search import analysis, schema
from search.article import Article

SHORTEST = 3  # letters of a word that may say something of a subject
FREQUENT = 0.1  # share of the archive's articles that have it, from which a word says nothing of a subject


@dataclass(frozen=True, slots=True)
class Related:
    """word: as the articles print it most often; weight: of all words together 1"""

    word: str
    stem: str
    weight: float


def related(
    best: Sequence[tuple[Article, float]], doc_count: int, doc_frequency: Callable[[str], int]
) -> tuple[Related, ...]:
    """The words by falling weight, at most schema.RELATED_WORDS of them.

    best: the first articles with their scores, above 0
    doc_frequency: in how many articles of the archive a stem stands
    """
    everywhere = max(FREQUENT * doc_count, len(best))
    all_scores = sum(score for _, score in best)
    shares: Counter[str] = Counter()
    printed: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for article, score in best:
        counts = _counts(article, printed)
        length = sum(counts.values())
        for stem, count in counts.items():
            shares[stem] += score / all_scores * count / length  # type: ignore[assignment]  # a Counter of floats
    weights = {}
    for stem, share in shares.items():
        frequency = doc_frequency(stem)
        if frequency <= everywhere:
            weights[stem] = share * math.log(1 + doc_count / (1 + frequency))
    first = sorted(weights, key=lambda stem: (-weights[stem], stem))[: schema.RELATED_WORDS]
    total = sum(weights[stem] for stem in first)
    return tuple(Related(printed[stem].most_common(1)[0][0], stem, weights[stem] / total) for stem in first)


def _counts(article: Article, printed: defaultdict[str, Counter[str]]) -> Counter[str]:
    """How often each stem stands in title and body. Notes how it is printed."""
    counts: Counter[str] = Counter()
    for form, *_ in analysis.tokens(f"{article.title or ''}\n\n{article.body}", article.language):
        if len(form.exact) >= SHORTEST and not form.exact.isdigit() and form.exact not in analysis.STOP_WORDS:
            counts[form.stem] += 1
            printed[form.stem][form.exact] += 1
    return counts
