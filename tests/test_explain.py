"""Explanations: the lines of a capture with what extraction made of them."""

from __future__ import annotations

from html import escape

from indexer.explain import BODY, LEFT_OUT, SUMMARY, TITLE, Verdict, explain, method
from indexer.extract import extract, read
from indexer.extract.body import DATELINE_WEIGHT, PROSE_CAP, WEIGHTS
from indexer.extract.lines import Kind

TITLE_LINE = "Old pier of Eastmoor falls in a storm"
BULLET = "The ferry sails from the newer pier until spring"
LEAD = "EASTMOOR, England — " + "The older of the two piers of Eastmoor was broken by a storm on Sunday night. " * 6
SECOND = (
    "Fishermen had pulled most of the boats ashore by then, because the radio had spoken of wind since the morning."
)
THIRD = "The harbour office will build it anew, the mayor said at the quay, where half of the town had come to look."
TEXT = "\n\n".join([TITLE_LINE, "By Ann Smith", f"• {BULLET}", LEAD.strip(), SECOND, "Print", THIRD])


def explained(text: str, path: str) -> tuple[str, list[Verdict]]:
    parts = read(text.encode(), path)
    return method(parts), list(explain(parts))


def test_every_line_of_a_text_has_its_class_its_weight_and_its_use() -> None:
    told, verdicts = explained(TEXT, "a.txt")
    assert told == "body by the lines' weights"
    assert [(one.use, one.line.kind) for one in verdicts] == [
        (TITLE, Kind.SHORT),
        (LEFT_OUT, Kind.BYLINE),
        (SUMMARY, Kind.ITEM),
        (BODY, Kind.PROSE),
        (BODY, Kind.PROSE),
        (LEFT_OUT, Kind.FURNITURE),
        (BODY, Kind.PROSE),
    ]
    assert verdicts[3].weight == PROSE_CAP + DATELINE_WEIGHT
    assert verdicts[5].weight == WEIGHTS[Kind.FURNITURE]
    assert all(one.line.reason for one in verdicts)


def test_the_lines_of_the_body_are_the_body() -> None:
    _, verdicts = explained(TEXT, "a.txt")
    body = extract(TEXT.encode(), article_id="a", path="a.txt").body
    assert "\n\n".join(one.line.text for one in verdicts if one.use == BODY) == body


def test_lines_of_a_page_are_compared_with_the_body_that_was_taken() -> None:
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in (LEAD, SECOND, THIRD))
    page = f"<html><body><nav>Home</nav><article><h1>{TITLE_LINE}</h1>{paragraphs}</article><p>Share</p></body></html>"
    told, verdicts = explained(page, "a.html")
    assert told == "body by trafilatura"
    assert [one.use for one in verdicts] == [TITLE, BODY, BODY, BODY, LEFT_OUT]


def test_a_page_whose_own_lines_were_taken_says_so() -> None:
    marked = "".join(f'<p class="overlay">{escape(text)} Part {n}.</p>' for n in range(3) for text in (SECOND, THIRD))
    told, verdicts = explained(f"<html><body><div><p>{LEAD}</p><p>{SECOND}</p>{marked}</div></body></html>", "a.html")
    assert told == "body by the lines' weights"
    assert [one.use for one in verdicts] == 8 * [BODY]
