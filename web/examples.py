"""Searches to learn the query language from, made of the words, names and days of this very archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise, product

from search.analysis import STOP_WORDS, has_cjk, tokens
from search.engine import Engine, Page, Search, Sort
from search.parse import parse

SAMPLE = 100  # newest articles, whose titles give the words
TRIES = 6  # of which the first that finds something is an example
SHORTEST = 4  # letters of a word that is worth showing
LONG = 7  # letters of a word that can be cut or misspelt and still be known


@dataclass(frozen=True, slots=True)
class Example:
    """count: of the articles it finds; None where this archive has nothing to show it with."""

    query: str
    count: int | None = None


_ELSEWHERE = {  # what is shown where the archive itself gives no example
    "words": "harbour strike",
    "phrase": '"regime change"',
    "near": '"russia syria"~8',
    "either": "ferry OR bridge",
    "both": "ferry AND bridge",
    "without": "syria NOT iran",
    "minus": "syria -iran",
    "brackets": "(ferry OR bridge) strike",
    "title": "title:veto",
    "author": "author:byline",
    "publisher": "publisher:gazette",
    "place": "place:geneva",
    "body": "body:harbour",
    "captions": "captions:envoy",
    "year": "date:2012",
    "month": "date:2012-06",
    "days": "date:2012-06-01..2012-06-07",
    "since": "date:2012..",
    "beginning": "interven*",
    "spelling": "kazakstan~",
    "spelling_two": "kazaksan~2",
    "everything": "*",
}


def examples(engine: Engine) -> dict[str, Example]:
    """By what they show. Raises EngineError."""
    page = engine.search(Search(sort=Sort.NEWEST, size=SAMPLE))
    candidates = _candidates(_Titles(page), page)
    return {name: _first_found(engine, candidates.get(name, ())) or Example(_ELSEWHERE[name]) for name in _ELSEWHERE}


def elsewhere() -> dict[str, Example]:
    """Examples that need no archive."""
    return {name: Example(query) for name, query in _ELSEWHERE.items()}


def _first_found(engine: Engine, queries: Iterable[str]) -> Example | None:
    for query, _ in zip(queries, range(TRIES), strict=False):
        if count := engine.search(Search(parse(query), size=1)).total:
            return Example(query, count)
    return None


class _Titles:
    """words: the most frequent first; pairs: of words of one title, and neighbours: side by side, likewise."""

    def __init__(self, page: Page) -> None:
        words: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        neighbours: Counter[tuple[str, str]] = Counter()
        for hit in page.hits:
            found = _words(hit.article.title or "")
            shown = dict.fromkeys(filter(_worth_showing, found))
            words.update(list(shown))
            pairs.update(combinations(shown, 2))
            neighbours.update(pair for pair in pairwise(found) if all(map(_worth_showing, pair)))
        self.words = [word for word, _ in words.most_common()]
        self.pairs = _by_frequency(pairs, words)
        self.neighbours = _by_frequency(neighbours, words)


def _by_frequency(pairs: Counter[tuple[str, str]], words: Counter[str]) -> list[tuple[str, str]]:
    return sorted(pairs, key=lambda pair: -pairs[pair] * (words[pair[0]] + words[pair[1]]))


def _words(text: str) -> list[str]:
    return [text[token.start : token.end].lower() for token in tokens(text)]


def _worth_showing(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha() and word not in STOP_WORDS and not has_cjk(word)


def _candidates(titles: _Titles, page: Page) -> dict[str, Iterable[str]]:
    words, pairs = titles.words, titles.pairs
    long_words = [word for word in words if len(word) >= LONG]
    captions = [word for hit in page.hits for caption in hit.article.captions for word in _words(caption)]
    return {
        "words": (f"{a} {b}" for a, b in pairs),
        "phrase": (f'"{a} {b}"' for a, b in titles.neighbours),
        "near": (f'"{b} {a}"~8' for a, b in pairs),
        "either": (f"{a} OR {b}" for a, b in pairwise(words)),
        "both": (f"{a} AND {b}" for a, b in pairs),
        "without": (f"{words[0]} NOT {b}" for b in words[1:]),
        "minus": (f"{words[0]} -{b}" for b in words[1:]),
        "brackets": (f"({a} OR {other}) {b}" for (a, b), other in product(pairs[:1], words) if other not in (a, b)),
        "title": (f"title:{word}" for word in words),
        "body": (f"body:{word}" for word in words),
        "captions": (f"captions:{word}" for word in captions if _worth_showing(word)),
        "beginning": (f"{word[:-3]}*" for word in long_words),
        "spelling": (f"{word[:3]}{word[4:]}~" for word in long_words),
        "spelling_two": (f"{word[:3]}{word[5:]}~2" for word in long_words),
        "everything": ("*",),
        **{name: _named(name, page) for name in ("author", "publisher", "place")},
        **_dated(page),
    }


def _named(field: str, page: Page) -> Iterator[str]:
    for bucket in page.facets.get(field, ()):
        if '"' not in bucket.value:
            yield f'{field}:"{bucket.value}"' if len(bucket.value.split()) > 1 else f"{field}:{bucket.value}"


def _dated(page: Page) -> dict[str, Iterable[str]]:
    days = [published for hit in page.hits if (published := hit.article.published)]
    if not days:
        return {}
    last = days[0].date() if isinstance(days[0], datetime) else days[0]
    first = last - timedelta(days=min(6, (last - date.min).days))
    year, month, day = f"{last:%Y}".zfill(4), last.isoformat()[:7], last.isoformat()
    return {
        "year": (f"date:{year}",),
        "month": (f"date:{month}",),
        "days": (f"date:{first.isoformat()}..{day}",),
        "since": (f"date:{year}..",),
    }
