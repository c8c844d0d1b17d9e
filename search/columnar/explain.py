"""Why a document is found by a query, or is not, and what each term of it brings to its score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from whoosh import query as whoosh

from search.columnar import matches
from search.columnar.cache import CACHE, Cache
from search.columnar.find import find, place_of
from search.columnar.leaf import Leaf, Run, TermPostings, leaves_of
from search.columnar.lengths import LENGTH_OF_BYTE
from search.columnar.matches import Docs


@dataclass(frozen=True, slots=True)
class Brought:
    """What a term brings to a document's score; or, with an empty text, what does not go by any term.

    frequency: how often the document has it
    documents: how many of the index have it
    length: of the document's field, in words, as scores know it
    boost: by which the term's own score was multiplied
    """

    score: float
    fieldname: str = ""
    text: str = ""
    frequency: float = 0
    documents: int = 0
    length: int = 0
    boost: float = 1


@dataclass(frozen=True, slots=True)
class Explanation:
    """brought: in the order of the query; together the document's score. Empty where it is not found"""

    found: bool
    brought: tuple[Brought, ...] = ()


ABSENT = Explanation(False)


def explain(searcher: Any, query: Any, document: int, cache: Cache = CACHE) -> Explanation:
    """document: its number in the whole index"""
    for leaf in leaves_of(searcher, Run(cache, searcher.weighting)):
        if 0 <= document - leaf.offset < leaf.size:
            return _explain(query, leaf, document - leaf.offset, 1)
    return ABSENT


def _explain(query: Any, leaf: Leaf, doc: int, boost: float) -> Explanation:
    match query:
        case whoosh.Term():
            term = leaf.term(query.fieldname, query.text)
            return ABSENT if term is None else _of_terms([(term, query.boost)], doc, boost)
        case whoosh.AndMaybe():
            wanted = _explain(query.a, leaf, doc, boost)
            return _together([wanted, _explain(query.b, leaf, doc, boost)]) if wanted.found else ABSENT
        case whoosh.Or():
            return _together(_explain(part, leaf, doc, boost * query.boost) for part in query.subqueries)
    placed = place_of(query, leaf)
    if placed is not None and placed.terms:
        if not _has(placed.stretches.docs(), doc):
            return ABSENT
        return _of_terms(placed.terms, doc, boost * placed.boost)
    return _whole(query, leaf, doc, boost)


def _of_terms(terms: Iterable[tuple[TermPostings, float]], doc: int, boost: float) -> Explanation:
    return _together(_of_term(term, doc, boost * own) for term, own in terms)


def _of_term(term: TermPostings, doc: int, boost: float) -> Explanation:
    docs = term.docs()
    which = np.searchsorted(docs, doc)
    if which == len(docs) or docs[which] != doc:
        return ABSENT
    one = np.array([which])
    postings, ordinal = term.postings, term.ordinal
    brought = Brought(
        score=float(term.scores_at(one)[0]) * boost,
        fieldname=term.fieldname,
        text=term.text.decode("utf-8"),
        frequency=float(postings.weights(ordinal)[which]),
        documents=int(term.leaf.searcher.get_parent().doc_frequency(term.fieldname, term.text)),
        length=int(LENGTH_OF_BYTE[postings.length_bytes(ordinal)[which]]),
        boost=boost,
    )
    return Explanation(True, (brought,))


def _whole(query: Any, leaf: Leaf, doc: int, boost: float) -> Explanation:
    """Of a query whose terms do not matter, or cannot be told apart."""
    found = matches.sparse(find(query, leaf))
    which = np.searchsorted(found.docs, doc)
    if which == len(found.docs) or found.docs[which] != doc:
        return ABSENT
    return Explanation(True, (Brought(float(found.scores[which]) * boost),))


def _has(docs: Docs, doc: int) -> bool:
    which = np.searchsorted(docs, doc)
    return bool(which < len(docs) and docs[which] == doc)


def _together(explained: Iterable[Explanation]) -> Explanation:
    """Of what is found, whatever else is not."""
    found = [one for one in explained if one.found]
    return Explanation(bool(found), tuple(brought for one in found for brought in one.brought))
