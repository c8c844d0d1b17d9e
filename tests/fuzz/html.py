"""A capture of HTML: an article or an ExtractionError, and nothing of its markup in the text."""

from __future__ import annotations

from indexer.extract import Fetched
from tests.fuzz.captures import attack_capture

FETCHED = Fetched("https://gazette.example/1", "utf-8")

SEEDS = (
    b"""<!doctype html><html lang=en><head><title>Pier closed | Gazette</title><meta charset=utf-8>
<meta property="og:title" content="Pier closed"><meta name=author content="Ada Byline">
<link rel=canonical href="https://gazette.example/pier"><time datetime="2012-06-07T08:00:00+02:00">7 June</time>
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Pier closed", "author": {"name": "Ada"},
"datePublished": "2012-06-07", "publisher": [{"name": "Gazette"}], "articleBody": "The pier closed."}</script></head>
<body><nav><ul><li><a href=/>Home</a></ul></nav><article><h1>Pier closed</h1><p class=byline>By Ada Byline</p>
<p>KIEL - The storm broke the pier on Sunday night, the harbour office said, and nobody was hurt in it.</p>
<figure><img src=a.png alt=Pier><figcaption>The pier</figcaption></figure><blockquote>It was loud.</blockquote>
<p>Work on it begins in May, when the weather allows for it.</p></article>
<footer>&copy; Gazette</footer></body></html>""",
    b"<?xml version='1.0' encoding='iso-8859-1'?><html xmlns='http://www.w3.org/1999/xhtml'><body><p>Caf\xe9 &amp; "
    b"&#x1F600; &#xD800; &#0; &nosuch;</p><![CDATA[x]]><svg><title>no</title></svg><math><mi>x</mi></math>"
    b"<table><tr><td>One</td></tr></table><template><p>t</p></template><noscript>n</noscript></body></html>",
    '<html><body><div itemscope itemtype="https://schema.org/NewsArticle"><span itemprop=author>Bo</span>'
    "<div itemprop=articleBody>Die Fähre lief aus.<br><br>Sie kam an.</div></div></body></html>".encode("utf-16"),
    b'<html><body><script>window.__DATA__ = {"article": {"title": "x", "body": ["a", null, 1e9, {}]}};</script>'
    b"<p>Text of a page that a script would have drawn.</p></body></html>",
)
DICTIONARY: tuple[str | bytes, ...] = (
    *(f"<{tag}>" for tag in "html head body title p div span a br hr h1 h2 ul li table tr td article main".split()),
    *(f"</{tag}>" for tag in "html head body title p div script style article table template svg math".split()),
    *("<script", "<style", "<svg", "<math", "<template", "<noscript", "<iframe", "<frameset", "<plaintext>"),
    *("<!--", "-->", "<![CDATA[", "]]>", "<!doctype html>", "<?xml", "<base href=", "<meta ", "<time ", "<figure>"),
    *('charset="', "utf-7", "utf-16le", "shift_jis", "iso-2022-jp", "windows-1252", "content=", "property="),
    *("og:title", "article:published_time", "datePublished", "articleBody", "itemprop=", "itemscope"),
    *('type="application/ld+json">', '{"@type":', '"@graph":[', '"NewsArticle"', '"author":', '"headline":'),
    *("&amp;", "&#0;", "&#xD800;", "&#x10FFFF;", "&#99999999999;", "&nbsp", "\x00", "\ufeff", "\u202e", "\u0301"),
    *("2012-06-07", "0000-00-00", "9999-12-31T23:59:60Z", "31 February 2012", "+99:99", "By ", "Updated "),
    *(b"\xff\xfe", b"\xfe\xff", b"\x1b$B", b"\x1b(B", b"+ADw-", b"\xc0\xbc", b"\x81\x40"),
)


def attack(data: bytes) -> None:
    attack_capture(data, "page.html")
    attack_capture(data, "page.html", FETCHED)
