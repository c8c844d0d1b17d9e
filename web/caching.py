"""What may be kept of a response, how long, and how it is known to be the same (RFC 9110, RFC 9111).

An answer follows from the index, the address, the language, the day and the program alone. So its tag can be told
before anything is searched, and who has the answer already is sent none.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, request
from werkzeug.wrappers import Response

from search.engine import EngineError
from web.engine import engine
from web.messages import reader_locale

ASK_AGAIN = "max-age=0, must-revalidate"  # whoever asks after a commit has to see it
FOR_EVER = "max-age=31536000, immutable"  # the address says which version of a file it is
STATIC = "/static/<version>"  # a folder for each version, so that modules find those of their own version beside them

_ROOT = Path(__file__).parent.parent
_PROGRAM = ("app.py", "requirements.txt", "search", "static", "templates", "translations", "web")
UNTAGGED = {
    None,
    "static",
    "health.alive",
    "health.ready",
    "metrics.figures",
}  # endpoints whose answers follow from something else
_TAG_BYTES = 12
_VERSION_BYTES = 4


def register(app: Flask) -> None:
    app.url_defaults(_with_version)
    app.url_value_preprocessor(_take_version)
    app.before_request(_known_already)
    app.after_request(_kept)


@cache
def program() -> str:
    """Another one for every change of what makes the answers: code, templates, catalogues, pinned packages."""
    digest = blake2b(digest_size=_TAG_BYTES)
    for name in _PROGRAM:
        for path in sorted(_ROOT.joinpath(name).rglob("*")) or [_ROOT / name]:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def static_version() -> str:
    """Another one for every change of a static file."""
    digest = blake2b(digest_size=_VERSION_BYTES)
    for path in sorted(_ROOT.joinpath("static").iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_current_file(response: Response) -> bool:
    return response.status_code in (200, 206, 304) and g.version == static_version()


def _with_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values["version"] = static_version()


def _take_version(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Files of any version are those of this one: a page that was made before an update still finds its style."""
    if endpoint == "static" and values:
        g.version = values.pop("version")


def _known_already() -> Response | None:
    """The 304 for a reader who has this very answer, without making it."""
    if request.endpoint in UNTAGGED or request.method not in ("GET", "HEAD"):
        return None
    with suppress(EngineError):  # the view will tell
        g.tag = _tag(engine().state())
        for known in request.if_none_match.as_set(include_weak=True):  # a proxy that packs an answer weakens its tag
            if known.partition(":")[0] == g.tag:  # behind it stands how we packed it
                g.tag = known
                return Response(status=304)
    return None


def _tag(state: str) -> str:
    arguments = sorted((name, value) for name, value in request.args.items(multi=True) if value.strip())
    today = str(datetime.now(UTC).date())  # a citation says when the article was read
    parts = (program(), state, today, str(reader_locale()), request.url_root, request.path, urlencode(arguments))
    return blake2b("\n".join(parts).encode(), digest_size=_TAG_BYTES).hexdigest()


def _kept(response: Response) -> Response:
    if request.endpoint == "static":
        response.headers["Cache-Control"] = FOR_EVER if _is_current_file(response) else ASK_AGAIN
        return response
    if g.get("partial"):  # with more time it would have been another
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers.setdefault("Cache-Control", ASK_AGAIN)
    if "tag" in g and response.status_code in (200, 304):
        response.set_etag(g.tag)
        if not request.path.startswith("/api/"):  # which answers in English always
            response.vary.add("Accept-Language")
    return response
