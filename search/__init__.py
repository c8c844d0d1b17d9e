"""The search side of Dateline: articles, queries, engines, snippets. Imports nothing else of ours."""

from __future__ import annotations

from pathlib import Path

from search.engine import SEARCH_SECONDS, Engine, EngineError

__all__ = ["Engine", "EngineError", "open_engine"]


def open_engine(url: str, *, seconds: float = SEARCH_SECONDS) -> Engine:
    """The engine at an address such as `whoosh:data/index`. Nothing is read yet: a missing index shows on first use.

    seconds: that one search may take before it answers with what it has

    Raises EngineError for an address that names no engine.
    """
    scheme, _, place = url.partition(":")
    if scheme == "whoosh" and place:
        from search.whoosh_engine import WhooshEngine  # an engine's libraries load only where it is used

        return WhooshEngine(Path(place), seconds=seconds)
    raise EngineError(f"{url!r} is no index address; write whoosh:FOLDER, for example whoosh:data/index")
