"""The whole result of a search as a file, written while it is read: memory does not grow with it.

An error on the way cuts the connection: a file that has come to its end is whole. (An intermediary that speaks HTTP/1.0
to this server would hide that; `X-Total-Count` says how many there are to be.)
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain
from threading import BoundedSemaphore
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel, Field
from werkzeug.exceptions import ServiceUnavailable

from search.article import Article, to_json
from search.engine import Export
from web import answers
from web.concordance import line_json, lines_of
from web.engine import engine
from web.form import NAMES, BadParameters, ParameterError, form_from
from web.messages import gettext as _
from web.openapi import describes
from web.parameters import ContextSort, Parameters, Switch, View, parameters_from

AT_ONCE = 2  # exports that one process writes: a slow reader keeps one of its threads for as long as it reads
RETRY = 5  # seconds after which it may be one's turn
CHUNK = 1 << 16  # characters sent at a time, about
FIELDS = tuple(to_json(Article("")))
LINE_FIELDS = tuple(answers.Line.__annotations__)
PARAMETERS = tuple(name for name in NAMES if name not in ("fold", "page", "size", "cursor", "kwic_sort"))

# What a spreadsheet takes for a formula, which may read other cells and send them away (OWASP, CSV injection). The last
# four are the same signs in the width of Chinese and Japanese letters.
_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")
_SEPARATORS = {"author": "; ", "summary": "\n", "captions": "\n"}  # of the values of one cell
_BOM = "\ufeff"
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SLUG = 40  # characters

Record = Mapping[str, Any]

exports = Blueprint("exports", __name__)
_free = BoundedSemaphore(AT_ONCE)


class CsvOptions(BaseModel):
    bom: Switch = Field(Switch.OFF, description="Whether a byte order mark begins the file, as some spreadsheets need.")


@exports.get("/export.jsonl")
@describes("All articles found, as JSON lines", None, PARAMETERS, problems=(400, 503), media=("application/jsonl",))
def json_lines() -> Response:
    """Each line is an article whole, in the order of the search; `python -m indexer -` reads such a file. With
    `view=kwic`, each is a place where something was found, with the words around it.
    """
    return _sent(_asked(), json_text, "application/jsonl")


@exports.get("/export.csv")
@describes("All articles found, as a table", None, PARAMETERS, CsvOptions, problems=(400, 503), media=("text/csv",))
def table() -> Response:
    """A row for each article, in the order of the search, under the names of its fields. Authors are parted by
    semicolons, lines of a summary and captions by line breaks. A cell that a spreadsheet would take for a formula has
    an apostrophe before it. With `view=kwic`, there is a row for each place where something was found.
    """
    asked = _asked()
    beginning = _BOM if _wants_bom() else ""
    names = LINE_FIELDS if asked.view is View.KWIC else FIELDS
    return _sent(asked, lambda records: chain((beginning,), csv_text(names, records)), "text/csv")


def json_text(records: Iterable[Record]) -> Iterator[str]:
    return (json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def csv_text(names: tuple[str, ...], records: Iterable[Record]) -> Iterator[str]:
    """RFC 4180, a row at a time, the names first."""
    rows = chain((dict(zip(names, names, strict=True)),), records)
    for record in rows:
        row = io.StringIO()
        csv.writer(row).writerow([cell(name, record[name]) for name in names])
        yield row.getvalue()


def cell(name: str, value: Any) -> str:
    """What a spreadsheet shows as it stands."""
    text = "" if value is None else _SEPARATORS[name].join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if isinstance(value, str | list) and _FORMULA.match(text) else text


def _asked() -> Parameters:
    """Raises BadParameters."""
    asked = parameters_from(form_from(request.args).values)
    if asked.kwic_sort is not ContextSort.TEXT:
        words = _("a file has its lines in the order of the articles; leave kwic_sort out")
        raise BadParameters((ParameterError("kwic_sort", words),))
    return asked


def _sent(asked: Parameters, text_of: Callable[[Iterable[Record]], Iterator[str]], media: str) -> Response:
    with ExitStack() as taken:
        if not _free.acquire(blocking=False):
            raise ServiceUnavailable(_("Others are being sent files at the moment; try again soon."), retry_after=RETRY)
        taken.callback(_free.release)
        export = engine().export(asked.search())
        kept = taken.pop_all()
    response = Response(_chunks(text_of(_records(export, asked.view)), kept), mimetype=media)
    response.call_on_close(kept.close)  # of a head, whose text nobody reads
    response.headers["X-Total-Count"] = str(export.total)
    suffix = request.path.rpartition(".")[2]
    filename = f"dateline-{_slug(request.args.get('q', ''))}-{export.generation}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _records(export: Export, view: View) -> Iterator[Record]:
    for article in export.articles:
        if view is View.KWIC:
            yield from map(line_json, lines_of(article, export.searched))
        else:
            yield to_json(article)


def _chunks(texts: Iterable[str], kept: ExitStack) -> Iterator[bytes]:
    """`kept` is let go with the last one."""
    with kept:
        held, size = [], 0
        for text in texts:
            held.append(text)
            size += len(text)
            if size >= CHUNK:
                yield "".join(held).encode()
                held, size = [], 0
        yield "".join(held).encode()


def _wants_bom() -> bool:
    """Raises BadParameters."""
    values = [value for value in request.args.getlist("bom") if value.strip()]
    if len(values) > 1 or not set(values) <= set(Switch):
        raise BadParameters((ParameterError("bom", _("bom is on or off, given once")),))
    return values == [Switch.ON]


def _slug(query: str) -> str:
    return _NOT_SLUG.sub("-", query.lower())[:_SLUG].strip("-") or "articles"
