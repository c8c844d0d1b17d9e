"""What a text that is still being typed may become: words and phrases of titles, and names, of this archive.

While indexing, each article gives its entries: of its title, every word and every two words that have nothing but stop
words between them; of its authors, place and publisher, every end of the name that begins with a word. An entry is

    kind  key  [ VARIANT  as shown ]

where a key is words as they are searched, folded, with spaces between. Entries that sort together begin alike, so what
begins as a reader typed is one run of them, and how many articles have each is known already.

While a reader types, `alternatives` says which runs to look at: those of the last word, and of the last few together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from search import schema
from search.analysis import STOP_WORDS, VARIANT, fold, tokens
from search.article import Article
from search.parse import OPERATORS, QUOTES

TITLE = "t"
KINDS = {"author": "a", "place": "l", "publisher": "p"}  # fields of names
MAX_TYPED = 300  # characters; a longer text is left to its reader
MAX_TEXT = 500  # characters of a title or name, that are looked at
MAX_WORDS = 30  # of a title, that give entries
MAX_NAME_WORDS = 6  # with which an end of a name may begin
MAX_KEY = 80  # characters
MAX_GLUE = 2  # stop words between the two words of a phrase
MAX_TAIL = 3  # words that are completed together

_FIELDS_OF_KINDS = {kind: field for field, kind in KINDS.items()}
_SIDE_BY_SIDE = re.compile(rf"[\s\-‐‑'’{QUOTES}]*")
_LETTER = re.compile(r"[^\W\d_]")
_FIELD = re.compile(rf"(?i)(-?)({'|'.join(schema.SEARCHED)}|date):")
_OPEN_FIELD = re.compile(rf"(?i)(?:^|(?<=[\s(\-]))({'|'.join(schema.SEARCHED)}):$")
_SIGNED = re.compile(r".*(?:[*~]|~[0-9]+)", re.DOTALL)
_LAST_RUN = re.compile(rf"[^{QUOTES}()]*\Z")


class _Part(NamedTuple):
    """A word of a text: as it is searched, as it is shown, and where it stands."""

    key: str
    shown: str
    start: int
    end: int


class Entry(NamedTuple):
    kind: str
    key: str
    shown: str


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a typed text that may be completed, beginning with one of its words.

    context: what an article is asked to have beside it
    head: what stands before it; unlike the context with the sign or field that it has itself
    kept: all that stays as it is: the head, and the words of the tail but for the one that is still being typed
    finished: how many words of the tail that are
    kinds: of entries that may complete it
    key: how the keys of those begin
    field: that was typed before it; None for none
    quoted: whether it stands in quotes that are still open
    joined: whether an article must have both, the context and what completes it
    """

    context: str
    head: str
    kept: str
    finished: int
    kinds: str
    key: str
    field: str | None
    quoted: bool
    joined: bool

    def prefixes(self) -> list[str]:
        return [kind + self.key for kind in self.kinds]

    def completed(self, entry: Entry) -> str:
        """The whole text, with the entry in place of the tail."""
        rest = " ".join(entry.shown.split(" ")[self.finished :])
        if self.quoted:
            return f'{self.head}{_unquoted(entry.shown)}"' if entry.kind != TITLE else f'{self.kept}{rest}"'
        if self.field is not None or (self.head.endswith("-") and entry.kind == TITLE):
            return self.head + (_in_quotes(entry.shown) if _is_phrase(entry.shown) else entry.shown)
        if entry.kind == TITLE:
            return self.kept + rest
        return f"{self.head}{_FIELDS_OF_KINDS[entry.kind]}:{_in_quotes(entry.shown)}"

    @property
    def is_all(self) -> bool:
        """Whether it is all that was typed, as words: then whatever it is completed by has hits."""
        return self.field is None and not self.quoted and not self.head.strip()


def entries(article: Article) -> list[str]:
    """Of an article, none twice, in no order that matters."""
    found = {written(TITLE, key, shown) for key, shown in _phrases(article.title or "")}
    for field, kind in KINDS.items():
        for value in schema.values(article, field):
            found.update(_of_name(kind, value))
    return sorted(found)


def written(kind: str, key: str, shown: str) -> str:
    """As it stands in an index."""
    key, shown = key[:MAX_KEY], shown.replace(VARIANT, " ")
    return f"{kind}{key}" if shown == key else f"{kind}{key}{VARIANT}{shown}"


def read(entry: str) -> Entry:
    key, _, shown = entry[1:].partition(VARIANT)
    return Entry(entry[0], key, shown or key)


def together(counted: Iterable[tuple[Entry, int]], typed: str) -> list[tuple[Entry, int]]:
    """One entry for each key, shown as most articles print it; without the key that was typed already."""
    sums: dict[str, int] = {}
    shown: dict[str, Entry] = {}
    for entry, count in counted:  # by falling count
        if entry.key != typed:
            shown.setdefault(entry.key, entry)
            sums[entry.key] = sums.get(entry.key, 0) + count
    return sorted(((shown[key], count) for key, count in sums.items()), key=lambda one: -one[1])


def following(entry: Entry) -> str:
    """How the entries begin that go on with what stands behind the last word of one."""
    return f"{entry.kind}{entry.key.rpartition(' ')[2]} "


def continued(entry: Entry, following: Entry) -> Entry:
    """An entry that goes on with the words of one which begins with its last word."""
    return Entry(
        entry.kind,
        f"{entry.key} {following.key.partition(' ')[2]}",
        f"{entry.shown} {following.shown.partition(' ')[2]}",
    )


def whole(counted: Iterable[tuple[Entry, int]]) -> list[tuple[Entry, int]]:
    """One entry for each name, of all its ends that begin as typed."""
    names: dict[str, tuple[Entry, int]] = {}
    for entry, count in counted:
        names.setdefault(entry.shown, (entry, count))
    return list(names.values())


def alternatives(text: str) -> list[Tail]:
    """Ends of a typed text that may be completed, the longest first; none where there is nothing to complete."""
    if len(text) > MAX_TYPED:
        return []
    run = _LAST_RUN.search(text)
    assert run is not None  # noqa: S101  it may be empty
    before, quoted = text[: run.start()], sum(map(text.count, QUOTES)) % 2 == 1
    if quoted:
        field = _OPEN_FIELD.search(before[:-1])
        context = len(before) - 1 - (len(field[0]) if field else 0)
        return _tails(text, [run.start()], field[1].lower() if field else None, context=context, quoted=True)
    pieces = list(re.finditer(r"\S+", run.group()))
    open_end = not run.group()[-1:].isspace()
    starts: list[int] = []
    for piece in reversed(pieces[-MAX_TAIL:]):
        last = piece is pieces[-1] and open_end
        word, start = piece.group(), run.start() + piece.start()
        field = _FIELD.match(word)
        if field and last and not starts:
            return _tails(text, [start + field.end()], field[2].lower(), context=start)
        if field or word in OPERATORS or _SIGNED.fullmatch(word):
            break
        if word.startswith("-"):
            starts += [start + 1] if last and len(word) > 1 else []
            break
        starts.append(start)
    if pieces and before and starts[-1:] == [run.start()] and before[-1] in f"{QUOTES})":
        starts.pop()  # what follows a closing sign at once is no word that somebody begins
    return _tails(text, starts[::-1])


def _tails(
    text: str, starts: Iterable[int], field: str | None = None, *, context: int | None = None, quoted: bool = False
) -> list[Tail]:
    """context: where it ends; None for the beginning of each tail"""
    kinds = _kinds(field, quoted=quoted)
    return [tail for start in starts if kinds and (tail := _tail(text, start, kinds, field, context, quoted=quoted))]


def _tail(text: str, start: int, kinds: str, field: str | None, context: int | None, *, quoted: bool) -> Tail | None:
    parts = _parts(text[start:])
    if not parts:
        return None
    still_typed = not text[-1:].isspace()
    key = " ".join(part.key for part in parts)
    before = text[:start] if context is None else text[:context]
    return Tail(
        context=before,
        head=text[:start],
        kept=text[: start + parts[-1].start] if still_typed else text,
        finished=len(parts) - still_typed,
        kinds=kinds,
        key=key if still_typed else f"{key} ",
        field=field,
        quoted=quoted,
        joined=_is_joined(before),
    )


def _kinds(field: str | None, *, quoted: bool) -> str:
    if field is None:
        return TITLE + KINDS["author"] if quoted else TITLE + "".join(KINDS.values())
    if field in KINDS:
        return KINDS[field]
    return "" if field == "date" else TITLE


def _is_joined(context: str) -> bool:
    """Whether nothing in it takes the sense of `and` from what follows."""
    words = context.split()
    return not any(word in OPERATORS or word.startswith("-") for word in words) and "(" not in context


def _phrases(title: str) -> Iterator[tuple[str, str]]:
    parts = _parts(title)[:MAX_WORDS]
    telling = [place for place, part in enumerate(parts) if part.key not in STOP_WORDS]
    for place in telling:
        if _LETTER.search(parts[place].key) and len(parts[place].key) > 1:
            yield parts[place].key, parts[place].shown
    for first, last in pairwise(telling):
        together = parts[first : last + 1]
        if len(together) <= 2 + MAX_GLUE and all(
            _SIDE_BY_SIDE.fullmatch(title, a.end, b.start) for a, b in pairwise(together)
        ):
            yield " ".join(part.key for part in together), " ".join(part.shown for part in together)


@lru_cache(maxsize=1 << 16)  # an archive has far fewer names than articles
def _of_name(kind: str, name: str) -> tuple[str, ...]:
    keys = [part.key for part in _parts(name)]
    return tuple(written(kind, " ".join(keys[start:]), name) for start in range(min(len(keys), MAX_NAME_WORDS)))


def _parts(text: str) -> list[_Part]:
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT].rpartition(" ")[0] or text[:MAX_TEXT]
    parts: list[_Part] = []
    for form, _, start, end in tokens(text):
        if parts and start < parts[-1].end:  # no spaces part Chinese: what is printed in one run is one word here
            parts[-1] = _run(text, parts[-1].start, max(end, parts[-1].end))
        else:
            shown = (form.variant or form.exact).rpartition(VARIANT)[2]
            parts.append(_Part(form.exact, shown, start, _behind_dot(text, start, end)))
    return parts


def _run(text: str, start: int, end: int) -> _Part:
    shown = text[start:end].lower()
    return _Part(fold(shown), shown, start, end)


def _behind_dot(text: str, start: int, end: int) -> int:
    """Where `U.N.` ends, whose last dot is no part of the token."""
    return end + text.startswith(".", end) if "." in text[start:end] else end


def _is_phrase(text: str) -> bool:
    return re.fullmatch(r"[^\W_]+", text) is None


def _in_quotes(text: str) -> str:
    return f'"{_unquoted(text)}"'


def _unquoted(text: str) -> str:
    return " ".join(re.sub(f"[{QUOTES}]", " ", text).split())
