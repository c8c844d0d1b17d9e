"""Two texts beside each other: which paragraphs answer to which, and the words that only one has.

Paragraphs are paired first, in their order, so that the most words stand opposite their like; one may answer to two, as
where a paper has parted an agency's paragraph. Words are compared within such pairs alone: the "of the" of unlike
paragraphs says nothing. What only differs in capitals or in punctuation is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from search.analysis import tokens

MAX_WORDS = 10_000  # of each text; two of one paragraph each take some 20 MB and a tenth of a second
MAX_PARAGRAPHS = 200  # of each text
ALIKE = (
    0.5  # of the words of two paragraphs that stand in both in the same order, from which on they answer to each other
)

_STEPS: tuple[tuple[int, int], ...] = (
    (1, 1),
    (1, 2),
    (2, 1),
)  # paragraphs of the first and of the second text that may answer to each other


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. only: whether the other text lacks it"""

    text: str
    only: bool = False


Paragraph = tuple[Piece, ...]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs that answer to each other; or, where they are not `alike`, such as nothing answers to in the other."""

    first: tuple[Paragraph, ...]
    second: tuple[Paragraph, ...]
    alike: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """rows: in the order of both texts
    common: words that stand in both texts, counted in both
    words:  of both texts together
    """

    rows: tuple[Row, ...]
    common: int
    words: int


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph.

    spans: where its words begin and end; single characters where no spaces part words
    code:  a character for each word, the same for the same word, so that words are compared as fast as letters
    """

    printed: str
    spans: tuple[tuple[int, int], ...]
    code: str


def compare(first: Sequence[str], second: Sequence[str]) -> Comparison | None:
    """Of two lists of paragraphs; None where one of them is too long to be compared word by word."""
    if max(len(first), len(second)) > MAX_PARAGRAPHS:
        return None
    numbers: dict[str, int] = {}
    left, right = ([_text(paragraph, numbers) for paragraph in side] for side in (first, second))
    words = [sum(len(text.code) for text in side) for side in (left, right)]
    if max(words) > MAX_WORDS:
        return None
    compared = [_row(left[a:b], right[c:d], alike) for (a, b), (c, d), alike in _paired(left, right)]
    return Comparison(tuple(row for row, _ in compared), sum(common for _, common in compared), sum(words))


def _text(paragraph: str, numbers: dict[str, int]) -> Text:
    spans = {token.start: token.end for token in tokens(paragraph)}  # of a pair of characters, its first comes last
    words = (paragraph[start:end].casefold().replace("’", "'") for start, end in spans.items())
    code = "".join(chr(numbers.setdefault(word, len(numbers))) for word in words)
    return Text(paragraph, tuple(spans.items()), code)


def _paired(left: Sequence[Text], right: Sequence[Text]) -> Iterator[tuple[Span, Span, bool]]:
    """The rows: from which paragraph to which, in both texts, and whether they answer to each other."""
    steps = _best_steps(left, right)
    i = j = 0
    for alike, group in groupby(steps, key=all):
        together = list(group)
        for a, b in together if alike else [tuple(map(sum, zip(*together, strict=True)))]:
            yield (i, i + a), (j, j + b), alike
            i, j = i + a, j + b


def _best_steps(left: Sequence[Text], right: Sequence[Text]) -> list[tuple[int, int]]:
    """How many paragraphs of both texts each step goes on; 0 of one where nothing answers to the other's.

    As in the alignment of sentences of Gale and Church 1993, by the best sum from the end.
    """
    gains = {step: _gains(_joined(left, step[0]), _joined(right, step[1])) for step in _STEPS}
    width = len(right) + 1
    sums = [[0.0] * (width + 2) for _ in range(len(left) + 3)]
    chosen = [[(0, 0)] * width for _ in range(len(left) + 1)]
    for i in range(len(left), -1, -1):
        for j in range(len(right), -1, -1):
            ways = [(sums[i + 1][j], (1, 0))] if i < len(left) else []
            ways += [(sums[i][j + 1], (0, 1))] if j < len(right) else []
            for (a, b), gain in gains.items():
                if i + a <= len(left) and j + b <= len(right) and gain[i][j]:
                    ways.append((sums[i + a][j + b] + gain[i][j], (a, b)))
            if ways:
                sums[i][j], chosen[i][j] = max(ways)
    return list(_followed(chosen))


def _followed(chosen: Sequence[Sequence[tuple[int, int]]]) -> Iterator[tuple[int, int]]:
    i = j = 0
    while any(step := chosen[i][j]):
        yield step
        i, j = i + step[0], j + step[1]


def _joined(texts: Sequence[Text], size: int) -> list[str]:
    """The codes of all runs of so many paragraphs."""
    return ["".join(text.code for text in texts[i : i + size]) for i in range(len(texts) - size + 1)]


def _gains(left: Sequence[str], right: Sequence[str]) -> list[list[float]]:
    """Of each pair, the words in common, counting less in unlike ones; 0 for those that do not answer to each other."""
    alike = cdist(left, right, scorer=Indel.normalized_similarity, score_cutoff=ALIKE)
    lengths = np.add.outer([len(code) for code in left], [len(code) for code in right])
    gains: list[list[float]] = (alike * alike * lengths).tolist()
    return gains


def _row(left: Sequence[Text], right: Sequence[Text], alike: bool) -> tuple[Row, int]:
    """With the number of words that stand in both, each counted on both sides."""
    codes = ["".join(text.code for text in side) for side in (left, right)]
    same = [bytearray(len(code)) for code in codes]
    for change in Indel.opcodes(*codes) if alike else ():
        if change.tag == "equal":
            same[0][change.src_start : change.src_end] = b"\1" * (change.src_end - change.src_start)
            same[1][change.dest_start : change.dest_end] = b"\1" * (change.dest_end - change.dest_start)
    return Row(_marked(left, same[0]), _marked(right, same[1]), alike), sum(map(sum, same))


def _marked(texts: Sequence[Text], same: bytearray) -> tuple[Paragraph, ...]:
    """same: of each word of all of them, whether the other text has it"""
    ends = np.cumsum([0, *(len(text.code) for text in texts)]).tolist()
    return tuple(_pieces(text, same[a:b]) for text, (a, b) in zip(texts, pairwise(ends), strict=True))


def _pieces(text: Text, same: bytearray) -> Paragraph:
    """Words that stand together and only here are one piece, with what parts them."""
    pieces, place = [], 0
    for here, run in groupby(zip(text.spans, same, strict=True), key=lambda word: not word[1]):
        spans = [span for span, _ in run]
        if here:
            start, end = spans[0][0], spans[-1][1]
            pieces += [Piece(text.printed[place:start]), Piece(text.printed[start:end], only=True)]
            place = end
    pieces.append(Piece(text.printed[place:]))
    return tuple(piece for piece in pieces if piece.text)
