"""Any search as an Atom feed (RFC 4287), paged (RFC 5005), with what OpenSearch adds to a feed of results.

A feed is ordered by when articles entered the archive, which a rebuild leaves as it is: nobody is told anything twice.
So that it does not change its mind either, all bare words are asked for unless `match=any` is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from flask import Blueprint, Flask, make_response, request, url_for
from lxml import etree
from werkzeug.wrappers import Response

from search.article import Article
from search.engine import Hit, Match, Page, Search, Snippet, Sort
from search.parse import render
from search.query import All
from web.addresses import article_address, results_address, web_address
from web.engine import whole_answer
from web.form import NAMES, Form, form_from, search_from
from web.messages import gettext as _
from web.openapi import describes
from web.paging import last_page, page_number
from web.words import counted, opening, paragraphs

SIZE = 30  # entries where the address asks for no other number
MIMETYPE = "application/atom+xml"

# What the ids of feeds and entries are made in (RFC 4122, version 5). It must never change, or every reader would be
# told everything anew. No host takes part in it: an archive may move.
NAMESPACE = UUID("5f1c9d1e-7a63-4c0b-9a64-2f4f3f0ed1a7")

_ATOM = "http://www.w3.org/2005/Atom"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_DC = "http://purl.org/dc/elements/1.1/"
_NAMESPACES: Any = {None: _ATOM, "opensearch": _OPENSEARCH, "dc": _DC}  # lxml-stubs knows of no default one
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2

PARAMETERS = tuple(name for name in NAMES if name not in ("sort", "fold", "view", "kwic_sort"))

feeds = Blueprint("feeds", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(feeds)
    app.jinja_env.globals["feed_address"] = address


@feeds.get("/feed.atom")
@describes("What is new, as a feed", None, PARAMETERS, problems=(400, 503), media=(MIMETYPE,))
def atom() -> Response:
    """The articles found as an Atom feed (RFC 4287), the newest in the archive first, in pages (RFC 5005). All words of
    the query are asked for, unless `match` says `any`. A page has 30 of them, unless `size` says otherwise.
    """
    form = feed_form(form_from(request.args))
    asked = feed_search(form)
    page = whole_answer(asked)
    response = make_response(etree.tostring(feed(form, asked, page), xml_declaration=True, encoding="utf-8"))
    response.mimetype = MIMETYPE
    response.last_modified = page.committed
    if not request.if_none_match:  # a tag knows better than a date (RFC 9110, 13.1.3)
        response.make_conditional(request)
    return response


def feed_form(form: Form) -> Form:
    """The search as its feed asks for it; at its page or behind its cursor, if it has one."""
    values = {"size": (str(SIZE),), **form.values}
    return Form({name: values[name] for name in PARAMETERS if name in values})


def feed_search(form: Form) -> Search:
    """Raises BadParameters."""
    asked = search_from(form)
    return replace(asked, fold=False, sort=Sort.INDEXED, match=Match.ALL if asked.match is Match.AUTO else asked.match)


def feed(form: Form, asked: Search, page: Page) -> etree._Element:
    whole = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMESPACES)
    _add(whole, "id", _urn(f"search:{_itself(form).query_string()}"))
    _add(whole, "title", f"{_('All articles') if isinstance(asked.query, All) else render(asked.query)} · Dateline")
    _add(whole, "subtitle", counted(page.total))
    _add(whole, "updated", _moment(updated(page)))
    _add(_add(whole, "author"), "name", "Dateline")  # of entries that name none
    _add(whole, "generator", "Dateline")
    _add(whole, "link", rel="alternate", type="text/html", href=_absolute(results_address(_itself(form))))
    for rel, address in _links(form, asked, page):
        _add(whole, "link", rel=rel, type=MIMETYPE, href=address)
    _add(whole, "totalResults", str(page.total), _OPENSEARCH)
    _add(whole, "startIndex", str(page.before + 1), _OPENSEARCH)
    _add(whole, "itemsPerPage", str(asked.size), _OPENSEARCH)
    here = str(page_number(page, asked))
    _add(whole, "Query", namespace=_OPENSEARCH, role="request", searchTerms=form.text("q"), startPage=here)
    for hit in page.hits:
        _add_entry(whole, hit)
    return whole


def updated(page: Page) -> datetime:
    """When the newest of its articles entered the archive; for a feed without any, when the index was written."""
    return _indexed(page.hits[0].article) if page.hits else page.committed


def _add_entry(whole: etree._Element, hit: Hit) -> None:
    article = hit.article
    entry = _add(whole, "entry")
    if article.language and _LANGUAGE.fullmatch(article.language):
        entry.set(_XML_LANG, article.language)
    _add(entry, "id", _urn(f"article:{article.id}"))
    _add(entry, "title", article.title or opening(article) or _("Untitled"))
    _add(entry, "updated", _moment(_indexed(article)))
    if article.instant is not None:
        _add(entry, "published", _moment(article.instant))
    for name in article.author or ((article.publisher,) if article.publisher else ()):
        _add(_add(entry, "author"), "name", name)
    if article.publisher:
        _add(entry, "publisher", article.publisher, _DC)
    _add(entry, "link", rel="alternate", type="text/html", href=_absolute(article_address(article.id)))
    if original := web_address(article.url):
        _add(entry, "link", rel="via", href=original)
    _add(entry, "summary", _summary(article, hit.snippet))
    _add(entry, "content", _html(article), type="html")


def _add(
    parent: etree._Element, name: str, text: str | None = None, namespace: str = _ATOM, **attributes: str
) -> etree._Element:
    """A last child, without the characters that no XML document can hold and captures do have."""
    child = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)
    child.text = None if text is None else _NOT_XML.sub("", text)
    for attribute, value in attributes.items():
        child.set(attribute, _NOT_XML.sub("", value))
    return child


def _summary(article: Article, snippet: Snippet) -> str:
    """The article's own, or where it has none the passages that were found."""
    return "\n".join(article.summary) or "".join(piece.text for piece in snippet)


def _html(article: Article) -> str:
    """The body as HTML. An article is text, so nothing in it is taken for HTML."""
    body = etree.Element("div")
    for paragraph in paragraphs(article.body):
        _add(body, "p", paragraph, namespace="")
    return etree.tostring(body, encoding="unicode", method="html")


def _links(form: Form, asked: Search, page: Page) -> Iterator[tuple[str, str]]:
    """RFC 5005, section 3. Behind the last page that has a number, `next` goes on by cursor and `last` is not known."""
    here, last = page_number(page, asked), last_page(page.total, asked.size)
    yield "self", _feed_address(form)
    yield "first", _feed_address(form.put("page"))
    if 1 < here <= last + 1:
        yield "previous", _feed_address(form.put("page", here - 1))
    if here < last and not asked.cursor:
        yield "next", _feed_address(form.put("page", here + 1))
    elif page.cursor:
        yield "next", _feed_address(form.put("cursor", page.cursor))
    if last * asked.size >= page.total > 0:
        yield "last", _feed_address(form.put("page", last))


def address(form: Form, page: Page) -> str:
    """Of the feed of a search that was answered so: where it fell back to any of the words, of those articles."""
    itself = _itself(form)
    itself = itself.put("match", Match.ANY) if page.relaxed else itself
    query_string = itself.query_string()
    return url_for("feeds.atom") + (f"?{query_string}" if query_string else "")


def _feed_address(form: Form) -> str:
    return f"{url_for('feeds.atom', _external=True)}?{form.query_string()}"


def _absolute(address: str) -> str:
    return request.host_url.rstrip("/") + address


def _itself(form: Form) -> Form:
    """The search, in whatever order it is asked for elsewhere."""
    return form.itself().put("sort")


def _urn(name: str) -> str:
    return uuid5(NAMESPACE, name).urn


def _indexed(article: Article) -> datetime:
    return article.indexed or article.instant or datetime.fromtimestamp(0, UTC)


def _moment(moment: datetime) -> str:
    """RFC 3339, in UTC."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
