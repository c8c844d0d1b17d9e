"""The web server's door: reads the environment, takes the engine it names, builds the app that gunicorn serves."""

from __future__ import annotations

import os

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.wrappers import Response

from search import open_engine
from web import (
    answered,
    api,
    beside,
    caching,
    cite,
    compression,
    cors,
    crawlers,
    engine,
    errors,
    export,
    facets,
    feed,
    guide,
    headers,
    health,
    hosts,
    limiting,
    log,
    messages,
    metrics,
    pages,
    proxies,
    reference,
    story,
    suggest,
    why,
)
from web.addresses import ArticleId, FacetName
from web.engine import EXTENSION
from web.settings import Settings, settings_from


class UnescapedJSON(DefaultJSONProvider):
    """JSON as UTF-8, in the order of the contract."""

    ensure_ascii = False
    sort_keys = False


def create_app(engine_url: str | None = None, catalogues: str = messages.CATALOGUES) -> Flask:
    """Serves the archive at an engine's URL, by default that of $SEARCH_URL; its index need not be there yet.

    `catalogues` is the folder of the languages that pages can be in, as gettext lays it out.
    Raises EngineError for a URL that names no engine, BadSettings for what else the environment says wrongly.
    """
    chosen = settings_from(os.environ)
    app = Flask(__name__, static_url_path=caching.STATIC)
    app.json = UnescapedJSON(app)
    hosts.check(app)
    proxies.trust(app, chosen.trusted_proxies)
    app.extensions[EXTENSION] = open_engine(engine_url or chosen.search_url, seconds=chosen.search_timeout)
    app.url_map.converters["article_id"] = ArticleId
    app.url_map.converters["facet"] = FacetName
    app.url_map.merge_slashes = False  # an id with two slashes in a row would be sent on to the id with one
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    answered.register(app, chosen.trusted_proxies > 0, lambda done, response: _told(done, response, chosen))
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
    if chosen.metrics:
        app.register_blueprint(metrics.metrics)
    app.register_blueprint(guide.guide)
    app.register_blueprint(crawlers.crawlers)
    errors.register(app)
    limiting.register(app, chosen)
    caching.register(app)
    cors.register(app)
    headers.register(app, chosen.hsts_seconds)
    engine.register(app)
    return app


def _told(done: answered.Answered, response: Response, chosen: Settings) -> None:
    if chosen.log_requests:
        log.tell(done, response, chosen)
    if chosen.metrics:
        metrics.count(done)


app = create_app()
