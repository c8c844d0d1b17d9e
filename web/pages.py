"""The pages."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Flask, render_template, request

from search.engine import Search, Sort
from search.parse import render
from search.query import All
from search.receipt import left_out, searched
from web import addresses, receipt, remedies, timeline, words
from web.absent import absent
from web.article_page import article_page
from web.concordance import LINES_EACH, concordance, following, ordered, previous
from web.engine import answer, engine
from web.form import FILTERS, Form, form_from
from web.messages import gettext as _
from web.paging import last_page, page_count, shown_numbers
from web.parameters import View, parameters_from
from web.search_citation import search_citation

NEWEST = 8  # articles on the front page
SHOWN_FORMS = 2  # of a word, beside the one that was typed, until its part of the receipt is opened
SHOWN_PUBLISHERS = 4  # of a story, below a hit
SHOWN = 8  # words of a note at once

pages = Blueprint("pages", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(pages)
    app.jinja_env.globals.update(
        FILTERS=FILTERS,
        SHOWN=SHOWN,
        SHOWN_FORMS=SHOWN_FORMS,
        SHOWN_PUBLISHERS=SHOWN_PUBLISHERS,
        results_address=addresses.results_address,
        article_address=addresses.article_address,
        timeline_chart=timeline.chart,
        timeline_titles=timeline.TITLES,
        linked_bars=timeline.linked,
        wider_stretches=timeline.wider,
        share=words.share,
        shown_numbers=shown_numbers,
        LINES_EACH=LINES_EACH,
        lines_ordered=ordered,
        lines_before=previous,
        lines_behind=following,
        typed_range=words.typed_range,
        span=words.span,
    )
    app.jinja_env.filters.update(
        number=words.number,
        counted=words.counted,
        counted_stories=words.counted_stories,
        day=words.day,
        period=words.period,
        filter_heading=words.FILTER_HEADINGS.get,
        filter_name=words.FILTER_NAMES.get,
        moment=words.moment,
        language=words.language,
        length_of_text=words.length_of_text,
        opening=words.opening,
        pointed_at=words.pointed_at,
        web_address=addresses.web_address,
        typed=render,
        remedy_form=remedies.remedy_form,
        remedy_told=remedies.told,
        of_several_words=remedies.of_several_words,
        searched=searched,
        left_out=left_out,
        other_forms=receipt.other_forms,
        part_label=receipt.label,
        part_meaning=receipt.meaning,
        part_changes=receipt.changes,
    )


@pages.get("/")
def front() -> str:
    page = answer(Search(sort=Sort.NEWEST, size=NEWEST, fold=True))
    return render_template("front.html", page=page, form=Form({}))


@pages.get("/search")
def results() -> str:
    form = form_from(request.args)
    given = parameters_from(form.values)
    asked = replace(given.search(), receipt=True)
    page = answer(asked)
    return render_template(
        "results.html",
        form=form,
        asked=asked,
        page=page,
        everything=isinstance(asked.query, All),
        understood=render(asked.query),
        page_count=page_count(page.rows, asked.size),
        last_page=last_page(page.rows, asked.size),
        shown=concordance(page, given) if given.view is View.KWIC else None,
        kwic_sort=given.kwic_sort,
        citation=search_citation(form, asked, page),
    )


@pages.get("/articles/<article_id:article_id>")
def article(article_id: str) -> str:
    found = engine().get(article_id)
    if found is None:
        absent(article_id, _("There is no article at this address. It may have been taken out of the archive."))
    return article_page(found)


@pages.get("/articles/")
def article_by_parameter() -> str:
    """For the ids `.` and `..`, which browsers take out of a path."""
    return article(request.args.get("id", ""))
