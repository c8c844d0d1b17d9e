"""The arrows between the packages, and what the documents promise about the commands."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"app", "bench", "indexer", "search", "tests", "web"}
MAY_IMPORT = {"search": {"search"}, "indexer": {"indexer", "search"}, "web": {"web", "search"}}


def imported(path: Path) -> set[str]:
    """The top-level names that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    for module in modules:
        assert imported(module) & OURS <= MAY_IMPORT[package], module


def modules_imported(path: Path) -> set[str]:
    """With every name that is imported from one, which may be a module too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_what_answers_knows_no_engine() -> None:
    """Only the embedded engine's own modules import Whoosh, and what lies on it."""
    embedded = {"generations.py", "manifest.py", "__init__.py"}  # the last opens an engine by its address
    modules = (ROOT / "search").glob("*.py")
    neutral = [one for one in modules if not one.name.startswith("whoosh_") and one.name not in embedded]
    assert {"answer.py", "index.py", "ranking.py"} <= {module.name for module in neutral}
    engine = re.compile(r"whoosh\b|search\.(?:columnar|whoosh_)")
    assert {(one.name, name) for one in neutral for name in modules_imported(one) if engine.match(name)} == set()


def test_nothing_imports_what_the_fork_of_whoosh_lacks() -> None:
    for package in MAY_IMPORT:
        for module in (ROOT / package).rglob("*.py"):
            assert "whoosh.compat" not in module.read_text("utf-8"), module


@pytest.mark.parametrize("command", ["indexer", "search"])
def test_the_readme_names_every_option(command: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    source = (ROOT / command / "__main__.py").read_text("utf-8")
    options = set(re.findall(r'"(--[a-z-]+)"', source))
    assert options
    assert {option for option in options if option not in readme} == set()


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "ARCHITECTURE.md").read_text("utf-8").lower()
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        name = line.partition("==")[0].strip().lower()
        if name and not name.startswith("#"):
            assert f"`{name}`" in reasons, f"ARCHITECTURE.md gives no reason for {name}"
