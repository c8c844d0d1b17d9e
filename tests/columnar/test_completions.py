"""Terms that begin so, counted as plain counting counts them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields
from whoosh import query as q
from whoosh.filedb.filestore import RamStorage

from search.columnar import completions as module
from search.columnar.codec import ColumnarCodec
from search.columnar.completions import completions

SCHEMA = fields.Schema(number=fields.ID, word=fields.KEYWORD, entry=fields.KEYWORD)
ENTRIES = ("harbour", "harbour strike", "harbours", "hard", "ferry", "fähre", "zoo")
Document = dict[str, Any]

documents = st.lists(
    st.fixed_dictionaries(
        {
            "word": st.sampled_from(["a", "b"]),
            "entry": st.lists(st.sampled_from(ENTRIES), min_size=1, max_size=4, unique=True),
        }
    ),
    max_size=10,
)


def index_of(groups: list[list[Document]]) -> Any:
    """A segment for each group; every third document is deleted again."""
    index = RamStorage().create_index(SCHEMA)
    number = 0
    for group in groups:
        writer = index.writer(codec=ColumnarCodec())
        for document in group:
            writer.add_document(number=str(number), **document)
            number += 1
        writer.commit(merge=False)
    writer = index.writer(codec=ColumnarCodec())
    for deleted in range(2, number, 3):
        writer.delete_by_term("number", str(deleted))
    writer.commit(merge=False)
    return index


def counted(groups: list[list[Document]], prefix: str, word: str | None) -> list[tuple[str, int]]:
    left = [one for place, one in enumerate(one for group in groups for one in group) if place % 3 != 2]
    found = [one for one in left if word is None or one["word"] == word]
    counts = Counter(entry for one in found for entry in one["entry"] if entry.startswith(prefix))
    return sorted(counts.items(), key=lambda one: (-one[1], one[0].encode()))


@settings(max_examples=100)
@given(
    groups=st.lists(documents, min_size=1, max_size=3),
    prefix=st.sampled_from(["", "h", "harbour", "harbour ", "fä", "x"]),
    word=st.none() | st.sampled_from(["a", "b"]),
    as_filter=st.booleans(),
    most=st.sampled_from([0, 1 << 18]),
)
def test_terms_are_counted_among_what_a_query_finds(
    groups: list[list[Document]], prefix: str, word: str | None, as_filter: bool, most: int
) -> None:
    term = None if word is None else q.Term("word", word)
    with pytest.MonkeyPatch.context() as patch, index_of(groups).searcher() as searcher:
        patch.setattr(module, "MAX_POSTINGS", most)
        filters = {"only": term} if as_filter and term is not None else {}
        [found] = completions(
            searcher, "entry", [prefix], limit=50, within=None if as_filter else term, filters=filters
        )
    assert found == counted(groups, prefix, word)


def test_the_most_frequent_come_first_for_each_prefix() -> None:
    groups: list[list[Document]] = [
        [{"word": "a", "entry": ["hard", "harbour"]}, {"word": "a", "entry": ["harbour"]}],
        [{"word": "a", "entry": ["hard"]}, {"word": "a", "entry": ["hard", "zoo"]}],
    ]
    index = RamStorage().create_index(SCHEMA)
    for group in groups:
        with index.writer(codec=ColumnarCodec()) as writer:
            for document in group:
                writer.add_document(**document)
    with index.searcher() as searcher:
        assert completions(searcher, "entry", ["h", "z", "x"], limit=1) == [[("hard", 3)], [("zoo", 1)], []]
        assert completions(searcher, "number", ["h"], limit=1) == [[]]
