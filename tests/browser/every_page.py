"""One address of each kind of page, by its name; each over `tests.web_server.ARTICLES`."""

from __future__ import annotations

EVERY_PAGE = {
    "front": "/",
    "results": "/search?q=syria+russia",
    "narrowed": "/search?q=syria&place=Beijing&place=Kiel&from=2012&size=1",
    "relaxed": "/search?q=agenda+lighthouse+the",
    "nothing": "/search?q=kazakhstan+uzbekistan",
    "corrected": "/search?q=sumit+beijng&place=Kiel",
    "operators": "/search?q=syria+OR+(russia+-lighthouse)+OR+date:2012-06",
    "refused": "/search?q=a*&from=x&size=0",
    "article": "/articles/veto?q=syria",
    "untitled": "/articles/untitled",
    "missing": "/articles/nothing",
    "help": "/help",
    "in-context": "/search?q=syria&view=kwic",
    "why": "/why?q=syria+russia&id=veto",
    "why-not": "/why?q=lighthouse+-russia&place=Kiel&id=veto",
    "beside": "/beside?id=veto&with=2012/06/summit",
    "facet": "/facets/publisher?q=syria",
    "api": "/api",
}
