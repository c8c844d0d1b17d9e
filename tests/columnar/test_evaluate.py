"""The answers of `evaluate`: windows, orders, filters, expansions, time, and every class of query once by a table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from itertools import count
from typing import Any

import numpy as np
import pytest
from whoosh import columns, fields
from whoosh import query as q
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import RamStorage
from whoosh.formats import Characters
from whoosh.query.spans import SpanFirst, SpanNear, SpanNear2, SpanNot, SpanOr
from whoosh.sorting import FieldFacet, add_sortable

from search.columnar import expand, leaf
from search.columnar.cache import CACHE, Cache
from search.columnar.codec import ColumnarCodec
from search.columnar.evaluate import MAX_WINDOW, Decay, Facet, Histogram, Sort, evaluate
from search.columnar.expand import MAX_EXPANSION
from search.columnar.proximity import Proximity
from search.columnar.queries import Near, SwapFuzzyTerm, Within
from tests.columnar.meaning import Commit, Doc, build, by_matchers, evaluated, same

TEXTS = (
    "apple banana cherry",
    "banana apple",
    "apple apple pie with cherry",
    "dates and figs",
    "banana split with figs",
    "aple figs dates",
    "",
    "cherry banana apple",
)
DOCS = tuple(
    Doc(text=tuple(text.split()), tags=("even",) if i % 2 == 0 else ("odd", "x"), number=i * 10, size=i * 10)
    for i, text in enumerate(TEXTS)
)


def T(text: str, boost: float = 1.0) -> q.Term:  # noqa: N802
    return q.Term("text", text, boost)


def searcher_of(*commits: Commit) -> Any:
    return build(commits, ColumnarCodec())[0].searcher()


@pytest.fixture
def fruit() -> Any:
    """One segment with the eight texts."""
    with searcher_of(Commit(DOCS)) as searcher:
        yield searcher


@pytest.fixture
def segments() -> Any:
    """Three segments; document 1, and 4 of the second, are deleted."""
    with searcher_of(Commit(DOCS[:3]), Commit(DOCS[3:6]), Commit(DOCS[6:]), Commit((), frozenset({1, 4}))) as searcher:
        yield searcher


CLASSES = (
    (T("apple"), {0, 1, 2, 7}),
    (T("absent"), set()),
    (q.Term("nowhere", "apple"), set()),
    (q.Term("number", "no number"), set()),
    (q.And([T("apple"), T("cherry")]), {0, 2, 7}),
    (q.And([T("apple"), T("absent")]), set()),
    (q.And([T("apple"), q.Not(T("cherry"))]), {1}),
    (q.And([q.Not(T("apple")), q.Not(T("figs"))]), {6}),
    (q.And([]), set()),
    (q.Or([T("pie"), T("split")]), {2, 4}),
    (q.Or([]), set()),
    (q.Not(T("apple")), {3, 4, 5, 6}),
    (q.AndNot(T("banana"), T("apple")), {4}),
    (q.AndMaybe(T("pie"), T("figs")), {2}),
    (q.Require(T("apple"), T("pie")), {2}),
    (q.DisjunctionMax([T("pie"), T("split")]), {2, 4}),
    (q.Phrase("text", ["apple", "banana"]), {0}),
    (q.Phrase("text", ["apple", "cherry"], slop=2), {0}),
    (q.Phrase("text", ["apple", "cherry"], slop=3), {0, 2}),
    (q.Phrase("text", ["apple", "apple"]), {2}),
    (q.Phrase("text", ["apple"]), {0, 1, 2, 7}),
    (q.Phrase("text", []), set()),
    (q.Phrase("text", ["apple", "absent"]), set()),
    (SpanNear2([T("cherry"), T("apple")], slop=2, ordered=False), {0, 7}),
    (SpanNear(T("apple"), T("banana"), slop=1), {0}),
    (SpanFirst(T("cherry"), 2), {0, 7}),
    (Near("text", ["cherry", "apple"], 1), {0, 7}),
    (Near("text", ["apple", "apple", "pie"]), {2}),
    (Near("text", []), set()),
    (Within(T("apple"), 1), {1, 2, 7}),
    (Within(T("apple"), 1, 1), {1, 2}),
    (Within(T("apple"), 0, 0), {0, 2}),
    (Within(T("apple"), 9), set()),
    (Within(q.Phrase("text", ["banana", "apple"]), 1), {7}),
    (Within(q.Prefix("text", "ap"), 2), {7}),
    (Within(Within(T("apple"), 1), 0, 1), {1, 2}),
    (q.Prefix("text", "ap"), {0, 1, 2, 5, 7}),
    (q.Prefix("text", ""), {0, 1, 2, 3, 4, 5, 7}),
    (q.Wildcard("text", "*e"), {0, 1, 2, 5, 7}),
    (q.Wildcard("text", "*"), {0, 1, 2, 3, 4, 5, 7}),
    (q.Regex("text", "ap+le"), {0, 1, 2, 5, 7}),
    (q.FuzzyTerm("text", "apple"), {0, 1, 2, 5, 7}),
    (q.FuzzyTerm("text", "paple", prefixlength=0), {5}),
    (SwapFuzzyTerm("text", "paple", prefixlength=0), {0, 1, 2, 5, 7}),
    (q.FuzzyTerm("text", "a", prefixlength=5), set()),
    (q.Variations("text", "date"), {3, 5}),
    (q.TermRange("text", "c", "d"), {0, 2, 7}),
    (q.TermRange("text", None, "aq"), {0, 1, 2, 3, 5, 7}),
    (q.TermRange("text", "dates", None, startexcl=True), {2, 3, 4, 5}),
    (q.NumericRange("number", 20, 40), {2, 3, 4}),
    (q.NumericRange("size", 20, 40, startexcl=True, endexcl=True), {3}),
    (q.NumericRange("number", 40, 20), set()),
    (q.NumericRange("size", None, None), set(range(8))),
    (q.NumericRange("size", 20, 40, constantscore=False), {2, 3, 4}),
    (q.NumericRange("nowhere", 20, 40), set()),
    (q.Every(), set(range(8))),
    (q.Every("text"), {0, 1, 2, 3, 4, 5, 7}),
    (q.Every("nowhere"), set()),
    (q.NullQuery, set()),
    (q.ConstantScoreQuery(T("pie"), 2.0), {2}),
    # Classes that only Whoosh's matchers know
    (q.Otherwise(T("absent"), T("pie")), {2}),
    (SpanOr([T("pie"), T("split")]), {2, 4}),
    (SpanNot(T("apple"), T("banana")), {0, 1, 2, 7}),
    (q.Ordered([T("apple"), T("cherry")]), {0, 2}),
    (Within(q.Or([T("pie"), T("apple")]), 2), {2, 7}),
    (q.And([SpanOr([T("pie"), T("split")]), T("with")]), {2, 4}),
)


@pytest.mark.parametrize(("query", "expected"), CLASSES, ids=lambda value: repr(value)[:70])
def test_each_class_finds(fruit: Any, query: Any, expected: set[int]) -> None:
    result = evaluate(fruit, query, limit=100)
    assert set(result.docs.tolist()) == expected
    assert result.total == len(expected)


def test_a_range_of_what_is_no_number_is_refused(fruit: Any) -> None:
    with pytest.raises(q.QueryError, match="'text' is no number"):
        evaluate(fruit, q.NumericRange("text", 1, 2))


def test_positions_are_refused_where_a_field_has_none(fruit: Any) -> None:
    for query in (q.Phrase("tag", ["odd", "x"]), Near("tag", ["odd", "x"])):
        with pytest.raises(q.QueryError):
            evaluate(fruit, query)


class Unknown(q.Term):  # type: ignore[misc]
    """A class of its own, though a kind of Term: what it finds is for its matcher to say."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        return T("pie").matcher(searcher, context)


def test_a_subclass_is_asked_for_its_own_matcher(fruit: Any) -> None:
    assert set(evaluated(fruit, Unknown("text", "apple"))) == {2}
    assert set(evaluated(fruit, q.And([Unknown("text", "figs"), T("apple")]))) == {2}


# Windows and orders


def test_a_window_is_cut_out_of_the_whole_order(segments: Any) -> None:
    query = q.Or([T("apple"), T("figs", 2.0), T("banana")])
    whole = evaluate(segments, query, limit=100)
    assert whole.total == 5
    assert sorted(whole.scores.tolist(), reverse=True) == whole.scores.tolist()
    for offset in range(7):
        for limit in range(7):
            part = evaluate(segments, query, limit=limit, offset=offset)
            assert part.docs.tolist() == whole.docs.tolist()[offset : offset + limit]
            assert part.scores.tolist() == whole.scores.tolist()[offset : offset + limit]
            assert part.total == 5


def test_equal_scores_come_by_document_number() -> None:
    docs = tuple(Doc(text=("word", "other")) for _ in range(300))
    with searcher_of(Commit(docs[:150]), Commit(docs[150:])) as searcher:
        for query in (T("word"), q.Every(), q.And([T("word"), T("other")])):
            assert evaluate(searcher, query, limit=7, offset=147).docs.tolist() == list(range(147, 154))


WINDOWS = (
    (MAX_WINDOW - 11, 10, True),
    (MAX_WINDOW - 10, 10, True),
    (MAX_WINDOW - 9, 10, False),
    (0, MAX_WINDOW, True),
    (0, MAX_WINDOW + 1, False),
    (-1, 10, False),
    (0, -1, False),
    (0, 0, True),
)


@pytest.mark.parametrize(("offset", "limit", "fits"), WINDOWS)
def test_the_window_has_a_bound(fruit: Any, offset: int, limit: int, fits: bool) -> None:
    if fits:
        assert evaluate(fruit, q.Every(), offset=offset, limit=limit).total == 8
    else:
        with pytest.raises(ValueError, match="10,000 at most"):
            evaluate(fruit, q.Every(), offset=offset, limit=limit)


NUMBERS: tuple[int | None, ...] = (5, None, -7, 5, 2**31 - 1, None, -(2**31), 0, 5)


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("limit", [1, 3, 7, 9])
def test_an_order_by_number_has_documents_without_one_last(parts: int, limit: int) -> None:
    docs = [Doc(text=("word",), number=number) for number in NUMBERS]
    size = len(docs) // parts
    with searcher_of(*[Commit(tuple(docs[i * size : (i + 1) * size])) for i in range(parts)]) as searcher:
        numbered = [i for i, number in enumerate(NUMBERS) if number is not None]
        without = [i for i, number in enumerate(NUMBERS) if number is None]
        rising = sorted(numbered, key=lambda i: (NUMBERS[i] or 0, i)) + without
        falling = sorted(numbered, key=lambda i: (-(NUMBERS[i] or 0), i)) + without
        assert evaluate(searcher, T("word"), sort=Sort("number"), limit=limit).docs.tolist() == rising[:limit]
        result = evaluate(searcher, T("word"), sort=Sort("number", descending=True), limit=limit)
        assert result.docs.tolist() == falling[:limit]
        assert result.total == 9
        assert not result.scores.any()


def test_an_order_takes_a_column_of_dates_and_one_that_not_all_segments_have() -> None:
    schema = fields.Schema(id=fields.ID(stored=True), when=fields.DATETIME(sortable=True))
    index = RamStorage().create_index(schema)
    for group in (["20120101", None], [None, None], ["19690720", "20991231"]):
        with index.writer(codec=ColumnarCodec()) as writer:
            for when in group:
                writer.add_document(id="d", **({"when": when} if when else {}))
            writer.merge = False
    with index.searcher() as searcher:
        assert evaluate(searcher, q.Every(), sort=Sort("when")).docs.tolist() == [4, 0, 5, 1, 2, 3]
        assert evaluate(searcher, q.Every(), sort=Sort("when", True)).docs.tolist() == [5, 0, 4, 1, 2, 3]


@pytest.mark.parametrize("name", ["text", "size", "nowhere"])
def test_only_a_sortable_number_gives_an_order(fruit: Any, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be sorted by"):
        evaluate(fruit, q.Every(), sort=Sort(name))


ORDERS: tuple[dict[str, Any], ...] = (
    {},
    {"sort": Sort("number")},
    {"sort": Sort("number", True)},
    {"decay": Decay("number", 10)},
    {"proximity": Proximity("text", (("apple", "banana"),), 3, 0.5, 2)},
)


@pytest.mark.parametrize("options", ORDERS, ids=repr)
@pytest.mark.parametrize("tie", [None, "tie"])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_places_lead_through_all_documents(options: dict[str, Any], tie: str | None, size: int) -> None:
    """In the order of one window, over three segments, with equals and documents without a number."""
    schema = fields.Schema(
        text=fields.TEXT(analyzer=SpaceSeparatedTokenizer()),
        number=fields.NUMERIC(sortable=True),
        tie=fields.COLUMN(columns.NumericColumn("q", default=-1)),
    )
    index = RamStorage().create_index(schema)
    for start in (0, 5, 10):
        with index.writer(codec=ColumnarCodec()) as writer:
            writer.merge = False
            for n in range(start, start + 5):
                numbers = {"number": n % 3} if n % 4 else {}
                writer.add_document(text="apple banana" if n % 2 else "banana pie apple", tie=n * 7 % 15, **numbers)
    query = q.Or([T("apple"), T("banana")])
    with index.searcher() as searcher:
        whole = evaluate(searcher, query, limit=20, tie=tie, **options)
        found, scores, place = [], [], None
        for before in range(0, 15, size):
            part = evaluate(searcher, query, limit=size, tie=tie, after=place, facets=[Facet("text")], **options)
            found += part.docs.tolist()
            scores += part.scores.tolist()
            assert (part.total, part.before) == (15, before)
            assert dict(part.facets["text"])["apple"] == 15
            place = part.end
        assert (found, scores) == (whole.docs.tolist(), whole.scores.tolist())
        assert evaluate(searcher, query, limit=size, tie=tie, after=place, **options).end is None


@pytest.mark.parametrize("name", ["text", "size", "nowhere"])
def test_only_a_sortable_number_breaks_ties(fruit: Any, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be sorted by"):
        evaluate(fruit, q.Every(), tie=name)


# Segments, deletions, filters


def test_deleted_documents_never_count(segments: Any) -> None:
    result = evaluate(segments, q.Every(), filters={"n": q.NumericRange("number", 0, 60)}, facets=[Facet("tag")])
    assert result.docs.tolist() == [0, 2, 3, 5, 6]
    assert result.total == 5
    assert dict(result.facets["tag"]) == {"even": 3, "odd": 2, "x": 2}
    assert evaluate(segments, q.Not(T("apple"))).docs.tolist() == [3, 5, 6]


def test_a_document_deleted_later_is_gone_though_filters_and_counts_are_kept() -> None:
    index, _ = build([Commit(DOCS)], ColumnarCodec())
    cache = Cache()
    asked = {"filters": {"f": T("apple")}, "facets": [Facet("tag")], "cache": cache}
    with index.searcher() as searcher:
        assert evaluate(searcher, T("banana"), **asked).docs.tolist() == [1, 0, 7]
    index.delete_by_term("id", "1")
    with index.searcher() as searcher:
        result = evaluate(searcher, T("banana"), **asked)
        assert result.docs.tolist() == [0, 7]
        assert dict(result.facets["tag"]) == {"even": 1, "odd": 1, "x": 1}


def test_filters_all_hold_and_touch_no_score(segments: Any) -> None:
    plain = evaluated(segments, T("apple"))
    result = evaluate(segments, T("apple"), filters={"a": T("cherry", 9.0), "b": q.Not(T("pie"))})
    assert dict(zip(result.docs.tolist(), result.scores.tolist(), strict=True)) == {
        number: score for number, score in plain.items() if number in (0, 7)
    }


def test_an_index_without_a_document_answers() -> None:
    with searcher_of() as searcher:
        result = evaluate(searcher, q.Every(), facets=[Facet("tag")], sort=Sort("number"))
        assert (result.total, result.docs.tolist(), result.facets) == (0, [], {"tag": ()})
    with searcher_of(Commit(DOCS), Commit((), frozenset(range(8)))) as searcher:
        assert evaluate(searcher, q.Every()).total == 0


def test_another_codec_is_refused_in_words() -> None:
    index, _ = build([Commit(DOCS)], W3Codec())
    with index.searcher() as searcher, pytest.raises(TypeError, match="was not written by ColumnarCodec"):
        evaluate(searcher, q.Every())


def test_positions_in_another_format_are_left_to_whoosh() -> None:
    """A field with characters keeps its postings as bytes."""
    analyzer = SpaceSeparatedTokenizer()
    schema = fields.Schema(text=fields.TEXT(analyzer=analyzer, chars=True))
    assert isinstance(schema["text"].format, Characters)
    index = RamStorage().create_index(schema)
    with index.writer(codec=ColumnarCodec()) as writer:
        for text in TEXTS:
            writer.add_document(text=text)
    with index.searcher() as searcher:
        for query in (q.Phrase("text", ["apple", "banana"]), Near("text", ["banana", "apple"]), Within(T("apple"), 1)):
            assert evaluated(searcher, query)
            assert same(evaluated(searcher, query), by_matchers(searcher, query))


# Expansions


def many(words: int, docs: int = 1) -> tuple[Doc, ...]:
    """As many words that begin with `w`; the last one is in every document."""
    each = -(-words // docs)
    names = [f"w{i:05d}" for i in range(words - 1)]
    return tuple(Doc(text=(*names[i * each : (i + 1) * each], "wzz")) for i in range(docs))


@pytest.mark.parametrize("segments", [1, 2])
@pytest.mark.parametrize(
    ("words", "told"), [(MAX_EXPANSION - 1, False), (MAX_EXPANSION, False), (MAX_EXPANSION + 1, True)]
)
@pytest.mark.parametrize(
    "query", [q.Prefix("text", "w"), q.Wildcard("text", "w*z*"), q.Wildcard("text", "?*")], ids=repr
)
def test_an_expansion_is_bounded_and_tells_so(query: Any, words: int, told: bool, segments: int) -> None:
    docs = many(words, 2)
    with searcher_of(Commit(docs)) if segments == 1 else searcher_of(Commit(docs[:1]), Commit(docs[1:])) as searcher:
        result = evaluate(searcher, query)
        told = told and query.text != "w*z*"
        assert [(own.found, own.searched) for own in result.expansions] == ([(words, MAX_EXPANSION)] if told else [])
        assert result.total == 2  # by `wzz`, the most frequent


def test_the_most_frequent_terms_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """By all segments together: `wb` is not the first in either."""
    monkeypatch.setattr(expand, "MAX_EXPANSION", 1)
    one = [Doc(text=("wa",))] * 3 + [Doc(text=("wb",))] * 2
    other = [Doc(text=("wc",))] * 3 + [Doc(text=("wb",))] * 2
    with searcher_of(Commit(tuple(one)), Commit(tuple(other))) as searcher:
        result = evaluate(searcher, q.Prefix("text", "w"))
        assert set(result.docs.tolist()) == {3, 4, 8, 9}
        assert [(own.query, own.found, own.searched) for own in result.expansions] == [(q.Prefix("text", "w"), 3, 1)]


def test_a_filter_tells_of_its_expansion_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expand, "MAX_EXPANSION", 2)
    with searcher_of(Commit(many(4, 2))) as searcher:
        cache = Cache()
        for _ in range(2):
            result = evaluate(searcher, q.Every(), filters={"f": q.Prefix("text", "w")}, cache=cache)
            assert [own.found for own in result.expansions] == [4]


def test_a_range_of_terms_is_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expand, "MAX_EXPANSION", 2)
    with searcher_of(Commit(many(9, 4))) as searcher:
        result = evaluate(searcher, q.TermRange("text", "w0", "w1"))
        assert result.total == 3
        assert not result.expansions


# Many clauses


def test_thousands_of_clauses_and_the_same_one_again() -> None:
    words = [f"word{i}" for i in range(3000)]
    docs = tuple(Doc(text=tuple(words[i * 30 : i * 30 + 30])) for i in range(100))
    with searcher_of(Commit(docs)) as searcher:
        result = evaluate(searcher, q.Or([q.Term("text", word) for word in [*words, *words, "absent"]]), limit=100)
        assert result.total == 100
        once = evaluated(searcher, T("word7"))[0]
        assert evaluated(searcher, q.Or([T("word7")] * 2000))[0] == pytest.approx(2000 * once, rel=1e-4)
        assert evaluated(searcher, q.And([T("word7")] * 2000))[0] == pytest.approx(2000 * once, rel=1e-4)
        assert set(evaluated(searcher, q.And([q.Term("text", word) for word in words[:30]]))) == {0}


def test_boosts_multiply_down_and_may_be_nothing_or_less(fruit: Any) -> None:
    base = evaluated(fruit, T("apple"))
    nested = q.Or([q.Or([T("apple", 2.0)], boost=3.0), T("absent")], boost=0.5)
    assert same(evaluated(fruit, nested), {number: score * 3 for number, score in base.items()})
    assert same(evaluated(fruit, q.Or([T("apple", 0.0), T("pie", 0.0)])), dict.fromkeys(base, 0.0))
    opposed = evaluated(fruit, q.Or([T("apple"), T("apple", -1.0), T("pie", -1.0)]))
    assert set(opposed) == set(base)
    assert opposed[2] == pytest.approx(-evaluated(fruit, T("pie"))[2])


# Time


def test_no_time_leaves_an_answer_that_says_so(fruit: Any) -> None:
    result = evaluate(fruit, T("apple"), time_limit=0, facets=[Facet("tag")])
    assert (result.partial, result.total, result.docs.tolist(), result.facets) == (True, 0, [], {"tag": ()})
    assert not evaluate(fruit, T("apple"), time_limit=60).partial


def looks(monkeypatch: pytest.MonkeyPatch, allowed: int) -> float:
    """A clock that moves by one each time it is looked at; gives the limit that lets so many looks pass."""
    ticks = count()
    monkeypatch.setattr(leaf, "perf_counter", lambda: next(ticks))
    monkeypatch.setattr("search.columnar.evaluate.perf_counter", lambda: 0)
    return allowed


@pytest.mark.parametrize("allowed", range(14))
def test_whatever_time_leaves_is_a_part_of_the_whole(
    segments: Any, monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    """Never a document that the whole does not have, nor a higher score: a Not is not taken by halves."""
    query = q.Or(
        [
            T("apple"),
            q.And([T("banana"), q.Not(q.Or([T("pie"), T("cherry"), T("split")]))]),
            T("figs"),
            q.Not(T("with")),
        ]
    )
    whole = evaluated(segments, query)
    result = evaluate(segments, query, limit=100, time_limit=looks(monkeypatch, allowed), cache=Cache())
    found = dict(zip(result.docs.tolist(), result.scores.tolist(), strict=True))
    assert result.partial
    assert all(score <= whole[number] * 1.0001 for number, score in found.items())


def test_the_clauses_that_time_allowed_are_answered(fruit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    result = evaluate(fruit, q.Or([T("pie"), T("apple")]), time_limit=looks(monkeypatch, 2))
    assert (result.partial, result.docs.tolist()) == (True, [2])


def test_half_a_filter_is_neither_used_nor_kept(fruit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, either = Cache(), q.Or([T("pie"), T("figs")])
    result = evaluate(fruit, q.Every(), filters={"f": either}, time_limit=looks(monkeypatch, 3), cache=cache)
    assert (result.partial, result.total) == (True, 0)
    assert evaluate(fruit, q.Every(), filters={"f": either}, cache=cache).total == 4


def test_a_matcher_is_walked_no_longer_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaf, "_WALKED", 10)
    with searcher_of(Commit(tuple(Doc(text=("word",)) for _ in range(100)))) as searcher:
        query = SpanOr([T("word"), T("absent")])
        assert evaluate(searcher, query, limit=100).total == 100
        assert evaluate(searcher, query, time_limit=looks(monkeypatch, 5)).partial


# The cache


def test_filters_are_kept_within_the_bound_of_the_cache(fruit: Any) -> None:
    cache = Cache()
    evaluate(fruit, q.Every(), filters={"f": T("apple")}, cache=cache)
    kept, size = len(cache), cache.bytes
    evaluate(fruit, q.Every(), filters={"f": T("apple")}, cache=cache)
    assert (len(cache), cache.bytes) == (kept, size)
    for word in ("banana", "cherry", "figs", "pie"):
        evaluate(fruit, q.Every(), filters={"f": T(word)}, cache=cache)
    assert len(cache) >= kept + 4

    small = Cache(max_bytes=size)
    for word in ("apple", "banana", "cherry", "figs", "pie"):
        assert evaluate(fruit, T(word), filters={"f": T(word)}, facets=[Facet("tag")], cache=small).total
        assert small.bytes <= size

    nothing = Cache(max_bytes=0)
    assert same(
        evaluated(fruit, T("apple")), dict(zip(*_pairs(evaluate(fruit, T("apple"), cache=nothing)), strict=True))
    )
    assert len(nothing) == 0


def _pairs(result: Any) -> tuple[list[int], list[float]]:
    return result.docs.tolist(), result.scores.tolist()


def test_a_filter_that_only_a_matcher_knows_is_not_kept(fruit: Any) -> None:
    """Nobody knows whether two of them that are equal find the same."""
    cache = Cache()
    for _ in range(2):
        result = evaluate(
            fruit, q.Every(), filters={"f": q.ColumnQuery("number", lambda number: number == 30)}, cache=cache
        )
        assert result.docs.tolist() == [3]
    assert len(cache) == 0


def test_the_shared_cache_does_not_mix_indexes(fruit: Any) -> None:
    with searcher_of(Commit(tuple(reversed(DOCS)))) as reversed_fruit:
        for _ in range(2):
            assert evaluate(fruit, q.Every(), filters={"f": T("pie")}, cache=CACHE).docs.tolist() == [2]
            assert evaluate(reversed_fruit, q.Every(), filters={"f": T("pie")}, cache=CACHE).docs.tolist() == [5]


def test_a_column_default_that_is_a_documents_own_number_counts() -> None:
    """Whoosh keeps the greatest number for documents without one."""
    schema = fields.Schema(n=fields.NUMERIC(int, 8, signed=False, sortable=True))
    assert isinstance(schema["n"].column_type, columns.NumericColumn)
    index = RamStorage().create_index(schema)
    with index.writer(codec=ColumnarCodec()) as writer:
        for number in (255, None, 3):
            writer.add_document(**({} if number is None else {"n": number}))
    with index.searcher() as searcher:
        assert evaluate(searcher, q.NumericRange("n", 4, None)).docs.tolist() == [0]
        assert evaluate(searcher, q.Every(), sort=Sort("n", True)).docs.tolist() == [0, 2, 1]


FLOATS = (0.5, -2.25, 1e9, 0.0)


@pytest.mark.parametrize("sortable", [True, False])
def test_ranges_of_numbers_with_fractions_and_of_dates(sortable: bool) -> None:
    """By the column where there is one, else by terms. Whoosh cannot write a column of numbers with fractions."""
    schema = fields.Schema(n=fields.NUMERIC(float), when=fields.DATETIME(sortable=sortable))
    index = RamStorage().create_index(schema)
    with index.writer(codec=ColumnarCodec()) as writer:
        for number, year in zip(FLOATS, (2012, 1850, 1999, 2024), strict=True):
            writer.add_document(n=number, when=datetime(year, 6, 1, 12))
    with index.searcher() as searcher:
        for start, end, expected in ((-3.0, 0.0, {1, 3}), (0.25, None, {0, 2}), (None, -2.25, {1}), (0.1, 0.2, set())):
            assert set(evaluate(searcher, q.NumericRange("n", start, end)).docs.tolist()) == expected
        noon = datetime(2012, 6, 1, 12)
        for dates, expected in (
            (q.DateRange("when", datetime(1900, 1, 1), noon), {0, 2}),
            (q.DateRange("when", datetime(1900, 1, 1), noon, endexcl=True), {2}),
            (q.DateRange("when", noon, None), {0, 3}),
            (q.DateRange("when", None, datetime(1900, 1, 1)), {1}),
        ):
            assert set(evaluate(searcher, dates).docs.tolist()) == expected
            assert set(by_matchers(searcher, dates)) == expected


def test_a_column_that_was_added_later_counts() -> None:
    index = RamStorage().create_index(fields.Schema(n=fields.NUMERIC(int, 32), word=fields.KEYWORD))
    with index.writer(codec=ColumnarCodec()) as writer:
        for number in (30, -10, 20):
            writer.add_document(n=number, word="w")
    with index.writer(codec=ColumnarCodec()) as writer:
        add_sortable(writer, "n", FieldFacet("n"))
    with index.searcher() as searcher:
        result = evaluate(searcher, q.Every(), sort=Sort("n"), histogram=Histogram("n"))
        assert result.docs.tolist() == [1, 2, 0]
        assert result.histogram == ((date(1969, 12, 1), 1), (date(1970, 1, 1), 2))
        assert set(evaluate(searcher, q.NumericRange("n", 0, 25)).docs.tolist()) == {2}


def test_a_column_of_a_field_without_terms_counts() -> None:
    """In an order and a histogram; a range asks the terms too, as Whoosh's does, and refuses such a field."""
    index = RamStorage().create_index(fields.Schema(n=fields.COLUMN(columns.NumericColumn("i", default=-1))))
    with index.writer(codec=ColumnarCodec()) as writer:
        for number in (30, -10, None, 20):
            writer.add_document(**({} if number is None else {"n": number}))
    with index.searcher() as searcher:
        assert evaluate(searcher, q.Every(), sort=Sort("n")).docs.tolist() == [1, 3, 0, 2]
        assert evaluate(searcher, q.Every(), sort=Sort("n", True)).docs.tolist() == [0, 3, 1, 2]
        assert sum(count for _, count in evaluate(searcher, q.Every(), histogram=Histogram("n")).histogram) == 3


def test_a_document_with_several_numbers_is_found_by_each() -> None:
    schema = fields.Schema(n=fields.NUMERIC(int, 32, sortable=True))
    index = RamStorage().create_index(schema)
    with index.writer(codec=ColumnarCodec()) as writer:
        writer.add_document(n=[3, 70])
        writer.add_document(n=50)
    with index.searcher() as searcher:
        assert evaluate(searcher, q.NumericRange("n", 60, 80)).docs.tolist() == [0]
        assert set(evaluate(searcher, q.NumericRange("n", 1, 55)).docs.tolist()) == {0, 1}


def test_results_are_arrays_of_their_own(fruit: Any) -> None:
    """Writing into a result changes no later one."""
    first = evaluate(fruit, T("apple"))
    first.scores[:] = -1
    first.docs[:] = -1
    assert np.all(evaluate(fruit, T("apple")).scores > 0)


def test_threads_share_a_searcher_and_the_cache() -> None:
    """A small cache, so that they take each other's vectors away."""
    docs = tuple(Doc(text=tuple(f"w{i % step}" for step in (2, 3, 5, 7)), tags=(f"t{i % 4}",)) for i in range(400))
    queries = [q.Or([T(f"w{a}"), q.And([T(f"w{b}"), T("w1")])]) for a in range(7) for b in range(7)]
    with searcher_of(Commit(docs[:250]), Commit(docs[250:])) as searcher:

        def answers(cache: Cache) -> list[Any]:
            results = [evaluate(searcher, query, facets=[Facet("tag")], cache=cache) for query in queries]
            return [(_pairs(result), result.total, result.facets) for result in results]

        expected, shared = answers(Cache()), Cache(max_bytes=20_000)
        with ThreadPoolExecutor(8) as pool:
            assert all(found == expected for found in pool.map(answers, [shared] * 16))
        assert 0 < shared.bytes <= shared.max_bytes
