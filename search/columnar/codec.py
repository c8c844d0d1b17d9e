"""The codec: `ix.writer(codec=ColumnarCodec())` makes a Whoosh index of plain arrays, opened like any other."""

from __future__ import annotations

from typing import Any

from whoosh.codec.base import Codec

from search.columnar.documents import ColumnarDocumentReader, ColumnarDocumentWriter, column_filename
from search.columnar.fields import ColumnarFieldWriter
from search.columnar.format import ArrayFile, DamagedFileError
from search.columnar.segment import DOCUMENTS_EXT, POSTINGS_EXT, ColumnarSegment
from search.columnar.terms import ColumnarTermsReader


class ColumnarCodec(Codec):  # type: ignore[misc]
    def per_document_writer(self, storage: Any, segment: ColumnarSegment) -> ColumnarDocumentWriter:
        return ColumnarDocumentWriter(storage, segment)

    def field_writer(self, storage: Any, segment: ColumnarSegment) -> ColumnarFieldWriter:
        return ColumnarFieldWriter(storage, segment)

    def per_document_reader(self, storage: Any, segment: ColumnarSegment) -> ColumnarDocumentReader:
        """Raises DamagedFileError."""
        return ColumnarDocumentReader(storage, segment, _open(storage, segment, DOCUMENTS_EXT))

    def terms_reader(self, storage: Any, segment: ColumnarSegment) -> ColumnarTermsReader:
        """Raises DamagedFileError."""
        return ColumnarTermsReader(_open(storage, segment, POSTINGS_EXT))

    def new_segment(self, storage: Any, indexname: str) -> ColumnarSegment:  # noqa: ARG002
        return ColumnarSegment(indexname)

    def supports_columns(self) -> bool:
        return True

    @classmethod
    def column_filename(cls, segment: ColumnarSegment, fieldname: str) -> str:
        """For `whoosh.sorting.add_sortable`, which writes such a file by itself, beside a finished segment."""
        return column_filename(segment, fieldname)


def verify(index: Any) -> None:
    """Reads every columnar file of an index through. Raises DamagedFileError for the first that is not as written."""
    for segment in index._segments():
        if isinstance(segment, ColumnarSegment):
            for extension in (DOCUMENTS_EXT, POSTINGS_EXT):
                arrays = _open(index.storage, segment, extension)
                arrays.verify()
                arrays.close()


def _open(storage: Any, segment: ColumnarSegment, extension: str) -> ArrayFile:
    arrays = ArrayFile(storage, segment.make_filename(extension))
    documents = arrays.facts.get("documents", segment.doc_count_all())
    if documents < segment.doc_count_all():
        raise DamagedFileError(
            f"{arrays.name}: has {documents} documents where the index says {segment.doc_count_all()}"
        )
    return arrays
