"""From documents to the postings of a field: collect numbers, sort them once."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh import fields
from whoosh.analysis import IDTokenizer

from search.columnar import values
from search.columnar.encode import FieldEncoder, TermPostings, can_code, is_plain
from search.columnar.format import AnyArray
from search.columnar.lengths import length_bytes
from search.columnar.vocabulary import Lexicon, Tokens, Vocabulary

MAX_REMEMBERED = 1 << 17  # values of a field whose terms are kept for the next document that has them
_LOW = np.uint64((1 << 32) - 1)
_HALF = np.uint64(32)

Item = tuple[bytes, float, bytes]  # term, weight, encoded value
Encoded = tuple[FieldEncoder, str]  # and the kind of its values
Lengths = NDArray[np.int64]
TokensOf = dict[int, Tokens]  # by id() of the vocabulary


class FieldBuilder(Protocol):
    @property
    def size(self) -> int:
        """How much is collected."""

    def prepare(self, document: int, value: Any) -> Any:
        """All that may raise; `add` takes the result."""

    def add(self, document: int, prepared: Any, boost: float) -> None: ...

    def finish(self, doc_count: int, tokens: TokensOf) -> tuple[Encoded | None, Lengths | None]:
        """The field's postings, None where it has none; its lengths, None where they are not kept."""


class ItemField:
    """A field of any format: each distinct posting it can have is an item, a document is the numbers of its items."""

    def __init__(self, name: str, field: Any) -> None:
        self._name, self._field = name, field
        self._whole = type(field) is fields.ID and type(field.analyzer) is IDTokenizer
        self._begin()

    def _begin(self) -> None:
        self._items: dict[Item, int] = {}
        self._by_number: list[Item] = []
        self._remembered: dict[tuple[type, Hashable], tuple[list[int], int]] = {}
        self._docs = array("I")
        self._numbers = array("I")
        self._lengths = array("I")  # of the documents in `_length_docs`
        self._length_docs = array("I")

    @property
    def size(self) -> int:
        return len(self._docs)

    def prepare(self, document: int, value: Any) -> Any:  # noqa: ARG002
        try:
            remembered = self._remembered.get((type(value), value))
        except TypeError:  # a list cannot be looked up
            return self._analyse(value)
        if remembered is None:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            remembered = self._remembered[type(value), value] = self._analyse(value)
        return remembered

    def prepare_words(self, words: Iterable[str]) -> tuple[list[int], int]:
        """Of words that are terms already, each once."""
        once = values.encode_frequency(1)
        return [self._number(word.encode(), 1.0, once) for word in words], 0

    def add(self, document: int, prepared: Any, boost: float) -> None:
        numbers, length = prepared
        if boost != 1.0:
            boosted = [self._by_number[number] for number in numbers]
            numbers = [self._number(term, weight * boost, value) for term, weight, value in boosted]
        self._numbers.extend(numbers)
        self._docs.extend([document] * len(numbers))
        if length and self._field.scorable:
            self._length_docs.append(document)
            self._lengths.append(length)

    def finish(self, doc_count: int, tokens: TokensOf) -> tuple[Encoded | None, Lengths | None]:  # noqa: ARG002
        if not len(self._docs):
            return None, None
        lengths = np.zeros(doc_count, np.int64)
        lengths[np.frombuffer(self._length_docs, np.uint32)] = np.frombuffer(self._lengths, np.uint32)
        items = self._by_number
        numbers = np.frombuffer(self._numbers, np.uint32)
        docs = np.frombuffer(self._docs, np.uint32)
        ranks, terms = _rank(numbers, [term for term, _, _ in items])
        counts = np.bincount(ranks, minlength=len(terms))
        keys = ranks.astype(np.uint64)
        keys <<= _HALF
        keys |= np.arange(len(keys), dtype=np.uint64)
        keys.sort()
        order = (keys & _LOW).astype(np.int64)
        docs, numbers = docs[order], numbers[order]
        weights = np.array([weight for _, weight, _ in items], np.float32)[numbers]
        run = TermPostings(terms, counts, docs, weights, length_bytes(lengths)[docs])
        encoded = [value for _, _, value in items]
        kind, _ = values.kind_of(self._field.format, encoded, [weight for _, weight, _ in items])
        if kind == values.RAW:
            run.value_lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))[numbers]
            run.values = np.frombuffer(b"".join([encoded[number] for number in numbers.tolist()]), np.uint8)
        plain = is_plain(weights, run.length_bytes)
        encoder = FieldEncoder(self._name, doc_count, coded=can_code(weights), plain=plain)
        encoder.add(run)
        kept = lengths if len(self._lengths) else None
        self._begin()
        return (encoder, kind), kept

    def _analyse(self, value: Any) -> tuple[list[int], int]:
        if self._whole and type(value) is str:
            return [self._number(value.encode(), self._field.format.field_boost, b"")], 1
        numbers, length = [], 0
        for term, frequency, weight, encoded in self._field.index(value):
            numbers.append(self._number(term, weight, encoded or b""))
            length += frequency
        return numbers, length

    def _number(self, term: bytes, weight: float, encoded: bytes) -> int:
        item = term, weight, encoded
        number = self._items.get(item)
        if number is None:
            number = self._items[item] = len(self._items)
            self._by_number.append(item)
        return number


class WordField:
    """A field whose format is Positions. Texts go through the vocabulary where there is one; other values, and all
    where there is none, through the field's own `index`.
    """

    def __init__(self, name: str, field: Any, vocabulary: Vocabulary | None, lexicon: Lexicon | None) -> None:
        self._name, self._field = name, field
        self._vocabulary, self._lexicon = vocabulary, lexicon
        self._begin()

    def _begin(self) -> None:
        self._texts = array("I")
        self._text_docs = array("I")
        self._others = _OtherWords()
        self._boosts: dict[int, float] = {}

    @property
    def size(self) -> int:
        return len(self._others.docs)

    def prepare(self, document: int, value: Any) -> Any:
        if self._vocabulary is not None and isinstance(value, str):
            return self._vocabulary.read(document, value)
        decode = self._field.format.decode_positions
        return [(term, weight, decode(encoded)) for term, _, weight, encoded in self._field.index(value)]

    def add(self, document: int, prepared: Any, boost: float) -> None:
        if boost != 1.0:
            self._boosts[document] = boost
        if isinstance(prepared, int):
            self._texts.append(prepared)
            self._text_docs.append(document)
        else:
            self._others.add(document, prepared, self._field.format.field_boost)

    def finish(self, doc_count: int, tokens: TokensOf) -> tuple[Encoded | None, Lengths | None]:
        words, terms = self._words(tokens)
        others = self._others
        numbers, ranked = _rank(words.terms, terms)
        if not len(ranked):
            self._begin()
            return None, None
        keys = numbers.astype(np.uint64)
        keys <<= _HALF
        keys |= words.places.astype(np.uint64)
        keys.sort()
        places, ranks = (keys & _LOW).astype(np.int64), (keys >> _HALF).astype(np.int64)
        docs, positions = words.docs[places], words.positions[places]
        first = np.ones(len(ranks), bool)  # of a posting
        first[1:] = (ranks[1:] != ranks[:-1]) | (docs[1:] != docs[:-1])
        starts = np.flatnonzero(first)
        lengths = np.bincount(docs, minlength=doc_count)
        docs, ranks = docs[starts], ranks[starts]
        counts = np.diff(np.append(starts, len(places)))
        weights = self._weights(counts, docs, doc_count)
        postings_of_term = np.bincount(ranks, minlength=len(ranked))
        others.set_weights(weights, docs, postings_of_term, ranked)
        scorable = bool(self._field.scorable)
        run = TermPostings(
            ranked,
            postings_of_term,
            docs,
            weights,
            length_bytes(lengths)[docs] if scorable else np.zeros(len(docs), np.uint8),
            positions=((counts, positions),),
        )
        coded = can_code(weights)
        encoder = FieldEncoder(self._name, doc_count, coded=coded, counted=not coded or bool((weights != counts).any()))
        encoder.add(run)
        self._begin()
        return (encoder, values.POSITIONS), lengths if scorable else None

    def _words(self, tokens: TokensOf) -> tuple[_Words, list[bytes]]:
        """All words of the field, and the terms that their numbers mean."""
        others, other_terms = self._others.words(), self._others.terms()
        if self._lexicon is None or not len(self._texts):
            words = _Words.empty()
            terms = []
        else:
            words = self._words_of_texts(self._lexicon, tokens[id(self._vocabulary)])
            terms = [term.encode() for term in self._lexicon.terms()]
        return words.joined(others, len(terms)) if len(others.terms) else words, terms + other_terms

    def _words_of_texts(self, lexicon: Lexicon, tokens: Tokens) -> _Words:
        doc_of_text = np.full(tokens.count, -1, np.int64)
        doc_of_text[np.frombuffer(self._texts, np.uint32)] = np.frombuffer(self._text_docs, np.uint32)
        if (doc_of_text < 0).any():  # other fields read texts of their own
            tokens = tokens.only(doc_of_text >= 0)
        docs, positions = doc_of_text[tokens.texts].astype(np.uint32), tokens.positions
        lexicon.learn(tokens.words, tokens.tokens)
        first, where, more = lexicon.of_tokens(tokens.tokens)
        kept = np.flatnonzero(first >= 0)
        if len(kept) < len(first):
            if lexicon.analyzer.renumber:
                positions = _renumbered(kept, tokens.texts, positions)
            first = first[kept]
        if len(where):
            return _Words(np.concatenate((first, more)), np.concatenate((kept, where)), docs, positions)
        return _Words(first, kept, docs, positions)

    def _weights(self, counts: NDArray[np.int64], docs: AnyArray, doc_count: int) -> NDArray[np.float32]:
        weights = counts.astype(np.float32)
        if self._field.format.field_boost != 1.0:
            weights *= np.float32(self._field.format.field_boost)
        if self._boosts:
            boosts = np.ones(doc_count, np.float32)
            boosts[list(self._boosts)] = list(self._boosts.values())
            weights *= boosts[docs]
        return weights


@dataclass(slots=True)
class _Words:
    """Words by number of term, each with its place; places are ascending by document and position."""

    terms: NDArray[np.integer]
    places: NDArray[np.integer]
    docs: NDArray[np.uint32]  # by place
    positions: NDArray[np.uint32]  # by place

    @classmethod
    def empty(cls) -> _Words:
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint32), np.empty(0, np.uint32))

    def joined(self, other: _Words, offset: int) -> _Words:
        """With the words of `other`, whose terms are counted from `offset`."""
        docs, positions = np.concatenate((self.docs, other.docs)), np.concatenate((self.positions, other.positions))
        order = np.lexsort((positions, docs))
        place_of = np.empty(len(order), np.int64)
        place_of[order] = np.arange(len(order))
        places = place_of[np.concatenate((self.places, other.places + len(self.docs)))]
        return _Words(np.concatenate((self.terms, other.terms + offset)), places, docs[order], positions[order])


class _OtherWords:
    """Words that a field's own `index` gave, one by one."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._terms = array("I")
        self.docs = array("I")
        self._positions = array("I")
        self._weights: list[tuple[bytes, int, float]] = []  # that are not how often the term stands in the document

    def add(self, document: int, items: Iterable[tuple[bytes, float, Sequence[int]]], field_boost: float) -> None:
        for term, weight, positions in items:
            number = self._numbers.setdefault(term, len(self._numbers))
            self._terms.extend([number] * len(positions))
            self.docs.extend([document] * len(positions))
            self._positions.extend(positions)
            if weight != len(positions) * field_boost:
                self._weights.append((term, document, weight / (len(positions) * field_boost)))

    def terms(self) -> list[bytes]:
        return list(self._numbers)

    def words(self) -> _Words:
        docs, positions = np.array(self.docs, np.uint32), np.array(self._positions, np.uint32)
        return _Words(np.array(self._terms, np.int64), np.arange(len(docs)), docs, positions)

    def set_weights(
        self, weights: NDArray[np.float32], docs: AnyArray, counts: NDArray[np.int64], terms: list[bytes]
    ) -> None:
        """Corrects the weights of postings whose words were boosted one by one."""
        if not self._weights:
            return
        ends = np.cumsum(counts)
        ordinals = {term: ordinal for ordinal, term in enumerate(terms)}
        for term, document, factor in self._weights:
            ordinal = ordinals[term]
            begin, end = int(ends[ordinal] - counts[ordinal]), int(ends[ordinal])
            weights[begin + int(np.searchsorted(docs[begin:end], document))] *= np.float32(factor)


def _renumbered(kept: NDArray[np.int64], texts: AnyArray, positions: AnyArray) -> NDArray[np.uint32]:
    """Positions as Whoosh's StopFilter gives them: the first word of a text keeps its own, the others follow on it."""
    starts_text = np.ones(len(kept), bool)
    starts_text[1:] = texts[kept[1:]] != texts[kept[:-1]]
    numbers = np.arange(len(kept))
    first = np.maximum.accumulate(np.where(starts_text, numbers, 0))
    renumbered = positions.copy()
    renumbered[kept] = positions[kept[first]] + (numbers - first)
    return renumbered


def _rank(numbers: NDArray[np.integer], terms: list[bytes]) -> tuple[NDArray[np.int64], list[bytes]]:
    """Each number replaced by the place of its term among those that occur, and these in order, each once."""
    used = np.flatnonzero(np.bincount(numbers, minlength=len(terms))).tolist()
    ranked = sorted({terms[number] for number in used})
    rank_of_term = {term: rank for rank, term in enumerate(ranked)}
    ranks = np.zeros(len(terms), np.int64)
    ranks[used] = [rank_of_term[terms[number]] for number in used]
    return ranks[numbers], ranked
