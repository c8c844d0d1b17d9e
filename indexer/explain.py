"""Why a capture was read as it was: each of its lines with its class, its weight, and what it became.

Nothing is judged here: classes, weights and body are those that extraction itself came to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.extract.body import weigh
from indexer.extract.html import beginning
from indexer.extract.lines import Line
from indexer.extract.parts import Parts

BODY, TITLE, SUMMARY, LEFT_OUT = "body", "title", "summary", ""


@dataclass(frozen=True, slots=True)
class Verdict:
    line: Line
    weight: float  # what `body.py` gave it
    use: str  # BODY, TITLE, SUMMARY or LEFT_OUT


def method(parts: Parts) -> str:
    if parts.whole:
        return "all of it is the body"
    return "body by trafilatura" if parts.numbers is None else "body by the lines' weights"


def explain(parts: Parts) -> Iterator[Verdict]:
    """Every line of the capture, in its order."""
    body = _body_numbers(parts)
    for number, (line, weight) in enumerate(zip(parts.lines, weigh(parts.lines), strict=True)):
        if number in parts.head.own:
            use = TITLE if line.text == parts.head.title else SUMMARY
        else:
            use = BODY if number in body else LEFT_OUT
        yield Verdict(line, weight, use)


def _body_numbers(parts: Parts) -> set[int]:
    """The lines that are the body; trafilatura's paragraphs are known by their beginnings."""
    if parts.numbers is not None:
        return set(parts.numbers)
    kept = {beginning(text) for text in parts.body.split("\n\n")}
    return {number for number, line in enumerate(parts.lines) if beginning(line.text) in kept}
