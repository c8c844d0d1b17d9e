"""Pages of an answer, by number."""

from __future__ import annotations

import re
from itertools import count

from search.engine import MAX_WINDOW, Page, Search

AROUND = 2  # numbers shown on each side of the present page

_RANK = re.compile(r"[1-9][0-9]{0,8}")


def page_count(total: int, size: int) -> int:
    return -(-total // size)


def page_number(page: Page, asked: Search) -> int:
    """Of an answer; behind a cursor, where it stands by now among pages of its size."""
    return page.before // asked.size + 1


def last_page(total: int, size: int) -> int:
    """The last page that has hits and can be reached by number; 0 without hits."""
    return min(page_count(total, size), MAX_WINDOW // size)


def window(first: int, last: int) -> tuple[int, int]:
    """The page, and the smallest size of pages, on which two ranks and all between them stand; ranks count from 1."""
    size = next(size for size in count(last - first + 1) if (first - 1) // size == (last - 1) // size)
    return (first - 1) // size + 1, size


def rank_from(text: str) -> int | None:
    """The rank that the address of an article gives; None where it gives none that can be reached by page."""
    return int(text) if _RANK.fullmatch(text) and int(text) <= MAX_WINDOW else None


def shown_numbers(page: int, last: int) -> list[int | None]:
    """The first, the last and those around the present one; None stands for a gap."""
    near = {number for number in range(page - AROUND, page + AROUND + 1) if 1 <= number <= last}
    shown: list[int | None] = []
    previous = 0
    for number in sorted(near | {1, last}):
        if number - previous == 2:
            shown.append(number - 1)  # a gap of one page is better filled
        elif number - previous > 2:
            shown.append(None)
        shown.append(number)
        previous = number
    return shown
