"""What every response tells browsers not to do with it."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

_NOTHING = "()"
_FEATURES = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope hid idle-detection "
    "magnetometer microphone midi payment picture-in-picture publickey-credentials-get screen-wake-lock serial usb "
    "xr-spatial-tracking"
).split()  # clipboard-write stays: citations are copied

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",  # what /api/ opens to other sites is asked for by CORS
    "Permissions-Policy": ", ".join(f"{feature}={_NOTHING}" for feature in _FEATURES),
    "Referrer-Policy": "same-origin",  # a search is nobody else's business
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HSTS = "Strict-Transport-Security"


def register(app: Flask, hsts_seconds: int) -> None:
    """hsts_seconds: for which browsers are to ask for the host by https only; 0 tells them nothing"""

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.update(HEADERS)
        if hsts_seconds and request.is_secure:  # a browser heeds it nowhere else (RFC 6797)
            response.headers[HSTS] = f"max-age={hsts_seconds}"
        return response
