"""Behind proxies, addresses are those that a reader sees: its host, its scheme, its prefix."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def trust(app: Flask, trusted: int) -> None:
    """Takes client, host, scheme and prefix from the `X-Forwarded-` headers of so many proxies in a row, no others."""
    if trusted:
        fixed = ProxyFix(app.wsgi_app, trusted, trusted, trusted, trusted, trusted)
        app.wsgi_app = fixed  # type: ignore[method-assign]
