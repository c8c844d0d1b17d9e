"""What is searched, filtered, faceted and sorted: one table, from which each engine builds its own form.

Bare words search one combined field, `text`: the title three times, summary, byline, body. It is indexed twice from one
pass over the text: `text` by stems (what ranks) and `exact` by words as written (what quotes, `*` and `~` search).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

SCHEMA_VERSION = 1  # raise it with every change that an existing index does not follow; old indexes ask for --rebuild


class Kind(Enum):
    TEXT = "text"  # words, by stems and as written
    NAMES = "names"  # words as written only: names are not inflected
    KEYWORD = "keyword"  # whole values: filters and facets
    DAY = "day"  # the day as printed: ranges and timeline
    INSTANT = "instant"  # the moment in UTC: order by date


@dataclass(frozen=True, slots=True)
class Field:
    name: str  # as in a query, `name:word`
    kind: Kind
    copies: int = 0  # how often its text stands in the combined field
    facet: bool = False


FIELDS = (
    Field("title", Kind.TEXT, copies=3),
    Field("summary", Kind.TEXT, copies=1),
    Field("author", Kind.NAMES, copies=1, facet=True),
    Field("body", Kind.TEXT, copies=1),
    Field("captions", Kind.TEXT),
    Field("publisher", Kind.NAMES, facet=True),
    Field("place", Kind.NAMES, facet=True),
    Field("language", Kind.KEYWORD, facet=True),
    Field("published", Kind.DAY),
)

SEARCHED = ("title", "author", "publisher", "place", "body", "captions")  # fields a reader can name, beside `date:`
FACETS = tuple(field.name for field in FIELDS if field.facet)
