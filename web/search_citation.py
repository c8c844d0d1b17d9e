"""A search in a sentence, for a footnote: what was asked, of which state of the archive, and what was found."""

from __future__ import annotations

from collections.abc import Iterator

from flask import request

from search.engine import Match, Page, Search, Sort
from search.parse import render
from search.query import All
from web.addresses import results_address
from web.form import Form
from web.messages import gettext as _
from web.messages import lazy_gettext
from web.words import FILTER_NAMES, counted, day, number, typed_range

_ORDERS = {
    Sort.RELEVANCE: lazy_gettext("best match first"),
    Sort.RECENT: lazy_gettext("best match of late first"),
    Sort.NEWEST: lazy_gettext("newest first"),
    Sort.OLDEST: lazy_gettext("oldest first"),
    Sort.INDEXED: lazy_gettext("newest in the archive first"),
}


def search_citation(form: Form, asked: Search, page: Page) -> str:
    """The same for as long as the archive stays as it is. The day is that on which this state of it was written."""
    by_date = isinstance(asked.query, All) and asked.sort in (Sort.RELEVANCE, Sort.RECENT)
    return _(
        "%(search)s: %(articles)s, %(order)s. Dateline, generation %(generation)s of the archive, %(day)s. %(address)s",
        search="; ".join(_narrowed(form, asked, page)),
        articles=counted(page.total),
        order=_ORDERS[Sort.NEWEST if by_date else asked.sort],
        generation=page.generation,
        day=day(page.committed),
        address=request.host_url.rstrip("/") + results_address(form.itself()),
    )


def _narrowed(form: Form, asked: Search, page: Page) -> Iterator[str]:
    yield _("All articles") if isinstance(asked.query, All) else _("“%(title)s”", title=render(asked.query))
    if page.relaxed or asked.match is Match.ANY:
        yield _("any of the words")
    for name, value in form.chosen():
        yield f"{FILTER_NAMES[name]}: {value}"
    if form.text("from") or form.text("to"):
        yield typed_range(form.text("from"), form.text("to"))
    if asked.since is not None:
        yield _("new since generation %(number)s", number=number(asked.since))
