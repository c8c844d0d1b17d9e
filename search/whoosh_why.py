"""Why an article is in an answer of a Whoosh index, or is not: the parts of its score, counted apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from search import analysis
from search.columnar.explain import Brought, explain
from search.query import Query
from search.whoosh_compiler import Compiler
from search.why import TermScore, WhyPart


def part_of(part: Query, excluding: bool, searcher: Any, compiler: Compiler, document: int) -> WhyPart:
    """What an article has of one part of a query, as if it stood alone."""
    explained = explain(searcher, compiler.as_typed(part) if excluding else compiler.compile(part), document)
    terms = term_scores(explained.brought, searcher)
    return WhyPart(part, explained.found, score=sum(one.score for one in explained.brought), terms=terms)


def term_scores(brought: Iterable[Brought], searcher: Any) -> tuple[TermScore, ...]:
    """Of what goes by terms."""
    return tuple(_term_score(one, searcher) for one in brought if one.text)


def _term_score(brought: Brought, searcher: Any) -> TermScore:
    rarity = searcher.weighting.idf(searcher, brought.fieldname, brought.text)
    return TermScore(
        word=brought.text.partition(analysis.VARIANT)[0],
        frequency=brought.frequency,
        documents=brought.documents,
        rarity=rarity,
        weight=brought.score / (rarity * brought.boost),
        length=brought.length,
        score=brought.score,
    )
