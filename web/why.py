"""Why an article is in an answer, or is not: as a page and as JSON."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Flask, render_template, request, url_for
from pydantic import BaseModel, Field

from search.engine import Search
from search.parse import render
from search.query import All
from search.why import Why, WhyFilter, to_json
from web import answers, receipt, remedies, words
from web.absent import absent
from web.addresses import MAX_ADDRESS
from web.engine import engine
from web.form import NAMES, BadParameters, Form, ParameterError, form_from, search_from
from web.messages import gettext as _
from web.openapi import describes

SEARCHED = tuple(name for name in NAMES if name not in ("page", "size", "cursor"))  # what is asked of the whole answer

explanations = Blueprint("why", __name__)


class Asked(BaseModel):
    id: str = Field(description="The article's id.")


def register(app: Flask) -> None:
    app.register_blueprint(explanations)
    app.jinja_env.globals.update(why_address=why_address)
    app.jinja_env.filters.update(kept_out=kept_out, filter_label=remedies.filter_label, points=words.points)


@explanations.get("/why")
def page() -> str:
    form = form_from(request.args)
    asked = search_from(form)
    told = _told(asked)
    return render_template(
        "why.html",
        form=form,
        asked=asked,
        told=told,
        everything=isinstance(asked.query, All),
        understood=render(asked.query),
    )


@explanations.get("/api/why")
@describes("Why an article is found, or is not", answers.Why, SEARCHED, own=Asked, problems=(400, 404, 410, 503))
def explained() -> answers.Why:
    """Its rank among all that the search finds and its score in parts, or what it lacks and what keeps it out."""
    asked = search_from(form_from(request.args))
    return why_json(asked, _told(asked))


def why_address(article_id: str, form: Form, endpoint: str = "why.page") -> str | None:
    """None where the search is too long to take along."""
    searched = Form({name: values for name, values in form.values.items() if name in SEARCHED})
    parts = [searched.query_string(), urlencode({"id": article_id})]
    address = f"{url_for(endpoint)}?{'&'.join(part for part in parts if part)}"
    return address if len(address) <= MAX_ADDRESS else None


def kept_out(told: Why) -> list[str]:
    """What keeps the article out, in words."""
    lacking = [part for part in told.parts if part.fails]
    told_of = [
        _("it has “%(part)s”, which is excluded", part=receipt.label(part.asked))
        if part.excluded
        else _("it does not have “%(part)s”", part=receipt.label(part.asked))
        for part in lacking
    ]
    return told_of + [_refused(one) for one in told.filters if not one.passes]


def _refused(one: WhyFilter) -> str:
    return _("it does not belong to %(filter)s", filter=remedies.filter_label(one.filter))


def why_json(asked: Search, told: Why) -> answers.Why:
    return cast(answers.Why, {"query": render(asked.query), **to_json(told)})


def _told(asked: Search) -> Why:
    article_id = request.args.get("id", "")
    if not article_id:
        raise BadParameters((ParameterError("id", _("give the id of the article that is asked about")),))
    told = engine().why(asked, article_id)
    if told is None:
        absent(article_id, _("There is no article with this id."))
    return told
