"""A columnar index is the index that Whoosh's own writer and codec make: term by term, in every column and document."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from whoosh import analysis, columns, fields, formats, index, query
from whoosh.filedb.filestore import FileStorage, RamStorage

from search.columnar.bulk import BulkWriter
from search.columnar.codec import verify
from tests.columnar.conftest import WRITERS, MakeWriter, whoosh_writer
from tests.columnar.everything import everything

Document = Mapping[str, Any]

STEMMING = analysis.StemmingAnalyzer()


def full_schema() -> fields.Schema:
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        text=fields.TEXT(stored=True),
        stems=fields.TEXT(analyzer=STEMMING, phrase=True, vector=True),
        chars=fields.TEXT(chars=True),
        unphrased=fields.TEXT(phrase=False, field_boost=1.5),
        boosted=fields.TEXT(field_boost=2.0),
        keys=fields.KEYWORD(stored=True, commas=True, lowercase=True, scorable=True, sortable=True),
        ids=fields.IDLIST(stored=True),
        grams=fields.NGRAM(minsize=2, maxsize=3, phrase=True),
        gram_words=fields.NGRAMWORDS(minsize=2, maxsize=3),
        number=fields.NUMERIC(stored=True, sortable=True),
        small=fields.NUMERIC(bits=8, signed=False, sortable=True),
        real=fields.NUMERIC(float, stored=True),
        day=fields.DATETIME(stored=True, sortable=True),
        yes=fields.BOOLEAN(stored=True),
        note=fields.STORED(),
        raw=fields.COLUMN(columns.VarBytesColumn()),
        reference=fields.COLUMN(columns.RefBytesColumn()),
        fixed=fields.COLUMN(columns.FixedBytesColumn(3)),
        bit=fields.COLUMN(columns.BitColumn()),
        packed=fields.COLUMN(columns.CompressedBytesColumn()),
        pickled=fields.COLUMN(columns.PickleColumn(columns.VarBytesColumn())),
        structure=fields.COLUMN(columns.StructColumn("if", (0, 0.0))),
        float_column=fields.COLUMN(columns.NumericColumn("d", default=0.5)),
        int_column=fields.COLUMN(columns.NumericColumn("h", default=-1)),
        listed=fields.COLUMN(columns.VarBytesListColumn()),
        offsets=fields.COLUMN(columns.VarBytesColumn(allow_offsets=False)),
    )


words = st.text("abcé. -A'1", min_size=0, max_size=12)
texts = st.lists(
    st.sampled_from(["the", "running", "runs", "ran", "a", "alpha", "beta's", "Beta", "U.N.", "x_y", "ÉTÉ", "naïve"])
    | words
).map(" ".join)
small_bytes = st.binary(max_size=4)
FULL = {
    "text": texts,
    "stems": texts | st.lists(st.sampled_from(["one", "two", "running"]), min_size=1),
    "chars": texts,
    "unphrased": texts,
    "boosted": texts,
    "keys": st.lists(st.sampled_from(["A", "b c", "d"])).map(",".join),
    "ids": st.lists(st.sampled_from(["x", "y", "zz"])).map(" ".join),
    "grams": texts,
    "gram_words": texts,
    "number": st.integers(-(2**31), 2**31 - 2),
    "small": st.integers(0, 255),
    "real": st.floats(-1e9, 1e9),
    "day": st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda moment: moment.replace(fold=0)),
    "yes": st.booleans(),
    "note": st.none() | st.integers() | texts | st.tuples(st.integers(), st.binary()),
    "raw": small_bytes,
    "reference": small_bytes,
    "fixed": st.binary(min_size=3, max_size=3),
    "bit": st.booleans(),
    "packed": small_bytes,
    "pickled": st.tuples(st.integers(), texts),
    "structure": st.tuples(st.integers(-9, 9), st.sampled_from([0.5, 2.0])),
    "float_column": st.floats(-9, 9),
    "int_column": st.integers(-9, 9),
    "listed": st.lists(small_bytes),
    "offsets": small_bytes,
    "_boost": st.sampled_from([1.0, 2.0, 0.25]),
    "_text_boost": st.sampled_from([1.0, 3.0]),
    "_stored_text": texts,
}
documents = st.fixed_dictionaries({"id": st.sampled_from("abcdefgh")}, optional=FULL)
commits = st.tuples(
    st.lists(documents, max_size=6),
    st.lists(st.integers(0, 30), max_size=3),  # deleted by number, where there is such a document
    st.sampled_from(["small", "none", "optimize"]),
)


def play(made: Any, make_writer: MakeWriter, history: Iterable[Sequence[Any]], *, update: bool = True) -> Any:
    """Writes the commits into an index, and returns it as it is opened anew."""
    for added, deleted, merge in history:
        writer = make_writer(made)
        for number in deleted:
            if number < sum(segment.doc_count_all() for segment in writer.segments):
                writer.delete_document(number)
        for document in added:
            (writer.update_document if update else writer.add_document)(**document)
        writer.commit(optimize=merge == "optimize", merge=merge != "none")
    return made.storage.open_index()


def both(schema: fields.Schema, history: Sequence[Any], make_writer: MakeWriter, **options: Any) -> tuple[Any, Any]:
    theirs = play(RamStorage().create_index(schema), whoosh_writer, history, **options)
    ours = play(RamStorage().create_index(schema), make_writer, history, **options)
    verify(ours)
    return theirs, ours


@pytest.mark.parametrize("name", WRITERS)
# A history of fields of every kind takes minutes to shrink, and seconds to read: it is not shrunk.
@settings(deadline=None, max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(history=st.lists(commits, min_size=1, max_size=4))
def test_same_index_as_whoosh(name: str, history: list[Any]) -> None:
    """Adds, updates, deletions and merges of documents with fields of every kind."""
    theirs, ours = both(full_schema(), history, WRITERS[name])
    with theirs.reader() as expected, ours.reader() as actual:
        assert everything(actual) == everything(expected)


TEXT = fields.Schema(id=fields.ID(stored=True, unique=True), text=fields.TEXT(analyzer=STEMMING), n=fields.NUMERIC)
VOCABULARY = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]


def articles(count: int, seed: int = 1) -> list[Document]:
    chance = random.Random(seed)
    weights = [1 / rank for rank in range(1, len(VOCABULARY) + 1)]
    return [
        {
            "id": str(number),
            "text": " ".join(chance.choices(VOCABULARY, weights, k=chance.randrange(60))),
            "n": chance.randrange(40),
        }
        for number in range(count)
    ]


QUERIES = (
    query.Term("text", "alpha"),
    query.Or([query.Term("text", "alpha"), query.Term("text", "kappa"), query.Term("text", "iota")]),
    query.And([query.Term("text", "beta"), query.Term("text", "eta")]),
    query.AndMaybe(query.Term("text", "zeta"), query.Term("text", "alpha")),
    query.Phrase("text", ["alpha", "beta"]),
    query.Phrase("text", ["beta", "gamma"], slop=4),
    query.Prefix("text", "e"),
    query.FuzzyTerm("text", "zeto", maxdist=1),
    query.NumericRange("n", 3, 7),
    query.TermRange("text", "b", "e"),
    query.DisjunctionMax([query.Term("text", "alpha"), query.Term("text", "theta")]),
    query.Every("text"),
)


@pytest.mark.parametrize("asked", QUERIES, ids=repr)
def test_same_hits_and_scores(asked: Any, make_writer: MakeWriter) -> None:
    """Whoosh's searcher gives the same documents and scores, over blocks, segments and deletions."""
    history = [(articles(400), [], "none"), (articles(300, 2), [3, 5, 8], "none"), (articles(2, 3), [0], "none")]
    theirs, ours = both(TEXT, history, make_writer, update=False)
    with theirs.searcher() as expected, ours.searcher() as actual:
        for limit in (5, None):
            pairs = zip(expected.search(asked, limit=limit), actual.search(asked, limit=limit), strict=True)
            assert [(a.docnum, pytest.approx(a.score, abs=1e-4)) for a, _ in pairs] == [
                (hit.docnum, hit.score) for hit in actual.search(asked, limit=limit)
            ]


def test_matchers_skip_alike(make_writer: MakeWriter) -> None:
    """`skip_to`, from any place to any other, lands where Whoosh's own matcher lands."""
    theirs, ours = both(TEXT, [(articles(700), [], "none")], make_writer)
    with theirs.reader() as expected, ours.reader() as actual:
        for begin in range(0, 700, 37):
            for target in range(0, 720, 41):
                landed = []
                for reader in (expected, actual):
                    matcher = reader.postings("text", "beta")
                    matcher.skip_to(begin)
                    if matcher.is_active():
                        matcher.skip_to(target)
                    landed.append(matcher.id() if matcher.is_active() else None)
                assert landed[0] == landed[1]


@pytest.mark.parametrize("count", [65_534, 65_535, 65_536, 65_537, 140_000])
def test_positions_past_sixteen_bits(make_writer: MakeWriter, count: int) -> None:
    """A document of more words than sixteen bits can count keeps each position, in each of three documents."""
    schema = fields.Schema(text=fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer()))
    long = " ".join("end" if number in (0, count - 1) else "x" for number in range(count))
    made = play(
        RamStorage().create_index(schema),
        make_writer,
        [([{"text": text} for text in (long, "x end", long)], [], "none")],
        update=False,
    )
    with made.reader() as reader:
        matcher = reader.postings("text", "end")
        assert list(matcher.items_as("positions")) == [(0, [0, count - 1]), (1, [1]), (2, [0, count - 1])]
        assert reader.term_info("text", "x").max_weight() == count - 2
        assert reader.field_length("text") == 2 * count + 2


@pytest.mark.parametrize("times", [254, 255, 256, 300])
def test_weights_past_eight_bits(make_writer: MakeWriter, times: int) -> None:
    theirs, ours = both(
        TEXT, [([{"text": "alpha " * times + "beta"}, {"text": "alpha beta"}], [], "none")], make_writer
    )
    with theirs.reader() as expected, ours.reader() as actual:
        assert everything(actual) == everything(expected)
        postings = actual._terms.postings("text")
        assert postings.weights(postings.find(b"alpha")).tolist() == [times, 1]
        assert len(postings.heavy(postings.find(b"alpha"))[0]) == (times > 255)


def test_index_without_documents(make_writer: MakeWriter) -> None:
    made = play(RamStorage().create_index(TEXT), make_writer, [([], [], "none")])
    assert made.doc_count() == 0


def test_documents_without_fields(make_writer: MakeWriter) -> None:
    theirs, ours = both(full_schema(), [([{}, {"id": "a"}, {}], [], "none")], make_writer, update=False)
    with theirs.reader() as expected, ours.reader() as actual:
        assert everything(actual) == everything(expected)


def test_opens_without_naming_the_codec(make_writer: MakeWriter, tmp_path: Any) -> None:
    """The table of contents says which codec reads a segment, and a folder holds two files a segment."""
    play(index.create_in(tmp_path, TEXT), make_writer, [(articles(20), [], "none")])
    names = sorted(path.suffix for path in tmp_path.iterdir() if path.suffix != "")
    assert names == [".documents", ".postings", ".toc"]
    with index.open_dir(tmp_path).searcher() as searcher:
        assert len(searcher.search(query.Every(), limit=None)) == 20


@pytest.mark.parametrize("mapped", [True, False])
def test_reads_files_mapped_or_not(tmp_path: Any, mapped: bool, make_writer: MakeWriter) -> None:
    history = [(articles(50), [], "none"), (articles(9, 2), [4], "small")]
    theirs = play(RamStorage().create_index(TEXT), whoosh_writer, history)
    storage = FileStorage(str(tmp_path), supports_mmap=mapped)
    ours = play(storage.create_index(TEXT), make_writer, history)
    with theirs.reader() as expected, ours.reader() as actual:
        assert everything(actual) == everything(expected)


def test_fields_come_and_go(make_writer: MakeWriter) -> None:
    """A field that was removed is gone with the next merge and does not come back with its name."""
    made = RamStorage().create_index(
        fields.Schema(id=fields.ID(stored=True), note=fields.TEXT(stored=True, sortable=True))
    )
    play(made, make_writer, [([{"id": "a", "note": "secret"}], [], "none")], update=False)
    writer = make_writer(made)
    writer.remove_field("note")
    writer.add_field("text", fields.TEXT(stored=True, sortable=True))
    writer.add_document(id="b", text="other")
    writer.commit(optimize=True)
    writer = make_writer(made)
    writer.add_field("note", fields.TEXT(stored=True, sortable=True))
    writer.commit()
    with made.reader() as reader:
        assert list(reader.all_stored_fields()) in (
            [{"id": "a"}, {"id": "b", "text": "other"}],
            [{"id": "b", "text": "other"}, {"id": "a"}],
        )
        assert ("note", b"secret") not in reader
        assert sorted(reader.column_reader("note")) == ["", ""]


def test_spelling_and_automata(make_writer: MakeWriter) -> None:
    schema = fields.Schema(text=fields.TEXT(analyzer=STEMMING, spelling=True))
    theirs, ours = both(schema, [([{"text": "running rendering"}, {"text": "running water"}], [], "none")], make_writer)
    with theirs.reader() as expected, ours.reader() as actual:
        for word in ("runing", "watr", "rendring", "zzz"):
            assert actual.corrector("text").suggest(word) == expected.corrector("text").suggest(word)


def test_unindexed_formats(make_writer: MakeWriter) -> None:
    """Formats with boosts of single positions keep them."""
    boosts = analysis.RegexTokenizer(r"\S+") | analysis.DelimitedAttributeFilter()
    schema = fields.Schema(
        a=fields.FieldType(formats.PositionBoosts(), boosts, scorable=True),
        b=fields.FieldType(formats.CharacterBoosts(), boosts, scorable=True),
        c=fields.FieldType(formats.Positions(), boosts, scorable=True),
        d=fields.FieldType(formats.Frequency(), boosts),
        e=fields.FieldType(formats.Existence(), boosts, vector=formats.Frequency()),
    )
    text = "alpha^2.5 beta alpha^0.5 gamma^3"
    added = [dict.fromkeys("abcde", text), dict.fromkeys("abcde", "beta^2 beta")]
    history = [(added, [], "none"), (added, [0], "optimize")]
    theirs, ours = both(schema, history, make_writer, update=False)
    with theirs.reader() as expected, ours.reader() as actual:
        assert everything(actual) == everything(expected)


def test_merges_segments_of_other_codecs() -> None:
    """The bulk writer takes in an index that Whoosh's own codec wrote."""
    made = RamStorage().create_index(TEXT)
    play(made, whoosh_writer, [(articles(30), [], "none"), (articles(5, 2), [3], "none")], update=False)
    writer = BulkWriter(made)
    writer.add_document(id="new", text="omega", n=1)
    writer.commit(optimize=True)
    theirs = play(
        RamStorage().create_index(TEXT),
        whoosh_writer,
        [
            (articles(30), [], "none"),
            (articles(5, 2), [3], "none"),
            ([{"id": "new", "text": "omega", "n": 1}], [], "optimize"),
        ],
        update=False,
    )
    with theirs.reader() as expected, made.reader() as actual:
        assert everything(actual) == everything(expected)
