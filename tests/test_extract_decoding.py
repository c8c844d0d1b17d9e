"""Bytes to text: encodings, damage, and what does not belong in an article."""

from __future__ import annotations

import codecs
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.extract.decoding import COMPOSED_AT_ONCE, UnreadableText, decode, fold, tidy
from indexer.extract.language import LEAST, declared, detect

FRENCH = "Le maire a déclaré à la presse que l'été dernier, la jetée s'était effondrée : « Où étions-nous ? »"
GERMAN = "Die Mole ist über Nacht in den Fluss gestürzt, sagte der Bürgermeister, „größere Schäden gibt es nicht“."
ENGLISH = "The mayor said “we shall build it anew” — and the old pier’s stones were pulled ashore by evening."
POLISH = "Burmistrz oświadczył, że starą przystań zniszczyła burza, która przeszła nad miastem w niedzielę."
TURKISH = "Belediye başkanı, eski iskelenin pazar günü çıkan fırtınada yıkıldığını açıkladı ve yardım istedi."
RUSSIAN = "Мэр города сообщил, что старый причал разрушен штормом, который прошёл над городом в воскресенье."
GREEK = "Ο δήμαρχος ανακοίνωσε ότι η παλιά προβλήτα καταστράφηκε από την καταιγίδα της Κυριακής."
JAPANESE = "市長は、日曜日に町を襲った嵐で古い桟橋が壊れたと発表した。けが人はいなかった。"
CHINESE = "市长说,星期日袭击该市的暴风雨摧毁了旧码头,没有人员受伤。"
KOREAN = "시장은 일요일 도시를 강타한 폭풍으로 낡은 부두가 무너졌다고 밝혔다."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-32"),
        (ENGLISH, "utf-16-le"),
        (ENGLISH, "utf-16-be"),
        (FRENCH, "latin-1"),
        (GERMAN, "cp1252"),
        (ENGLISH, "cp1252"),
        (POLISH, "cp1250"),
        (TURKISH, "cp1254"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK, "cp1253"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc-jp"),
        (CHINESE, "gb18030"),
        (KOREAN, "euc-kr"),
    ],
)
def test_an_encoding_that_nothing_names_is_found(text: str, encoding: str) -> None:
    assert decode(f"{text}\n{text}".encode(encoding)) == f"{text}\n{text}"


@pytest.mark.parametrize(
    ("name", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", ENGLISH),  # browsers read it as the larger set
        ("iso-8859-2", "iso-8859-2", POLISH.replace("“", "")),
        ("windows-1251", "cp1251", RUSSIAN),
        ("GB2312", "gb18030", CHINESE),
        ("Shift_JIS", "cp932", JAPANESE),
        ("iso-2022-jp", "iso-2022-jp", JAPANESE),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        '<meta charset="{}">',
        '<meta http-equiv=Content-Type content="text/html; charset={}">',
        '<?xml version="1.0" encoding="{}"?>',
    ],
)
def test_a_declared_encoding_is_believed(form: str, name: str, encoding: str, text: str) -> None:
    page = f"{form.format(name)}<p>{text}"
    assert decode(page.encode(encoding)) == page


@pytest.mark.parametrize("name", ["iso-8859-1", "utf-16", "hex", "no-such-encoding", "unicode_escape"])
def test_valid_utf8_is_utf8_whatever_it_declares(name: str) -> None:
    page = f'<meta charset="{name}"><p>{FRENCH}'
    assert decode(page.encode()) == page


def test_a_cut_or_damaged_letter_does_not_cost_the_others() -> None:
    whole = (FRENCH * 20).encode()
    assert decode(whole[: whole.index("é".encode()) + 1 + len(FRENCH) * 10]).startswith(FRENCH)
    assert decode(whole.replace("à".encode(), b"\xff", 1)) == (FRENCH * 20).replace("à", "", 1)


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 40,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\3\0\0\0\2\0\b\6\0\0\0" * 30,
        b"\0" * 100,
        b"PK\3\4\x14\0\0\0\b\0" * 50,
    ],
)
def test_binary_data_is_no_text(data: bytes) -> None:
    with pytest.raises(UnreadableText, match="binary"):
        decode(data)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("one\r\ntwo\rthree\x0cfour\u2028five\x85six", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("bell\x07 and nul\x00 and\x1b escape", "bell and nul and escape"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffmark \u202eturned", "softhyphen zerowidth mark turned"),
        ("cafe\u0301", "café"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # parts letters, not words
        ("10\u00a0000 €", "10\u00a0000 €"),
    ],
)
def test_a_text_is_made_tidy(text: str, clean: str) -> None:
    assert tidy(text) == clean


def test_a_folded_text_has_single_spaces() -> None:
    assert fold(" 10\u00a0000\t €\r\n\u2003and more ") == "10 000 € and more"


def test_a_long_run_of_marks_is_composed_piece_by_piece() -> None:
    run = "e" + "\u0316\u0301" * COMPOSED_AT_ONCE * 40
    assert unicodedata.normalize("NFD", tidy(run)).count("\u0301") == COMPOSED_AT_ONCE * 40


@given(st.text())
def test_a_tidy_text_is_tidy(text: str) -> None:
    clean = tidy(text)
    assert tidy(clean) == clean
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in clean)


@given(st.binary(max_size=200), st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b'<meta charset="']))
def test_any_bytes_are_text_or_refused(data: bytes, begin: bytes) -> None:
    with suppress(UnreadableText):
        assert isinstance(decode(begin + data), str)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "en"),
        (FRENCH, "fr"),
        (GERMAN, "de"),
        (POLISH, "pl"),
        (RUSSIAN, "ru"),
        (JAPANESE * 2, "ja"),
        (KOREAN * 2, "ko"),
        ("", None),
    ],
)
def test_a_language_is_told_from_a_text(text: str, code: str | None) -> None:
    assert detect(text) == code


def test_a_text_that_begins_with_names_is_read_farther() -> None:
    names = "Anna Berg, Tom Lind, Eva Holm, Per Dahl, Ida Falk, Jan Roos, Liv Moen, Kai Sund, Mia Torp, Ole Bech: "
    assert detect(names) is None
    assert detect(names + GERMAN) == "de"


def test_a_short_text_has_no_language() -> None:
    assert detect("a" * (LEAST - 1)) is None
    assert detect("1234567890 " * 20) is None


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "en"), ("en-GB", "en"), ("pt_BR", "pt"), (" DE ", "de"), ("", None), ("eng", None), ("English", None)],
)
def test_a_language_tag_is_cut_to_its_code(tag: str, code: str | None) -> None:
    assert declared(tag) == code
