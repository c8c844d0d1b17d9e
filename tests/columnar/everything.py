"""All that a reader tells of an index, as plain values: two indexes are the same where this is equal."""

from __future__ import annotations

from typing import Any


def everything(reader: Any) -> dict[str, Any]:
    schema = reader.schema
    return {
        "documents": [(number, reader.is_deleted(number)) for number in range(reader.doc_count_all())],
        "stored": [reader.stored_fields(number) for number in reader.all_doc_ids()],
        "terms": list(reader.all_terms()),
        "postings": {term: postings(reader, *term) for term in reader.all_terms()},
        "info": {term: info(reader, *term) for term in reader.all_terms()},
        "lengths": {
            name: [reader.doc_field_length(number, name) or 0 for number in range(reader.doc_count_all())]
            for name, field in schema.items()
            if field.scorable
        },
        "columns": {
            (name, base): column
            for name, field in schema.items()
            for leaf, base in reader.leaf_readers()
            if field.column_type and (column := values(leaf, name))
        },
        "vectors": {
            name: [vector(reader, number, name) for number in range(reader.doc_count_all())]
            for name, field in schema.items()
            if field.vector
        },
    }


def values(leaf: Any, name: str) -> list[Any]:
    """Of a column; none where no document has one: then whoosh3 drops the column when it merges, Whoosh keeps it."""
    if not leaf.doc_count_all() or not leaf.has_column(name):
        return []
    # Not by iterating: Whoosh's compressed column fails at that where a document has no value.
    column = list(map(leaf.column_reader(name, translate=False).__getitem__, range(leaf.doc_count_all())))
    missing = getattr(leaf.schema[name].column_type, "_default", None)
    return column if any(value != missing and value not in (None, [], b"") for value in column) else []


def postings(reader: Any, name: str, text: bytes) -> list[tuple[Any, ...]]:
    matcher = reader.postings(name, text)
    found = []
    while matcher.is_active():
        kinds = ("positions", "characters", "position_boosts", "character_boosts", "frequency")
        decoded = [matcher.value_as(kind) for kind in kinds if matcher.value() and matcher.supports(kind)]
        found.append((matcher.id(), round(matcher.weight(), 4), decoded))
        matcher.next()
    return found


def info(reader: Any, name: str, text: bytes) -> tuple[Any, ...]:
    told = reader.term_info(name, text)
    lengths = told.min_length(), told.max_length()
    return (
        round(told.weight(), 3),
        told.doc_frequency(),
        lengths if reader.schema[name].scorable else None,
        round(told.max_weight(), 4),
        told.min_id(),
        told.max_id(),
    )


def vector(reader: Any, number: int, name: str) -> Any:
    if not reader.has_vector(number, name):
        return None
    matcher = reader.vector(number, name)
    items = []
    while matcher.is_active():
        items.append((matcher.id(), round(matcher.weight(), 4), matcher.value()))
        matcher.next()
    return items
