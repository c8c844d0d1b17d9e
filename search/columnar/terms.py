"""Terms of a segment, as Whoosh's readers ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.codec.base import FieldCursor, TermsReader
from whoosh.reading import TermInfo, TermNotFound

from search.columnar.format import ArrayFile
from search.columnar.lengths import LENGTH_OF_BYTE
from search.columnar.matcher import ColumnarMatcher
from search.columnar.postings import FieldPostings

Term = tuple[str, bytes]


class ColumnarTermsReader(TermsReader):  # type: ignore[misc]
    def __init__(self, arrays: ArrayFile) -> None:
        self._arrays = arrays
        self._kinds: dict[str, str] = arrays.facts["fields"]
        self._postings: dict[str, FieldPostings] = {}

    def postings(self, fieldname: str) -> FieldPostings | None:
        """None where no document has a term in the field."""
        postings = self._postings.get(fieldname)
        if postings is None and fieldname in self._kinds:
            postings = self._postings[fieldname] = FieldPostings(self._arrays, fieldname)
        return postings

    def close(self) -> None:
        self._postings.clear()
        self._arrays.close()

    def kind(self, fieldname: str) -> str:
        """How the values of a field's postings are kept, as `values` names it."""
        return self._kinds[fieldname]

    def indexed_field_names(self) -> list[str]:
        return list(self._kinds)

    def __contains__(self, term: Term) -> bool:
        postings = self.postings(term[0])
        return postings is not None and postings.find(term[1]) >= 0

    def cursor(self, fieldname: str, fieldobj: Any) -> ColumnarCursor:
        return ColumnarCursor(self.postings(fieldname), fieldobj)

    def terms(self) -> Iterator[Term]:
        for name, postings, ordinal in self._walk(self._kinds):
            yield name, postings.term(ordinal)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        for name, postings, ordinal in self._walk_from(fieldname, prefix):
            yield name, postings.term(ordinal)

    def items(self) -> Iterator[tuple[Term, Any]]:
        for name, postings, ordinal in self._walk(self._kinds):
            yield (name, postings.term(ordinal)), term_info(postings, ordinal)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, Any]]:
        for name, postings, ordinal in self._walk_from(fieldname, prefix):
            yield (name, postings.term(ordinal)), term_info(postings, ordinal)

    def term_info(self, fieldname: str, text: bytes) -> Any:
        """Raises TermNotFound."""
        return term_info(*self._find(fieldname, text, TermNotFound))

    def frequency(self, fieldname: str, text: bytes) -> float:
        # KeyError, in both: Whoosh's reader takes that for 0, and does not catch its own TermNotFound.
        postings, ordinal = self._find(fieldname, text, KeyError)
        return float(postings.weights(ordinal).sum(dtype=float))

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        postings, ordinal = self._find(fieldname, text, KeyError)
        return postings.doc_frequency(ordinal)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ColumnarMatcher:
        """Raises TermNotFound."""
        postings, ordinal = self._find(fieldname, text, TermNotFound)
        return ColumnarMatcher(postings, ordinal, (fieldname, text), format_, self._kinds[fieldname], scorer)

    def _find(self, fieldname: str, text: bytes, missing: type[Exception]) -> tuple[FieldPostings, int]:
        postings = self.postings(fieldname)
        ordinal = -1 if postings is None else postings.find(text)
        if postings is None or ordinal < 0:
            raise missing(f"no term {fieldname}:{text!r}")
        return postings, ordinal

    def _walk(self, names: Any, first: bytes = b"") -> Iterator[tuple[str, FieldPostings, int]]:
        for name in names:
            postings = self.postings(name)
            if postings is not None:
                for ordinal in range(postings.bisect(first) if first else 0, postings.size):
                    yield name, postings, ordinal
            first = b""

    def _walk_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, FieldPostings, int]]:
        names = list(self._kinds)
        return self._walk(names[names.index(fieldname) :], prefix) if fieldname in names else iter(())


def term_info(postings: FieldPostings, ordinal: int) -> Any:
    docs, weights, lengths = postings.docs(ordinal), postings.weights(ordinal), postings.length_bytes(ordinal)
    return TermInfo(
        weight=float(weights.sum(dtype=float)),
        df=len(docs),
        minlength=int(LENGTH_OF_BYTE[lengths.min()]),
        maxlength=int(LENGTH_OF_BYTE[lengths.max()]),
        maxweight=float(weights.max()),
        minid=int(docs[0]),
        maxid=int(docs[-1]),
    )


class ColumnarCursor(FieldCursor):  # type: ignore[misc]
    """Walks the terms of a field; past the last one, `text` and `term_info` are None."""

    def __init__(self, postings: FieldPostings | None, fieldobj: Any) -> None:
        self._postings, self._field, self._ordinal = postings, fieldobj, 0

    def first(self) -> Any:
        self._ordinal = 0
        return self.text()

    def find(self, string: Any) -> Any:
        if self._postings is not None:
            self._ordinal = self._postings.bisect(string if isinstance(string, bytes) else self._field.to_bytes(string))
        return self.text()

    def next(self) -> Any:
        self._ordinal += 1
        return self.text()

    def is_valid(self) -> bool:
        return self._postings is not None and self._ordinal < self._postings.size

    def text(self) -> Any:
        if self._postings is None or not self.is_valid():
            return None
        return self._field.from_bytes(self._postings.term(self._ordinal))

    def term_info(self) -> Any:
        return term_info(self._postings, self._ordinal) if self._postings is not None and self.is_valid() else None
