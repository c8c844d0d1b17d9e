"""Why an article is in an answer, or is not: its rank, its score in parts, and what keeps it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from search.article import Article
from search.parse import render
from search.query import And, Not, Or, Query, Words
from search.receipt import part_json


@dataclass(frozen=True, slots=True)
class TermScore:
    """score: rarity * weight, times how much of the term's word was asked for

    word: as it is ranked: a stem
    frequency: how often the article has it, its title three times
    documents: articles of the archive that have it
    rarity: its inverse document frequency, higher for rarer words
    weight: of so many occurrences in an article of that length, 0 to about 2
    length: of the article, in words, as scores know it
    """

    word: str
    frequency: float
    documents: int
    rarity: float
    weight: float
    length: int
    score: float


@dataclass(frozen=True, slots=True)
class WhyPart:
    """A word, phrase or date of the query.

    has: whether the article has it
    fails: whether that keeps the article out
    score: what it brings: that of its terms, and what does not depend on them, as for accents printed just so
    """

    asked: Query
    has: bool
    excluded: bool = False
    fails: bool = False
    score: float = 0
    terms: tuple[TermScore, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyFilter:
    """filter: None for what is new since a generation"""

    name: str
    filter: Query | None
    passes: bool


@dataclass(frozen=True, slots=True)
class Why:
    """The score is that of the parts, of related words and of nearness together, and `age`, which is 0 or less.

    found: whether the article is in the answer, and then:
    rank: counts from 1
    by_score: whether that is by score; in an order by date all of its parts are 0
    """

    article: Article
    found: bool
    total: int  # articles of the answer
    generation: int
    parts: tuple[WhyPart, ...]  # in the order of the query
    filters: tuple[WhyFilter, ...] = ()
    relaxed: bool = False
    ignored: tuple[str, ...] = ()
    by_score: bool = True
    rank: int | None = None
    score: float = 0
    related: tuple[TermScore, ...] = ()  # words that the best articles share
    nearness: float = 0
    age: float = 0
    behind: Article | None = None  # report of the same story that is shown in its place, where stories are folded


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of a query that has no parts itself. excluding: whether it stands below a Not"""

    part: Query
    excluding: bool


Explained = Callable[[Sequence[Leaf]], Iterable[WhyPart]]  # of each leaf, as if it stood alone


def parts_of(query: Query, explained: Explained) -> tuple[bool, tuple[WhyPart, ...]]:
    """Whether a query finds the article, and its parts; one brings nothing where another beside it is missing."""
    branch = _read(query, iter(explained(list(_leaves(query)))))
    return branch.found, branch.parts


def _leaves(query: Query, *, excluding: bool = False) -> Iterator[Leaf]:
    """In the order in which `_read` comes to them."""
    match query:
        case Words(parts) | And(parts) | Or(parts):
            for part in parts:
                yield from _leaves(part, excluding=excluding)
        case Not(part):
            yield from _leaves(part, excluding=True)
        case _:
            yield Leaf(query, excluding)


@dataclass(frozen=True, slots=True)
class _Branch:
    """parts: `fails` where the branch is not found and they are to blame"""

    found: bool
    parts: tuple[WhyPart, ...]

    def without_scores(self) -> _Branch:
        return _Branch(self.found, tuple(replace(part, score=0.0, terms=()) for part in self.parts))

    def without_fault(self) -> _Branch:
        return _Branch(self.found, tuple(replace(part, fails=False) for part in self.parts))


def _read(query: Query, explained: Iterator[WhyPart]) -> _Branch:
    match query:
        case Words(parts) | And(parts):
            return _all([_read(part, explained) for part in parts], parts)
        case Or(parts):
            return _any([_read(part, explained) for part in parts])
        case Not(part):
            return _not(_read(part, explained))
        case _:
            leaf = next(explained)
            return _Branch(leaf.has, (replace(leaf, fails=not leaf.has),))


def _all(branches: list[_Branch], parts: tuple[Query, ...]) -> _Branch:
    """Exclusions bring nothing where anything else is asked for, and once where nothing is."""
    wanted = [not isinstance(part, Not) for part in parts]
    scored = [wants if any(wanted) else number == 0 for number, wants in enumerate(wanted)]
    kept = [branch if scores else branch.without_scores() for branch, scores in zip(branches, scored, strict=True)]
    together = _Branch(all(branch.found for branch in kept), tuple(part for branch in kept for part in branch.parts))
    return together if together.found else together.without_scores()


def _any(branches: list[_Branch]) -> _Branch:
    together = _Branch(any(one.found for one in branches), tuple(part for one in branches for part in one.parts))
    return together.without_fault() if together.found else together


def _not(branch: _Branch) -> _Branch:
    """An exclusion that holds counts 1, whatever it excludes. To blame for one that does not is all that holds within
    it: that the article has a part or, in an exclusion there, that it has not.
    """
    parts = (
        replace(part, excluded=not part.excluded, fails=branch.found and part.has != part.excluded, score=0.0, terms=())
        for part in branch.parts
    )
    first, *rest = parts
    return _Branch(not branch.found, (first if branch.found else replace(first, score=1.0), *rest))


def to_json(told: Why) -> dict[str, Any]:
    return {
        "id": told.article.id,
        "found": told.found,
        "rank": told.rank,
        "total": told.total,
        "generation": told.generation,
        "score": told.score,
        "by_score": told.by_score,
        "relaxed": told.relaxed,
        "ignored": list(told.ignored),
        "parts": [_part_json(part) for part in told.parts],
        "related": [asdict(term) for term in told.related],
        "nearness": told.nearness,
        "age": told.age,
        "behind": told.behind.id if told.behind else None,
        "filters": [
            {"name": one.name, "filter": part_json(one.filter) if one.filter else None, "passes": one.passes}
            for one in told.filters
        ],
    }


def _part_json(part: WhyPart) -> dict[str, Any]:
    return part_json(part.asked) | {
        "query": render(part.asked),
        "has": part.has,
        "excluded": part.excluded,
        "fails": part.fails,
        "score": part.score,
        "terms": [asdict(term) for term in part.terms],
    }
