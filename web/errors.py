"""What a reader, or a program, is told when there is no answer: one form for the pages, one for the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from http import HTTPStatus

from flask import Flask, json, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from search.engine import EngineError, SearchRefused
from web.engine import reason
from web.form import BadParameters, ParameterError, form_from
from web.messages import gettext as _
from web.messages import lazy_gettext

_PROBLEM = "application/problem+json"  # RFC 9457
_DETAILS = {
    HTTPStatus.NOT_FOUND: lazy_gettext("There is nothing at this address."),
    HTTPStatus.METHOD_NOT_ALLOWED: lazy_gettext("This address can only be read, with GET."),
    HTTPStatus.REQUEST_URI_TOO_LONG: lazy_gettext("This address is longer than the server reads; shorten the query."),
    HTTPStatus.TOO_MANY_REQUESTS: lazy_gettext("You have asked for more than one client may at once; try again soon."),
    HTTPStatus.INTERNAL_SERVER_ERROR: lazy_gettext(
        "Something went wrong here. It is not your doing, and it has been logged."
    ),
}
_TITLES = {  # of pages; others have HTTP's own phrase
    HTTPStatus.BAD_REQUEST: lazy_gettext("This search cannot be answered"),
    HTTPStatus.NOT_FOUND: lazy_gettext("Not found"),
    HTTPStatus.METHOD_NOT_ALLOWED: lazy_gettext("Not allowed"),
    HTTPStatus.GONE: lazy_gettext("Taken out of the archive"),
    HTTPStatus.REQUEST_URI_TOO_LONG: lazy_gettext("This address is too long"),
    HTTPStatus.TOO_MANY_REQUESTS: lazy_gettext("Too many requests"),
    HTTPStatus.INTERNAL_SERVER_ERROR: lazy_gettext("Something went wrong"),
    HTTPStatus.SERVICE_UNAVAILABLE: lazy_gettext("The archive cannot be searched now"),
}


def register(app: Flask) -> None:
    app.register_error_handler(BadParameters, bad_parameters)
    app.register_error_handler(EngineError, engine_error)
    app.register_error_handler(HTTPException, http_error)


def bad_parameters(error: BadParameters) -> Response:
    return _refusal(HTTPStatus.BAD_REQUEST, str(error), error.errors)


def engine_error(error: EngineError) -> Response:
    if isinstance(error, SearchRefused):
        return bad_parameters(BadParameters((ParameterError(error.parameter, str(error)),)))
    return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, reason(error))


def http_error(error: HTTPException) -> Response:
    """404, 405 and their like; and 500, which Flask makes of whatever was not foreseen and logs."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    ours = error.description if error.description != type(error).description else None
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        ours = None  # it is the limit, in Flask-Limiter's form
    response = _refusal(status, ours or str(_DETAILS.get(status, error.description or status.description)))
    for name, value in error.get_headers():
        if name != "Content-Type":  # `Allow` of a 405
            response.headers[name] = value
    return response


def _refusal(status: HTTPStatus, detail: str, errors: Iterable[ParameterError] = ()) -> Response:
    if request.path.startswith("/api/"):
        return _problem(status, detail, errors)
    page = render_template(
        "refused.html",
        title=_TITLES.get(status, status.phrase),
        detail=_("The reason: %(reason)s.", reason=detail) if status == HTTPStatus.SERVICE_UNAVAILABLE else detail,
        errors=errors,
        form=form_from(request.args),
    )
    return make_response(page, status)


def _problem(status: HTTPStatus, detail: str, errors: Iterable[ParameterError]) -> Response:
    document = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    named = [{name: value for name, value in asdict(error).items() if value is not None} for error in errors]
    if named:
        document["errors"] = named
    return make_response(json.dumps(document), status, {"Content-Type": _PROBLEM})
