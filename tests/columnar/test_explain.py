"""What a term brings, and the place of a document, are what the evaluator's own answer says."""

from __future__ import annotations

from typing import Any

import pytest
from whoosh import fields
from whoosh import query as q
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import RamStorage

from search.columnar.bulk import BulkWriter
from search.columnar.evaluate import Decay, Sort, evaluate, rank
from search.columnar.explain import explain
from search.columnar.proximity import Proximity
from search.columnar.queries import Near, SwapFuzzyTerm, Within

TEXTS = ("a b c", "a a d", "c b a a e", "b b", "d e", "a", "e d c b a", "ab abc", "b c d e a b c")


@pytest.fixture(params=[1, 3], ids=["one segment", "three segments"])
def searcher(request: pytest.FixtureRequest) -> Any:
    schema = fields.Schema(text=fields.TEXT(analyzer=SpaceSeparatedTokenizer()), day=fields.NUMERIC(int, sortable=True))
    index = RamStorage().create_index(schema)
    for part in range(request.param):
        writer = BulkWriter(index)
        for number, text in enumerate(TEXTS * 5):
            writer.add_document(text=f"{text} {'x ' * part}", day=number % 7)
        writer.commit(merge=False)
    return index.searcher()


def term(text: str, boost: float = 1.0) -> Any:
    return q.Term("text", text, boost=boost)


QUERIES = {
    "term": term("a", 2.0),
    "or": q.Or([term("a"), term("b", 0.5)]),
    "and maybe": q.AndMaybe(term("a"), q.Or([term("e"), q.ConstantScoreQuery(term("b"), 0.1)])),
    "phrase": q.Phrase("text", ["a", "b"], boost=3.0),
    "near": Near("text", ["a", "c"], 1),
    "within": Within(term("a"), 1),
    "fuzzy": SwapFuzzyTerm("text", "ab"),
    "prefix": q.Prefix("text", "ab"),
    "not": q.Not(term("a")),
    "every": q.Every(),
    "unknown": term("z"),
}
ORDERS: list[dict[str, Any]] = [
    {},
    {"decay": Decay("day", 2.0)},
    {"proximity": Proximity("text", (("a", "b"),), 2, 0.5, 7)},
    {"decay": Decay("day", 2.0), "proximity": Proximity("text", (("a", "b"),), 2, 0.5, 7), "tie": "day"},
    {"sort": Sort("day", descending=True)},
    {"sort": Sort("day"), "tie": "day", "filters": {"some": q.Or([term("b"), term("ab")])}},
]


@pytest.mark.parametrize("name", QUERIES)
def test_what_is_brought_is_the_score(searcher: Any, name: str) -> None:
    result = evaluate(searcher, QUERIES[name], limit=1000)
    scores = dict(zip(result.docs.tolist(), result.scores.tolist(), strict=True))
    for document in range(searcher.doc_count_all()):
        told = explain(searcher, QUERIES[name], document)
        assert told.found == (document in scores)
        assert sum(one.score for one in told.brought) == pytest.approx(scores.get(document, 0), rel=1e-5)


def test_a_term_is_told_with_its_figures(searcher: Any) -> None:
    [a] = explain(searcher, term("a", 2.0), 1).brought
    assert (a.fieldname, a.text, a.frequency, a.length, a.boost) == ("text", "a", 2, 3, 2.0)
    assert a.documents == searcher.doc_frequency("text", "a")


def test_a_document_that_is_not_there_has_nothing(searcher: Any) -> None:
    assert not explain(searcher, q.Every(), searcher.doc_count_all()).found


@pytest.mark.parametrize("order", range(len(ORDERS)))
@pytest.mark.parametrize("name", ["or", "and maybe", "phrase", "every", "unknown"])
def test_a_rank_is_the_place_in_the_whole_answer(searcher: Any, name: str, order: int) -> None:
    result = evaluate(searcher, QUERIES[name], limit=1000, **ORDERS[order])
    places = {document: place for place, document in enumerate(result.docs.tolist(), 1)}
    scores = dict(zip(result.docs.tolist(), result.scores.tolist(), strict=True))
    for document in range(searcher.doc_count_all()):
        told = rank(searcher, QUERIES[name], document, **ORDERS[order])
        assert (told and told.place) == places.get(document)
        if told is not None:
            assert told.score == scores[document]
            if "sort" not in ORDERS[order]:
                own = sum(one.score for one in explain(searcher, QUERIES[name], document).brought)
                assert (own + told.bonus) * told.factor == pytest.approx(told.score, rel=1e-5)
