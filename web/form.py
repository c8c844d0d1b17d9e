"""A search as its address states it: from the query string to a `Search`, and back into links.

Everything here is pure. `Form` keeps values as they were given, so that a page can show a refused form still filled.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from search.engine import Search
from web.parameters import FILTERS, NAMES, SIZE, BadParameters, ParameterError, parameters_from

__all__ = ["FILTERS", "NAMES", "SIZE", "BadParameters", "Form", "ParameterError", "form_from", "search_from"]

_SHOWING = ("fold", "page", "size", "cursor", "view", "kwic_sort")
_READABLE = "/:,()*!~'"  # legal in a query string as they are, and a query is easier to read and shorter with them


@dataclass(frozen=True, slots=True)
class Form:
    """The known parameters of an address, in the order of NAMES, each with at least one value."""

    values: Mapping[str, tuple[str, ...]]

    def text(self, name: str) -> str:
        """The value of a parameter that is given once; empty where it is not given."""
        return self.values[name][0] if name in self.values else ""

    def chosen(self) -> list[tuple[str, str]]:
        """The values filtered by, with their fields."""
        return [(name, value) for name in FILTERS for value in self.values.get(name, ())]

    def put(self, name: str, *values: str | int) -> Form:
        """The same search with these values of one parameter (none takes it out), from its first page."""
        changed = {**self.values, "page": (), "cursor": (), name: tuple(str(value) for value in values)}
        return Form({known: changed[known] for known in NAMES if changed.get(known)})

    def add(self, name: str, value: str) -> Form:
        return self.put(name, *self.values.get(name, ()), value)

    def drop(self, name: str, value: str) -> Form:
        return self.put(name, *(other for other in self.values.get(name, ()) if other != value))

    def itself(self) -> Form:
        """The search, wherever in its answer a reader is and however that is shown."""
        return Form({name: values for name, values in self.values.items() if name not in _SHOWING})

    def query_string(self) -> str:
        return urlencode(self.values, doseq=True, safe=_READABLE)


def form_from(arguments: MultiDict[str, str]) -> Form:
    """Unknown names are left out, and so are blank values: an HTML form sends those for inputs nobody filled.

    What is filtered by is composed as it is in the archive: programs write accents in either way.
    """
    given = {name: tuple(value for value in arguments.getlist(name) if value.strip()) for name in NAMES}
    for name in FILTERS:
        given[name] = tuple(dict.fromkeys(unicodedata.normalize("NFC", value) for value in given[name]))
    return Form({name: values for name, values in given.items() if values})


def search_from(form: Form) -> Search:
    """Raises BadParameters."""
    return parameters_from(form.values).search()
