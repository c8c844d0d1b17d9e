"""What robots are asked to leave alone (RFC 9309): what is the same in another form, or without end."""

from __future__ import annotations

from flask import Blueprint

crawlers = Blueprint("crawlers", __name__)

_ROBOTS = """\
User-agent: *
Disallow: /api/
Disallow: /export.
Disallow: /facets/
Disallow: /feed.atom
Disallow: /why
"""


@crawlers.get("/robots.txt")
def robots() -> tuple[str, dict[str, str]]:
    """Pages of results may be walked through for the articles they link to; each says that it is not to be kept."""
    return _ROBOTS, {"Content-Type": "text/plain; charset=utf-8"}
