"""The embedded engine: a Whoosh index in a folder, read and written through `search.columnar`."""

from __future__ import annotations

import re
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from whoosh import index, writing
from whoosh.index import LockError

from search import ranking, whoosh_schema
from search.article import Article, from_stored
from search.engine import (
    MAX_SIZE,
    MAX_SUGGESTIONS,
    EngineError,
    Export,
    FacetOrder,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
    Origin,
    Page,
    Search,
    Similar,
    Story,
    Values,
)
from search.query import Query
from search.whoosh_answer import Answer
from search.whoosh_schema import document
from search.whoosh_similar import similar_to
from search.whoosh_stories import StoryWriter, stories_of, told
from search.whoosh_suggest import Suggester
from search.why import Why

LOCK_WAIT = 10.0  # seconds a second writer waits
OPEN_TRIES = 20  # while another process commits, Whoosh's table of contents may point at files already gone
OPEN_PAUSE = 0.05  # seconds between them
FIRST_GENERATION = 1  # that can have articles

_TOC = re.compile(r"_MAIN_([0-9]+)\.toc")


class WhooshEngine:
    """An index in a folder of this machine. Totals, facets and timeline are exact. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._held: Snapshot | None = None
        self._rebuilding = False  # then what another version stored can still be read, to be carried over

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            if self._held is not None:
                self._held.retire()
                self._held = None

    def search(self, search: Search) -> Page:
        with self._lock:
            return self._current().answer(search).page()

    def export(self, search: Search) -> Export:
        with self._lock:
            snapshot = self._current()
            total, searched, batches = snapshot.answer(replace(search, page=1, size=1, cursor="")).export()
            articles = self._read(batches)
            snapshot.hold_for(articles)
            return Export(total, snapshot.generation, articles, searched)

    def _read(self, batches: Iterator[list[Article]]) -> Iterator[Article]:
        """Only while articles are fetched is anybody else kept waiting, not while they are sent to a slow reader."""
        while True:
            with self._lock:
                batch = next(batches, None)
            if batch is None:
                return
            yield from batch

    def values(
        self,
        search: Search,
        field: str,
        *,
        find: str = "",
        order: FacetOrder = FacetOrder.COUNT,
        page: int = 1,
        size: int = MAX_SIZE,
    ) -> Values:
        with self._lock:
            answer = self._current().answer(replace(search, page=1, size=1, cursor=""))
            return answer.values(field, find, order, slice((page - 1) * size, page * size))

    def suggest(self, text: str, limit: int = MAX_SUGGESTIONS, filters: Sequence[Query] = ()) -> tuple[str, ...]:
        with self._lock:
            return Suggester(self._current().searcher, filters, limit).suggest(text)

    def why(self, search: Search, article_id: str) -> Why | None:
        with self._lock:
            snapshot = self._current()
            number = snapshot.searcher.document_number(id=article_id)
            if number is None:
                return None
            return snapshot.answer(replace(search, page=1, size=1, cursor="", receipt=False)).why(number)

    def get(self, article_id: str) -> Article | None:
        with self._lock:
            stored = self._current().searcher.document(id=article_id)
            return from_stored(stored["article"]) if stored else None

    def story(self, article_id: str) -> Story | None:
        with self._lock:
            snapshot = self._current()
            number = snapshot.searcher.document_number(id=article_id)
            if number is None or snapshot.stories is None:
                return None
            return told(snapshot.stories, number)

    def similar(self, article_id: str, limit: int) -> tuple[Similar, ...]:
        with self._lock:
            snapshot = self._current()
            number = snapshot.searcher.document_number(id=article_id)
            groups = snapshot.stories.groups if snapshot.stories else None
            return () if number is None else similar_to(snapshot.searcher, number, limit, groups)

    def count(self) -> int:
        with self._lock:
            return int(self._current().searcher.reader().doc_count())

    def generation(self) -> int:
        with self._lock:
            return self._current().generation

    def state(self) -> str:
        with self._lock:
            current = self._current()
            return f"{current.generation}-{current.written}"

    def origins(self) -> Iterator[Origin]:
        with self._lock:
            reader = self._current().searcher.reader()
            for _, stored in reader.iter_docs():
                yield Origin(**stored["origin"])

    @contextmanager
    def writer(self, *, rebuild: bool = False, jobs: int = 1) -> Iterator[_Writer]:
        try:
            ix = self._open_index()
            _check_version(ix, self._folder, rebuild)
            created = False
        except IndexMissing:
            ix, created = _create(self._folder), True
        try:
            whoosh_writer = StoryWriter(ix, procs=jobs, timeout=LOCK_WAIT, anew=rebuild)
        except LockError:
            raise IndexLocked(f"another indexer is writing to {self._folder}; try again when it has ended") from None
        whoosh_writer.schema = whoosh_schema.whoosh_schema()
        self._rebuilding = rebuild
        with ix.reader() as before:
            try:
                yield _Writer(whoosh_writer, before, rebuild=rebuild)
            except BaseException:
                whoosh_writer.cancel()
                if created:  # or a first run that fails would leave an empty archive that looks ready
                    self._folder.joinpath("_MAIN_0.toc").unlink()
                raise
            finally:
                self._rebuilding = False
        with _translating_errors():
            whoosh_writer.commit(mergetype=writing.CLEAR if rebuild else writing.MERGE_SMALL)

    def _current(self) -> Snapshot:
        """Of the newest commit."""
        newest = self._newest()
        if self._held is None or newest != (self._held.generation, self._held.written):
            self.close()
            ix = self._open_index()
            _check_version(ix, self._folder, self._rebuilding)
            # Named as it was before opening: whatever was committed since is looked for again next time.
            self._held = Snapshot(ix, *newest)
        return self._held

    def _newest(self) -> tuple[int, int]:
        """The newest generation and when it was written; -1 and 0 where there is none."""
        tocs = ((int(found[1]), toc) for toc in self._folder.glob("_MAIN_*.toc") if (found := _TOC.fullmatch(toc.name)))
        try:
            generation, toc = max(tocs, default=(-1, None))
            return generation, toc.stat().st_mtime_ns if toc else 0
        except FileNotFoundError:  # a newer one has taken its place
            return self._newest()

    def _open_index(self) -> Any:
        for _ in range(OPEN_TRIES):
            if not any(self._folder.glob("_MAIN_*.toc")):
                raise IndexMissing(f"there is no index in {self._folder} yet; run: python -m indexer")
            try:
                return index.open_dir(self._folder)
            except (OSError, index.EmptyIndexError) as error:
                cause = error
                time.sleep(OPEN_PAUSE)
            except Exception as error:  # Whoosh raises whatever its unpickling and unpacking meet
                raise IndexDamaged(_damaged(self._folder, error)) from error
        raise IndexDamaged(_damaged(self._folder, cause)) from cause


class Snapshot:
    """One generation, open. It stays readable for those who hold it when it is the newest no longer."""

    def __init__(self, ix: Any, generation: int, written: int) -> None:
        self.searcher = ix.searcher(weighting=ranking.BM25())
        self.stories = stories_of(ix, self.searcher.reader())
        self.generation = generation
        self.written = written  # nanoseconds since 1970
        self._holders: set[int] = set()
        self._retired = False

    def answer(self, search: Search) -> Answer:
        committed = datetime.fromtimestamp(self.written // 1_000_000_000, UTC)
        return Answer(self.searcher, self.generation, committed, search, self.stories)

    def hold_for(self, holder: object) -> None:
        """Until the holder is gone, whether or not it ever read anything."""
        self._holders.add(id(holder))
        weakref.finalize(holder, self._let_go, id(holder))

    def retire(self) -> None:
        self._retired = True
        if not self._holders:
            self.searcher.close()

    def _let_go(self, holder: int) -> None:
        # Without a lock: this is called wherever memory is collected, in the midst of anything.
        self._holders.discard(holder)
        if self._retired and not self._holders:
            self.searcher.close()


def _damaged(folder: Path, cause: Exception) -> str:
    return f"the index in {folder} cannot be read ({cause}); move it away and index again"


def _check_version(ix: Any, folder: Path, rebuild: bool) -> None:
    if whoosh_schema.VERSION_FIELD not in ix.schema and not rebuild:
        raise IndexOutdated(f"the index in {folder} was written by another version; run: python -m indexer --rebuild")


def _create(folder: Path) -> Any:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return index.create_in(folder, whoosh_schema.whoosh_schema())
    except OSError as error:
        raise EngineError(f"cannot write an index to {folder}: {error.strerror or error}") from error


@contextmanager
def _translating_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(f"the index cannot be written ({error.strerror or error}); it is as it was before") from error


class _Writer:
    def __init__(self, whoosh_writer: Any, before: Any, *, rebuild: bool) -> None:
        self._writer = whoosh_writer
        self._before = before  # the index as it was
        self._rebuild = rebuild  # nothing of it stays
        # An index of an older version does not know: all that it has is there from its beginning.
        known = "entered" in before.schema and before.has_column("entered")
        self._entered = before.column_reader("entered") if known else None
        self._put: set[str] = set()

    def put(self, article: Article, origin: Origin) -> None:
        if article.id in self._put:
            raise ValueError(f"{article.id!r} was put before in this block")
        self._put.add(article.id)
        numbers = self._numbers(article.id)
        self._delete(numbers)
        with _translating_errors():
            self._writer.add_document(**document(article, origin, self._generation_of(numbers)))

    def delete(self, article_id: str) -> None:
        self._delete(self._numbers(article_id))

    def _numbers(self, article_id: str) -> list[int]:
        """Of the documents that were the article before: one, or none."""
        if ("id", article_id) not in self._before:
            return []
        return list(self._before.postings("id", article_id).all_ids())

    def _delete(self, numbers: list[int]) -> None:
        for number in () if self._rebuild else numbers:
            self._writer.delete_document(number)

    def _generation_of(self, numbers: list[int]) -> int:
        """In which an article was new that was these documents before."""
        if not numbers:
            return int(self._writer.generation)
        return FIRST_GENERATION if self._entered is None else int(self._entered[numbers[0]])
