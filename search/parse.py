"""The query language: what a reader types -> Query, and back.

    query  = some { "OR" some }                     any of them
    some   = joint { joint }                        side by side: all of them, the only thing a search may loosen
    joint  = part { "AND" part }                    both its neighbours: `a b AND c` is a (b AND c)
    part   = { "NOT" } [ "-" ] atom
    atom   = [ field ":" ] ( word | quoted | "(" query ")" ) | "date:" days | "*"
    word   = text [ "*" | "~" | "~1" | "~2" ]       begins so; differs by one or two letters; plain: any inflection
    quoted = '"' text '"' [ "~" number ]            exactly so; near each other, at most `number` other words between
    days   = day [ ".." [ day ] ] | ".." day        both ends inclusive
    day    = YYYY | YYYY-MM | YYYY-MM-DD
    field  = "title" | "author" | "publisher" | "place" | "body" | "captions", in any letter case

White space, quotes and brackets part words; control characters and halves of surrogate pairs count as white space.
Straight and curly quotes are one. All other text belongs to a word and stays as typed (`C++`, `AT&T`, `O'Brien`), in
Unicode's form NFC. What holds no letter or digit is dropped.

Operators are capital words, and only in a text that has a lower-case letter: archives hold texts in capitals.
A dash excludes at the very start or after white space, before a word, quote or bracket. Any other dash before a word
says nothing and is dropped; within a word it is text (`cease-fire`).
A field applies to all inside its bracket that names no field of its own. A field with nothing straight behind it, and
a `word:` that names none, is text.

Form is forgiven: an open quote or bracket closes at the end; brackets, quotes and operators without content vanish.
Nothing at all is everything. What cannot be meant, and what is beyond the bounds below, is refused with a QueryError.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from search.analysis import has_cjk
from search.query import All, And, Between, Fuzzy, Near, Not, Or, Phrase, Prefix, Query, Word, Words, flat
from search.schema import SEARCHED

MAX_LENGTH = 20_000  # characters: 1,000 long words fit, and any address that a web server admits
MAX_DEPTH = 25  # brackets in brackets: engines walk a query by recursion, up to four nodes a bracket
MAX_CLAUSES = 2_000  # words, also within quotes and hyphened words, and dates: each is work for the engine
MAX_DISTANCE = 100  # words: what is farther apart is not near; less than the gap between two paragraphs
MAX_EDITS = 2  # letters: with three, most short words are alike
MIN_PREFIX = 2  # letters before a star: with one, it is a large part of the vocabulary
MAX_MARKS = 30  # accents in a row, the bound of Unicode's Stream-Safe Text Format: to order more takes their square

OPERATORS = frozenset(("AND", "OR", "NOT"))

QUOTES = '"“”„‟'
_BLANK = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\ufeff\ud800-\udfff]")
_TERM = re.compile(r"[^\W_]+")
_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
# No lexeme can be cut in two ways, and no repetition is tried twice: the time is linear in the text.
_LEXEME = re.compile(
    r"(?P<close>\))|"
    r"(?:(?P<minus>(?<!\S)-(?=[^\s\-)]))|-++)?"
    rf"(?:(?P<field>(?ai:date|{'|'.join(SEARCHED)})):)?"
    r"(?:(?P<open>\()"
    rf"|[{QUOTES}](?P<quoted>[^{QUOTES}]*+)[{QUOTES}]?(?P<near>~(?P<distance>[0-9]*))?"
    rf"|(?P<word>[^\s(){QUOTES}]++))"
)


_MARKS = str.maketrans("、。，！？；", "      ")  # they part words as white space does, which stands beside other marks


class QueryError(ValueError):
    """A query that its reader must mend; str() says how.

    message: with places such as %(word)s for the values, so that it can be said in other languages
    position: characters of the text before the place, None where the fault is in the whole
    """

    def __init__(self, message: str, position: int | None = None, **values: str) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values
        self.position = position


def parse(text: str) -> Query:
    """The query that a reader typed. Raises QueryError, and nothing else, for what a reader has to mend.

    Parts within parts are flattened as far as the meaning stays: no Words in Words, And in And, Or in Or or Not in Not,
    and no fewer than two parts.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            "the query is %(length)s characters long; %(most)s are the most",
            length=f"{len(text):,}",
            most=f"{MAX_LENGTH:,}",
        )
    query = _Parser(text.translate(_MARKS)).parse()
    if len(render(query)) > MAX_LENGTH:  # what parse gives, parse must take
        raise QueryError(
            "the query, written out, is more than %(most)s characters long; shorten it", most=f"{MAX_LENGTH:,}"
        )
    return query


def render(query: Query) -> str:
    """The query as understood, in the query language: `parse(render(query)) == query` for all that `parse` gives.

    Raises ValueError for a OneOf, which no reader can type.
    """
    if any(_is_operator(leaf) for leaf in _leaves(query)):
        return _write(query, capitals=True)  # it was typed without a lower-case letter and must stay so
    text = _write(query, capitals=False)
    if not _has_lower(text) and (" AND " in text or " OR " in text):
        return f'{text} title:""'  # vanishes again, and its letters make the capital words operators
    return text


def period(text: str, position: int | None = None) -> tuple[date, date | None]:
    """First day of a year, month or day (`2012`, `2012-06`, `2012-06-07`) and the first day after it, None where the
    calendar ends. Raises QueryError with that position.
    """
    try:
        first = date.fromisoformat(f"{text}-01-01"[:10]) if _DAY.fullmatch(text) else None
    except ValueError:
        first = None
    if first is None:
        raise QueryError("%(text)s is not a date; write 2012, 2012-06 or 2012-06-07", position, text=_shown(text))
    if len(text) == len("2012"):
        last = first.replace(month=12, day=31)
    elif len(text) == len("2012-06"):
        last = first.replace(day=monthrange(first.year, first.month)[1])
    else:
        last = first
    return first, None if last == date.max else last + timedelta(days=1)


class _Parser:
    """One text on its way to a query. Open brackets are a stack of groups, so that Python's own is never exhausted."""

    def __init__(self, text: str) -> None:
        self._text = _BLANK.sub(" ", text)  # one for one: positions stay those of the text as typed
        _check_marks(self._text)
        self._has_operators = _has_lower(_nfc(self._text))
        self._groups = [_Group(field=None, excluded=False)]
        self._clauses = 0

    def parse(self) -> Query:
        for lexeme in _LEXEME.finditer(self._text):
            word = lexeme["word"]
            if lexeme["close"]:
                self._close()
            elif lexeme["open"]:
                self._open(lexeme)
            elif self._has_operators and word in OPERATORS and not lexeme["field"]:
                self._groups[-1].operate(word)
            else:
                self._groups[-1].put(self._atom(lexeme), excluded=bool(lexeme["minus"]))
        while len(self._groups) > 1:
            self._close()
        return self._groups[0].query() or All()

    def _open(self, lexeme: re.Match[str]) -> None:
        if len(self._groups) > MAX_DEPTH:
            raise QueryError(
                "brackets stand more than %(most)s deep; take some away", lexeme.start("open"), most=str(MAX_DEPTH)
            )
        self._groups.append(_Group(self._field(lexeme), excluded=bool(lexeme["minus"])))

    def _close(self) -> None:
        if len(self._groups) > 1:
            group = self._groups.pop()
            self._groups[-1].put(group.query(), excluded=group.excluded)

    def _atom(self, lexeme: re.Match[str]) -> Query | None:
        field, word, position = self._field(lexeme), lexeme["word"], lexeme.start("word")
        found: Query | None
        if word is None:
            found = _quoted(lexeme, field)
        elif field == "date":
            found = _days(word, position)
        elif lexeme["field"] is None and word.lower() == "date:":
            raise _no_date(position)
        elif lexeme["field"] and not word.strip("*"):
            raise _short_prefix(f"{field}:*", lexeme.start("field"))
        else:
            found = _word(_nfc(word), field, position)
        self._count(found, lexeme.start())
        return found

    def _field(self, lexeme: re.Match[str]) -> str | None:
        """The field before this lexeme, in small letters, or else that of the bracket around it."""
        if lexeme["field"] is None:
            return self._groups[-1].field
        field = str(lexeme["field"]).lower()
        if field == "date" and lexeme["word"] is None:
            raise _no_date(lexeme.start("field"))
        return field

    def _count(self, found: Query | None, position: int) -> None:
        match found:
            case Word(text) | Phrase(text) | Near(text) | Prefix(text) | Fuzzy(text):
                self._clauses += len(_TERM.findall(text))
            case Between() | All():
                self._clauses += 1
        if self._clauses > MAX_CLAUSES:
            raise QueryError("the query has more than %(most)s words; shorten it", position, most=f"{MAX_CLAUSES:,}")


class _Group:
    """What stands in one pair of brackets: alternatives of things side by side, each of them joined of parts."""

    def __init__(self, field: str | None, *, excluded: bool) -> None:
        self.field = field
        self.excluded = excluded
        self._alternatives: list[list[list[Query]]] = [[]]
        self._joins = False  # the operators since the last part
        self._negates = False

    def operate(self, operator: str) -> None:
        self._joins = operator == "AND" or (operator == "NOT" and self._joins)
        self._negates = operator == "NOT" and not self._negates
        if operator == "OR":
            self._alternatives.append([])

    def put(self, part: Query | None, *, excluded: bool) -> None:
        """The next part; None is one that vanished, and takes the operators before it along."""
        if part is not None:
            if excluded != self._negates:
                part = part.part if isinstance(part, Not) else Not(part)
            side_by_side = self._alternatives[-1]
            if self._joins and side_by_side:
                side_by_side[-1].append(part)
            else:
                side_by_side.append([part])
        self._joins = self._negates = False

    def query(self) -> Query | None:
        """None where nothing is left."""
        alternatives = [flat(Words, [flat(And, joint) for joint in some]) for some in self._alternatives if some]
        return flat(Or, alternatives) if alternatives else None


def _quoted(lexeme: re.Match[str], field: str | None) -> Phrase | Near | None:
    text = " ".join(_nfc(lexeme["quoted"]).split())
    if not _is_word(text):
        return None
    if lexeme["near"] is None:
        return Phrase(text, field)
    if not lexeme["distance"]:
        raise QueryError(
            'write behind ~ how many words may stand between, as in "russia syria"~8', lexeme.start("near")
        )
    distance = _number(lexeme["distance"])
    if distance > MAX_DISTANCE:
        raise QueryError(
            'at most %(most)s words may stand between, as in "russia syria"~8',
            lexeme.start("near"),
            most=str(MAX_DISTANCE),
        )
    return Near(text, distance, field)


def _word(text: str, field: str | None, position: int) -> Word | Prefix | Fuzzy | All | None:
    text = text.lstrip("-")
    if text and not text.strip("*"):
        return All()
    if not _is_word(text):
        return None
    word, sign = _signed(text)
    if _signed(word)[1]:
        raise QueryError("%(word)s: a word takes one * or one ~, not both", position, word=_shown(text))
    if not sign or has_cjk(word):  # where nothing parts words, a word is found within others without a sign
        return Word(word, field)
    if sign.startswith("*"):
        if sum(map(str.isalnum, word)) < MIN_PREFIX:
            raise _short_prefix(text, position)
        return Prefix(word, field)
    edits = _number(sign.lstrip("~") or "1")
    if not 1 <= edits <= MAX_EDITS:
        raise QueryError(
            "%(word)s: ~ finds words that differ by one letter, ~2 by two, other numbers mean nothing; "
            "to search for the text as it stands, put it in quotes",
            position,
            word=_shown(text),
        )
    return Fuzzy(word, edits, field)


def _signed(text: str) -> tuple[str, str]:
    """A word and the `*` or `~2` behind it. Where no letter or digit stands before them, they are text."""
    word = text.rstrip("*")
    if word == text:
        word = text.rstrip("0123456789")
        if not word.endswith("~"):
            return text, ""
        word = word.rstrip("~")
    return (word, text[len(word) :]) if _is_word(word) else (text, "")


def _days(text: str, position: int) -> Between:
    first, dots, last = text.partition("..")
    if not dots:
        return Between(*period(text, position))
    if not (first or last):
        raise _no_date(position)
    start = period(first, position)[0] if first else None
    end = period(last, position + len(first) + len(dots))[1] if last else None
    if start and end and start >= end:
        raise QueryError(
            "%(first)s is after %(last)s; write date:%(last)s..%(first)s", position, first=first, last=last
        )
    return Between(start, end)


def _no_date(position: int) -> QueryError:
    return QueryError(
        "date: takes a date straight behind it, as date:2012, date:2012-06 or date:2012-06-07, or a range, as "
        "date:2012-06-01..2012-06-07, date:2012.. or date:..2012",
        position,
    )


def _short_prefix(text: str, position: int) -> QueryError:
    return QueryError(
        "%(word)s: write at least two letters before the star, as in interven*", position, word=_shown(text)
    )


def _number(digits: str) -> int:
    return int(digits.lstrip("0")[:9] or "0")  # Python refuses to read thousands of digits


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _is_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _has_lower(text: str) -> bool:
    return any(map(str.islower, text))


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _check_marks(text: str) -> None:
    if unicodedata.is_normalized("NFC", text):
        return
    marks = 0
    for position, character in enumerate(text):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MAX_MARKS:
            raise QueryError("a letter has more than %(most)s accents; take some away", position, most=str(MAX_MARKS))


def _leaves(query: Query) -> Iterator[Query]:
    waiting = [query]
    while waiting:
        match waiting.pop():
            case Words(parts) | And(parts) | Or(parts):
                waiting.extend(parts)
            case Not(part):
                waiting.append(part)
            case leaf:
                yield leaf


def _is_operator(leaf: Query) -> bool:
    return isinstance(leaf, Word) and leaf.field is None and leaf.text in OPERATORS


def _write(query: Query, *, capitals: bool) -> str:
    written: list[str] = []
    waiting: list[Query | str] = [query]  # from the last to the first
    while waiting:
        match waiting.pop():
            case str(text):
                written.append(text)
            case Not(part):
                written.append(" -" if written[-1:] == ["("] else "-")  # straight behind a bracket a dash is text
                waiting.extend(_backwards((part,), "", bracketed=(Words, And, Or)))
            case Words(parts):
                waiting.extend(_backwards(parts, " ", bracketed=(Or,)))
            case And(parts):
                waiting.extend(_backwards(parts, " AND ", bracketed=(Words, Or)))
            case Or(parts):
                waiting.extend(_backwards(parts, " OR ", bracketed=()))
            case leaf:
                written.append(_write_leaf(leaf, capitals))
    return "".join(written)


def _backwards(parts: tuple[Query, ...], between: str, *, bracketed: tuple[type[Query], ...]) -> Iterator[Query | str]:
    """What stands between one part and the next, and brackets around those that would else fall apart."""
    for place, part in enumerate(reversed(parts)):
        if place:
            yield between
        if isinstance(part, bracketed):
            yield from (")", part, "(")
        else:
            yield part


def _write_leaf(leaf: Query, capitals: bool) -> str:
    match leaf:
        case Word(text, field):
            return f"{_named(field, capitals)}{text}"
        case Phrase(text, field):
            return f'{_named(field, capitals)}"{text}"'
        case Near(text, distance, field):
            return f'{_named(field, capitals)}"{text}"~{distance}'
        case Prefix(text, field):
            return f"{_named(field, capitals)}{text}*"
        case Fuzzy(text, edits, field):
            return f"{_named(field, capitals)}{text}~{'' if edits == 1 else edits}"
        case Between(start, end):
            return f"{_named('date', capitals)}{_write_days(start, end)}"
        case All():
            return "*"
    raise ValueError(f"{leaf} has no form in the query language")


def _named(field: str | None, capitals: bool) -> str:
    if field is None:
        return ""
    return f"{field.upper() if capitals else field}:"


def _write_days(start: date | None, end: date | None) -> str:
    first, last = typed_days(start, end)
    return first if first == last else f"{first}..{last}"


def typed_days(start: date | None, end: date | None) -> tuple[str, str]:
    """The first and the last year of a range, where years say it, else month, else day; empty for an open side."""
    last = date.max if end is None else end - timedelta(days=1)
    for length in (len("2012"), len("2012-06"), len("2012-06-07")):
        first_text = start.isoformat()[:length] if start else ""
        last_text = last.isoformat()[:length] if end or not start else ""
        if (not first_text or period(first_text)[0] == start) and (not last_text or period(last_text)[1] == end):
            break
    return first_text, last_text
