"""What reading a SOURCE gives: items, what could not be read, what was left out."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.extract import Fetched
from search.article import Article

MAX_REASON = 500  # characters: libraries quote what they could not read, however long


@dataclass(frozen=True, slots=True)
class Source:
    """given: as the operator wrote it; name: as an Origin keeps it, the resolved path, empty for standard input."""

    given: str
    name: str


@dataclass(frozen=True, slots=True)
class Failure:
    """path: as the operator can find it; reason: in the operator's words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """One article to be: the bytes it is made from, and where they stand.

    source:   the SOURCE as an absolute path; empty for standard input
    path:     relative to SOURCE, the file's name where SOURCE is that file; empty for standard input. What stands in a
              packed file is below that, as in a folder
    shown:    the path as the operator can find it
    digest:   of the bytes
    part:     where in its file it stands, such as "line 3"; None where it is the whole of it
    article:  what its file states in fields; None for a capture, which has yet to be extracted
    fetched:  how a server answered with the page; None for a file
    captured: when, in ISO 8601, for what may have been captured under the same id several times; None for the others
    """

    article_id: str
    source: str
    path: str
    shown: str
    data: bytes
    digest: str
    part: str | None = None
    article: Article | None = None
    fetched: Fetched | None = None
    captured: str | None = None

    @property
    def place(self) -> str:
        return f"{self.shown} {self.part}" if self.part else self.shown

    def failure(self, reason: str) -> Failure:
        return failure(self.shown, self.part, reason)


@dataclass(frozen=True, slots=True)
class Unread:
    """What could not be read. What was indexed before from this path of this source, or from below it, is not gone.

    path: as in Item; empty for the whole SOURCE
    """

    source: str
    path: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that holds no articles."""

    path: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """A file that went only a moment ago and may be back in another, as while an editor saves it: what was indexed from
    it is not gone yet. Paths as in Unread.
    """

    source: str
    path: str


Found = Item | Unread | LeftOut | Awaited


def failure(shown: str, part: str | None, reason: str) -> Failure:
    reason = reason if len(reason) <= MAX_REASON else f"{reason[:MAX_REASON]} ..."
    return Failure(shown, f"{part}: {reason}" if part else reason)
