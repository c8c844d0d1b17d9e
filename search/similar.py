"""What an article is about: the words that tell it from the rest of the archive, by which others like it are found.

Those with the highest tf-idf (Salton and Buckley 1988), as Lucene's MoreLikeThis takes them. Repetitions count by their
logarithm, or one word said often would be all that an article is about.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile
from operator import itemgetter

from search import analysis
from search.article import Article
from search.engine import Similar
from search.frequency import StemFrequencies, stem_frequencies
from search.index import Index

WORDS = 16  # that an article is taken to be about
TITLE = 3  # how often a word of the title counts
OPENING = 3_000  # characters of the body that are looked at: news says at once what it is about
SHORTEST = 3  # letters of a word that says something of a subject; a pair of Chinese characters is one too
FREQUENT = 0.1  # share of the articles in a language that have a word, above which it says nothing
SHARED = 3  # of the words at least that a similar article has too
LIKENESS = 0.14  # of a similar article at least
CANDIDATES = 3  # looked at for each one wanted: some are copies, or share too little

# So few articles do not show which words are rare: more of them have to be shared.
FEW = 100
FREQUENT_AMONG_FEW = 1 / 3  # up to as many articles as among FEW
LIKENESS_AMONG_FEW = 0.24

_POSSESSIVE = re.compile("['’]s$")
_FORM = itemgetter(0)  # of a token


@dataclass(frozen=True, slots=True)
class Telling:
    word: str  # as the article prints it
    stem: str


def similar_to(index: Index, article_id: str, limit: int) -> tuple[Similar, ...]:
    """The most similar first; none for an article that is not there. Other reports of its story, all but one of any
    other story, and copies are left out.
    """
    article = index.article(article_id)
    return () if article is None else tuple(islice(_similar(index, article, limit * CANDIDATES), limit))


def _similar(index: Index, article: Article, candidates: int) -> Iterator[Similar]:
    count = index.languages[analysis.stemmed_as(article.language)]
    words = telling(article, count, stem_frequencies(index))
    if len(words) < SHARED:
        return
    own, sharing = index.sharing(article.id, [one.stem for one in words], candidates)
    bodies = {article.body}
    for other in takewhile(lambda other: other.score >= least_likeness(count) * own, sharing):
        shared = tuple(one.word for one in words if one.stem in other.stems)
        if len(shared) >= SHARED and other.article.body not in bodies:
            bodies.add(other.article.body)
            yield Similar(other.article, min(other.score / own, 1.0), shared)


def telling(article: Article, doc_count: int, doc_frequencies: StemFrequencies) -> tuple[Telling, ...]:
    """At most WORDS, the most telling first.

    doc_count: of the articles in the article's language
    doc_frequencies: in how many of them each stem stands, this article included; a word that no other has leads nowhere
    """
    most = max(FREQUENT * doc_count, min(FREQUENT_AMONG_FEW * doc_count, FREQUENT * FEW))
    words = _words(article)
    stems = list(words.counts)
    weights = {
        stem: (1 + math.log(words.counts[stem])) * math.log(1 + doc_count / frequency)
        for stem, frequency in zip(stems, doc_frequencies(stems), strict=True)
        if 1 < frequency <= most
    }
    first = sorted(weights, key=lambda stem: (-weights[stem], stem))[:WORDS]
    return tuple(Telling(_POSSESSIVE.sub("", words.printed[stem]), stem) for stem in first)


def least_likeness(doc_count: int) -> float:
    """Of a similar article; doc_count as above."""
    return LIKENESS if doc_count >= FEW else LIKENESS_AMONG_FEW


@dataclass(slots=True)
class _Words:
    """By stem, how often each word counts and how it is printed."""

    counts: Counter[str] = field(default_factory=Counter)
    printed: dict[str, str] = field(default_factory=dict)

    def add(self, text: str, language: str | None, copies: int = 1) -> None:
        tokens = list(analysis.tokens(text, language))
        last = {token.form: token for token in tokens}  # less often than the first with the capital of a beginning
        for form, count in Counter(map(_FORM, tokens)).items():
            if _says_something(form.exact):
                self.counts[form.stem] += copies * count
                self.printed[form.stem] = text[last[form].start : last[form].end]


def _words(article: Article) -> _Words:
    words = _Words()
    words.add(article.title or "", article.language, TITLE)
    words.add("\n\n".join((*article.summary, article.body[:OPENING])), article.language)
    return words


def _says_something(word: str) -> bool:
    if word in analysis.STOP_WORDS or not word[0].isalpha():
        return False
    return len(word) >= SHORTEST or (len(word) > 1 and analysis.has_cjk(word))
