"""Scores are those of Whoosh's scorers, whatever the weighting, the weights and the lengths."""

from __future__ import annotations

from math import log
from typing import Any

import pytest
from whoosh import fields, formats, scoring
from whoosh import query as q
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import RamStorage

from search.columnar import leaf
from search.columnar.codec import ColumnarCodec
from search.columnar.evaluate import evaluate
from search.columnar.queries import Near, Within
from tests.columnar.meaning import by_matchers, evaluated, same


class LuceneIdf(scoring.BM25F):  # type: ignore[misc]
    """BM25F with Lucene's idf."""

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        parent = searcher.get_parent()
        frequency = parent.doc_frequency(fieldname, text)
        return log(1 + (parent.doc_count_all() - frequency + 0.5) / (frequency + 0.5))


class NegativeIdf(scoring.BM25F):  # type: ignore[misc]
    """The idf of Robertson and Spärck Jones, which is below 0 for a word in most documents."""

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        parent = searcher.get_parent()
        frequency = parent.doc_frequency(fieldname, text)
        return log((parent.doc_count_all() - frequency + 0.5) / (frequency + 0.5))


class Shifted(scoring.BM25F):  # type: ignore[misc]
    """Has the last word on each score."""

    use_final = True

    def final(self, searcher: Any, docnum: int, score: float) -> float:
        return score + len(searcher.stored_fields(docnum)["id"]) + docnum * 0.125


def by_first_position(searcher: Any, fieldname: str, text: Any, matcher: Any) -> float:  # noqa: ARG001
    return 1.0 / (1 + matcher.value_as("positions")[0])


WEIGHTINGS = {
    "BM25F": scoring.BM25F(),
    "other parameters": scoring.BM25F(B=0.4, K1=0.9, other_B=0.0),
    "without saturation": scoring.BM25F(K1=0.0),
    "subclass with another idf": LuceneIdf(K1=2.0),
    "idf below 0": NegativeIdf(),
    "TF_IDF": scoring.TF_IDF(),
    "Frequency": scoring.Frequency(),
    "PL2": scoring.PL2(),
    "by field": scoring.MultiWeighting(scoring.BM25F(), other=scoring.Frequency(), plain=scoring.PL2()),
    "a function": scoring.FunctionWeighting(by_first_position),
    "reversed": scoring.ReverseWeighting(scoring.BM25F()),
}

TEXTS = [
    "a b c",
    "a a a b",
    "c " * 300 + "b",  # more often than a code can say
    "c " * 254 + "a",
    "c " * 255 + "a",
    "c " * 256 + "a",
    "b c " * 40,
    "a",
    "",
    "d e f g a b c",
]


def archive() -> Any:
    analyzer = SpaceSeparatedTokenizer()
    schema = fields.Schema(
        id=fields.ID(stored=True),
        text=fields.TEXT(analyzer=analyzer),
        other=fields.TEXT(analyzer=analyzer, field_boost=1.5),
        plain=fields.KEYWORD(scorable=True),
        unscored=fields.KEYWORD,
        light=fields.FieldType(formats.Positions(field_boost=0.0), analyzer, scorable=True),
    )
    index = RamStorage().create_index(schema)
    for part in (TEXTS[:4], TEXTS[4:]):
        writer = index.writer(codec=ColumnarCodec())
        for number, text in enumerate(part):
            names = ("text", "other", "plain", "unscored", "light")
            writer.add_document(id="x" * number, **dict.fromkeys(names, text))
        writer.commit(merge=False)
    return index


QUERIES = (
    *(q.Term(name, word) for name in ("text", "other", "plain", "unscored") for word in "abc"),
    q.Term("text", "c", boost=2.5),
    # Two by two: Whoosh loses scores below 0 in an Or of three.
    q.Or([q.Term("text", "a"), q.Or([q.Term("other", "b"), q.Term("plain", "d", boost=3.0)])]),
    q.And([q.Term("text", "a"), q.Term("other", "b"), q.Term("unscored", "c")]),
    q.AndMaybe(q.Term("text", "b"), q.Term("plain", "c")),
    q.Phrase("text", ["b", "c"], boost=2.0),
    q.Phrase("other", ["a", "a", "b"]),
    Near("text", ["c", "b"], 1),
    Within(q.Term("text", "c"), 100),
)


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("name", WEIGHTINGS)
def test_scores_are_those_of_whoosh(name: str, dense: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether they come from a vector over all documents or from the postings."""
    monkeypatch.setattr(leaf, "DENSE_SHARE", 1000 if dense else 0)
    with archive().searcher(weighting=WEIGHTINGS[name]) as searcher:
        for query in QUERIES:
            if name == "a function" and {"plain", "unscored"} & {field for field, _ in query.all_terms()}:
                continue  # fields without positions
            assert same(evaluated(searcher, query), by_matchers(searcher, query)), query


def test_a_weight_of_nothing_is_a_match_all_the_same() -> None:
    with archive().searcher() as searcher:
        for query in (q.Term("light", "b"), q.Or([q.Term("light", "a"), q.Term("light", "b")])):
            assert same(evaluated(searcher, query), by_matchers(searcher, query))
        assert evaluate(searcher, q.Term("light", "b")).total == 5


def test_the_weighting_has_the_last_word() -> None:
    with archive().searcher(weighting=Shifted()) as searcher:
        expected = searcher.search(q.Term("text", "b"), limit=None)
        result = evaluate(searcher, q.Term("text", "b"), limit=100)
        assert result.docs.tolist() == [hit.docnum for hit in expected]
        assert result.scores.tolist() == pytest.approx([hit.score for hit in expected], rel=1e-4)


def test_the_order_is_that_of_a_whoosh_search() -> None:
    query = q.Or([q.Term("text", "a"), q.Term("text", "b"), q.Term("other", "c")])
    with archive().searcher() as searcher:
        expected = searcher.search(query, limit=5)
        assert evaluate(searcher, query, limit=5).docs.tolist() == [hit.docnum for hit in expected]


def test_scores_do_not_depend_on_what_the_cache_has() -> None:
    """Two pages of one search may be asked of two processes: bit by bit the same, or hits would change places."""
    query = q.Or([q.Term("text", "a", boost=0.3), q.Term("other", "b", boost=1.7), q.Term("text", "c")], boost=1.1)
    with archive().searcher() as searcher:
        cold, warm = evaluate(searcher, query, limit=100), evaluate(searcher, query, limit=100)
        assert cold.scores.tobytes() == warm.scores.tobytes()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(leaf, "DENSE_SHARE", 0)
            sparse = evaluate(searcher, query, limit=100)
        assert sparse.scores.tobytes() == warm.scores.tobytes()
