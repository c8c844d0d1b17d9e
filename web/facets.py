"""All values of one facet of an answer, for readers and for programs: however many, searched and ordered."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request

from search.engine import MAX_SIZE, Values
from search.parse import render
from search.query import All
from web import answers, words
from web.addresses import facet_address
from web.api import buckets_json
from web.engine import engine
from web.form import NAMES, Form, form_from
from web.messages import lazy_gettext, ngettext
from web.openapi import describes
from web.paging import page_count, shown_numbers
from web.parameters import FacetParameters, Listing, validated

SHOWN = 8  # values of a facet beside the results
ANY = {
    "publisher": lazy_gettext("Any publisher"),
    "author": lazy_gettext("Any author"),
    "place": lazy_gettext("Any place"),
    "language": lazy_gettext("Any language"),
}
FIND = {
    "publisher": lazy_gettext("Find a publisher"),
    "author": lazy_gettext("Find an author"),
    "place": lazy_gettext("Find a place"),
    "language": "",  # there are too few, and their names are not what the archive has
}

facets = Blueprint("facets", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(facets)
    app.jinja_env.globals.update(
        ANY=ANY,
        FIND=FIND,
        SHOWN_VALUES=SHOWN,
        facet_address=facet_address,
        values_counted=values_counted,
    )


@facets.get("/facets/<facet:facet>")
def page(facet: str) -> str:
    form, asked = _asked()
    found = _values(facet, asked, MAX_SIZE)
    return render_template(
        "facet.html",
        name=facet,
        form=form,
        asked=asked,
        values=found,
        everything=isinstance(asked.q, All),
        understood=render(asked.q),
        numbers=shown_numbers(asked.page, page_count(found.found, MAX_SIZE)) if found.found > MAX_SIZE else [],
    )


@facets.get("/api/facets/<facet:facet>")
@describes("All values of one facet", answers.FacetAnswer, NAMES, Listing, problems=(400, 404, 503))
def values(facet: str) -> answers.FacetAnswer:
    """How many of the articles found have which publisher, author, place or language, however many of these there are.
    `page` and `size` count values here.
    """
    _, asked = _asked()
    found = _values(facet, asked, asked.size)
    return {
        "query": render(asked.q),
        "total": found.total,
        "generation": found.generation,
        "cardinality": found.cardinality,
        "found": found.found,
        "page": asked.page,
        "size": asked.size,
        "pages": page_count(found.found, asked.size),
        "chosen": buckets_json(found.chosen),
        "values": buckets_json(found.buckets),
    }


def values_counted(field: str, count: int) -> str:
    """`312 publishers`"""
    values = {"number": words.number(count)}
    match field:
        case "publisher":
            return ngettext("%(number)s publisher", "%(number)s publishers", count, **values)
        case "author":
            return ngettext("%(number)s author", "%(number)s authors", count, **values)
        case "place":
            return ngettext("%(number)s place", "%(number)s places", count, **values)
        case _:
            return ngettext("%(number)s language", "%(number)s languages", count, **values)


def _asked() -> tuple[Form, FacetParameters]:
    """Raises BadParameters."""
    form = form_from(request.args)
    listing = {name: tuple(filter(str.strip, request.args.getlist(name))) for name in Listing.model_fields}
    given = {**form.values, **{name: values for name, values in listing.items() if values}}
    return form, validated(FacetParameters, given)


def _values(facet: str, asked: FacetParameters, size: int) -> Values:
    return engine().values(asked.search(), facet, find=asked.find, order=asked.order, page=asked.page, size=size)
