"""Bytes of a capture -> text: which encoding it has, and which characters do not belong in an article."""

from __future__ import annotations

import codecs
import logging
import re
import unicodedata

from charset_normalizer import from_bytes

from indexer.extract.language import READ_FIRST, detect

SAMPLE = 65_536  # bytes at the beginning that tell an encoding, or that there is none
DECLARED_WITHIN = 4096  # bytes; HTML asks for 1024, pages take more
BINARY_SHARE = 0.03  # of control characters, above which bytes are no text; random bytes have 0.11
FLAWS = 0.05  # of the characters beyond ASCII, that may be damaged where the encoding is known; of all, where not
COMPOSED_AT_ONCE = 256  # characters; NFC takes the square of a run of combining marks

logging.getLogger("charset_normalizer").addHandler(logging.NullHandler())  # else Python prints its warnings

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})
       | <meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""",
    re.IGNORECASE | re.VERBOSE,
)
_OF_PAGES = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp\d+|koi8-\w|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*|tis-620|johab|hz"
)
_SEVEN_BIT = re.compile(r"iso2022_\w+|hz")  # all of it is valid ASCII, so what it declares must be believed
_WIDER = {  # what pages declare, and the larger set that they write: as browsers read them
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}

_LATIN = {  # encodings of Latin letters, and the languages that need each
    "cp1250": {"pl", "cs", "sk", "hu", "ro", "hr", "sl", "bs", "sq"},
    "cp1254": {"tr", "az"},
    "cp1257": {"lt", "lv", "et"},
    "cp1252": set(),  # all others
}
_OTHERS = (
    *("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
_TAG = re.compile(r"<[^<>]{0,2000}>")

_CONTROLS = bytes(set(range(32)) - set(b"\b\t\n\f\r\x1b")) + b"\x7f"  # that no encoding of text uses
_BREAKS = "\r\x0c\x85\u2028\u2029"
# They, control characters, and marks that show nothing and would part or join words for the search.
_UNTIDY = re.compile(
    f"[{_BREAKS}\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
    "\ud800-\udfff]"
)
_FLAW = "\ufffd"  # what Python puts in place of bytes that it cannot decode
_RUN = re.compile(rf"\S{{1,{COMPOSED_AT_ONCE}}}")


class UnreadableText(ValueError):
    """The bytes are no text; str() says why, in the user's words."""


def encoding_of(sample: bytes) -> str:
    """The encoding of a text of which this is the beginning, as Python calls it."""
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if wide := _utf16_without_mark(sample):
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)  # the last character may be cut
    except UnicodeDecodeError:
        return "utf-8" if _damaged(sample, "utf-8") is not None else _detected(sample) or "utf-8"
    return "utf-8"


def decode(data: bytes, charset: str | None = None) -> str:
    """The text of a capture. Raises UnreadableText. `charset`: what a server said of it.

    Asked in this order: a byte order mark; UTF-8, which nothing else is by chance (pages that were saved anew still
    declare the encoding they had before); the declared encoding; both again with a few damaged characters, which are
    left out; the detected encoding; UTF-8 with more of them.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    sample = data[:SAMPLE]
    declared = _known(charset) if charset else _declared(sample[:DECLARED_WITHIN])
    if declared and _SEVEN_BIT.fullmatch(declared):
        return data.decode(declared, "replace")
    if wide := _utf16_without_mark(sample):
        return data.decode(wide, "replace")
    if len(sample) - len(sample.translate(None, _CONTROLS)) > BINARY_SHARE * len(sample):
        raise UnreadableText("binary, not text")
    data = data.translate(None, _CONTROLS)
    named = [name for name in ("utf-8", declared) if name]
    for read in (_whole, _damaged):
        for name in named:
            text = read(data, name)
            if text is not None:
                return text
    detected = _detected(sample)
    if detected:
        return data.decode(detected, "replace")
    text = data.decode("utf-8", "replace")
    if text.count(_FLAW) > FLAWS * len(text):
        raise UnreadableText("its encoding is not known; save it as UTF-8")
    return text.replace(_FLAW, "")


def tidy(text: str) -> str:
    """The text in NFC, its lines ended by \\n, without control characters and invisible marks."""
    if text.isascii() and text.isprintable():
        return text
    text = _UNTIDY.sub(lambda found: "\n" if found[0] in _BREAKS else "", text.replace("\r\n", "\n"))
    if unicodedata.is_normalized("NFC", text):
        return text
    return _RUN.sub(lambda run: unicodedata.normalize("NFC", run[0]), text)


def fold(text: str) -> str:
    """The text on one line, tidy, every white space a single space."""
    return " ".join(tidy(text).split())


def _declared(head: bytes) -> str | None:
    """The encoding that a page names itself, as Python calls it; None for one that no page can have."""
    match = _DECLARED.search(head)
    return _known((match[1] or match[2]).decode("ascii")) if match else None


def _known(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    if not _OF_PAGES.fullmatch(name) and not _SEVEN_BIT.fullmatch(name):
        return None  # UTF-16 for bytes that are none, or a codec that is no encoding
    return _WIDER.get(name, name)


def _detected(sample: bytes) -> str | None:
    """The encoding that fits the bytes. All the Latin ones fit nearly all texts, so there the language tells which."""
    best = from_bytes(sample, cp_isolation=[*_LATIN, *_OTHERS]).best()
    if best is None or best.encoding not in _LATIN:
        return best.encoding if best else None
    for name, languages in _LATIN.items():
        text = _TAG.sub(" ", sample.decode(name, "replace"))
        first = next((place for place, char in enumerate(text) if char > "\x7f"), 0)
        if detect(text[max(0, first - READ_FIRST // 2) :]) in languages:
            return name
    return "cp1252"


def _utf16_without_mark(sample: bytes) -> str | None:
    """Western text in two bytes a letter: nearly every other byte is zero."""
    half = len(sample) // 2
    if half < 8:
        return None
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if second > 0.7 * half and first < 0.05 * half:
        return "utf-16-le"
    if first > 0.7 * half and second < 0.05 * half:
        return "utf-16-be"
    return None


def _whole(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _damaged(data: bytes, name: str) -> str | None:
    """The text without its damaged characters, where they are few among those beyond ASCII."""
    text = data.decode(name, "replace")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text.replace(_FLAW, "") if text.count(_FLAW) <= FLAWS * beyond else None
