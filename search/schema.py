"""What is searched, filtered, faceted and sorted: one table, from which each engine builds its own form.

Bare words search one combined field: the title three times, summary, byline, body. It is indexed twice: as
`text` by stems (what ranks) and as `exact` by words as written (what quotes, `*` and `~` search). A body needs no field
of its own: `body:` asks the combined field from `search.analysis.BODY_START` on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from hashlib import blake2b

from search.analysis import BODY
from search.article import Article

SCHEMA_VERSION = 6  # raised with every change that an existing index does not follow; older indexes ask for --rebuild

# How results are ranked. `search/ranking.py` has the methods; the figures were chosen on half the queries of judged
# collections and hold on the other half.
K1 = 1.2  # BM25 (Robertson and others, TREC-3): how soon repetitions of a word stop counting
B = 0.75  # how much a long text is held back
PROXIMITY = 0.1  # share of two neighbouring words' scores, for standing near each other and for standing side by side
PROXIMITY_REACH = 9  # positions from one word to the other that are near
PROXIMITY_CANDIDATES = 100  # of the best documents, that are looked at for it: more change hardly any first page
RELAX_WORDS = 3  # bare words of a question, which seldom stand in one article all together
RELAX_BELOW = 10  # articles with all words of a question, one page: with fewer, any of the words is enough
HALF_LIFE = timedelta(days=365)  # `sort=recent` halves a score for each, so that a year is worth some two rare words
SPELT_LEAST = 0.01  # articles with another spelling, of those with a word as typed: fewer print it by mistake
DEFINED_IN = 20  # of the best articles with an abbreviation, that may say what it stands for
RELATED_FROM = 10  # of the best articles, whose words a question is taken to be about too
RELATED_WORDS = 20  # of them
RELATED = 0.2  # their weight together, of that of all the question's words


class Kind(Enum):
    TEXT = "text"  # words, by stems and as written
    NAMES = "names"  # words as written only (names have no inflections), and whole values
    KEYWORD = "keyword"  # whole values only


@dataclass(frozen=True, slots=True)
class Field:
    name: str  # of the article, and in a query: `name:word`
    kind: Kind
    copies: int = 0  # how often its text stands in the combined field
    own: bool = True  # False: it is searched through the combined field alone
    facet: bool = False


FIELDS = (
    Field("title", Kind.TEXT, copies=3),
    Field("summary", Kind.TEXT, copies=1, own=False),
    Field("author", Kind.NAMES, copies=1, facet=True),
    Field("body", Kind.TEXT, copies=1, own=False),
    Field("captions", Kind.TEXT),
    Field("publisher", Kind.NAMES, facet=True),
    Field("place", Kind.NAMES, facet=True),
    Field("language", Kind.KEYWORD, facet=True),
)

SEARCHED = ("title", "author", "publisher", "place", "body", "captions")  # what a reader can name, beside `date:`
NAMES_FIELDS = frozenset(field.name for field in FIELDS if field.kind is Kind.NAMES)
FACETS = tuple(field.name for field in FIELDS if field.facet)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def key_field(field: str) -> str:
    """Where a facet's whole values stand in an index."""
    return f"{field}_key"


def exact_field(field: str | None) -> str:
    """Where a field's words stand as written; of no field those that bare words search."""
    if field is None or field == "body":
        return "exact"
    return field if field in NAMES_FIELDS else f"{field}_exact"


def stem_field(field: str | None) -> str:
    """Where bare words of a field are searched."""
    return "text" if field is None or field == "body" else field


def values(article: Article, field: str) -> tuple[str, ...]:
    """The field's values, none for an empty field."""
    value: str | tuple[str, ...] | None = getattr(article, field)
    if isinstance(value, str):
        return (value,) if value else ()
    return value or ()


def combined(article: Article) -> str:
    """The text of the combined field: paragraphs parted by blank lines, the body behind `search.analysis.BODY`."""
    head = [
        _one_line(value)
        for field in FIELDS
        if field.copies and field.name != "body"
        for value in values(article, field.name) * field.copies
    ]
    return "\n\n".join(head) + BODY + article.body.replace(BODY, " ").strip()


def joined(article: Article, field: str) -> str:
    """The text of a field of its own; a phrase finds no way from one value to the next."""
    return "\n\n".join(_one_line(value) for value in values(article, field))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def tie(article_id: str) -> int:
    """Decides between equals alike in every generation: as good as unique, and without favour to any id."""
    return int.from_bytes(blake2b(article_id.encode(), digest_size=8).digest(), "big", signed=True)


def days(day: date) -> int:
    """Since 1970, by which an index knows days."""
    return (day - _EPOCH.date()).days


def microseconds(moment: datetime) -> int:
    """Since 1970, by which an index knows instants."""
    past = moment - _EPOCH
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds
