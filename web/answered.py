"""What is known of each request once its answer is ready; the log and the metrics are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

from flask import Flask, g, request
from werkzeug.wrappers import Response

from search.engine import Page

REQUEST_ID = "X-Request-ID"

_ID = re.compile(r"[0-9A-Za-z_.:-]{1,64}")
_ID_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Answered:
    """route: as the app has it, `/articles/<id>` for every article; None for an address that is no route's
    seconds: until the answer was ready, which for a file means its first lines
    search_seconds: of them, in the engine; None where it searched nothing
    page: what it found last
    partial: whether a search that it needed was cut short
    """

    request_id: str
    route: str | None
    status: int
    seconds: float
    search_seconds: float | None
    page: Page | None
    partial: bool


def register(app: Flask, trusted: bool, tell: Callable[[Answered, Response], None]) -> None:
    """Before all else that handles requests or changes responses: what is registered first begins first and ends last.

    trusted: whether a proxy stands before it, which may have named the request in its own log
    """
    app.before_request(lambda: _begin(trusted))

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[REQUEST_ID] = g.request_id
        tell(_answered(response), response)
        return response


def _begin(trusted: bool) -> None:
    g.started = perf_counter()
    given = request.headers.get(REQUEST_ID, "") if trusted else ""
    g.request_id = given if _ID.fullmatch(given) else uuid4().hex[:_ID_LETTERS]


def _answered(response: Response) -> Answered:
    return Answered(
        request_id=g.request_id,
        route=request.url_rule.rule.replace("article_id:", "").replace("facet:", "") if request.url_rule else None,
        status=response.status_code,
        seconds=perf_counter() - g.started,
        search_seconds=g.get("search_seconds"),
        page=g.get("page"),
        partial=g.get("partial", False),
    )
