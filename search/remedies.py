"""What would find something where a search finds nothing: the same with one thing changed, counted beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from search import analysis, edits
from search.corrections import Vocabulary, corrections
from search.edits import Place
from search.parse import parse, render
from search.query import Near, Phrase, Query, Words

MAX_PARTS = 24  # of a query of which each is left out in turn: each is a search of all the others
MAX_COUNTED = 16  # changes of one search, corrections aside, and as many again with two things changed
FEW = 10  # hits, below which a search may have been misspelt though it has some
MUCH_MORE = 10  # times the hits, that a correction must have then


class Change(StrEnum):
    CORRECTED = "corrected"  # words that the archive has, in place of some that it has not
    WITHOUT_PART = "without_part"
    LOOSENED = "loosened"  # the words of a phrase anywhere
    WITHOUT_FILTER = "without_filter"
    WITHOUT_FILTERS = "without_filters"
    ANY_WORD = "any_word"


@dataclass(frozen=True, slots=True)
class Remedy:
    """A changed search, and how many articles it finds.

    query: as a reader would type it
    part: of the query, or the filter, that was left out or loosened
    without: filters that were left out, by name: of a field, "date" or "since"
    any_word: whether any of the bare words is enough
    """

    change: Change
    query: Query
    part: Query | None = None
    without: tuple[str, ...] = ()
    any_word: bool = False
    total: int = 0


Filters = Mapping[str, Query | None]  # by name; None for "since", which is no query
Count = Callable[[Sequence[Remedy]], Iterable[int]]  # one total a remedy, none sooner than it is read


def remedies(query: Query, filters: Filters, count: Count, *, any_word: bool, relaxed: bool) -> tuple[Remedy, ...]:
    """Those of a search that found nothing with all that was asked, also without hits, at most MAX_COUNTED. Where none
    has hits under the filters, those follow that leave out a part and all filters.

    any_word: whether any of the bare words was enough from the start
    relaxed: whether in the end it was
    """

    def counted(changed: Iterator[Remedy]) -> list[Remedy]:
        first = list(islice(changed, MAX_COUNTED))
        return [replace(remedy, total=total) for remedy, total in zip(first, count(first), strict=True)]

    found = counted(_remedies(query, filters, any_word=any_word, relaxed=relaxed))
    if filters and not relaxed and not any(remedy.total for remedy in found):
        parts = _of_parts(query, any_word=any_word, relaxed=relaxed)
        found += counted(replace(remedy, without=tuple(filters)) for remedy in parts)
    return tuple(found)


def correction(
    query: Query, filters: Filters, count: Count, vocabulary: Vocabulary, *, any_word: bool, hits: int | None = None
) -> Remedy | None:
    """The likeliest one with hits of a search of which nothing has all that was asked: under its filters, where that
    has none without them.

    hits: that it has where it is relaxed, or would be; None where it never is
    """
    likely = [new for new in corrections(query, vocabulary) if parse(render(new)) == new]
    for without in ((), tuple(filters)) if filters else ((),):
        for loose in (any_word, True) if hits is not None else (any_word,):
            tried = [Remedy(Change.CORRECTED, new, without=without, any_word=loose) for new in likely]
            for one, total in zip(tried, count(tried), strict=True):
                if total > (hits or 0) * (loose and not any_word):
                    return replace(one, any_word=any_word, total=total)
    return None


def much_better(query: Query, hits: int, count: Count, vocabulary: Vocabulary, *, any_word: bool) -> Remedy | None:
    """A correction of a search that has a few hits, where a word of it looks like the misprint of a frequent one."""
    first = [new for new in corrections(query, vocabulary)[:1] if parse(render(new)) == new]
    tried = [Remedy(Change.CORRECTED, new, any_word=any_word) for new in first]
    for one, total in zip(tried, count(tried), strict=True):
        if total >= MUCH_MORE * hits:
            return replace(one, total=total)
    return None


def _remedies(query: Query, filters: Filters, *, any_word: bool, relaxed: bool) -> Iterator[Remedy]:
    for name, part in filters.items():
        yield Remedy(Change.WITHOUT_FILTER, query, part, (name,), any_word)
    if len(filters) > 1:
        yield Remedy(Change.WITHOUT_FILTERS, query, None, tuple(filters), any_word)
    yield from _of_parts(query, any_word=any_word, relaxed=relaxed)


def _of_parts(query: Query, *, any_word: bool, relaxed: bool) -> Iterator[Remedy]:
    if not any_word and not relaxed and analysis.loosen(query) != query:
        yield Remedy(Change.ANY_WORD, query, any_word=True)
    leaves = list(edits.leaves(query))
    if len(leaves) > MAX_PARTS:
        return
    for place, leaf in leaves:
        if _is_ignored(query, place):
            continue
        if rest := edits.edited(query, {place: None}):
            yield Remedy(Change.WITHOUT_PART, rest, leaf, (), any_word)
        if isinstance(leaf, Phrase | Near) and (looser := edits.loose(leaf)):
            changed = edits.edited(query, {place: looser})
            yield Remedy(Change.LOOSENED, changed or query, leaf, (), any_word)


def _is_ignored(query: Query, place: Place) -> bool:
    parent = edits.at(query, place[:-1])
    return isinstance(parent, Words) and place[-1] in analysis.ignored_parts(parent)
