"""Suggestions while typing, and the description by which a browser makes the archive one of its search engines
(OpenSearch 1.1, https://github.com/dewitt/opensearch).
"""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, Flask, Response, json, make_response, render_template, request
from pydantic import BaseModel, Field, WithJsonSchema

from web.engine import engine
from web.form import FILTERS, BadParameters, ParameterError, form_from
from web.messages import gettext as _
from web.openapi import describes
from web.parameters import parameters_from

NARROWING = (*FILTERS, "from", "to")
SUGGESTIONS = "application/x-suggestions+json"
DESCRIPTION = "application/opensearchdescription+xml"
KEPT = "max-age=60"  # a reader types and takes back; nobody needs the newest commit here

suggest = Blueprint("suggest", __name__)

# The text as typed, and whole queries that it may become. Readers of OpenAPI, schemathesis among them, stumble over the
# `prefixItems` that would say which is which.
_PART = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Answer = Annotated[
    tuple[str, list[str]], WithJsonSchema({"type": "array", "items": _PART, "minItems": 2, "maxItems": 2})
]


class Typing(BaseModel):
    q: str = Field("", description="What was typed so far.")


def register(app: Flask) -> None:
    app.register_blueprint(suggest)
    app.jinja_env.globals.update(NARROWING=NARROWING)


@suggest.get("/api/suggest")
@describes("Suggestions while typing", Answer, NARROWING, Typing, problems=(400, 503), media=(SUGGESTIONS,))
def suggestions() -> Response:
    """What a text that is being typed may become, in the form of OpenSearch suggestions: at most ten queries. The last
    words are completed by words and phrases of titles and by names; what stands before them stays.
    """
    form = form_from(request.args)
    filters = parameters_from({name: form.values[name] for name in NARROWING if name in form.values}).search().filters
    given = request.args.getlist("q")
    if len(given) > 1:
        words = _("%(name)s is given %(number)s times; give it once", name="q", number=len(given))
        raise BadParameters((ParameterError("q", words),))
    typed = "".join(given)
    answer = [typed, list(engine().suggest(typed, filters=filters))]
    return make_response(json.dumps(answer), {"Content-Type": SUGGESTIONS, "Cache-Control": KEPT})


@suggest.get("/opensearch.xml")
@describes("This archive as a search engine", problems=(), media=(DESCRIPTION,))
def description() -> Response:
    """An OpenSearch 1.1 description: where the pages, the suggestions and the feed of a search stand."""
    return make_response(render_template("opensearch.xml"), {"Content-Type": DESCRIPTION})
