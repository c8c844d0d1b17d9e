"""What an archive holds, and how much of it lacks a part: a bad batch of captures shows there first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search.article import Article

PARTS = ("title", "date", "body")  # which every article should have


@dataclass(frozen=True, slots=True)
class Holdings:
    """without: how many articles lack a part, by its name in PARTS"""

    articles: int
    without: Mapping[str, int]


def lacking(article: Article) -> tuple[str, ...]:
    """Which of PARTS it has not; white space alone is nothing."""
    present = (article.title, article.published, article.body.strip())
    return tuple(part for part, value in zip(PARTS, present, strict=True) if not value)
