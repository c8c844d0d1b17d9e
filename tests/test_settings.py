"""What the environment can set, and what the documents say of it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from pydantic.fields import FieldInfo

from tests.web_server import ROOT
from web.settings import (
    MAX_HSTS,
    MAX_PORT,
    MAX_PROXIES,
    MAX_SEARCH_TIMEOUT,
    MAX_THREADS,
    MAX_WORKERS,
    BadSettings,
    Settings,
    settings_from,
)

DOCUMENT = ROOT / "docs" / "settings.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", re.MULTILINE)
BOUNDED = {
    "SEARCH_TIMEOUT": (1, MAX_SEARCH_TIMEOUT),
    "PORT": (1, MAX_PORT),
    "WORKERS": (1, MAX_WORKERS),
    "THREADS": (1, MAX_THREADS),
    "TRUSTED_PROXIES": (0, MAX_PROXIES),
    "HSTS_SECONDS": (0, MAX_HSTS),
}


def test_nothing_set_is_every_default() -> None:
    assert settings_from({}) == Settings()
    assert settings_from({name.upper(): " " for name in Settings.model_fields}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("SEARCH_URL", "whoosh:/archive", "whoosh:/archive"),
        ("PORT", " 80 ", 80),
        ("LISTEN_HOST", "[::]", "[::]"),
        ("RATE_LIMIT", "60 per minute;1000/day", "60 per minute;1000/day"),
        ("LOG_LEVEL", "warning", "warning"),
        *[("LOG_QUERIES", yes, True) for yes in ("on", "1", "true", "yes")],
        *[("LOG_REQUESTS", no, False) for no in ("off", "0", "false", "no")],
    ],
)
def test_a_value_is_read_from_its_variable(name: str, value: str, kept: object) -> None:
    assert getattr(settings_from({name: value}), name.lower()) == kept


@pytest.mark.parametrize("name", BOUNDED)
def test_numbers_are_held_to_their_bounds(name: str) -> None:
    least, most = BOUNDED[name]
    assert [getattr(settings_from({name: str(value)}), name.lower()) for value in (least, most)] == [least, most]
    for value in (least - 1, most + 1):
        with pytest.raises(BadSettings, match=f"^{name} cannot be '{value}'; set it to {least} to {most}, or leave it"):
            settings_from({name: str(value)})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "8000.5"),
        ("LISTEN_HOST", "a b"),
        ("RATE_LIMIT", "many"),
        ("RATE_LIMIT", "60"),
        ("RATE_LIMIT_STORAGE", "nowhere"),
        ("LOG_LEVEL", "loud"),
        ("METRICS", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_one_that_can(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"^{name} cannot be '{value}'.*; set it to .+, or leave it out$"):
        settings_from({name: value})


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadSettings, match=r"PORT cannot .*WORKERS cannot"):
        settings_from({"PORT": "x", "WORKERS": "x"})


def test_the_server_says_what_is_wrong_in_one_line_and_does_not_start() -> None:
    command = [sys.executable, "-m", "gunicorn", "app:app"]
    ended = subprocess.run(
        command, cwd=ROOT, env={"PATH": "", "THREADS": "none"}, capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert ended.stderr.splitlines()[-1].startswith(
        "Dateline cannot start: THREADS cannot be 'none'; set it to 1 to 256"
    )


def shown(field: FieldInfo) -> str:
    match field.default:
        case bool():
            return "`on`" if field.default else "`off`"
        case "":
            return ""
        case default:
            return f"`{default}`"


def test_the_table_of_settings_is_the_module() -> None:
    rows = ROW.findall(DOCUMENT.read_text("utf-8"))
    module = [(name.upper(), shown(field), field.description) for name, field in Settings.model_fields.items()]
    assert rows == module


def test_each_setting_has_a_mended_value_for_its_error() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.examples and field.description)] == []
