"""From text to terms: the one analysis that every engine, snippet and marked title shares.

A text is tokenized once. Each token has a form as written (lower case, accents folded: what quotes, `*` and `~` search)
and a stem (PyStemmer's Snowball of the text's language: what bare words search). Stop words are terms like any other,
so that quoted phrases work.

    C++  AT&T  O'Brien     one token each
    U.N.  UN               one and the same token, `un`
    China's  China’s       `china`: a possessive is no word of its own
    cease-fire  G-20       two tokens side by side: a hyphen parts words
    café                   `cafe`; its `variants` tell it from a plain cafe
    東京都                  `東京` and `東` at one place, `京都` and `京` at the next, then `都`: Chinese, Japanese and
                           Korean are read by pairs of characters, and a word asked for is pairs side by side

Stems of languages other than English carry its code, for `hop` is not in every language a form of hope. A text of an
unknown language, or of one that Snowball has not, is stemmed as English is.

Positions jump by PARAGRAPH_GAP at a blank line, so that no phrase and no Near reaches over it; a form feed jumps to
BODY_START, so that one combined field can be asked for its body alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeGuard
from unicodedata import category, normalize

import Stemmer

from search.query import All, And, Between, Not, OneOf, Or, Query, Word, Words

PARAGRAPH_GAP = 128  # wider than the widest Near (search.parse.MAX_DISTANCE)
BODY_START = 16_384  # position of a body's first word in the combined field, title, summary and byline stand before it
MAX_TERM = 128  # characters; what is longer is no word, and is cut alike in documents and queries
VARIANT = "\x1f"  # parts the folded form from the one as printed in a variant, and a stem from its language
PARAGRAPH = "\n"
BODY = "\f"

ENGLISH = ""  # what stands for it, and for every language without a stemmer of its own, wherever a code is asked for
STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "eo": "esperanto",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_LANGUAGE = "\x02"  # before and behind the code with which a text begins that is not to be stemmed as English
_LANGUAGE_LENGTH = len("\x02de\x02")


def _token(letter: str) -> re.Pattern[str]:
    """A run of letters and digits, with what may stand between or behind them: dots between single letters or digits,
    apostrophes, ampersands, and the signs of C++ and C#.
    """
    return re.compile(
        rf"(?:[^\W\d_]\.){{1,15}}[^\W\d_](?!{letter})"  # bounded: a long run before a word would cost its square
        r"|\d+(?:\.\d+)+"
        rf"|{letter}+(?:['’‘&]{letter}+)*(?:\+\+|\#(?!{letter}))?"
    )


# Marks that compose with no letter, as vowels in Hindi or Arabic do, belong to the word they stand in. Python's \w
# leaves them out, and a class with them is three times as slow: only texts of scripts that have them pay for it.
_COMBINING = "".join(character for character in map(chr, range(0x300, 0x10000)) if category(character).startswith("M"))
# What may fold to other letters: all but ASCII, its like and punctuation.
FOLDING = re.compile("[^\x00-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\u2000-\u206f\u20a0-\u20cf\u2190-\u23ff\u2500-\u2bff]")
_HAS_MARKS = re.compile(r"[\u0300-\u036f\u0483-\u0489\u0590-\u1dff\u20d0-\u20ff\ua66f-\uabff\ufb1e\ufe20-\ufe2f]")
_PLAIN_TOKEN = _token(r"[^\W_]")
_MARKED_TOKEN = _token(rf"[\w{_COMBINING}]")  # to be used on a text without underscores

_BREAK = re.compile(r"\n[^\S\n]*\n\s*|\f")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_MARKS = re.compile(r"(?:(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f])+")  # but that of й, a letter of its own
_PLAIN = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) in "._'&+#")} | {
    code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)
}
_APOSTROPHES = str.maketrans("’‘ʼ＇", "''''")
# Letters that Unicode does not decompose, with the spelling newspapers give them where they have no such type.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})

STOP_WORDS = frozenset(
    """a about above after again against all am an and any are as at be because been before being below between both
    but by can did do does doing down during each few for from further had has have having he her here hers herself
    him himself his how i if in into is it its itself just me more most my myself no nor not now of off on once only
    or other our ours ourselves out over own same she should so some such than that the their theirs them themselves
    then there these they this those through to too under until up very was we were what when where which while who
    whom why with you your yours yourself yourselves""".split()
)

_english: Any = Stemmer.Stemmer("english")
_CJK = "\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_CJK += "\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
_HAS_CJK = re.compile(f"[{_CJK}]")
_RUN = re.compile(f"[{_CJK}]+|[^{_CJK}]+")


class Form(NamedTuple):
    """What one distinct token becomes. variant: folded form, VARIANT and form as printed; None without accents."""

    exact: str
    stem: str
    variant: str | None


class Token(NamedTuple):
    form: Form
    position: int
    start: int  # characters of the text: text[start:end] is the token as printed
    end: int


class _Forms(dict[str, Form]):
    """Every distinct token, behind the mark of its language, is analysed once; what an archive prints most is found
    here ever after.
    """

    def __missing__(self, printed: str) -> Form:
        if len(self) >= 1_000_000:
            self.clear()
        form = self[printed] = _analyse(printed)
        return form


def _analyse(printed: str) -> Form:
    language, start = _language_of(printed)
    word = printed[start:].translate(_APOSTROPHES).lower()
    if _ACRONYM.fullmatch(word):
        word = word.replace(".", "")
    elif word.endswith("'s") and len(word) > 2:
        word = word[:-2]
    word = word[:MAX_TERM]
    exact = fold(word)
    return Form(exact, stem(exact, language), None if exact == word else f"{exact}{VARIANT}{word}")


def stem(exact: str, language: str) -> str:
    """Of a word as the index has it, in a text of a language: a key of STEMMERS, or ENGLISH."""
    if language == ENGLISH:
        return _english.stemWord(exact) or exact
    return f"{_stemmer(language).stemWord(exact) or exact}{VARIANT}{language}"


@cache
def _stemmer(language: str) -> Any:
    return Stemmer.Stemmer(STEMMERS[language])


forms = _Forms()


def stemmed_as(language: str | None) -> str:
    """The code by which a text of a language is stemmed: ENGLISH where Snowball does not have it."""
    return language if language in STEMMERS else ENGLISH


def language_of(term: str) -> str:
    """The code of the language that a stem is of."""
    return term.partition(VARIANT)[2]


def marked(text: str, language: str | None) -> str:
    """The text as a field is given it: `chunks` and `unmarked` know its language from how it begins."""
    code = stemmed_as(language)
    if code != ENGLISH:
        return f"{_LANGUAGE}{code}{_LANGUAGE}{text}"
    return f" {text}" if text.startswith(_LANGUAGE) else text


def unmarked(text: str) -> tuple[str, str]:
    """A text and the code of its language."""
    language, start = _language_of(text)
    return text[start:], language


def _language_of(text: str) -> tuple[str, int]:
    """The code with which a text is marked, and where the text itself begins."""
    if text[:1] != _LANGUAGE or text[3:4] != _LANGUAGE or text[1:3] not in STEMMERS:
        return ENGLISH, 0
    return text[1:3], _LANGUAGE_LENGTH


def fold(word: str) -> str:
    """The word without its accents; never empty for a word that is not. Only marks of Latin, Greek and Cyrillic go."""
    if word.isascii():
        return word
    plain = _MARKS.sub("", normalize("NFKD", word)).translate(_LETTERS)
    return normalize("NFC", plain) or word


def tokens(text: str, language: str | None = ENGLISH) -> Iterator[Token]:
    """The tokens of a text in its order, with their positions and places. Of a pair of Chinese, Japanese or Korean
    characters its first has a token of its own too, which follows the pair's.
    """
    position = start = 0
    token, text = _expression(text)
    mark = marked("", language)
    has_cjk = not text.isascii() and _HAS_CJK.search(text)
    for paragraph_end, next_start, gap_to in _breaks(text):
        for match in token.finditer(text, start, paragraph_end):
            if has_cjk and _HAS_CJK.search(match.group()):
                for begin, end in _pairs(token, text, match.start(), match.end()):
                    yield Token(forms[mark + text[begin:end]], position, begin, end)
                    if _is_pair(text[begin:end]):
                        yield Token(forms[mark + text[begin]], position, begin, begin + 1)
                    position += 1
            else:
                yield Token(forms[mark + match.group()], position, match.start(), match.end())
                position += 1
        position = max(position + PARAGRAPH_GAP, gap_to)
        start = next_start


def _expression(text: str) -> tuple[re.Pattern[str], str]:
    """What finds the tokens of a text, and the text, in which that is to be looked for."""
    if text.isascii() or not _HAS_MARKS.search(text):
        return _PLAIN_TOKEN, text
    return _MARKED_TOKEN, text.replace("_", " ")


def _pairs(token: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the tokens stand in a stretch with Chinese, Japanese or Korean characters, of which one begins at each."""
    for run in _RUN.finditer(text, start, end):
        if _HAS_CJK.match(run.group()):
            yield from ((place, min(place + 2, run.end())) for place in range(*run.span()))
        else:
            yield from (match.span() for match in token.finditer(text, *run.span()))


def _is_pair(printed: str) -> bool:
    return len(printed) == 2 and _HAS_CJK.match(printed) is not None


def has_cjk(text: str) -> bool:
    """Whether Chinese, Japanese or Korean characters stand in it, which are read by pairs."""
    return _HAS_CJK.search(text) is not None


def _breaks(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _BREAK.finditer(text):
        yield match.start(), match.end(), BODY_START if match.group() == BODY else 0
    yield len(text), len(text), 0


def stem_beginning(stem: str) -> str:
    """What words of a stem begin with, nearly all in other languages than English, which may lose a prefix.

    In English the stem itself, without the last letter of hope (hoping), happi (happy), sky (skies) and possibl
    (possibility), and of `die` the first one (dying).
    """
    letters, other_language, _ = stem.partition(VARIANT)
    if len(letters) == len("die") and letters.endswith("ie"):
        return letters[:1]
    return letters[:-1] or letters if other_language or letters.endswith(("e", "i", "y", "bl")) else letters


def of_stem(stem: str, words: Sequence[str]) -> list[str]:
    """Those of some words as the index has them that have the stem, in its language."""
    letters, _, language = stem.partition(VARIANT)
    stemmer = _english if language == ENGLISH else _stemmer(language)
    return [word for word, own in zip(words, stemmer.stemWords(words), strict=True) if (own or word) == letters]


def tokens_of(text: str, start: int, end: int) -> list[Token]:
    """The tokens of a stretch between white space in an English text of plain letters; without their positions."""
    found = _PLAIN_TOKEN.finditer(text, start, end)
    return [Token(forms[match.group()], -1, match.start(), match.end()) for match in found]


def parted(text: str, start: int, end: int) -> bool:
    """Whether a word or the end of a paragraph stands between two places."""
    return _PLAIN_TOKEN.search(text, start, end) is not None or _BREAK.search(text, start, end) is not None


def words_of(text: str) -> list[str]:
    """Words as written, as a query asks for them."""
    return [token.form.exact for token in asked(text)]


def stems_of(text: str, language: str | None = ENGLISH) -> list[str]:
    """Stems, as a query asks for them."""
    return [token.form.stem for token in asked(text, language)]


def asked(text: str, language: str | None = ENGLISH) -> list[Token]:
    """One token of a text at each position: of Chinese, Japanese and Korean the pairs. The last character of such a
    run stands in its last pair, and alone where the run goes on as another word.
    """
    found = [next(several) for _, several in groupby(tokens(text, language), attrgetter("position"))]
    if len(found) > 1 and found[-1].start < found[-2].end:
        found.pop()
    return found


def variants(text: str) -> set[str]:
    """The variants of its accented words, by which exact forms come first."""
    if not FOLDING.search(text):
        return set()
    accented = " ".join(word for word in text.split() if not word.isascii())
    return {form.variant for form, _, _, _ in tokens(accented) if form.variant is not None}


def chunks(text: str) -> list[str]:
    """Stretches of a text as `marked` gives it, that `words` can part into tokens one by one, with PARAGRAPH and BODY
    where positions jump. The same as `tokens` sees, in a form that lets an indexer look at each distinct stretch once.
    """
    text, language = unmarked(text)
    mark = marked("", language)
    split = _split_cjk if not text.isascii() and _HAS_CJK.search(text) else _split
    parted: list[str] = []
    start = 0
    for end, next_start, gap_to in _breaks(text):
        stretches = split(text[start:end])
        parted += [mark + stretch for stretch in stretches] if mark else stretches
        if next_start > end:
            parted.append(BODY if gap_to else PARAGRAPH)
        start = next_start
    return parted


def _split(text: str) -> list[str]:
    return _plain(text).split()


def _split_cjk(text: str) -> list[str]:
    """Each token a stretch of its own: white space parts too little of such a text, and pairs overlap."""
    token, text = _expression(text)
    return [text[a:b] for match in token.finditer(text) for a, b in _pairs(token, text, *match.span())]


def words(chunk: str) -> list[str]:
    """The tokens of a chunk as printed, each with the mark that the chunk has."""
    if chunk.isalnum():
        return [chunk]
    _, start = _language_of(chunk)
    if start:
        return [chunk[:start] + word for word in words(chunk[start:])]
    token, chunk = _expression(chunk)
    return token.findall(chunk)


def terms(word: str) -> list[Form]:
    """What stands in the index at the position of a word of `words`: its form, of a pair of Chinese, Japanese or Korean
    characters the first one's too.
    """
    _, start = _language_of(word)
    if _is_pair(word[start:]):
        return [forms[word], forms[word[:-1]]]
    return [forms[word]]


def _plain(text: str) -> str:
    """Without the capitals of ASCII and most of its marks: that leaves fewer distinct chunks."""
    return text.translate(_PLAIN).replace(". ", " ") if text.isascii() else text


def without_stop_words(query: Query) -> tuple[Query, tuple[str, ...]]:
    """The query without its bare stop words, and those as typed. Where no other words are asked for they stay; so do
    those in phrases, in fields, in exclusions and beside an operator. Applying it twice is applying it once.
    """
    ignored: list[str] = []

    def thin(node: Query) -> Query:
        match node:
            case Words(parts):
                left_out = ignored_parts(node)
                ignored.extend(left_out.values())
                kept = tuple(thin(part) for number, part in enumerate(parts) if number not in left_out)
                return kept[0] if len(kept) == 1 else Words(kept)
            case And(parts):
                return And(tuple(thin(part) for part in parts))
            case Or(parts):
                return Or(tuple(thin(part) for part in parts))
            case _:
                return node

    thinned = thin(query)
    return thinned, tuple(ignored)


def ignored_parts(words: Words) -> dict[int, str]:
    """Which of the parts a search leaves out as too common, by their numbers, as typed; none where no other words are
    asked for.
    """
    if not any(_asks_for_words(part) for part in words.parts if not _is_stop_word(part)):
        return {}
    return {
        number: part.text for number, part in enumerate(words.parts) if isinstance(part, Word) and _is_stop_word(part)
    }


def loosen(query: Query) -> Query:
    """The same query with any of its bare words enough, and of `cease-fire` any of its two. Phrases, exclusions, fields
    and operators stay as they are. The result is to be searched, not to be compared with what a parser gives.
    """
    match query:
        case Words(parts):
            bare = tuple(word for part in parts if is_bare(part) for word in _parted(part))
            rest = tuple(loosen(part) for part in parts if not is_bare(part))
            return Words((bare if len(bare) < 2 else (Or(bare),)) + rest)
        case And(parts):
            return And(tuple(loosen(part) for part in parts))
        case Or(parts):
            return Or(tuple(loosen(part) for part in parts))
        case _:
            return query


def is_bare(query: Query) -> TypeGuard[Word]:
    """Whether it is a word without a field, of which `loosen` makes one of several."""
    return isinstance(query, Word) and query.field is None


def _parted(word: Word) -> tuple[Word, ...]:
    printed = [word.text[start:end] for _, _, start, end in asked(word.text)]
    return tuple(map(Word, printed)) if len(printed) > 1 else (word,)


def _asks_for_words(node: Query) -> bool:
    match node:
        case Words(parts) | And(parts) | Or(parts):
            return any(_asks_for_words(part) for part in parts)
        case _:
            return not isinstance(node, Not | Between | OneOf | All)


def _is_stop_word(node: Query) -> bool:
    return isinstance(node, Word) and node.field is None and all(word in STOP_WORDS for word in words_of(node.text))
