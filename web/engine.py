"""The engine that answers this app's requests, and the time it takes."""

from __future__ import annotations

from time import perf_counter

from flask import Flask, current_app, g
from werkzeug.wrappers import Response

from search.engine import Engine, EngineError, IndexDamaged, IndexMissing, IndexOutdated, Page, Search, SearchTimedOut
from web.messages import LazyString, lazy_gettext

EXTENSION = "dateline"  # the engine's name in `app.extensions`

_REASONS: tuple[tuple[type[EngineError], LazyString], ...] = (
    (IndexMissing, lazy_gettext("no index yet: run python -m indexer")),
    (IndexOutdated, lazy_gettext("the index was made by another version: run python -m indexer --rebuild")),
    (IndexDamaged, lazy_gettext("the index cannot be read: see the server's log")),
    (SearchTimedOut, lazy_gettext("this takes too long; ask for fewer words, or for rarer ones")),
    (EngineError, lazy_gettext("the archive cannot be searched at the moment: see the server's log")),
)


def register(app: Flask) -> None:
    app.teardown_appcontext(_let_go)
    app.after_request(server_timing)


def engine() -> Engine:
    """For this request, all of whose answers are of one generation, whatever is committed meanwhile."""
    if "engine" not in g:
        shared: Engine = current_app.extensions[EXTENSION]
        g.engine = shared.pinned()
    found: Engine = g.engine
    return found


def _let_go(_: BaseException | None) -> None:
    if "engine" in g:
        g.engine.close()


def answer(search: Search) -> Page:
    """What the engine answers; the response, the log and the metrics will tell the time it took."""
    started = perf_counter()
    try:
        g.page = engine().search(search)
    finally:
        g.search_seconds = g.get("search_seconds", 0.0) + perf_counter() - started
    page: Page = g.page
    g.partial = page.partial or g.get("partial", False)  # of several searches for one answer, any
    return page


def whole_answer(search: Search) -> Page:
    """The same for what must not be a part of the answer that passes for the whole. Raises SearchTimedOut."""
    page = answer(search)
    if page.partial:
        raise SearchTimedOut("the search takes too long")
    return page


def server_timing(response: Response) -> Response:
    if "search_seconds" in g:
        response.headers["Server-Timing"] = f"search;dur={g.search_seconds * 1000:.2f}"
    return response


def reason(error: EngineError) -> str:
    """Why there is no answer, in words for anybody. The engine's own may name paths and hosts, and go to the log."""
    current_app.logger.warning("%s", error)
    return next(str(words) for kind, words in _REASONS if isinstance(error, kind))
