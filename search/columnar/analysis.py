"""Analysis for the bulk writer: from a text to tokens to terms, each distinct word only once.

An analyzer that is to be fast offers the four methods of `WordAnalyzer` beside Whoosh's own `__call__`, and says the
same by both. Of Whoosh's own, chains of RegexTokenizer, LowercaseFilter, StopFilter and StemFilter are understood.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol, runtime_checkable

from whoosh import analysis
from whoosh.analysis.analyzers import CompositeAnalyzer
from whoosh.lang import stemmer_for_language

BREAK = "\n"  # among chunks: positions jump by `gap`
LEAP = "\f"  # among chunks: as BREAK, and on to position `leap` at least


Chunk = str | bytes


@runtime_checkable
class WordAnalyzer(Protocol):
    """What the bulk writer asks of an analyzer.

    gap: by how much positions jump at BREAK and at LEAP
    leap: the first position that may follow a LEAP
    renumber: tokens without terms take no position, but for those before the first term (so counts Whoosh's StopFilter)
    """

    gap: int
    leap: int
    renumber: bool

    def pass_key(self) -> Hashable:
        """Analyzers with equal keys have the same `chunks` and `tokens`: they share one pass over a text."""

    def chunks(self, text: str) -> Sequence[Chunk]:
        """Stretches of the text that can be parted into tokens one by one, with BREAK and LEAP between them."""

    def tokens(self, chunk: Any) -> Sequence[str]:
        """The tokens of a chunk, each a position further than the last."""

    def terms(self, token: str) -> Sequence[str]:
        """The terms of a token: none for a stop word, more than one where forms share the position."""


def word_analyzer(analyzer: Any) -> WordAnalyzer | None:
    """None where the chain holds something that needs more than a token to know its terms."""
    if isinstance(analyzer, WordAnalyzer):
        return analyzer
    parts = list(analyzer.items) if isinstance(analyzer, CompositeAnalyzer) else [analyzer]
    if not parts or type(parts[0]) is not analysis.RegexTokenizer or parts[0].gaps:
        return None
    steps: list[Callable[[str], str | None]] = []
    renumber = False
    for number, part in enumerate(parts[1:]):
        step = _step(part)
        if step is None or (renumber and type(part) is analysis.StopFilter):
            return None
        # A filter that stops words without closing the ranks cannot be told from one that does by a flag for all.
        if type(part) is analysis.StopFilter:
            renumber = part.renumber
            if not renumber and any(type(other) is analysis.StopFilter for other in parts[number + 2 :]):
                return None
        steps.append(step)
    return _Chain(parts[0].expression, tuple(steps), renumber)


# The default expressions of Whoosh and of its fork whoosh3. They match nothing that holds white space.
_DEFAULTS = frozenset((r"\w+(\.?\w+)*", r"[\w\*]+(\.?[\w\*]+)*"))
# Marks that stand in none of their tokens become spaces, so that fewer chunks are distinct. In UTF-8 the bytes of other
# letters are all above 127.
_SPACES = bytes(code if code > 127 or chr(code).isalnum() or chr(code) in "._*" else 32 for code in range(256))
# Capitals of ASCII go as well where the chain begins by lowering them: that alters no other letter's lower case.
_LOWERED = _SPACES.lower()
_QUOTES_AND_DASHES = ("\u201c", "\u201d", "\u2018", "\u2019", "\u2014", "\u2013")


class _Chain:
    gap = leap = 0

    def __init__(self, expression: Any, steps: tuple[Callable[[str], str | None], ...], renumber: bool) -> None:
        self._findall = expression.finditer
        self._steps = steps
        self.renumber = renumber
        # A text is parted at white space where that parts no token: each distinct chunk is searched once. Any other
        # expression is run over the whole text.
        self._by_space = expression.pattern in _DEFAULTS
        self._table = _LOWERED if steps[:1] == (str.lower,) else _SPACES
        self._key = (expression.pattern, expression.flags, self._table)

    def pass_key(self) -> Hashable:
        return self._key

    def chunks(self, text: str) -> Sequence[Chunk]:
        if not self._by_space:
            return [match.group() for match in self._findall(text)]
        if not text.isascii():
            for mark in _QUOTES_AND_DASHES:
                text = text.replace(mark, " ")
        data = text.encode("utf-8", "surrogatepass").translate(self._table)
        return data.replace(b". ", b" ").split()  # a dot is part of a token only between two letters

    def tokens(self, chunk: Chunk) -> Sequence[str]:
        text = chunk if isinstance(chunk, str) else chunk.decode("utf-8", "surrogatepass")
        if not self._by_space or text.isalnum():
            return (text,)
        return [match.group() for match in self._findall(text)]

    def terms(self, token: str) -> Sequence[str]:
        for step in self._steps:
            term = step(token)
            if term is None:
                return ()
            token = term
        return (token,)


def _step(part: Any) -> Callable[[str], str | None] | None:
    if type(part) is analysis.LowercaseFilter:
        return str.lower
    if type(part) is analysis.StopFilter:
        return lambda word: None if _stops(part, word) else word
    if type(part) is analysis.StemFilter:
        # Not the filter's own function: that is this one behind a cache, and each word comes here once.
        stem = stemmer_for_language(part.lang) if part.lang else part.stemfn
        return lambda word: word if word in part.ignore else stem(word)
    return None


def _stops(part: Any, word: str) -> bool:
    return len(word) < part.min or (part.max is not None and len(word) > part.max) or word in part.stops
