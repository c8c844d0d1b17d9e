"""An article's citation, by itself."""

from __future__ import annotations

import reprlib
from datetime import UTC, datetime
from typing import Literal

from flask import Blueprint, Flask, make_response, request
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from search.article import Article
from web.absent import absent
from web.addresses import cite_address, permalink
from web.citation import Citation, cite
from web.citation_formats import FORMATS
from web.engine import engine
from web.form import BadParameters, ParameterError
from web.messages import gettext as _
from web.openapi import describes

citations = Blueprint("citations", __name__)


class Asked(BaseModel):
    id: str = Field(description="The article's id.")
    as_: Literal["plain", "bibtex", "ris", "csl"] = Field("plain", alias="as", description="The form of the citation.")


def register(app: Flask) -> None:
    app.register_blueprint(citations)
    app.jinja_env.globals.update(FORMATS=FORMATS, cite_address=cite_address)


@citations.get("/cite")
@describes(
    "Cite an article", own=Asked, problems=(400, 404, 410, 503), media=tuple(form.media for form in FORMATS.values())
)
def cited() -> Response:
    """In a sentence, or as BibTeX, RIS or CSL-JSON."""
    name = request.args.get("as", "").strip() or "plain"
    if name not in FORMATS:
        meant = _("plain, bibtex, ris or csl")
        detail = _("as is %(meant)s, not %(given)s", meant=meant, given=reprlib.repr(name))
        raise BadParameters((ParameterError("as", detail),))
    article_id = request.args.get("id", "")
    article = engine().get(article_id)
    if article is None:
        absent(article_id, _("There is no article with this id."))
    citation, form = citation_of(article), FORMATS[name]
    response = make_response(form.write(citation), {"Content-Type": f"{form.media}; charset=utf-8"})
    if form.extension:
        response.headers["Content-Disposition"] = f'attachment; filename="{citation.key}.{form.extension}"'
    return response


def citation_of(article: Article) -> Citation:
    """As it is read today."""
    return cite(article, permalink(article.id), datetime.now(UTC).date())
