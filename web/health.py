"""For whoever watches over the server."""

from __future__ import annotations

from flask import Blueprint

from search.engine import EngineError, Search
from web.engine import engine, reason
from web.openapi import describes

health = Blueprint("health", __name__)

_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@health.get("/healthz")
@describes("Whether the process lives", problems=(), media=("text/plain",))
def alive() -> tuple[str, dict[str, str]]:
    """The process answers."""
    return "ok\n", _PLAIN


@health.get("/readyz")
@describes("Whether the archive can be searched", media=("text/plain",))
def ready() -> tuple[str, int, dict[str, str]]:
    """The index opens and can be searched. Where its newest commit is damaged, the one before answers, and this says
    so.
    """
    try:
        engine().search(Search(size=1))
        damage = engine().damage()
    except EngineError as error:
        return f"{reason(error)}\n", 503, _PLAIN
    if damage:
        return "ready, without the newest commit, which is damaged: see the server's log\n", 200, _PLAIN
    return "ready\n", 200, _PLAIN
