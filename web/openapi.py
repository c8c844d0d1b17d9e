"""What a program can ask and what it is answered, as an OpenAPI document.

A view that `describes` itself is in the document. All the rest follows: addresses from Flask's routes, parameters and
answers from their models, examples from the archive.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, TypeVar

from flask import current_app, request
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import is_typeddict
from werkzeug.routing import Rule

from web import answers
from web.caching import UNTAGGED
from web.parameters import FILTERS, Parameters

OPENAPI = "3.1.0"
TITLE = "Dateline"
VERSION = "1.0.0"  # of what is promised; its first number grows when a promise is broken
ABOUT = """\
All that a reader can do on the pages, for programs. There are no keys and no cookies, and pages of other sites may ask
too (CORS). Names of parameters that are not known, and blank values, are ignored; what cannot be answered is a 400 that
names every parameter at fault.

The `ETag` of an answer stays the same until the archive changes: sent back in `If-None-Match`, it makes a 304 without
any search. `Link` leads to the neighbouring pages, `Server-Timing` tells the milliseconds of the search."""

_HEADERS = {
    name: {"description": description, "schema": {"type": "string"}}
    for name, description in (
        ("ETag", "Another one when the archive has changed."),
        ("Link", "The neighbouring pages, and this description (RFC 8288)."),
        ("Server-Timing", "How many milliseconds the search took."),
    )
}
_PROBLEMS = {
    400: "A parameter cannot be answered; each one at fault is named, in a query with its place.",
    404: "There is no article with this id.",
    410: "The article was taken out of the archive.",
    414: "The address is longer than the server reads.",
    503: "The archive cannot be searched now.",
}
_FOR_PROGRAMS = "/api/"  # where problems are JSON
_PROBLEM = "application/problem+json"
_NAMED = "#/components/schemas/{model}"
_IN_PATH = re.compile(r"<(?:\w+:)?(\w+)>")

JSON = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Operation:
    """What one view answers.

    summary:    in a few words; the view's docstring may say more
    answer:     the type of its JSON; None where it is something else
    parameters: the parameters of a search that it takes, by name
    own:        the model of parameters that are its alone
    problems:   the statuses other than 200 and 304
    media:      the types that its content may have
    """

    summary: str
    answer: Any
    parameters: tuple[str, ...]
    own: type[BaseModel] | None
    problems: tuple[int, ...]
    media: tuple[str, ...]


_operations: dict[Callable[..., Any], Operation] = {}


def describes(
    summary: str,
    answer: Any = None,
    parameters: tuple[str, ...] = (),
    own: type[BaseModel] | None = None,
    problems: tuple[int, ...] = (503,),
    media: tuple[str, ...] = ("application/json",),
) -> Callable[[View], View]:
    """Puts a view into the document; stands right below its route."""

    def described(view: View) -> View:
        _operations[view] = Operation(summary, answer, parameters, own, problems, media)
        return view

    return described


def operations() -> list[tuple[Rule, Operation]]:
    """With their routes, in the order in which these were made known."""
    views = ((rule, current_app.view_functions[rule.endpoint]) for rule in current_app.url_map.iter_rules())
    return [(rule, _operations[view]) for rule, view in views if view in _operations]


def document(known: Mapping[str, str]) -> JSON:
    """`known` has values for examples, by name of the parameter."""
    return {
        "openapi": OPENAPI,
        "info": {"title": TITLE, "version": VERSION, "description": ABOUT},
        "servers": [{"url": request.script_root or "/"}],
        "paths": {
            _IN_PATH.sub(r"{\1}", rule.rule): {"get": _described(rule, operation, known)}
            for rule, operation in operations()
        },
        "components": {"schemas": _components()},
    }


def _described(rule: Rule, operation: Operation, known: Mapping[str, str]) -> JSON:
    parameters = [*map(_in_path, sorted(rule.arguments)), *_in_query(operation)]
    problems = {str(status): _problem(rule, status) for status in operation.problems}
    return {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": operation.summary,
        "description": inspect.getdoc(current_app.view_functions[rule.endpoint]) or "",
        "parameters": [_with_example(parameter, known) for parameter in parameters],
        "responses": {**_success(rule, operation), **problems},
    }


_IN_PATHS: dict[str, tuple[str, JSON]] = {
    "article_id": ("The article's id.", {"type": "string", "minLength": 1}),
    "facet": ("The field.", {"type": "string", "enum": list(FILTERS)}),
}


_EXAMPLES = {"article_id": "id"}  # parameters whose example has another name


def _in_path(name: str) -> JSON:
    description, schema = _IN_PATHS[name]
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _in_query(operation: Operation) -> Iterator[JSON]:
    for model, names in ((Parameters, operation.parameters), (operation.own, None)):
        described = _schema(model) if model else {"properties": {}}
        for name, about in described["properties"].items():
            if names is None or name in names:
                required, listed = name in described.get("required", ()), about.get("type") == "array"
                yield {
                    "name": name,
                    "in": "query",
                    "required": required,
                    "allowEmptyValue": not required and not listed,
                    "description": about["description"],
                    "schema": _bare(about),
                }


def _bare(schema: JSON) -> JSON:
    """Without what stands beside it in a parameter, and without a default that says no more than "none"."""
    return {
        keyword: value
        for keyword, value in schema.items()
        if keyword != "description" and not (keyword == "default" and value in (None, "", []))
    }


def _with_example(parameter: JSON, known: Mapping[str, str]) -> JSON:
    value = known.get(_EXAMPLES.get(parameter["name"]) or parameter["name"])
    if value is None:
        return parameter
    return {**parameter, "example": [value] if parameter["schema"].get("type") == "array" else value}


def _success(rule: Rule, operation: Operation) -> JSON:
    content = {"schema": _reference(operation.answer)} if operation.answer else {}
    success: JSON = {"200": {"description": "The answer.", "content": dict.fromkeys(operation.media, content)}}
    if rule.endpoint not in UNTAGGED:
        success["200"]["headers"] = _HEADERS
        success["304"] = {"description": "The answer is the one that `If-None-Match` names."}
    return success


def _problem(rule: Rule, status: int) -> JSON:
    if not rule.rule.startswith(_FOR_PROGRAMS):
        return {"description": _PROBLEMS[status]}
    return {"description": _PROBLEMS[status], "content": {_PROBLEM: {"schema": _reference(answers.Problem)}}}


def _components() -> JSON:
    """What anything refers to, by name."""
    named: JSON = {}
    told = [(operation.answer, operation.own) for _, operation in operations()]
    for type_ in (Parameters, answers.Problem, *chain.from_iterable(told)):
        if type_ is not None:
            named |= _schema(type_).get("$defs", {})
            if is_typeddict(type_):
                named[type_.__name__] = {key: value for key, value in _schema(type_).items() if key != "$defs"}
    return dict(sorted(named.items()))


def _reference(answer: Any) -> JSON:
    return {"$ref": _NAMED.format(model=answer.__name__)} if is_typeddict(answer) else _schema(answer)


@cache
def _schema(type_: Any) -> JSON:
    return TypeAdapter(type_).json_schema(ref_template=_NAMED, schema_generator=_Untitled)


class _Untitled(GenerateJsonSchema):
    """Without the titles that pydantic makes of names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False
