"""What an article's page says of it to programs: reference managers, library catalogues, search engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from search.article import Article
from web import names
from web.addresses import web_address
from web.words import opening

Tag = tuple[str, str]  # the name and the content of a meta element


def described(article: Article) -> str:
    """The article in a sentence or two: its summary, else its opening words; empty where it has neither."""
    return " ".join(article.summary) or opening(article)


def highwire(article: Article, permalink: str) -> Iterator[Tag]:
    """The tags of Highwire Press, which Google Scholar and reference managers read."""
    if article.title:
        yield "citation_title", article.title
    for author in article.author:
        yield "citation_author", author
    if article.publisher:
        yield "citation_publisher", article.publisher
    if article.day:
        yield "citation_publication_date", article.day.isoformat().replace("-", "/")
    if article.language:
        yield "citation_language", article.language
    yield "citation_fulltext_html_url", permalink


def dublin_core(article: Article, permalink: str) -> Iterator[Tag]:
    """The elements of ISO 15836, as DCMI writes them in HTML."""
    yield "DC.type", "Text"
    yield "DC.identifier", permalink
    if article.title:
        yield "DC.title", article.title
    for author in article.author:
        yield "DC.creator", author
    if article.publisher:
        yield "DC.publisher", article.publisher
    if article.published:
        yield "DC.date", article.published.isoformat()
    if article.language:
        yield "DC.language", article.language
    if article.place:
        yield "DC.coverage", article.place
    if article.summary:
        yield "DC.description", " ".join(article.summary)
    if original := web_address(article.url):
        yield "DC.source", original


def news_article(article: Article, permalink: str) -> dict[str, Any]:
    """https://schema.org/NewsArticle, as an object of JSON-LD."""
    original = web_address(article.url)
    values = {
        "headline": article.title,
        "description": described(article),
        "author": [
            {"@type": "Person" if name.person else "Organization", "name": printed}
            for printed, name in zip(article.author, names.authors(article), strict=True)
        ],
        "publisher": {"@type": "NewsMediaOrganization", "name": article.publisher} if article.publisher else None,
        "dateline": article.place,
        "datePublished": article.published.isoformat() if article.published else None,
        "inLanguage": article.language,
        "wordCount": article.words,
        "url": original or permalink,
        "mainEntityOfPage": permalink,
        "archivedAt": permalink if original else None,
    }
    known = {name: value for name, value in values.items() if value}
    return {"@context": "https://schema.org", "@type": "NewsArticle", **known}
