"""What is said where an article is asked for that is not there."""

from __future__ import annotations

from http import HTTPStatus
from typing import NoReturn

from flask import abort

from web.engine import engine
from web.messages import gettext as _


def absent(article_id: str, detail: str) -> NoReturn:
    """Gone where it was taken down, else not found, with this detail."""
    if article_id in engine().removed():
        abort(HTTPStatus.GONE, _("This article was taken out of the archive."))
    abort(HTTPStatus.NOT_FOUND, detail)
