"""Responses are packed in a form that their reader understands.

Packed text tells by its length what it repeats (BREACH), which matters where a secret stands beside what a stranger can
choose. No page here holds a secret.
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_compress import Compress

_TEXTS = (
    "text/html",
    "text/css",
    "text/csv",
    "text/plain",
    "text/javascript",
    "text/markdown",
    "image/svg+xml",
    "application/json",
    "application/problem+json",
    "application/jsonl",
    "application/x-ndjson",
    "application/atom+xml",
    "application/opensearchdescription+xml",
    "application/x-suggestions+json",
)


def register(app: Flask) -> None:
    """Before all else that changes responses: what is registered first is done last."""
    app.config["COMPRESS_MIMETYPES"] = _TEXTS
    Compress(app)
    app.after_request(_read_file)


def _read_file(response: Response) -> Response:
    """Static files are small, and one that is packed while it is read would be left open."""
    if request.endpoint == "static" and response.is_streamed:
        response.direct_passthrough = False
        response.make_sequence()
    return response
