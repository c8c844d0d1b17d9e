"""The query language: what each text means, what is refused and how, and that nothing else can happen."""

from __future__ import annotations

import inspect
import sys
import time
import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.parse import (
    MAX_CLAUSES,
    MAX_DEPTH,
    MAX_DISTANCE,
    MAX_LENGTH,
    MAX_MARKS,
    QueryError,
    parse,
    period,
    render,
)
from search.query import All, And, Between, Fuzzy, Near, Not, OneOf, Or, Phrase, Prefix, Query, Word, Words
from search.schema import SEARCHED
from tests.strategies import queries, texts

A, B, C, D = (Word(letter) for letter in "abcd")
TITLE_A, TITLE_B = Word("a", "title"), Word("b", "title")
YEAR = Between(date(2012, 1, 1), date(2013, 1, 1))

MEANINGS: list[tuple[str, Query]] = [
    # words side by side
    ("", All()),
    (" \t\n", All()),
    ("*", All()),
    ("***", All()),
    ("a", A),
    ("a b", Words((A, B))),
    ("a b a", Words((A, B, A))),
    ("a *", Words((A, All()))),
    # text that stays whole
    *[(text, Word(text)) for text in ("C++", "C#", "AT&T", "G-20", "U.N.", "O'Brien", "O’Brien", "cease-fire", "a,b")],
    *[(text, Word(text)) for text in ("http://x", "10:30", "Note:this", "titles:a", "a:b", "f*o", "*ab", "a~b", "~5")],
    ("what's up?", Words((Word("what's"), Word("up?")))),
    # text that holds no letter or digit
    *[(text, All()) for text in ("&", "...", ":", "-", "--", "~", "_", "€", "- - -", "&*", "&~")],
    ("a & b", Words((A, B))),
    ("² ½ Ⅷ", Words((Word("²"), Word("½"), Word("Ⅷ")))),
    # quotes
    ('"a b"', Phrase("a b")),
    ("“a b”", Phrase("a b")),
    ("„a b“", Phrase("a b")),
    ('"a b”', Phrase("a b")),
    ('"  a\n b "', Phrase("a b")),
    ('"a OR (-b) title:c*"', Phrase("a OR (-b) title:c*")),
    ('a"b"c', Words((A, Phrase("b"), C))),
    ('"a', Phrase("a")),
    ('a "b c', Words((A, Phrase("b c")))),
    ('"" a "', A),
    ('"&" a', A),
    # near each other
    ('"a b"~8', Near("a b", 8)),
    ('"a b"~0', Near("a b", 0)),
    ('"a b"~008', Near("a b", 8)),
    ('“a b”~8"c"', Words((Near("a b", 8), Phrase("c")))),
    (f'"a b"~{MAX_DISTANCE}', Near("a b", MAX_DISTANCE)),
    ('"a b" ~8', Words((Phrase("a b"), Word("~8")))),
    ('""~', All()),
    # beginnings and misspellings
    ("ab*", Prefix("ab")),
    ("ab**", Prefix("ab")),
    ("20*", Prefix("20")),
    ("G-2*", Prefix("G-2")),
    ("a~", Fuzzy("a")),
    ("a~~", Fuzzy("a")),
    ("a~1", Fuzzy("a")),
    ("a~2", Fuzzy("a", 2)),
    ("2012~", Fuzzy("2012")),
    # operators
    ("a OR b", Or((A, B))),
    ("a AND b", And((A, B))),
    ("NOT a", Not(A)),
    ("a NOT b", Words((A, Not(B)))),
    ("a AND NOT b", And((A, Not(B)))),
    ("NOT NOT a", A),
    ("NOT NOT NOT a", Not(A)),
    ("NOT -a", A),
    ("a b AND c", Words((A, And((B, C))))),
    ("a AND b c AND d", Words((And((A, B)), And((C, D))))),
    ("a OR b c", Or((A, Words((B, C))))),
    ("a b OR c AND d", Or((Words((A, B)), And((C, D))))),
    ("a or b and not c", Words((A, Word("or"), B, Word("and"), Word("not"), C))),
    ("a Or b", Words((A, Word("Or"), B))),
    ("a OR, b", Words((A, Word("OR,"), B))),
    ('a "OR" b', Words((A, Phrase("OR"), B))),
    ("a ANDROID", Words((A, Word("ANDROID")))),
    # operators in a text that has no lower-case letter are words
    ("A OR B", Words((Word("A"), Word("OR"), Word("B")))),
    ("NOT A", Words((Word("NOT"), Word("A")))),
    ("OR", Word("OR")),
    ("2011 OR 2012", Words((Word("2011"), Word("OR"), Word("2012")))),
    ("A OR -B", Words((Word("A"), Word("OR"), Not(Word("B"))))),
    ("A OR TITLE:B", Words((Word("A"), Word("OR"), Word("B", "title")))),
    ("A OR DATE:2012", Words((Word("A"), Word("OR"), YEAR))),
    ("A OR title:B", Or((Word("A"), Word("B", "title")))),
    ('A OR "b"', Or((Word("A"), Phrase("b")))),
    ('A OR B title:""', Or((Word("A"), Word("B")))),
    ("É OR Ω", Words((Word("É"), Word("OR"), Word("Ω")))),
    ("title:OR a", Words((Word("OR", "title"), A))),
    ("OR* a", Words((Prefix("OR"), A))),
    # operators without content
    *[(text, A) for text in ("OR a", "a OR", "AND a", "a AND", "a NOT", "OR OR a", "a AND OR", "NOT AND a", "a -OR")],
    *[(text, Or((A, B))) for text in ("a OR OR b", "a OR AND b", "a AND OR b", "a NOT OR b", "a OR () OR b")],
    *[(text, And((A, B))) for text in ("a AND AND b", "a NOT AND b", "AND a AND b")],
    *[(text, Words((A, B))) for text in ("a AND () b", 'a NOT "" b', "a AND & b", "a -() b")],
    ("a OR", A),
    ("and OR OR", Word("and")),
    # exclusion
    ("-a", Not(A)),
    ("a -b", Words((A, Not(B)))),
    ("a\u00a0-b", Words((A, Not(B)))),
    ('-"a b"', Not(Phrase("a b"))),
    ("-(a b)", Not(Words((A, B)))),
    ("-title:a", Not(TITLE_A)),
    ("-date:2012", Not(YEAR)),
    ("-ab*", Not(Prefix("ab"))),
    ("-*", Not(All())),
    ("( -a OR b) c", Words((Or((Not(A), B)), C))),
    ("-( -a)", A),
    # dashes that exclude nothing
    ("(-a)", A),
    ("- a", A),
    ("--a", A),
    ("---title:a", TITLE_A),
    ('"a"-b', Words((Phrase("a"), B))),
    ("a-", Word("a-")),
    ("–a", Word("–a")),
    # brackets
    ("(a)", A),
    ("((a b))", Words((A, B))),
    ("(a OR b) c", Words((Or((A, B)), C))),
    ("a(b)c", Words((A, B, C))),
    ("a (b c)", Words((A, B, C))),
    ("a AND (b AND c)", And((A, B, C))),
    ("a AND (b c)", And((A, Words((B, C))))),
    ("a OR (b OR c)", Or((A, B, C))),
    ("NOT (a AND b)", Not(And((A, B)))),
    ("(a OR b", Or((A, B))),
    ("a) OR b)", Or((A, B))),
    (")(a", A),
    ("() a ()", A),
    ("(() OR (&)) a", A),
    # fields
    *[(f"{field}:a", Word("a", field)) for field in SEARCHED],
    ("TITLE:a", TITLE_A),
    ("Title:a", TITLE_A),
    ('title:"a b"', Phrase("a b", "title")),
    ('title:"a b"~3', Near("a b", 3, "title")),
    ("title:ab*", Prefix("ab", "title")),
    ("title:ab~2", Fuzzy("ab", 2, "title")),
    ("title:(a b)", Words((TITLE_A, TITLE_B))),
    ("title:(a OR b)", Or((TITLE_A, TITLE_B))),
    ("title:(a body:c)", Words((TITLE_A, Word("c", "body")))),
    ("title:(a date:2012)", Words((TITLE_A, YEAR))),
    ("title:(a (b))", Words((TITLE_A, TITLE_B))),
    ("title:(a) b", Words((TITLE_A, B))),
    ("title:(*)", All()),
    ("title:-a", TITLE_A),
    ("title::a", Word(":a", "title")),
    ("title:body:a", Word("body:a", "title")),
    ("title:date:", Word("date:", "title")),
    ("title:", Word("title:")),
    ("title: a", Words((Word("title:"), A))),
    ("(title:)", Word("title:")),
    ('title:""', All()),
    ("title:() a", A),
    ("captionſ:a", Word("captionſ:a")),
    # dates
    ("date:2012", YEAR),
    ("DATE:2012", YEAR),
    ("date:2012-02", Between(date(2012, 2, 1), date(2012, 3, 1))),
    ("date:2012-12", Between(date(2012, 12, 1), date(2013, 1, 1))),
    ("date:2012-02-29", Between(date(2012, 2, 29), date(2012, 3, 1))),
    ("date:2012-06-01..2012-06-07", Between(date(2012, 6, 1), date(2012, 6, 8))),
    ("date:2011-12-31..2012", Between(date(2011, 12, 31), date(2013, 1, 1))),
    ("date:2012-06..2012", Between(date(2012, 6, 1), date(2013, 1, 1))),
    ("date:2012-06-07..2012-06-07", Between(date(2012, 6, 7), date(2012, 6, 8))),
    ("date:2012..", Between(date(2012, 1, 1), None)),
    ("date:..2012", Between(None, date(2013, 1, 1))),
    ("date:9999", Between(date(9999, 1, 1), None)),
    ("date:9999-12-31", Between(date(9999, 12, 31), None)),
    ("date:..9999", Between(None, None)),
    ("date:0001..", Between(date(1, 1, 1), None)),
    ("predate:2012", Word("predate:2012")),
    # what is no text at all
    ("a\x00b", Words((A, B))),
    ("a\ud800b\udfff", Words((A, B))),
    ("\ufeffa\u200bb", Words((A, B))),
    ("\x00-a", Not(A)),
    ("cafe\u0301", Word("café")),
    ('"cafe\u0301 \u212b"', Phrase("café Å")),
]


@pytest.mark.parametrize(("text", "query"), MEANINGS)
def test_a_text_means_a_query(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize("query", [query for _, query in MEANINGS])
def test_a_query_is_rendered_so_that_it_parses_to_itself(query: Query) -> None:
    assert parse(render(query)) == query


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("", "*"),
        ("  russia\tchina ", "russia china"),
        ("“regime  change”", '"regime change"'),
        ("(russia AND china) OR TITLE:(veto -draft", "russia AND china OR title:veto -title:draft"),
        ("russia AND (china OR syria)", "russia AND (china OR syria)"),
        ("NOT (NOT a OR b)", "-( -a OR b)"),
        ("Date:2012-01..2012-12", "date:2012"),
        ("date:2012-06-01..2012-06-30", "date:2012-06"),
        ("date:2012..2013", "date:2012..2013"),
        ("date:2012..2012-03", "date:2012-01..2012-03"),
        ("date:2012-03-02..2012", "date:2012-03-02..2012-12-31"),
        ("date:2012-01-01..", "date:2012.."),
        ("date:..2012-06-07", "date:..2012-06-07"),
        ("date:9999-12", "date:9999-12.."),
        ("A OR title:B", "A OR title:B"),
        ("A OR TITLE:B", "A OR TITLE:B"),
        ("ab** c~1 d~02", "ab* c~ d~2"),
    ],
)
def test_render_writes_a_query_as_understood(text: str, rendered: str) -> None:
    assert render(parse(text)) == rendered


def test_a_filter_on_whole_values_cannot_be_rendered() -> None:
    with pytest.raises(ValueError, match="publisher"):
        render(And((A, OneOf("publisher", ("The Harbour Gazette",)))))


@pytest.mark.parametrize(
    ("text", "position", "mended"),
    [
        ("a*", 0, "at least two letters"),
        ("b -(a*)", 4, "interven*"),
        ("é*", 0, "at least two letters"),
        ("title:*", 0, "title:*"),
        ("title:a*", 6, "at least two letters"),
        ("b ab~0", 2, "~2 by two"),
        ("ab~3", 0, "in quotes"),
        (f"ab~{'9' * 5000}", 0, "~2 by two"),
        ("ab*~", 0, "not both"),
        ("ab~*", 0, "not both"),
        ("ab~2*", 0, "not both"),
        ("ab~1~1", 0, "not both"),
        ('"a b"~', 5, '"russia syria"~8'),
        ('"a b"~x', 5, '"russia syria"~8'),
        (f'"a b"~{MAX_DISTANCE + 1}', 5, f"at most {MAX_DISTANCE}"),
        (f'"a b"~{"9" * 5000}', 5, f"at most {MAX_DISTANCE}"),
        ("a date:", 2, "date:2012-06-07"),
        ("date: 2012", 0, "straight behind"),
        ("(date:)", 1, "date:2012-06-07"),
        ("date:(2012 OR 2013)", 0, "straight behind"),
        ('a -date:"2012"', 3, "straight behind"),
        ("date:..", 5, "date:..2012"),
        ("date:soon", 5, "soon is not a date; write 2012, 2012-06 or 2012-06-07"),
        ("date:2012-13", 5, "2012-13 is not a date"),
        ("a date:2012-13..2013", 7, "2012-13 is not a date"),
        ("date:2012-02-30", 5, "2012-02-30 is not a date"),
        ("date:2012-6-7", 5, "not a date"),
        ("date:2012-00", 5, "not a date"),
        ("date:20120607", 5, "not a date"),
        ("date:2012-W23", 5, "not a date"),
        ("date:2012-06-07-01", 5, "not a date"),
        ("date:0000", 5, "not a date"),
        ("date:10000", 5, "not a date"),
        ("date:٢٠١٢", 5, "not a date"),
        ("date:2012*", 5, "not a date"),
        ("date:2012..2012-06-31", 11, "2012-06-31 is not a date"),
        ("date:2012...2013", 11, ".2013 is not a date"),
        ("date:2013..2012", 5, "write date:2012..2013"),
        ("date:2012-06-08..2012-06-07", 5, "write date:2012-06-07..2012-06-08"),
        ("e\u0301e\u0301 date:soon", 10, "soon"),
    ],
)
def test_nonsense_is_refused_at_its_place_and_says_how_to_mend_it(text: str, position: int, mended: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert refused.value.position == position
    assert mended in str(refused.value)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("2012", date(2012, 1, 1), date(2013, 1, 1)),
        ("2012-06", date(2012, 6, 1), date(2012, 7, 1)),
        ("2012-06-07", date(2012, 6, 7), date(2012, 6, 8)),
        ("9999", date(9999, 1, 1), None),
    ],
)
def test_a_period_ends_where_the_next_begins(text: str, first: date, after: date | None) -> None:
    assert period(text) == (first, after)


@pytest.mark.parametrize("text", ["", "2012-", "2012..2013", " 2012", "2012\n"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="not a date"):
        period(text)


def nested(depth: int) -> str:
    """The deepest tree that so many brackets can hold: four nodes a bracket."""
    return "a OR b c AND -(" * depth + "d e"


@pytest.mark.parametrize(
    ("bound", "text", "reason"),
    [
        (MAX_LENGTH, lambda size: "a" * size, "characters"),
        (MAX_LENGTH, lambda size: f"{'a ' * 100}{'b' * (size - 200)}", "characters"),
        (MAX_DEPTH, nested, "deep"),
        (MAX_DEPTH, lambda depth: "(" * depth + "a" + ")" * depth, "deep"),
        (MAX_DEPTH, lambda depth: "title:( b " * depth, "deep"),
        (MAX_CLAUSES, lambda count: "a " * count, "words"),
        (MAX_CLAUSES, lambda count: "-".join("a" * count), "words"),
        (MAX_CLAUSES, lambda count: f'"{"a " * (count - 1)}" b', "words"),
        (MAX_CLAUSES, lambda count: "* " * count, "words"),
        (MAX_CLAUSES, lambda count: "date:2012 " * 900 + "a " * (count - 900), "words"),
        (MAX_MARKS, lambda count: "a" + ("\u0301\u0323" * count)[:count], "accents"),
    ],
)
def test_bounds_hold_one_below_at_and_above(bound: int, text: Callable[[int], str], reason: str) -> None:
    for size in (bound - 1, bound):
        assert parse(render(parse(text(size)))) == parse(text(size))
    with pytest.raises(QueryError, match=reason):
        parse(text(bound + 1))


def test_what_is_too_long_only_when_written_out_is_refused() -> None:
    """A query must fit into the bounds in the form in which it is given back."""

    def written_out(size: int) -> str:
        return f"captions:({'a ' * 1_000}{'b' * size})"

    longest = MAX_LENGTH - 1_000 * len("captions:a ") - len("captions:")
    assert len(render(parse(written_out(longest)))) == MAX_LENGTH
    with pytest.raises(QueryError, match="written out"):
        parse(written_out(longest + 1))


def test_a_thousand_long_words_are_a_query() -> None:
    text = " ".join(f"intergovernmental{number}" for number in range(900)) + " word" * 100
    query = parse(text)
    assert isinstance(query, Words)
    assert len(query.parts) == 1_000


def test_no_depth_exhausts_the_stack() -> None:
    text = nested(MAX_DEPTH)
    before, frames = sys.getrecursionlimit(), len(inspect.stack(0))
    sys.setrecursionlimit(frames + 50)
    try:
        rendered = render(parse(text))
        with pytest.raises(QueryError, match="deep"):
            parse("(" * 2_000)
    finally:
        sys.setrecursionlimit(before)
    assert rendered.count("(") == MAX_DEPTH


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "a",
            " ",
            '"',
            "(",
            ")",
            "-",
            "*",
            "~",
            ".",
            ":",
            "0",
            "\x00",
            "\ud800",
            "é",
            "a ",
            "a-",
            "a.",
            "a~",
            "~1",
            "- ",
        ),
        *('""', "()", "-( ", " -(", '"a" ', '"a"~1', '"a ', "(-a) ", "OR ", "NOT ", "a OR ", "a AND ", "-- ", "- -"),
        *(
            "title:",
            "title:a ",
            "title:(a) ",
            "date:",
            "date:2012 ",
            "date:2012..",
            "e\u0301",
            "\u0301\u0323",
            "\u0323\u0301",
        ),
    ],
)
@pytest.mark.parametrize("start", ["", "z ", "z~", '"z" ', "date:9", "(( -"])
def test_twenty_thousand_characters_of_anything_are_read_or_refused_at_once(start: str, unit: str) -> None:
    """Each takes some milliseconds; the square of 20,000 would take minutes."""
    text = (start + unit * MAX_LENGTH)[:MAX_LENGTH]
    begun = time.process_time()
    read_or_refused(text)
    assert time.process_time() - begun < 5


def read_or_refused(text: str) -> Query | None:
    try:
        return parse(text)
    except QueryError as error:
        refusal = error
    assert str(refusal)
    assert refusal.position is None or 0 <= refusal.position < len(text)
    return None


@given(texts())
@example("--date:")
@example("title:-date:")
@example("a NOT -OR")
@example("--OR a")
@example("A OR B ⓐ")
def test_any_text_is_a_query_or_refused(text: str) -> None:
    query = read_or_refused(text)
    if query is not None:
        rendered = render(query)
        assert parse(rendered) == query
        assert render(parse(rendered)) == rendered


@given(texts())
@example("Ω\u0345 OR A")
def test_the_normal_form_of_a_text_means_the_same(text: str) -> None:
    assert read_or_refused(text) == read_or_refused(unicodedata.normalize("NFC", text))


@given(
    st.lists(st.sampled_from(("A", "B", "OR", "NOT", "AND", "TITLE:C", "TITLE:OR", "-D", "-(", ")", '"E OR"', "FG*")))
)
def test_a_text_in_capitals_has_no_operators(lexemes: list[str]) -> None:
    query = parse(" ".join(lexemes))
    assert not {And, Or} & {type(part) for part in nodes(query)}
    assert parse(render(query)) == query


@given(queries())
def test_every_query_a_reader_can_type_is_rendered_and_parsed(query: Query) -> None:
    assert parse(render(query)) == query


@given(texts())
def test_a_query_is_as_flat_as_its_meaning_allows(text: str) -> None:
    for node in nodes(read_or_refused(text) or All()):
        match node:
            case Words(parts) | And(parts) | Or(parts):
                assert len(parts) >= 2
                assert not any(isinstance(part, type(node)) for part in parts)
            case Not(part):
                assert not isinstance(part, Not)


def nodes(query: Query) -> list[Query]:
    match query:
        case Words(parts) | And(parts) | Or(parts):
            return [query, *(node for part in parts for node in nodes(part))]
        case Not(part):
            return [query, *nodes(part)]
        case _:
            return [query]
