"""Engines against the plain meaning of a query, over small random archives."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.analysis import loosen, without_stop_words
from search.article import Article
from search.engine import Match, Search, Sort
from search.query import Between, OneOf, Query
from search.ranking import is_question
from search.schema import FACETS, RELAX_BELOW, values
from tests.conftest import Filled, fill
from tests.meaning import matches
from tests.strategies import articles, filters, queries

# The fixture makes a new engine for every example.
thoroughly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def expected(archive: list[Article], query: Query, filters: tuple[Query, ...] = ()) -> set[str]:
    return {article.id for article in archive if all(matches(part, article) for part in (query, *filters))}


@thoroughly
@given(archive=articles(), query=queries(), filters=filters(), match=st.sampled_from(Match))
def test_an_engine_agrees_with_the_meaning(
    filled: Filled, archive: list[Article], query: Query, filters: tuple[Query, ...], match: Match
) -> None:
    asked, _ = without_stop_words(query)
    least = RELAX_BELOW if is_question(asked) else 1
    loose = match is Match.ANY or (match is Match.AUTO and len(expected(archive, asked)) < least)
    meant = loosen(asked) if loose else asked
    page = filled(archive).search(Search(query, filters, match=match, size=100))
    assert {hit.article.id for hit in page.hits} == expected(archive, meant, filters)
    assert page.total == len(page.hits)
    assert page.relaxed == (match is Match.AUTO and meant != asked and bool(expected(archive, meant)))


@thoroughly
@given(archive=articles(), query=queries(), filters=filters())
def test_facets_and_timeline_agree_with_plain_counting(
    filled: Filled, archive: list[Article], query: Query, filters: tuple[Query, ...]
) -> None:
    page = filled(archive).search(Search(query, filters, match=Match.ALL))
    asked, _ = without_stop_words(query)
    for field in FACETS:
        others = tuple(part for part in filters if not (isinstance(part, OneOf) and part.field == field))
        within = expected(archive, asked, others)
        counted = Counter(value for article in archive if article.id in within for value in set(values(article, field)))
        assert {bucket.value: bucket.count for bucket in page.facets[field] if bucket.count} == dict(counted)
    dated = [article for article in archive if article.id in expected(archive, asked, filters) and article.day]
    assert sum(bucket.count for bucket in page.timeline) == len(dated)


@thoroughly
@given(archive=articles(), sort=st.sampled_from((Sort.NEWEST, Sort.OLDEST)))
def test_order_by_date_is_a_true_order(filled: Filled, archive: list[Article], sort: Sort) -> None:
    hits = [hit.article for hit in filled(archive).search(Search(sort=sort, size=100)).hits]
    instants = [article.instant for article in hits if article.instant]
    assert instants == sorted(instants, reverse=sort is Sort.NEWEST)
    assert [article.instant is None for article in hits] == sorted(article.instant is None for article in hits)


@thoroughly
@given(archive=articles(), before=articles(), day=st.dates(date(2012, 1, 1), date(2012, 12, 31)))
def test_what_was_put_comes_back(filled: Filled, archive: list[Article], before: list[Article], day: date) -> None:
    """Whatever was in the index before: the later put holds."""
    engine = filled(before)
    fill(engine, archive)
    for article in archive:
        assert engine.get(article.id) == article
    assert engine.count() == len({article.id for article in (*before, *archive)})
    assert engine.search(Search(filters=(Between(day, None), Between(None, day)))).total == 0
