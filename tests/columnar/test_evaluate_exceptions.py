"""Where Whoosh's matchers contradict a query's meaning, the meaning decides. Each case shows both, so that an exception
that Whoosh has mended is noticed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from typing import Any

import pytest
from whoosh import query as q
from whoosh.query.spans import SpanFirst, SpanNear2

from search.columnar.codec import ColumnarCodec
from search.columnar.queries import Near
from tests.columnar.meaning import Commit, Doc, build, by_matchers, evaluated, meaning_of, same

WHOOSH3 = "whoosh3" in packages_distributions()["whoosh"]


def texts(*lines: str) -> tuple[Doc, ...]:
    return tuple(Doc(text=tuple(line.split())) for line in lines)


A, B, C = (q.Term("text", word) for word in "abc")
EIGHT = texts("a b", "b c", "a c c", "b", "a d", "c d", "a b c d", "e")


@dataclass(frozen=True)
class Case:
    says: str
    query: Any
    docs: tuple[Doc, ...] = EIGHT
    deleted: frozenset[int] = frozenset()
    mended: bool = False  # in whoosh3, Whoosh's maintained fork


CASES = (
    Case("a Not inside an And adds 1 to each score", q.And([A, q.Not(B)])),
    Case(
        "AndNot lets its first document through where an earlier one is excluded",
        q.AndNot(C, B),
        texts("b", "b c", "c"),
    ),
    Case("Require excludes what it should require", q.Require(A, B), mended=True),
    Case(
        "an AndMaybe that an And moves on leaves its second part behind",
        q.And([B, q.AndMaybe(A, B)]),
        texts("a", "b", "a b"),
    ),
    Case("DisjunctionMax takes the score of a later document", q.DisjunctionMax([A, B]), texts("a", "b b b b")),
    Case("DisjunctionMax forgets its tiebreak", q.DisjunctionMax([A, B], tiebreak=0.5), texts("a b b", "a b b")),
    Case("a compound of one part loses its boost", q.Or([A], boost=3.0)),
    Case("a constant score of one term is that term's score", q.Prefix("text", "a")),
    Case("a constant score of two terms is the sum of theirs", q.Wildcard("text", "[ab]")),
    Case("a constant score of more terms is 1, whatever the boost", q.Wildcard("text", "[abc]", boost=2.0)),
    Case("an Or of three or more loses documents with score 0", q.Or([A, B, C], boost=0.0)),
    Case("a Not at the end of a segment finds a deleted document", q.Not(A), texts("b", "a", "b"), frozenset({2})),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_the_meaning_decides(case: Case) -> None:
    index, added = build([Commit(case.docs), Commit((), case.deleted)], ColumnarCodec())
    with index.searcher() as searcher:
        meaning = meaning_of(searcher, added).scores(case.query)
        assert same(by_matchers(searcher, case.query), meaning) == (case.mended and WHOOSH3)
        assert same(evaluated(searcher, case.query), meaning)


MOST = (1 << 31) - 1
FAILING = (
    *([] if WHOOSH3 else [(q.And([A, SpanNear2([A, B])]), NameError)]),  # its size estimate forgot an import
    (q.And([A, SpanFirst(B, 1)]), NotImplementedError),  # no size estimate
    (q.NumericRange("size", MOST, None, startexcl=True), struct.error),  # one beyond the greatest number
)


@pytest.mark.parametrize(("query", "error"), FAILING)
def test_what_whoosh_fails_at_has_an_answer(query: Any, error: type[Exception]) -> None:
    docs = (*EIGHT, Doc(size=MOST), Doc(size=0))
    index, added = build([Commit(docs)], ColumnarCodec())
    with index.searcher() as searcher:
        with pytest.raises(error):
            by_matchers(searcher, query)
        assert same(evaluated(searcher, query), meaning_of(searcher, added).scores(query))


def test_near_finds_a_word_between_the_others() -> None:
    """What Whoosh's SpanNear2 finds of three words in any order depends on their order in the query."""
    index, _ = build([Commit(texts("a b c"))], ColumnarCodec())
    with index.searcher() as searcher:
        assert evaluated(searcher, SpanNear2([A, B, C], slop=2, ordered=False))
        assert not evaluated(searcher, SpanNear2([A, C, B], slop=2, ordered=False))
        assert evaluated(searcher, Near("text", ["a", "b", "c"])) == evaluated(searcher, Near("text", ["a", "c", "b"]))
        assert evaluated(searcher, Near("text", ["a", "c", "b"]))
