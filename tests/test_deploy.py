"""What lies in deploy/, as far as it can be checked where nothing of it can run; and the pinned packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from app import create_app
from tests.web_server import ARTICLES, ROOT, index_of
from web.settings import Settings, settings_from

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.s*"))
SETTINGS = {name.upper() for name in Settings.model_fields}
OTHERS = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.MULTILINE)


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def run(*command: str) -> None:
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr


def set_in(path: Path) -> dict[str, str]:
    """Variables of the environment that a unit or a Dockerfile sets."""
    lines = re.findall(r"^(?:Environment=|ENV |    (?=[A-Z]+_))(.*)$", path.read_text("utf-8"), re.MULTILINE)
    return dict(re.findall(r"\b([A-Z][A-Z_]+)=(\S+)", "\n".join(lines)))


def test_the_dockerfile_is_clean() -> None:
    run(tool("hadolint"), "--failure-threshold", "style", "deploy/Dockerfile")


def test_the_compose_file_holds_to_its_specification() -> None:
    run(tool("check-jsonschema"), "--quiet", "--builtin-schema", "vendor.compose-spec", "deploy/compose.yaml")


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """With programs that are there in place of those that will be."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        words = "no systemd-analyze here: the units were not checked (Debian: apt-get install systemd)"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    copies = [tmp_path / unit.name for unit in UNITS]
    for unit, copy in zip(UNITS, copies, strict=True):
        copy.write_text(re.sub(r"/opt/dateline/\.venv/bin/\w+", "/bin/true", unit.read_text("utf-8")))
    run(analyze, "verify", "--man=no", *map(str, copies))


@pytest.mark.parametrize("path", [*UNITS, DEPLOY / "Dockerfile"], ids=lambda path: path.name)
def test_files_set_only_settings_that_there_are(path: Path) -> None:
    found = set_in(path)
    assert found.keys() <= SETTINGS | OTHERS
    settings_from(found)  # BadSettings


def test_the_compose_file_sets_only_settings_that_there_are() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    for service in services.values():
        environment = service.get("environment", {})
        assert environment.keys() <= SETTINGS
        settings_from(environment)


def test_the_image_has_every_file_that_the_server_reads() -> None:
    copied = set(re.findall(r"^COPY (?!--)(.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE))
    names = {name for line in copied for name in line.split()}
    allowed = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines() if line[0] == "!"
    }
    assert names == allowed
    program = {"app.py", "gunicorn.conf.py", "requirements.txt", "search", "web", "indexer", "templates", "static"}
    assert program <= names
    assert all((ROOT / name).exists() for name in names)


def test_the_proxy_sets_every_header_that_is_trusted() -> None:
    """One that it let through would be the client's own word."""
    headers = set(re.findall(r"proxy_set_header (X-\S+)", (DEPLOY / "nginx.conf").read_text("utf-8")))
    forwarded = {f"X-Forwarded-{name}" for name in ("For", "Proto", "Host", "Prefix")}
    assert headers == {*forwarded, "X-Request-ID"}


def test_the_guide_speaks_of_metrics_that_there_are(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "operations.md").read_text("utf-8")
    client = create_app(index_of(tmp_path / "index", ARTICLES)).test_client()
    client.get("/api/search")
    told = set(re.findall(r"^# TYPE (\S+)", client.get("/metrics").text, re.MULTILINE))
    spoken = {re.sub("_bucket$", "", name) for name in re.findall(r"\bdateline_[a-z_]+", guide)}
    assert {name for name in told if not name.endswith("_created")} == spoken
    (rules,) = re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert all({"alert", "expr"} <= rule.keys() for rule in yaml.safe_load(rules)["groups"][0]["rules"])


def test_the_guide_speaks_of_settings_that_there_are() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert set(re.findall(r"`([A-Z]+_[A-Z_]+)\b", guide)) <= SETTINGS


def normalized(pins: list[tuple[str, str]]) -> dict[str, str]:
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins}


def test_the_lock_is_in_step_with_the_requirements() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    required = normalized(PIN.findall((ROOT / "requirements.txt").read_text("utf-8")))
    assert required.items() <= normalized(PIN.findall(lock)).items(), "run make lock"


def test_every_package_of_the_lock_has_hashes_and_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    packages = re.split(r"\n(?=[a-z])", lock)[1:]
    assert len(packages) > len(PIN.findall((ROOT / "requirements.txt").read_text("utf-8")))
    assert [package for package in packages if "--hash=sha256:" not in package] == []
    assert "://" not in lock
    assert "index-url" not in lock
