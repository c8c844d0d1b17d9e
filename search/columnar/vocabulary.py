"""Words already seen, and texts as arrays of their numbers."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from search.columnar.analysis import BREAK, LEAP, Chunk, WordAnalyzer

MAX_CHUNKS = 1 << 19  # past these, the words of the next run are learned anew


_UNKNOWN = -2


class Lexicon:
    """The terms of one analyzer for those tokens of a vocabulary that it was asked for."""

    def __init__(self, analyzer: WordAnalyzer) -> None:
        self.analyzer = analyzer
        self._numbers: dict[str, int] = {}
        self._first = np.empty(0, np.int32)  # of each token: its term, -1 where it has none
        self._more: dict[int, list[int]] = {}  # further terms of a token

    def learn(self, tokens: list[str], asked: NDArray[np.uint32]) -> None:
        """tokens: of the whole vocabulary. asked: numbers of those that are needed."""
        self._first = np.append(self._first, np.full(len(tokens) - len(self._first), _UNKNOWN, np.int32))
        missing = np.zeros(len(tokens), bool)
        missing[asked] = True
        missing &= self._first == _UNKNOWN
        analyse, numbers = self.analyzer.terms, self._numbers
        for token in np.flatnonzero(missing).tolist():
            terms = [numbers.setdefault(term, len(numbers)) for term in analyse(tokens[token])]
            self._first[token] = terms[0] if terms else -1
            if len(terms) > 1:
                self._more[token] = terms[1:]

    def terms(self) -> list[str]:
        """By number."""
        return list(self._numbers)

    def of_tokens(self, tokens: NDArray[np.uint32]) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
        """The first term of each token, -1 for none; and further terms, as indexes into `tokens` and terms."""
        first = self._first[tokens]
        if not self._more:
            return first, np.empty(0, np.int64), np.empty(0, np.int32)
        several = np.zeros(len(self._first), bool)
        several[list(self._more)] = True
        where = np.flatnonzero(several[tokens])
        more = [self._more[token] for token in tokens[where].tolist()]
        counts = np.fromiter(map(len, more), np.int64, len(more))
        return first, np.repeat(where, counts), np.fromiter(chain.from_iterable(more), np.int32, int(counts.sum()))


@dataclass(slots=True)
class Tokens:
    """All tokens of the texts that were read: which, in which text (counted from 0) and at which position there."""

    words: list[str]  # what the numbers of tokens mean

    tokens: NDArray[np.uint32]
    texts: NDArray[np.uint32]
    positions: NDArray[np.uint32]
    count: int  # of texts

    def only(self, chosen: NDArray[np.bool_]) -> Tokens:
        """Those of the texts that are True."""
        mask = chosen[self.texts]
        return Tokens(self.words, self.tokens[mask], self.texts[mask], self.positions[mask], self.count)


class Vocabulary(dict[Chunk, int]):
    """Numbers of chunks. Reads texts for all analyzers that share a pass; `read` is the one thing done word by word."""

    def __init__(self, analyzer: WordAnalyzer) -> None:
        self._analyzer = analyzer
        self._lexicons: list[Lexicon] = []
        self._token_numbers: dict[str, int] = {}
        self._tokens = array("I")  # of all chunks, chunk after chunk
        self._starts = array("I", [0])
        self._chunks = array("I")  # of all texts, text after text
        self._texts = array("Q", [0])
        self._last: tuple[int, str] | None = None
        if analyzer.gap:  # where nothing jumps, these may be tokens like any other
            for jump in (BREAK, LEAP):
                self[jump] = len(self)
                self._starts.append(0)

    def lexicon(self, analyzer: WordAnalyzer) -> Lexicon:
        """The same for fields of one analyzer."""
        for known in self._lexicons:
            if known.analyzer is analyzer:
                return known
        lexicon = Lexicon(analyzer)
        self._lexicons.append(lexicon)
        return lexicon

    def read(self, document: int, text: str) -> int:
        """Returns the number of the text. A text that two fields of a document share is read once."""
        if self._last is None or text is not self._last[1] or document != self._last[0]:
            self._last = document, text
            self._chunks.extend(map(self.__getitem__, self._analyzer.chunks(text)))
            self._texts.append(len(self._chunks))
        return len(self._texts) - 2

    def __missing__(self, chunk: Chunk) -> int:
        self._tokens.extend(map(self._token_number, self._analyzer.tokens(chunk)))
        self._starts.append(len(self._tokens))
        number = self[chunk] = len(self)
        return number

    def _token_number(self, token: str) -> int:
        return self._token_numbers.setdefault(token, len(self._token_numbers))

    @property
    def size(self) -> int:
        """Chunks read since `take`."""
        return len(self._chunks)

    def take(self) -> Tokens:
        """The tokens of all texts read so far; counting of texts begins anew."""
        chunks, ends = np.frombuffer(self._chunks, np.uint32), np.frombuffer(self._texts, np.uint64).astype(np.int64)
        self._chunks, self._texts, self._last = array("I"), array("Q", [0]), None
        starts = np.array(self._starts, np.uint32)
        counts = (starts[1:] - starts[:-1])[chunks]
        before = np.zeros(len(chunks) + 1, np.int64)  # tokens before each chunk
        np.cumsum(counts, out=before[1:])
        firsts = before[ends]  # tokens before each text
        texts = np.repeat(np.arange(len(ends) - 1, dtype=np.uint32), firsts[1:] - firsts[:-1])
        # Most chunks are one token: take the first of each, and the others only where there are some.
        chunk_of_token = np.repeat(np.arange(len(chunks), dtype=np.uint32), counts)
        flat = starts[chunks][chunk_of_token]
        if len(counts) and counts.max() > 1:
            flat += (np.arange(before[-1]) - before[chunk_of_token]).astype(np.uint32)
        positions = np.arange(before[-1], dtype=np.uint32)
        positions -= firsts.astype(np.uint32)[texts]
        jumps = np.flatnonzero(chunks <= 1) if self._analyzer.gap else chunks[:0]
        if len(jumps):
            positions += self._jumped(jumps, chunks, ends, before).astype(np.uint32)[chunk_of_token]
        tokens = np.array(self._tokens, np.uint32)[flat]
        return Tokens(list(self._token_numbers), tokens, texts, positions, len(ends) - 1)

    def _jumped(
        self,
        jumps: NDArray[np.integer],
        chunks: NDArray[np.uint32],
        ends: NDArray[np.int64],
        before: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """By how much the positions of each chunk are moved by the jumps before it in its text."""
        moves = np.zeros(len(chunks) + 1, np.int64)
        moves[jumps + 1] = self._analyzer.gap
        leaps = jumps[chunks[jumps] == 1]
        texts = np.searchsorted(ends, leaps, "right") - 1
        texts, first = np.unique(texts, return_index=True)  # later ones are past the position already
        leaps = leaps[first]
        moved = np.cumsum(moves)
        begins = ends[texts]
        reached = before[leaps] - before[begins] + moved[leaps + 1] - moved[begins]
        moves[leaps + 1] += np.maximum(self._analyzer.leap - reached, 0)
        moved = np.cumsum(moves)
        return moved[:-1] - np.repeat(moved[ends[:-1]], ends[1:] - ends[:-1])
