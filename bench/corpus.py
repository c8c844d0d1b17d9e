"""Generated news articles, the same for one seed on every machine: `python -m bench.corpus --articles N --seed S`.

What makes them like an archive, as far as an index can feel it:

- words by Zipf's law in two slopes (1 for the common words, TAIL beyond rank BEND), so that new words keep coming by
  Heaps' law with exponent 1 / TAIL;
- invented words that look English and inflect (-s, -ed, -ing), names, numbers, and the real function words;
- an article has a topic, whose words it prefers, and repeats the rarer words it has used (burstiness);
- some words are followed by a partner of theirs (collocations), so that phrases hit;
- lengths log-normal, dates over decades with a weekly rhythm, publishers with authors of their own.

Article i is the same whatever N is: a smaller corpus is the beginning of a larger one. Only the raw bits of PCG64 are
used, which numpy promises to keep; its distributions may change between versions.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

FOLDER = Path("build/bench")
SEED = 1
BATCH = 512  # articles made at once

LEXEMES = 1 << 22
BEND = 3_000  # rank where the slope changes
TAIL = 1.7
FLATTENED = 0.5  # Mandelbrot's shift: the first few ranks are less far apart than Zipf says
MEDIAN_WORDS = 300
SPREAD = 0.6  # standard deviation of the logarithm of an article's length
LENGTHS = (20, 6_000)  # shortest and longest body, in words

TOPICS = 64
COLLOCATION = 4  # lexemes 4k, 4k+1, 4k+2 like to stand in that order
TOPICAL_FROM = 2_048  # content lexemes from this one on belong to a topic
BURSTY_FROM = 256  # and from this one on are repeated
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2024, 12, 31)
WEEK = (1.0, 1.02, 1.02, 1.03, 1.0, 0.5, 0.45)  # Monday first

FUNCTION_WORDS = (
    "the of to and a in that is for on it with as was at by he be from his have are has an but not they this said "
    "who which will or had their we one been its more would were about after when out up there she all what if can "
    "also her than other so some over into last two them first no you could time new i years people him do only just "
    "now my because most between before through against while where those such many even these during under still any "
    "may our make since should then how three both did me did like your back down off being own each"
)
_FUNCTION = tuple(dict.fromkeys(FUNCTION_WORDS.split()))

_ONSETS = "b br c ch cl d dr f fl fr g gr h j k l m n p pl pr qu r s sh sl st str t th tr v w wh".split()
_VOWELS = "a e i o u ea ai ou oo".split()
_MEDIALS = "b br ct d dr ff g l ll lt m mb mp n nd ng nn nt p pp r rd rm rn rr rt s sc sp ss st t tr tt v".split()
_CODAS = "n r l m p k nd nt st ck rd lm rn ft b g".split()
_SCRAMBLE = 7_368_787  # a prime, so that multiplying by it permutes each class of words

PUBLISHERS = tuple(
    "Northern Courier|Daily Sentinel|Harbour Gazette|Capital Post|Evening Herald|Morning Star-Ledger|Provincial Times"
    "|Coast Tribune|Valley Independent|Metropolitan Mail|Free Observer|Union Dispatch|Western Argus|Lake Chronicle"
    "|Border Telegraph|Island Record|Market Monitor|City Examiner|Plains Enquirer|River Echo|Hill Country News"
    "|Southern Advocate|Garden State Journal|National Wire".split("|")
)
PLACES = tuple(
    "LONDON|WASHINGTON|MOSCOW|PARIS|BEIJING|NEW YORK|BRUSSELS|CAIRO|TOKYO|DELHI|BERLIN|GENEVA|JERUSALEM|NAIROBI|SYDNEY"
    "|ROME|BAGHDAD|TEHRAN|ISTANBUL|MADRID|KABUL|SEOUL|LAGOS|ATHENS|VIENNA|WARSAW|KIEV|DUBLIN|OSLO|LIMA|BOGOTA|HAVANA"
    "|JAKARTA|MANILA|HANOI|TRIPOLI|DAMASCUS|BEIRUT|SARAJEVO|BELGRADE".split("|")
)
_GIVEN = (
    "Alice Anna Ben Carla Carlos David Elena Emma Farid Grace Hugo Ines Ivan James Jana Karim Laura Leo Maria Mark "
    "Nadia Nina Omar Paul Petra Rosa Sam Sofia Tom Victor Yusuf Zoe"
).split()
AUTHORS_EACH = 128  # of one publisher


@cache
def _zipf() -> Ints:
    """Cumulative weights of the lexemes, 2^40 in all."""
    rank = np.arange(LEXEMES) + 1 + FLATTENED
    bend = BEND + FLATTENED
    weight = np.where(rank < bend, 1 / rank, (bend / rank) ** TAIL / bend)
    return _cumulated(weight, 1 << 40)


def _cumulated(weights: npt.ArrayLike, total: int) -> Ints:
    # Through single precision, because the last bits of a power differ between processors.
    sums = np.cumsum(np.asarray(weights, dtype=np.float32).astype(np.float64))
    scaled: Ints = np.rint(sums / sums[-1] * total).astype(np.int64)
    return scaled


@cache
def _lengths() -> Ints:
    normal = NormalDist(math.log(MEDIAN_WORDS), SPREAD)
    quantiles = [math.exp(normal.inv_cdf((i + 0.5) / 65_536)) for i in range(65_536)]
    lengths: Ints = np.rint(np.clip(quantiles, *LENGTHS)).astype(np.int64)
    return lengths


@cache
def _days() -> Ints:
    """Cumulative weights of the days: four times as many articles at the end as at the beginning."""
    days = (LAST_DAY - FIRST_DAY).days + 1
    weights = [WEEK[(FIRST_DAY + timedelta(day)).weekday()] * (1 + 3 * day / days) for day in range(days)]
    return _cumulated(weights, 1 << 32)


@cache
def _publisher_shares() -> Ints:
    return _cumulated([1 / (rank + 2) for rank in range(len(PUBLISHERS))], 1 << 16)


@cache
def _author_shares() -> Ints:
    return _cumulated([1 / (rank + 4) for rank in range(AUTHORS_EACH)], 1 << 16)


def stem_of(lexeme: int) -> str:
    """The spelling of a content lexeme: short for the common ones, no two alike."""
    syllables, size = 1, len(_ONSETS) * len(_VOWELS) * len(_CODAS)
    while lexeme >= size:
        lexeme -= size
        syllables, size = syllables + 1, size * len(_MEDIALS) * len(_VOWELS)
    number = lexeme * _SCRAMBLE % size
    number, coda = divmod(number, len(_CODAS))
    parts = [_CODAS[coda]]
    for _ in range(syllables - 1):
        number, vowel = divmod(number, len(_VOWELS))
        number, medial = divmod(number, len(_MEDIALS))
        parts += [_VOWELS[vowel], _MEDIALS[medial]]
    onset, vowel = divmod(number, len(_VOWELS))
    return "".join([_ONSETS[onset], _VOWELS[vowel], *reversed(parts)])


def word_of(token: int) -> str:
    """The printed word of a token: lexeme * 4 + form."""
    lexeme, form = divmod(token, 4)
    if lexeme < len(_FUNCTION):
        return _FUNCTION[lexeme]
    content = lexeme - len(_FUNCTION)
    kind = _kind(content)
    if kind == "number":
        return str(content)
    stem = stem_of(content)
    if kind == "name":
        return stem.capitalize() + ("’s" if form == 3 else "")
    return _inflected(stem, form)


def _kind(content: int) -> str:
    if content % 3 != 2:
        return "verb" if content % 3 == 0 else "noun"
    # Hashed, because what goes by the number itself goes by topic as well.
    chance = (content * 2_654_435_761 >> 16) % 32
    if chance < 8:
        return "name"
    return "number" if chance == 8 and content > BURSTY_FROM else "plain"


def _inflected(stem: str, form: int) -> str:
    if form == 0:
        return stem
    if form == 1:
        return stem + "s"
    short = stem[-1] not in "aeiou" and stem[-2] in "aeiou" and stem[-3] not in "aeiou" and len(stem) < 6
    return stem + (stem[-1] if short else "") + ("ed" if form == 2 else "ing")


class _Words(dict[int, str]):
    """Spellings, made when first asked for: most of the lexemes never occur."""

    def __missing__(self, token: int) -> str:
        word = self[token] = word_of(token)
        return word


class _Bits:
    """Random whole numbers from the raw bits of one batch."""

    def __init__(self, seed: int, batch: int) -> None:
        self._source = np.random.PCG64(np.random.SeedSequence((seed, batch)))

    def draw(self, count: int, bits: int = 62) -> Ints:
        return (self._source.random_raw(count) >> np.uint64(64 - bits)).astype(np.int64)

    def below(self, bounds: Ints) -> Ints:
        """One number in 0 .. bound-1 for each bound."""
        return (self.draw(len(bounds), 32) * bounds) >> 32

    def among(self, cumulated: Ints, count: int) -> Ints:
        total_bits = int(cumulated[-1]).bit_length() - 1
        return np.searchsorted(cumulated, self.draw(count, total_bits), side="right")


def articles(count: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """The first `count` articles of a seed, each a JSON object as the contract has it."""
    words = _Words()
    batches = (_batch(seed, number, words) for number in range(-(-count // BATCH)))
    return islice((article for batch in batches for article in batch), count)


def _batch(seed: int, number: int, words: _Words) -> Iterator[dict[str, Any]]:
    bits = _Bits(seed, number)
    body = _lengths()[bits.draw(BATCH, 16)]
    title = 4 + bits.below(np.full(BATCH, 7))
    summary = np.maximum(bits.below(np.full(BATCH, 48)) - 12, 0)  # none in one of four, 1 to 35 words in the others
    summary[summary < 6] = 0
    caption = np.maximum(bits.below(np.full(BATCH, 24)) - 8, 0)
    caption[caption < 4] = 0
    lengths = body + summary + caption + title
    tokens = _tokens(bits, lengths).tolist()
    layout = bits.draw(BATCH, 32).tolist()
    heads = _heads(bits, number * BATCH)
    start = 0
    for i, (b, s, c, t) in enumerate(
        zip(body.tolist(), summary.tolist(), caption.tolist(), title.tolist(), strict=True)
    ):
        text = list(map(words.__getitem__, tokens[start : start + b + s + c + t]))
        start += b + s + c + t
        article = heads[i]
        article["title"] = _sentence(text[b + s + c :]).rstrip(".")
        article["summary"] = [_sentence(text[b : b + s])] if s else []
        article["captions"] = [_sentence(text[b + s : b + s + c])] if c else []
        article["body"] = _body(text[:b], layout[i])
        yield article


def _tokens(bits: _Bits, lengths: Ints) -> Ints:
    """Token numbers of all articles of a batch, one article after the other."""
    total = int(lengths.sum())
    owner = np.repeat(np.arange(len(lengths)), lengths)
    raw = bits.draw(total, 62)
    lexeme = np.searchsorted(_zipf(), raw >> 22, side="right")
    chance = raw & 0x7FF  # of 2048; bits that the draw of the lexeme has not used
    _prefer_topic(lexeme, bits.draw(len(lengths), 6)[owner], chance < 1024)
    _repeat_rare(bits, lexeme, owner, chance % 16 < 8)
    _collocate(lexeme, owner, (chance >> 3) % 8 < 3)
    return lexeme * 4 + _forms(lexeme - len(_FUNCTION), (raw >> 11) & 0xFF)


def _prefer_topic(lexeme: Ints, topic: Ints, chosen: npt.NDArray[np.bool_]) -> None:
    """Swaps chosen words for words of the topic that are about as common."""
    content = lexeme - len(_FUNCTION)
    at = np.flatnonzero(chosen & (content >= TOPICAL_FROM))
    stride = COLLOCATION * TOPICS
    kept = content[at]
    lexeme[at] = len(_FUNCTION) + kept - kept % stride + COLLOCATION * topic[at] + kept % COLLOCATION


def _repeat_rare(bits: _Bits, lexeme: Ints, owner: Ints, chosen: npt.NDArray[np.bool_]) -> None:
    """Lets chosen rarer words repeat one that stands earlier in their article."""
    rare = np.flatnonzero(lexeme >= len(_FUNCTION) + BURSTY_FROM)
    first = np.searchsorted(owner[rare], owner[rare], side="left")
    here = np.arange(len(rare))
    earlier = here - first
    source = np.where(chosen[rare] & (earlier > 0), first + bits.below(earlier), here)
    while not np.array_equal(source, source[source]):
        source = source[source]
    lexeme[rare] = lexeme[rare][source]


def _collocate(lexeme: Ints, owner: Ints, chosen: npt.NDArray[np.bool_]) -> None:
    for place in range(2):
        content = lexeme - len(_FUNCTION)
        leads = chosen[:-1] & (content[:-1] >= 0) & (content[:-1] % COLLOCATION == place) & (owner[:-1] == owner[1:])
        at = np.flatnonzero(leads)
        lexeme[at + 1] = lexeme[at] + 1


def _forms(content: Ints, chance: Ints) -> Ints:
    """0 as it is, 1 -s, 2 -ed, 3 -ing; of a name, 3 is the possessive."""
    verb = np.searchsorted([140, 185, 225], chance, side="right")
    noun = (chance >= 184).astype(np.int64)
    other = np.where(chance >= 244, 3, 0)
    return np.where(content % 3 == 0, verb, np.where(content % 3 == 1, noun, other))


def _sentence(words: list[str]) -> str:
    return words[0][:1].upper() + words[0][1:] + " " + " ".join(words[1:]) + "."


def _body(words: list[str], layout: int) -> str:
    """Sentences and paragraphs of varied length; a third of the articles have curly quotes and long dashes."""
    paragraphs = []
    typeset = layout % 3 == 0
    begun = at = 0
    while at < len(words):
        layout = (layout * 1_103_515_245 + 12_345) & 0xFFFFFFFF
        end = min(at + 8 + (layout >> 16) % 25, len(words))
        first = words[at]
        words[at] = first[:1].upper() + first[1:]
        words[(at + end) // 2] += "," if not typeset or layout & 0x100000 else " —"
        words[end - 1] += "."
        if layout & 0x600000 == 0:  # one sentence of four is quoted
            words[at] = ("“" if typeset else '"') + words[at]
            words[end - 1] += "”" if typeset else '"'
        at = end
        if layout & 0x3000000 == 0 or at == len(words) or at - begun > 120:
            paragraphs.append(" ".join(words[begun:at]))
            begun = at
    return "\n\n".join(paragraphs)


def _heads(bits: _Bits, start: int) -> list[dict[str, Any]]:
    """Everything of a batch's articles but their texts, in the order of the contract."""
    publishers = bits.among(_publisher_shares(), BATCH).tolist()
    writers = bits.among(_author_shares(), 2 * BATCH).reshape(2, BATCH).tolist()
    days = bits.among(_days(), BATCH).tolist()
    rest = bits.draw(BATCH, 48).tolist()
    heads = []
    for i in range(BATCH):
        publisher = publishers[i]
        bylines = 0 if rest[i] % 20 < 3 else 2 if rest[i] % 20 > 17 else 1
        names = [_author(publisher, writers[place][i]) for place in range(bylines)]
        number = start + i
        day = FIRST_DAY + timedelta(days[i])
        heads.append(
            {
                "id": f"article-{number:08d}",
                "title": None,
                "summary": [],
                "body": "",
                "author": list(dict.fromkeys(names)),
                "publisher": PUBLISHERS[publisher],
                "place": PLACES[rest[i] // 20 % 64] if rest[i] // 20 % 64 < len(PLACES) else None,
                "published": _published(day, rest[i] >> 16),
                "captions": [],
                "language": "en",
                "url": f"https://www.example.com/{day.year}/{day.month:02d}/{number}",
                "path": f"{day.year}/{number:08d}.html",
            }
        )
    return heads


def _author(publisher: int, number: int) -> str:
    key = publisher * AUTHORS_EACH + number
    surname = stem_of(len(_ONSETS) * len(_VOWELS) * len(_CODAS) + key * 97)
    return f"{_GIVEN[key * 7 % len(_GIVEN)]} {surname.capitalize()}"


def _published(day: date, chance: int) -> str | None:
    """A moment with its offset for most, a moment without or a bare day for some, nothing for one of a hundred."""
    kind, minute = chance % 100, chance // 100 % 1440
    if kind == 0:
        return None
    if kind < 20:
        return day.isoformat()
    moment = f"{day.isoformat()}T{minute // 60:02d}:{minute % 60:02d}:00"
    return moment if kind < 30 else moment + ("+00:00", "-05:00", "+01:00", "+03:00")[chance // 144_000 % 4]


def corpus_path(count: int, seed: int = SEED, folder: Path = FOLDER) -> Path:
    return folder / f"corpus-{seed}-{count}.jsonl"


def written(count: int, seed: int = SEED, folder: Path = FOLDER) -> Path:
    """The file with the corpus as JSON lines; makes it where it is not there yet."""
    path = corpus_path(count, seed, folder)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8") as file:
        for number, article in enumerate(articles(count, seed), 1):
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
            if number % 50_000 == 0:
                print(f"corpus: {number:,} of {count:,} articles", file=sys.stderr)
    return unfinished.rename(path)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.corpus", description="Writes a generated corpus as JSON lines."
    )
    parser.add_argument("--articles", type=int, default=10_000, metavar="N")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S")
    arguments = parser.parse_args()
    print(written(arguments.articles, arguments.seed))


if __name__ == "__main__":
    main()
