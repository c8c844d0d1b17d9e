"""The stories of a Whoosh index: found with each commit, kept in one file of its generation, read beside its segments.

The file is written before the commit's table of contents, so that whoever sees the one has the other. It is an extra:
where it is missing or damaged nothing is folded, and the next commit finds all stories anew. Its form is that of the
segments' files (`search.columnar.format`):

| section | dtype | what |
|---|---|---|
| `keys`, `documents` | u8, u4 | of each article its key (`search.sketches`) and its number in the index, ascending |
| `stories`, `days`, `publishers` | u4, i4, u4 | of each article its story, 0 for none, its day and publisher |
| `first`, `second`, `text`, `alike` | u4, u4, u1, u1 | the links between articles, by their place in `keys` |
| `terms`, `counts` | u4, u4 | in how many articles a term is |

Facts: `method`, `articles` (of which terms were counted), `segments` (name and number of documents, in their order).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.article import Article, from_stored
from search.columnar.bulk import BulkWriter
from search.columnar.codec import ColumnarCodec
from search.columnar.fold import Groups
from search.columnar.format import ArrayFile, ArrayWriter, DamagedFileError
from search.engine import MAX_PUBLISHERS, MAX_REPORTS, Story
from search.schema import key_field
from search.sketches import NO_DAY, NO_TERM, SKETCH, Sketches, publisher_hash
from search.stories import METHOD, Links, Rarity, Stories, find

FIELD = "sketch"

_EPOCH = date(1970, 1, 1)
_LOG = logging.getLogger(__name__)


class StoryWriter(BulkWriter):
    """Finds the stories of what it commits, and publishes them with it.

    generation: that it commits
    anew: without what was known of the index before
    """

    generation: int

    def __init__(self, ix: Any, *, generation: int, anew: bool, **options: Any) -> None:
        super().__init__(ix, **options)
        self._before = None if anew else self.generation - 1  # as Whoosh counts them
        self.generation = generation

    def _commit_toc(self, segments: Sequence[Any]) -> None:
        name = _file_name(self.indexname, self.generation)
        try:
            before = None if self._before is None else _known(self.storage, self.indexname, self._before)
            _write(self.storage, name, segments, before)
        except OSError:  # of the disk, which will not take the rest either
            raise
        except Exception:  # the articles are worth more than their stories
            _LOG.exception("no stories were found; the articles are in the index all the same")
            if self.storage.file_exists(name):
                self.storage.delete_file(name)
        super()._commit_toc(segments)
        _clean(self.storage, self.indexname, self.generation)


def _file_name(indexname: str, generation: int) -> str:
    return f"_{indexname}_{generation}.stories"


def _clean(storage: Any, indexname: str, generation: int) -> None:
    """Deletes the file of the generation before."""
    pattern = re.compile(re.escape(f"_{indexname}_") + r"([0-9]+)\.stories")
    for name in storage.list():
        found = pattern.fullmatch(name)
        if found and int(found[1]) != generation:
            storage.delete_file(name)


def _write(storage: Any, name: str, segments: Sequence[Any], before: Stories | None) -> None:
    sketches, numbers = _sketched(storage, segments)
    stories = find(sketches, before)
    writer = ArrayWriter(storage.create_file(name))
    writer.add("keys", stories.keys)
    writer.add("documents", numbers.astype(np.uint32))
    writer.add("stories", stories.story)
    writer.add("days", sketches.column("day"))
    writer.add("publishers", sketches.column("publisher"))
    for field in ("first", "second", "text", "alike"):
        writer.add(field, getattr(stories.links, field))
    writer.add("terms", stories.rarity.terms)
    writer.add("counts", stories.rarity.counts)
    writer.close({"method": METHOD, "articles": stories.rarity.articles, "segments": _named(segments)})


def _named(segments: Sequence[Any]) -> list[list[str | int]]:
    return [[segment.segment_id(), segment.doc_count_all()] for segment in segments]


def _sketched(storage: Any, segments: Sequence[Any]) -> tuple[Sketches, NDArray[np.int64]]:
    """The sketches of all articles that are not deleted, and their numbers in the index."""
    parts, masks, numbers, base = [], [], [np.empty(0, np.int64)], 0
    for segment in segments:
        documents = ColumnarCodec().per_document_reader(storage, segment)
        rows, live = documents.rows(FIELD), documents.live
        if rows is None:
            raise DamagedFileError(f"segment {segment.segment_id()} has no sketches")
        count = segment.doc_count_all()
        parts.append(rows.view(SKETCH).ravel())
        masks.append(live)
        numbers.append(base + (np.arange(count) if live is None else np.flatnonzero(live)))
        base += count
    return Sketches(parts, masks), np.concatenate(numbers)


def _known(storage: Any, indexname: str, generation: int) -> Stories | None:
    """What an earlier commit found, by the present method; None where that is not known."""
    arrays = _opened(storage, _file_name(indexname, generation))
    if arrays is None:
        return None
    links = Links(arrays["first"], arrays["second"], arrays["text"], arrays["alike"])
    rarity = Rarity(arrays["terms"], arrays["counts"], arrays.facts["articles"])
    return Stories(arrays["keys"], arrays["stories"], links, rarity)


def _opened(storage: Any, name: str) -> ArrayFile | None:
    """Read through and found whole; None where it is missing, damaged or of another method."""
    if not storage.file_exists(name):
        return None
    try:
        arrays = ArrayFile(storage, name)
        arrays.verify()
    except (OSError, DamagedFileError):
        _LOG.exception("the stories of this generation cannot be read; the next commit finds them anew")
        return None
    return arrays if arrays.facts["method"] == METHOD else None


@dataclass(frozen=True, slots=True)
class Members:
    """The articles of a story, by ascending number in the index."""

    documents: NDArray[np.uint32]
    keys: NDArray[np.uint64]
    days: NDArray[np.int32]
    publishers: NDArray[np.uint32]

    def chosen(self, order: NDArray[np.integer]) -> Members:
        return Members(self.documents[order], self.keys[order], self.days[order], self.publishers[order])

    def by_day(self) -> Members:
        """The undated last; whatever their numbers, in the same order."""
        return self.chosen(np.lexsort((self.keys, self.days, self.days == NO_DAY)))


class StoryIndex:
    """The stories of one generation.

    groups: the documents of each story, whose number counts from 1
    count: of stories
    """

    def __init__(self, arrays: ArrayFile, reader: Any) -> None:
        stories = arrays["stories"]
        numbers = np.zeros(reader.doc_count_all(), np.uint32)
        numbers[arrays["documents"]] = stories
        self.groups = Groups(numbers)
        self.count = int(stories.max(initial=0))
        order = np.argsort(stories, kind="stable")
        self._starts = np.searchsorted(stories[order], np.arange(1, self.count + 2))
        self._members = Members(arrays["documents"], arrays["keys"], arrays["days"], arrays["publishers"]).chosen(order)
        self._reader = reader

    def members(self, story: int) -> Members:
        return self._members.chosen(np.arange(self._starts[story - 1], self._starts[story]))

    def article(self, document: int) -> Article:
        return from_stored(self._reader.stored_fields(document)["article"])

    @cached_property
    def _publisher_names(self) -> dict[int, str]:
        names = (value.decode("utf-8") for value in self._reader.lexicon(key_field("publisher")))
        return {publisher_hash(name): name for name in names}

    def publishers(self, members: Members) -> tuple[str, ...]:
        """Their names, those with the most of the articles first."""
        hashes, counts = np.unique(members.publishers[members.publishers != NO_TERM], return_counts=True)
        counted = zip(hashes.tolist(), counts.tolist(), strict=True)
        named = sorted((-count, self._publisher_names[one]) for one, count in counted if one in self._publisher_names)
        return tuple(name for _, name in named)[:MAX_PUBLISHERS]


def stories_of(ix: Any, reader: Any) -> StoryIndex | None:
    """Of the generation that the reader reads; None where they are not known."""
    arrays = _opened(ix.storage, _file_name(ix.indexname, reader.generation()))
    segments = [leaf.segment() for leaf, _ in reader.leaf_readers() if leaf.doc_count_all()]
    if arrays is None or arrays.facts["segments"] != _named(segments):
        return None
    return StoryIndex(arrays, reader)


def told(stories: StoryIndex, document: int) -> Story | None:
    """The story of a document, with its other reports by day; None where it is alone."""
    story = int(stories.groups.numbers[document])
    if not story:
        return None
    members = stories.members(story).by_day()
    others = members.documents[members.documents != document]
    return _story(stories, members, others[:MAX_REPORTS])


def outlined(stories: StoryIndex, document: int) -> Story | None:
    """The story of a document, without its reports; None where it is alone."""
    story = int(stories.groups.numbers[document])
    return _story(stories, stories.members(story).by_day(), np.empty(0, np.uint32)) if story else None


def _story(stories: StoryIndex, members: Members, listed: NDArray[np.uint32]) -> Story:
    """members: by day"""
    dated = members.days[members.days != NO_DAY]
    return Story(
        id=f"{int(members.keys[0]):016x}",
        total=len(members.documents),
        first=_EPOCH + timedelta(int(dated[0])) if len(dated) else None,
        last=_EPOCH + timedelta(int(dated[-1])) if len(dated) else None,
        publishers=stories.publishers(members),
        reports=tuple(stories.article(number) for number in listed.tolist()),
    )
