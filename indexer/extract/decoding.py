"""Bytes of a capture -> text: which encoding it has, and which characters do not belong in an article."""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

SAMPLE = 65_536  # bytes at the beginning that are looked at to tell an encoding, or that there is none
DECLARED_WITHIN = 4096  # bytes; HTML asks for 1024, pages take more
BINARY_SHARE = 0.03  # of control characters, above which bytes are no text; random bytes have 0.11
FLAWS = 0.05  # of characters beyond ASCII, that may be damaged in a text whose encoding is known
NORMALIZED_AT_ONCE = 256  # characters; NFC takes the square of a run of combining marks

_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})|<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})",
    re.IGNORECASE,
)
_WIDER = {  # what pages declare, and the larger set that they write; as browsers read them
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
    "big5": "big5hkscs",
}
_SEVEN_BIT = frozenset({"iso2022_jp", "iso2022_kr", "hz", "utf-7"})  # valid ASCII, so they must be believed
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b\x08")) + b"\x7f"
# Control characters, and marks that show nothing and would part or join words for the search.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffd\ufffe\uffff\ud800-\udfff]"
)
_NEWLINES = re.compile("\r\n?|[\x0c\x85\u2028\u2029]")


class UnreadableText(ValueError):
    """The bytes are no text; str() says why, in the user's words."""


def decode(data: bytes) -> str:
    """The text of a capture, without the control characters of ASCII. Raises UnreadableText.

    Asked in this order: a byte order mark, UTF-8 (nothing else is valid UTF-8 by chance, and pages that were saved anew
    keep the declaration of the old encoding), the declared encoding, UTF-8 and the declared one again with a few damaged
    characters, and the detected one.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    sample = data[:SAMPLE]
    declared = _declared(sample[:DECLARED_WITHIN])
    if declared in _SEVEN_BIT:
        return data.decode(declared, "replace")
    if wide := _utf16_without_mark(sample):
        return data.decode(wide, "replace")
    if len(sample) - len(sample.translate(None, _CONTROLS)) > BINARY_SHARE * len(sample):
        raise UnreadableText("it is binary, not text")
    data = data.translate(None, _CONTROLS)
    for name in ("utf-8", declared):
        if name and (text := _strictly(data, name)) is not None:
            return text
    for name in ("utf-8", declared):
        if name and (text := _with_flaws(data, name)) is not None:
            return text
    best = from_bytes(sample).best()
    if best is None:
        raise UnreadableText("its encoding is not known; save it as UTF-8")
    return data.decode(best.encoding, "replace")


def tidy(text: str) -> str:
    """The text in NFC, its lines ended by \\n, without control characters and invisible marks."""
    if text.isascii() and "\r" not in text and "\f" not in text:
        return text
    text = _UNWANTED.sub("", _NEWLINES.sub("\n", text))
    if unicodedata.is_normalized("NFC", text):
        return text
    return re.sub(rf"\S{{1,{NORMALIZED_AT_ONCE}}}", lambda word: unicodedata.normalize("NFC", word[0]), text)


def fold(text: str) -> str:
    """The text on one line, tidy, with single spaces."""
    return " ".join(tidy(text).split())


def _declared(head: bytes) -> str | None:
    match = _DECLARED.search(head)
    if not match:
        return None
    try:
        name = codecs.lookup((match[1] or match[2]).decode("ascii")).name
    except LookupError:
        return None
    return _WIDER.get(name, name)


def _utf16_without_mark(sample: bytes) -> str | None:
    """Western text in two bytes a letter: nearly every other byte is zero."""
    half = len(sample) // 2
    if half < 8:
        return None
    if sample[1::2].count(0) > 0.7 * half and sample[::2].count(0) < 0.05 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.7 * half and sample[1::2].count(0) < 0.05 * half:
        return "utf-16-be"
    return None


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _with_flaws(data: bytes, name: str) -> str | None:
    """The text without its damaged characters, where they are few among those beyond ASCII."""
    try:
        text = data.decode(name, "replace")
    except (LookupError, ValueError):
        return None
    flaws = text.count("\ufffd")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return text if flaws <= FLAWS * beyond else None
