"""The embedded engine: a Whoosh index in a folder, read and written through `search.columnar`."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any, Self, TypeVar

from whoosh import writing
from whoosh.query import Term

from search import disk, whoosh_removed, whoosh_schema
from search.answer import Answer
from search.article import Article
from search.columnar.evaluate import evaluate
from search.columnar.format import DamagedFileError
from search.deadline import Clock, Deadline
from search.engine import (
    MAX_SIZE,
    MAX_SUGGESTIONS,
    SEARCH_SECONDS,
    Checked,
    EngineError,
    Export,
    FacetOrder,
    IndexDamaged,
    IndexOutdated,
    Origin,
    Page,
    Search,
    Similar,
    Story,
    Values,
    Verification,
)
from search.generations import Hold
from search.holdings import PARTS, Holdings
from search.query import Query
from search.similar import similar_to
from search.suggester import Suggester
from search.whoosh_index import WhooshIndex
from search.whoosh_ranking import BM25
from search.whoosh_schema import document
from search.whoosh_store import Generation, WhooshStore
from search.whoosh_stories import StoryWriter, stories_of, told
from search.why import Why

FIRST_GENERATION = 1  # that can have articles

T = TypeVar("T")


class WhooshEngine:
    """An index in a folder of this machine. Totals, facets and timeline are exact. Safe to share between threads."""

    def __init__(self, folder: Path, *, seconds: float = SEARCH_SECONDS, now: Clock = perf_counter) -> None:
        self._folder = folder
        self._seconds = seconds  # that one search may take
        self._now = now
        self._store = WhooshStore(folder)
        self._lock = threading.Lock()  # of which snapshot is asked, not of asking it
        self._held: Snapshot | None = None
        self._newest = b""  # commit when that was opened
        self._rebuilding = False  # then what another version stored can still be read, to be carried over

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def pinned(self) -> PinnedEngine:
        return PinnedEngine(self)

    def close(self) -> None:
        self._held = None

    def search(self, search: Search) -> Page:
        return self._ask(lambda snapshot: self._answer(snapshot, search).page())

    def export(self, search: Search) -> Export:
        def begun(snapshot: Snapshot) -> Export:
            total, searched, batches = self._answer(snapshot, replace(search, page=1, size=1, cursor="")).export()
            return Export(total, snapshot.generation, self._read(snapshot, batches), searched)

        return self._ask(begun)

    def _read(self, snapshot: Snapshot, batches: Iterator[list[Article]]) -> Iterator[Article]:
        try:
            for batch in batches:
                yield from batch
        except DamagedFileError as error:
            self._condemn(snapshot, error)
            raise IndexDamaged(f"the index in {self._folder} is damaged ({error}); ask again") from error

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
        chosen = slice((page - 1) * size, page * size)
        asked = replace(search, page=1, size=1, cursor="")
        return self._ask(lambda snapshot: self._answer(snapshot, asked).values(field, find, order, chosen))

    def suggest(self, text: str, limit: int = MAX_SUGGESTIONS, filters: Sequence[Query] = ()) -> tuple[str, ...]:
        return self._ask(lambda snapshot: Suggester(snapshot.index(), filters, limit).suggest(text))

    def why(self, search: Search, article_id: str) -> Why | None:
        asked = replace(search, page=1, size=1, cursor="", receipt=False)
        return self._ask(lambda snapshot: self._answer(snapshot, asked).why(article_id))

    def get(self, article_id: str) -> Article | None:
        return self._ask(lambda snapshot: snapshot.index().article(article_id))

    def story(self, article_id: str) -> Story | None:
        def found(snapshot: Snapshot) -> Story | None:
            number = snapshot.number(article_id)
            return None if number is None or snapshot.stories is None else told(snapshot.stories, number)

        return self._ask(found)

    def similar(self, article_id: str, limit: int) -> tuple[Similar, ...]:
        return self._ask(lambda snapshot: similar_to(snapshot.index(), article_id, limit))

    def count(self) -> int:
        return self._ask(lambda snapshot: int(snapshot.searcher.reader().doc_count()))

    def holdings(self) -> Holdings:
        return self._ask(lambda snapshot: snapshot.holdings)

    def generation(self) -> int:
        return self._ask(lambda snapshot: snapshot.generation)

    def state(self) -> str:
        return self._ask(lambda snapshot: f"{snapshot.generation}-{snapshot.of.digest}")

    def damage(self) -> str:
        return self._ask(lambda _: self._store.damage)

    def origins(self) -> Iterator[Origin]:
        def listed(snapshot: Snapshot) -> list[Origin]:
            return [Origin(**stored["origin"]) for _, stored in snapshot.searcher.reader().iter_docs()]

        return iter(self._ask(listed))

    def removed(self) -> Mapping[str, datetime]:
        return self._ask(lambda snapshot: snapshot.removed)

    @contextmanager
    def writer(self, *, rebuild: bool = False, jobs: int = 1) -> Iterator[_Writer]:
        with ExitStack() as stack:
            with _translating_errors(self._folder):
                draft, ix = stack.enter_context(self._store.writing(_created))
                _check_version(ix, self._folder, rebuild)
                whoosh_writer = StoryWriter(ix, procs=jobs, generation=draft.generation, anew=rebuild)
                whoosh_writer.schema = whoosh_schema.whoosh_schema()
                before = stack.enter_context(ix.reader())
                removed = whoosh_removed.from_bytes(draft.side_file(whoosh_removed.FILE))
            self._rebuilding = rebuild
            writer = _Writer(whoosh_writer, before, self._folder, removed, rebuild=rebuild)
            try:
                yield writer
            except BaseException:
                whoosh_writer.cancel()
                raise
            finally:
                self._rebuilding = False
            with _translating_errors(self._folder):
                whoosh_writer.commit(mergetype=writing.CLEAR if rebuild else writer.merging())
                if writer.removed != removed:
                    draft.write_side_file(whoosh_removed.FILE, whoosh_removed.to_bytes(writer.removed))
                draft.is_purge = bool(writer.taken_down)
                draft.publish()

    def verify(self) -> Verification:
        with _opening(self._folder):
            return self._store.verify()

    def backup(self, folder: Path) -> Checked:
        with _translating_errors(folder):
            return self._store.backup(folder)

    def restore(self, folder: Path) -> Checked:
        with _translating_errors(self._folder):
            return self._store.restore(folder)

    def _answer(self, snapshot: Snapshot, search: Search) -> Answer:
        deadline = Deadline.after(self._seconds, self._now)
        return Answer(snapshot.index(deadline), search, deadline)

    def _ask(self, ask: Callable[[Snapshot], T]) -> T:
        """Of the newest commit; of the one before where that turns out to be damaged on the way."""
        while True:
            with self._lock:
                snapshot = self._current()
            try:
                return ask(snapshot)
            except DamagedFileError as error:
                self._condemn(snapshot, error)

    def _condemn(self, snapshot: Snapshot, error: DamagedFileError) -> None:
        with self._lock:
            self._store.condemn(snapshot.of, error)
            if self._held is snapshot:
                self._held = None

    def _current(self) -> Snapshot:
        with _opening(self._folder):
            newest = self._store.newest()
            if self._held is not None and newest == self._newest:
                return self._held
            self._held = None  # or it would stay where the next one cannot be opened
            self._held = self._store.open(self._snapshot)
            # As it was before opening: whatever was committed since is looked for again next time.
            self._newest = newest
            return self._held

    def _snapshot(self, generation: Generation) -> Snapshot:
        _check_version(generation.index, self._folder, self._rebuilding)
        return Snapshot(generation)


class PinnedEngine(WhooshEngine):
    """The same index through one snapshot, which it shares with everybody who has asked since the same commit."""

    def __init__(self, engine: WhooshEngine) -> None:
        super().__init__(engine._folder, seconds=engine._seconds, now=engine._now)
        self._engine = engine
        self._lock = engine._lock
        self._store = engine._store

    def _current(self) -> Snapshot:
        if self._held is None:
            self._held = self._engine._current()
        return self._held

    def _condemn(self, snapshot: Snapshot, error: DamagedFileError) -> None:
        """What was answered before stays as it is; what follows is of the generation that can be read."""
        super()._condemn(snapshot, error)
        self._engine._condemn(snapshot, error)


class Snapshot:
    """One generation, open for as long as anybody refers to it, also when it is the newest no longer. Threads share it:
    what they find of it they keep in caches that allow for that, and in nothing else.
    """

    def __init__(self, of: Generation) -> None:
        self.searcher = of.index.searcher(weighting=BM25())
        self.stories = stories_of(of.index, self.searcher.reader())
        self.removed = whoosh_removed.from_bytes(of.side_file(whoosh_removed.FILE))
        self.of = of
        self.generation = of.number
        weakref.finalize(self, _close, self.searcher, of.hold)  # in the midst of anything, so without a lock

    def index(self, deadline: Deadline = Deadline()) -> WhooshIndex:  # noqa: B008  it is frozen, and never ends
        committed = datetime.fromtimestamp(self.of.manifest.written // 1_000_000_000, UTC)
        return WhooshIndex(self.searcher, self.generation, committed, self.stories, deadline)

    def number(self, article_id: str) -> int | None:
        """Of the document that is the article."""
        found: int | None = self.searcher.document_number(id=article_id)
        return found

    @cached_property
    def holdings(self) -> Holdings:
        without = {part: evaluate(self.searcher, Term("lacks", part), limit=0).total for part in PARTS}
        return Holdings(int(self.searcher.reader().doc_count()), without)


def _close(searcher: Any, hold: Hold) -> None:
    searcher.close()
    hold.release()


def _check_version(ix: Any, folder: Path, rebuild: bool) -> None:
    if whoosh_schema.VERSION_FIELD not in ix.schema and not rebuild:
        raise IndexOutdated(f"the index in {folder} was written by another version; run: python -m indexer --rebuild")


def _created(storage: Any) -> Any:
    return storage.create_index(whoosh_schema.whoosh_schema())


@contextmanager
def _opening(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(f"the index in {folder} cannot be opened: {error}") from error


@contextmanager
def _translating_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(
            f"the index in {folder} cannot be written: {disk.reason(error)}; it is as it was before"
        ) from error
    except BrokenProcessPool as error:
        raise EngineError(
            f"the index in {folder} was not written: a process that makes it died, perhaps for want of memory "
            "(--jobs 1 takes least); it is as it was before"
        ) from error
    except DamagedFileError as error:
        raise IndexDamaged(
            f"the index in {folder} is damaged ({error}), so nothing was written; --verify tells more, "
            "--restore brings a backup back, --rebuild makes a new index"
        ) from error


class _Writer:
    """removed: what is taken down when the block is left; taken_down: of that, what this block took down"""

    def __init__(
        self, whoosh_writer: Any, before: Any, folder: Path, removed: Mapping[str, datetime], *, rebuild: bool
    ) -> None:
        self.removed = dict(removed)
        self.taken_down: set[str] = set()
        self._writer = whoosh_writer
        self._folder = folder
        self._before = before  # the index as it was
        self._rebuild = rebuild  # nothing of it stays
        # An index of an older version does not know: all that it has is there from its beginning.
        known = "entered" in before.schema and before.has_column("entered")
        self._entered = before.column_reader("entered") if known else None
        self._put: set[str] = set()

    def put(self, article: Article, origin: Origin) -> None:
        if article.id in self._put:
            raise ValueError(f"{article.id!r} was put before in this block")
        if article.id in self.removed:
            return
        self._put.add(article.id)
        with _translating_errors(self._folder):
            numbers = self._numbers(article.id)
            self._delete(numbers)
            self._writer.add_document(**document(article, origin, self._generation_of(numbers)))

    def delete(self, article_id: str) -> None:
        with _translating_errors(self._folder):
            self._delete(self._numbers(article_id))

    def remove(self, article_id: str, moment: datetime | None = None) -> None:
        if article_id in self._put:
            raise ValueError(f"{article_id!r} was put in this block")
        self.removed.setdefault(article_id, moment or whoosh_removed.now())
        self.taken_down.add(article_id)
        self.delete(article_id)

    def readmit(self, article_id: str) -> None:
        self.removed.pop(article_id, None)
        self.taken_down.discard(article_id)

    def merging(self) -> whoosh_removed.Policy:
        return whoosh_removed.merging(self._before, self.taken_down)

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
