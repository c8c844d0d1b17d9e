"""A segment out of documents, by sorting arrays: the same as Whoosh's own writer makes, in a tenth of its time."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from whoosh import fields, formats
from whoosh.fields import UnknownFieldError

from search.columnar import stored
from search.columnar.analysis import word_analyzer
from search.columnar.documents import ColumnarDocumentWriter
from search.columnar.fields import ColumnarFieldWriter
from search.columnar.invert import FieldBuilder, ItemField, WordField
from search.columnar.segment import ColumnarSegment
from search.columnar.vocabulary import MAX_CHUNKS, Vocabulary

RUN_SIZE = 1 << 22  # words of texts, or postings of another field, that one run is built of
MAX_REMEMBERED = 1 << 16  # values of a column that are kept for the next document that has them
_BOOST = "_boost"
_NO_BOOST = 1.0


class SegmentBuilder:
    """Takes documents as `IndexWriter.add_document` does; `finish` makes a segment of them and begins anew.

    What was learned of words is kept from one segment to the next.
    """

    def __init__(self, schema: fields.Schema, storage: Any, indexname: str) -> None:
        self._schema, self._storage, self._indexname = schema, storage, indexname
        self._vocabularies: dict[Hashable, Vocabulary] = {}
        self._column_values: dict[tuple[str, Hashable], Any] = {}
        self._builders: dict[str, FieldBuilder] = {}
        self._plans: dict[str, _Plan] = {}
        self._begin()

    def _begin(self) -> None:
        self.doc_count = 0
        if sum(map(len, self._vocabularies.values())) > MAX_CHUNKS:
            self._vocabularies = {}
            self._builders, self._plans = {}, {}
        self._segment = ColumnarSegment(self._indexname)
        self._documents: ColumnarDocumentWriter | None = None

    def _plan(self, name: str) -> _Plan:
        """Of a field of the schema, or of one whose name a pattern of the schema fits."""
        if name not in self._schema:
            raise UnknownFieldError(f"No field named {name!r} in {self._schema}")
        field = self._schema[name]
        plan = _Plan(field)
        if field.indexed:
            plan.builder = self._builders[name] = self._builder(name, field)
        if field.separate_spelling():
            spelling = field.spelling_fieldname(name)
            plan.speller = self._builders[spelling] = ItemField(spelling, self._schema[spelling])
        self._plans[name] = plan
        return plan

    def _builder(self, name: str, field: Any) -> FieldBuilder:
        if type(field.format) is not formats.Positions:
            return ItemField(name, field)
        # Fields with an `index` of their own (n-grams) make terms by another way than their analyzer's.
        plain = type(field).index is fields.FieldType.index
        analyzer = word_analyzer(field.analyzer) if plain else None
        if analyzer is None:
            return WordField(name, field, None, None)
        key = analyzer.pass_key()
        if key not in self._vocabularies:
            self._vocabularies[key] = Vocabulary(analyzer)
        vocabulary = self._vocabularies[key]
        return WordField(name, field, vocabulary, vocabulary.lexicon(analyzer))

    @property
    def is_full(self) -> bool:
        words = sum(vocabulary.size for vocabulary in self._vocabularies.values())
        return words >= RUN_SIZE or any(builder.size >= RUN_SIZE for builder in self._builders.values())

    def add(self, values: Mapping[str, Any]) -> None:
        """Raises what Whoosh's writer raises for the same document, or UnstorableError; it is left out whole then."""
        document = self.doc_count
        document_boost = float(values.get(_BOOST, _NO_BOOST))
        names = [name for name in values if name[:1] != "_"]
        boosted_or_stored = len(names) < len(values)
        postings = []
        kept: dict[str, Any] = {}
        columns = []
        vectors = []
        for name in names:
            plan = self._plans.get(name) or self._plan(name)
            value = values[name]
            if value is None:
                continue
            field, boost, custom = plan.field, _NO_BOOST, value
            if boosted_or_stored:
                boost = float(values.get(f"_{name}_boost", document_boost))
                custom = values.get(f"_stored_{name}", value)
            if plan.builder is not None:
                postings.append((plan.builder, document, plan.builder.prepare(document, value), boost))
            if plan.speller is not None:
                # As Whoosh has it: these words belong to no document in particular.
                prepared = plan.speller.prepare_words(field.spellable_words(value))
                postings.append((plan.speller, 0, prepared, _NO_BOOST))
            if field.vector:
                vectors.append((name, field, list(_vector_items(field, value))))
            if field.stored and custom is not None:
                kept[name] = custom
            if field.column_type and custom is not None:
                columns.append((name, field.column_type, self._column_value(name, field, custom)))
        packed = stored.pack(kept)
        if self._documents is None:
            self._documents = ColumnarDocumentWriter(self._storage, self._segment)
        writer = self._documents
        for name, column, value in columns:
            writer.add_column_value(name, column, value)
        for builder, number, prepared, boost in postings:
            builder.add(number, prepared, boost)
        for name, field, items in vectors:
            writer.add_vector_items(name, field, items)
        writer.add_packed(kept, packed)
        self.doc_count += 1

    def discard(self) -> None:
        """Forgets the documents since the last segment."""
        if self._documents is not None:
            if not self._documents.is_closed:
                self._documents.close()
            self._begin()

    def finish(self) -> ColumnarSegment | None:
        """The segment of all documents since the last one, its files written; None where there were none."""
        if self._documents is None:
            return None
        segment, documents = self._segment, self._documents
        segment.set_doc_count(self.doc_count)
        tokens = {id(vocabulary): vocabulary.take() for vocabulary in self._vocabularies.values()}
        postings = ColumnarFieldWriter(self._storage, segment)
        for name in sorted(self._builders):
            builder = self._builders[name]
            encoded, lengths = builder.finish(self.doc_count, tokens)
            if encoded is not None:
                postings.add_encoded(name, *encoded)
            if lengths is not None:
                documents.add_lengths(name, 0, lengths)
        documents.close()
        postings.close()
        self._begin()
        return segment

    def _column_value(self, name: str, field: Any, value: Any) -> Any:
        try:
            return self._column_values[name, value]
        except KeyError:
            if len(self._column_values) >= MAX_REMEMBERED:
                self._column_values.clear()
            converted = self._column_values[name, value] = field.to_column_value(value)
            return converted
        except TypeError:  # a list cannot be looked up
            return field.to_column_value(value)


@dataclass(slots=True)
class _Plan:
    """What is to be done with a field's value."""

    field: Any
    builder: FieldBuilder | None = None  # where the field is indexed
    speller: ItemField | None = None  # where its words as written are kept for spelling


def _vector_items(field: Any, value: Any) -> Iterator[tuple[str, float, bytes]]:
    words = field.vector.word_values(value, field.analyzer, mode="index")
    return iter(sorted((text, weight, encoded) for text, _, weight, encoded in words))
