"""The receipt: what a search says that it asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from search import Engine, open_engine
from search.__main__ import main
from search.article import Article
from search.engine import Match, Search
from search.parse import parse, render
from search.query import Between, OneOf, Query
from search.receipt import MAX_FORMS, MAX_PARTS, Filtered, Form, Group, Part, Receipt, to_json
from tests.conftest import Filled, fill
from tests.strategies import articles, filters, queries

VOTE = Article(
    id="vote",
    title="Harbour votes",
    body="They voted. The voting of the centre of Kazakhstan took long, and no voter slept.",
    author=("Ada Byline",),
    published=date(2012, 6, 3),
    language="en",
)
FERRY = Article(
    id="ferry",
    title="Ferry ashore",
    body="A vote of the captains: the ferry center stays. A cease-fire holds.",
    place="Kiel",
    published=date(2012, 6, 7),
    language="en",
)
MERGER = Article(id="merger", body="The Harbour Ferry Union (HFU) grows. Harbouring doubts, HFU waits.", language="en")
ARCHIVE = (VOTE, FERRY, MERGER)


@pytest.fixture
def archive(filled: Filled) -> Engine:
    return filled(ARCHIVE)


def receipt(engine: Engine, text: str, **options: object) -> Receipt:
    found = engine.search(Search(parse(text), receipt=True, **options)).receipt  # type: ignore[arg-type]
    assert found is not None
    return found


def parts(group: Group) -> Iterator[Part]:
    for part in group.parts:
        if isinstance(part, Group):
            yield from parts(part)
        else:
            yield part


def only(engine: Engine, text: str) -> Part:
    [part] = parts(receipt(engine, text).asked)
    return part


def written(part: Part | Group) -> str:
    """The receipt as one line."""
    sign = "-" if part.excluded else ""
    if isinstance(part, Part):
        return f"{sign}{render(part.asked)}{'!' if part.ignored else ''}"
    return f"{sign}{part.joined}({' '.join(map(written, part.parts))})"


def test_there_is_a_receipt_only_where_it_is_asked_for(archive: Engine) -> None:
    assert archive.search(Search(parse("vote"))).receipt is None


@pytest.mark.parametrize(
    ("text", "count", "forms"),
    [
        ("vote", 2, [("vote", 1), ("voted", 1), ("votes", 1), ("voting", 1)]),  # a voter does not vote, for Snowball
        ("VOTING", 2, [("vote", 1), ("voted", 1), ("votes", 1), ("voting", 1)]),
        ("title:vote", 1, [("votes", 1)]),
        ("body:vote", 2, [("vote", 1), ("voted", 1), ("voting", 1)]),
        ("harbour", 2, [("harbour", 2), ("harbouring", 1)]),
        ("cease-fire", 1, []),
        ("author:byline", 1, []),
        ('"voted"', 1, []),
        ('"ferry union"', 1, []),
        ('"ferry harbour"~0', 1, []),
        ("vot*", 2, [("vote", 1), ("voted", 1), ("voter", 1), ("votes", 1), ("voting", 1)]),
        ("kazakstan~", 1, [("kazakhstan", 1)]),
        ("fery~", 2, [("ferry", 2)]),
        ("date:2012-06-03..2012-06-07", 2, []),
        ("zebra", 0, []),
    ],
)
def test_a_part_has_its_count_and_the_words_it_stands_for(
    archive: Engine, text: str, count: int, forms: list[tuple[str, int]]
) -> None:
    part = only(archive, text)
    assert render(part.asked) == text
    assert part.count == count
    by_name = sorted((form.text, form.count) for form in part.forms.first)
    assert (by_name, part.forms.more) == (sorted(forms), 0)


def test_forms_are_counted_anew_with_every_commit(archive: Engine) -> None:
    assert only(archive, "vote").count == 2
    with archive.writer() as writer:
        writer.delete("vote")
    assert only(archive, "vote").forms.first == (Form("vote", 1),)
    fill(archive, [replace(VOTE, body="Votes", title=None)])
    assert only(archive, "vote").forms.first == (Form("vote", 1), Form("votes", 1))


def test_a_form_of_another_language_is_none(filled: Filled) -> None:
    """French makes one stem of `new` and `news`, English does not."""
    english = Article(id="e", body="A new bridge.", language="en")
    french = Article(id="f", body="Les news du jour.", language="fr")
    assert only(filled([english, french, replace(english, id="n", body="The news.")]), "new").forms.first == (
        Form("new", 1),
        Form("news", 1),  # of the French article alone
    )
    assert only(filled([english, replace(english, id="n", body="The news.")]), "new").forms.first == (Form("new", 1),)


@pytest.mark.parametrize("count", [MAX_FORMS - 1, MAX_FORMS, MAX_FORMS + 1])
def test_forms_are_bounded_and_what_is_cut_is_told(filled: Filled, count: int) -> None:
    letters = "abcdefghijklmnop"[:count]
    engine = filled([Article(id="a", body=" ".join(f"zeb{letter}" for letter in letters))])
    for text in ("zeb*", "zebx~"):
        part = only(engine, text)
        assert len(part.forms.first) == min(count, MAX_FORMS)
        assert len(part.forms.first) + part.forms.more == count


def test_other_spellings_and_long_forms_are_counted(archive: Engine) -> None:
    assert only(archive, "centre").spellings == (Form("center", 1),)
    assert only(archive, "centre").count == 2
    assert only(archive, "HFU").spellings[0] == Form("Harbour Ferry Union", 1)
    [_vote, centre] = parts(receipt(archive, "vote -centre").asked)
    assert (centre.excluded, centre.count, centre.spellings) == (True, 1, ())
    [centre] = parts(receipt(archive, "centre", spellings=False).asked)
    assert (centre.count, centre.spellings) == (1, ())


@pytest.mark.parametrize(
    ("text", "options", "line"),
    [
        ("*", {}, "all()"),
        ("ferry", {}, "all(ferry)"),
        ("ferry harbour", {}, "all(ferry harbour)"),
        ("the ferry of captains", {}, "all(ferry captains the! of!)"),
        ("the", {}, "all(the)"),
        ("ferry -harbour", {}, "all(ferry -harbour)"),
        ("ferry -(harbour kiel)", {}, "all(ferry -all(harbour kiel))"),
        ("ferry OR (harbour -union)", {}, "any(ferry all(harbour -union))"),
        ("ferry AND harbour union", {"match": Match.ANY}, "all(union ferry harbour)"),
        ("ferry zebra", {}, "any(ferry zebra)"),
        ("ferry zebra", {"match": Match.ALL}, "all(ferry zebra)"),
        ("ferry harbour", {"match": Match.ANY}, "any(ferry harbour)"),
        ('ferry "harbour" kiel the', {"match": Match.ANY}, 'all(any(ferry kiel) "harbour" the!)'),
        ("ferry -(harbour the union)", {"match": Match.ANY}, "all(ferry -all(harbour the union))"),
    ],
)
def test_the_parts_are_joined_as_they_were_searched(
    archive: Engine, text: str, options: dict[str, object], line: str
) -> None:
    assert written(receipt(archive, text, **options).asked) == line


def test_of_a_word_parted_by_a_hyphen_any_part_is_enough_where_any_word_is(archive: Engine) -> None:
    fill(archive, [Article(id="fire", body="A fire.", language="en")])
    assert [part.count for part in parts(receipt(archive, "cease-fire zebra").asked)] == [2, 0]
    assert [part.count for part in parts(receipt(archive, "cease-fire zebra", match=Match.ALL).asked)] == [1, 0]


def test_each_part_leads_to_the_query_with_it_changed(archive: Engine) -> None:
    vote, phrase, left_out = parts(receipt(archive, 'vote the "harbour ferry"').asked)

    def changed(part: Part) -> list[str | None]:
        return [query and render(query) for query in (part.exact, part.loose, part.dropped)]

    assert changed(vote) == ['"vote" the "harbour ferry"', 'vote~ the "harbour ferry"', 'the "harbour ferry"']
    assert changed(phrase) == [None, "vote the harbour ferry", "vote the"]
    assert changed(left_out) == ['vote "the" "harbour ferry"', None, 'vote "harbour ferry"']
    assert changed(only(archive, "vote")) == ['"vote"', "vote~", None]


@pytest.mark.parametrize("count", [MAX_PARTS - 1, MAX_PARTS, MAX_PARTS + 1])
def test_long_queries_have_a_receipt_of_their_first_parts(archive: Engine, count: int) -> None:
    found = receipt(archive, " ".join(f"word{number}" for number in range(count)))
    listed = list(parts(found.asked))
    assert (len(listed), found.more) == (min(count, MAX_PARTS), max(0, count - MAX_PARTS))
    assert (listed[0].dropped is not None) == (count <= MAX_PARTS)


def test_filters_are_counted_in_the_whole_archive(archive: Engine) -> None:
    kiel, june = OneOf("place", ("Kiel",)), Between(date(2012, 6, 1), date(2012, 7, 1))
    found = receipt(archive, "harbour", filters=(kiel, june))
    assert found.filters == (Filtered(kiel, 1), Filtered(june, 2))
    assert to_json(found)["filters"] == [
        {"kind": "values", "field": "place", "values": ["Kiel"], "count": 1},
        {"kind": "date", "field": "date", "days": {"first": "2012-06-01", "last": "2012-06-30"}, "count": 2},
    ]


def test_an_empty_archive_has_receipts(filled: Filled) -> None:
    engine = filled([VOTE])
    with engine.writer() as writer:
        writer.delete("vote")
    assert only(engine, "vote").count == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(articles(), queries(), filters())
def test_counts_are_those_of_a_search_for_the_part_alone(
    filled: Filled, held: list[Article], query: Query, chosen: tuple[Query, ...]
) -> None:
    engine = filled(held)
    page = engine.search(Search(query, chosen, match=Match.ALL, receipt=True))
    assert page.receipt is not None
    for part in parts(page.receipt.asked):
        alone = engine.search(Search(part.asked, match=Match.ALL, spellings=bool(part.spellings)))
        assert part.count == alone.total
        assert all(0 < form.count <= part.count for form in part.forms.first if not part.spellings)
    assert [one.count for one in page.receipt.filters] == [engine.search(Search(filters=(f,))).total for f in chosen]
    assert to_json(page.receipt)


def test_the_terminal_tells_what_was_searched(tmp_path: Path) -> None:
    url = f"whoosh:{tmp_path}"
    with open_engine(url) as engine:
        fill(engine, ARCHIVE)
    asked = ["the ferry OR (harbour -union) OR date:2012", "--index", url]
    told = CliRunner().invoke(main, asked).output
    assert "Searched: ferry (2) or (harbour (2) and not union (1)) or date:2012 (2)\n" in told
    told = CliRunner().invoke(main, ["ferry AND kazakhstan", "--index", url]).output
    assert "These would find something: kazakhstan (1), ferry (2)\n" in told
    answer = json.loads(CliRunner().invoke(main, [*asked, "--json"]).output)
    assert answer["receipt"]["asked"]["joined"] == "any"
