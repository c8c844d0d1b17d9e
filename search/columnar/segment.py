"""What Whoosh's table of contents keeps of a segment: its name, how many documents it has and which are deleted."""

from __future__ import annotations

from collections.abc import Iterator
from secrets import token_hex
from typing import Any

from whoosh.codec.base import Segment

DOCUMENTS_EXT = ".documents"
POSTINGS_EXT = ".postings"


class ColumnarSegment(Segment):  # type: ignore[misc]
    """Pickled by Whoosh with the table of contents, which is why an index opens without being told of the codec."""

    def __init__(self, indexname: str) -> None:
        super().__init__(indexname)
        self._doc_count = 0
        self._deleted: set[int] = set()

    @classmethod
    def _random_id(cls, size: int = 16) -> str:
        # Whoosh draws from `random`, which a program may seed: two segments of one name would share what is cached.
        return token_hex(size // 2)

    def codec(self) -> Any:
        from search.columnar.codec import ColumnarCodec  # the codec makes segments

        return ColumnarCodec()

    def set_doc_count(self, doc_count: int) -> None:
        self._doc_count = doc_count

    def doc_count_all(self) -> int:
        return self._doc_count

    def deleted_count(self) -> int:
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        return iter(self._deleted)

    def is_deleted(self, document: int) -> bool:
        return document in self._deleted

    def delete_document(self, document: int, delete: bool = True) -> None:
        if delete:
            self._deleted.add(document)
        else:
            self._deleted.discard(document)

    def should_assemble(self) -> bool:
        """No compound file: two files are few enough, and a copy would lose the alignment of their arrays."""
        return False
