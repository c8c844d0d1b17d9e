"""The host that a request names stands in addresses of answers, so it has to be one: any other request is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from werkzeug.wrappers import Response

MAX_HOST = 253  # characters, as in the DNS (RFC 1035)

_LABEL = r"[a-z0-9_-]{1,63}"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9a-f:.]+\])(?::[0-9]{{0,5}})?", re.IGNORECASE)


def check(app: Flask) -> None:
    """Outside of Flask, which cannot say no where it can make no address."""
    answer = app.wsgi_app

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_host(environ.get("HTTP_HOST", "")):
            return answer(environ, start_response)
        refused = Response("The request names no host that can be.\n", HTTPStatus.BAD_REQUEST, mimetype="text/plain")
        return refused(environ, start_response)

    app.wsgi_app = checked  # type: ignore[method-assign]


def is_host(host: str) -> bool:
    """With its port, if it has one. Programs older than HTTP/1.1 name none, which is as good."""
    return not host or (len(host) <= MAX_HOST + len(":65535") and _HOST.fullmatch(host) is not None)
