"""The page of one article."""

from __future__ import annotations

from flask import render_template, request

from search.article import Article
from web import addresses, metadata
from web.cite import citation_of
from web.engine import engine
from web.form import Form, form_from
from web.paging import rank_from
from web.reading import reading
from web.standing import standing

SIMILAR = 5  # articles like this one, at most
SHARED = 6  # words named that such an article shares


def article_page(article: Article) -> str:
    form = form_from(request.args)
    stands = standing(article.id, form, rank_from(request.args.get(addresses.RANK, "")))
    permalink = addresses.permalink(article.id)
    return render_template(
        "article.html",
        article=article,
        reading=reading(article, stands.searched),
        standing=stands,
        story=engine().story(article.id),
        similar=engine().similar(article.id, SIMILAR),
        permalink=permalink,
        shared_most=SHARED,
        described=metadata.described(article),
        tags=[*metadata.highwire(article, permalink), *metadata.dublin_core(article, permalink)],
        news_article=metadata.news_article(article, permalink),
        citation=citation_of(article),
        form=form,
        anew=Form({}),
    )
