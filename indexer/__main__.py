"""The command `python -m indexer`: arguments in, a report out, an exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from indexer import takedown, upkeep
from indexer.explain import BODY, LEFT_OUT, Verdict, explain, method
from indexer.extract import ExtractionError, read
from indexer.memory import Memory
from indexer.pipeline import Progress, Report, articles, index
from indexer.sources import Failure, Item, Unread, parse_columns, resolve, size
from indexer.sources import read as read_source
from indexer.sources.walk import STDIN
from indexer.transfer import transfer
from indexer.watch import Watch, changes, end_on_sigterm
from search import EngineError, open_engine
from search.article import to_json

DEFAULT_SOURCE = "seeds/"
DEFAULT_INDEX = "whoosh:data/index"
_FOLDER = click.Path(file_okay=False, path_type=Path)
INTERRUPTED = 130  # what a shell says of a program that Ctrl-C ended


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE ...]")
@click.option("--index", "url", metavar="URL", envvar="SEARCH_URL", default=DEFAULT_INDEX, help="The index to write.")
@click.option("--rebuild", is_flag=True, help="Write a new index from nothing and swap it in whole.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes that extract; one for each core.")
@click.option("--watch", "watched", is_flag=True, help="Index, then keep the index current as each SOURCE changes.")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--allow-deletes", is_flag=True, help="Delete what is gone, be it more than half of a SOURCE.")
@click.option("--print", "print_only", is_flag=True, help="Write the articles to standard output; index nothing.")
@click.option("--explain", "explained", is_flag=True, help="With --print: each line of a capture and why it is kept.")
@click.option(
    "--columns",
    metavar="FIELD=COLUMN,...",
    default="",
    callback=lambda _context, _option, text: _columns(text),
    help="Which column of a table holds which field, where their names do not say it.",
)
@click.option("--verify", "verify_only", is_flag=True, help="Check every file of the index; index nothing.")
@click.option("--backup", metavar="FOLDER", type=_FOLDER, help="Copy the index to a new FOLDER, while it is in use.")
@click.option("--restore", metavar="FOLDER", type=_FOLDER, help="Make a backup the newest generation of the index.")
@click.option("--from", "origin", metavar="URL", help="Read the articles of another index instead of a SOURCE.")
@click.option("--remove", metavar="ID", multiple=True, help="Take an article down for good; may be given often.")
@click.option("--readmit", metavar="ID", multiple=True, help="Let an article be indexed again that was taken down.")
@click.option("--removed", "list_removed", is_flag=True, help="List the articles that were taken down.")
@click.option("--json", "as_json", is_flag=True, help="Report as one JSON object.")
@click.option("--quiet", is_flag=True, help="No progress and no counts; failures are still told.")
def main(
    sources: tuple[str, ...],
    url: str,
    rebuild: bool,
    jobs: int | None,
    watched: bool,
    dry_run: bool,
    allow_deletes: bool,
    print_only: bool,
    explained: bool,
    columns: dict[str, str],
    verify_only: bool,
    backup: Path | None,
    restore: Path | None,
    origin: str | None,
    remove: tuple[str, ...],
    readmit: tuple[str, ...],
    list_removed: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Make the index say what each SOURCE says now: add, update, and delete what is gone from there.

    A SOURCE is a folder or a file: captures (.txt, .html, .htm, .xhtml, .md), web archives (.warc, .wacz), feeds (.rss,
    .atom, .xml), articles as JSON lines (.jsonl) or in tables (.json, .csv, .tsv), and .gz and .zip of any of these. A
    dash is standard input, JSON lines that only add and update. Articles of other sources stay. Without a SOURCE it is
    seeds/, without --index the index is $SEARCH_URL, and without that whoosh:data/index.

    Exits with 1 when something could not be read, with 2 for misuse.
    """
    upkeeps = {
        "--verify": verify_only and upkeep.verify,
        "--backup": backup and partial(upkeep.backup, folder=backup),
        "--restore": restore and partial(upkeep.restore, folder=restore),
        "--remove": remove and partial(takedown.remove, article_ids=remove),
        "--readmit": readmit and partial(takedown.readmit, article_ids=readmit),
        "--removed": list_removed and takedown.listed,
    }
    if chosen := [(name, function) for name, function in upkeeps.items() if function]:
        if any((sources, rebuild, jobs, watched, dry_run, allow_deletes, print_only, explained, columns, chosen[1:])):
            raise click.UsageError(f"{chosen[0][0]} goes with --index, --json and --quiet alone")
        sys.exit(_upkeep(url, chosen[0][1], as_json=as_json, quiet=quiet))
    if origin is not None:
        if any((sources, rebuild, watched, dry_run, allow_deletes, print_only, explained, columns)):
            raise click.UsageError("--from takes the place of a SOURCE; with it go --index, --jobs, --json and --quiet")
        report = _transfer(origin, url, jobs, quiet)
        _say(report, url=url, dry_run=False, as_json=as_json, quiet=quiet)
        sys.exit(1 if report.failed else 0)
    sources = sources or (DEFAULT_SOURCE,)
    if "" in sources:
        raise click.UsageError("a SOURCE is empty; name a folder, a file or -")
    if print_only and (as_json or rebuild or dry_run or allow_deletes or watched):
        others = "--json, --rebuild, --watch, --dry-run and --allow-deletes"
        raise click.UsageError(f"--print indexes nothing; leave out {others}")
    if watched and (dry_run or STDIN in sources):
        raise click.UsageError("--watch keeps an index current with files; leave out --dry-run and -")
    if explained and not print_only:
        raise click.UsageError("--explain goes with --print")
    with _told_errors():
        if explained:
            sys.exit(_explain(sources))
        if print_only:
            sys.exit(_print(sources, jobs, columns))
        with open_engine(url) as engine:
            run = partial(index, sources, engine, jobs=jobs, allow_deletes=allow_deletes, columns=columns)
            say = partial(_say, url=url, dry_run=dry_run, as_json=as_json, quiet=quiet)
            if watched:
                _watch(sources, run, rebuild, say)
                return
            with _progress(quiet, lambda: size(resolve(sources)), unit="B", unit_scale=True) as progress:
                report = run(rebuild=rebuild, dry_run=dry_run, progress=progress)
    say(report)
    sys.exit(1 if report.failed else 0)


def _transfer(origin: str, url: str, jobs: int | None, quiet: bool) -> Report:
    with (
        _told_errors(),
        open_engine(origin) as given,
        open_engine(url) as engine,
        _progress(quiet, given.count, unit=" articles") as progress,
    ):
        return transfer(given, engine, jobs=jobs, progress=progress)


def _watch(sources: tuple[str, ...], run: Callable[..., Report], rebuild: bool, say: Callable[[Report], None]) -> None:
    anew = rebuild

    def once(memory: Memory) -> Report:
        nonlocal anew
        report = run(memory=memory, rebuild=anew)
        anew = False
        return report

    end_on_sigterm()
    Watch(once, say, _complain).follow(changes(resolve(sources), _complain))


def _complain(reason: str) -> None:
    click.echo(f"Error: {_one_line(reason)}", err=True)


def _say(report: Report, *, url: str, dry_run: bool, as_json: bool, quiet: bool) -> None:
    if as_json:
        values = asdict(report)
        del values["left_out"]
        click.echo(json.dumps(values))
        return
    for failure in report.failed:
        _tell(failure)
    if not quiet:
        click.echo(_in_words(report, url, dry_run))


def _upkeep(url: str, function: Callable[..., int], *, as_json: bool, quiet: bool) -> int:
    """The exit status."""
    with _told_errors(), open_engine(url) as engine:
        return function(engine, url=url, as_json=as_json, quiet=quiet)


@contextmanager
def _told_errors() -> Iterator[None]:
    try:
        yield
    except EngineError as error:
        raise click.ClickException(str(error)) from error
    except KeyboardInterrupt:
        click.echo("Interrupted; the index is as it was before.", err=True)
        sys.exit(INTERRUPTED)


def _columns(text: str) -> dict[str, str]:
    try:
        return parse_columns(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _print(sources: tuple[str, ...], jobs: int | None, columns: dict[str, str]) -> int:
    """The exit status."""
    status = 0
    with closing(articles(sources, jobs=jobs, columns=columns)) as found:
        for one in found:
            if isinstance(one, Failure):
                _tell(one)
                status = 1
            else:
                click.echo(json.dumps(to_json(one), ensure_ascii=False).encode("utf-8", "replace"))
    return status


def _explain(sources: tuple[str, ...]) -> int:
    """The exit status."""
    status = 0
    for item in (item for source in resolve(sources) for item in read_source(source)):
        failure = None
        if isinstance(item, Item):
            failure = _explain_item(item)
        elif isinstance(item, Unread):
            failure = item.failure
        if failure:
            _tell(failure)
            status = 1
    return status


def _explain_item(item: Item) -> Failure | None:
    if item.article:
        return item.failure("an article already; a capture is explained")
    try:
        parts = read(item.data, item.path, item.fetched)
    except ExtractionError as error:
        return item.failure(str(error))
    _show(click.style(f"{_one_line(item.place)}: {method(parts)}", bold=True))
    _show(click.style(f"{'use':7}  {'class':9} {'weight':>6}  {'why':31}  line", underline=True))
    for verdict in explain(parts):
        _show(_in_colour(verdict))
    return None


def _in_colour(verdict: Verdict) -> str:
    """A line that is left out is dim; but prose that is, stands out."""
    line, use = verdict.line, verdict.use
    colour = "green" if use == BODY else "cyan" if use != LEFT_OUT else "yellow" if line.prose else None
    row = f"{use:7}  {line.kind:9} {verdict.weight:+6.0f}  {line.reason:31}  {_one_line(line.text)}"
    return click.style(row, fg=colour, dim=True if colour is None else None)


def _show(text: str) -> None:
    """Bytes, since a terminal's encoding may lack a character; click takes the colours out of text only."""
    click.echo((text if sys.stdout.isatty() else click.unstyle(text)).encode("utf-8", "replace"))


@contextmanager
def _progress(quiet: bool, total: Callable[[], int | None], **look: Any) -> Iterator[Progress]:
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    with tqdm(total=total(), leave=False, **look) as bar:
        yield bar.update


def _tell(failure: Failure) -> None:
    click.echo(f"{_one_line(failure.path)}: {_one_line(failure.reason)}", err=True)


def _one_line(text: str) -> str:
    """Line ends and what a terminal obeys are written out: a file's name may hold any of them."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _in_words(report: Report, url: str, dry_run: bool) -> str:
    counts = [(report.added, "added"), (report.updated, "updated"), (report.unchanged, "unchanged")]
    counts += [(report.deleted, "deleted"), (len(report.failed), "failed")]
    said = ", ".join(f"{count:,} {what}" for count, what in counts)
    parts = [(report.without_title, "title"), (report.without_date, "date"), (report.without_body, "body")]
    if lacking := ", ".join(f"{count:,} without a {part}" for count, part in parts if count):
        said += f"; of those added or updated {lacking}"
    if report.removed:
        said += f"; {report.removed:,} that were taken down stay out"
    if report.left_out:
        said += f"; {report.left_out:,} other files left out"
    if dry_run:
        said = f"Nothing was written. It would be: {said}"
    return f"{said}. {report.documents:,} articles in {url}, generation {report.generation}; {report.seconds:.1f} s."


if __name__ == "__main__":
    main()
