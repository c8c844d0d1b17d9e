from __future__ import annotations

import pytest

from indexer.extract import ExtractionError, extract
from indexer.extract.markdown import MAX_MARKDOWN
from search.article import Article

SAMPLE = """---
title: "The harbour: open again"
author: [Ann Example, Ben Sample]
date: 2012-06-07 06:50:00 -04:00
publisher: The Harbour Post
lang: en-GB
url: https://post.example/1
description: Ships are back.
place: Port Example
---

# The harbour: open again

The *harbour* was opened [again](https://post.example/2) on
Monday, said `pilot 7`.

![The first ferry comes in](ferry.jpg)

## What comes next

- Ferries first
- Grain ships after them

| ship | hour |
|------|------|
| Anna | six  |

<div>Set by hand &amp; printed</div>
"""


def read(text: str, path: str = "a.md") -> Article:
    return extract(text.encode(), article_id="a", path=path)


def test_front_matter_says_what_the_article_is() -> None:
    article = read(SAMPLE)
    assert (article.title, article.author) == ("The harbour: open again", ("Ann Example", "Ben Sample"))
    assert article.published is not None
    assert article.published.isoformat() == "2012-06-07T06:50:00-04:00"
    assert (article.publisher, article.language, article.url) == ("The Harbour Post", "en", "https://post.example/1")
    assert (article.summary, article.place) == (("Ships are back.",), "Port Example")


def test_front_matter_may_be_toml() -> None:
    stated = (
        '+++\ntitle = "Open again"\nauthors = ["Ann Example"]\ndate = 2012-06-07T06:50:00-04:00\n+++\nShips are back.\n'
    )
    article = read(stated)
    assert (article.title, article.author, article.body) == ("Open again", ("Ann Example",), "Ships are back.")
    assert article.published is not None
    assert article.published.isoformat() == "2012-06-07T06:50:00-04:00"
    with pytest.raises(ExtractionError, match="front matter is no TOML"):
        read("+++\ntitle: Open again\n+++\nShips are back.")


def test_the_body_is_the_text_without_its_marks() -> None:
    article = read(SAMPLE, "a.markdown.gz")
    assert article.body.split("\n\n") == [
        "The harbour was opened again on Monday, said pilot 7.",
        "What comes next",
        "Ferries first",
        "Grain ships after them",
        "ship",
        "hour",
        "Anna",
        "six",
        "Set by hand & printed",
    ]
    assert article.captions == ("The first ferry comes in",)


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    article = read("# One\n\nText.\n\n# Two\n\nMore.")
    assert (article.title, article.body) == ("One", "Text.\n\nTwo\n\nMore.")
    assert read("Text.\n\n# Two").title is None
    assert read("---\n\nA rule, not front matter.\n\n---\n\nText.").body.startswith("A rule")


@pytest.mark.parametrize("text", ["---\na: [\n---\nText.", "---\ndate: 2012-02-31\n---\nText."])
def test_front_matter_that_is_no_yaml_is_told(text: str) -> None:
    with pytest.raises(ExtractionError, match="front matter is no YAML"):
        read(text)


def test_front_matter_makes_no_objects() -> None:
    with pytest.raises(ExtractionError, match="front matter is no YAML"):
        read("---\ntitle: !!python/object/apply:os.getcwd []\n---\nText.")


def test_front_matter_may_refer_to_itself() -> None:
    assert read("---\ntitle: &a [*a]\nauthor: 7\n---\nText.").body == "Text."


@pytest.mark.parametrize(("more", "fits"), [(-1, True), (0, True), (1, False)])
def test_its_length_is_bounded(more: int, fits: bool) -> None:
    text = ("word " * MAX_MARKDOWN)[: MAX_MARKDOWN + more]
    if fits:
        assert read(text).body
    else:
        with pytest.raises(ExtractionError, match="longer than"):
            read(text)
