"""The bulk writer's own doings: analysis by words already seen, errors, worker processes, many runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import analysis, fields, index
from whoosh.fields import UnknownFieldError
from whoosh.filedb.filestore import RamStorage
from whoosh.writing import IndexingError

from search.columnar import build, bulk
from search.columnar.analysis import BREAK, LEAP, WordAnalyzer, word_analyzer
from search.columnar.bulk import BulkWriter
from search.columnar.codec import verify
from search.columnar.stored import UnstorableError
from tests.columnar.conftest import whoosh_writer
from tests.columnar.everything import everything
from tests.columnar.test_codec import TEXT, articles

RAW = analysis.RegexTokenizer()
CHAINS = {
    "tokens": RAW,
    "lower": RAW | analysis.LowercaseFilter(),
    "stop": RAW | analysis.LowercaseFilter() | analysis.StopFilter(),
    "stop, not renumbered": RAW | analysis.LowercaseFilter() | analysis.StopFilter(renumber=False),
    "stop first": RAW | analysis.StopFilter(maxsize=3) | analysis.LowercaseFilter(),
    "stem": RAW | analysis.LowercaseFilter() | analysis.StopFilter() | analysis.StemFilter(ignore=["running"]),
    "language": RAW | analysis.LowercaseFilter() | analysis.StemFilter(lang="de"),
    "other expression": analysis.RegexTokenizer(r"[a-z]+|\s") | analysis.LowercaseFilter(),
}
SLOW_CHAINS = {
    "gaps": analysis.RegexTokenizer(r"\s+", gaps=True),
    "stop twice": RAW | analysis.StopFilter(renumber=False) | analysis.StopFilter(),
    "compound": RAW | analysis.IntraWordFilter(mergewords=True) | analysis.LowercaseFilter(),
    "n-grams": analysis.NgramTokenizer(2),
}
pieces = st.sampled_from(
    [
        "The",
        "running",
        "İstanbul",
        "U.N.",
        "3.14",
        "a",
        "of",
        ".",
        "..b",
        "c.",
        "é.é",
        "_",
        " ",
        "\n",
        "\u2028",
        "\x1c",
        "ǅ",
    ]
)
texts = st.lists(pieces | st.text(max_size=3)).map("".join) | st.lists(pieces).map(" ".join)


def written(schema: fields.Schema, documents: Sequence[dict[str, Any]], make_writer: Any) -> dict[str, Any]:
    made = RamStorage().create_index(schema)
    with make_writer(made) as writer:
        for document in documents:
            writer.add_document(**document)
    with made.reader() as reader:
        return everything(reader)


@pytest.mark.parametrize("name", CHAINS)
def test_chain_is_understood(name: str) -> None:
    assert isinstance(word_analyzer(CHAINS[name]), WordAnalyzer)


@pytest.mark.parametrize("name", SLOW_CHAINS)
def test_other_chains_go_the_slow_way(name: str) -> None:
    """A chain that needs more than a token to know its terms is left to Whoosh."""
    assert word_analyzer(SLOW_CHAINS[name]) is None


@pytest.mark.parametrize("name", [*CHAINS, *SLOW_CHAINS])
@settings(deadline=None, max_examples=25)
@given(documents=st.lists(st.fixed_dictionaries({"a": texts}, optional={"b": texts}), min_size=1, max_size=5))
def test_chain_gives_the_same_terms(name: str, documents: list[dict[str, Any]]) -> None:
    """Any text gives the terms and positions that the chain itself gives, for two fields that share a pass."""
    analyzer = (CHAINS | SLOW_CHAINS)[name]
    schema = fields.Schema(a=fields.TEXT(analyzer=analyzer), b=fields.TEXT(analyzer=analyzer))
    assert written(schema, documents, BulkWriter) == written(schema, documents, whoosh_writer)


class Paragraphs(analysis.Analyzer):
    """Words, each with its capitals and without; positions jump by 10 at a blank line and to 100 at a form feed."""

    gap, leap, renumber = 10, 100, False

    def __call__(self, value: str, **options: Any) -> Any:
        token = analysis.Token(**options)
        token.boost, token.stopped = 1.0, False
        position = 0
        for chunk in self.chunks(value):
            if chunk == BREAK:
                position += self.gap
            elif chunk == LEAP:
                position = max(position + self.gap, self.leap)
            else:
                for token.text in self.terms(chunk):
                    token.pos = position
                    yield token
                position += 1

    def pass_key(self) -> str:
        return "paragraphs"

    def chunks(self, text: str) -> list[str]:
        chunks: list[str] = []
        for number, part in enumerate(text.split("\f")):
            chunks += [LEAP] * (number > 0)
            for paragraph, words in enumerate(part.split("\n\n")):
                chunks += [BREAK] * (paragraph > 0) + words.split()
        return chunks

    def tokens(self, chunk: str) -> list[str]:
        return [chunk]

    def terms(self, token: str) -> list[str]:
        return [token] if token.islower() else [token.lower(), token]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.lists(st.sampled_from(["a", "B", "b", "\n\n", "\f", "cc"]), max_size=130).map(" ".join), max_size=6))
def test_jumps_and_forms_at_one_position(values: list[str]) -> None:
    """An analyzer of our own kind gives by the fast way what it gives when it is called."""
    schema = fields.Schema(a=fields.TEXT(analyzer=Paragraphs()))
    documents = [{"a": value} for value in values]
    assert written(schema, documents, BulkWriter) == written(schema, documents, whoosh_writer)


def test_one_text_in_two_fields_is_read_once() -> None:
    schema = fields.Schema(a=fields.TEXT(analyzer=RAW), b=fields.TEXT(analyzer=RAW))
    builder = build.SegmentBuilder(schema, RamStorage(), "MAIN")
    builder.add({"a": "one two", "b": "one two"})
    (vocabulary,) = builder._vocabularies.values()
    assert vocabulary.size == 2


def test_same_text_in_following_documents() -> None:
    """A text that is one object in two documents counts for both."""
    text = "alpha beta"
    documents = [{"text": text}, {"text": text}, {"text": text}]
    assert written(TEXT, documents, BulkWriter) == written(TEXT, documents, whoosh_writer)


def test_many_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index out of runs of a few documents is that out of one."""
    whole = written(TEXT, articles(300), BulkWriter)
    monkeypatch.setattr(build, "RUN_SIZE", 100)
    monkeypatch.setattr("search.columnar.merge.RUN_POSTINGS", 50)
    monkeypatch.setattr("search.columnar.merge.RANGE_TERMS", 30)
    monkeypatch.setattr("search.columnar.merge.STRETCH_POSTINGS", 7)
    monkeypatch.setattr("search.columnar.spool.MEMORY_BYTES", 64)
    monkeypatch.setattr(build, "MAX_CHUNKS", 5)
    assert written(TEXT, articles(300), BulkWriter) == whole == written(TEXT, articles(300), whoosh_writer)
    for sources in (2, 3, 4, 9):  # runs merged for the first, second, many a time
        monkeypatch.setattr(bulk, "MAX_SOURCES", sources)
        assert written(TEXT, articles(300), BulkWriter) == whole


def test_sources_never_become_more_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "RUN_SIZE", 20)
    monkeypatch.setattr(bulk, "MAX_SOURCES", 6)
    made = RamStorage().create_index(TEXT)
    waiting = []
    with BulkWriter(made) as writer:
        for document in articles(300):
            writer.add_document(**document)
            waiting.append(len(writer._sources))
    assert max(waiting) == 5
    assert made.doc_count() == 300


@pytest.mark.parametrize("runs", [1, 2, 5])
def test_workers_merge_their_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runs: int) -> None:
    """Documents stand in their order, whatever runs a worker made one of; nothing of the runs is left."""
    monkeypatch.setattr(bulk, "BATCH_DOCUMENTS", 10)
    monkeypatch.setattr(bulk, "MERGED_RUNS", runs)
    made = index.create_in(tmp_path, TEXT)
    with BulkWriter(made, procs=2) as writer:
        for document in articles(205):
            writer.add_document(**document)
    verify(made)
    with made.reader() as reader:
        assert everything(reader) == written(TEXT, articles(205), whoosh_writer)
    assert sorted(path.suffix for path in tmp_path.iterdir() if path.suffix) == [".documents", ".postings", ".toc"]


@pytest.mark.parametrize("storage", ["files", "memory"])
def test_worker_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, storage: str) -> None:
    """Batches from two processes come together in the order of their documents; updates and merges go on."""
    monkeypatch.setattr(bulk, "BATCH_DOCUMENTS", 30)
    made = index.create_in(tmp_path, TEXT) if storage == "files" else RamStorage().create_index(TEXT)
    theirs = RamStorage().create_index(TEXT)
    for batch, optimize in ((articles(200), False), (articles(70, 2), False), (articles(10, 3), True)):
        for make_writer in (lambda: BulkWriter(made, procs=2), lambda: whoosh_writer(theirs)):
            writer = make_writer()
            for document in batch:
                writer.update_document(**document)
            writer.commit(optimize=optimize)
        verify(made)
        with made.reader() as actual, theirs.reader() as expected:
            assert everything(actual) == everything(expected)
    if storage == "files":
        assert sorted(path.suffix for path in tmp_path.iterdir() if path.suffix) == [".documents", ".postings", ".toc"]


WRONG = (
    ({"text": "a", "nowhere": "b"}, UnknownFieldError),
    ({"text": 7}, ValueError),
    ({"n": "seven"}, ValueError),
    ({"id": "x", "_stored_id": object()}, UnstorableError),
)


@pytest.mark.parametrize(("document", "error"), WRONG, ids=[str(error) for _, error in WRONG])
def test_refused_document_is_left_out_whole(document: dict[str, Any], error: type[Exception]) -> None:
    """What one document is refused for does no harm to the others."""
    made = RamStorage().create_index(TEXT)
    writer = BulkWriter(made)
    writer.add_document(id="a", text="alpha")
    with pytest.raises(error):
        writer.add_document(**document)
    writer.add_document(id="b", text="beta")
    writer.commit()
    with made.reader() as reader:
        assert everything(reader) == written(
            TEXT, [{"id": "a", "text": "alpha"}, {"id": "b", "text": "beta"}], whoosh_writer
        )


def test_refused_document_in_a_worker(tmp_path: Path) -> None:
    """It is told at the commit, which does not happen then; the index stays as it was and can be written."""
    made = index.create_in(tmp_path, TEXT)
    with BulkWriter(made) as writer:
        writer.add_document(id="a", text="alpha")
    with pytest.raises(ValueError, match="seven"), BulkWriter(made, procs=2) as writer:
        writer.add_document(id="b", n="seven")
    assert made.doc_count() == 1
    with BulkWriter(made, procs=2) as writer:
        writer.add_document(id="b", text="beta")
    assert made.doc_count() == 2


def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    made = index.create_in(tmp_path, TEXT)
    with BulkWriter(made) as writer:
        writer.add_document(id="a", text="alpha")
    before = {path.name for path in tmp_path.iterdir()}
    writer = BulkWriter(made, procs=2)
    writer.add_document(id="b", text="beta")
    writer.cancel()
    with pytest.raises(IndexingError):
        writer.add_document(id="c", text="gamma")
    with BulkWriter(made) as writer:
        writer.delete_by_term("id", "a")
    assert made.doc_count() == 0
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]
    assert before


KILLED = """
import multiprocessing, os, signal, sys
from whoosh import fields, index
from search.columnar import bulk
bulk.BATCH_DOCUMENTS = 1
ix = index.create_in(sys.argv[1], fields.Schema(text=fields.TEXT))
writer = bulk.BulkWriter(ix, procs=2)
writer.add_document(text="one")
print(*(child.pid for child in multiprocessing.active_children()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_a_writer_that_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    # Without waiting for the end of its output: workers that lived on would hold that open.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        workers = [int(pid) for pid in process.stdout.readline().split()]
    assert len(workers) == 2
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)
