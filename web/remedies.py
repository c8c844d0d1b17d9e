"""What would find something where a search finds nothing: in its reader's words, and where it leads."""

from __future__ import annotations

from collections.abc import Iterable

from search import ranking, schema
from search.engine import Match, Search
from search.parse import render, typed_days
from search.query import And, Between, OneOf, Or, Query, Words
from search.remedies import Change, Remedy
from web import receipt, words
from web.form import Form
from web.messages import gettext as _

_PARAMETERS = {"date": ("from", "to")}  # of a filter that is not named as its parameter


def remedy_form(form: Form, asked: Search, remedy: Remedy) -> Form:
    """The address of a remedy, which shows just what was counted for it."""
    changed = form.put("q", render(remedy.query)).put("cursor")
    for name in remedy.without:
        for parameter in _PARAMETERS.get(name, (name,)):
            changed = changed.put(parameter)
    if remedy.any_word and asked.match is not Match.ANY:
        return changed.put("match", Match.ANY)
    would_relax = ranking.is_question(remedy.query) and remedy.total < schema.RELAX_BELOW
    if remedy.change is not Change.CORRECTED and asked.match is Match.AUTO and would_relax:
        return changed.put("match", Match.ALL)
    return changed


def of_several_words(remedies: Iterable[Remedy]) -> list[Remedy]:
    """Those with hits that ask for more than one word: what one alone finds, the receipt says already."""
    return [remedy for remedy in remedies if remedy.total and isinstance(remedy.query, Words | And | Or)]


def told(remedy: Remedy) -> str:
    """What is changed."""
    change = _change(remedy)
    also = remedy.without and remedy.change in (Change.WITHOUT_PART, Change.LOOSENED, Change.ANY_WORD)
    return _("%(change)s, in the whole archive", change=change) if also else change


def _change(remedy: Remedy) -> str:
    part = remedy.part
    match remedy.change:
        case Change.CORRECTED:
            return render(remedy.query)
        case Change.WITHOUT_PART if part is not None:
            return _("without “%(part)s”", part=receipt.label(part))
        case Change.LOOSENED if part is not None:
            return _("the words of %(phrase)s anywhere", phrase=render(part))
        case Change.WITHOUT_FILTER:
            return _("without “%(part)s”", part=filter_label(part))
        case Change.WITHOUT_FILTERS:
            return _("the same search in the whole archive")
        case _:
            return _("any of the words instead of all")


def filter_label(part: Query | None) -> str:
    """A filter as its chip says it; None is what is new."""
    match part:
        case OneOf(field, values):
            shown = [words.language(value) for value in values] if field == "language" else values
            return f"{words.FILTER_NAMES[field]}: {', '.join(shown)}"
        case Between(start, end):
            return words.typed_range(*typed_days(start, end))
        case _:
            return _("what is new")
