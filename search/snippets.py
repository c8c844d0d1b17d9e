"""Best passages of a text for a query, as matched and unmatched pieces, never HTML.

A passage is worth the sum of the distinct parts of the query that it matches, rarer parts more; repetitions decide
between equals. It begins with its sentence where that is near.

To find the matches, most of a text need not be analysed: the words that a query asks for begin with letters known
beforehand, so only the stretches where those stand are parted into tokens. Where that is not enough (edit distances,
nearness, accents, very many words), all of the text is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter

from rapidfuzz.distance import OSA

from search.analysis import (
    ENGLISH,
    FOLDING,
    Token,
    parted,
    stem_beginning,
    stemmed_as,
    stems_of,
    tokens,
    tokens_of,
    without_stop_words,
    words_of,
)
from search.engine import Piece, Snippet
from search.query import And, Fuzzy, Near, Or, Phrase, Prefix, Query, Word, Words

PASSAGE = 230  # characters, some two lines of a results page
PASSAGES = 2  # of one text at most, the second where it matches what the first does not
SENTENCE_REACH = 90  # characters before its first match within which a passage begins with the sentence
CONTEXT = 30  # characters before its first match where the sentence begins farther away
REPEAT = 0.05  # worth of matching a part again, as a share of matching it once
MAX_WHOLES = (
    32  # parts of a query, near words and misspellings, that are marked: each takes a look through all of a text
)
MAX_BEGINNINGS = 40  # more of them cost more to look for than to analyse the text

_BY_NAME_ONLY = frozenset({"captions", "publisher", "place"})  # bare words do not search them
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s+|[。！？][」』”]?|\n+")
_SPACE = re.compile(r"\s+")
_CHUNK = re.compile(r"\S*")

Weigh = Callable[[Query], float]
Span = tuple[int, int]  # characters start <= i < end


@dataclass(frozen=True, slots=True)
class Match:
    start: int
    end: int
    part: Query  # of the query: a Word, a Phrase ...


def mark(text: str, query: Query, field: str = "body", language: str | None = None) -> Snippet:
    """The whole text, with what the query matches in that field (`title`, `body`, `captions` ...) as matched pieces.

    language: ISO 639-1, of the text; None: unknown
    """
    return tuple(_pieces(text, (0, len(text)), matches(text, query, field, language)))


def snippet(text: str, query: Query, weigh: Weigh | None = None, language: str | None = None) -> Snippet:
    """The best passages of a body; its opening words, unmatched, where nothing matches; empty for an empty text.

    weigh: what it is worth to match one part of the query (a Word, a Phrase ...), more than 0; None: all alike.
    language: as for `mark`
    """
    found = matches(text, query, "body", language)
    spans = _passages(text, found, weigh) if found else [(0, _end(text, 0))]
    pieces: list[Piece] = []
    for start, end in spans:
        if start > 0:
            pieces.append(Piece(" … " if pieces else "… "))
        pieces.extend(_pieces(text, (start, end), found))
    if spans[-1][1] < len(text):
        pieces.append(Piece(" …"))
    return tuple(Piece(_SPACE.sub(" ", piece.text), piece.matched) for piece in pieces)


def matches(text: str, query: Query, field: str, language: str | None = None) -> list[Match]:
    """What the query matches in a text of that field, in the order of the text. Exclusions match nothing."""
    return _plan(query, field, stemmed_as(language)).matches(text)


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that must stand side by side."""

    form: Callable[[Token], str]
    words: list[str]
    part: Query


@dataclass(slots=True)
class _Plan:
    """What of a text has to be looked at for one query in one field of one language."""

    language: str
    stems: dict[str, Query] = field(default_factory=dict)
    words: dict[str, Query] = field(default_factory=dict)
    runs: list[_Run] = field(default_factory=list)
    heads: dict[str, list[int]] = field(default_factory=dict)  # which runs begin with a word
    prefixes: dict[str, Prefix] = field(default_factory=dict)  # by the beginning
    lengths: tuple[int, ...] = ()  # of beginnings
    wholes: list[Near | Fuzzy] = field(default_factory=list)  # for these the whole text has to be looked at
    beginnings: frozenset[str] = frozenset()  # of the words of all the rest, in a text of small letters

    def matches(self, text: str) -> list[Match]:
        found = self._tokens(text)
        by_start: dict[int, Match] = {}
        for token, part in self._matched(text, found):
            by_start.setdefault(token.start, Match(token.start, token.end, part))
        return [by_start[start] for start in sorted(by_start)]

    def _tokens(self, text: str) -> list[Token]:
        """All that may match, at least."""
        if self.wholes or self.language != ENGLISH:  # other stemmers cut off the beginnings of words too
            return list(tokens(text, self.language))
        if not 0 < len(self.beginnings) <= MAX_BEGINNINGS:
            return list(tokens(text)) if self.stems or self.words or self.runs or self.prefixes else []
        small = text.lower()
        if not text.isascii() and (len(small) != len(text) or FOLDING.search(text)):
            return list(tokens(text))
        found: list[Token] = []
        end = 0
        for place in sorted(place for beginning in self.beginnings for place in _word_starts(small, beginning)):
            if place < end:
                continue
            start = place
            while start > end and not small[start - 1].isspace():
                start -= 1
            end = _CHUNK.match(text, place).end()  # type: ignore[union-attr]  # it matches everywhere
            found += tokens_of(text, start, end)
        return found

    def _matched(self, text: str, found: list[Token]) -> Iterator[tuple[Token, Query]]:
        yield from self._in_runs(text, found)
        for whole in self.wholes:
            close = _stretches(found, whole) if isinstance(whole, Near) else _alike(found, whole)
            yield from ((found[i], whole) for i in close)
        for token in found:
            exact = token.form.exact
            if self.lengths and (
                beginning := next((exact[:n] for n in self.lengths if exact[:n] in self.prefixes), "")
            ):
                yield token, self.prefixes[beginning]
            part = self.words.get(token.form.exact) or self.stems.get(token.form.stem)
            if part is not None:
                yield token, part

    def _in_runs(self, text: str, found: list[Token]) -> Iterator[tuple[Token, Query]]:
        places = [tuple(several) for _, several in groupby(found, attrgetter("start"))] if self.runs else []
        standing: list[tuple[int, list[Token]]] = []
        for first, several in enumerate(places):
            forms = {form for token in several for form in (token.form.stem, token.form.exact)}
            for number in {number for form in forms for number in self.heads.get(form, ())}:
                run = self.runs[number]
                standing.append((number, _standing(text, places[first : first + len(run.words)], run)))
        for number, stretch in sorted(standing, key=itemgetter(0)):  # of several over one word, the first of the query
            yield from ((token, self.runs[number].part) for token in stretch)


@lru_cache(maxsize=256)
def _plan(query: Query, field: str, language: str) -> _Plan:
    plan = _Plan(language)
    beginnings: set[str] = set()
    stem, word = attrgetter("form.stem"), attrgetter("form.exact")
    for part in _parts(without_stop_words(query)[0], field):
        match part:
            case Word(text):
                terms = stems_of(text, language)
                beginnings.update(map(stem_beginning, terms))
                if len(terms) == 1:
                    plan.stems.setdefault(terms[0], part)
                elif terms:
                    plan.runs.append(_Run(stem, terms, part))
            case Phrase(text) | Prefix(text):
                terms = words_of(text)
                beginnings.update(terms)
                if len(terms) > 1:
                    plan.runs.append(_Run(word, terms, part))
                elif terms and isinstance(part, Prefix):
                    plan.prefixes.setdefault(terms[0], part)
                elif terms:
                    plan.words.setdefault(terms[0], part)
            case Near() | Fuzzy():
                if len(plan.wholes) < MAX_WHOLES:
                    plan.wholes.append(part)
    for number, run in enumerate(plan.runs):
        plan.heads.setdefault(run.words[0], []).append(number)
    plan.lengths = tuple(sorted(set(map(len, plan.prefixes))))
    plan.beginnings = _printed(beginnings)
    return plan


def _printed(beginnings: Iterable[str]) -> frozenset[str]:
    """In small letters: an acronym may have its dots, an apostrophe any form. None that begins with another of them."""
    printed = {beginning.partition("'")[0] for beginning in beginnings}
    printed |= {f"{beginning[0]}.{beginning[1]}" for beginning in printed if len(beginning) > 1}
    kept: list[str] = []
    for one in sorted(printed):  # what begins with another of them stands behind it, and so does all between
        if not kept or not one.startswith(kept[-1]):
            kept.append(one)
    return frozenset(kept)


def _word_starts(small: str, beginning: str) -> Iterator[int]:
    """Where a word may begin so."""
    place = small.find(beginning)
    while place >= 0:
        if place == 0 or not small[place - 1].isalnum():
            yield place
        place = small.find(beginning, place + 1)


def _parts(query: Query, field: str) -> Iterator[Query]:
    """The leaves that ask for words in this field."""
    match query:
        case Words(parts) | And(parts) | Or(parts):
            for part in parts:
                yield from _parts(part, field)
        case Word() | Phrase() | Near() | Prefix() | Fuzzy():
            if query.field == field or (query.field is None and field not in _BY_NAME_ONLY):
                yield query


def _standing(text: str, places: Sequence[tuple[Token, ...]], run: _Run) -> list[Token]:
    """The tokens of a run where it stands at these places; else none. The last word of a Prefix need only begin so."""
    *whole, last = run.words
    stretch: list[Token] = []
    for word, several in zip(run.words, places, strict=False):
        begins = isinstance(run.part, Prefix) and len(stretch) == len(whole)
        fitting = (t for t in several if run.form(t) == word or (begins and run.form(t).startswith(last)))
        token = next(fitting, None)
        if token is None or (stretch and parted(text, stretch[-1].end, token.start)):
            return []
        stretch.append(token)
    return stretch if len(stretch) == len(run.words) else []


def _stretches(found: Sequence[Token], near: Near) -> Iterator[int]:
    """Tokens of every shortest stretch that holds all these words and not too many others."""
    words = set(words_of(near.text))
    places = [i for i, token in enumerate(found) if token.form.exact in words]
    held: Counter[str] = Counter()
    first = 0
    for last, place in enumerate(places):
        held[found[place].form.exact] += 1
        while held[found[places[first]].form.exact] > 1:
            held[found[places[first]].form.exact] -= 1
            first += 1
        if len(held) == len(words):
            length = found[place].position - found[places[first]].position + 1
            if length - len(words) <= near.distance:
                yield from places[first : last + 1]


def _alike(found: Sequence[Token], fuzzy: Fuzzy) -> Iterator[int]:
    word, edits = "".join(words_of(fuzzy.text)), fuzzy.edits
    near = {form: OSA.distance(word, form, score_cutoff=edits) <= edits for form in {t.form.exact for t in found}}
    return (i for i, token in enumerate(found) if near[token.form.exact])


def _passages(text: str, found: list[Match], weigh: Weigh | None) -> list[Span]:
    """The best spans in the order of the text, none overlapping another."""
    starts = [match.start for match in found]
    worth = {match.part: weigh(match.part) if weigh else 1.0 for match in found}
    chosen: list[Span] = []
    while worth and len(chosen) < PASSAGES:
        start = _start(text, _best(found, worth))
        chosen.append((start, _end(text, start)))
        for match in found[bisect_left(starts, start) : bisect_left(starts, chosen[-1][1])]:
            worth.pop(match.part, None)
    chosen.sort()
    spans = chosen[:1]
    for start, end in chosen[1:]:
        if start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _best(found: list[Match], worth: dict[Query, float]) -> int:
    """Where the matches begin that are worth most together within one passage."""
    wanted = [match for match in found if match.part in worth]
    held: Counter[Query] = Counter()
    best, best_value, value = wanted[0].start, 0.0, 0.0
    first = 0
    for match in wanted:
        value += worth[match.part] * (REPEAT if held[match.part] else 1.0)
        held[match.part] += 1
        while wanted[first] is not match and match.end - wanted[first].start > PASSAGE - CONTEXT:
            left = wanted[first].part
            held[left] -= 1
            value -= worth[left] * (REPEAT if held[left] else 1.0)
            first += 1
        if value > best_value + 1e-9:
            best, best_value = wanted[first].start, value
    return best


def _start(text: str, place: int) -> int:
    """Where a passage that is to show `place` begins."""
    begin = place if place <= 0 else max(0, place - SENTENCE_REACH)
    sentence = None if begin == 0 else -1
    for end in _SENTENCE_END.finditer(text, begin, place):
        sentence = end.end()
    if sentence is None:
        return 0
    if sentence > 0:
        return sentence
    space = _SPACE.search(text, place - CONTEXT, place)
    return space.end() if space else place


def _end(text: str, start: int) -> int:
    """Where a passage that begins at `start` ends: with the last whole word that it has room for."""
    if len(text) - start <= PASSAGE:
        return len(text)
    space = text.rfind(" ", start + PASSAGE // 2, start + PASSAGE + 1)
    return space if space > 0 else start + PASSAGE


def _merged(found: Iterable[Match]) -> Iterator[Span]:
    """Where matches stand; those that overlap, as pairs of Chinese characters do, are one."""
    held: Span | None = None
    for match in found:
        if held and match.start < held[1]:
            held = held[0], max(held[1], match.end)
            continue
        if held:
            yield held
        held = match.start, match.end
    if held:
        yield held


def _pieces(text: str, span: Span, found: Iterable[Match]) -> Iterator[Piece]:
    here, end = span
    for start, stop in _merged(found):
        if start < here or start >= end:
            continue
        if start > here:
            yield Piece(text[here:start])
        here = min(stop, end)
        yield Piece(text[start:here], matched=True)
    if here < end:
        yield Piece(text[here:end])
