"""Who wrote it, who published it and where: bylines, names and datelines as newspapers print them.

A name that may be an office, a site or a desk ("Staff", "News Agency") is no author.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.extract.leads import ROLES, find_lead
from indexer.extract.offices import is_office, is_written_office

MAX_NAME = 60  # characters of a person's name
MAX_NAME_WORDS = 6
MAX_OUTLET_WORDS = 5
MAX_AUTHORS = 20
MAX_BYLINE = 200  # characters of a line that may be a byline
MAX_STATEMENT = 400  # characters of a page's own statement of its authors
DATELINE_READ = 140  # characters at the beginning of a paragraph

_PARTICLES = frozenset(
    """
    de da do dos das del della di du des la le van von der den ter ten zu zum y e i al el bin ibn bint abu ap o mac ben
    af of upon sur au am an
    """.split()
)
_LOW_PREFIXES = ("al-", "el-", "d'", "d’", "l'", "l’", "o'", "o’")
_OUTLETS = frozenset(  # words of a publisher's name
    """
    news press times post herald journal gazette tribune guardian telegraph chronicle observer courier bulletin dispatch
    sentinel examiner inquirer enquirer advertiser standard echo argus register record wire daily weekly magazine review
    independent agency agencies agence network broadcasting radio tv today online media bote zeitung kurier anzeiger
    tageblatt rundschau reuters bloomberg xinhua interfax tass
    """.split()
)
_ROLES = re.compile(  # after a name, or instead of one
    rf"""\b(?:(?:senior|chief|foreign|political|diplomatic|business|sports?|science|health|auto|security|associate
            |assistant|deputy|managing|contributing|guest|staff|special|national|education|environment|technology|crime
            |court|city|state|ap|afp|reuters)\s)*
        (?:(?:{"|".join(ROLES)}|editor)s?|bureau\schief|political\sanalyst|opinion|special\sto\b.*|for\sthe\s.*)$
        |\s*(?:선임)?(?:기자|특파원|논설위원|편집위원)$|\s*(?:記者|记者|特派員|編集委員|论说委员)$""",
    re.IGNORECASE | re.VERBOSE,
)
_SEPARATORS = re.compile(
    r"\s*(?:,|;|/|\||&|•|、|，|；|\band\b|\bAND\b|\bund\b|\bet\b|\by\b)\s*|\s+·\s*|(?<=[A-Za-z])·\s*"
)
_CONJUNCTIONS = re.compile(  # short words that stand within names too: between two names of two words they part
    r"(?<=\w\s)(?:e|ed|i|a|en|og|och|ja|ve|dan|et|și|és|in|ir|un|và|και|и|та|й|і)\s"
)
_SUFFIX = re.compile(r",(?=\s(?:Jr|Sr|II|III|IV|PhD|MD)\b)")
_PLACE = re.compile(  # where they wrote it, after the name
    r"""\s(?:in|from|aus|à)\s(?:(?:New|San|Hong|Los|Tel|Kuala|Abu|Buenos)\s[A-Z]\w+|[A-Z][\w’'-]+)
        (?=$|\s*(?:,|;|\band\b|\bund\b|\bet\b))""",
    re.VERBOSE,
)
_TAIL = re.compile(  # what stands on the line of a byline after the names
    r"""\s*(?:\||·\s|•|@|\(|（|\s[–—-]{1,2}\s|\bupdated\b|\bpublished\b|\bposted\b|\blast\b
        |\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bon\s(?=\w+\s\d)|\s[^\W\d_]{3,10}\.?\s(?=\d)|\s(?=\S*\d)
        |\s(?:photos?|photographs?|fotos?|bild(?:er)?|kuvat?|фото|editora?|ilustra\w+|video)\s?:
        |\s(?:with|avec|mit|con|com|met)\s(?=(?:ap|afp|dpa|efe|ansa|reuters|anp|belga|lusa|agenc\w+)\b)
        ).*$""",
    re.IGNORECASE | re.VERBOSE,
)
_AGENCY_END = re.compile(
    r"""(?<=\w)[\s.]+(?:(?:the\s)?associated\spress|ap|reuters|afp|agence\sfrance-presse|bloomberg(?:\snews)?|usa\stoday
        |cnn|bbc(?:\snews)?|upi|ntb|dpa|apa|efe|ansa|pap|čtk|tasr|anp|stt|ritzau|pti|ians|tnn|hina|tanjug|lusa)$""",
    re.IGNORECASE | re.VERBOSE,
)
_NAME_WORD = re.compile(r"[^\W\d_][^\s\d@/\\|<>()\[\]{}:;,!?\"“”„«»=+*#&%$_]*$")  # \w lacks the vowels of Indic scripts
_KANA, _HAN = r"[\u30a0-\u30ff]", r"[\u3400-\u9fff々]"
_KOREAN_SURNAMES = (
    "가강고공곽구국권금기길김나남노도류마맹명모문민박반방배백변복봉부서석선설성소손송승신심안양어엄여연염예오옥온왕용우"
    "원위유육윤은이인임장전정제조주지진차채천최추탁태편표하한함허현형호홍황"
)
_UNSPACED_NAME = re.compile(  # Chinese and Japanese; one carried over from other languages, in its parts; Korean
    rf"{_HAN}(?:[\u3040-\u309f]|{_KANA}|{_HAN}){{1,3}}$|(?:{_KANA}+|{_HAN}+)(?:[・·](?:{_KANA}+|{_HAN}+))+$"
    rf"|[{_KOREAN_SURNAMES}][\uac00-\ud7af]{{1,3}}$"
)
_QUOTES = "\"'“”‘’«»„"  # around a nickname
_FIRST_PARTICLES = frozenset("de da di del van von der den ter ten al el la le bin ibn abu ap mac".split())
_ACRONYM = re.compile(r"[A-Z][A-Z.&]{1,7}$")
_CREDITED = re.compile(r"[/,;|()\[\]:]|\bfor\b|\bvia\b|\bcourtesy of\b")
_PHOTO_AGENCIES = frozenset(
    (
        *("reuters", "ap", "ap photo", "associated press", "afp", "agence france-presse", "epa", "bloomberg", "xinhua"),
        *("dpa", "efe", "ansa", "tass", "pa", "pa wire", "press association", "rex", "zuma", "zuma press", "sipa"),
        *("sipa press", "corbis", "alamy", "getty", "getty images", "shutterstock", "istock"),
    )
)
_FULL_STOP = re.compile(r"(?<=\w\w\w)\.$|^\W+$")  # not that of an abbreviation, as in Jr.
_LETTERS = re.compile(r"[^\W\d_]+")


# ------------------------------------------------------------------------------------------------- bylines and names


@dataclass(frozen=True, slots=True)
class Byline:
    authors: tuple[str, ...] = ()
    publisher: str | None = None


def is_byline(text: str) -> bool:
    """Whether a line says who wrote the article."""
    return parse_byline(text) is not None


def parse_byline(text: str) -> Byline | None:
    """The names in a line such as "By Ann Example and Bo Example, The Example Times"; None where it is no byline."""
    lead = find_lead(text) if len(text) <= MAX_BYLINE else None
    if not lead:
        return None
    authors: list[str] = []
    publisher = None
    for part in _parts(text[lead.end() :]):
        part = part.removeprefix("the ").removeprefix("The ")
        name = _without_role(part)
        if is_person(name):
            authors.append(tidy_name(name))
        elif is_outlet(part) or (lead["from"] and authors and name and name[0].isupper()):
            publisher = publisher or part
        elif name and not authors:
            return None
    if not (authors or publisher) or (lead["from"] and not publisher):
        return None  # "From New York" says where, "From Ann Example, CNN" says who
    return Byline(tuple(dict.fromkeys(authors))[:MAX_AUTHORS], publisher)


def split_names(text: str) -> list[str]:
    """The names in a page's own statement of its authors, in ordinary case; offices may be among them."""
    if len(text) > MAX_STATEMENT:
        return []
    lead = find_lead(text)
    if lead and len(text[lead.end() :].split()) == 1 and is_person(text):
        lead = None  # Oleh is "by" in Indonesian, and a first name in Ukrainian
    parts = _parts(text[lead.end() :] if lead else text)
    if len(parts) == 2 and all(len(part.split()) == 1 for part in parts):
        parts = [f"{parts[1]} {parts[0]}"]  # Highwire and Dublin Core: "Example, Ann"
    return [tidy_name(name) for part in parts if (name := _without_role(part))]


def _parts(names: str) -> list[str]:
    parts = (
        _FULL_STOP.sub("", part.strip(" :"))
        for several in _SEPARATORS.split(_TAIL.sub("", _PLACE.sub("", _SUFFIX.sub("", names))))
        for part in _two_names(several)
    )
    return [part for part in parts if part]


def _two_names(text: str) -> list[str]:
    """The names on both sides of a conjunction that stands within names too, where each has two words or more."""
    for match in _CONJUNCTIONS.finditer(text):
        sides = [text[: match.start()].strip(), text[match.end() :].strip()]
        if all(len(side.split()) > 1 for side in sides):
            return [sides[0], *_two_names(sides[1])]
    return [text]


def _without_role(name: str) -> str:
    """A name without the office or the agency printed right after it; empty where it is an office alone."""
    return _AGENCY_END.sub("", _FULL_STOP.sub("", _ROLES.sub("", name).strip(" ,-–—")))


def is_person(name: str) -> bool:
    """Whether a text reads as the name of one person: two words or more, capitalised, no office, site or number."""
    if is_written_office(name):
        return False
    if _UNSPACED_NAME.match(name):
        return True
    words = _without_quotes(name.split())
    if not 2 <= len(words) <= MAX_NAME_WORDS or len(name) > MAX_NAME:
        return False
    if not all(_NAME_WORD.match(word) and not is_office(word) for word in words):
        return False
    if words[0].islower() and words[0] not in _FIRST_PARTICLES and not words[0].startswith(_LOW_PREFIXES):
        return False
    capitals = [word for word in words if word.casefold() not in _PARTICLES]
    if len(capitals) < 2 or (capitals[-1].isascii() and len(capitals[-1].strip(".")) < 2):
        return False
    return not any(word[0].islower() and not word.startswith(_LOW_PREFIXES) for word in capitals)


def _without_quotes(words: list[str]) -> list[str]:
    """The words of a name, a nickname inside it without its quotes."""
    return [*words[:1], *(word.strip(_QUOTES) or word for word in words[1:-1]), *words[1:][-1:]]


def is_outlet(name: str) -> bool:
    """Whether a text reads as the name of a newspaper, broadcaster or agency."""
    words = name.split()
    if not 1 <= len(words) <= MAX_OUTLET_WORDS or not name[0].isupper():
        return False
    return bool(_ACRONYM.match(name)) or any(word.casefold() in _OUTLETS for word in words)


def outlet_credited(credit: str) -> str | None:
    """The newspaper that a photo is credited to. Photos of agencies stand in all papers."""
    parts = [part.strip(" .") for part in _CREDITED.split(credit)]
    if any(part.casefold().removeprefix("the ") in _PHOTO_AGENCIES for part in parts):
        return None
    return next((part for part in parts if len(part.split()) > 1 and is_outlet(part)), None)


def tidy_name(name: str) -> str:
    """A name in capitals in ordinary case: PORT-AU-PRINCE becomes Port-au-Prince. Any other as it is."""
    if not name.isupper() or len(name) < 4:
        return name
    return _LETTERS.sub(
        lambda word: word[0] if word.start() and word[0] in _PARTICLES else word[0].capitalize(), name.casefold()
    )


# ---------------------------------------------------------------------------------------------------------- datelines

_UPPER = "A-ZÀ-ÖØ-ÞА-ЯЁΑ-Ω"
_DASH = r"(?:\s*(?:--|—|–)\s*|\s-\s)(?=[^\W\d_a-zà-öø-ÿ]|[\"“‘'«„])"  # a sentence begins after it
_CAPITALS = rf"[{_UPPER}][{_UPPER}'’.]+(?:[ -](?:[{_UPPER}'’.]{{2,}}|of|de|da|do|del|upon)){{0,4}}"
_TITLED = rf"[{_UPPER}][\w'’.-]+(?:[ -][\w'’.-]+){{0,3}}"
_REGION = rf"(?:,\s?[{_UPPER}][\w'’. ]{{1,30}}?){{0,2}}"
_DAY = r"(?:[,.]?\s\(?(?:\w{3,10}\.?\s\d{1,2}|\d{1,2}\s\w{3,10}\.?)(?:,?\s\d{4})?\)?\.?)?"
_SOURCE = r"\((?P<source>[A-Z][\w.&/ -]{1,28})\)"
_DATELINES = (
    # BEIJING - ...; WASHINGTON, June 7 (AP) — ...
    re.compile(rf"(?P<place>{_CAPITALS}){_REGION}{_DAY},?\s?(?:{_SOURCE})?{_DASH}"),
    # Beijing, China (CNN) -- ...
    re.compile(rf"(?P<place>{_TITLED}){_REGION}{_DAY},?\s?{_SOURCE}{_DASH}"),
    # (Reuters) - ...; June 6, 2012 (TSR) – ...
    re.compile(rf"(?:[\w.]{{3,10}}\s\d{{1,2}},?\s\d{{4}}\s)?{_SOURCE}{_DASH}"),
)
_LABELS = frozenset(  # what stands in capitals before a dash and is no town
    """
    update updated breaking exclusive watch video live opinion analysis editorial correction clarification review
    interview photos photo advertisement note listen read quiz poll poem letter letters comment feature profile preview
    recap fact factbox explainer timeline warning spoiler q&a faq tv us usa u.s uk eu un nasa nato
    """.split()
)


@dataclass(frozen=True, slots=True)
class Dateline:
    place: str | None  # in ordinary case
    source: str | None  # the agency or paper in brackets
    end: int  # where the sentence begins


def parse_dateline(text: str) -> Dateline | None:
    """The dateline at the beginning of an article's first paragraph, or None."""
    head = text[:DATELINE_READ]
    if not any(dash in head for dash in ("--", "—", "–", " - ")):
        return None
    for pattern in _DATELINES:
        match = pattern.match(head)
        if match:
            groups = match.groupdict()
            place = (groups.get("place") or "").strip(" ,.")
            if place.casefold() in _LABELS:
                return None
            return Dateline(tidy_name(place) or None, groups["source"], match.end())
    return None
