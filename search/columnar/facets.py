"""Counts by value: facets over keyword fields and byte columns, histograms over columns of days.

Each document's value is a number, its ordinal among the values of the segment, so counting is `bincount`. A document
with several values has the others in a short list beside. Columns with few values are counted together, in one pass
over the cells of their product.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.fields import DATETIME, KEYWORD, NUMERIC
from whoosh.util.numeric import from_sortable

from search.columnar.leaf import Leaf
from search.columnar.matches import Docs
from search.columnar.topk import lowest

JOINT_CELLS = 1 << 14  # columns are counted together while the product of their sizes is at most this
JOINT_FROM = 1 << 12  # documents; fewer are counted faster column by column

Counts = NDArray[np.int64]
Buckets = tuple[tuple[Any, int], ...]  # values and counts; a value as the field gives it, or the first day of a period

_MICROSECONDS_OF_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal() - 1  # days from 1 January of the year 1, where Whoosh's datetimes begin


class Interval(StrEnum):
    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Facet:
    """How many documents have each value of a field.

    limit: the most frequent values only; None for all
    named: values that are counted beside these, wherever they stand; those that nothing has are left out
    """

    fieldname: str
    limit: int | None = None
    named: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many documents fall into each year, month or day of a sortable field: DATETIME, or NUMERIC with days since
    1 January 1970.
    """

    fieldname: str
    interval: Interval = Interval.MONTH


@dataclass(frozen=True, slots=True)
class Column:
    """ordinals: of each document's value; len(values) for a document without one
    others: documents, ascending, and ordinals of all values beyond the one of each document in `ordinals`
    values: ascending
    """

    ordinals: NDArray[np.int32]
    others: tuple[Docs, NDArray[np.int32]]
    values: Sequence[Any]

    @property
    def cells(self) -> int:
        return len(self.values) + 1

    @property
    def size(self) -> int:
        return self.ordinals.nbytes + self.others[0].nbytes + self.others[1].nbytes + 100 * len(self.values)


def column(counted: Facet | Histogram, leaf: Leaf) -> Column:
    if isinstance(counted, Histogram):
        key: tuple[str, ...] = ("histogram", counted.fieldname, counted.interval)
        return leaf.cached(key, lambda: _of_days(counted, leaf), lambda made: made.size)
    return leaf.cached(
        ("facet", counted.fieldname), lambda: _of_values(counted.fieldname, leaf), lambda made: made.size
    )


def count(wanted: Sequence[Facet | Histogram], leaf: Leaf, docs: Docs) -> list[Counts]:
    """For each of `wanted`, how many of `docs` have each value, in the order of the column's values."""
    columns = [column(counted, leaf) for counted in wanted]
    counts: dict[int, Counts] = {}
    for group in _groups(columns, len(docs)):
        counts.update(zip(group, _together([(wanted[i], columns[i]) for i in group], leaf, docs), strict=True))
    for i, one in enumerate(columns):
        if len(one.others[0]):
            counts[i] += _of_others(one, docs, leaf.size)
    return [counts[i][:-1] for i in range(len(wanted))]


def _of_values(fieldname: str, leaf: Leaf) -> Column:
    """By the terms of an indexed field, or by the column of byte strings where the terms are but words of the value."""
    field = leaf.schema[fieldname]
    ordinals = None if isinstance(field, KEYWORD) else leaf.ordinals(fieldname)
    if ordinals is None:
        return _of_terms(fieldname, leaf)
    rows, values = ordinals
    rows = rows.astype(np.int32)
    if values and not values[0]:  # the empty string is what a document without a value has
        rows, values = np.where(rows == 0, len(values) - 1, rows - 1).astype(np.int32), values[1:]
    return Column(rows, _NO_OTHERS, [field.from_column_value(value) for value in values])


def _of_terms(fieldname: str, leaf: Leaf) -> Column:
    field, postings = leaf.schema[fieldname], leaf.postings(fieldname)
    if postings is None:
        return Column(np.zeros(leaf.size, np.int32), _NO_OTHERS, [])
    # A number is indexed by all its leading digits too; those of full length come first.
    first, last = postings.prefix(b"\0") if isinstance(field, NUMERIC) else (0, postings.size)
    values = [field.from_bytes(postings.term(ordinal)) for ordinal in range(first, last)]
    docs = postings.span(first, last)
    ordinals = np.repeat(np.arange(len(values), dtype=np.int32), postings.doc_frequencies(first, last))
    rows = np.full(leaf.size, len(values), np.int32)
    rows[docs] = ordinals
    others = (rows.take(docs) != ordinals).nonzero()[0]
    others = others.take(np.argsort(docs.take(others), kind="stable"))
    return Column(rows, (docs.take(others), ordinals.take(others)), values)


_NO_OTHERS = np.empty(0, np.uint32), np.empty(0, np.int32)


def _of_days(histogram: Histogram, leaf: Leaf) -> Column:
    numbers = leaf.numbers(histogram.fieldname)
    if numbers is None:
        return Column(np.zeros(leaf.size, np.int32), _NO_OTHERS, [])
    values, has = numbers
    days = _days(leaf.schema[histogram.fieldname], values[has])
    periods = days.astype("datetime64[D]").astype(f"datetime64[{histogram.interval[0].upper()}]")
    distinct, ordinals = np.unique(periods, return_inverse=True)
    rows = np.full(leaf.size, len(distinct), np.int32)
    rows[has] = ordinals
    return Column(rows, _NO_OTHERS, distinct.astype("datetime64[D]").tolist())


def _days(field: Any, values: NDArray[Any]) -> NDArray[np.int64]:
    """Days since 1970 of the numbers of a column."""
    if isinstance(field, DATETIME):
        return (values // _MICROSECONDS_OF_DAY).astype(np.int64) - _EPOCH
    least = int(from_sortable(int, field.bits, field.signed, 0)) if isinstance(field, NUMERIC) else 0
    days: NDArray[np.int64] = values.astype(np.int64) + least
    return days


def _groups(columns: Sequence[Column], docs: int) -> list[list[int]]:
    """Which columns to count together: while documents are many, and the cells of their product are few enough."""
    groups: list[list[int]] = []
    for i in sorted(range(len(columns)), key=lambda i: columns[i].cells):
        if docs >= JOINT_FROM and groups and prod(columns[j].cells for j in (*groups[-1], i)) <= JOINT_CELLS:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _together(group: list[tuple[Facet | Histogram, Column]], leaf: Leaf, docs: Docs) -> list[Counts]:
    shape = tuple(one.cells for _, one in group)
    if len(group) == 1:
        return [_cells(group[0][1].ordinals, docs, shape[0])]

    def make() -> NDArray[np.int32]:
        joint: NDArray[np.int64] = np.ravel_multi_index(tuple(one.ordinals for _, one in group), shape)
        return joint.astype(np.int32)

    key = ("joint", *(_kind(counted) for counted, _ in group))
    rows = leaf.cached(key, make, lambda joint: joint.nbytes)
    cells = _cells(rows, docs, prod(shape)).reshape(shape)
    axes = range(len(shape))
    return [cells.sum(axis=tuple(other for other in axes if other != axis)) for axis in axes]


def _cells(rows: NDArray[np.int32], docs: Docs, size: int) -> Counts:
    return np.bincount(rows.take(docs), minlength=size)


def _of_others(one: Column, docs: Docs, size: int) -> Counts:
    """How many of `docs` have each value beyond their first."""
    other_docs, ordinals = one.others
    if len(docs) * _SEARCH_RATIO < len(other_docs):
        begin = np.searchsorted(other_docs, docs.astype(other_docs.dtype))
        end = np.searchsorted(other_docs, docs.astype(other_docs.dtype), side="right")
        some = (end > begin).nonzero()[0]
        runs = [ordinals[first:last] for first, last in zip(begin[some].tolist(), end[some].tolist(), strict=True)]
        return np.bincount(np.concatenate([ordinals[:0], *runs]), minlength=one.cells)
    found = np.zeros(size, bool)
    found[docs] = True
    return np.bincount(ordinals.take(found.take(other_docs).nonzero()[0]), minlength=one.cells)


_SEARCH_RATIO = 64


def _kind(counted: Facet | Histogram) -> Facet | Histogram:
    """Without what is but a choice of its values."""
    return counted if isinstance(counted, Histogram) else Facet(counted.fieldname)


def merged(counted: Facet | Histogram, leaves: Sequence[Leaf], counts: Sequence[Counts]) -> tuple[Buckets, int]:
    """Of all segments, and how many values there are. Values that nothing has are left out.

    A facet's come by falling count, equal counts by value; a histogram's from the earliest on.
    """
    values, places = _all_values(counted, leaves)
    sums = counts[0]
    if len(leaves) > 1:
        sums = np.zeros(len(values), np.int64)
        for place, cells in zip(places, counts, strict=True):
            sums[place] += cells
    order = sums.nonzero()[0]
    found = len(order)
    if isinstance(counted, Facet):
        limit = found if counted.limit is None else counted.limit
        order = order.take(lowest(-sums.take(order), limit))
        order = np.concatenate((order, _named(counted, values, sums, order)))
    return tuple(zip(map(values.__getitem__, order.tolist()), sums.take(order).tolist(), strict=True)), found


def _named(facet: Facet, values: Sequence[Any], sums: Counts, among: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where the values stand that a facet names and that are not `among` those chosen, by falling count."""
    places = [(value, bisect_left(values, value)) for value in facet.named]
    known = [place for value, place in places if place < len(values) and values[place] == value and sums[place]]
    beside = np.setdiff1d(np.array(known, np.intp), among)
    return beside.take(np.argsort(-sums.take(beside), kind="stable"))


def _all_values(counted: Facet | Histogram, leaves: Sequence[Leaf]) -> tuple[Sequence[Any], Sequence[NDArray[np.intp]]]:
    """The values of all segments, ascending, and for each segment, if they are several, where its own stand there."""
    if len(leaves) == 1:
        return column(counted, leaves[0]).values, []
    kind = _kind(counted)
    key = ("values", kind, *(leaf.segment for leaf in leaves))

    def make() -> tuple[Sequence[Any], Sequence[NDArray[np.intp]]]:
        lists = [column(kind, leaf).values for leaf in leaves]
        values = sorted(set().union(*lists))
        place = {value: number for number, value in enumerate(values)}
        return values, [np.array([place[value] for value in own], np.intp) for own in lists]

    return leaves[0].run.cache.get(key, make, lambda made: 100 * len(made[0]) + sum(own.nbytes for own in made[1]))
