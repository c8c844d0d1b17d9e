"""The page that teaches how to search."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from search.engine import EngineError
from web.engine import engine
from web.examples import Example, elsewhere, examples
from web.form import Form
from web.parameters import described

_EXTENSION = "dateline-examples"  # those of the newest generation are kept: they take some twenty searches

guide = Blueprint("guide", __name__)


@guide.get("/help")
def help_page() -> str:
    return render_template("help.html", examples=_examples(), parameters=described(), form=Form({}))


def _examples() -> dict[str, Example]:
    """General ones where there is no archive to take them from."""
    try:
        generation = engine().generation()
        kept: tuple[int, dict[str, Example]] | None = current_app.extensions.get(_EXTENSION)
        if kept is None or kept[0] != generation:
            kept = current_app.extensions[_EXTENSION] = generation, examples(engine())
        return kept[1]
    except EngineError:
        return elsewhere()
