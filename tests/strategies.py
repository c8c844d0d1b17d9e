"""What Hypothesis draws from: articles, queries and texts small enough that they often meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone

from hypothesis import strategies as st

from search.article import Article
from search.query import All, And, Between, Fuzzy, Near, Not, OneOf, Or, Phrase, Prefix, Query, Word, Words
from search.schema import FACETS, SEARCHED

VOCABULARY = (
    *("run", "runs", "running", "Running", "vote", "voted", "China", "china's", "China’s", "Russia", "RUSSIA", "2012"),
    *("the", "The", "of", "not", "to"),  # stop words
    *("東京都", "東京", "京都", "都", "iPhone発布会", "北京市发布会", "서울시", "カメラ"),
    *("U.N.", "UN", "C++", "C#", "AT&T", "G-20", "O'Brien", "cease-fire", "café", "cafe", "cafés", "Łódź"),
)
BEGINNINGS = ("ru", "run", "RUNN", "chi", "China", "caf", "café", "cease-fi", "AT&", "20", "lod", "U.N", "th", "zz")
MISSPELT = ("rusia", "chnia", "runned", "vot", "café", "coffee", "2021", "Lodz", "the", "c", "cease-fier")
NAMES = ("Ada Running", "Bo China", "The Café", "Gazette", "U.N. Wire", "ada running")
LANGUAGES = ("en", "fr", "de", "ja")
DAYS = (date(1, 1, 1), date(2011, 12, 31), date(2012, 1, 1), date(2012, 1, 2), date(2012, 2, 29), date(9999, 12, 31))
LEXEMES = (
    *('"', "“", "”", '"a b"~8', '"a"~', "(", ")", "()", "-", "--", "*", "~", "~2", "~3", ".", "&", ":", "..", "/", "'"),
    *("AND", "OR", "NOT", "and", "a", "b", "A", "B", "ab*", "AB*", "c~", "C~2"),
    *("é", "e\u0301", "\u0345", "Ω", "ⓐ", "²"),
    *(f"{name}:" for name in (*SEARCHED, "TITLE", "Date", "date", "http", "Note")),
    *("2012", "2012-06", "2012-06-07", "2012-13", "9999", "0000", "date:2012", "DATE:2012..", "date:..9999"),
    *(" ", "  ", "\t", "\n", "\x00", "\x85", "\u200b", "\ud800", "\udfff", "\ufeff", "\u0300\u0323"),
)


def words() -> st.SearchStrategy[str]:
    """One word as printed: inflections, stop words, possessives, accents, signs."""
    return st.sampled_from(VOCABULARY)


def articles(max_size: int = 6) -> st.SearchStrategy[list[Article]]:
    """A small archive; no two articles of one id, each with a title or a body."""
    body = st.lists(_sentences(), max_size=3).flatmap(
        lambda paragraphs: st.sampled_from(("\n\n", "\n \n\n", "\n")).map(lambda gap: gap.join(paragraphs))
    )
    article = st.builds(
        Article,
        id=st.sampled_from([f"{letter}{number}" for letter in ("a", "a/", "é ") for number in range(max_size)]),
        title=st.none() | _sentences(),
        summary=st.lists(_sentences(), max_size=2).map(tuple),
        body=body,
        author=st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple),
        publisher=st.none() | st.sampled_from(NAMES),
        place=st.none() | st.sampled_from(NAMES),
        published=_moments(),
        captions=st.lists(_sentences(), max_size=2).map(tuple),
        language=st.none() | st.sampled_from(LANGUAGES),
    ).filter(lambda article: bool(article.title or article.body))
    return st.lists(article, max_size=max_size, unique_by=lambda article: article.id)


def queries(max_leaves: int = 6) -> st.SearchStrategy[Query]:
    """Any query that a reader could type, in the shape that `search.parse.parse` gives it."""
    return st.recursive(
        _leaves(),
        lambda parts: st.one_of(
            *(_groups(kind, parts) for kind in (Words, And, Or)),
            parts.map(lambda part: part.part if isinstance(part, Not) else Not(part)),
        ),
        max_leaves=max_leaves,
    )


def filters() -> st.SearchStrategy[tuple[Query, ...]]:
    """As `search.engine.Search` takes them: at most one on the values of each facet and one on the day."""
    chosen = st.tuples(*(st.none() | _one_of(field) for field in FACETS), st.none() | _days())
    return chosen.map(lambda parts: tuple(part for part in parts if part is not None))


def texts() -> st.SearchStrategy[str]:
    """Anything: what hands type into a search box, in no order that makes sense."""
    soup = st.lists(st.sampled_from(LEXEMES) | words() | st.text(max_size=3), max_size=20)
    return st.one_of(soup.map("".join), soup.map(" ".join), st.text(st.characters(exclude_categories=()), max_size=60))


def _sentences() -> st.SearchStrategy[str]:
    separated = st.tuples(words(), st.sampled_from((" ", " ", ", ", " — ", "\n")))
    return st.lists(separated, min_size=1, max_size=8).map(
        lambda pairs: "".join(word + separator for word, separator in pairs).strip(" ,—\n")
    )


def _moments() -> st.SearchStrategy[date | datetime | None]:
    zones = st.none() | st.sampled_from([timezone(timedelta(hours=hours)) for hours in (-12, 0, 14)])
    moments = st.builds(datetime.combine, st.sampled_from(DAYS), st.sampled_from((time(0), time(23, 59, 59))), zones)
    return st.one_of(st.none(), st.sampled_from(DAYS), moments)


def _leaves() -> st.SearchStrategy[Query]:
    fields = st.one_of(st.none(), st.none(), st.sampled_from(SEARCHED))
    phrases = st.lists(words(), min_size=1, max_size=3).map(" ".join)
    return st.one_of(
        st.builds(Word, words(), fields),
        st.builds(Word, words(), fields),
        st.builds(Phrase, phrases, fields),
        st.builds(Near, phrases, st.sampled_from((0, 1, 3, 100)), fields),
        st.builds(Prefix, st.sampled_from(BEGINNINGS), fields),
        st.builds(Fuzzy, st.sampled_from(MISSPELT), st.sampled_from((1, 2)), fields),
        _days(),
        st.just(All()),
    )


def _days() -> st.SearchStrategy[Between]:
    ends = st.none() | st.sampled_from(DAYS[1:])
    return st.builds(Between, st.none() | st.sampled_from(DAYS), ends).filter(
        lambda days: days.start is None or days.end is None or days.start < days.end
    )


def _one_of(field: str) -> st.SearchStrategy[OneOf]:
    printed = (*(LANGUAGES if field == "language" else NAMES), "nobody")
    values = st.lists(st.sampled_from(printed), min_size=1, max_size=2, unique=True)
    return st.builds(OneOf, st.just(field), values.map(tuple))


def _groups(kind: type[Words] | type[And] | type[Or], parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    def group(members: Sequence[Query]) -> Query:
        flat: list[Query] = []
        for member in members:
            flat.extend(member.parts if isinstance(member, kind) else [member])
        return kind(tuple(flat))

    return st.lists(parts, min_size=2, max_size=4).map(group)
