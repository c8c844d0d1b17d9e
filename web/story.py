"""The story that an article is of: on its page, on a page of its own, and as JSON."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import cast

from flask import Blueprint, Flask, abort, render_template, request

from search.article import Article
from search.engine import Story
from web import answers, words
from web.absent import absent
from web.addresses import story_address
from web.api import ById, about_json
from web.engine import engine
from web.form import BadParameters, Form, ParameterError
from web.messages import gettext as _
from web.messages import ngettext
from web.openapi import describes

SHOWN = 5  # other reports on an article's page, and to choose from where two stand side by side

stories = Blueprint("story", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(stories)
    app.jinja_env.globals.update(story_address=story_address, SHOWN_REPORTS=SHOWN)
    app.jinja_env.filters.update(reports_told=told)


@stories.get("/story")
def page() -> str:
    article = _asked()
    story = engine().story(article.id)
    if story is None:
        abort(404, _("No other article in the archive reports the same story."))
    return render_template("story.html", article=article, story=story, form=Form({}))


@stories.get("/api/story")
@describes("The story of an article", answers.StoryAnswer, own=ById, problems=(400, 404, 410, 503))
def described() -> answers.StoryAnswer:
    """The other articles that report the same event or print the same text."""
    article = _asked()
    story = engine().story(article.id)
    return {"id": article.id, "story": None if story is None else story_json(story)}


def told(story: Story) -> str:
    """How many reports it has and of which days."""
    number = words.number(story.total)
    reports = ngettext("%(number)s report in all", "%(number)s reports in all", story.total, number=number)
    if story.first is None or story.last is None:
        return reports
    return f"{reports}, {words.span(story.first, story.last)}"


def story_json(story: Story) -> answers.Story:
    return {
        "id": story.id,
        "total": story.total,
        "first": _iso(story.first),
        "last": _iso(story.last),
        "publishers": list(story.publishers),
        "reports": [cast(answers.About, about_json(report)) for report in story.reports],
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _asked() -> Article:
    article_id = unicodedata.normalize("NFC", request.args.get("id", ""))
    if not article_id:
        raise BadParameters((ParameterError("id", _("give the id of the article that is asked about")),))
    found = engine().get(article_id)
    if found is None:
        absent(article_id, _("There is no article with this id."))
    return found
