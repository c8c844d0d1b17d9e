"""What an abbreviation stands for, as articles say it themselves: "Shanghai Cooperation Organization (SCO)".

Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text", 2003.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

LENGTHS = range(2, 9)  # of letters of an abbreviation
REACH = 200  # characters before it in which its long form stands


def is_abbreviation(word: str) -> bool:
    """Whether a word is typed as one: some capital letters and nothing else."""
    return len(word) in LENGTHS and word.isalpha() and word.isupper()


def long_form(abbreviation: str, texts: Iterable[str]) -> str | None:
    """What the texts, each with its first print of it, most often say that it stands for; None where none says."""
    said = Counter(form for text in texts for form in _defined(abbreviation, text))
    return max(said, key=lambda form: (said[form], form)) if said else None


def _defined(abbreviation: str, text: str) -> Iterator[str]:
    place = text.find(f"({abbreviation})")
    if place < 0:
        return
    before = text[max(0, place - REACH) : place].rpartition("\n")[2].split()
    words = before[-min(len(abbreviation) + 5, 2 * len(abbreviation)) :]
    form = _shortest(abbreviation.casefold(), " ".join(words))
    if form and len(form.split()) > 1:
        yield form


def _shortest(letters: str, text: str) -> str | None:
    """The shortest end of a text that has the letters in their order, the first of them at the beginning of a word."""
    low = text.casefold()
    place = len(low)
    for number in range(len(letters) - 1, -1, -1):
        place = low.rfind(letters[number], 0, place)
        while not number and place > 0 and low[place - 1].isalnum():
            place = low.rfind(letters[0], 0, place)
        if place < 0:
            return None
    return text[place:]
