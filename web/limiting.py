"""How much one client may ask for; no bound unless a setting gives one."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from web.settings import Settings

EXEMPT = {"static", "health.alive", "health.ready", "metrics.figures"}  # endpoints


def register(app: Flask, chosen: Settings) -> None:
    """A client is a network address: the one that trusted proxies name, where there are such."""
    if not chosen.rate_limit:
        return
    limiter = Limiter(
        get_remote_address,
        app=app,
        application_limits=[chosen.rate_limit],
        storage_uri=chosen.rate_limit_storage,
        headers_enabled=True,  # `Retry-After`
        swallow_errors=True,  # where the storage is down, nobody is turned away, and the log says so
    )
    limiter.request_filter(lambda: request.endpoint in EXEMPT)
