"""What an answer asks of an engine's index: one generation, for one search, until its time is out.

`search.answer`, `search.suggester` and others know how to answer, and no engine; an engine's index knows how to find
and count. Documents are named by their article's id.

What may be asked several at once is told in the order in which it was asked, and no sooner than it is read. An index on
this machine finds out one after another, so whoever stops early spares the rest; one across a network asks for all, or
for many, in one request.

Every method raises `search.deadline.OutOfTime`, at the latest when what it gives is read, where it would have to give a
part for the whole; only `found` says by `partial` that it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Protocol

from search.article import Article
from search.corrections import Neighbours
from search.engine import Bucket, Sort, Story
from search.query import All, And, OneOf, Query
from search.receipt import Forms
from search.why import TermScore, WhyPart

Spellings = Mapping[str, tuple[str, ...]]  # that bare words are searched by too, by word as typed
Counts = Mapping[date, int]  # articles by the first day of a period, oldest first; without empty periods


@dataclass(frozen=True, slots=True)
class Since:
    """A filter: articles that entered the archive after a generation."""

    generation: int


Filter = Query | Since


class Term(NamedTuple):
    """field: of the index, as `search.schema.stem_field` and `exact_field` name them"""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Weighted:
    """A stem that touches the order and finds nothing by itself. weight: of a stem that was asked for 1"""

    stem: str
    weight: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be found, understood and settled: nothing of it is loosened any more.

    spellings: those of its bare words; below a Not none
    filters: by name, which for a facet's is its field; all must hold, and none touches a score
    sort: RELEVANCE and RECENT are by score even where everything is asked for
    """

    node: Query = field(default_factory=All)
    spellings: Spellings = field(default_factory=dict)
    also: tuple[Weighted, ...] = ()
    filters: Mapping[str, Filter] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE

    @property
    def by_score(self) -> bool:
        return self.sort in (Sort.RELEVANCE, Sort.RECENT)

    def chosen(self, field: str) -> tuple[str, ...]:
        """The values that a facet is filtered by."""
        filter_ = self.filters.get(field)
        parts = filter_.parts if isinstance(filter_, And) else (filter_,)
        return tuple(dict.fromkeys(value for part in parts if isinstance(part, OneOf) for value in part.values))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands, or stood, in an order: what comes behind it can be told without it.

    key: its score, or the instant of the order, in the engine's own form; None where it has none
    tie: what decides between it and its equals, `search.schema.tie`, the lower first
    """

    key: float | int | None
    tie: int


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of an answer are wanted: `limit` from `offset` on, or behind a place.

    fold: whether of the reports of one story only the first in the order is a row
    """

    limit: int
    offset: int = 0
    after: Place | None = None
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """score: 0.0 in an order by date
    story: of which it is a report, without the reports
    alike: articles found that are of its story, itself among them
    """

    article: Article
    score: float = 0.0
    story: Story | None = None
    alike: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """rows: those of the window, in the order that was asked for; of equal ones that with the lower tie first
    total: articles found, whatever the window
    stories: that they report, those that are alone counted too
    available: rows on all pages together
    before: rows that stand before the first of these
    end: where the last of these stands; None without one
    facets: by field, the most frequent values and behind them the chosen ones; counts ignore the filter of that name
    cardinality: values of each facet, shown or not
    months: when the articles found were published
    truncated: what stands for more words than were searched, as typed
    """

    rows: tuple[Row, ...]
    total: int
    stories: int
    available: int
    before: int
    end: Place | None
    facets: Mapping[str, tuple[Bucket, ...]]
    cardinality: Mapping[str, int]
    months: Counts
    truncated: tuple[str, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where an article stands in the whole answer, unfolded.

    place: counts from 1
    score: (what the query gives + nearness) * factor; 0.0 in an order by date
    nearness: bonus for words that stand together
    factor: what is left of a score at the article's age
    behind: the report of the same story that stands first in the answer, where that is another one
    """

    place: int
    score: float
    nearness: float = 0.0
    factor: float = 1.0
    behind: Article | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """An article that has some of the words of another. score: by these words alone"""

    article: Article
    score: float
    stems: AbstractSet[str]


@dataclass(frozen=True, slots=True)
class Beginning:
    """Of entries of `search.suggestions`. entry: that an article must have beside; None for none"""

    text: str
    entry: str | None = None


class Index(Protocol):
    @property
    def generation(self) -> int: ...

    @property
    def committed(self) -> datetime:
        """When the generation was written."""

    @property
    def documents(self) -> int:
        """Articles in the index."""

    @property
    def languages(self) -> Mapping[str, int]:
        """Articles of each language that the archive holds and has a stemmer for, `analysis.ENGLISH` first, for all
        others.
        """

    def article(self, article_id: str) -> Article | None: ...

    def found(self, asked: Asked, window: Window) -> Found:
        """The answer itself."""

    def best(self, asked: Sequence[Asked], limit: int) -> Iterator[list[tuple[Article, float]]]:
        """The first articles of each, with their scores."""

    def totals(self, asked: Iterable[Asked]) -> Iterator[int]:
        """How many articles are found."""

    def days(self, asked: Sequence[Asked]) -> Iterator[Counts]:
        """When the articles found were published."""

    def archive_months(self) -> Counts:
        """When all articles were published."""

    def values(self, asked: Asked, field: str) -> tuple[Mapping[str, int], int]:
        """All values of a facet with their counts, by falling count and of equal ones by value, whatever is chosen in
        it, and the articles that were counted.
        """

    def batches(self, asked: Asked) -> Iterator[list[Article]]:
        """All articles found, in order, a few at a time, in memory that does not grow with their number. Time does not
        run out, however long they take to read.
        """

    def doc_frequencies(self, terms: Sequence[Term]) -> Iterator[int]:
        """In how many articles each term stands. Of thousands of terms often only the first few are read."""

    def forms(self, parts: Sequence[Query]) -> Iterator[Forms]:
        """Words that each part of a query stands for, as the archive prints them."""

    def near(self, words: Sequence[Neighbours]) -> Iterator[Mapping[str, int]]:
        """The `corrections.MAX_NEAR` most frequent words as written that are so near, with the articles that have
        each.
        """

    def completions(
        self, beginnings: Sequence[Beginning], limit: int, within: Query, filters: Mapping[str, Filter]
    ) -> Iterator[list[tuple[str, int]]]:
        """For each beginning, the entries of `search.suggestions` that begin so and most articles have, of equal ones
        those that sort first. Only articles count that are found within a query and pass the filters.
        """

    def sharing(self, article_id: str, stems: Sequence[str], limit: int) -> tuple[float, Iterable[Sharing]]:
        """The article's own score by these words, and the articles that have most of them, the best first: without
        other reports of its story, and of any other story only the best.
        """

    def ranked(self, asked: Asked, article_id: str, *, folded: bool) -> Ranked | None:
        """None where it is not found. folded: whether `behind` is wanted"""

    def explained(self, parts: Sequence[Asked], article_id: str) -> Iterator[WhyPart]:
        """What an article has of each part of a query, as if it stood alone."""

    def passes(self, filters: Sequence[Filter], article_id: str) -> Iterator[bool]:
        """Whether each filter lets an article through."""

    def stem_scores(self, stems: Sequence[Weighted], article_id: str) -> tuple[TermScore, ...]:
        """What each of these brings to an article's score; nothing for one that it has not."""
