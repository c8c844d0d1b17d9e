"""Citations as reference managers read them.

Each form escapes what has a meaning in it. BibTeX counts braces even behind a backslash, so that a brace in a title is
written as a command: the writers of pybtex and pylatexenc leave it to break the entry.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from web.citation import Citation, plain
from web.names import Name

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    }
)  # fmt: skip
_IN_ADDRESS = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D"})  # all else in it is verbatim
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")  # BibTeX's macros


@dataclass(frozen=True, slots=True)
class Format:
    """label: what it is known by; extension: of a file in it, empty where it is to be read, not kept"""

    label: str
    write: Callable[[Citation], str]
    media: str
    extension: str = ""


def bibtex(citation: Citation) -> str:
    """For BibTeX, and with the fields of BibLaTeX that it leaves alone."""
    fields = {
        "author": " and ".join(map(_bibtex_name, citation.authors)),
        "title": citation.title and f"{{{_latex(citation.title)}}}",  # the inner braces keep its capitals
        "journal": _latex(citation.publisher),
        **_bibtex_date(citation.published),
        "url": citation.permalink.translate(_IN_ADDRESS),
        "urldate": citation.accessed.isoformat(),
        "note": _latex(_note(citation)),
        "abstract": _latex(citation.summary),
        "langid": _latex(citation.language),
    }
    kind = "article" if citation.publisher else "misc"
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    lines += [f"  month = {_MONTHS[citation.published.month - 1]}"] if citation.published else []
    return f"@{kind}{{{citation.key},\n" + ",\n".join(lines) + "\n}\n"


def _bibtex_date(published: date | None) -> dict[str, str]:
    return {"year": f"{published.year:04}", "date": published.isoformat()} if published else {}


def _bibtex_name(name: Name) -> str:
    if name.whole:
        return f"{{{_latex(name.family)}}}"
    return ", ".join(filter(None, map(_latex, (name.family, name.suffix, name.given))))


def _latex(text: str) -> str:
    return text.translate(_LATEX)


def ris(citation: Citation) -> str:
    """By the tags of Reference Manager's specification of 2011."""
    printed, read = citation.published, citation.accessed
    tags = [
        ("TY", "NEWS"),
        ("ID", citation.key),
        *(("AU", _ris_name(name)) for name in citation.authors),
        ("TI", citation.title),
        ("T2", citation.publisher),
        ("PY", f"{printed.year:04}" if printed else ""),
        ("DA", _ris_date(printed) if printed else ""),
        ("LA", citation.language),
        ("AB", citation.summary),
        ("N1", _note(citation)),
        ("UR", citation.permalink),
        ("Y2", _ris_date(read)),
    ]
    lines = [f"{tag}  - {value}" for tag, value in tags if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def _ris_date(day: date) -> str:
    return day.isoformat().replace("-", "/")


def _ris_name(name: Name) -> str:
    """A comma parts family from given names, so that a whole name has none."""
    return name.family.replace(",", "") if name.whole else name.as_sorted


def csl(citation: Citation) -> str:
    """CSL-JSON, an array of one item: https://docs.citationstyles.org/en/stable/specification.html has the names."""
    item: dict[str, Any] = {
        "id": citation.key,
        "type": "article-newspaper",
        "title": citation.title,
        "author": [_csl_name(name) for name in citation.authors],
        "container-title": citation.publisher,
        "issued": citation.published and _csl_date(citation.published),
        "language": citation.language,
        "abstract": citation.summary,
        "note": _note(citation),
        "URL": citation.permalink,
        "accessed": _csl_date(citation.accessed),
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=2) + "\n"


def _csl_name(name: Name) -> Mapping[str, str]:
    if name.whole:
        return {"literal": name.family}
    return {"family": name.family, "given": name.given} | ({"suffix": name.suffix} if name.suffix else {})


def _csl_date(day: date) -> Mapping[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _note(citation: Citation) -> str:
    """What no form has a place of its own for, in English, as all that programs read."""
    place = f"Dateline: {citation.place}" if citation.place else ""
    original = f"Printed originally at {citation.original}" if citation.original else ""
    return ". ".join(filter(None, (place, original)))


FORMATS: Mapping[str, Format] = {
    "plain": Format("Text", plain, "text/plain"),
    "bibtex": Format("BibTeX", bibtex, "application/x-bibtex", "bib"),
    "ris": Format("RIS", ris, "application/x-research-info-systems", "ris"),
    "csl": Format("CSL-JSON", csl, "application/vnd.citationstyles.csl+json", "json"),
}
