"""Behind proxies, addresses are those that a reader sees: its host, its scheme, its prefix."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def trust(app: Flask, count: str) -> None:
    """Takes host, scheme and prefix from the `X-Forwarded-` headers of so many proxies in a row, and from nobody else.

    Raises ValueError for what is no whole number from 0.
    """
    if not count.isdecimal():
        raise ValueError(f"TRUSTED_PROXIES is how many proxies stand before Dateline, 0 or more, not {count!r}")
    trusted = int(count)
    if trusted:
        fixed = ProxyFix(app.wsgi_app, trusted, trusted, trusted, trusted, trusted)
        app.wsgi_app = fixed  # type: ignore[method-assign]
