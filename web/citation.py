"""What there is to cite of an article, and its citation in a sentence."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

from search.analysis import STOP_WORDS, fold
from search.article import Article
from web.messages import gettext as _
from web.names import Name, authors
from web.words import day, opening

_DIGEST_BYTES = 2  # of an article's id, which keep its key apart from others
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Citation:
    """What there is to cite of an article. Texts are of one line each.

    title:     its opening words where it has none; empty without those too
    permalink: of the archive's copy, which was read on the day `accessed`
    original:  where the article was printed, as its capture says; it may be anything
    """

    key: str
    title: str
    authors: tuple[Name, ...]
    publisher: str
    place: str
    published: date | None
    language: str
    summary: str
    permalink: str
    original: str
    accessed: date


def cite(article: Article, permalink: str, accessed: date) -> Citation:
    return Citation(
        key=_key(article),
        title=_line(article.title or opening(article)),
        authors=authors(article),
        publisher=_line(article.publisher),
        place=_line(article.place),
        published=article.day,
        language=_line(article.language),
        summary=_line(" ".join(article.summary)),
        permalink=permalink,
        original=_line(article.url),
        accessed=accessed,
    )


def plain(citation: Citation) -> str:
    """In the order of the Chicago manual's bibliographies, in the reader's language."""
    title = _("“%(title)s”", title=citation.title or _("Untitled"))
    printed = ", ".join(filter(None, (citation.publisher, _printed(citation))))
    parts = [_names(citation.authors), title, printed]
    if citation.place:
        parts.append(_("Dateline %(place)s", place=citation.place))
    if citation.original:
        parts.append(citation.original)
    parts.append(
        _("%(address)s (archived copy, read on %(day)s)", address=citation.permalink, day=day(citation.accessed))
    )
    return " ".join(f"{part.removesuffix('.')}." for part in parts if part)


def _printed(citation: Citation) -> str:
    return day(citation.published) if citation.published else _("n.d.")


def _names(names: tuple[Name, ...]) -> str:
    """The first one as it is sorted, the others as they are said."""
    if not names:
        return ""
    said = [names[0].as_sorted, *(one.as_said for one in names[1:])]
    if len(said) == 1:
        return said[0]
    return _("%(names)s and %(last)s", names=", ".join(said[:-1]), last=said[-1])


def _key(article: Article) -> str:
    """Stable for the article as long as its byline, year and title are: `byline2012council-3f2a`."""
    names = authors(article)
    first = names[0].family if names else article.publisher or ""
    title = [word for word in _plain_words(article.title or "") if word not in STOP_WORDS]
    year = f"{article.day.year:04}" if article.day else ""
    digest = blake2b(article.id.encode(), digest_size=_DIGEST_BYTES).hexdigest()
    return "".join(["".join(_plain_words(first)[-1:]), year, *title[:1]]) + f"-{digest}"


def _plain_words(text: str) -> list[str]:
    return re.findall("[a-z0-9]+", fold(text.lower()))


def _line(text: str | None) -> str:
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text or "")).split())
