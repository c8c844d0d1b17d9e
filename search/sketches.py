"""What is kept of an article to tell whether another one reports the same: its sketch, of the same small size for all.

    shingles   the lowest hashes of its stretches of SHINGLE letters. What two sketches share of them says how much of
               their text two articles share: Broder's resemblance (1997) by bottom-k MinHash, with a standard error of
               sqrt(r * (1 - r) / SHINGLES) for a resemblance of r
    terms      hashes of the words that it is about, by their first STEM letters, each with a weight: names before other
               words, headline and standfirst before the body, and what is said several times before what is said once

Which terms are rare, only an archive can say; that is left to `search.stories`. A sketch depends on its article alone,
and on no dictionary: it is made of the bytes of a text, by array work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from hashlib import blake2b
from itertools import accumulate
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from search import analysis
from search.article import Article

SHINGLE = 16  # letters and digits, some three words; a power of two. Fewer are shared by chance
SHINGLES = 32  # kept of an article: an error of .07 at a resemblance of .8
SHORTEST = 100  # letters and digits of a text that is compared: less is a headline and a formula
SKETCHED = 6_000  # characters of a body that are compared, all there are of all but the longest articles
STEM = 6  # letters of a word that count, as stemming by truncation has it; 8 at most
TERMS = 32  # kept of an article, about a third of what a usual one has that could tell anything
LEAD = 2_000  # bytes of a body that say what it is about: news begins with what is new
HEAD = 2  # a word of headline or standfirst counts as so many of the body
FIGURES = 0.15  # share of words that are numbers; with more, a text is a table, whose words tell nothing

NO_DAY = int(np.iinfo(np.int32).min)  # of an undated article
NO_HASH = 0xFFFFFFFF  # in the place of a shingle, where an article has fewer
NO_TERM = 0

SKETCH = np.dtype(
    [
        ("key", "<u8"),  # a hash of the article's id and of the sketch: another one for an article that has changed
        ("day", "<i4"),  # of publication, as printed, since 1970
        ("publisher", "<u4"),  # a hash of its name; NO_TERM where it is unknown
        ("shingles", "<u4", SHINGLES),  # ascending
        ("terms", "<u4", TERMS),  # by falling weight
        ("weights", "u1", TERMS),
    ]
)
Rows = NDArray[np.void]  # of type SKETCH

_EPOCH = date(1970, 1, 1)
_ODD, _HALF = np.uint32(0x9E3779B1), np.uint32(15)  # for mixing bits
_ODD64, _HALF64, _ONE = np.uint64(0x9E3779B97F4A7C15), np.uint64(32), np.uint64(1)
_MARKS = tuple(mark.encode() for mark in "“”‘’„«»–—…\u00a0")  # that one paper prints and the next does not
_LEFT_OUT = bytes(code for code in range(128) if not chr(code).isalnum())
_LETTER = bytes(code * (code > 127 or chr(code).isalnum()) for code in range(256))
_LOWER = np.frombuffer(bytes(range(256)).lower().translate(_LETTER), np.uint8)  # 0 for what is no letter or digit
# By how often a word is said: 1 + ln(n), as whole numbers. Names tell events apart, and count twice.
_WEIGHTS = (16 * (1 + np.log(np.maximum(np.arange(64), 1)))).astype(np.uint32)
_STOP = np.zeros(1 << 16, bool)  # by the upper half of a stop word's hash; filled below
_WHOLE = np.array([(1 << 8 * min(length, STEM)) - 1 for length in range(STEM + 1)], np.uint64)


class Sketches:
    """The sketches of an archive, by number, where they lie: none is read before it is asked for."""

    def __init__(self, parts: Sequence[Rows], chosen: Sequence[NDArray[np.bool_] | None]) -> None:
        """chosen: of each part, which of its rows count; None for all"""
        self._parts = parts
        self._places = [None if mask is None else np.flatnonzero(mask) for mask in chosen]
        counts = [len(rows) if at is None else len(at) for rows, at in zip(parts, self._places, strict=True)]
        self._starts = np.array([0, *accumulate(counts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def column(self, name: str) -> NDArray[np.generic]:
        """One field of all of them."""
        empty = np.empty(0, SKETCH)[name]
        return np.concatenate([empty, *(self._rows(part)[name] for part in range(len(self._parts)))])

    def blocks(self, size: int) -> Iterator[tuple[int, Rows]]:
        """All of them, some at a time, with the number of the first."""
        for start in range(0, len(self), size):
            yield start, self.take(np.arange(start, min(start + size, len(self))))

    def take(self, numbers: NDArray[np.integer]) -> Rows:
        rows = np.empty(len(numbers), SKETCH)
        part_of = np.searchsorted(self._starts, numbers, "right") - 1
        for part, (stored, places) in enumerate(zip(self._parts, self._places, strict=True)):
            here = np.flatnonzero(part_of == part)
            within = numbers[here] - self._starts[part]
            rows[here] = stored[within if places is None else places[within]]
        return rows

    def _rows(self, part: int) -> Rows:
        places = self._places[part]
        return self._parts[part] if places is None else self._parts[part][places]


def sketch(article: Article) -> bytes:
    """A row of type SKETCH."""
    head = _bytes(" ".join((article.title or "", *article.summary, "")))
    body = _bytes(article.body[:SKETCHED])
    day = NO_DAY if article.day is None else (article.day - _EPOCH).days
    publisher = publisher_hash(article.publisher) if article.publisher else NO_TERM
    terms, weights = _terms(head * HEAD, body[:LEAD])
    return _row(article.id, day, publisher, _shingles(head + body), terms, weights)


def blank(article_id: str) -> bytes:
    """The sketch of an article that cannot be sketched: it is like none."""
    nothing = np.empty(0, np.uint32)
    return _row(article_id, NO_DAY, NO_TERM, nothing, nothing, nothing)


def _row(
    article_id: str,
    day: int,
    publisher: int,
    shingles: NDArray[np.uint32],
    terms: NDArray[np.uint32],
    weights: NDArray[np.uint32],
) -> bytes:
    row = b"".join(
        (
            day.to_bytes(4, "little", signed=True),
            publisher.to_bytes(4, "little"),
            shingles.astype("<u4").tobytes().ljust(4 * SHINGLES, b"\xff"),
            terms.astype("<u4").tobytes().ljust(4 * TERMS, b"\0"),
            weights.astype("u1").tobytes().ljust(TERMS, b"\0"),
        )
    )
    return blake2b(row + article_id.encode(), digest_size=8).digest() + row


@cache
def publisher_hash(name: str) -> int:
    return crc32(name.encode())


def _shingles(text: bytes) -> NDArray[np.uint32]:
    """The lowest hashes of all its stretches, ascending, each once."""
    letters = text.lower().translate(None, _LEFT_OUT)
    if len(letters) < SHORTEST:
        return np.empty(0, np.uint32)
    hashes = np.frombuffer(letters, np.uint8).astype(np.uint32)
    length = 1
    while length < SHINGLE:  # of twice the length: a half, and the other half behind it
        hashes = hashes[:-length] * _ODD ^ hashes[length:]
        hashes ^= hashes >> _HALF
        length *= 2
    hashes *= _ODD
    lowest = np.sort(hashes[hashes < np.uint32(min(NO_HASH, (4 * SHINGLES << 32) // len(hashes)))])
    lowest = lowest[_firsts(lowest)]
    if len(lowest) < SHINGLES:  # what is below that bound stands there over and over
        lowest = np.unique(hashes)
    return lowest[:SHINGLES]


def _terms(head: bytes, lead: bytes) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Those of most weight, and their weights."""
    found, capital, figures = _words(head + lead, len(head))
    if not len(found) or figures > FIGURES * len(found):
        return found[:0], found[:0]
    marked = np.sort(found.astype(np.uint64) << _ONE | capital)  # of the same word, names come last
    found = (marked >> _ONE).astype(np.uint32)
    starts = np.flatnonzero(_firsts(found))
    ends = np.append(starts[1:], len(found))
    weights = _WEIGHTS.take(np.minimum(ends - starts, len(_WEIGHTS) - 1))
    weights <<= (marked.take(ends - 1) & _ONE).astype(np.uint32)
    best = np.argsort(-weights.astype(np.int32), kind="stable")[:TERMS]
    return found.take(starts.take(best)), weights.take(best)


def _bytes(text: str) -> bytes:
    """As UTF-8 with no mark but those of ASCII; of Chinese, Japanese and Korean each pair of characters as a word."""
    if text.isascii():
        return text.encode()
    if analysis.has_cjk(text):
        text = " ".join(analysis.chunks(text))
    encoded = text.encode()
    for mark in _MARKS:
        encoded = encoded.replace(mark, b" ")
    return encoded


def _words(text: bytes, heads: int) -> tuple[NDArray[np.uint32], NDArray[np.bool_], int]:
    """The terms of a text in no order, which of them are names, and how many of its words are figures.

    heads: where its headline ends, in which all words may have capitals
    """
    raw = np.frombuffer(b" " + text + bytes(8), np.uint8)
    letters = _LOWER.take(raw)
    inside = letters != 0
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    eight: NDArray[np.uint64] = np.ndarray(len(letters) - 7, "<u8", letters.data, 0, 1)  # letters from each place on
    stems = eight[starts] & _WHOLE.take(np.minimum(lengths, STEM))
    terms = (stems * _ODD64 >> _HALF64).astype(np.uint32)
    first = raw.take(starts)
    digits = first - ord("0") < 10
    tells = (lengths > 1) & ~digits & ~_STOP.take(terms >> 16)
    capital = (first - ord("A") < 26) & (starts > heads)
    return terms[tells], capital[tells], int(np.count_nonzero(digits & (starts > heads)))


def _firsts(ascending: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Where a value stands for the first time."""
    firsts = np.ones(len(ascending), bool)
    np.not_equal(ascending[1:], ascending[:-1], out=firsts[1:])
    return firsts


_STOP[_words(" ".join(analysis.STOP_WORDS).encode(), 0)[0] >> 16] = True
