"""Two articles side by side, with the words that only one of them has."""

from __future__ import annotations

import unicodedata

from flask import Blueprint, Flask, render_template, request

from search.article import Article
from web.absent import absent
from web.addresses import beside_address
from web.differences import compare
from web.engine import engine
from web.form import BadParameters, Form, ParameterError
from web.messages import gettext as _
from web.words import paragraphs

both = Blueprint("beside", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(both)
    app.jinja_env.globals.update(beside_address=beside_address)


@both.get("/beside")
def page() -> str:
    first, second = _article("id"), _article("with")
    if first.id == second.id:
        raise BadParameters((ParameterError("with", _("give the id of another article than the first")),))
    texts = paragraphs(first.body), paragraphs(second.body)
    return render_template(
        "beside.html",
        articles=(first, second),
        texts=texts,
        compared=compare(*texts),
        others=_others(first, second),
        form=Form({}),
    )


def _others(first: Article, second: Article) -> list[Article]:
    """What else reports the first one's story."""
    story = engine().story(first.id)
    return [report for report in story.reports if report.id != second.id] if story else []


def _article(name: str) -> Article:
    """Raises BadParameters where the parameter is not given."""
    article_id = unicodedata.normalize("NFC", request.args.get(name, ""))
    if not article_id:
        raise BadParameters((ParameterError(name, _("give the id of an article that is to be compared")),))
    found = engine().get(article_id)
    if found is None:
        absent(article_id, _("There is no article with this id."))
    return found
