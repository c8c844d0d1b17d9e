"""Suggestions out of the field of entries that `search.suggestions` describes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whoosh import query

from search import analysis, suggestions
from search.columnar.completions import completions
from search.columnar.evaluate import evaluate
from search.parse import QueryError, parse
from search.query import All, Query
from search.suggestions import Entry, Tail
from search.whoosh_compiler import Compiler

FIELD = "suggestions"
CANDIDATES = 40  # entries of each kind that are looked at: those with one key, and those without hits, fall together
MOST_NAMES = 4  # beside phrases
GOES_ON = 0.6  # share of the articles with a phrase that go on alike: it is but a part of a longer one then
LONGER = 2  # words by which a phrase may grow so,
LEAST = 3  # and articles that must have it


class Suggester:
    """For one text, over one generation."""

    def __init__(self, searcher: Any, filters: Sequence[Query], limit: int) -> None:
        self._searcher = searcher
        self._compiler = Compiler(searcher)
        self._filters = {str(place): self._compiler.compile(part) for place, part in enumerate(filters)}
        self._limit = limit

    def suggest(self, text: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for tail in suggestions.alternatives(text):
            if found:  # of several words together; the last one by itself is then of little interest
                break
            for entry, count in self._entries(tail):
                completed = tail.completed(self._whole(entry, count))
                if completed not in found and (tail.is_all or self._has_hits(completed)):
                    found[completed] = None
                if len(found) == self._limit:
                    break
        return tuple(found)

    def _entries(self, tail: Tail) -> list[tuple[Entry, int]]:
        """Those that complete it, what most articles have first; of names only some, where there are phrases."""
        try:
            context, _ = analysis.without_stop_words(parse(tail.context) if tail.joined else All())
        except QueryError:
            return []
        runs = completions(
            self._searcher,
            FIELD,
            tail.prefixes(),
            limit=CANDIDATES,
            within=None if isinstance(context, All) else self._compiler.compile(context),
            filters=self._filters,
        )
        phrases: list[tuple[Entry, int]] = []
        names: list[tuple[Entry, int]] = []
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

    def _whole(self, entry: Entry, count: int) -> Entry:
        """A phrase with the words behind it that most articles which have it go on with: `bank of new` is a part."""
        if entry.kind != suggestions.TITLE or " " not in entry.key or count < LEAST:
            return entry
        within = query.Term(FIELD, suggestions.written(*entry))
        for _ in range(LONGER):
            [following] = completions(
                self._searcher,
                FIELD,
                [suggestions.following(entry)],
                limit=1,
                within=within,
                filters=self._filters,
            )
            if not following or following[0][1] < GOES_ON * count:
                break
            entry = suggestions.continued(entry, suggestions.read(following[0][0]))
        return entry

    def _has_hits(self, completed: str) -> bool:
        try:
            asked, _ = analysis.without_stop_words(parse(completed))
        except QueryError:
            return False
        return evaluate(self._searcher, self._compiler.compile(asked), limit=0, filters=self._filters).total > 0
