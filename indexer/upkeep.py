"""What is done with an index as a whole, without reading any SOURCE: `--verify`, `--backup`, `--restore`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from search.engine import Checked, Engine, Verification


def verify(engine: Engine, url: str, *, as_json: bool, quiet: bool) -> int:
    """The exit status."""
    found = engine.verify()
    if as_json:
        click.echo(json.dumps({"whole": found.whole, **asdict(found)}))
    else:
        _tell(found, url, quiet)
    return 0 if found.whole else 1


def _tell(found: Verification, url: str, quiet: bool) -> None:
    for damage in found.damages:
        click.echo(f"{url}: {damage}", err=True)
    for commit in found.commits:
        for damage in commit.damages:
            click.echo(f"generation {commit.generation}: {damage}", err=True)
        if not quiet:
            click.echo(f"{_articles(commit)}, {'damaged' if commit.damages else 'whole'}")


def _articles(commit: Checked) -> str:
    articles = "cannot be opened" if commit.articles is None else f"{commit.articles:,} articles"
    return f"generation {commit.generation}: {articles}"


def backup(engine: Engine, url: str, folder: Path, *, as_json: bool, quiet: bool) -> int:
    """The exit status, as of the others."""
    return _told(engine.backup(folder), f"{url} is backed up in {folder}", as_json=as_json, quiet=quiet)


def restore(engine: Engine, url: str, folder: Path, *, as_json: bool, quiet: bool) -> int:
    return _told(engine.restore(folder), f"{folder} is restored to {url}", as_json=as_json, quiet=quiet)


def _told(commit: Checked, words: str, *, as_json: bool, quiet: bool) -> int:
    if as_json:
        click.echo(json.dumps({"generation": commit.generation, "documents": commit.articles}))
    elif not quiet:
        click.echo(f"{words}: {_articles(commit)}.")
    return 0
