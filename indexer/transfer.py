"""From the index of one engine to that of another, without the files that it was made from: `--from`."""

from __future__ import annotations

import os
import time
from collections import Counter

from indexer.memory import origins_of, removed_from
from indexer.pipeline import Change, Progress, Report, carry_over, count_of, generation_of
from indexer.sources import Failure
from search.engine import Engine, Origin


def transfer(given: Engine, engine: Engine, *, jobs: int | None = None, progress: Progress = lambda _: None) -> Report:
    """Adds and updates all articles of one index in another, each with its origin and the moment when it entered the
    archive, and takes down what was taken down there. What the other has beside them stays.

    jobs: processes that analyse; None is one for each core. progress: is told of each article that is put
    Raises EngineError; then the index is as it was before.
    """
    begun = time.perf_counter()
    with given.pinned() as source:
        known, kept_out = origins_of(engine), set(removed_from(engine))
        removed = {one: moment for one, moment in source.removed().items() if one not in kept_out}
        counts: Counter[Change] = Counter()
        due: list[Origin] = []
        for origin in source.origins():
            change = _change(origin, known.get(origin.article_id), origin.article_id in kept_out)
            counts[change] += 1
            if change in (Change.ADDED, Change.UPDATED):
                due.append(origin)
        failed: list[Failure] = []
        if due or removed:
            with engine.writer(jobs=jobs or os.cpu_count() or 1) as writer:
                for article_id, moment in removed.items():
                    writer.remove(article_id, moment)
                failed = list(carry_over(due, source, writer, progress))
    return Report(
        added=counts[Change.ADDED],
        updated=counts[Change.UPDATED],
        unchanged=counts[Change.UNCHANGED],
        deleted=sum(article_id in known for article_id in removed),
        removed=counts[Change.REMOVED],
        failed=tuple(failed),
        left_out=0,
        documents=count_of(engine),
        generation=generation_of(engine),
        seconds=round(time.perf_counter() - begun, 3),
    )


def _change(origin: Origin, known: Origin | None, is_removed: bool) -> Change:
    if is_removed:
        return Change.REMOVED
    if known is None:
        return Change.ADDED
    return Change.UNCHANGED if known == origin else Change.UPDATED
