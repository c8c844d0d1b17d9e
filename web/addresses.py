"""Where things stand: the addresses of results and articles, for routes and for links.

An id may hold any character. Three traps lie in the way of putting it into a path: Werkzeug's own path converter takes
no leading slash and no line break, and has two slashes merged into one; browsers resolve a segment `.` or `..` even
where it is written in percents; and an address longer than the server reads is a 414.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, urlencode, urlsplit

from flask import request, url_for
from werkzeug.routing import BaseConverter

from search.engine import MAX_WINDOW
from web.form import FILTERS, Form

MAX_REQUEST_LINE = 8190  # gunicorn's limit_request_line, which counts the method and the protocol too
MAX_ADDRESS = MAX_REQUEST_LINE - len("HEAD  HTTP/1.1")

RANK = "n"  # the parameter of an article's address that says where among the results it was

_DOT_SEGMENTS = (".", "..")


class ArticleId(BaseConverter):
    """Any text but the empty one, slashes included; decoded once, and composed as every id in the archive is."""

    regex = r"[\s\S]+"
    part_isolating = False

    def to_python(self, value: str) -> str:
        return unicodedata.normalize("NFC", value)

    def to_url(self, value: str) -> str:
        return quote(value, safe="")


class FacetName(BaseConverter):
    """A field that results can be narrowed by."""

    regex = "|".join(FILTERS)


def facet_address(field: str, form: Form, **listing: str | int) -> str:
    """Of all values that a facet of the search's answer has. listing: of them; what is empty is left out"""
    listed = urlencode({name: value for name, value in listing.items() if value})
    searched = form.put("page").query_string()
    return _with_query(url_for("facets.page", facet=field), "&".join(filter(None, (searched, listed))))


def results_address(form: Form, rank: int | None = None) -> str:
    """rank: of the hit to which the page is scrolled"""
    return _with_query(url_for("pages.results"), form.query_string()) + (f"#hit-{rank}" if rank else "")


def article_address(article_id: str, form: Form | None = None, area: str = "pages", rank: int | None = None) -> str:
    """With the search it is opened from, so that the page can mark its words and lead back to it.

    rank: among all that was found, counted from 1; where a page of results can be reached by it, it stands for that
    """
    ranked = rank is not None and rank <= MAX_WINDOW
    if article_id in _DOT_SEGMENTS:
        address = _with_query(url_for(f"{area}.article_by_parameter"), f"id={article_id}")
    else:
        address = url_for(f"{area}.article", article_id=article_id)
    opened_from = ""
    if form:
        opened_from = (form.put("page") if ranked else form).query_string()
    if ranked:
        opened_from += f"{'&' if opened_from else ''}{RANK}={rank}"
    whole = _with_query(address, opened_from)
    return whole if len(whole) <= MAX_ADDRESS else address


def cite_address(article_id: str, form: str) -> str:
    """form: a name of web.citation_formats.FORMATS"""
    return _with_query(url_for("citations.cited"), urlencode({"id": article_id, "as": form}))


def story_address(article_id: str, endpoint: str = "story.page") -> str | None:
    """Of all reports of an article's story; None where its id is too long for an address."""
    address = _with_query(url_for(endpoint), urlencode({"id": article_id}))
    return address if len(address) <= MAX_ADDRESS else None


def beside_address(first_id: str, second_id: str) -> str | None:
    """Of the page with both articles side by side; None where their ids are too long for an address."""
    address = _with_query(url_for("beside.page"), urlencode({"id": first_id, "with": second_id}))
    return address if len(address) <= MAX_ADDRESS else None


def permalink(article_id: str) -> str:
    """The whole address of an article, without any search."""
    return request.url_root.rstrip("/") + article_address(article_id)


def web_address(url: str | None) -> str | None:
    """The URL of an article's original where it can safely be linked to: http and https only, never `javascript:`."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _with_query(address: str, query_string: str) -> str:
    if not query_string:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query_string}"
