"""What an operator can set: every setting, each a variable of the environment, read once when a process starts.

`docs/settings.md` is the same as a table; a test holds both together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Literal

from limits import parse_many
from limits.storage import storage_from_string
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from search.engine import SEARCH_SECONDS

MAX_PORT = 65_535
MAX_SEARCH_TIMEOUT = 60  # seconds; few readers wait so long
MAX_WORKERS = 64
MAX_THREADS = 256
MAX_PROXIES = 9
MAX_HSTS = 63_072_000  # seconds, two years: what browsers' lists of such sites ask for


def _rates(text: str) -> str:
    if text:
        parse_many(text)  # ValueError
    return text


def _storage(url: str) -> str:
    try:
        storage_from_string(url)
    except Exception as error:  # of whatever library the address asks for
        raise ValueError(str(error)) from error
    return url


class Settings(BaseModel):
    """Each field is the variable of its name in capitals. Its description is what the operator is told, and `examples`
    what mends a wrong value."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    search_url: str = Field(
        "whoosh:data/index", description="The index that is searched and written.", examples=["whoosh:FOLDER"]
    )
    search_timeout: int = Field(
        SEARCH_SECONDS,
        ge=1,
        le=MAX_SEARCH_TIMEOUT,
        description="Seconds that one search may take before it answers with what it has.",
        examples=[f"1 to {MAX_SEARCH_TIMEOUT}"],
    )
    port: int = Field(8000, ge=1, le=MAX_PORT, description="The port of the server.", examples=[f"1 to {MAX_PORT}"])
    listen_host: str = Field(
        "127.0.0.1",
        pattern=r"^[0-9A-Za-z.:\[\]-]+$",
        description="The address of this machine at which it listens. Others can reach any but 127.0.0.1: put a proxy "
        "that speaks TLS before it.",
        examples=["127.0.0.1, 0.0.0.0 or [::]"],
    )
    workers: int = Field(
        2,
        ge=1,
        le=MAX_WORKERS,
        description="Processes that answer; each searches for itself, on one core.",
        examples=[f"1 to {MAX_WORKERS}"],
    )
    threads: int = Field(
        4,
        ge=1,
        le=MAX_THREADS,
        description="Requests that a process answers at once; slow clients hold none of them.",
        examples=[f"1 to {MAX_THREADS}"],
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=MAX_PROXIES,
        description="Proxies in a row before it, whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix`, and whose "
        "`X-Request-ID`, are believed.",
        examples=[f"0 to {MAX_PROXIES}"],
    )
    hsts_seconds: int = Field(
        0,
        ge=0,
        le=MAX_HSTS,
        description="How long browsers are to ask for this host by https only (`Strict-Transport-Security`), said in "
        "answers to https alone; 0 says nothing.",
        examples=[f"0 to {MAX_HSTS}"],
    )
    rate_limit: Annotated[str, AfterValidator(_rates)] = Field(
        "",
        description="How many requests one client may send, such as `60 per minute`; several, parted by semicolons, "
        "hold together. Empty: any number.",
        examples=["60 per minute;1000 per day"],
    )
    rate_limit_storage: Annotated[str, AfterValidator(_storage)] = Field(
        "memory://",
        description="Where they are counted: in each process by itself, or for all together in `redis://HOST:PORT` or "
        "`memcached://HOST:PORT`, whose Python client is to be installed beside.",
        examples=["memory://, redis://HOST:PORT"],
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="From which level on lines are logged.", examples=["debug, info, warning or error"]
    )
    log_requests: bool = Field(
        True, description="Whether each request is a line of the log, of `info` level.", examples=["on or off"]
    )
    log_queries: bool = Field(
        False,
        description="Whether that line has the whole address, with what was searched and which article was read.",
        examples=["on or off"],
    )
    log_addresses: bool = Field(
        False, description="Whether that line has the client's network address.", examples=["on or off"]
    )
    metrics: bool = Field(
        True,
        description="Whether `/metrics` is there. A proxy should pass it on to those who watch over the server alone.",
        examples=["on or off"],
    )


class BadSettings(ValueError):
    """str() names every setting that cannot be, and what it can be."""


def settings_from(environment: Mapping[str, str]) -> Settings:
    """A variable that is empty or missing leaves the default. Raises BadSettings."""
    given = {name: environment[name.upper()].strip() for name in Settings.model_fields if name.upper() in environment}
    try:
        return Settings.model_validate({name: text for name, text in given.items() if text})
    except ValidationError as error:
        raise BadSettings("; ".join(_in_words(error, given))) from None


@cache
def settings() -> Settings:
    """Of this process. Raises BadSettings."""
    return settings_from(os.environ)


def _in_words(error: ValidationError, given: Mapping[str, str]) -> Iterator[str]:
    for each in error.errors():
        name = str(each["loc"][0])
        (mended,) = Settings.model_fields[name].examples or [""]
        reason = f" ({each['ctx']['error']})" if each["type"] == "value_error" else ""
        yield f"{name.upper()} cannot be {given[name]!r}{reason}; set it to {mended}, or leave it out"
