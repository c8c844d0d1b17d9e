"""The receipt of a search in its reader's words."""

from __future__ import annotations

from search import analysis
from search.parse import render, typed_days
from search.query import Between, Fuzzy, Near, Phrase, Prefix, Query, Word
from search.receipt import Form, Part
from web import words
from web.messages import gettext as _
from web.messages import ngettext


def other_forms(part: Part) -> list[Form]:
    """The words that it stands for, but for the one that was typed."""
    match part.asked:
        case Word(text) | Prefix(text) | Fuzzy(text):
            typed = set(analysis.words_of(text))
            return [form for form in part.forms.first if form.text not in typed]
        case _:
            return []


def label(part: Query) -> str:
    """A part as it was typed; dates as they were read."""
    return words.typed_range(*typed_days(part.start, part.end)) if isinstance(part, Between) else render(part)


def meaning(part: Part) -> str:
    """How it was searched."""
    match part.asked:
        case Word():
            return _("in any inflection") if part.forms.first else _("as typed")
        case Phrase():
            return _("exactly so")
        case Near(_text, distance):
            return ngettext(
                "near each other, at most one word between", "near each other, at most %(num)s words between", distance
            )
        case Prefix():
            return _("words that begin so")
        case Fuzzy(_text, edits):
            return ngettext("words at most one letter off", "words at most %(num)s letters off", edits)
        case _:
            return _("by day of publication")


def changes(part: Part) -> list[tuple[str, str]]:
    """What a reader can make of it: each in words, with the query that it leads to."""
    offered = (
        (_("search it all the same") if part.ignored else _("only as written"), part.exact),
        (_loosened(part.asked), part.loose),
        (_("no longer exclude it") if part.excluded else _("drop it"), part.dropped),
    )
    return [(offer, render(query)) for offer, query in offered if query is not None]


def _loosened(part: Query) -> str:
    match part:
        case Word():
            return _("also one letter off")
        case Fuzzy():
            return _("also two letters off")
        case _:
            return _("the words anywhere")
