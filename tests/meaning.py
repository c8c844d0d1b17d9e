"""What a query means, in plain Python over one article. The engines are checked against it.

It shares the analysis with them (`search.analysis`, which its own tests pin) and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from search.analysis import STOP_WORDS, stemmed_as, stems_of, tokens, words_of
from search.article import Article
from search.query import All, And, Between, Fuzzy, Near, Not, OneOf, Or, Phrase, Prefix, Query, Word, Words

BARE = ("title", "summary", "author", "body")  # what a word without a field searches
NAMES = ("author", "publisher", "place")  # searched as written by `name:`; names have no inflections

_PARAGRAPH_END = re.compile(r"\n\s*\n")


def matches(query: Query, article: Article) -> bool:
    """Whether the article answers the query."""
    return _holds(_without_stop_words(query), article)


def _holds(query: Query, article: Article) -> bool:
    match query:
        case All():
            return True
        case Between(start, end):
            return article.day is not None and (start or article.day) <= article.day and (not end or article.day < end)
        case OneOf(field, values):
            return not set(values).isdisjoint(_values(article, field))
        case Words(parts) | And(parts):
            return all(_holds(part, article) for part in parts)
        case Or(parts):
            return any(_holds(part, article) for part in parts)
        case Not(part):
            return not _holds(part, article)
        case Word(text, field) if field not in NAMES:
            language = stemmed_as(article.language)
            wanted = stems_of(text, language)
            return any(
                _side_by_side(wanted, _places(paragraph, "stem", language)) for paragraph in _paragraphs(article, field)
            )
        case Word(text, field) | Phrase(text, field):
            return any(_side_by_side(_words(text), _places(paragraph)) for paragraph in _paragraphs(article, field))
        case Prefix(text, field):
            return any(_begins(_words(text), _places(paragraph)) for paragraph in _paragraphs(article, field))
        case Near(text, distance, field):
            return any(
                _near(set(_words(text)), distance, _places(paragraph)) for paragraph in _paragraphs(article, field)
            )
        case Fuzzy(text, edits, field):
            typed = "".join(_words(text))
            places = (place for paragraph in _paragraphs(article, field) for place in _places(paragraph))
            words = (word for place in places for word in place)
            # The first letter is taken to be right: misspellings seldom begin with it.
            return any(word[:1] == typed[:1] and OSA.distance(typed, word) <= edits for word in words if typed)


Places = list[set[str]]  # the forms that stand at each place of a text


def _side_by_side(wanted: list[str], places: Places) -> bool:
    return bool(wanted) and any(_stands(wanted, run) for run in _runs(places, len(wanted)))


def _begins(wanted: list[str], places: Places) -> bool:
    """Side by side, the last word by its beginning."""
    return bool(wanted) and any(
        _stands(wanted[:-1], run[:-1]) and any(word.startswith(wanted[-1]) for word in run[-1])
        for run in _runs(places, len(wanted))
    )


def _stands(wanted: list[str], run: Places) -> bool:
    return all(word in place for word, place in zip(wanted, run, strict=True))


def _runs(places: Places, length: int) -> Iterator[Places]:
    return (places[end - length : end] for end in range(length, len(places) + 1))


def _near(wanted: set[str], distance: int, places: Places) -> bool:
    """All in some stretch of words that has room for so many others beside them."""
    room = len(wanted) + distance
    return bool(wanted) and any(wanted <= set().union(*places[place : place + room]) for place in range(len(places)))


def _paragraphs(article: Article, field: str | None) -> Iterator[str]:
    """The stretches of text beyond which no phrase reaches."""
    for name in BARE if field is None else (field,):
        for value in _values(article, name):
            yield from _PARAGRAPH_END.split(value) if name == "body" else [" ".join(value.split())]


def _values(article: Article, field: str) -> tuple[str, ...]:
    value = getattr(article, field)
    return (value,) if isinstance(value, str) else value or ()


def _places(text: str, form: str = "exact", language: str = "") -> Places:
    """Of a text without paragraphs."""
    places: Places = []
    for token in tokens(text, language):
        if token.position == len(places):
            places.append(set())
        places[token.position].add(getattr(token.form, form))
    return places


def _words(text: str) -> list[str]:
    """As written, accents folded."""
    return words_of(text)


def _without_stop_words(query: Query) -> Query:
    """Side by side, bare stop words are left out where other words are asked for. An exclusion is taken as typed."""
    match query:
        case Words(parts):
            told = tuple(_without_stop_words(part) for part in parts if not _is_stop_word(part))
            return Words(told) if any(map(_asks_for_words, told)) else query
        case And(parts) | Or(parts):
            return type(query)(tuple(map(_without_stop_words, parts)))
        case _:
            return query


def _is_stop_word(part: Query) -> bool:
    return isinstance(part, Word) and part.field is None and set(_words(part.text)) <= STOP_WORDS


def _asks_for_words(part: Query) -> bool:
    match part:
        case Words(parts) | And(parts) | Or(parts):
            return any(map(_asks_for_words, parts))
        case _:
            return not isinstance(part, Not | Between | OneOf | All)
