"""The description of the API, for programs and for readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, render_template, request, url_for
from werkzeug.wrappers import Response

from web.form import Form
from web.openapi import JSON, describes, document
from web.sample import sample

reference = Blueprint("reference", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(reference)
    app.after_request(_lead_to_description)


@reference.get("/openapi.json")
@describes("This description", problems=())
def described() -> JSON:
    """An OpenAPI 3.1 document of all that a program can ask, with examples from this archive."""
    return document(sample())


@reference.get("/api")
def page() -> str:
    described = document(sample())
    schemas = described["components"]["schemas"]

    def name_of(reference: JSON) -> str:
        return str(reference["$ref"]).rpartition("/")[2]

    def named(reference: JSON) -> JSON:
        schema: JSON = schemas[name_of(reference)]
        return schema

    def tries(path: str, operation: JSON, parameter: JSON) -> Iterator[tuple[Any, str]]:
        """Values of one parameter, with what asks for them."""
        schema = parameter["schema"]
        values = [parameter["example"]] if "example" in parameter else schema.get("examples", ())
        for value in (named(schema) if "$ref" in schema else schema).get("enum", values):
            if address := tried(path, operation, {parameter["name"]: value}):
                yield value[0] if isinstance(value, list) else value, address

    return render_template(
        "api.html", document=described, name_of=name_of, named=named, tried=tried, tries=tries, form=Form({})
    )


def tried(path: str, operation: JSON, given: JSON | None = None) -> str | None:
    """An address that asks for an example, with these values of parameters; None where the archive has no example."""
    query = {}
    for parameter in operation["parameters"]:
        name = parameter["name"]
        value = (given or {}).get(name, parameter.get("example"))
        if value is None and parameter["required"]:
            return None
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        elif value is not None and (name in (given or {}) or parameter["required"] or name == "q"):
            query[name] = value
    return request.script_root + path + (f"?{urlencode(query, doseq=True)}" if query else "")


def _lead_to_description(response: Response) -> Response:
    """RFC 8631."""
    if request.path.startswith("/api/"):
        described, page = url_for("reference.described"), url_for("reference.page")
        response.headers.add("Link", f'<{described}>; rel="service-desc", <{page}>; rel="service-doc"')
    return response
