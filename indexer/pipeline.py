"""From SOURCES to an index that says what they say now: changes are extracted in parallel and put by one writer."""

from __future__ import annotations

import functools
import itertools
import os
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import PurePosixPath

from indexer.extract import EXTRACTION_VERSION, article_or_reason, extract
from indexer.memory import Memory, origins_of, removed_from
from indexer.sandbox import Call, Exceeded
from indexer.sources import Awaited, Failure, Item, LeftOut, Source, Unread, printable, read, resolve
from search.article import Article
from search.engine import Engine, IndexMissing, Origin, Writer
from search.holdings import PARTS, lacking

FEW_ITEMS = 16  # up to so many, and
FEW_BYTES = 4 * 1024 * 1024  # so much of them, are extracted sooner by one process than several start
ITEMS_IN_FLIGHT = 4  # for each process: read, and not written yet
BYTES_IN_FLIGHT = 128 * 1024 * 1024  # of all of them together

Progress = Callable[[int], object]
Made = Article | str  # an article, or the reason why there is none


@dataclass(frozen=True, slots=True)
class Report:
    """What a run changed, or a dry run would change.

    unchanged: the same bytes at the same path, under the same extraction version
    removed:   items that stand in the SOURCES and were taken down; they stay out
    left_out:  files that are no captures
    documents: articles in the index when the run was over, and its generation; 0 where there is no index
    without_title, without_date, without_body: of those added or updated, how many lack it
    """

    added: int
    updated: int
    unchanged: int
    deleted: int
    removed: int
    failed: tuple[Failure, ...]
    left_out: int
    documents: int
    generation: int
    seconds: float
    without_title: int = 0
    without_date: int = 0
    without_body: int = 0


def index(
    sources: Iterable[str],
    engine: Engine,
    *,
    jobs: int | None = None,
    rebuild: bool = False,
    dry_run: bool = False,
    allow_deletes: bool = False,
    columns: Mapping[str, str] = {},
    progress: Progress = lambda _: None,
    memory: Memory | None = None,
) -> Report:
    """Makes the index say what the SOURCES say now; articles of other sources stay.

    jobs is how many processes extract, and how many analyse; None is one for each core. A rebuild extracts and writes
    everything anew.
    A run that would delete more than half of a source's articles deletes none of them without `allow_deletes`.
    `columns` names those of tables, as in `parse_columns`. `progress` is told the bytes of each item that is done with.
    `memory` is what earlier runs left to this one: only files that changed are read, and the outcome is the same.

    Raises EngineError. Whatever it raises, the index is as it was before.
    """
    begun = time.perf_counter()
    processes = jobs or os.cpu_count() or 1
    with ExitStack() as stack:

        @functools.cache
        def writer() -> Writer:
            return _DryWriter() if dry_run else stack.enter_context(engine.writer(rebuild=rebuild, jobs=processes))

        if rebuild:
            writer()  # takes the lock before `origins` is read: what another indexer commits in between would be lost
        known = memory.origins(engine) if memory else origins_of(engine)
        survey = _Survey(
            resolve(sources),
            known,
            removed_from(engine),
            everything=rebuild,
            columns=columns,
            progress=progress,
            memory=memory,
        )
        written: dict[str, Origin] = {}
        without: Counter[str] = Counter()
        for item, made in stack.enter_context(closing(extracted(survey.due(), processes))):
            if isinstance(made, str):
                survey.refuse(item, made)
            else:
                origin = survey.origin(item)
                writer().put(replace(made, indexed=origin.indexed), origin)
                written[item.article_id] = origin
                without.update(lacking(made))
                survey.counts[survey.change(item)] += 1
            progress(len(item.data))
        gone = survey.gone(allow_deletes)
        for article_id in gone:
            writer().delete(article_id)
        if rebuild:
            kept = survey.known.keys() - written.keys() - gone
            survey.failed += carry_over((survey.known[article_id] for article_id in kept), engine, writer())
    if memory and not dry_run:
        memory.learn(engine, written, gone, commits=1 if rebuild or written or gone else 0)
    return Report(
        added=survey.counts[Change.ADDED],
        updated=survey.counts[Change.UPDATED],
        unchanged=survey.counts[Change.UNCHANGED],
        deleted=len(gone),
        removed=survey.counts[Change.REMOVED],
        failed=tuple(survey.failed),
        left_out=survey.left_out,
        documents=count_of(engine),
        generation=generation_of(engine),
        seconds=round(time.perf_counter() - begun, 3),
        **{f"without_{part}": without[part] for part in PARTS},
    )


def articles(
    sources: Iterable[str],
    *,
    jobs: int | None = None,
    columns: Mapping[str, str] = {},
) -> Generator[Article | Failure, None, None]:
    """The articles of the SOURCES as they would be indexed, without an index. What could not be read comes last."""
    survey = _Survey(resolve(sources), {}, frozenset(), columns=columns)
    with closing(extracted(survey.due(), jobs or os.cpu_count() or 1)) as found:
        for item, made in found:
            yield item.failure(made) if isinstance(made, str) else made
    yield from survey.failed


class Change(Enum):
    ADDED = auto()
    UPDATED = auto()
    UNCHANGED = auto()
    REMOVED = auto()  # and stays out


class _Survey:
    """What stands in the SOURCES, held against what is known of the index."""

    def __init__(
        self,
        sources: tuple[Source, ...],
        known: Mapping[str, Origin],
        removed: Collection[str],
        *,
        everything: bool = False,
        columns: Mapping[str, str] = {},
        progress: Progress = lambda _: None,
        memory: Memory | None = None,
    ) -> None:
        self.known = known
        self._removed = removed
        self.failed: list[Failure] = []
        self.counts: Counter[Change] = Counter()
        self.left_out = 0
        self._sources = sources
        self._everything = everything
        self._columns = columns
        self._progress = progress
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._places: dict[str, tuple[str, str]] = {}  # SOURCE and place of every id of this run
        self._unread: set[tuple[str, str]] = set()  # source and path
        self._refused = memory.refused if memory else {}
        self._files = memory.files if memory else None
        if self._files:
            self._files.begin()
            self._files.settled = self._is_settled

    def due(self) -> Iterator[Item]:
        """The items to be extracted; counts the others."""
        for found in itertools.chain.from_iterable(read(one, self._columns, self._files) for one in self._sources):
            match found:
                case LeftOut():
                    self.left_out += 1
                case Unread(source, path, failure):
                    self._unread.add((source, path))
                    self.failed.append(failure)
                case Awaited(source, path):
                    self._unread.add((source, path))
                case Item():
                    if self.change(found) is Change.REMOVED:
                        self.counts[Change.REMOVED] += 1
                    elif conflict := self._conflict(found):
                        self.failed.append(found.failure(conflict))
                    elif refusal := self._refusal(found):
                        self.failed.append(found.failure(refusal))
                    elif self._everything or self.change(found) is not Change.UNCHANGED:
                        yield found
                        continue
                    else:
                        self.counts[Change.UNCHANGED] += 1
                    self._progress(len(found.data))

    def _conflict(self, item: Item) -> str | None:
        """What speaks against indexing an item under its id; None takes the id for it."""
        source = item.source or "standard input"
        origin = self.known.get(item.article_id)
        if origin is not None and origin.source != item.source:
            before = origin.source or "standard input"
            return f"its id {item.article_id} was indexed from {before}, which keeps it; {source} has it too"
        if item.article_id in self._places:
            first_source, first_place = self._places[item.article_id]
            if first_source == source:
                return (
                    f"its id {item.article_id} stands in {first_place} already, which is indexed; {item.place} is not"
                )
            return f"its id {item.article_id} stands in {first_source} already, which is indexed; {source} has it too"
        self._places[item.article_id] = (source, item.place)
        return None

    def _is_settled(self, item: Item) -> bool:
        """Whether nothing would come of reading it again."""
        if self.change(item) in (Change.UNCHANGED, Change.REMOVED):
            return not self._everything
        return self._refusal(item) is not None

    def _refusal(self, item: Item) -> str | None:
        return self._refused.get((item.article_id, _digest(item)))

    def refuse(self, item: Item, reason: str) -> None:
        self.failed.append(item.failure(reason))
        self._refused[item.article_id, _digest(item)] = reason

    def change(self, item: Item) -> Change:
        if item.article_id in self._removed:
            return Change.REMOVED
        origin = self.known.get(item.article_id)
        if origin is None:
            return Change.ADDED
        same = (origin.digest, origin.path) == (_digest(item), item.path)
        return Change.UNCHANGED if same else Change.UPDATED

    def origin(self, item: Item) -> Origin:
        known = self.known.get(item.article_id)
        indexed = self._now if known is None else known.indexed
        return Origin(item.article_id, item.source, item.path, _digest(item), indexed)

    def gone(self, allow_deletes: bool) -> set[str]:
        """Ids that were indexed from these SOURCES and stand there no longer; to be asked when all is read."""
        held = Counter(origin.source for origin in self.known.values())
        gone: dict[str, set[str]] = defaultdict(set)
        for origin in self.known.values():
            if origin.article_id not in self._places and not self._is_unread(origin):
                gone[origin.source].add(origin.article_id)
        deleted: set[str] = set()
        for source in self._sources:
            missing = len(gone[source.name])
            if not source.name:
                continue  # standard input says nothing of what it leaves out
            if missing * 2 <= held[source.name] or allow_deletes:
                deleted |= gone[source.name]
            else:
                reason = f"{missing} of its {held[source.name]} articles are gone, more than half; none was deleted"
                reason += "; if they are meant to go, add --allow-deletes"
                self.failed.append(Failure(printable(source.given), reason))
        return deleted

    def _is_unread(self, origin: Origin) -> bool:
        """Whether an unread path is that of this article, or a folder above it."""
        above = (str(folder) for folder in PurePosixPath(origin.path).parents)
        return any((origin.source, path) in self._unread for path in ("", origin.path, *above))


def _digest(item: Item) -> str:
    return f"{item.digest}-{EXTRACTION_VERSION}"


def count_of(engine: Engine) -> int:
    """Articles in the index; 0 where there is none."""
    return _or_zero(engine.count)


def generation_of(engine: Engine) -> int:
    """Of the index; 0 where there is none."""
    return _or_zero(engine.generation)


def _or_zero(number: Callable[[], int]) -> int:
    try:
        return number()
    except IndexMissing:
        return 0


def carry_over(
    origins: Iterable[Origin], engine: Engine, writer: Writer, progress: Progress = lambda _: None
) -> Iterator[Failure]:
    """Puts articles of an index as they are into the one that is written; `progress` is told of each."""
    for origin in origins:
        article = engine.get(origin.article_id)
        if article is None:
            yield Failure(origin.path, f"the index lists it as {origin.article_id} and does not have it")
        else:
            writer.put(article, origin)
        progress(1)


class _DryWriter:
    """Writes nothing."""

    def put(self, article: Article, origin: Origin) -> None:
        pass

    def delete(self, article_id: str) -> None:
        pass

    def remove(self, article_id: str, moment: datetime | None = None) -> None:
        pass

    def readmit(self, article_id: str) -> None:
        pass


def extracted(items: Iterable[Item], jobs: int) -> Generator[tuple[Item, Made], None, None]:
    """Each item with its article, or with the reason why there is none, in their order.

    Captures are read in worker processes (`sandbox.py`): a few of them in one, more in as many as there are jobs.
    """
    items = iter(items)
    first: list[Item] = []
    processes = 1
    for item in items:
        first.append(item)
        if len(first) > FEW_ITEMS or sum(len(one.data) for one in first) > FEW_BYTES:
            processes = jobs
            break
    flight = _Flight(processes)
    try:
        for item in itertools.chain(first, items):
            while not flight.has_room(item):
                yield flight.land()
            flight.start(item)
        while flight:
            yield flight.land()
    finally:
        flight.abandon()


class _Flight:
    """Items on their way through worker processes; they land in the order in which they started."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._items: deque[tuple[Item, Article | Call[Made]]] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def has_room(self, item: Item) -> bool:
        """Always true when nothing is in flight."""
        size = sum(len(flying.data) for flying, _ in self._items)
        fits = len(self) < self._processes * ITEMS_IN_FLIGHT and size + len(item.data) <= BYTES_IN_FLIGHT
        return fits or not self._items

    def start(self, item: Item) -> None:
        self._items.append((item, item.article or _call(self._processes, item)))

    def land(self) -> tuple[Item, Made]:
        item, made = self._items.popleft()
        if isinstance(made, Article):
            return item, made
        try:
            return item, made.result()
        except Exceeded as error:
            return item, str(error)

    def abandon(self) -> None:
        for _, made in self._items:
            if isinstance(made, Call):
                made.cancel()


def _call(processes: int, item: Item) -> Call[Made]:
    return Call(processes, article_or_reason, extract, item.data, item.article_id, item.path, item.fetched)
