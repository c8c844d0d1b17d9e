"""The log: one JSON object a line on standard error, of what the app says, what gunicorn says, and of each request.

The line of a request has no word of what was searched or read, and no reader's address, unless a setting asks for them.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from flask import g, has_request_context, request
from gunicorn.glogging import Logger
from pythonjsonlogger.json import JsonFormatter
from werkzeug.wrappers import Response

from web.answered import Answered
from web.settings import Settings, settings

_REQUESTS = logging.getLogger("dateline.requests")


class GunicornLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines go where all others go."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        configure(settings())
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.NOTSET)


def configure(chosen: Settings) -> None:
    """For the whole process; Python's warnings are lines too."""
    handler = logging.StreamHandler(sys.stderr)
    fields = ["levelname", "name", "message", "process"]
    names = {"levelname": "level", "name": "logger"}
    handler.setFormatter(JsonFormatter(fields, rename_fields=names, timestamp="time", json_ensure_ascii=False))
    handler.addFilter(_with_request)
    logging.basicConfig(level=chosen.log_level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)


def _with_request(record: logging.LogRecord) -> bool:
    if has_request_context() and "request_id" in g:
        record.request = g.request_id
    return True


def tell(answered: Answered, response: Response, chosen: Settings) -> None:
    """Of a request, when all of its answer is sent."""
    line = _line(answered, chosen)
    if not response.is_streamed:
        _REQUESTS.info("answered", extra=line | {"bytes": response.calculate_content_length() or 0})
        return
    sent: list[int] = []
    response.response = _counted(response.iter_encoded(), sent)
    response.call_on_close(lambda: _REQUESTS.info("answered", extra=line | {"bytes": sum(sent)}))


def _line(answered: Answered, chosen: Settings) -> dict[str, Any]:
    line: dict[str, Any] = {
        "request": answered.request_id,
        "method": request.method,
        "route": answered.route,
        "status": answered.status,
        "ms": round(answered.seconds * 1000, 2),
    }
    if answered.search_seconds is not None:
        line["search_ms"] = round(answered.search_seconds * 1000, 2)
    if answered.page is not None:
        line |= {"total": answered.page.total, "generation": answered.page.generation}
    if answered.partial:
        line["partial"] = True
    if chosen.log_queries:
        line["target"] = request.full_path if request.query_string else request.path
    if chosen.log_addresses:
        line["client"] = request.remote_addr
    return line


def _counted(chunks: Iterable[bytes], sent: list[int]) -> Iterator[bytes]:
    for chunk in chunks:
        sent.append(len(chunk))
        yield chunk
