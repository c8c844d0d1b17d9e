"""Postings as arrays: what was encoded is read, over all ways to keep document numbers, weights and positions."""

from __future__ import annotations

import random
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.filedb.filestore import RamStorage

from search.columnar.encode import DENSITY, FieldEncoder, TermPostings, can_code
from search.columnar.format import ArrayFile, ArrayWriter
from search.columnar.postings import BLOCK, FieldPostings

Posting = tuple[int, float, int, list[int]]  # document, weight, length byte, positions
Field = dict[bytes, list[Posting]]


def encoded(field: Field, doc_count: int, *, runs: int = 1, counted: bool = True) -> FieldPostings:
    terms = sorted(field)
    coded = can_code(np.array([weight for postings in field.values() for _, weight, _, _ in postings]))
    encoder = FieldEncoder("f", doc_count, coded=coded, counted=counted)
    for part in np.array_split(np.arange(len(terms)), runs):
        chosen = [terms[number] for number in part]
        postings = [posting for term in chosen for posting in field[term]]
        encoder.add(
            TermPostings(
                chosen,
                np.array([len(field[term]) for term in chosen], np.int64),
                np.array([posting[0] for posting in postings], np.uint32),
                np.array([posting[1] for posting in postings], np.float32),
                np.array([posting[2] for posting in postings], np.uint8),
                [(np.array([len(posting[3])], np.int64), np.array(posting[3], np.int64)) for posting in postings],
            )
        )
    storage = RamStorage()
    writer = ArrayWriter(storage.create_file("a"))
    encoder.write(writer)
    writer.close({})
    return FieldPostings(ArrayFile(storage, "a"), "f")


def check(postings: FieldPostings, field: Field) -> None:
    terms = sorted(field)
    assert postings.size == len(terms)
    assert postings.terms(0, postings.size) == terms
    for ordinal, term in enumerate(terms):
        expected = field[term]
        assert postings.find(term) == ordinal
        assert postings.term(ordinal) == term
        assert postings.doc_frequency(ordinal) == len(expected)
        assert postings.docs(ordinal).tolist() == [posting[0] for posting in expected]
        assert postings.weights(ordinal).tolist() == [np.float32(posting[1]) for posting in expected]
        assert postings.length_bytes(ordinal).tolist() == [posting[2] for posting in expected]
        starts, positions = postings.positions(ordinal)
        assert [positions[a:b].tolist() for a, b in pairwise(starts)] == [p[3] for p in expected]
        first = postings.first_number(ordinal)
        assert [postings.positions_of_one(first + n) for n in range(len(expected))] == [p[3] for p in expected]
        every_third = np.arange(0, len(expected), 3)
        starts, positions = postings.positions_at(ordinal, every_third)
        assert [positions[a:b].tolist() for a, b in pairwise(starts)] == [p[3] for p in expected[::3]]
        if postings.has_codes:
            codes = [min(int(weight), 255) << 8 | byte for _, weight, byte, _ in expected]
            assert postings.codes(ordinal).tolist() == codes
    for first in range(0, len(terms) + 1, 2):
        for last in range(first, len(terms) + 1):
            expected_docs = [posting[0] for term in terms[first:last] for posting in field[term]]
            assert postings.span(first, last).tolist() == expected_docs


@st.composite
def some_field(draw: Any) -> tuple[Field, int]:
    """Terms of a few or of many documents, in a segment of one, two or many chunks of 65,536."""
    doc_count = draw(st.sampled_from([1, 5, 65_535, 65_536, 65_537, 131_073, 1_000_000]))
    weight = draw(st.sampled_from([st.integers(1, 3), st.integers(250, 260), st.sampled_from([0.5, 1.5, 3.0])]))
    position = draw(st.sampled_from([st.integers(0, 9), st.integers(65_530, 65_540), st.integers(0, 2**32 - 1)]))
    field: Field = {}
    for term in draw(st.sets(st.binary(max_size=3), min_size=1, max_size=6)):
        seed = draw(st.integers(0, 99))
        many = draw(st.sampled_from([1, 2, 5, 40, 300]))
        docs = np.unique(np.random.default_rng(seed).integers(0, doc_count, many)).tolist()
        weights = draw(st.lists(weight, min_size=2, max_size=2))
        places = [sorted(draw(st.sets(position, min_size=1, max_size=3))) for _ in range(2)]
        field[term] = [(doc, weights[n % 2], (doc + n) % 256, places[n % 2]) for n, doc in enumerate(docs)]
    return field, doc_count


@settings(deadline=None)
@given(some_field(), st.integers(1, 3))
def test_postings_come_back(drawn: tuple[Field, int], runs: int) -> None:
    field, doc_count = drawn
    check(encoded(field, doc_count, runs=runs), field)


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_positions_by_weights(count: int) -> None:
    """Where weights say how many positions there are, nothing else does."""
    field = {
        b"a": [(doc, float(doc % 3 + 1), 7, list(range(doc % 3 + 1))) for doc in range(count)],
        b"b": [(doc, 2.0, 7, [doc, 70_000 + doc]) for doc in range(count)],
        b"c": [(0, 300.0, 7, list(range(300))), (1, 1.0, 7, [5])],
    }
    postings = encoded(field, count + 2, counted=False)
    assert not postings.counts_positions
    check(postings, field)


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        (b"", (0, 6)),
        (b"a", (0, 2)),
        (b"b", (2, 3)),
        (b"c", (3, 3)),
        (b"\xff", (4, 6)),
        (b"\xfe\xff", (3, 4)),
        (b"\xff\xff", (5, 6)),
    ],
)
def test_prefix(prefix: bytes, expected: tuple[int, int]) -> None:
    terms = (b"a", b"ab", b"b", b"\xfe\xff\x01", b"\xff", b"\xff\xff")
    postings = encoded({term: [(0, 1.0, 1, [0])] for term in terms}, 1)
    assert postings.prefix(prefix) == expected


@pytest.mark.parametrize("doc_count", [65_536, 65_537, 140_000])
def test_terms_of_many_documents(doc_count: int) -> None:
    """Documents as bits, by chunks and as they are, side by side; one below, at and above where bits begin."""
    border = doc_count // DENSITY
    counts = [3, border, border + 1, 5, border - 1, 200, border + 2, border * 3, 1]
    field: Field = {
        bytes((65 + n,)): [(doc, 1.0, 1, [0]) for doc in range(0, doc_count, doc_count // count)][:count]
        for n, count in enumerate(counts)
    }
    postings = encoded(field, doc_count)
    check(postings, field)
    assert len(postings._dense_terms) == sum(len(docs) > border for docs in field.values()) > 0


@pytest.mark.parametrize("weights", [[0.0], [-1.0], [1.5], [float("nan")], [1.0, 0.5]])
def test_weights_that_no_code_holds(weights: list[float]) -> None:
    assert not can_code(np.array(weights))


def test_missing_terms() -> None:
    postings = encoded({b"b": [(0, 1.0, 1, [0])]}, 1)
    assert [postings.find(term) for term in (b"", b"a", b"b", b"ba", b"c")] == [-1, -1, 0, -1, -1]
    assert [postings.bisect(term) for term in (b"", b"a", b"b", b"ba", b"c")] == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("coded", [True, False])
def test_positions_of_a_few_postings_are_found_from_their_blocks(coded: bool) -> None:
    """Among long postings, far gaps and far first positions, where only a few of very many are asked for."""
    chosen = random.Random(7)
    field: Field = {}
    for term in (b"a", b"b"):
        postings = []
        for doc in range(5_000):
            count = chosen.choice([1, 1, 2, 3, 300 if doc % 977 == 0 else 1])
            gaps = [chosen.choice([1, 2, 254, 255, 256, 70_000]) for _ in range(count)]
            postings.append((doc, float(count) if coded else count + 0.5, 9, list(accumulate(gaps))))
        field[term] = postings
    built = encoded(field, 5_000, counted=not coded)
    for ordinal, term in enumerate(sorted(field)):
        for which in ([], [0], [4_999], [0, 1, 4_999], sorted(chosen.sample(range(5_000), 30)), list(range(5_000))):
            starts, positions = built.positions_at(ordinal, np.array(which, np.int64))
            assert [positions[a:b].tolist() for a, b in pairwise(starts)] == [field[term][i][3] for i in which]
            first = built.first_number(ordinal)
            assert [built.positions_of_one(first + i) for i in which] == [field[term][i][3] for i in which]
