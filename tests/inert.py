"""What every answer has to be, whatever it was asked and whatever the archive holds: text of others stays text.

A page consists of the elements and attributes that our templates have, and of no others.
"""

from __future__ import annotations

import csv
import io
import json
import re
from http.client import HTTPResponse
from pathlib import Path

import rispy
from lxml import etree, html
from pybtex.database import parse_string

from tests.breakouts import INJECTED, PWNED

TEMPLATES = Path(__file__).parent.parent / "templates"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"<([a-z][a-z0-9-]*)((?:\"[^\"]*\"|[^<>\"])*)>")
_VALUE = re.compile(r"=\"[^\"]*\"|=\S*")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_LOCAL = re.compile(r"[/#?]|https?://127\.0\.0\.1:\d+/")

OURS = _TAG.findall("".join(_JINJA.sub("", path.read_text()) for path in TEMPLATES.iterdir()))
TAGS = frozenset(name for name, _ in OURS)
ATTRIBUTES = frozenset(name.strip("/").lower() for _, written in OURS for name in _VALUE.sub(" ", written).split())
NAMES = frozenset((("link", "http://purl.org/dc/elements/1.1/"),))  # of a vocabulary, which nobody fetches
LINKS = frozenset(("href", "src", "action", "formaction", "xlink:href", "data"))


def check(target: str, response: HTTPResponse, body: bytes) -> None:
    """Raises AssertionError for an answer that is a failure, or in which something of a stranger's is alive."""
    assert response.status < 500, (target, response.status, body[:500])
    for name, value in response.getheaders():
        assert not _CONTROL.search(value), (target, name, value)
        assert name.lower() not in (INJECTED.lower(), "set-cookie"), (target, name, value)
    media = (response.getheader("Content-Type") or "").partition(";")[0]
    reader = READERS.get(media)
    assert reader or not body, (target, media)
    try:
        if reader:
            reader(body.decode("utf-8"), response.status)
    except Exception as error:
        raise AssertionError(f"{target}: {error!r}") from error


def page(text: str, _status: int) -> None:
    for element in html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8")).iter():
        if not isinstance(element.tag, str):
            continue  # a comment
        assert element.tag in TAGS, etree.tostring(element)[:200]
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES or name.startswith("aria-"), (element.tag, name, value)
            if name in LINKS and (element.tag, value) not in NAMES:
                assert is_safe(element.tag, value), (element.tag, name, value)
        if element.tag == "script":
            is_data = element.get("type") == "application/ld+json"
            assert is_data or (element.get("src") and not element.text), etree.tostring(element)[:200]
            if is_data:
                assert json.loads(element.text or "")["@context"] == "https://schema.org"


def is_safe(tag: str, address: str) -> bool:
    """Only a reader who follows a link goes elsewhere."""
    if tag == "a" and address.startswith(("http://", "https://")):
        return True
    return bool(_LOCAL.match(address)) and not address.startswith(("//", "/\\"))


def json_document(text: str, _status: int) -> None:
    json.loads(text)


def json_lines(text: str, _status: int) -> None:
    for line in text.split("\n")[:-1]:
        assert isinstance(json.loads(line), dict)


def xml(text: str, _status: int) -> None:
    root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
    for element in root.iter("{*}link"):
        assert (element.get("href") or "").startswith(("http://", "https://")), element.get("href")
    assert not root.xpath(f"//*[local-name()='{PWNED}' or local-name()='script']")


def feed(text: str, status: int) -> None:
    xml(text, status)
    for content in etree.fromstring(text.encode()).iter("{*}content"):
        body = html.fragment_fromstring(content.text or "", create_parent="div")
        assert {element.tag for element in body.iter()} <= {"div", "p"}


def table(text: str, _status: int) -> None:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len({len(row) for row in rows}) == 1
    for value in (value for row in rows[1:] for value in row):
        assert not value.startswith(FORMULA), value


def ris(text: str, _status: int) -> None:
    assert len(rispy.loads(text)) == 1
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in text.split("\r\n")[:-1]), text


def bibtex(text: str, _status: int) -> None:
    assert len(parse_string(text, "bibtex").entries) == 1


def plain(_text: str, _status: int) -> None:
    pass


READERS = {
    "text/html": page,
    "application/json": json_document,
    "application/problem+json": json_document,
    "application/x-suggestions+json": json_document,
    "application/vnd.citationstyles.csl+json": json_document,
    "application/jsonl": json_lines,
    "application/atom+xml": feed,
    "application/opensearchdescription+xml": xml,
    "text/csv": table,
    "application/x-research-info-systems": ris,
    "application/x-bibtex": bibtex,
    "text/plain": plain,
    "text/css": plain,
    "text/javascript": plain,
    "image/svg+xml": plain,
}
