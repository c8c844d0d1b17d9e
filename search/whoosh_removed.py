"""Articles that were taken down: what is remembered of them, and how their text leaves the files of an index.

The memory is a side file of each generation. A deleted document stays in its segment until that is merged; so
segments that have, or had, an article that is taken down are merged with the commit that does so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from whoosh import writing
from whoosh.reading import SegmentReader

FILE = "removed.json"  # an object: the moment by id

Policy = Callable[[Any, Sequence[Any]], Sequence[Any]]  # of a commit: merges some of a writer's segments, gives others


def from_bytes(data: bytes | None) -> dict[str, datetime]:
    """By id; None where nothing was ever taken down."""
    moments = json.loads(data) if data else {}
    return {article_id: datetime.fromisoformat(moment) for article_id, moment in moments.items()}


def to_bytes(removed: Mapping[str, datetime]) -> bytes:
    return json.dumps({article_id: moment.isoformat() for article_id, moment in removed.items()}).encode()


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def merging(reader: Any, article_ids: Iterable[str]) -> Policy:
    """Merges every segment of the reader in which one of the articles is, or was before it was changed."""
    doomed = set(_segments_of(reader, list(article_ids)))

    def policy(writer: Any, segments: Sequence[Any]) -> Sequence[Any]:
        for segment in segments:
            if segment.segment_id() in doomed:
                with SegmentReader(writer.storage, writer.schema, segment) as source:
                    writer.add_reader(source)
        others: Sequence[Any] = writing.MERGE_SMALL(writer, [one for one in segments if one.segment_id() not in doomed])
        return others

    return policy


def _segments_of(reader: Any, article_ids: Sequence[str]) -> Iterator[str]:
    for leaf, _ in reader.leaf_readers():
        if any(("id", article_id) in leaf for article_id in article_ids):
            yield leaf.segment().segment_id()
