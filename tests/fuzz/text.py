"""A capture of text or Markdown: an article or an ExtractionError. The first byte tells which."""

from __future__ import annotations

from tests.fuzz.captures import attack_capture

PATHS = ("page.txt", "page.md")

SEEDS = (
    b"""tHome | News | Sport
Pier closed after storm
By Ada Byline and Bo Writer, Staff Writers
Published: Thursday, June 7, 2012 8:00 a.m. EDT

KIEL, Germany (Reuters) - The storm broke the pier on Sunday night, the harbour office said.

Photo: The pier (Ada Byline / Gazette)

Work on it begins in May, when the weather allows for it, and it is to last until the autumn of the year.

Share this story
Ada Byline is a writer of the Gazette.
Copyright 2012 Gazette
""",
    b"""m---
title: "Pier closed"
author: [Ada Byline, {name: Bo}]
date: 2012-06-07T08:00:00+02:00
tags: &a [x, *a]
---
# Pier closed

The *storm* broke the [pier](https://gazette.example "x") on `Sunday`.

![The pier](a.png)

> Quoted

| a | b |
|---|---|
| 1 | 2 |

<div>Block</div>
""",
    b"""m+++
title = "Pier"
published = 2012-06-07
+++
Text.

    code

1. one
2. two
""",
)
DICTIONARY: tuple[str | bytes, ...] = (
    *(
        "By ",
        "Published: ",
        "Updated ",
        "Photo: ",
        "Copyright ",
        "Share",
        "Comments (",
        "Read more",
        "(Reuters) - ",
    ),
    *(
        "June 7, 2012",
        "7 juin 2012",
        "2012-06-07",
        "12/31/99",
        "8:00 p.m. EDT",
        "GMT+99",
        "\n\n",
        "\n",
        "\t",
        " | ",
    ),
    *("---\n", "+++\n", "title: ", "date: ", "!!python/object:", "&a ", "*a", "<<: ", "!!binary ", "? ", ": |\n"),
    *("# ", "> ", "```", "![", "](", "<div>", "&amp;", "***", "|---|", "[x]: ", "\\", "\u2028", "\u0301", "\x00"),
    *("\ufeff", "\u202e", "“", "’", "—", "…", "東京", "عربي"),
    *(b"\xff\xfe", b"\x1b$B", b"\xc0\xbc", b"\x81\x40", b"\xed\xa0\x80"),
)


def attack(data: bytes) -> None:
    if data:
        attack_capture(data[1:], PATHS[data[0] % len(PATHS)])
