"""The names in a byline, parted into family and given names as citations want them.

With care: an organisation stays whole, and so does what cannot be parted on good ground.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nameparser import HumanName

from search.analysis import has_cjk
from search.article import Article

MOST_WORDS = 6  # of a person's name; what is longer is a sentence or several names

_FAMILY_FIRST = frozenset({"hu"})
_UNPARTED = frozenset({"zh", "ja", "ko", "vi"})  # family first in some papers, last in others
_ORGANISATIONS = frozenset(
    """agence agencia agency agentur agenzia associated association authority board bureau college commission committee
    company contributor contributors corporation correspondent correspondents council department desk editor editorial
    editors foundation gazette gmbh government group herald inc institute international journal limited ltd magazine
    media ministry network news newspaper newsroom office organisation organization press presse prensa radio redacción
    redaction rédaction redaktion redazione reporter reporters service society staff stampa team television times
    tribune tv union university wire writers""".split()
)
_CJK_ORGANISATION = re.compile(r"[社報报网網局部]$|[記记]者[団团]$|통신$|신문$")
_WORD = re.compile(r"[^\W\d_]+")
_NO_NAME = re.compile(r"[\d@&/:;|()\[\]]|^The\s|\s(?:and|und|et|y|e|with|for|the)\s")


@dataclass(frozen=True, slots=True)
class Name:
    """family: the whole name of an organisation, and of a person whose name is not parted"""

    family: str
    given: str = ""
    suffix: str = ""  # Jr., III
    person: bool = True

    @property
    def whole(self) -> bool:
        return not self.given

    @property
    def as_sorted(self) -> str:
        return ", ".join(filter(None, (self.family, self.given, self.suffix)))

    @property
    def as_said(self) -> str:
        return " ".join(filter(None, (self.given, self.family, self.suffix)))


def authors(article: Article) -> tuple[Name, ...]:
    """In the order of the byline; none where it names nobody."""
    return tuple(name(author, article.language, article.publisher) for author in article.author)


def name(printed: str, language: str | None = None, publisher: str | None = None) -> Name:
    """language: of the article; publisher: its own name is nobody's"""
    printed = " ".join(printed.split())
    words = [word.lower() for word in _WORD.findall(printed)]
    if has_cjk(printed):
        return Name(printed, person=not _CJK_ORGANISATION.search(printed))
    if len(printed.split()) < 2 or printed == publisher or not _ORGANISATIONS.isdisjoint(words):
        return Name(printed, person=False)
    if len(words) > MOST_WORDS or _NO_NAME.search(printed):
        return Name(printed, person=False)
    return Name(printed) if language in _UNPARTED else _parted(printed, language)


def _parted(printed: str, language: str | None) -> Name:
    if language in _FAMILY_FIRST and "," not in printed:
        family, _, given = printed.partition(" ")
        return Name(family, given)
    parts = HumanName(printed)
    given = f"{parts.first} {parts.middle}".strip()
    if not given or not parts.last:
        return Name(printed)
    return Name(parts.last, given, parts.suffix)
