"""What every engine offers, and the records that pass between it and its callers.

Errors, all of them translated at an engine's own door:

    EngineError
    ├── IndexMissing       there is no index at this address yet
    ├── IndexDamaged       there is one, and it cannot be read; nothing was deleted
    ├── IndexOutdated      it was written under an older schema and needs `--rebuild`
    ├── IndexLocked        another writer is at work
    ├── SearchTimedOut     what can be said of a whole answer only would take too long
    └── SearchRefused      the engine's bounds do not admit this search
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

from search.article import Article
from search.holdings import Holdings
from search.query import All, Query
from search.receipt import Receipt
from search.remedies import Remedy
from search.why import Why

SEARCH_SECONDS = 5  # that a search may take before it answers with what it has
MAX_SIZE = 100  # hits on one page
MAX_REPORTS = 200  # of a story that are told
MAX_PUBLISHERS = 10  # of a story that are named
MAX_WINDOW = 10_000  # page * size: the last hit that can be reached by page number
MAX_SUGGESTIONS = 10
MAX_BUCKETS = 100  # values of one facet in an answer, the chosen ones beside


class EngineError(Exception):
    """str() says in the operator's words what is wrong and how to mend it."""


class IndexMissing(EngineError):
    pass


class IndexDamaged(EngineError):
    pass


class IndexOutdated(EngineError):
    pass


class IndexLocked(EngineError):
    pass


class SearchTimedOut(EngineError):
    """Nothing is said rather than a part of it, which could pass for the whole."""


class SearchRefused(EngineError):
    """parameter: by whose name an address asks for what is refused"""

    def __init__(self, message: str, parameter: str = "q") -> None:
        super().__init__(message)
        self.parameter = parameter


class Sort(StrEnum):
    RELEVANCE = "relevance"  # best first; every article alike (no query) means newest first
    RECENT = "recent"  # best first too, by a score that halves with every schema.HALF_LIFE of age
    NEWEST = "newest"
    OLDEST = "oldest"  # undated articles are last in both orders by date
    INDEXED = "indexed"  # newest in the archive first, whatever their dates


class Match(StrEnum):
    AUTO = "auto"  # all bare words; any of them where nothing has them all, or too little for a question of many words
    ALL = "all"
    ANY = "any"


class FacetOrder(StrEnum):
    COUNT = "count"  # the most frequent first, of equal ones by value
    NAME = "name"


class Interval(StrEnum):
    DECADE = "decade"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Search:
    """One question to an engine. Raises ValueError for a page or size out of bounds."""

    query: Query = field(default_factory=All)
    filters: tuple[Query, ...] = ()  # unscored; all of them must hold
    sort: Sort = Sort.RELEVANCE
    match: Match = Match.AUTO
    related: bool = True  # whether words of the best articles may help to order the others
    spellings: bool = True  # whether bare words are found in other spellings too that the archive prints
    page: int = 1  # counts from 1
    size: int = 10  # 1 to MAX_SIZE
    since: int | None = None  # a generation: only articles that entered the archive after it
    cursor: str = ""  # of an answer to this search: the hits behind those of that answer, in place of a page
    receipt: bool = False  # whether the answer is to say part by part what was searched, and what would find more
    fold: bool = False  # whether of the reports of one story only the first in the order is a hit

    def __post_init__(self) -> None:
        if not 1 <= self.size <= MAX_SIZE:
            raise ValueError(f"size is 1 to {MAX_SIZE}, not {self.size}")
        if self.page < 1:
            raise ValueError(f"page counts from 1, not {self.page}")
        if self.page * self.size > MAX_WINDOW:
            raise ValueError(f"only the first {MAX_WINDOW:,} hits can be reached by page; go on by cursor")
        if self.cursor and self.page > 1:
            raise ValueError("a cursor takes the place of a page; give one of them")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, matched by the query or not. Never HTML."""

    text: str
    matched: bool = False


Snippet = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    article: Article
    score: float  # higher is better; comparable within one answer only; 0.0 in an order by date
    snippet: Snippet  # opening words, unmatched, where nothing in the body matches; empty without a body
    title_pieces: Snippet  # empty without a title
    story: Story | None = None  # of which it is a report, without the reports; None where it is alone
    alike: int = 1  # articles of the answer that are of its story, itself among them


@dataclass(frozen=True, slots=True)
class Bucket:
    value: str
    count: int
    selected: bool = False


@dataclass(frozen=True, slots=True)
class TimeBucket:
    start: date  # first day of the period
    count: int
    archive: int = 0  # articles of that period in the archive, whatever was asked; 0 is a gap of the archive itself


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to one Search. A page past the end has no hits and the true total."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[Bucket, ...]]  # by field; a facet's counts ignore the filter on that field
    timeline: tuple[TimeBucket, ...]  # dated articles of the answer by period, oldest first, empty periods included
    interval: Interval
    generation: int  # of the index that answered
    relaxed: bool = False  # any of the bare words was enough
    ignored: tuple[str, ...] = ()  # stop words left out, as typed
    truncated: tuple[str, ...] = ()  # prefixes and fuzzy words that stand for more words than were searched
    related: tuple[str, ...] = ()  # words that helped to order a relaxed question's articles
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # other ones searched too, by word as typed
    suggestion: str | None = None  # a corrected query that has hits, where this one has none, or hardly any
    before: int = 0  # hits that come before these; behind a cursor, as many as there were when it was made
    cursor: str | None = None  # with which the same search goes on behind these hits; None where nothing is left
    searched: Query = field(default_factory=All)  # what was really asked: relaxed, with other spellings; for marks
    cardinality: Mapping[str, int] = field(default_factory=dict)  # how many values each facet has, shown or not
    committed: datetime = datetime(1970, 1, 1, tzinfo=UTC)  # when that generation was written
    receipt: Receipt | None = None  # where it was asked for
    correction: Remedy | None = None  # the suggestion, with what it finds
    remedies: tuple[Remedy, ...] = ()  # with a receipt, where nothing has all that was asked for
    stories: int = 0  # that its articles report, those that are alone counted too
    rows: int = 0  # hits on all pages together: the stories where they are folded, else the articles
    partial: bool = (
        False  # time ran out: hits and counts are of a part of the archive, and what is said besides may lack
    )


@dataclass(frozen=True, slots=True)
class Export:
    """All hits of a Search, of one generation however long it takes to read them.

    articles: in the order of the search; to be read once, by one thread. Reading raises EngineError
    searched: what was really asked, as Page has it
    """

    total: int
    generation: int
    articles: Iterator[Article]
    searched: Query


@dataclass(frozen=True, slots=True)
class Similar:
    """An article about the same matter as another.

    likeness: above 0, 1 at most; of what tells the other from the rest of the archive, how much this one has
    shared: words that both have and few others, as the other one prints them, the most telling first
    """

    article: Article
    likeness: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """A page of one facet of an answer, however many values it has."""

    buckets: tuple[Bucket, ...]  # those asked for, without the chosen ones
    chosen: tuple[Bucket, ...]  # what the search is filtered by in this field, in its order there
    found: int  # values asked for, on all pages together, without the chosen ones
    cardinality: int  # values with articles, asked for or not
    total: int  # articles of the answer, whatever is chosen in this field
    generation: int  # of the index that answered


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that report the same event, or print the same text.

    id: the same as long as the earliest of them is the same
    total: how many they are
    first, last: days of the earliest and the latest; None where all are undated
    publishers: who printed them, the most reports first; at most MAX_PUBLISHERS
    reports: some of them, or all, as whoever gives the story says
    """

    id: str
    total: int
    first: date | None
    last: date | None
    publishers: tuple[str, ...]
    reports: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an indexed article came from: the indexer's memory, kept in the index itself and shown to nobody.

    source: the SOURCE it was read from, as an absolute path; empty for standard input
    digest: of the bytes it was made from and the version of the rules that made it
    """

    article_id: str
    source: str
    path: str
    digest: str
    indexed: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """A commit that is kept, read through.

    articles: None where it cannot be opened
    damages: what is wrong with it, each naming a file; empty where all of it is as it was written
    """

    generation: int
    articles: int | None
    damages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """damages: of the index itself, not of one commit
    commits: that are kept, the newest first
    """

    damages: tuple[str, ...]
    commits: tuple[Checked, ...]

    @property
    def whole(self) -> bool:
        return not self.damages and not any(commit.damages for commit in self.commits)


class Writer(Protocol):
    """Changes that become visible together when the with-block is left cleanly, and not at all when it raises."""

    def put(self, article: Article, origin: Origin) -> None:
        """Adds the article, or replaces the one with its id. Raises ValueError for a second put of an id in a block."""

    def delete(self, article_id: str) -> None:
        """Takes an article out; one that is not there is no error."""

    def remove(self, article_id: str, moment: datetime | None = None) -> None:
        """Takes an article down: its text is gone from all that the engine keeps when the block is left, and to put it
        does nothing until it is readmitted. One that is not there is remembered all the same.

        moment: when that was decided; None for now
        """

    def readmit(self, article_id: str) -> None:
        """Lets an article be put again that was removed; one that was not is no error."""


class Engine(Protocol):
    """A searchable archive. Engines are context managers; leaving one closes it. Every method may raise EngineError."""

    def search(self, search: Search) -> Page:
        """Best hits first, ties in a fixed order. Answers from the newest commit, with what it has when time is out.

        Raises SearchRefused for a cursor that is not this search's, and for a generation that is still to come.
        """

    def export(self, search: Search) -> Export:
        """All hits, in memory that does not grow with their number; page, size and cursor do not matter.

        Raises SearchTimedOut, and SearchRefused for a generation that is still to come.
        """

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
        """The values that a facet of the search's answer has; its counts ignore the filter on that field.

        field: of `search.schema.FACETS`
        find: words that begin some word of a value, each of them; empty admits every value
        page: counted from 1; one past the end is empty

        Raises SearchTimedOut.
        """

    def suggest(self, text: str, limit: int = MAX_SUGGESTIONS, filters: Sequence[Query] = ()) -> tuple[str, ...]:
        """What a text that is being typed may become, as whole queries, each of which has hits that the filters admit.

        Its last words are completed by words and phrases of titles and by names of authors, places and publishers; what
        stands before them stays. What completes more of its words together comes first, then what more articles have.
        """

    def get(self, article_id: str) -> Article | None: ...

    def story(self, article_id: str) -> Story | None:
        """The story of an article with its other reports by day, the undated last, at most MAX_REPORTS; None where no
        other article reports the same, or there is no such article.
        """

    def similar(self, article_id: str, limit: int) -> tuple[Similar, ...]:
        """The most similar first, in the article's own language; none for an article that is not there. Other reports
        of its story, all but one of any other story, and copies are left out.
        """

    def why(self, search: Search, article_id: str) -> Why | None:
        """Why an article is among all the hits of a search, or is not; None where there is no such article.

        Raises SearchTimedOut.
        """

    def count(self) -> int:
        """Articles in the index."""

    def holdings(self) -> Holdings:
        """Counted once for a generation."""

    def generation(self) -> int:
        """Grows by one with every commit."""

    def state(self) -> str:
        """Another one after every commit, and for an index made anew, which counts its generations from the start."""

    def damage(self) -> str:
        """Why it is not the newest commit that answers, and which one does; empty where it is the newest."""

    def origins(self) -> Iterator[Origin]:
        """Of every article, in no order."""

    def removed(self) -> Mapping[str, datetime]:
        """Articles that were taken down, by id, and when."""

    def writer(self, *, rebuild: bool = False, jobs: int = 1) -> AbstractContextManager[Writer]:
        """`rebuild` begins from nothing and swaps the new index in whole; `jobs` is how many processes may analyse.

        Raises IndexLocked.
        """

    def verify(self) -> Verification:
        """Reads the whole index through. Raises IndexMissing; damage is its answer and no error."""

    def backup(self, folder: Path) -> Checked:
        """Makes the newest commit an index of its own in a new or empty folder, while others search and write.

        Raises IndexDamaged where it is not whole.
        """

    def restore(self, folder: Path) -> Checked:
        """Makes a backup the newest commit, in one step. The commits before it stay as long as they would.

        Raises IndexMissing, IndexDamaged where the backup is not whole, IndexLocked.
        """

    def pinned(self) -> Engine:
        """The same archive, for one reader and to be closed soon. All that it answers is of the generation that was the
        newest when it was first asked, so answers to several questions belong together.
        """

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...
