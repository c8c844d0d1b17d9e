"""Which lines of a capture are the article's body.

Prose weighs for, everything else against; the body is the run of lines with the greatest sum, with what is not prose or
a heading taken out of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.extract.lines import Kind, Line, key
from indexer.extract.names import parse_dateline

PROSE_CAP = 60  # words of a line that count: one huge line is no proof
DATELINE_BONUS = 40.0
QUIET_COST = 150.0  # short lines in a row never cost more: tables and lists stand in the midst of articles
EARLIER_SHARE = 0.5  # an earlier run this good wins: comments and teasers come after the article
EARLIER_LEAST = 80.0
THREAD_WORDS = 40  # of prose above the first comment, or the comments are the article
LEAD_WORDS = 15
LEAD_LINES = 12  # above the run, within which a lead with a dateline is looked for
TAIL_LINES = 3  # below the run, within which more prose is looked for

WEIGHTS = {
    Kind.SHORT: -10.0,
    Kind.ITEM: -6.0,
    Kind.DATE: -14.0,
    Kind.BYLINE: -14.0,
    Kind.CAPTION: -4.2,
    Kind.CREDIT: -4.2,
    Kind.FURNITURE: -14.0,
    Kind.LINKS: -10.0,
    Kind.TEASER: -28.0,
    Kind.COMMENT: -200.0,
    Kind.OTHERS: -20.0,
    Kind.END: -200.0,
}
QUOTE_WEIGHT = -3.0  # a short line that ends like a sentence


def body_numbers(lines: Sequence[Line]) -> list[int]:
    """The numbers of the lines that make the body, in order; empty where no line is prose."""
    lines = lines[: _thread(lines)]
    weights = weigh(lines)
    start, stop, total = best_run(weights)
    while total:
        earlier_start, earlier_stop, earlier = best_run(weights[:start] if start else [])
        if earlier < max(EARLIER_LEAST, EARLIER_SHARE * total):
            break
        start, stop, total = earlier_start, earlier_stop, earlier
    if not total:
        return []
    numbers = [*_lead(lines, start), *range(start, stop), *_tail(lines, stop)]
    return _without_noise(lines, numbers)


def _thread(lines: Sequence[Line]) -> int:
    """Where a thread of comments begins; the number of lines where there is none, or no article above it."""
    said = 0
    for number, line in enumerate(lines):
        if line.kind is Kind.COMMENT and said >= THREAD_WORDS:
            return number
        said += line.words if line.prose else 0
    return len(lines)


def weigh(lines: Sequence[Line]) -> list[float]:
    weights = []
    quiet = 0.0
    for line in lines:
        if line.prose:
            weight = min(line.words, PROSE_CAP) + (DATELINE_BONUS if parse_dateline(line.text) else 0.0)
            quiet = 0.0
        else:
            weight = WEIGHTS[line.kind]
            if line.kind in (Kind.SHORT, Kind.ITEM):
                if line.ended and line.words >= 3:
                    weight = QUOTE_WEIGHT
                weight = max(weight, min(0.0, -QUIET_COST - quiet))
            quiet += weight
        weights.append(weight)
    return weights


def best_run(weights: Sequence[float]) -> tuple[int, int, float]:
    """The run of greatest sum as (start, stop, sum); (0, 0, 0.0) where none is above zero."""
    best = (0, 0, 0.0)
    total, start = 0.0, 0
    for number, weight in enumerate(weights):
        if total <= 0:
            total, start = 0.0, number
        total += weight
        if total > best[2]:
            best = (start, number + 1, total)
    return best


def _lead(lines: Sequence[Line], start: int) -> list[int]:
    """Paragraphs above the run, from the one with a dateline on: a fact box or captions cut the lead off."""
    found: list[int] = []
    dated: int | None = None
    steps = 0
    for number in range(start - 1, -1, -1):
        line = lines[number]
        if steps >= LEAD_LINES or line.kind is Kind.END:
            break
        steps += 1
        if line.prose and line.words >= LEAD_WORDS and line.ended:
            found.append(number)
            if parse_dateline(line.text):
                dated, steps = number, 0
    return sorted(number for number in found if dated is not None and number >= dated)


def _tail(lines: Sequence[Line], stop: int) -> list[int]:
    found = []
    steps = 0
    for number in range(stop, len(lines)):
        line = lines[number]
        if steps >= TAIL_LINES or line.kind in (Kind.END, Kind.OTHERS, Kind.TEASER, Kind.COMMENT):
            break
        steps += 1
        if line.prose and line.words >= LEAD_WORDS and line.ended:
            found.append(number)
            steps = 0
    return found


def _without_noise(lines: Sequence[Line], numbers: Sequence[int]) -> list[int]:
    kept = []
    seen: set[str] = set()
    for number in numbers:
        line = lines[number]
        if line.prose:
            same = key(line.text)
            if line.words >= 12 and same in seen:
                continue
            seen.add(same)
        elif line.kind not in (Kind.SHORT, Kind.ITEM):
            continue
        kept.append(number)
    return kept
