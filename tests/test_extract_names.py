"""Bylines, names and datelines as newspapers print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.extract.names import (
    MAX_BYLINE,
    MAX_NAME_WORDS,
    Byline,
    is_person,
    outlet_credited,
    parse_byline,
    parse_dateline,
    split_names,
    tidy_name,
)


@pytest.mark.parametrize(
    ("text", "authors", "publisher"),
    [
        ("By Mara Oduya", ["Mara Oduya"], None),
        ("By Mara Oduya and Piet van der Veen", ["Mara Oduya", "Piet van der Veen"], None),
        ("By MARA ODUYA, LI NA AND PIET DE WIT", ["Mara Oduya", "Li Na", "Piet de Wit"], None),
        ("By Mara Oduya, The Harbour Gazette", ["Mara Oduya"], "Harbour Gazette"),
        ("From Mara Oduya, CNN", ["Mara Oduya"], "CNN"),
        ("From Mara Oduya, Meridian", ["Mara Oduya"], "Meridian"),
        ("By Mara Oduya, Staff Writer", ["Mara Oduya"], None),
        ("By Mara Oduya, professor of law", ["Mara Oduya"], None),
        ("By Mara Oduya Associated Press", ["Mara Oduya"], None),
        ("By Mara Oduya Updated Nov 13, 2019, 10:28am EST", ["Mara Oduya"], None),
        ("By Mara Oduya Monday, November 18, 2019", ["Mara Oduya"], None),
        ("By Mara Oduya - 11/19/19 06:56 AM EST", ["Mara Oduya"], None),
        ("By Mara Oduya | Harbour News", ["Mara Oduya"], None),
        ("By Mara Oduya @maraoduya", ["Mara Oduya"], None),
        ("By Mara Oduya and Mara Oduya", ["Mara Oduya"], None),
        ("Written by Dr. Mara Oduya Jr.", ["Dr. Mara Oduya Jr."], None),
        ("Von Jörg Haselbach", ["Jörg Haselbach"], None),
        ("Par Mathilde Aubrac et Luc Petit", ["Mathilde Aubrac", "Luc Petit"], None),
        ("Por Inés Álvarez", ["Inés Álvarez"], None),
        ("Текст: Вера Орлова", ["Вера Орлова"], None),
        ("Av Erik Lund och Lars Berg", ["Erik Lund", "Lars Berg"], None),
        ("Oleh Budi Santoso", ["Budi Santoso"], None),
        ("Testo: Mara Oduya e Luca Bianchi", ["Mara Oduya", "Luca Bianchi"], None),
        ("本报记者：王小明", ["王小明"], None),
        ("作者：王小明、李四", ["王小明", "李四"], None),
        ("By Mara Oduya in Lagos and Piet de Wit in New Harbour", ["Mara Oduya", "Piet de Wit"], None),
        ("Ein Kommentar von Jörg Haselbach", ["Jörg Haselbach"], None),
        ("Propos recueillis par Mathilde Aubrac", ["Mathilde Aubrac"], None),
        ("a cura di Luca Bianchi", ["Luca Bianchi"], None),
        ("oprac. Jan Kowalski", ["Jan Kowalski"], None),
        ("Piše: Ivan Horvat", ["Ivan Horvat"], None),
        ("Toimittaja Matti Lehto", ["Matti Lehto"], None),
        ("Γράφει η Ελένη Παππά", ["Ελένη Παππά"], None),
        ("Penulis: Budi Santoso Editor: Ayu Lestari", ["Budi Santoso"], None),
        ("Tekst: Piet de Wit Foto: Jan Smit", ["Piet de Wit"], None),
        ("记者 王小明", ["王小明"], None),
        ("كتبت: ليلى حسن", ["ليلى حسن"], None),
        ("By Reuters", [], "Reuters"),
        ("By the Associated Press", [], "Associated Press"),
        ("By Agence France-Presse", [], "Agence France-Presse"),
    ],
)
def test_a_byline_names_its_authors_and_their_paper(text: str, authors: list[str], publisher: str | None) -> None:
    assert parse_byline(text) == Byline(tuple(authors), publisher)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "By",
        "By hand",
        "By Monday",
        "By Staff Reporter",
        "By Our Correspondent",
        "By all accounts, the law worked.",
        "By mara oduya",
        "From New York",
        "From the beginning",
        "From Russia with love",
        "Mara Oduya",
        "Bystanders Mara Oduya",
        "By Mara Oduya" + " " * (MAX_BYLINE - len("By Mara Oduya") + 1),
    ],
)
def test_what_names_nobody_is_no_byline(text: str) -> None:
    assert parse_byline(text) is None


def test_a_byline_is_read_to_its_bound() -> None:
    assert parse_byline("By Mara Oduya" + " " * (MAX_BYLINE - len("By Mara Oduya"))) is not None


@pytest.mark.parametrize(
    "name",
    [
        "Mara Oduya",
        "Jean-Luc d'Arcy",
        "M. K. Oduya",
        "Piet van der Veen",
        "Ōe Kenzaburō",
        "Вера Орлова",
        "राहुल वर्मा",
        "王小明",
        "محمد علي",
        "林 修",
        "홍길동",
        "安娜·李",
        "マーラ・オドゥヤ",
        'Mara "Little Sea" Oduya',
    ],
)
def test_a_name_of_two_words_is_a_person(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mara",
        "mara oduya",
        "admin",
        "Editorial Board",
        "Harbour Gazette Staff",
        "Science X",
        "The Water Coolest",
        "https://harbour.example/mara",
        "mara@harbour.example Oduya",
        "Mara 2 Oduya",
        "Deutsche Presse-Agentur",
        "Redaktion Eastmoor",
        "La Rédaction",
        "Haber Merkezi",
        "Tim Redaksi",
        "Служба новостей",
        "أسرة التحرير",
        "न्यूज़ डेस्क",
        "編集部",
        "新华社",
        "연합뉴스",
        "뉴시스",
        "디지털팀",
        "ロイター",
        "取材班",
        "佚名",
        "سكاي نيوز عربية",
        "Partner Content",
        "do Porto Velho",
        "@mara oduya",
        " ".join(["Mara"] * (MAX_NAME_WORDS + 1)),
        "Mara " + "O" * 60,
    ],
)
def test_an_office_a_site_or_an_address_is_no_person(name: str) -> None:
    assert not is_person(name)


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("By MARA ODUYA, Political Writer", ["Mara Oduya"]),
        ("Oduya, Mara", ["Mara Oduya"]),
        ("Mara Oduya, Li Na", ["Mara Oduya", "Li Na"]),
        ("Mara Oduya; Li Na & Piet de Wit", ["Mara Oduya", "Li Na", "Piet de Wit"]),
        ("Mara Oduya Follow @mara", ["Mara Oduya Follow"]),
        ("Mara Oduya e Luca Bianchi", ["Mara Oduya", "Luca Bianchi"]),
        ("Jan Kowalski i Anna Nowak", ["Jan Kowalski", "Anna Nowak"]),
        ("Josep Pi i Margall", ["Josep Pi i Margall"]),
        ("Максим Иванов и Анна Петрова", ["Максим Иванов", "Анна Петрова"]),
        ("Erik Lund NTB", ["Erik Lund"]),
        ("Luc Petit avec AFP", ["Luc Petit"]),
        ("Mara Oduya, Jr.", ["Mara Oduya Jr."]),
        ("Korrespondent Erik Lund", ["Erik Lund"]),
        ("홍길동 기자", ["홍길동"]),
        ("王小明 記者", ["王小明"]),
        ("Erik Lund, Redakteur", ["Erik Lund"]),
        ("Oleh Petrenko", ["Oleh Petrenko"]),
        ("", []),
        ("x" * 401, []),
    ],
)
def test_a_statement_of_authors_is_split_into_names(statement: str, names: list[str]) -> None:
    assert split_names(statement) == names


@pytest.mark.parametrize(
    ("text", "place", "source"),
    [
        ("BEIJING - The council", "Beijing", None),
        ("Beijing, China (CNN) -- The council", "Beijing", "CNN"),
        ("WASHINGTON (AP) — The council", "Washington", "AP"),
        ("WASHINGTON, D.C. — The council", "Washington", None),
        ("NEW YORK, June 7 (Meridian Wire) - The council", "New York", "Meridian Wire"),
        ("NEW YORK (AP)--The council", "New York", "AP"),
        ("LONDON, 7 June — The council", "London", None),
        ("MOSCOW. June 7 (Interfax) - The council", "Moscow", "Interfax"),
        ("Jakarta, 6 June 2012 (ANTARA) - The council", "Jakarta", "ANTARA"),
        ("PORT-AU-PRINCE, Haiti — The council", "Port-au-Prince", None),
        ("RIO DE JANEIRO – The council", "Rio de Janeiro", None),
        ("ST. LOUIS — “We won”", "St. Louis", None),
        ("МОСКВА, 7 июня — Совет", "Москва", None),
        ("(Reuters) - The council", None, "Reuters"),
        ("June 6, 2012 (TSR) – The council", None, "TSR"),
    ],
)
def test_a_dateline_tells_place_and_source(text: str, place: str | None, source: str | None) -> None:
    dateline = parse_dateline(text)
    assert dateline is not None
    assert (dateline.place, dateline.source) == (place, source)
    assert text[dateline.end :] in ("The council", "“We won”", "Совет")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The council met in Geneva.",
        "UPDATE - The council met",
        "EXCLUSIVE — The council met",
        "U.S. - China talks began",
        "COVID-19 is spreading",
        "Beijing - the capital - is large",
        "It is well-known that",
        "The council — which met (twice) — was split",
        "NASA — The agency",
    ],
)
def test_what_is_no_dateline_gives_none(text: str) -> None:
    assert parse_dateline(text) is None


@pytest.mark.parametrize(
    ("credit", "outlet"),
    [
        ("(photo credit: Northfield Courier/Agata Wren)", "Northfield Courier"),
        ("(Photo: Luis Farrow/Northfield Courier)", "Northfield Courier"),
        ("(Luis Farrow for the Northfield Courier)", None),  # "the" is no part of a name that is known
        ("(photo credit: REUTERS/Luis Farrow)", None),
        ("Luis Farrow/Northfield Courier/Getty Images", None),
        ("(NASA/JPL-Caltech)", None),
        ("(Photo: Luis Farrow)", None),
    ],
)
def test_a_photo_names_the_paper_it_was_taken_for(credit: str, outlet: str | None) -> None:
    assert outlet_credited(credit) == outlet


@pytest.mark.parametrize(
    ("printed", "tidy"),
    [
        ("NEW YORK", "New York"),
        ("O'BRIEN", "O'Brien"),
        ("XI'AN", "Xi'an"),
        ("VAN DER VEEN", "Van der Veen"),
        ("de Wit", "de Wit"),
        ("CNN", "CNN"),
    ],
)
def test_capitals_are_put_in_ordinary_case(printed: str, tidy: str) -> None:
    assert tidy_name(printed) == tidy


@given(st.text(max_size=300))
def test_no_text_breaks_a_reader_of_names(text: str) -> None:
    byline = parse_byline(text)
    assert byline is None or byline.authors or byline.publisher
    parse_dateline(text)
    for name in split_names(text):
        is_person(name)
