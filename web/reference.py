"""The description of the API, for programs and for readers."""

from __future__ import annotations

from flask import Blueprint, Flask, request, url_for
from werkzeug.wrappers import Response

from web import openapi
from web.sample import sample

reference = Blueprint("reference", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(reference)
    app.after_request(_leads_to_description)


@reference.get("/openapi.json")
@openapi.describes("This description", problems=())
def document() -> openapi.JSON:
    """An OpenAPI 3.1 document of all that a program can ask, with examples from this archive."""
    return openapi.document(sample())


def _leads_to_description(response: Response) -> Response:
    """RFC 8631."""
    if request.path.startswith("/api/"):
        response.headers.add("Link", f'<{url_for("reference.document")}>; rel="service-desc"')
    return response
