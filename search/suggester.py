"""Suggestions out of an index's entries, which `search.suggestions` describes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from search import analysis, suggestions
from search.index import Asked, Beginning, Index
from search.parse import QueryError, parse
from search.query import All, Query
from search.suggestions import Entry, Tail

CANDIDATES = 40  # entries of each kind that are looked at: those with one key, and those without hits, fall together
MOST_NAMES = 4  # beside phrases
GOES_ON = 0.6  # share of the articles with a phrase that go on alike: it is but a part of a longer one then
LONGER = 2  # words by which a phrase may grow so,
LEAST = 3  # and articles that must have it

Counted = tuple[Entry, int]  # with how many articles have it


class Suggester:
    """For one text. Raises OutOfTime."""

    def __init__(self, index: Index, filters: Sequence[Query], limit: int) -> None:
        self._index = index
        self._filters = {str(place): part for place, part in enumerate(filters)}
        self._limit = limit

    def suggest(self, text: str) -> tuple[str, ...]:
        for tail in suggestions.alternatives(text):
            if found := self._completed(tail):  # where several words go together, the last alone is of little interest
                return found
        return ()

    def _completed(self, tail: Tail) -> tuple[str, ...]:
        found: dict[str, None] = {}
        entries = self._entries(tail)
        while entries and (more := self._limit - len(found)) > 0:
            completed = dict.fromkeys(tail.completed(entry) for entry in self._wholes(entries[:more]))
            new = [one for one in completed if one not in found]
            found |= dict.fromkeys(new if tail.is_all else self._with_hits(new))
            entries = entries[more:]
        return tuple(found)

    def _entries(self, tail: Tail) -> list[Counted]:
        """Those that complete it, what most articles have first; of names only some, where there are phrases."""
        try:
            context, _ = analysis.without_stop_words(parse(tail.context) if tail.joined else All())
        except QueryError:
            return []
        runs = self._index.completions(list(map(Beginning, tail.prefixes())), CANDIDATES, context, self._filters)
        phrases: list[Counted] = []
        names: list[Counted] = []
        for kind, run in zip(tail.kinds, runs, strict=True):
            counted = [(suggestions.read(term), count) for term, count in run]
            if kind == suggestions.TITLE:
                phrases = suggestions.together(counted, tail.key)
            else:
                names += suggestions.whole(counted)
        names.sort(key=lambda one: -one[1])
        if phrases:
            names = names[:MOST_NAMES]
        return sorted(phrases + names, key=lambda one: -one[1])

    def _wholes(self, counted: Sequence[Counted]) -> list[Entry]:
        """Phrases with the words behind them that most articles which have them go on with: `bank of new` is a part."""
        wholes = [entry for entry, _ in counted]
        growing = [place for place, one in enumerate(counted) if _may_grow(*one)]
        for _ in range(LONGER):
            asked = [
                Beginning(suggestions.following(wholes[place]), suggestions.written(*counted[place][0]))
                for place in growing
            ]
            runs = list(self._index.completions(asked, 1, All(), self._filters)) if asked else []
            goes_on = {
                place: run[0][0]
                for place, run in zip(growing, runs, strict=True)
                if run and run[0][1] >= GOES_ON * counted[place][1]
            }
            for place, following in goes_on.items():
                wholes[place] = suggestions.continued(wholes[place], suggestions.read(following))
            growing = list(goes_on)
        return wholes

    def _with_hits(self, texts: Sequence[str]) -> Iterator[str]:
        readable = [(text, Asked(asked, filters=self._filters)) for text in texts if (asked := _read(text))]
        totals = self._index.totals([asked for _, asked in readable])
        return (text for (text, _), total in zip(readable, totals, strict=True) if total)


def _may_grow(entry: Entry, count: int) -> bool:
    return entry.kind == suggestions.TITLE and " " in entry.key and count >= LEAST


def _read(text: str) -> Query | None:
    """None where it is no query."""
    try:
        return analysis.without_stop_words(parse(text))[0]
    except QueryError:
        return None
