"""What one run of the indexer leaves to the next, so that it need not read again what has not changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from indexer.sources import FileMemory
from search.engine import Engine, IndexMissing, Origin


class Memory:
    """Of one process about one index and the same SOURCES, from run to run.

    files: what stands in them
    refused: why an item, by its id and digest, gave no article
    """

    def __init__(self) -> None:
        self.files = FileMemory()
        self.refused: dict[tuple[str, str], str] = {}
        self._origins: dict[str, Origin] = {}
        self._state: str | None = None  # of the index that has these; None where they are not known
        self._generation = 0

    def origins(self, engine: Engine) -> Mapping[str, Origin]:
        """Of every article of the index, by id."""
        state, generation = state_of(engine)
        if state != self._state:
            self._origins, self._state, self._generation = origins_of(engine), state, generation
        return self._origins

    def learn(self, engine: Engine, put: Mapping[str, Origin], deleted: Iterable[str], commits: int) -> None:
        """What a run did, and how often it committed; where somebody else did in between, the index is asked anew."""
        state, generation = state_of(engine)
        if generation != self._generation + commits:
            self._state = None
            return
        self._origins.update(put)
        for article_id in deleted:
            del self._origins[article_id]
        self._state, self._generation = state, generation


def origins_of(engine: Engine) -> dict[str, Origin]:
    """By id; empty where there is no index yet."""
    try:
        return {origin.article_id: origin for origin in engine.origins()}
    except IndexMissing:
        return {}


def removed_from(engine: Engine) -> Collection[str]:
    """Ids of articles that were taken down."""
    try:
        return engine.removed()
    except IndexMissing:
        return ()


def state_of(engine: Engine) -> tuple[str, int]:
    """The state and the generation. A commit between the two shows later, by the number."""
    try:
        return engine.state(), engine.generation()
    except IndexMissing:
        return "", 0
