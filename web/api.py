"""The JSON endpoints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, jsonify, request, url_for
from pydantic import BaseModel, Field
from werkzeug.wrappers import Response

from search import receipt
from search.article import Article, to_json
from search.engine import Bucket, Hit, Page, Search, Similar, Snippet, Story
from search.parse import render
from search.receipt import Receipt
from search.remedies import Remedy
from web import answers
from web.absent import absent
from web.concordance import Concordance, concordance, following, line_json, previous
from web.engine import answer, engine
from web.form import FILTERS, NAMES, Form, form_from
from web.openapi import describes
from web.paging import last_page, page_count, page_number
from web.parameters import View, parameters_from
from web.remedies import remedy_form
from web.search_citation import search_citation

MAX_LINKED = 1_000  # characters of an address in the head of an answer, which servers on the way read whole
SIMILAR = 10  # articles like one, at most

api = Blueprint("api", __name__, url_prefix="/api")


class ById(BaseModel):
    id: str = Field(description="The article's id.")


@api.get("/search")
@describes("Search the archive", answers.SearchAnswer, NAMES, problems=(400, 503))
def search() -> Response:
    """The articles that a query finds, a page at a time; how many have which publisher, author, place, language and
    date; and what the query was taken to mean.
    """
    form = form_from(request.args)
    given = parameters_from(form.values)
    asked = replace(given.search(), receipt=True)
    page = answer(asked)
    found = search_json(form, asked, page)
    if given.view is View.KWIC:
        found = cast(answers.SearchAnswer, found | concordance_json(form, concordance(page, given), page))
    response = jsonify(found)
    response.headers["Link"] = link_header(form, found["links"], last_page(page.rows, asked.size))
    return response


@api.get("/articles/<article_id:article_id>")
@describes("One article, whole", answers.Article, problems=(404, 410, 503))
def article(article_id: str) -> dict[str, Any]:
    """With its body, and all that its capture says of it."""
    found = engine().get(article_id)
    if found is None:
        absent(article_id, "there is no article with this id")
    return to_json(found)


@api.get("/articles/")
@describes("One article, by an id that no path can hold", answers.Article, own=ById, problems=(404, 410, 503))
def article_by_parameter() -> dict[str, Any]:
    """For the ids `.` and `..`, which browsers take out of a path."""
    return article(request.args.get("id", ""))


@api.get("/similar")
@describes("Articles like one", answers.SimilarAnswer, own=ById, problems=(404, 410, 503))
def similar() -> answers.SimilarAnswer:
    """Those in its language that share the words which tell it from the rest of the archive."""
    article_id = request.args.get("id", "")
    if engine().get(article_id) is None:
        absent(article_id, "there is no article with this id")
    return {"id": article_id, "similar": [similar_json(one) for one in engine().similar(article_id, SIMILAR)]}


def search_json(form: Form, asked: Search, page: Page) -> answers.SearchAnswer:
    return {
        "query": render(asked.query),
        "total": page.total,
        "stories": page.stories,
        "page": page_number(page, asked),
        "size": asked.size,
        "pages": page_count(page.rows, asked.size),
        "generation": page.generation,
        "hits": [hit_json(hit) for hit in page.hits],
        "facets": cast(answers.Facets, {name: buckets_json(page.facets.get(name, ())) for name in FILTERS}),
        "cardinality": cast(answers.Cardinality, {name: page.cardinality.get(name, 0) for name in FILTERS}),
        "timeline": [
            {"start": bucket.start.isoformat(), "count": bucket.count, "archive": bucket.archive}
            for bucket in page.timeline
        ],
        "interval": page.interval,
        "suggestion": page.suggestion,
        "correction": remedy_json(form, asked, page.correction) if page.correction else None,
        "relaxed": page.relaxed,
        "related": list(page.related),
        "spellings": [{"typed": word, "others": list(others)} for word, others in page.spellings.items()],
        "ignored": list(page.ignored),
        "truncated": list(page.truncated),
        "partial": page.partial,
        "receipt": cast(answers.Receipt, receipt.to_json(page.receipt or Receipt())),
        "remedies": [remedy_json(form, asked, remedy) for remedy in page.remedies],
        "citation": search_citation(form, asked, page),
        "concordance": None,
        "cursor": page.cursor,
        "links": links(form, asked, page),
    }


def concordance_json(form: Form, shown: Concordance, page: Page) -> dict[str, Any]:
    """What is another thing in an answer of lines: pages are of lines, and no hits stand beside them."""
    before, behind = previous(form, shown), following(form, shown, page)
    return {
        "page": shown.page,
        "size": shown.size,
        "pages": shown.pages,
        "hits": [],
        "concordance": {
            "lines": [line_json(line) for line in shown.lines],
            "total": shown.total,
            "first": shown.first,
            "last": shown.last,
            "shortened": shown.shortened,
        },
        "links": {"self": _address(form), "next": behind and _address(behind), "prev": before and _address(before)},
    }


def similar_json(similar: Similar) -> answers.Similar:
    values = about_json(similar.article)
    values["likeness"] = similar.likeness
    values["shared"] = list(similar.shared)
    return cast(answers.Similar, values)


def remedy_json(form: Form, asked: Search, remedy: Remedy) -> answers.Remedy:
    return {
        "change": remedy.change.value,
        "query": render(remedy.query),
        "part": None if remedy.part is None else cast(answers.Asked, receipt.part_json(remedy.part)),
        "without": list(remedy.without),
        "total": remedy.total,
        "link": _address(remedy_form(form, asked, remedy)),
    }


def hit_json(hit: Hit) -> answers.Hit:
    values = about_json(hit.article)
    values["score"] = hit.score
    values["snippet"] = pieces_json(hit.snippet)
    values["title_pieces"] = pieces_json(hit.title_pieces)
    values["story"] = story_json(hit.story, hit.alike) if hit.story else None
    return cast(answers.Hit, values)


def story_json(story: Story, alike: int) -> answers.HitStory:
    return {
        "id": story.id,
        "others": alike - 1,
        "total": story.total,
        "first": story.first.isoformat() if story.first else None,
        "last": story.last.isoformat() if story.last else None,
        "publishers": list(story.publishers),
    }


def about_json(article: Article) -> dict[str, Any]:
    return {name: value for name, value in to_json(article).items() if name != "body"}


def pieces_json(snippet: Snippet) -> list[answers.Piece]:
    return [{"text": piece.text, "matched": piece.matched} for piece in snippet]


def buckets_json(buckets: Iterable[Bucket]) -> list[answers.Bucket]:
    return [{"value": bucket.value, "count": bucket.count, "selected": bucket.selected} for bucket in buckets]


def links(form: Form, asked: Search, page: Page) -> answers.Links:
    """A page without hits is not linked to. What cannot be reached by number is by cursor, but for the way back."""
    last, here = last_page(page.rows, asked.size), page_number(page, asked)

    def address(number: int) -> str | None:
        return _address(form.put("page", number)) if 1 <= number <= last else None

    behind = page.cursor and _address(form.put("cursor", page.cursor))
    return {
        "self": _address(form),
        "next": behind if asked.cursor else address(here + 1) or behind,
        "prev": address(here - 1),
    }


def link_header(form: Form, links: answers.Links, last: int) -> str:
    """The same for programs that read no further than the head (RFC 8288), and where the answer begins and ends.

    last: page that has hits; 0 where none has. Of lines it is not known
    """
    ends = {"first": 1, "last": last} if last and form.text("view").strip() != View.KWIC else {}
    addresses = {**links, **{rel: _address(form.put("page", number)) for rel, number in ends.items()}}
    return ", ".join(
        f'<{address}>; rel="{rel}"'
        for rel, address in addresses.items()
        if isinstance(address, str) and len(address) <= MAX_LINKED
    )


def _address(form: Form) -> str:
    query_string = form.query_string()
    return url_for("api.search") + (f"?{query_string}" if query_string else "")
