"""Other spellings of one word: British and American ones, and names as they are carried over from other alphabets.

`spellings` only says how a word may be spelt. Which of these an archive prints, and often enough to be no misprint, is
for the engine to look up: most of what is said here is no word at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

LEAST_LETTERS = 6  # of a word that rules alter: shorter ones become other words
MOST = 64  # spellings of one word
PLACES = 6  # of one word, that a rule may alter

_BRITISH = dict(  # the beginnings of words, with the American ones
    pair.split("/")
    for pair in """
    armour/armor ardour/ardor behaviour/behavior candour/candor clamour/clamor clangour/clangor colour/color
    discolour/discolor demeanour/demeanor endeavour/endeavor enamour/enamor favour/favor disfavour/disfavor
    fervour/fervor flavour/flavor harbour/harbor honour/honor dishonour/dishonor humour/humor labour/labor
    misdemeanour/misdemeanor neighbour/neighbor odour/odor parlour/parlor rancour/rancor rigour/rigor rumour/rumor
    saviour/savior savour/savor splendour/splendor succour/succor tumour/tumor valour/valor vapour/vapor vigour/vigor
    centre/center theatre/theater fibre/fiber litre/liter kilometre/kilometer centimetre/centimeter sabre/saber
    spectre/specter calibre/caliber lustre/luster meagre/meager sombre/somber sceptre/scepter
    defence/defense offence/offense pretence/pretense licence/license practise/practice
    catalogue/catalog dialogue/dialog analogue/analog
    programme/program aluminium/aluminum jewellery/jewelry aeroplane/airplane manoeuvr/maneuver paediatr/pediatr
    anaemi/anemi haemorrh/hemorrh encyclopaed/encycloped foetus/fetus oestrogen/estrogen orthopaed/orthoped
    sceptic/skeptic sulphur/sulfur moustache/mustache pyjama/pajama plough/plow mould/mold smoulder/smolder
    judgement/judgment enrolment/enrollment fulfilment/fulfillment instalment/installment skilful/skillful
    wilful/willful grey/gray sizeable/sizable likeable/likable ageing/aging artefact/artifact
    """.split()
)
_BEGINNINGS = _BRITISH | {american: british for british, american in _BRITISH.items()}
_GREEK_ENDING = re.compile(r"(?<=[a-z]{3}[iy])[sz](?=(?:e[drs]?|ers?|ing|ations?|ational)$)")  # organise, organize
_DOUBLED = re.compile(  # travelled, traveled
    r"""(?P<stem>travel|cancel|model|label|signal|level|fuel|counsel|marvel|quarrel|rival|total|dial|tunnel|panel|channel
        |jewel|initial|shovel|equal|pedal|funnel|shrivel|unravel|carol|chisel|duel)(?P<l>l?)(?P<end>ed|ing|ers?|ors?)""",
    re.VERBOSE,
)
_NAMES = (  # that no rule makes of each other
    *("iraq irak", "quran koran", "kiev kyiv", "muslim moslem", "sheikh sheik shaikh", "mecca makkah"),
    *("mohammed muhammad mohamed mohammad muhammed", "osama usama", "hussein husain hussain husayn"),
    *("hezbollah hizbollah hizbullah hizballah", "gaddafi qaddafi kadhafi gadhafi qadhafi gadafi kadafi"),
    *(
        "zelensky zelenskyy zelenskiy",
        "odessa odesa",
        "kharkov kharkiv",
        "lvov lviv",
        "bombay mumbai",
        "peking beijing",
    ),
    *("burma myanmar", "calcutta kolkata", "madras chennai", "rangoon yangon", "turkey turkiye"),
)
_SAME_NAMES = {name: tuple(group.split()) for group in _NAMES for name in group.split()}
_SOUNDS = {  # of names carried over: letters, and what else is written for them; longer ones first
    "kh": ("k",), "gh": ("g",), "dzh": ("j", "zh"), "zh": ("j", "dzh"), "ph": ("f",), "q": ("k",),
    "y": ("i",), "i": ("y",), "k": ("kh",), "g": ("gh",), "j": ("zh", "dzh"),
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_LETTERS = re.compile(r"[a-z]+")
_ARTICLE = re.compile(r"[aeu]l-(?=.)|a(?P<sound>d|n|r|s|sh|t|z)-(?=(?P=sound))")  # al-Assad, and ash-Sharq as it sounds
LEAST_NAME = 4  # letters of a name behind an article


def spellings(word: str) -> tuple[str, ...]:
    """How else a word may be spelt, likeliest first, at most MOST ways; `word` in lower case with its accents folded.

    None for what is not of the letters a to z.
    """
    if not _LETTERS.fullmatch(word):
        return ()
    found = dict.fromkeys(islice(_spelt(word), MOST + 1))
    found.pop(word, None)
    return tuple(found)[:MOST]


def without_article(word: str) -> str | None:
    """The name behind an Arabic article, which papers print and leave out: `assad` for `al-assad`; None where there is
    no article. `word` in lower case with its accents folded.
    """
    article = _ARTICLE.match(word)
    name = word[article.end() :] if article else ""
    return name if len(name) >= LEAST_NAME and _LETTERS.fullmatch(name) else None


def _spelt(word: str) -> Iterator[str]:
    yield from _SAME_NAMES.get(word, ())
    for length in range(len(word), 3, -1):
        if other := _BEGINNINGS.get(word[:length]):
            yield other + word[length:]
            break
    if len(word) < LEAST_LETTERS:
        return
    if ending := _GREEK_ENDING.search(word):
        yield f"{word[: ending.start()]}{'z' if ending.group() == 's' else 's'}{word[ending.end() :]}"
    if doubled := _DOUBLED.fullmatch(word):
        yield f"{doubled['stem']}{'' if doubled['l'] else 'l'}{doubled['end']}"
    yield from _carried_over(word)


def _carried_over(word: str) -> Iterator[str]:
    """Every choice of letters at the first PLACES sounds that are written in several ways."""
    parts: list[tuple[str, ...]] = []
    end = 0
    for sound in islice(_SOUND.finditer(word), PLACES):
        parts += [(word[end : sound.start()],), (sound.group(), *_SOUNDS[sound.group()])]
        end = sound.end()
    return map("".join, product(*parts, (word[end:],)))
