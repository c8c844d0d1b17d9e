"""What stands in a byline before the names: "By", "Ein Kommentar von", "Текст:", "Journalist"."""

from __future__ import annotations

import re

ROLES = frozenset(
    """
    writer reporter correspondent columnist contributor journalist journaliste journalistin redakteur redakteurin
    korrespondent korrespondentin redaktør redaktör redaktor correspondant correspondante redactor redactora periodista
    corresponsal repórter jornalista giornalista dziennikarz toimittaja muhabir muhabiri журналист корреспондент
    обозреватель
    """.split()
)
LOOKED_AT = 40  # characters, within which the word for "by" follows what it is that someone wrote
BY_WITHIN = 4  # words
_BY = frozenset("by von par por di door av af oleh от".split())
_WORDS = (  # with a colon or without
    *_BY,
    *ROLES,
    *"byline author authors autor auteur tekst текст автор بقلم מאת rozmawiał rozmawiała rozmawiali napisał".split(),
    *"napisała napisali opracował opracowała opracowali oprac.".split(),
    *("scris de", "γράφει ο", "γράφει η", "γράφουν οι", "dal nostro inviato"),
)
_LABELS = (  # with a colon
    *"text texte texto testo autore autora autorka autorzy forfatter författare kirjoittaja yazar yazan szerző".split(),
    *"penulis reportage interview opracowanie piše de συντάκτης κείμενο авторы авторка тексты كتب كتبت كاتب".split(),
    *("تحرير", "लेखक", "tác giả", "作者", "撰文", "文", "글", "기자"),
)
_CHINESE_REPORTERS = ("记者", "記者", "本报记者")  # with a space or a colon
_GENRES = (  # what it is that someone wrote, before the word for "by"
    """
    written reported edited compiled curated posted published story article report words text texte texto testo tekst
    analysis opinion comment commentary review interview essay column reportage
    kommentar analyse gastbeitrag gastkommentar porträt kolumne leitartikel bericht protokoll
    commentaire entretien tribune chronique recueillis rédigé écrit publié
    entrevista análisis opinión crónica escrito publicado comentario análise opinião crônica
    intervista analisi commento articolo scritto cura verslag geschreven artikel skrevet skriven ditulis
    """
).split()


def _any(phrases: tuple[str, ...] | frozenset[str] | list[str]) -> str:
    return "|".join(sorted(map(re.escape, phrases), key=len, reverse=True))


_LEAD = re.compile(
    rf"(?:(?:(?P<from>from)|{_any(_WORDS)})(?:\s*[:：]\s*|\s+)|(?:{_any(_LABELS)})\s*[:：]\s*"
    rf"|(?:{_any(_CHINESE_REPORTERS)})[:：\s]\s*)(?=\S)",
    re.IGNORECASE,
)
_GENRE_LEAD = re.compile(
    rf"(?P<from>(?!))?(?:[^\W\d]{{1,6}}\s){{0,2}}(?:{_any(_GENRES)})\s+(?:{_any(_BY)})(?:\s*[:：]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_BY_PRINTED = _BY | {f"{word}:" for word in _BY}
_FIRST = frozenset(phrase.split()[0] for phrase in ("from", *_WORDS, *_LABELS, *_CHINESE_REPORTERS))


def find_lead(text: str) -> re.Match[str] | None:
    """What leads the names at the beginning of a text; its group `from` is set where that is the word."""
    first, *following = text[:LOOKED_AT].casefold().replace("：", ":").split(None, BY_WITHIN) or [""]
    if first.partition(":")[0] in _FIRST and (lead := _LEAD.match(text)):
        return lead
    return None if _BY_PRINTED.isdisjoint(following[: BY_WITHIN - 1]) else _GENRE_LEAD.match(text)
