"""`python -m search`: the same search from a terminal."""

from __future__ import annotations

import json
import os
import pprint

import click

from search import Engine, EngineError, open_engine, why
from search.article import to_json as article_json
from search.engine import MAX_SIZE, Hit, Page, Search, Snippet
from search.parse import QueryError, parse, render
from search.query import Query
from search.receipt import Group, Joined, Part, Receipt, searched, to_json

DEFAULT_URL = "whoosh:data/index"


@click.command(name="search")
@click.argument("query", nargs=-1)
@click.option("--index", "url", metavar="URL", help="Where the index is; $SEARCH_URL, else whoosh:data/index.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.option("--limit", default=10, type=click.IntRange(1, MAX_SIZE), show_default=True, help="Hits to show.")
@click.option("--why", "article_id", metavar="ID", help="Tell why the article with this id is found, or is not.")
@click.option("--explain", is_flag=True, help="Show how the query was understood, and search nothing.")
def main(
    query: tuple[str, ...], url: str | None, as_json: bool, limit: int, article_id: str | None, explain: bool
) -> None:
    """Search the archive for QUERY; without one, show the newest articles.

    Exit status: 1 when the index cannot be searched, 2 for a query or an option to mend.
    """
    try:
        understood = parse(" ".join(query))
    except QueryError as error:
        raise click.UsageError(str(error)) from None
    if explain:
        click.echo(render(understood))
        click.echo(pprint.pformat(understood, width=100))
        return
    try:
        with open_engine(url or os.environ.get("SEARCH_URL") or DEFAULT_URL) as engine:
            if article_id:
                click.echo(_why(engine, understood, article_id, as_json))
                return
            page = engine.search(Search(understood, size=limit, receipt=True))
    except EngineError as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(_answer(render(understood), page), ensure_ascii=False) if as_json else _text(page))


def _why(engine: Engine, query: Query, article_id: str, as_json: bool) -> str:
    told = engine.why(Search(query), article_id)
    if told is None:
        raise click.ClickException(f"there is no article {article_id!r}")
    if as_json:
        return json.dumps({"query": render(query), **why.to_json(told)}, ensure_ascii=False)
    if not told.found:
        lacking = (f"{'has' if part.excluded else 'lacks'} {render(part.asked)}" for part in told.parts if part.fails)
        return f"Not among the {told.total:,} found: it {', '.join(lacking)}"
    points = [(render(part.asked), part.score) for part in told.parts]
    points += [(f"{term.word} (related)", term.score) for term in told.related]
    points += [("words that stand together", told.nearness), ("together", told.score)]
    lines = [f"{score:8.3f}  {name}" for name, score in points if told.by_score]
    return "\n".join([f"Number {told.rank:,} of {told.total:,}", *lines])


def _answer(query: str, page: Page) -> dict[str, object]:
    return {
        "query": query,
        "total": page.total,
        "generation": page.generation,
        "relaxed": page.relaxed,
        "related": page.related,
        "spellings": page.spellings,
        "ignored": page.ignored,
        "partial": page.partial,
        "suggestion": page.suggestion,
        "receipt": to_json(page.receipt or Receipt()),
        "remedies": [{"change": one.change, "query": render(one.query), "total": one.total} for one in page.remedies],
        "hits": [_hit(hit) for hit in page.hits],
    }


def _hit(hit: Hit) -> dict[str, object]:
    article = article_json(hit.article)
    del article["body"]
    snippet = [{"text": piece.text, "matched": piece.matched} for piece in hit.snippet]
    return article | {"score": hit.score, "snippet": snippet}


def _text(page: Page) -> str:
    lines = [f"{page.total:,} {'article' if page.total == 1 else 'articles'}"]
    if page.receipt and page.receipt.asked.parts:
        lines.append(f"Searched: {_told(searched(page.receipt.asked))}")
    if page.partial:
        lines.append("Only a part of the archive was searched: it takes too long.")
    if page.relaxed:
        lines.append("Hardly an article has all of these words; these have some of them.")
    if page.spellings:
        others = (other for several in page.spellings.values() for other in several)
        lines.append(f"Searched also as: {', '.join(others)}")
    if page.related:
        lines.append(f"Ordered also by words of the best: {', '.join(page.related)}")
    if page.ignored:
        lines.append(f"Left out as too common: {', '.join(page.ignored)}")
    if page.suggestion:
        lines.append(f"Did you mean: {page.suggestion}")
    if found := [remedy for remedy in page.remedies if remedy.total]:
        lines.append(
            "These would find something: " + ", ".join(f"{render(one.query)} ({one.total:,})" for one in found)
        )
    for hit in page.hits:
        lines += ["", _styled(hit.title_pieces, bold=True) or click.style("(untitled)", italic=True), _byline(hit)]
        lines.append(_styled(hit.snippet))
    return "\n".join(lines)


def _told(group: Group) -> str:
    """Each part with the articles that have it: `russia (41) and not (iran (7) or iraq (9))`."""
    told = []
    for part in group.parts:
        words = f"{render(part.asked)} ({part.count:,})" if isinstance(part, Part) else f"({_told(part)})"
        told.append(f"not {words}" if part.excluded else words)
    return (" or " if group.joined is Joined.ANY else " and ").join(told)


def _byline(hit: Hit) -> str:
    article = hit.article
    facts = (article.publisher, article.place, article.day.isoformat() if article.day else None, article.id)
    return click.style(" · ".join(fact for fact in facts if fact), dim=True)


def _styled(snippet: Snippet, *, bold: bool = False) -> str:
    # click takes the colours out where standard output is no terminal.
    return "".join(click.style(p.text, bold=bold or p.matched, underline=p.matched or None) for p in snippet)


if __name__ == "__main__":
    main()
