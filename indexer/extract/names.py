"""Who wrote it, who published it and where: bylines, names and datelines as newspapers print them.

A name that may be an office, a site or a desk ("Staff", "News Agency") is no author.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_NAME_WORDS = 6
MAX_NAME = 60  # characters
MAX_AUTHORS = 20
MAX_STATEMENT = 400  # characters of a page's own statement of its authors
_BYLINE_READ = 200  # characters of a line that may be a byline

_PARTICLES = frozenset(
    "de da do dos das del della di du des la le van von der den ter ten zu zum y e i al el bin ibn bint abu ap st o mac ben af".split()
)
_NOT_NAMES = frozenset(  # words that name an office, a body or an occasion, never a person
    """
    staff editor editors editorial reporter reporters correspondent correspondents desk team newsroom admin administrator
    contributor contributors writer writers columnist guest wire wires agency agencies news press media service services
    network online web webmaster website magazine newspaper times post herald journal gazette tribune guardian telegraph
    chronicle observer review daily weekly bureau board department company inc ltd llc group foundation association
    institute university council committee ministry government office redaktion redaction rédaction redacción redazione
    redação author authors unknown anonymous user published updated posted update read share follow photo photos video
    com net org http https www am pm gmt edt est monday tuesday wednesday thursday friday saturday sunday minutes today yesterday the this that with and for
    your our their tv radio channel broadcasting report reports reporting special copyright reuters afp ap upi cnn bbc
    bloomberg xinhua interfax tass itar agence associated usa dpa efe ansa pti ians ani syndicate sources exclusive
    """.split()
)
_OUTLETS = frozenset(  # a name with one of these words, or in capitals only, is that of a publisher
    """
    news press times post herald journal gazette tribune guardian telegraph chronicle observer agency agencies daily weekly
    magazine reuters agence bloomberg xinhua interfax tass network broadcasting radio tv today online media review independent
    """.split()
)
_ROLES = re.compile(
    r"""\b(?:(?:senior|chief|foreign|political|diplomatic|business|sports?|science|health|auto|security|associate|assistant|deputy|managing
    |contributing|guest|staff|special|national|education|environment|technology|crime|court|city|state|ap|afp|reuters)\s)*
    (?:writers?|reporters?|correspondents?|editors?|columnists?|contributors?|bureau\schief|political\sanalyst|opinion|special\sto\b.*|for\sthe\s.*)$""",
    re.IGNORECASE | re.VERBOSE,
)
_LEAD = re.compile(
    r"(?:(?P<strong>(?:written|reported|story|article|report|words|text|analysis|opinion)\s+by|by|byline|author|authors|autor|auteur"
    r"|текст|автор)(?:\s*:\s*|\s+)|(?P<weak>from|von|par|por|di|door)\s+)(?=\S)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*(?:,|;|/|\||&|·|•|\band\b|\bund\b|\bet\b|\by\b)\s*")
_TAIL = re.compile(  # what stands on the line of the byline after the names
    r"\s*(?:\||·|•|\s[–—-]{1,2}\s|\bupdated\b|\bpublished\b|\bposted\b|\blast\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bon\s(?=\w+\s\d)|\s[^\W\d_]{3,10}\.?\s(?=\d)|\s(?=\S*\d)|@|\().*$",
    re.IGNORECASE,
)
_AGENCY_END = re.compile(
    r"(?<=\w)[\s.]+(?:(?:the\s)?associated\spress|ap|reuters|afp|agence\sfrance-presse|bloomberg(?:\snews)?|usa\stoday|cnn|bbc(?:\snews)?|upi)$",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(
    r"[^\W\d_][^\s\d@/\\|<>()\[\]{}:;,!?\"“”„«»=+*#&%$_]*$"
)  # combining marks of Indic scripts are no \w
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,4}$|[\u30a0-\u30ff]+[・·][\u30a0-\u30ff]+$")
_ACRONYM = re.compile(r"[A-Z][A-Z.&]{1,7}$")


@dataclass(frozen=True, slots=True)
class Byline:
    authors: tuple[str, ...] = ()
    publisher: str | None = None


def is_byline(text: str) -> bool:
    """Whether a line says who wrote the article."""
    return parse_byline(text) is not None


def parse_byline(text: str) -> Byline | None:
    """The names in a line such as "By Ann Example and Bo Example, The Example Times"; None where it is no byline."""
    lead = _LEAD.match(text) if len(text) <= _BYLINE_READ else None
    if not lead:
        return None
    rest = _TAIL.sub("", text[lead.end() :])
    authors: list[str] = []
    publisher = None
    for part in _SEPARATORS.split(rest):
        part = part.strip(" .:").removeprefix("the ").removeprefix("The ")
        if not part:
            continue
        if is_person(name := _without_outlet(_ROLES.sub("", part).strip())):
            authors.append(tidy_name(name))
        elif is_outlet(part):
            publisher = publisher or part
        elif not name or (lead["strong"] and authors):
            continue  # an office ("Staff Writer"), or a title after the name
        else:
            return None
    if not authors and not publisher:
        return None
    return Byline(tuple(dict.fromkeys(authors))[:MAX_AUTHORS], publisher)


def split_names(text: str) -> list[str]:
    """The names in a page's own statement of its authors, each in ordinary case; offices may still be among them."""
    if len(text) > MAX_STATEMENT:
        return []
    lead = _LEAD.match(text)
    rest = _TAIL.sub("", text[lead.end() :] if lead else text)
    parts = [part.strip(" .:") for part in _SEPARATORS.split(rest)]
    if len(parts) == 2 and all(len(part.split()) == 1 for part in parts):
        parts = [f"{parts[1]} {parts[0]}"]  # Highwire and Dublin Core: "Example, Ann"
    return [tidy_name(name) for part in parts if (name := _without_outlet(_ROLES.sub("", part).strip(" .,-–—")))]


def _without_outlet(name: str) -> str:
    """A name without the agency printed right after it: "Ann Example Associated Press"."""
    return _AGENCY_END.sub("", name)


def is_person(name: str) -> bool:
    """Whether a text reads as the name of one person: two words or more, capitalised, no office, site or number."""
    words = name.split()
    if _IDEOGRAPHS.match(name):
        return True
    if not 2 <= len(words) <= MAX_NAME_WORDS or len(name) > MAX_NAME:
        return False
    if any(word.casefold().strip(".") in _NOT_NAMES for word in words):
        return False
    if not all(_NAME_WORD.match(word) for word in words):
        return False
    capitals = [word for word in words if word.casefold() not in _PARTICLES]
    if len(capitals) < 2 or len(capitals[-1].strip(".")) < 2:
        return False
    return all(word[0].isupper() or not word[0].islower() or word.startswith("al-") for word in capitals)


def is_outlet(name: str) -> bool:
    """Whether a text reads as the name of a newspaper, broadcaster or agency."""
    words = name.split()
    if not 1 <= len(words) <= 5 or not words[0][0].isalpha():
        return False
    if len(words) == 1 and _ACRONYM.match(name):
        return True
    return name[0].isupper() and any(word.casefold() in _OUTLETS for word in words)


def tidy_name(name: str) -> str:
    """A name in capitals in ordinary case; any other as it is."""
    if not name.isupper() or len(name) < 4:
        return name
    return " ".join(
        word.casefold() if place and word.casefold() in _PARTICLES else _capitalised(word)
        for place, word in enumerate(name.split())
    )


def _capitalised(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word.casefold())


# ---------------------------------------------------------------------------------------------------------- datelines

_DASH = r"(?:\s*(?:--|—|–)\s*|\s-\s)(?=[^\W\d_a-zà-öø-ÿ]|[\"“‘'«„])"
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.]+(?:[ -](?:[A-ZÀ-ÖØ-Þ'’.]{2,}|of|de|da|do|del|upon)){0,4}"
_TITLED = r"[A-ZÀ-ÖØ-Þ][\w'’.-]+(?:[ -][A-ZÀ-ÖØ-Þ(]?[\w'’.-]+){0,3}"
_REGION = r"(?:,\s?[A-ZÀ-ÖØ-Þ][\w'’. ]{1,30}?){0,2}"
_DAY = r"(?:[,.]?\s\(?(?:\w{3,10}\.?\s\d{1,2}|\d{1,2}\s\w{3,10}\.?)(?:,?\s\d{4})?\)?\.?)?"
_SOURCE = r"\((?P<source>[A-Z][\w.&/ -]{1,28})\)"
_DATELINES = (
    re.compile(
        rf"(?P<place>{_CAPITALS}){_REGION}{_DAY},?\s?(?:{_SOURCE})?{_DASH}"
    ),  # BEIJING - ; WASHINGTON, June 7 (AP) —
    re.compile(rf"(?P<place>{_TITLED}){_REGION}{_DAY},?\s?{_SOURCE}{_DASH}"),  # Beijing, China (CNN) --
    re.compile(
        rf"(?:(?P<day>[\w.]{{3,10}}\s\d{{1,2}},?\s\d{{4}})\s)?{_SOURCE}{_DASH}"
    ),  # (Reuters) - ; June 6, 2012 (TSR) –
)
_DATELINE_READ = 140
_LABELS = frozenset(  # what stands in capitals before a dash and is no town
    """
    update updated breaking exclusive watch video live opinion analysis editorial correction clarification review interview
    photos photo advertisement note listen read quiz poll poem letter letters comment feature profile preview recap fact
    factbox explainer timeline warning spoiler q&a faq tv us usa u.s. uk eu un nasa nato
    """.split()
)


@dataclass(frozen=True, slots=True)
class Dateline:
    place: str | None
    source: str | None  # the agency or paper in brackets
    end: int  # where the sentence begins


def parse_dateline(text: str) -> Dateline | None:
    """The dateline at the beginning of an article's first paragraph, or None."""
    head = text[:_DATELINE_READ]
    if not any(dash in head for dash in ("--", "—", "–", " - ")):
        return None
    for pattern in _DATELINES:
        match = pattern.match(head)
        if match:
            groups = match.groupdict()
            place, source = groups.get("place"), groups.get("source")
            if place and place.casefold().rstrip(".") in _LABELS:
                return None
            return Dateline(tidy_place(place) if place else None, source, match.end())
    return None


def tidy_place(place: str) -> str:
    """A dateline's town in ordinary case: NEW YORK becomes New York."""
    return tidy_name(place.strip(" ,."))
