"""The words that a reader sees: English ones, and catalogues in `translations/` for readers of other languages."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import Babel, gettext, ngettext

SOURCE_LANGUAGE = "en"

__all__ = ["SOURCE_LANGUAGE", "gettext", "ngettext", "register"]


def register(app: Flask) -> None:
    """Gives templates `_` and `ngettext`, each request in the best language that its reader asks for and we have."""
    babel = Babel()

    def language() -> str | None:
        known = [str(locale) for locale in babel.list_translations()]
        return request.accept_languages.best_match([SOURCE_LANGUAGE, *known], SOURCE_LANGUAGE)

    babel.init_app(app, default_locale=SOURCE_LANGUAGE, locale_selector=language)
