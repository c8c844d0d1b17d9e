"""What a reader may have meant whose words an archive does not know, or hardly.

A word is exchanged for one of the archive's a letter or two away, the likelier the more articles have it; two words are
joined, or one is parted (`newyork`). Several words are corrected at once. Whether a corrected query finds anything is
for the caller to look up, likeliest first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Protocol

from rapidfuzz.distance import OSA

from search import analysis, edits
from search.edits import Place
from search.query import Near, Not, Phrase, Query, Word, Words, flat

MAX_CORRECTIONS = 8  # of a query
MAX_WORDS = 16  # of a query that is corrected: each may take a look through the whole vocabulary
MAX_NEAR = 128  # words of the archive near one that are weighed: the most frequent
SHORTEST = 4  # letters; shorter words have too many neighbours for a correction to mean anything
LONGEST_ONE_EDIT = 5  # letters; longer unknown words are corrected by up to two edits
LONGEST_PARTED = 32  # letters
MUCH_MORE_FREQUENT = 100  # times, that a neighbour of a word that is known must be, to be what was meant
SHORTEST_KNOWN = 5  # letters of such a word

# In powers of ten of articles: what a correction of each kind must have more of to be as likely as one letter's.
_SECOND_EDIT = 2.0
_FIRST_LETTER = 1.0
_PARTED = 0.5
_UNCHANGED = 6.0  # for a word that no article has
_KNOWN = 3.0
_KEPT = 3  # corrections of one word


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Words as written in a field that are at most so many edits from a word. same_first: and begin as it does"""

    word: str
    field: str | None
    edits: int
    same_first: bool


class Vocabulary(Protocol):
    """What corrections ask of an archive. What was asked for once costs nothing to ask for again."""

    def counts(self, parts: Sequence[Query], *, as_typed: bool = False) -> Mapping[Query, int]:
        """Articles that each word or phrase finds, and maybe others."""

    def near(self, words: Sequence[Neighbours]) -> Mapping[Neighbours, Mapping[str, int]]:
        """The MAX_NEAR most frequent of each, with the articles that have them, and maybe others."""


@dataclass(frozen=True, slots=True)
class _Option:
    """One way to read a part of a query. likelihood: comparable among those of one query"""

    likelihood: float
    changes: Mapping[Place, Query | None]


def corrections(query: Query, vocabulary: Vocabulary) -> list[Query]:
    """Corrected queries, likeliest first, at most MAX_CORRECTIONS; none where there is nothing to correct, or more than
    MAX_WORDS words.
    """
    wanted = [(place, leaf) for place, leaf in edits.leaves(query) if not _is_excluded(query, place)]
    if sum(1 for _, leaf in wanted for _ in _words(getattr(leaf, "text", ""))) > MAX_WORDS:
        return []
    _ask_ahead(wanted, query, vocabulary)
    found = [_Option(0, {})]
    for number, (place, leaf) in enumerate(wanted):
        options = list(_options(place, leaf, vocabulary))
        if number + 1 < len(wanted):
            options += _joined((place, leaf), wanted[number + 1], query, vocabulary)
        both = (
            _Option(one.likelihood + other.likelihood, {**one.changes, **other.changes})
            for one in found
            for other in options
            if not one.changes.keys() & other.changes.keys()
        )
        found = sorted(both, key=lambda option: -option.likelihood)[: MAX_CORRECTIONS + 1]
    changed = (edits.edited(query, option.changes) for option in found if option.changes)
    return [new for new in changed if new is not None][:MAX_CORRECTIONS]


def _ask_ahead(wanted: Sequence[tuple[Place, Query]], query: Query, vocabulary: Vocabulary) -> None:
    """For all that is sure to be asked, in as few questions as can be."""
    typed = [
        (word, _part_of(leaf, leaf.text[start:end]))
        for _, leaf in wanted
        if isinstance(leaf, Word | Phrase | Near)
        for start, end, word in _words(leaf.text)
    ]
    pairs = [pair for one, other in pairwise(wanted) if (pair := _pair(one, other, query))]
    counts = vocabulary.counts([*(part for _, part in typed), *chain.from_iterable(pairs)], as_typed=True)
    unknown = [(word, part.field) for word, part in typed if not counts[part]]
    halves = [Phrase(half, field) for word, field in unknown for both in _halves(word) for half in both]
    joined = [_together(*pair) for pair in pairs if not all(counts[part] for part in pair)]
    vocabulary.counts([*halves, *joined], as_typed=True)
    beside = [Phrase(text, field) for word, field in unknown for text in _likeliest_halves(word, field, vocabulary)]
    vocabulary.counts(beside, as_typed=True)
    vocabulary.near([wide for word, part in typed if (wide := _neighbours(word, part.field, known=counts[part] > 0))])


def _is_excluded(query: Query, place: Place) -> bool:
    return any(isinstance(edits.at(query, place[:depth]), Not) for depth in range(len(place)))


def _options(place: Place, leaf: Query, vocabulary: Vocabulary) -> list[_Option]:
    """Ways to read it, to leave it as it is among them."""
    if not isinstance(leaf, Word | Phrase | Near):
        return [_Option(0, {})]
    readings = [(0.0, "", 0)]  # of the text up to a place
    for start, end, word in _words(leaf.text):
        meant = _meant(word, _part_of(leaf, leaf.text[start:end]), vocabulary)
        readings = [
            (likelihood + more, text + leaf.text[done:start] + new, end)
            for likelihood, text, done in readings
            for more, new in meant
        ]
        readings = sorted(readings, reverse=True)[: _KEPT + 1]
    whole = ((likelihood, text + leaf.text[done:]) for likelihood, text, done in readings)
    return [_Option(likelihood, {} if new == leaf.text else {place: _read(leaf, new)}) for likelihood, new in whole]


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    """Those that can be corrected: where each stands, and it as the archive has it."""
    for form, _, start, end in analysis.asked(text):
        if len(form.exact) >= SHORTEST and form.exact.isalpha() and not analysis.has_cjk(form.exact):
            yield start, end, form.exact


def _part_of(leaf: Word | Phrase | Near, word: str) -> Word | Phrase:
    return Word(word, leaf.field) if isinstance(leaf, Word) else Phrase(word, leaf.field)


def _read(leaf: Word | Phrase | Near, text: str) -> Query:
    if isinstance(leaf, Word):
        return flat(Words, [Word(word, leaf.field) for word in text.split(" ")])
    return replace(leaf, text=text)


def _in_case_of(typed: str, word: str) -> str:
    if typed.isupper() and len(typed) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if typed[:1].isupper() else word


def _meant(word: str, typed: Word | Phrase, vocabulary: Vocabulary) -> list[tuple[float, str]]:
    """What a word may have meant, with how likely that is; as it is typed among it."""
    frequency = _count(typed, vocabulary)
    if frequency:
        others = dict(_more_frequent(word, typed.field, frequency, vocabulary))
    else:
        others = _near(word, typed.field, vocabulary) | _parts(word, typed.field, vocabulary)
    first = sorted(((likelihood, _in_case_of(typed.text, new)) for new, likelihood in others.items()), reverse=True)
    return [*first[:_KEPT], (0 if frequency else -_UNCHANGED, typed.text)]


def _count(part: Query, vocabulary: Vocabulary) -> int:
    return vocabulary.counts([part], as_typed=True)[part]


def _neighbours(word: str, field: str | None, *, known: bool) -> Neighbours | None:
    """Among which what it may have meant is looked for; None where it is nowhere."""
    if known:
        return Neighbours(word, field, 1, same_first=True) if len(word) >= SHORTEST_KNOWN else None
    return Neighbours(word, field, 1 if len(word) <= LONGEST_ONE_EDIT else 2, same_first=False)


def _found_near(word: str, field: str | None, vocabulary: Vocabulary, *, known: bool) -> Mapping[str, int]:
    wide = _neighbours(word, field, known=known)
    return vocabulary.near([wide])[wide] if wide else {}


def _near(word: str, field: str | None, vocabulary: Vocabulary) -> dict[str, float]:
    return {
        other: math.log10(1 + frequency)
        - _SECOND_EDIT * (OSA.distance(word, other) - 1)
        - _FIRST_LETTER * (other[:1] != word[:1])
        for other, frequency in _found_near(word, field, vocabulary, known=False).items()
    }


def _parts(word: str, field: str | None, vocabulary: Vocabulary) -> dict[str, float]:
    """Two words that it may be, written as one."""
    beside = {text: _count(Phrase(text, field), vocabulary) for text in _likeliest_halves(word, field, vocabulary)}
    return {text: math.log10(1 + count) - _PARTED for text, count in beside.items() if count}


def _likeliest_halves(word: str, field: str | None, vocabulary: Vocabulary) -> list[str]:
    """Two words that the archive has both, by the rarer one."""
    known = {
        f"{one} {other}": min(_count(Phrase(half, field), vocabulary) for half in (one, other))
        for one, other in _halves(word)
    }
    return sorted((text for text in known if known[text]), key=lambda text: -known[text])[:_KEPT]


def _halves(word: str) -> list[tuple[str, str]]:
    """Every way to part it; none for a word so long that it is none."""
    return [(word[:at], word[at:]) for at in range(2, len(word) - 1)] if len(word) <= LONGEST_PARTED else []


def _more_frequent(word: str, field: str | None, frequency: int, vocabulary: Vocabulary) -> Iterator[tuple[str, float]]:
    """For a word that the archive has, the one that is so much more frequent that it may be a misprint of that."""
    near = _found_near(word, field, vocabulary, known=True)
    stem = analysis.stem(word, analysis.ENGLISH)
    others = {other: count for other, count in near.items() if analysis.stem(other, analysis.ENGLISH) != stem}
    best = max(others, key=lambda other: (others[other], other), default=word)
    if best != word and others[best] >= MUCH_MORE_FREQUENT * frequency:
        yield best, math.log10(others[best] / frequency) - _KNOWN


def _joined(
    one: tuple[Place, Query], other: tuple[Place, Query], query: Query, vocabulary: Vocabulary
) -> list[_Option]:
    """Two bare words side by side as one, where the archive does not know both."""
    pair = _pair(one, other, query)
    if pair is None or all(_count(part, vocabulary) for part in pair):
        return []
    word = _together(*pair)
    frequency = _count(word, vocabulary)
    return [_Option(math.log10(1 + frequency) - _PARTED, {one[0]: word, other[0]: None})] if frequency else []


def _pair(one: tuple[Place, Query], other: tuple[Place, Query], query: Query) -> tuple[Word, Word] | None:
    """Two bare words side by side."""
    (place, first), (next_place, second) = one, other
    if not (isinstance(first, Word) and isinstance(second, Word) and first.field is second.field is None):
        return None
    beside = place[:-1] == next_place[:-1] and isinstance(edits.at(query, place[:-1]), Words)
    return (first, second) if beside else None


def _together(first: Word, second: Word) -> Word:
    return Word(first.text + second.text)
