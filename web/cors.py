"""Reading from programs in other sites' pages: the API answers whoever asks, and takes nothing from anybody."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Server-Timing",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept-Language, Cache-Control, If-None-Match",
    "Access-Control-Max-Age": "86400",  # seconds
}


def register(app: Flask) -> None:
    app.after_request(_open_to_all)


def _open_to_all(response: Response) -> Response:
    if request.path.startswith("/api/") or request.path == "/openapi.json":
        response.headers.update(HEADERS)
        if request.method == "OPTIONS":
            response.headers.update(PREFLIGHT)
    return response
