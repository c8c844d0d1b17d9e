"""The record that travels from a captured file to a page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

MAX_ID = 512  # characters

_NORMALIZED_AT_ONCE = 4096  # characters: to order a run of combining marks takes the square of their number
_LISTS = ("summary", "author", "captions")
_MOMENTS = ("published", "indexed")
_WORD = re.compile(r"\w\S*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class ArticleError(ValueError):
    """The JSON given is not an article; str() says what to mend."""


@dataclass(frozen=True, slots=True)
class Article:
    """One news article. What its capture does not say is None or empty, never guessed.

    body:      paragraphs parted by a blank line
    published: a datetime where the capture gives a time (aware where it gives an offset), a date where not
    language:  ISO 639-1
    path:      relative to the SOURCE it was read from
    indexed:   UTC, when it first entered this archive; None before that
    """

    id: str
    title: str | None = None
    summary: tuple[str, ...] = ()
    body: str = ""
    author: tuple[str, ...] = ()
    publisher: str | None = None
    place: str | None = None
    published: date | datetime | None = None
    captions: tuple[str, ...] = ()
    language: str | None = None
    url: str | None = None
    path: str | None = None
    indexed: datetime | None = None

    @property
    def words(self) -> int:
        """How many words the body has: stretches between white space that hold a letter or digit."""
        return len(_WORD.findall(self.body))

    @property
    def day(self) -> date | None:
        """The day as printed: what filters and the timeline use."""
        return self.published.date() if isinstance(self.published, datetime) else self.published

    @property
    def instant(self) -> datetime | None:
        """The moment in UTC by which articles are sorted: UTC where it gives no offset, midnight where no time."""
        if self.published is None:
            return None
        if not isinstance(self.published, datetime):
            return datetime(self.published.year, self.published.month, self.published.day, tzinfo=UTC)
        if self.published.tzinfo is None:
            return self.published.replace(tzinfo=UTC)
        try:
            return self.published.astimezone(UTC)
        except OverflowError:  # the first and last day of the calendar, moved past its end by their offset
            return self.published.replace(tzinfo=UTC)


def to_json(article: Article) -> dict[str, Any]:
    """The article as plain values for `json.dumps`, in the order of the contract."""
    values: dict[str, Any] = {}
    for field in fields(article):
        value = getattr(article, field.name)
        if field.name == "indexed":
            values["words"] = article.words
        if isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, date):
            value = value.isoformat()
        values[field.name] = value
    return values


def from_json(values: Any, *, default_id: str = "") -> Article:
    """The article that `to_json` wrote, or a stranger wrote in the same form: `title` or `body` is required, a single
    string stands for a list of one, unknown names are ignored, `words` is counted anew. Raises ArticleError.
    """
    if not isinstance(values, Mapping):
        raise ArticleError("an article is a JSON object")
    known = {name: _value(name, values[name]) for name in _NAMES if values.get(name) is not None}
    article_id = known.pop("id", None) or default_id
    if not article_id:
        raise ArticleError("an article needs an id")
    if not known.get("title") and not known.get("body"):
        raise ArticleError("an article needs a title or a body")
    return Article(id=article_id, **known)


def from_stored(values: Mapping[str, Any]) -> Article:
    """The very article that `to_json` was given, for values that nobody has touched since: nothing is checked again."""
    known = {name: values[name] for name in _NAMES}
    for name in _LISTS:
        known[name] = tuple(known[name])
    for name in _MOMENTS:
        if known[name] is not None:
            known[name] = _moment(name, known[name])
    return Article(**known)


_NAMES = tuple(field.name for field in fields(Article))


def _value(name: str, value: Any) -> Any:
    if name in _LISTS:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            raise ArticleError(f"{name} must be a list of strings")
        return tuple(_text(item) for item in items if item.strip())
    if not isinstance(value, str):
        raise ArticleError(f"{name} must be a string")
    if name in _MOMENTS:
        return _moment(name, value) if value.strip() else None
    if name == "id":
        if len(value) > MAX_ID:
            raise ArticleError(f"an id has at most {MAX_ID} characters, not {len(value)}")
        return _text(value)  # an address is composed too, by whoever writes it
    return _text(value).strip() if name == "body" else _text(value).strip() or None


def nfc(text: str) -> str:
    """The text in Unicode's composed form, in time that grows with its length whatever it holds."""
    if unicodedata.is_normalized("NFC", text):
        return text
    parts = (text[start : start + _NORMALIZED_AT_ONCE] for start in range(0, len(text), _NORMALIZED_AT_ONCE))
    return "".join(unicodedata.normalize("NFC", part) for part in parts)


def _text(value: str) -> str:
    return nfc(_whole(value))


def _whole(value: str) -> str:
    # Half of a surrogate pair, legal in JSON, cannot be written as UTF-8 and would fail much later.
    return value.encode("utf-8", "replace").decode("utf-8")


def _moment(name: str, text: str) -> date | datetime:
    try:
        text = text.strip()
        moment = date.fromisoformat(text) if _DAY.fullmatch(text) else datetime.fromisoformat(text)
    except ValueError:
        raise ArticleError(f"{name} {text!r} is not a date; write 2012-06-07 or 2012-06-07T06:50:00-04:00") from None
    if name == "indexed" and (not isinstance(moment, datetime) or moment.tzinfo is None):
        raise ArticleError(f"indexed {text!r} needs a time with its offset, as 2012-06-07T06:50:00+00:00")
    return moment
