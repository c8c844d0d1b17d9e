"""Term vectors: of each document the terms of a field, with weights and encoded values, as five arrays of the field."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from whoosh.matching import ListMatcher

from search.columnar.columns import write_strings
from search.columnar.format import ArrayFile, ArrayWriter

Item = tuple[str, float, bytes]


class VectorWriter:
    def __init__(self) -> None:
        self._starts = array("Q", [0])
        self._terms: list[bytes] = []
        self._weights = array("f")
        self._values: list[bytes] = []

    def add(self, document: int, items: Iterable[Item]) -> None:
        self._skip_to(document)
        for term, weight, value in items:
            self._terms.append(term.encode("utf-8", "surrogatepass") if isinstance(term, str) else bytes(term))
            self._weights.append(weight)
            self._values.append(value)
        self._starts.append(len(self._terms))

    def write(self, writer: ArrayWriter, name: str, doc_count: int) -> None:
        self._skip_to(doc_count)
        writer.add(f"vectors:{name}", np.frombuffer(self._starts, np.uint64))
        write_strings(writer, f"vector_terms:{name}", self._terms)
        writer.add(f"vector_weights:{name}", np.frombuffer(self._weights, np.float32))
        write_strings(writer, f"vector_values:{name}", self._values)

    def _skip_to(self, document: int) -> None:
        self._starts.extend([len(self._terms)] * (document + 1 - len(self._starts)))


class VectorReader:
    def __init__(self, arrays: ArrayFile, name: str) -> None:
        self._starts = arrays[f"vectors:{name}"]
        self._weights = arrays[f"vector_weights:{name}"]
        self._terms = arrays.bytes(f"vector_terms:{name}")
        self._term_starts = arrays[f"vector_terms_starts:{name}"]
        self._values = arrays.bytes(f"vector_values:{name}")
        self._value_starts = arrays[f"vector_values_starts:{name}"]

    def __contains__(self, document: int) -> bool:
        return bool(self._starts[document + 1] > self._starts[document])

    def matcher(self, document: int, format_: Any) -> Any:
        begin, end = int(self._starts[document]), int(self._starts[document + 1])
        terms = _strings(self._terms, self._term_starts[begin : end + 1].tolist())
        values = _strings(self._values, self._value_starts[begin : end + 1].tolist())
        texts = [term.decode("utf-8", "surrogatepass") for term in terms]
        return ListMatcher(texts, self._weights[begin:end].tolist(), values, format_)


def _strings(data: memoryview, starts: list[int]) -> list[bytes]:
    return [bytes(data[begin:end]) for begin, end in pairwise(starts)]
