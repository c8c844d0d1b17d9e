"""Articles that are taken down, and stay so whatever the SOURCES say: `--remove`, `--readmit`, `--removed`."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from search.engine import Engine


def remove(engine: Engine, url: str, article_ids: Sequence[str], *, as_json: bool, quiet: bool) -> int:
    """The exit status: 1 where one of them was never there, so that a slip of the pen is seen.

    Raises EngineError; then all is as it was before.
    """
    before = engine.removed()
    unknown = [one for one in article_ids if one not in before and engine.get(one) is None]
    with engine.writer() as writer:
        for article_id in article_ids:
            writer.remove(article_id)
    for article_id in unknown:
        click.echo(f"{article_id!a}: there is no article with this id; none will be admitted under it", err=True)
    _say(engine, url, {"removed": list(article_ids)}, "taken down", as_json=as_json, quiet=quiet)
    return 1 if unknown else 0


def readmit(engine: Engine, url: str, article_ids: Sequence[str], *, as_json: bool, quiet: bool) -> int:
    """The exit status: 1 where one of them was not taken down."""
    unknown = [one for one in article_ids if one not in engine.removed()]
    with engine.writer() as writer:
        for article_id in article_ids:
            writer.readmit(article_id)
    for article_id in unknown:
        click.echo(f"{article_id!a}: it was not taken down", err=True)
    _say(engine, url, {"readmitted": list(article_ids)}, "admitted by the next run", as_json=as_json, quiet=quiet)
    return 1 if unknown else 0


def listed(engine: Engine, *, as_json: bool, **_: object) -> int:
    """The exit status."""
    moments = {article_id: moment.isoformat() for article_id, moment in sorted(engine.removed().items())}
    if as_json:
        click.echo(json.dumps({"removed": moments}))
    else:
        for article_id, moment in moments.items():
            click.echo(f"{moment}  {article_id!a}")
    return 0


def _say(engine: Engine, url: str, done: dict[str, list[str]], words: str, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        click.echo(json.dumps({**done, "documents": engine.count(), "generation": engine.generation()}))
    elif not quiet:
        (ids,) = done.values()
        click.echo(f"{len(ids):,} {words}. {engine.count():,} articles in {url}, generation {engine.generation()}.")
