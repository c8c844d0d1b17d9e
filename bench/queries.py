"""Queries drawn from a corpus by how many of its articles have their words.

The words of one query come from one article, so that they belong together and all of them are somewhere.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import Stemmer

from bench.corpus import FUNCTION_WORDS

SAMPLE = 100_000  # articles from which queries are drawn: a larger corpus is asked the same
EACH = 100  # queries of one kind and band
BANDS = {  # share of the articles that have a word in some inflection: from, up to
    "rare": (0.0001, 0.001),
    "medium": (0.001, 0.02),
    "common": (0.02, 0.3),
}
MIXED = "mixed"
KINDS = ("or", "and", "phrase", "prefix", "filtered", "newest")
MIN_PREFIX = 5  # letters; shorter ones stand for more words than every peer is willing to search
TRIES = 20_000

_WORD = re.compile(r"[^\W\d_]\w*")
_RUN = re.compile(r"\w+(?: \w+)+")  # words with nothing but a space between
_FUNCTION = frozenset(FUNCTION_WORDS.split())


@dataclass(frozen=True, slots=True)
class BenchQuery:
    """`words` as printed, in lower case: all of them where `every`, else any; of a phrase in their order; of a prefix
    one beginning. With `publisher` only articles of that one count.
    """

    kind: str
    band: str
    words: tuple[str, ...]
    every: bool = True
    publisher: str | None = None

    @property
    def newest(self) -> bool:
        """By date, newest first, instead of by relevance."""
        return self.kind == "newest"

    @property
    def name(self) -> str:
        return f"{self.kind} {self.band}"


class _Source:
    """The articles from which queries are drawn, with the band of every word."""

    def __init__(self, corpus: Path, random: Random) -> None:
        self.random = random
        stem = Stemmer.Stemmer("english").stemWord
        self._stems: dict[str, str] = {}
        documents: Counter[str] = Counter()
        self._articles: list[tuple[str, str]] = []
        with corpus.open(encoding="utf-8") as file:
            for line in islice(file, SAMPLE):
                article = json.loads(line)
                text = " ".join([article["title"], *article["summary"], article["body"]]).lower()
                found = set(_WORD.findall(text))
                for word in found:
                    if word not in self._stems:
                        self._stems[word] = stem(word)
                documents.update({self._stems[word] for word in found})
                self._articles.append((article["body"].lower(), article["publisher"]))
        self._bands = {
            stem: band
            for stem, count in documents.items()
            for band, (low, high) in BANDS.items()
            if max(low * len(self._articles), 2) <= count < high * len(self._articles)
        }

    def article(self) -> tuple[str, str]:
        """Body and publisher of some article."""
        return self.random.choice(self._articles)

    def band(self, word: str) -> str | None:
        """None for function words and for words outside of all bands."""
        return None if word in _FUNCTION else self._bands.get(self._stems.get(word, ""))

    def phrase_band(self, words: tuple[str, ...]) -> str | None:
        bands = [self.band(word) for word in words if word not in _FUNCTION]
        known = [band for band in BANDS if band in bands]
        if None in bands or not known:
            return None
        return known[0] if len(bands) == len(words) else MIXED

    def words(self, body: str, band: str) -> list[str]:
        """Words of one band (any for `mixed`) in some order, no two of one stem."""
        by_stem: dict[str, str] = {}
        for word in _WORD.findall(body):
            own = self.band(word)
            if own and band in (own, MIXED):
                by_stem.setdefault(self._stems[word], word)
        return self.random.sample(list(by_stem.values()), len(by_stem))


def draw(corpus: Path, seed: int, each: int = EACH) -> list[BenchQuery]:
    """`each` queries of every kind and band. OR asks for one to five words, AND for two to five."""
    source = _Source(corpus, Random(seed))
    queries: list[BenchQuery] = []
    for number in range(each):
        for band in (*BANDS, MIXED):
            queries.append(_first(_words, source, "or", band, 1 + number % 5, False))
            queries.append(_first(_words, source, "and", band, 2 + number % 4, True))
            queries.append(_first(_phrase, source, band, 2 + number % 2))
        queries.append(_first(_prefix, source))
        for kind in ("filtered", "newest"):
            query = _first(_words, source, kind, MIXED, 1 + number % 3, number % 2 == 0)
            queries.append(query)
    return sorted(queries, key=lambda query: (KINDS.index(query.kind), [*BANDS, MIXED].index(query.band)))


def _first(make: Callable[..., BenchQuery | None], *arguments: Any) -> BenchQuery:
    """`make` may fail on the article it happens on; then it tries another."""
    for _ in range(TRIES):
        if (query := make(*arguments)) is not None:
            return query
    raise ValueError(f"the corpus is too small to draw {make.__name__[1:]} queries from; use 10,000 articles or more")


def _words(source: _Source, kind: str, band: str, count: int, every: bool) -> BenchQuery | None:
    body, publisher = source.article()
    words = tuple(source.words(body, band)[:count])
    if len(words) < count:
        return None
    return BenchQuery(kind, band, words, every, publisher if kind == "filtered" else None)


def _phrase(source: _Source, band: str, count: int) -> BenchQuery | None:
    """Words that stand side by side, the rarest of them of the band. `mixed` ones have a function word among them."""
    body, _ = source.article()
    runs = [run.split() for run in _RUN.findall(body)]
    phrases = [tuple(run[at : at + count]) for run in runs for at in range(len(run) - count + 1)]
    fitting = [words for words in phrases if source.phrase_band(words) == band]
    return BenchQuery("phrase", band, source.random.choice(fitting)) if fitting else None


def _prefix(source: _Source) -> BenchQuery | None:
    """A word of the medium band without its last two letters."""
    body, _ = source.article()
    words = [word[:-2] for word in source.words(body, "medium") if len(word) >= MIN_PREFIX + 2]
    return BenchQuery("prefix", "medium", (words[0],)) if words else None


def drawn(corpus: Path, seed: int) -> list[BenchQuery]:
    """The queries for a corpus, kept in a file beside it."""
    path = corpus.with_name(f"queries-{seed}-{corpus.stem}.json")
    if path.exists():
        return [_query(values) for values in json.loads(path.read_text(encoding="utf-8"))]
    queries = draw(corpus, seed)
    path.write_text(json.dumps([asdict(query) for query in queries], indent=0), encoding="utf-8")
    return queries


def _query(values: dict[str, Any]) -> BenchQuery:
    return BenchQuery(**{**values, "words": tuple(values["words"])})
