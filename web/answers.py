"""What the API answers, each name with its type and meaning: mypy holds the views to it, tests hold the answers to it,
and the OpenAPI document is made of it.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from search.engine import MAX_PUBLISHERS, MAX_REPORTS, Interval

Count = Annotated[int, Field(ge=0)]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Moment = Annotated[str, Field(examples=["2012-06-07", "2012-06-07T06:50:00-04:00"])]


class Piece(TypedDict):
    """A stretch of text. It is text, never HTML."""

    text: str
    matched: Annotated[bool, Field(description="Whether the query found it.")]


class About(TypedDict):
    """An article without its body. What its capture does not say is null or empty."""

    id: Annotated[str, Field(description="Stable for the same origin; it may hold any character.")]
    title: str | None
    summary: Annotated[list[str], Field(description="Standfirst or bullet points.")]
    author: list[str]
    publisher: str | None
    place: Annotated[str | None, Field(description="The place of the dateline.")]
    published: Annotated[
        Moment | None,
        Field(description="ISO 8601: with a time and an offset where the capture gives them, else a bare date."),
    ]
    captions: list[str]
    language: Annotated[str | None, Field(description="ISO 639-1.")]
    url: Annotated[
        str | None, Field(description="Where it was captured from, as the capture says; it may be anything.")
    ]
    path: Annotated[str | None, Field(description="The file it was read from, relative to its source.")]
    words: Annotated[Count, Field(description="How many words its body has.")]
    indexed: Annotated[Moment | None, Field(description="When it first entered this archive, in UTC.")]


class Article(About):
    """One article whole."""

    body: Annotated[str, Field(description="Paragraphs parted by a blank line.")]


class HitStory(TypedDict):
    """The story that an article reports, as far as the archive has it. All its reports are found with `fold=0`."""

    id: Annotated[str, Field(description="The same as long as its earliest report is the same.")]
    others: Annotated[Count, Field(description="How many other reports of it this search finds.")]
    total: Annotated[int, Field(ge=2, description="How many reports of it the archive has.")]
    first: Annotated[Day | None, Field(description="Day of the earliest; null where none is dated.")]
    last: Annotated[Day | None, Field(description="Day of the latest; null where none is dated.")]
    publishers: Annotated[list[str], Field(description="Who printed them, those with most first; 10 at most.")]


class Hit(About):
    """An article that the search found."""

    score: Annotated[
        float, Field(description="Higher is better; comparable within one answer only; 0 in an order by date.")
    ]
    snippet: Annotated[
        list[Piece],
        Field(description="The best passage; the opening words, unmatched, where nothing in the body matches."),
    ]
    title_pieces: Annotated[list[Piece], Field(description="The title, with its matches.")]
    story: Annotated[HitStory | None, Field(description="Null where no other article reports the same.")]


class Similar(About):
    """An article about the same matter."""

    likeness: Annotated[
        float,
        Field(gt=0, le=1, description="How much it has of what tells the other article from the rest of the archive."),
    ]
    shared: Annotated[
        list[str],
        Field(description="Words that both have and few others, as the other prints them."),
    ]


class SimilarAnswer(TypedDict):
    """Articles about the same matter as one."""

    id: Annotated[str, Field(description="Of the article that they are like.")]
    similar: Annotated[list[Similar], Field(description="The most similar first.")]


class Story(TypedDict):
    """Articles that report the same event or print the same text."""

    id: Annotated[str, Field(description="The same as long as the earliest report is the same.")]
    total: Annotated[int, Field(ge=2, description="How many reports it has.")]
    first: Annotated[Day | None, Field(description="Of the earliest; null where all are undated.")]
    last: Annotated[Day | None, Field(description="Of the latest.")]
    publishers: Annotated[
        list[str], Field(max_length=MAX_PUBLISHERS, description="Who printed them, the most reports first.")
    ]
    reports: Annotated[
        list[About],
        Field(
            max_length=MAX_REPORTS, description="All but the article that was asked about, by day, the undated last."
        ),
    ]


class StoryAnswer(TypedDict):
    """The story of an article."""

    id: Annotated[str, Field(description="Of the article.")]
    story: Annotated[Story | None, Field(description="Null where no other article reports the same.")]


class Bucket(TypedDict):
    """A value and how many of the articles found have it."""

    value: str
    count: Count
    selected: Annotated[bool, Field(description="Whether the search is narrowed to it.")]


class Facets(TypedDict):
    """By field, the most frequent first. The counts of a field ignore its own selection."""

    publisher: list[Bucket]
    author: list[Bucket]
    place: list[Bucket]
    language: list[Bucket]


class Cardinality(TypedDict):
    """By field, how many values the articles found have, more than `facets` shows of a long one."""

    publisher: Count
    author: Count
    place: Count
    language: Count


class Period(TypedDict):
    """A decade, year, month or day."""

    start: Annotated[str, Field(json_schema_extra={"format": "date"}, description="Its first day.")]
    count: Annotated[int, Field(ge=0, description="How many of the articles found are of it.")]
    archive: Annotated[int, Field(ge=0, description="How many the archive has of it, whatever was asked.")]


class Spelling(TypedDict):
    """Other spellings in which a word was searched."""

    typed: str
    others: list[str]


class WordForm(TypedDict):
    """A word as the archive prints it, case and accents aside, and how many articles have it."""

    text: str
    count: Count


class Days(TypedDict):
    """A stretch of days, both inclusive; null for an open side."""

    first: Day | None
    last: Day | None


class Asked(TypedDict):
    """What is asked of which field; what its kind does not have is left out. A `query` is anything else, as `*` is."""

    kind: Literal["word", "phrase", "near", "prefix", "fuzzy", "date", "values", "query"]
    field: Annotated[str | None, Field(description="Null for all that bare words search.")]
    text: NotRequired[str]
    distance: NotRequired[Annotated[int, Field(description="Of words near each other: how many may stand between.")]]
    edits: NotRequired[Annotated[int, Field(description="Of a fuzzy word: how many letters may differ.")]]
    days: NotRequired[Days]
    values: NotRequired[list[str]]


class ReceiptPart(Asked):
    """A part of the query. `exact`, `loose` and `dropped` are the whole query with this part changed, or null."""

    query: Annotated[str, Field(description="The part in the query language.")]
    count: Annotated[Count, Field(description="How many articles of the archive it finds by itself.")]
    excluded: Annotated[bool, Field(description="Whether articles with it are not wanted.")]
    ignored: Annotated[bool, Field(description="Whether it was left out, nearly every article having it.")]
    forms: Annotated[list[WordForm], Field(description="The words that it stands for, the most frequent first.")]
    more_forms: Annotated[Count, Field(description="How many more there are.")]
    spellings: Annotated[list[WordForm], Field(description="Other spellings and long forms searched too.")]
    exact: str | None
    loose: str | None
    dropped: str | None


class ReceiptGroup(TypedDict):
    """Parts of which all or any are asked for."""

    joined: Literal["all", "any"]
    excluded: bool
    parts: list[ReceiptPart | ReceiptGroup]


class ReceiptFilter(Asked):
    """What the search was narrowed to."""

    count: Annotated[Count, Field(description="How many articles of the archive it lets through.")]


class Receipt(TypedDict):
    """What was really searched, part by part."""

    asked: ReceiptGroup
    filters: list[ReceiptFilter]
    more: Annotated[Count, Field(description="How many parts of a long query are not listed.")]


class Remedy(TypedDict):
    """The search with one thing changed, and how many articles it finds then."""

    change: Literal["corrected", "without_part", "loosened", "without_filter", "without_filters", "any_word"]
    query: Annotated[str, Field(description="The query as it would be.")]
    part: Annotated[Asked | None, Field(description="The part of the query, or the filter, that is changed.")]
    without: Annotated[list[str], Field(description="The filters left out: names of fields, `date`, `since`.")]
    total: Count
    link: str


class Line(TypedDict):
    """A place in an article where something was found, with the words around it."""

    id: str
    title: str | None
    publisher: str | None
    published: Moment | None
    field: Annotated[str, Field(description="Of the article, where the place is.")]
    mark: Annotated[int, Field(ge=1, description="Which of the places in its article, counted from 1.")]
    before: Annotated[str, Field(description="Some words before it; ¶ ends a paragraph.")]
    match: str
    after: str


class Concordance(TypedDict):
    """The lines of a block of articles, a page at a time."""

    lines: list[Line]
    total: Annotated[Count, Field(description="Lines of this block.")]
    first: Annotated[Count, Field(description="Rank of the first article of the block; 0 without one.")]
    last: Annotated[Count, Field(description="Rank of the last one.")]
    shortened: Annotated[Count, Field(description="Articles with more than 100 lines, the rest of which is left out.")]


class Links(TypedDict):
    """The neighbouring pages of the answer; null where there is none."""

    self: str
    next: str | None
    prev: str | None


class SearchAnswer(TypedDict):
    """One page of what a search found, and what is to be said of it."""

    query: Annotated[str, Field(description="The query as it was understood.")]
    total: Annotated[Count, Field(description="How many articles were found, exactly.")]
    stories: Annotated[Count, Field(description="How many stories they report; an article that is alone is one too.")]
    page: int
    size: int
    pages: Annotated[Count, Field(description="Of stories, or with `fold=0` of articles.")]
    generation: Annotated[
        Count, Field(description="Of the index that answered; it grows by one with every change of the archive.")
    ]
    hits: list[Hit]
    facets: Facets
    cardinality: Cardinality
    timeline: Annotated[
        list[Period],
        Field(
            description="The articles with a date, by every period from the first to the last; where both ends of the "
            "dates are asked for, from one to the other as far as the archive reaches."
        ),
    ]
    interval: Annotated[Interval, Field(description="What a period of the timeline is.")]
    suggestion: Annotated[
        str | None, Field(description="A corrected query that has hits, where this one has none, or hardly any.")
    ]
    correction: Annotated[Remedy | None, Field(description="The suggestion, with what it finds.")]
    relaxed: Annotated[bool, Field(description="Whether any of the words was enough, because too little has them all.")]
    related: Annotated[list[str], Field(description="Words of the best articles that helped to order the others.")]
    spellings: list[Spelling]
    ignored: Annotated[list[str], Field(description="Words left out because nearly every article has them.")]
    truncated: Annotated[
        list[str], Field(description="Beginnings and misspellings that stand for more words than were searched.")
    ]
    partial: Annotated[
        bool,
        Field(
            description="Whether time ran out: hits and counts are then of a part of the archive, and the receipt, "
            "corrections, remedies and the timeline may be missing."
        ),
    ]
    receipt: Receipt
    remedies: Annotated[
        list[Remedy], Field(description="Where nothing has all that was asked: what would find something.")
    ]
    citation: Annotated[
        str, Field(description="The search, its count and the state of the archive in a sentence, for a footnote.")
    ]
    concordance: Annotated[Concordance | None, Field(description="Where `view=kwic` asks for it, in place of hits.")]
    cursor: Annotated[
        str | None, Field(description="Given with the same search, it leads to the hits behind these; null at the end.")
    ]
    links: Links


class FacetAnswer(TypedDict):
    """A page of the values that the articles found have in one field."""

    query: Annotated[str, Field(description="The query as it was understood.")]
    total: Annotated[int, Field(ge=0, description="How many articles were found, whatever is chosen in this field.")]
    generation: Annotated[int, Field(ge=0, description="Of the index that answered.")]
    cardinality: Annotated[int, Field(ge=0, description="How many values they have.")]
    found: Annotated[int, Field(ge=0, description="How many of these `find` admits, without the chosen ones.")]
    page: int
    size: int
    pages: Count
    chosen: Annotated[list[Bucket], Field(description="What the search is narrowed to in this field.")]
    values: Annotated[list[Bucket], Field(description="The others that `find` admits, a page of them.")]


class TermScore(TypedDict):
    """What one term brings to the score: rarity × weight, times how much of it was asked for."""

    word: Annotated[str, Field(description="As it is ranked: a stem.")]
    frequency: Annotated[float, Field(description="How often the article has it; its title counts three times.")]
    documents: Annotated[Count, Field(description="How many articles of the archive have it.")]
    rarity: Annotated[float, Field(description="Its inverse document frequency.")]
    weight: Annotated[float, Field(description="Of so many occurrences in an article of that length.")]
    length: Annotated[Count, Field(description="Of the article, in words, as scores know it.")]
    score: float


class WhyPart(Asked):
    """What the article has of a part of the query."""

    query: Annotated[str, Field(description="The part in the query language.")]
    has: Annotated[bool, Field(description="Whether the article has it.")]
    excluded: Annotated[bool, Field(description="Whether articles with it are not wanted.")]
    fails: Annotated[bool, Field(description="Whether this keeps the article out.")]
    score: Annotated[float, Field(description="That of its terms, and what goes by none, as for accents as typed.")]
    terms: list[TermScore]


class WhyFilter(TypedDict):
    """Whether the article passes what the search was narrowed to."""

    name: Annotated[str, Field(description="Of a field, `date` or `since`.")]
    filter: Asked | None
    passes: bool


class Why(TypedDict):
    """Why an article is in an answer, or is not. Its score is the sum of the scores of the parts and of the related
    terms, `nearness` and `age`.
    """

    query: Annotated[str, Field(description="The query as it was understood.")]
    id: str
    found: bool
    rank: Annotated[int | None, Field(description="Among all that was found, counted from 1.")]
    total: Annotated[Count, Field(description="How many articles were found.")]
    generation: Count
    score: float
    by_score: Annotated[bool, Field(description="False in an order by date: then no scores are counted.")]
    relaxed: Annotated[bool, Field(description="Whether any of the words was enough.")]
    ignored: Annotated[list[str], Field(description="Words left out because nearly every article has them.")]
    parts: list[WhyPart]
    related: Annotated[list[TermScore], Field(description="Words that the best articles share.")]
    nearness: Annotated[float, Field(description="For words of the query that stand together.")]
    behind: Annotated[
        str | None,
        Field(description="Id of the report of the same story that is shown in its place; not with `fold=0`."),
    ]
    age: Annotated[float, Field(description="What age takes away with `sort=recent`; 0 or less.")]
    filters: list[WhyFilter]


class Fault(TypedDict):
    """What is wrong with one parameter."""

    parameter: str
    detail: str
    position: NotRequired[Annotated[Count, Field(description="In `q`, counted in characters from 0.")]]


class Problem(TypedDict):
    """Why there is no answer (RFC 9457)."""

    type: Literal["about:blank"]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: Annotated[str, Field(description="How to mend it.")]
    errors: NotRequired[Annotated[list[Fault], Field(description="The parameters at fault, each of them.")]]
