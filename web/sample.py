"""An article of this very archive, and what would find it: examples that can be tried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from search.article import Article
from search.engine import EngineError, Search, Sort
from web.engine import answer

LOOKED_AT = 20  # articles, of which the one that says most of itself is the example

_WORD = re.compile(r"[^\W\d_]+")


def sample() -> Mapping[str, str]:
    """Values by name of the parameter, which together find one of the newest articles; none without any article."""
    with suppress(EngineError):
        hits = answer(Search(sort=Sort.NEWEST, size=LOOKED_AT)).hits
        if hits:
            return max((_of(hit.article) for hit in hits), key=len)
    return {}


def _of(article: Article) -> dict[str, str]:
    words = _WORD.findall(article.title or article.body[:200])
    year = article.day.isoformat()[:4] if article.day else None
    known = {
        "id": article.id,
        "q": max(words, key=len, default="").lower(),
        "publisher": article.publisher,
        "author": article.author[0] if article.author else None,
        "place": article.place,
        "language": article.language,
        "from": year,
        "to": year,
    }
    return {name: value for name, value in known.items() if value}
