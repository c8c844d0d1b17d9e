"""The JSON endpoints."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request, url_for

from search.article import to_json
from search.engine import Hit, Page, Search, Snippet
from search.parse import render
from web.engine import answer, engine
from web.form import FILTERS, Form, form_from, search_from
from web.paging import last_page, page_count, page_number

api = Blueprint("api", __name__, url_prefix="/api")


@api.get("/search")
def search() -> dict[str, Any]:
    form = form_from(request.args)
    asked = search_from(form)
    return search_json(form, asked, answer(asked))


@api.get("/articles/<article_id:article_id>")
def article(article_id: str) -> dict[str, Any]:
    found = engine().get(article_id)
    if found is None:
        abort(404, "there is no article with this id")
    return to_json(found)


@api.get("/articles/")
def article_by_parameter() -> dict[str, Any]:
    """For the ids `.` and `..`, which browsers take out of a path."""
    return article(request.args.get("id", ""))


def search_json(form: Form, asked: Search, page: Page) -> dict[str, Any]:
    return {
        "query": render(asked.query),
        "total": page.total,
        "page": page_number(page, asked),
        "size": asked.size,
        "pages": page_count(page.total, asked.size),
        "generation": page.generation,
        "hits": [hit_json(hit) for hit in page.hits],
        "facets": {
            name: [
                {"value": bucket.value, "count": bucket.count, "selected": bucket.selected}
                for bucket in page.facets.get(name, ())
            ]
            for name in FILTERS
        },
        "timeline": [{"start": bucket.start.isoformat(), "count": bucket.count} for bucket in page.timeline],
        "interval": page.interval,
        "suggestion": page.suggestion,
        "relaxed": page.relaxed,
        "related": list(page.related),
        "spellings": [{"typed": word, "others": list(others)} for word, others in page.spellings.items()],
        "ignored": list(page.ignored),
        "truncated": list(page.truncated),
        "cursor": page.cursor,
        "links": links(form, asked, page),
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    values = {name: value for name, value in to_json(hit.article).items() if name != "body"}
    return values | {
        "score": hit.score,
        "snippet": pieces_json(hit.snippet),
        "title_pieces": pieces_json(hit.title_pieces),
    }


def pieces_json(snippet: Snippet) -> list[dict[str, Any]]:
    return [{"text": piece.text, "matched": piece.matched} for piece in snippet]


def links(form: Form, asked: Search, page: Page) -> dict[str, str | None]:
    """A page without hits is not linked to. What cannot be reached by number is by cursor, but for the way back."""
    last, here = last_page(page.total, asked.size), page_number(page, asked)

    def address(number: int) -> str | None:
        return _address(form.put("page", number)) if 1 <= number <= last else None

    behind = page.cursor and _address(form.put("cursor", page.cursor))
    return {
        "self": _address(form),
        "next": behind if asked.cursor else address(here + 1) or behind,
        "prev": address(here - 1),
    }


def _address(form: Form) -> str:
    query_string = form.query_string()
    return url_for("api.search") + (f"?{query_string}" if query_string else "")
