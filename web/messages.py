"""The words that a reader sees: English ones, and catalogues in `translations/` for readers of other languages.

Pages are in the best language that their reader asks for and we have; what programs read is in English always.
Babel does the work; who the reader is stands in a context variable, because a page asks for it a thousand times.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy as LazyString
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request

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

_FOR_PROGRAMS = "/api/"


@dataclass(frozen=True, slots=True)
class _Reader:
    language: str  # as BCP 47 writes it
    locale: Locale  # of dates and numbers
    translations: NullTranslations


_ENGLISH = _Reader(SOURCE_LANGUAGE, Locale.parse("en_GB"), NullTranslations())  # whose dates are 7 June 2012
_reader: ContextVar[_Reader] = ContextVar("reader", default=_ENGLISH)


def register(app: Flask, folder: str) -> None:
    """Gives templates `_` and `ngettext`, and the language and direction of the page; `folder` holds the catalogues."""
    readers = _readers(Path(app.root_path, folder))
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _reader.get().translations.gettext(message),
        lambda singular, plural, count: _reader.get().translations.ngettext(singular, plural, count),
        newstyle=True,
    )
    app.context_processor(_language_of_page)
    app.before_request(lambda: _meet(readers))
    app.after_request(_with_language)
    app.teardown_request(_leave)


def gettext(message: str, **values: object) -> str:
    words = _reader.get().translations.gettext(message)
    return words % values if values else words


def gettext_noop(message: str) -> str:
    """The message itself, marked for the catalogue: it is translated where it is shown."""
    return message


def lazy_gettext(message: str) -> LazyString:
    """A message that is translated for each reader anew, whenever it is made a text."""
    return LazyString(gettext, message, enable_cache=False)


def ngettext(singular: str, plural: str, count: int, **values: object) -> str:
    """`%(num)s` in a message is the bare count."""
    return _reader.get().translations.ngettext(singular, plural, count) % {"num": count, **values}


def reader_locale() -> Locale:
    """Of the reader whose request is answered; English outside of requests."""
    return _reader.get().locale


def _readers(folder: Path) -> dict[str, _Reader]:
    """By language, English first."""
    readers = {SOURCE_LANGUAGE: _ENGLISH}
    for path in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        locale = Locale.parse(path.parts[-3])
        language = str(locale).replace("_", "-")
        readers[language] = _Reader(language, locale, _translations(path, locale))
    return readers


def _translations(path: Path, locale: Locale) -> Translations:
    """Compiled here, some hundredths of a second, so that no compiled file can be older than its source."""
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale))
    compiled.seek(0)
    return Translations(compiled)


def _meet(readers: Mapping[str, _Reader]) -> None:
    program = request.path.startswith(_FOR_PROGRAMS)
    language = None if program else request.accept_languages.best_match(readers)
    _reader.set(readers[language or SOURCE_LANGUAGE])


def _leave(_error: BaseException | None) -> None:
    _reader.set(_ENGLISH)


def _with_language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")
        response.content_language.add(_reader.get().language)
    return response


def _language_of_page() -> dict[str, str]:
    reader = _reader.get()
    return {"reader_language": reader.language, "reader_direction": reader.locale.text_direction}
