"""Counts by value: facets over keyword fields and byte columns, histograms over columns of days.

Each document's value is a number, its ordinal among the values of the segment, so counting is `bincount`. A document
with several values has the others in a short list beside. Columns with few values are counted together, in one pass
over the cells of their product.
"""

from __future__ import annotations

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
    """How many documents have each value of a field. limit: the most frequent values only; None for all."""

    fieldname: str
    limit: int | None = None


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
    others: documents, and ordinals, of all values beyond a document's first
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
    if len(docs) < JOINT_FROM:
        counts = [_cells(one.ordinals, docs, one.cells) for one in columns]
    else:
        counts = [counted for group in _groups(wanted, columns) for counted in _together(group, leaf, docs)]
    for one, cells in zip(columns, counts, strict=True):
        _add_others(one, docs, leaf.size, cells)
    return [cells[:-1] for cells in counts]


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
    days: NDArray[np.int64] = values.astype(np.int64) + int(from_sortable(int, field.bits, field.signed, 0))
    return days


def _groups(
    wanted: Sequence[Facet | Histogram], columns: Sequence[Column]
) -> list[list[tuple[Facet | Histogram, Column]]]:
    """Neighbours whose product has few enough cells to be counted together."""
    groups: list[list[tuple[Facet | Histogram, Column]]] = []
    for counted, one in zip(wanted, columns, strict=True):
        if groups and prod(other.cells for _, other in groups[-1]) * one.cells <= JOINT_CELLS:
            groups[-1].append((counted, one))
        else:
            groups.append([(counted, one)])
    return groups


def _together(group: list[tuple[Facet | Histogram, Column]], leaf: Leaf, docs: Docs) -> list[Counts]:
    shape = tuple(one.cells for _, one in group)
    if len(group) == 1:
        return [_cells(group[0][1].ordinals, docs, shape[0])]

    def make() -> NDArray[np.int32]:
        joint: NDArray[np.int64] = np.ravel_multi_index(tuple(one.ordinals for _, one in group), shape)
        return joint.astype(np.int32)

    key = ("joint", *(counted for counted, _ in group))
    rows = leaf.cached(key, make, lambda joint: joint.nbytes)
    cells = _cells(rows, docs, prod(shape)).reshape(shape)
    axes = range(len(shape))
    return [cells.sum(axis=tuple(other for other in axes if other != axis)) for axis in axes]


def _cells(rows: NDArray[np.int32], docs: Docs, size: int) -> Counts:
    return np.bincount(rows.take(docs), minlength=size)


def _add_others(one: Column, docs: Docs, size: int, cells: Counts) -> None:
    other_docs, ordinals = one.others
    if len(other_docs):
        found = np.zeros(size, bool)
        found[docs] = True
        cells += np.bincount(ordinals.take(found.take(other_docs).nonzero()[0]), minlength=len(cells))


def merged(counted: Facet | Histogram, leaves: Sequence[Leaf], counts: Sequence[Counts | None]) -> Buckets:
    """Of all segments; None for one that was not searched. Values that nothing has are left out.

    A facet's come by falling count, equal counts by value; a histogram's from the earliest on.
    """
    values, places = _all_values(counted, leaves)
    sums = np.zeros(len(values), np.int64)
    for place, cells in zip(places, counts, strict=True):
        if cells is not None:
            sums[place] += cells
    order = sums.nonzero()[0]
    if isinstance(counted, Facet):
        order = order.take(np.argsort(-sums.take(order), kind="stable")[: counted.limit])
    return tuple(zip([values[place] for place in order.tolist()], sums.take(order).tolist(), strict=True))


def _all_values(
    counted: Facet | Histogram, leaves: Sequence[Leaf]
) -> tuple[Sequence[Any], Sequence[slice | NDArray[np.intp]]]:
    """The values of all segments, ascending, and for each segment where its own stand among them."""
    if len(leaves) == 1:
        return column(counted, leaves[0]).values, [slice(None)]
    # Without the limit, which changes nothing here.
    kind = counted if isinstance(counted, Histogram) else Facet(counted.fieldname)
    key = ("values", kind, *(leaf.segment for leaf in leaves))

    def make() -> tuple[Sequence[Any], Sequence[NDArray[np.intp]]]:
        lists = [column(kind, leaf).values for leaf in leaves]
        values = sorted(set().union(*lists))
        place = {value: number for number, value in enumerate(values)}
        return values, [np.array([place[value] for value in own], np.intp) for own in lists]

    return leaves[0].run.cache.get(key, make, lambda made: 100 * len(made[0]) + sum(own.nbytes for own in made[1]))
