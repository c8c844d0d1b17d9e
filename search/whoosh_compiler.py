"""From our queries to Whoosh's, for one searcher."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from whoosh import query

from search import analysis, schema
from search.analysis import stems_of, words_of
from search.columnar.evaluate import Result
from search.columnar.expand import MAX_EXPANSION
from search.columnar.queries import Near as NearQuery
from search.columnar.queries import SwapFuzzyTerm, Within
from search.query import All, And, Between, Fuzzy, Near, Not, OneOf, Or, Phrase, Prefix, Query, Word, Words
from search.schema import days, exact_field, key_field, stem_field

MAX_PHRASES = 4 * MAX_EXPANSION  # that all beginnings behind other words, as in `north-sout*`, stand for together
BONUS = 0.1  # score for a form printed with just the accents that were typed


class Compiler:
    """From our queries to Whoosh's, for one searcher: accents and beginnings depend on the words of its archive.

    spellings: that bare words are searched by too
    """

    def __init__(self, searcher: Any, spellings: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> None:
        self._reader = searcher.reader()
        self.languages = tuple(searcher.weighting.languages(searcher))
        self._spellings = spellings
        self._expanding: dict[Any, str] = {}  # what a reader typed for a query that stands for many terms
        self._cut: list[str] = []
        self._phrases: dict[tuple[str, str], list[Any]] = {}  # that a beginning behind other words stands for

    def compile(self, node: Query) -> Any:
        match node:
            case All():
                return query.Every()
            case Word(text, field):
                return self._word(text, field)
            case Phrase(text, field):
                return within(_phrase(exact_field(field), words_of(text)), field)
            case Near(text, distance, field):
                words = list(dict.fromkeys(words_of(text)))
                return within(NearQuery(exact_field(field), words, distance) if words else query.NullQuery, field)
            case Prefix(text, field):
                return within(self._prefix(text, exact_field(field)), field)
            case Fuzzy(text, edits, field):
                return self._fuzzy(text, edits, field)
            case Between(start, end):
                return query.NumericRange(
                    "day",
                    None if start is None else days(start),
                    None if end is None else days(end),
                    endexcl=True,
                )
            case OneOf(field, values):
                return query.Or([query.Term(key_field(field), value) for value in values])
            case Words(parts) | And(parts):
                return query.And([self.compile(part) for part in parts])
            case Or(parts):
                return query.Or([self.compile(part) for part in parts])
            case Not(part):
                return query.Not(self._as_typed(part))

    def _as_typed(self, node: Query) -> Any:
        """The same in no other spellings."""
        spellings, self._spellings = self._spellings, {}
        try:
            return self.compile(node)
        finally:
            self._spellings = spellings

    def truncated(self, result: Result) -> tuple[str, ...]:
        """What was typed and stands for more terms than were searched."""
        cut = [self._expanding[expansion.query] for expansion in result.expansions]
        return tuple(dict.fromkeys(cut + self._cut))

    def _word(self, text: str, field: str | None) -> Any:
        if field in schema.NAMES_FIELDS:
            return _phrase(exact_field(field), words_of(text))
        stems = dict.fromkeys(
            tuple(stems_of(one, language)) for one in (text, *self._others(text, field)) for language in self.languages
        )
        found, *others = (within(_phrase(stem_field(field), list(words)), field) for words in stems)
        if others:
            found = query.Or([found, *others])
        bonus = self._as_printed(text)
        return found if bonus is None else query.AndMaybe(found, query.ConstantScoreQuery(bonus, BONUS))

    def _others(self, text: str, field: str | None) -> tuple[str, ...]:
        return () if field else self._spellings.get(text, ())

    def _as_printed(self, text: str) -> Any | None:
        """What puts first the documents that print an accented word so; for a plain word, that print it plainly."""
        forms = [token.form for token in analysis.asked(text)]
        if len(forms) != 1:
            return None
        [form] = forms
        if form.variant is not None:
            return query.Term("variants", form.variant)
        variants = list(self._reader.expand_prefix("variants", f"{form.exact}{analysis.VARIANT}"))
        return query.Not(query.Or([query.Term("variants", variant) for variant in variants])) if variants else None

    def _prefix(self, text: str, fieldname: str) -> Any:
        words = words_of(text)
        if not words:
            return query.NullQuery
        *whole, start = words
        if not whole:
            prefix = query.Prefix(fieldname, start)
            self._expanding[prefix] = text
            return prefix
        if (text, fieldname) not in self._phrases:
            self._phrases[text, fieldname] = self._phrases_of(text, whole, start, fieldname)
        return query.Or(self._phrases[text, fieldname])

    def _phrases_of(self, text: str, whole: list[str], start: str, fieldname: str) -> list[Any]:
        most = min(MAX_EXPANSION, MAX_PHRASES - sum(map(len, self._phrases.values())))
        if not most:
            self._cut.append(text)
            return []
        beginnings = [term.decode("utf-8") for term in self._reader.expand_prefix(fieldname, start)]
        if len(beginnings) > most:
            self._cut.append(text)
            beginnings.sort(key=lambda term: -self._reader.doc_frequency(fieldname, term))
        return [_phrase(fieldname, [*whole, word]) for word in beginnings[:most]]

    def _fuzzy(self, text: str, edits: int, field: str | None) -> Any:
        """Nearer words count more: once for every number of edits that admits them."""
        word = "".join(words_of(text))
        nearer = [SwapFuzzyTerm(exact_field(field), word, maxdist=distance) for distance in range(1, edits + 1)]
        self._expanding |= dict.fromkeys(nearer, text)
        return query.Or([within(one, field) for one in nearer]) if word else query.NullQuery


def _phrase(fieldname: str, words: list[str]) -> Any:
    if not words:
        return query.NullQuery
    return query.Term(fieldname, words[0]) if len(words) == 1 else query.Phrase(fieldname, words)


def within(compiled: Any, field: str | None) -> Any:
    """What is found in the body alone, for `body:`."""
    return Within(compiled, analysis.BODY_START) if field == "body" and compiled != query.NullQuery else compiled
