"""Pages of an answer, by number."""

from __future__ import annotations

from search.engine import MAX_WINDOW, Page, Search

AROUND = 2  # numbers shown on each side of the present page


def page_count(total: int, size: int) -> int:
    return -(-total // size)


def page_number(page: Page, asked: Search) -> int:
    """Of an answer; behind a cursor, where it stands by now among pages of its size."""
    return page.before // asked.size + 1


def last_page(total: int, size: int) -> int:
    """The last page that has hits and can be reached by number; 0 without hits."""
    return min(page_count(total, size), MAX_WINDOW // size)


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
