"""What every article has to be that was made of hostile bytes."""

from __future__ import annotations

from indexer.extract import ExtractionError, Fetched, extract
from search.article import from_json, to_json


def attack_capture(data: bytes, path: str, fetched: Fetched | None = None) -> None:
    """Raises where `extract` raises anything else than an ExtractionError, or gives what the archive cannot keep."""
    try:
        article = extract(data, article_id="id", path=path, fetched=fetched)
    except ExtractionError as error:
        if not str(error):
            raise
        return
    assert article.title or article.body
    stated = to_json(article)
    assert to_json(from_json(stated)) == stated
