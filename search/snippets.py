"""Best passages of a text for a query, as matched and unmatched pieces, never HTML.

A passage is worth the sum of the distinct parts of the query that it matches, rarer parts more; repetitions decide
between equals. It begins with its sentence where that is near.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from rapidfuzz.distance import OSA

from search.analysis import Token, stems, tokens, without_stop_words
from search.engine import Piece, Snippet
from search.query import And, Fuzzy, Near, Or, Phrase, Prefix, Query, Word, Words

PASSAGE_TOKENS = 36  # some two lines of a results page
PASSAGES = 2  # of one text at most, the second where it matches what the first does not
SENTENCE_REACH = 14  # tokens before its first match at which a passage may begin, to begin with the sentence
CONTEXT = 5  # tokens before its first match where the sentence begins farther away
REPEAT = 0.05  # worth of matching a part again, as a share of matching it once

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*\s|\n")
_SPACE = re.compile(r"\s+")

Weigh = Callable[[Query], float]
Span = tuple[int, int]  # tokens first <= i < last


def mark(text: str, query: Query, field: str = "body") -> Snippet:
    """The whole text, with what the query matches in that field (`title`, `body`, `captions` ...) as matched pieces."""
    found = list(tokens(text))
    return tuple(_pieces(text, 0, len(text), found, matches(found, query, field)))


def snippet(text: str, query: Query, weigh: Weigh | None = None) -> Snippet:
    """The best passages of a body; its opening words, unmatched, where nothing matches; empty for an empty text.

    weigh: what it is worth to match one part of the query (a Word, a Phrase ...), more than 0; None: all alike.
    """
    found = list(tokens(text))
    matched = matches(found, query, "body")
    spans = _passages(text, found, matched, weigh) if matched else [(0, PASSAGE_TOKENS)]
    pieces: list[Piece] = []
    end = 0
    for first, last in spans:
        start = found[first].start if first else 0
        if start > end:
            pieces.append(Piece(" … " if end else "… "))
        end = _end(text, found, last)
        pieces.extend(_pieces(text, start, end, found, matched))
    if end < len(text):
        pieces.append(Piece(" …"))
    return tuple(Piece(_SPACE.sub(" ", piece.text), piece.matched) for piece in pieces)


def matches(found: Sequence[Token], query: Query, field: str) -> dict[int, Query]:
    """Which tokens the query matches in a field, and the part of the query that does so. Exclusions match nothing."""
    by_stem: dict[str, Query] = {}
    by_exact: dict[str, Query] = {}
    matched: dict[int, Query] = {}
    for part in _parts(without_stop_words(query)[0], field):
        match part:
            case Word(text):
                words = [term for term, _ in stems(text)]
                if len(words) == 1:
                    by_stem.setdefault(words[0], part)
                else:
                    matched |= dict.fromkeys(_runs([token.form.stem for token in found], found, words), part)
            case Phrase(text):
                words = _plain(text)
                if len(words) == 1:
                    by_exact.setdefault(words[0], part)
                else:
                    matched |= dict.fromkeys(_runs([token.form.exact for token in found], found, words), part)
            case Near(text, distance):
                matched |= dict.fromkeys(_stretches(found, set(_plain(text)), distance), part)
            case Prefix(text):
                matched |= dict.fromkeys(_beginnings(found, _plain(text)), part)
            case Fuzzy(text, edits):
                matched |= dict.fromkeys(_alike(found, "".join(_plain(text)), edits), part)
    for i, token in enumerate(found):
        part_here = by_exact.get(token.form.exact) or by_stem.get(token.form.stem)
        if part_here is not None:
            matched.setdefault(i, part_here)
    return matched


def _parts(query: Query, field: str) -> Iterator[Query]:
    """The leaves that ask for words in this field."""
    match query:
        case Words(parts) | And(parts) | Or(parts):
            for part in parts:
                yield from _parts(part, field)
        case Word() | Phrase() | Near() | Prefix() | Fuzzy():
            if query.field == field or (query.field is None and field != "captions"):
                yield query


def _plain(text: str) -> list[str]:
    """Words as written, without the private forms of accented ones."""
    return [token.form.exact for token in tokens(text)]


def _runs(forms: list[str], found: Sequence[Token], words: list[str]) -> Iterator[int]:
    """Tokens of which these words stand side by side."""
    if not words:
        return
    for i, form in enumerate(forms):
        end = i + len(words)
        if form == words[0] and forms[i:end] == words and found[end - 1].position - found[i].position == len(words) - 1:
            yield from range(i, end)


def _stretches(found: Sequence[Token], words: set[str], distance: int) -> Iterator[int]:
    """Tokens of every shortest stretch that holds all these words and at most `distance` others."""
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
            if length - len(words) <= distance:
                yield from places[first : last + 1]


def _beginnings(found: Sequence[Token], words: list[str]) -> Iterator[int]:
    if not words:
        return
    *whole, start = words
    for i, token in enumerate(found):
        run = found[max(0, i - len(whole)) : i + 1]
        if (
            token.form.exact.startswith(start)
            and [before.form.exact for before in run[:-1]] == whole
            and run[-1].position - run[0].position == len(whole)
        ):
            yield from range(i - len(whole), i + 1)


def _alike(found: Sequence[Token], word: str, edits: int) -> Iterator[int]:
    near = {form: OSA.distance(word, form, score_cutoff=edits) <= edits for form in {t.form.exact for t in found}}
    return (i for i, token in enumerate(found) if near[token.form.exact])


def _passages(text: str, found: Sequence[Token], matched: dict[int, Query], weigh: Weigh | None) -> list[Span]:
    """The best spans in the order of the text, none overlapping another."""
    worth = {part: weigh(part) if weigh else 1.0 for part in set(matched.values())}
    chosen: list[Span] = []
    while worth and len(chosen) < PASSAGES:
        span = _best_span(text, found, matched, worth)
        chosen.append(span)
        for place in _within(sorted(matched), span):
            worth.pop(matched[place], None)
    chosen.sort()
    joined = [chosen[0]]
    for first, last in chosen[1:]:
        if first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _best_span(text: str, found: Sequence[Token], matched: dict[int, Query], worth: dict[Query, float]) -> Span:
    places = sorted(matched)
    best, best_value = (0, PASSAGE_TOKENS), -1.0
    last_first = -1
    for place in places:
        if matched[place] not in worth:
            continue
        first = _start(text, found, place)
        if first == last_first:
            continue
        last_first = first
        span = (first, min(len(found), first + PASSAGE_TOKENS))
        value = 0.0
        held: set[Query] = set()
        for inside in _within(places, span):
            part = matched[inside]
            value += worth.get(part, 0.0) * (REPEAT if part in held else 1.0)
            held.add(part)
        if value > best_value:
            best, best_value = span, value
    return best


def _within(places: list[int], span: Span) -> list[int]:
    return places[bisect_left(places, span[0]) : bisect_left(places, span[1])]


def _start(text: str, found: Sequence[Token], place: int) -> int:
    """The token at which a passage that is to show `place` begins."""
    for first in range(place, max(-1, place - SENTENCE_REACH - 1), -1):
        if first == 0 or _SENTENCE_END.search(text, found[first - 1].end, found[first].start):
            return first
    return max(0, place - CONTEXT)


def _end(text: str, found: Sequence[Token], last: int) -> int:
    """Where a passage before the token `last` ends: with the sign that closes its last word, not with what opens the next."""
    if last >= len(found):
        return len(text)
    space = _SPACE.search(text, found[last - 1].end, found[last].start)
    return space.start() if space else found[last - 1].end


def _pieces(text: str, start: int, end: int, found: Sequence[Token], matched: dict[int, Query]) -> Iterator[Piece]:
    here = start
    for i in sorted(matched):
        token = found[i]
        if token.start < here or token.end > end:
            continue
        if token.start > here:
            yield Piece(text[here : token.start])
        yield Piece(text[token.start : token.end], matched=True)
        here = token.end
    if here < end:
        yield Piece(text[here:end])
