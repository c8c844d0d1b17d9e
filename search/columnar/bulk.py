"""The bulk writer: a Whoosh writer that makes segments by sorting arrays, in worker processes if wanted.

with BulkWriter(ix, procs=2) as writer:
    for document in documents:
        writer.add_document(**document)
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from search.columnar.build import SegmentBuilder
from search.columnar.codec import ColumnarCodec
from search.columnar.merge import Source, merge_into
from search.columnar.segment import DOCUMENTS_EXT, POSTINGS_EXT, ColumnarSegment

BATCH_TEXT = 16 << 20  # characters that a worker is given at a time
BATCH_DOCUMENTS = 20_000
MAX_SOURCES = 128  # runs and segments that wait to be merged; each holds two files open
MERGED_RUNS = 64  # of workers, that one of them makes one run of
_AHEAD = 1  # batches that wait for a worker, so that no worker waits for a batch

Document = Mapping[str, Any]


class BulkWriter(SegmentWriter):  # type: ignore[misc]
    """Makes the same index as Whoosh's own writer with ColumnarCodec, faster; used alike, updates and merging included.

    procs: processes that analyse and sort; 1 means this one. With more of them, what is wrong with a document may be
        told by a later `add_document` or by `commit`.
    """

    def __init__(self, ix: Any, procs: int = 1, **options: Any) -> None:
        super().__init__(ix, codec=ColumnarCodec(), **options)
        self._procs = procs
        self._runs = _run_storage(self.storage, self._tempstorage)
        self._sources: list[Source] = []
        self._compacted = 0  # of the sources, from the first: those that `_compact` made
        self._builder: SegmentBuilder | None = None
        self._workers: _Workers | None = None

    def add_document(self, **fields: Any) -> None:
        """Raises what Whoosh's writer raises, or UnstorableError; the document is left out whole then."""
        self._check_state()
        if self._procs > 1:
            self._check_fields(self.schema, (name for name in fields if not name.startswith("_")))
            if self._workers is None:
                self._workers = _Workers(self.schema, self._runs, self.indexname, self._procs)
            self._workers.add(fields)
        else:
            self._build(fields)
        self._added = True
        self.docnum += 1

    def _build(self, fields: Document) -> None:
        if self._builder is None:
            self._builder = SegmentBuilder(self.schema, self._runs, self.indexname)
        self._builder.add(fields)
        if self._builder.is_full:
            self._finish_builder()

    def add_reader(self, reader: Any) -> None:
        """Adds the documents of another index, as array work where that is of this codec."""
        self._check_state()
        self._finish_runs()
        for leaf, _ in reader.leaf_readers():
            if isinstance(leaf.segment(), ColumnarSegment):
                self.docnum += self._add_source(leaf.storage(), leaf.segment())
            else:
                self._add_foreign(leaf)
        self._added = True

    def _finish(self) -> None:
        self._release()
        super()._finish()

    def _release(self) -> None:
        """Ends workers, closes files, removes runs: whatever of these a finished or failed writer still holds."""
        if self._workers is not None:
            self._workers.stop()
        if self._builder is not None:
            self._builder.discard()
        for unfinished in (self.perdocwriter, self.fieldwriter):
            if not unfinished.is_closed:
                with suppress(OSError, ValueError):  # of a full disk, or of a file that is closed because of one
                    unfinished.close()
        if self._runs is not self._tempstorage:
            shutil.rmtree(self._runs.folder, ignore_errors=True)

    def commit(self, **options: Any) -> None:
        """Raises what a document was refused for by a worker; nothing is committed then, and the lock is given back."""
        try:
            super().commit(**options)
        except BaseException:
            if self.is_closed:  # by the clean-up of whoosh3, which knows nothing of ours
                self._release()
            else:
                self.cancel()
            raise

    def cancel(self) -> None:
        """Leaves nothing, as far as the disk still lets files be removed."""
        self._check_state()
        self._release()
        with suppress(OSError):
            self._close_segment()
            self._finish()
        self.is_closed = True

    def _add_foreign(self, reader: Any) -> None:
        """Lets Whoosh's own writer make a columnar segment of it."""
        index = FileIndex.create(self._runs, self.schema, f"{self.indexname}foreign")
        writer = SegmentWriter(index, codec=ColumnarCodec())
        writer.add_reader(reader)
        writer.commit(merge=False)
        for segment in index._segments():
            self.docnum += self._add_source(self._runs, segment)

    def _add_source(self, storage: Any, segment: ColumnarSegment) -> int:
        """Returns how many documents it has."""
        # Opened anew, because Whoosh closes a reader as soon as it was added.
        source = opened(storage, segment)
        count = source.doc_count
        self._sources.append(source)
        if len(self._sources) >= MAX_SOURCES:
            self._compact()
        return count

    def _finish_runs(self) -> None:
        """Makes sources of all documents that were added so far."""
        if self._workers is not None:
            for segment in self._workers.finish():
                self._add_source(self._runs, segment)
            self._workers.stop()  # what they remember of words is much, and merging needs memory of its own
            for fields in self._workers.unsent():
                self._build(fields)
        self._finish_builder()

    def _finish_builder(self) -> None:
        if self._builder is not None:
            run = self._builder.finish()
            if run is not None:
                self._add_source(self._runs, run)

    def _flush_segment(self) -> None:
        self._finish_runs()
        if len(self._sources) == 1 and self._runs.file_exists(self._sources[0].segment.make_filename(POSTINGS_EXT)):
            self._adopt(self._sources[0])
            return
        merge_into(self.schema, self._sources, self.perdocwriter, self.fieldwriter)

    def _compact(self) -> None:
        """Makes one run of all sources that are none of an earlier compacting, so that a document is merged again only
        once in very many; of all where those have become many.
        """
        if self._compacted > MAX_SOURCES // 2:
            self._compacted = 0
        run = merged(self.schema, self._runs, self.indexname, self._sources[self._compacted :])
        del self._sources[self._compacted :]
        self._compacted += 1
        self._add_source(self._runs, run)

    def _adopt(self, source: Source) -> None:
        """Makes the files of the only run those of the new segment."""
        self.perdocwriter.close()
        self.fieldwriter.close()
        source.close()
        for extension in (DOCUMENTS_EXT, POSTINGS_EXT):
            old = Path(self._runs.folder, source.segment.make_filename(extension))
            name = self.newsegment.make_filename(extension)
            if isinstance(self.storage, FileStorage):
                old.replace(Path(self.storage.folder, name))
                continue
            with old.open("rb") as read, self.storage.create_file(name) as written:
                shutil.copyfileobj(read, written)


def opened(storage: Any, segment: ColumnarSegment) -> Source:
    """Raises DamagedFileError."""
    codec = ColumnarCodec()
    documents = codec.per_document_reader(storage, segment)
    return Source(segment, documents, codec.terms_reader(storage, segment), documents.live)


def merged(schema: Any, storage: Any, indexname: str, sources: list[Source]) -> ColumnarSegment:
    """One run of several sources, which are closed; those that are runs in the storage are gone then."""
    codec = ColumnarCodec()
    run = codec.new_segment(storage, indexname)
    run.set_doc_count(sum(source.doc_count for source in sources))
    merge_into(schema, sources, codec.per_document_writer(storage, run), codec.field_writer(storage, run))
    for source in sources:
        for extension in (DOCUMENTS_EXT, POSTINGS_EXT):
            name = source.segment.make_filename(extension)
            if storage.file_exists(name):
                storage.delete_file(name)
    return run


def _run_storage(storage: Any, tempstorage: Any) -> Any:
    """Where runs are kept until they are merged: real files even where the index lies in memory."""
    if isinstance(storage, FileStorage):
        return tempstorage
    # Whoosh would give every index in memory, of every program, one and the same folder.
    return FileStorage(tempfile.mkdtemp(prefix="columnar-"))


class _Workers:
    """Gives batches of documents to processes, each of which makes a segment of its batch. None is started for less
    than one batch.
    """

    def __init__(self, schema: Any, storage: Any, indexname: str, procs: int) -> None:
        self._procs = procs
        self._start = schema, storage.folder, indexname
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: deque[Future[ColumnarSegment]] = deque()
        self._runs: list[ColumnarSegment] = []
        self._merges: list[Future[ColumnarSegment]] = []
        self._batch: list[Document] = []
        self._text = 0

    def add(self, document: Document) -> None:
        """Raises what an earlier document was refused for."""
        self._batch.append(document)
        self._text += sum(len(value) for value in document.values() if isinstance(value, str))
        if self._text >= BATCH_TEXT or len(self._batch) >= BATCH_DOCUMENTS:
            self._send()
            while len(self._waiting) > self._procs + _AHEAD:
                self._take()

    def finish(self) -> list[ColumnarSegment]:
        """All that was made, in the order of the documents. Raises what a document was refused for, and
        BrokenProcessPool where a process was killed.
        """
        if self._batch and self._pool is not None:
            self._send()
        while self._waiting:
            self._take()
        segments = [merge.result() for merge in self._merges] + self._runs
        self._merges, self._runs = [], []
        return segments

    def unsent(self) -> list[Document]:
        """The documents for which no process was started."""
        unsent, self._batch, self._text = self._batch, [], 0
        return unsent

    def stop(self) -> None:
        if self._pool is not None:
            for process in list((self._pool._processes or {}).values()):  # its own shutdown would wait for their work
                process.kill()
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _take(self) -> None:
        """Takes a run that was made. Many of them are merged by a worker, while the others go on."""
        self._runs.append(self._waiting.popleft().result())
        if self._pool is not None and len(self._runs) >= MERGED_RUNS:
            self._merges.append(self._pool.submit(_merge_runs, self._runs))
            self._runs = []

    def _send(self) -> None:
        if self._pool is None:
            forked = multiprocessing.get_context("fork")  # a worker that starts anew would load everything again
            self._pool = ProcessPoolExecutor(self._procs, forked, _start_worker, self._start)
        self._waiting.append(self._pool.submit(_make_segment, self._batch))
        self._batch, self._text = [], 0


_builder: SegmentBuilder  # of a worker process
_place: tuple[Any, FileStorage, str]  # of its runs: schema, storage, name of the index


def _start_worker(schema: Any, folder: str, indexname: str) -> None:
    global _builder, _place
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is told to the writer's process, which ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _place = schema, FileStorage(folder), indexname
    _builder = SegmentBuilder(*_place)


def _end_with_parent() -> None:
    """A writer that is killed cannot end its workers, and they would wait for their next batch for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _make_segment(documents: list[Document]) -> ColumnarSegment:
    for document in documents:
        _builder.add(document)
    segment = _builder.finish()
    assert segment is not None  # noqa: S101  a batch is never empty
    return segment


def _merge_runs(runs: list[ColumnarSegment]) -> ColumnarSegment:
    schema, storage, indexname = _place
    return merged(schema, storage, indexname, [opened(storage, run) for run in runs])
