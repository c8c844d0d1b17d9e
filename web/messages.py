"""The words that a reader sees: English ones, and catalogues in `translations/` for readers of other languages.

Pages are in the best language that their reader asks for and we have; what programs read is in English always.
"""

from __future__ import annotations

import flask_babel
from babel import Locale
from flask import Flask, Response, current_app, request
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

SOURCE_LANGUAGE = "en"
CATALOGUES = "translations"

__all__ = [
    "CATALOGUES",
    "SOURCE_LANGUAGE",
    "LazyString",
    "gettext",
    "gettext_noop",
    "lazy_gettext",
    "ngettext",
    "reader_locale",
    "register",
]

_ENGLISH = Locale.parse("en_GB")  # its dates are those of the archive: 7 June 2012
_FOR_PROGRAMS = "/api/"
_LANGUAGES = "dateline-languages"  # the name in `app.extensions` of the list of languages that pages can be in


def register(app: Flask, folder: str) -> None:
    """Gives templates `_` and `ngettext`, and the language and direction of the page; `folder` holds the catalogues."""
    babel = flask_babel.Babel()
    babel.init_app(
        app,
        default_locale=SOURCE_LANGUAGE,
        default_translation_directories=folder,
        locale_selector=_language,
    )
    with app.app_context():
        translated = sorted(str(locale) for locale in babel.list_translations())
    app.extensions[_LANGUAGES] = [SOURCE_LANGUAGE, *translated]
    app.context_processor(_language_of_page)
    app.after_request(_with_language)


def gettext(message: str, **values: object) -> str:
    return str(flask_babel.gettext(message, **values))


def gettext_noop(message: str) -> str:
    """The message itself, marked for the catalogue: it is translated where it is shown."""
    return message


def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
    """`%(num)s` in a message is the bare count."""
    return str(flask_babel.ngettext(singular, plural, count, **values))


def reader_locale() -> Locale:
    """Of the reader whose request is answered; English outside of requests."""
    locale = flask_babel.get_locale()
    return _ENGLISH if locale is None or str(locale) == SOURCE_LANGUAGE else locale


def _language() -> str | None:
    if request.path.startswith(_FOR_PROGRAMS):
        return SOURCE_LANGUAGE
    return request.accept_languages.best_match(current_app.extensions[_LANGUAGES], SOURCE_LANGUAGE)


def _with_language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")
        response.content_language.add(_tag(flask_babel.get_locale() or _ENGLISH))
    return response


def _language_of_page() -> dict[str, str]:
    locale = flask_babel.get_locale() or _ENGLISH
    return {"reader_language": _tag(locale), "reader_direction": locale.text_direction}


def _tag(locale: Locale) -> str:
    """As BCP 47 writes it."""
    return str(locale).replace("_", "-")
