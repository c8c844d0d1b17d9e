"""The web server's door: reads the environment, takes the engine it names, builds the app that gunicorn serves."""

from __future__ import annotations

import os

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.wrappers import Response

from search import open_engine
from web import (
    api,
    beside,
    caching,
    cite,
    compression,
    cors,
    crawlers,
    errors,
    export,
    facets,
    feed,
    guide,
    health,
    messages,
    pages,
    proxies,
    reference,
    story,
    suggest,
    why,
)
from web.addresses import ArticleId, FacetName
from web.engine import EXTENSION, server_timing

DEFAULT_ENGINE = "whoosh:data/index"

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # a search is nobody else's business
    "X-Content-Type-Options": "nosniff",
}


class UnescapedJSON(DefaultJSONProvider):
    """JSON as UTF-8, in the order of the contract."""

    ensure_ascii = False
    sort_keys = False


def create_app(engine_url: str | None = None, catalogues: str = messages.CATALOGUES) -> Flask:
    """Serves the archive at an engine's URL, by default that of $SEARCH_URL; its index need not be there yet.

    `catalogues` is the folder of the languages that pages can be in, as gettext lays it out.
    Raises EngineError for a URL that names no engine.
    """
    app = Flask(__name__, static_url_path=caching.STATIC)
    app.json = UnescapedJSON(app)
    proxies.trust(app, os.environ.get("TRUSTED_PROXIES") or "0")
    app.extensions[EXTENSION] = open_engine(engine_url or os.environ.get("SEARCH_URL") or DEFAULT_ENGINE)
    app.url_map.converters["article_id"] = ArticleId
    app.url_map.converters["facet"] = FacetName
    app.url_map.merge_slashes = False  # an id with two slashes in a row would be sent on to the id with one
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    compression.register(app)
    messages.register(app, catalogues)
    pages.register(app)
    cite.register(app)
    app.register_blueprint(api.api)
    facets.register(app)
    suggest.register(app)
    reference.register(app)
    why.register(app)
    story.register(app)
    beside.register(app)
    feed.register(app)
    app.register_blueprint(export.exports)
    app.register_blueprint(health.health)
    app.register_blueprint(guide.guide)
    app.register_blueprint(crawlers.crawlers)
    errors.register(app)
    caching.register(app)
    cors.register(app)
    app.after_request(with_headers)
    app.after_request(server_timing)
    return app


def with_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


app = create_app()
