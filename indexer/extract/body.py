"""Which lines of a capture are the article's body.

Prose weighs for, everything else against; the body is the run of lines with the greatest sum, with what is neither
prose nor a heading taken out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from indexer.extract.lines import FURNITURE, PROSE, SHORT, Kind, Line, alike, key
from indexer.extract.names import parse_dateline

WEIGHTS = {  # prose weighs its words
    Kind.SHORT: -10.0,
    Kind.ITEM: -6.0,
    Kind.DATE: -14.0,
    Kind.BYLINE: -14.0,
    Kind.CAPITALS: -14.0,
    Kind.CAPTION: -4.0,
    Kind.CREDIT: -4.0,
    Kind.REPEATED: -14.0,
    Kind.FURNITURE: -14.0,
    Kind.LINKS: -10.0,
    Kind.TEASER: -28.0,
    Kind.COMMENT: -200.0,
    Kind.OTHERS: -20.0,
    Kind.END: -200.0,
}
QUOTE_WEIGHT = -3.0  # of a short line that ends like a sentence
HEADING_WEIGHT = -4.0  # of one that stands alone above a paragraph
BAR_WEIGHT = -3.0  # of furniture below furniture: a share bar is one piece, however long
PROSE_CAP = 60  # words of a line that weigh: one huge line is no proof
DATELINE_WEIGHT = 40.0  # more, for an article begins there
QUIET_COST = 150.0  # at most, of short lines in a row: tables and lists stand in the midst of articles
EARLIER_SHARE = 0.5  # an earlier run this good wins: comments and teasers come after the article
EARLIER_LEAST = 80.0
EARLIER_RUNS = 10  # that may win, one over the other: many more would be a page of nothing but runs
THREAD_LEAST = 40.0  # of a run above the first comment, or the comments are the article
LEAD_WORDS = 15  # at least, of a paragraph outside of the run
LEAD_LINES = 5  # above the run, within which more prose is looked for
DATELINE_LINES = 12  # the same for prose with a dateline
TAIL_LINES = 3  # below the run, within which more prose is looked for
LIST_ITEMS = 3  # at least, of a list that a colon announces
REPEATED_WORDS = 12  # at least, of a paragraph that is left out where it is printed again

_WEIGHED_AMONG_OTHERS = frozenset({Kind.PROSE, Kind.SHORT, Kind.ITEM, Kind.FURNITURE})
_AFTER = frozenset({Kind.END, Kind.OTHERS, Kind.TEASER, Kind.COMMENT})
_QUIET = frozenset({Kind.SHORT, Kind.ITEM, Kind.LINKS})
_KEPT = frozenset({Kind.PROSE, Kind.SHORT, Kind.ITEM})

Run = tuple[int, int, float]  # first line, line after the last, sum of their weights


def body_numbers(lines: Sequence[Line]) -> list[int]:
    """The numbers of the lines that make the body, in order. Where none is prose, of all that may be an article's."""
    weights = weigh(lines)
    start, stop, total = _article_run(weights, _thread(lines))
    if not total:
        return [number for number, line in enumerate(lines) if line.kind in _KEPT]
    stop += _listed(lines, stop)
    return _without_noise(lines, [*_lead(lines, start), *range(start, stop), *_tail(lines, stop)])


def weigh(lines: Sequence[Line]) -> list[float]:
    weights: list[float] = []
    quiet = 0.0  # what the lines since the last prose weigh
    above: Line | None = None
    for line, below in zip_longest(lines, lines[1:]):
        weight = _weight(line, above, below) if line.kind in _WEIGHED_AMONG_OTHERS else WEIGHTS[line.kind]
        if line.kind is PROSE:
            quiet = 0.0
        else:
            if quiet + weight < -QUIET_COST and line.kind in _QUIET:
                weight = min(0.0, -QUIET_COST - quiet)
            quiet += weight
        weights.append(weight)
        above = line
    return weights


def _weight(line: Line, above: Line | None, below: Line | None) -> float:
    """Of a line of one of the classes that are weighed among others."""
    if line.kind is PROSE:
        return min(line.words, PROSE_CAP) + (DATELINE_WEIGHT if parse_dateline(line.text) else 0.0)
    if line.kind is FURNITURE:
        return BAR_WEIGHT if above and above.kind is FURNITURE else WEIGHTS[FURNITURE]
    if line.ended and line.words >= 3:
        return QUOTE_WEIGHT
    if line.kind is SHORT and line.gap and below and below.gap and below.prose:
        return HEADING_WEIGHT
    return WEIGHTS[line.kind]


def best_run(weights: Sequence[float]) -> Run:
    """The run of greatest sum; (0, 0, 0.0) where none is above zero."""
    best = (0, 0, 0.0)
    total, start = 0.0, 0
    for number, weight in enumerate(weights):
        if total <= 0:
            total, start = 0.0, number
        total += weight
        if total > best[2]:
            best = (start, number + 1, total)
    return best


def _article_run(weights: Sequence[float], thread: int) -> Run:
    """The best run, or one above it and above the comments that is nearly as good."""
    run = best_run(weights[:thread])
    if run[2] < THREAD_LEAST:
        run = best_run(weights)
    for _ in range(EARLIER_RUNS):
        earlier = best_run(weights[: run[0]])
        if earlier[2] < max(EARLIER_LEAST, EARLIER_SHARE * run[2]):
            break
        run = earlier
    return run


def _thread(lines: Sequence[Line]) -> int:
    """Where a thread of comments begins; the number of lines where there is none."""
    return next((number for number, line in enumerate(lines) if line.kind is Kind.COMMENT), len(lines))


def _lead(lines: Sequence[Line], start: int) -> list[int]:
    """Paragraphs just above the run, that a photo or a related story cut off; farther up, from a dateline on."""
    first = start
    for number in range(start - 1, -1, -1):
        if lines[number].kind is Kind.END or first - number > DATELINE_LINES:
            break
        near = first - number <= LEAD_LINES
        if _is_paragraph(lines[number]) and (near or parse_dateline(lines[number].text)):
            first = number
    return [number for number in range(first, start) if _is_paragraph(lines[number])]


def _tail(lines: Sequence[Line], stop: int) -> list[int]:
    """Paragraphs just below the run, that something short cut off."""
    last = stop - 1
    for number in range(stop, len(lines)):
        if lines[number].kind in _AFTER or number - last > TAIL_LINES:
            break
        if _is_paragraph(lines[number]):
            last = number
    return [number for number in range(stop, last + 1) if _is_paragraph(lines[number])]


def _is_paragraph(line: Line) -> bool:
    return line.prose and line.words >= LEAD_WORDS and line.ended


def _listed(lines: Sequence[Line], stop: int) -> int:
    """How many lines below the run are the list that its last line, ended by a colon, announces."""
    if not lines[stop - 1].text.endswith(":"):
        return 0
    below = stop
    while below < len(lines) and lines[below].kind in (Kind.SHORT, Kind.ITEM):
        below += 1
    items = sum(line.kind is Kind.ITEM for line in lines[stop:below])
    return below - stop if items >= LIST_ITEMS else 0


def _without_noise(lines: Sequence[Line], numbers: Sequence[int]) -> list[int]:
    again = _printed_again(lines, numbers)
    return [number for number in numbers if lines[number].kind in _KEPT and number not in again]


def _printed_again(lines: Sequence[Line], numbers: Sequence[int]) -> set[int]:
    """The numbers of paragraphs that say what one above them says."""
    again = set()
    long = (number for number in numbers if lines[number].prose and lines[number].words >= REPEATED_WORDS)
    for group in alike(lines, long):
        seen: set[str] = set()
        for number in group:
            same = key(lines[number].text)
            if same in seen:
                again.add(number)
            seen.add(same)
    return again
