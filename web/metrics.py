"""What is counted of requests, and what the archive holds, for Prometheus (https://prometheus.io).

Each of gunicorn's processes keeps its counts in files of its own, and whichever is asked adds up all of them. A file
goes by its process's slot, the place among the others that the next process takes over: files that went by its number
would become more with every process that is recycled, without end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from flask import Blueprint
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from search.engine import Engine, EngineError
from web.answered import Answered
from web.engine import engine
from web.openapi import describes
from web.slots import FOLDER, SLOT

_NO_ROUTE = "none"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

if FOLDER in os.environ:
    values.ValueClass = values.MultiProcessValue(lambda: os.environ[SLOT])  # type: ignore[no-untyped-call]

_counts = CollectorRegistry()
_requests = Counter("dateline_requests", "Requests answered.", ("route", "status"), registry=_counts)
_seconds = Histogram(
    "dateline_request_seconds",
    "Time until the answer to a request was ready.",
    ("route",),
    registry=_counts,
    buckets=_SECONDS,
)
_search_seconds = Histogram(
    "dateline_search_seconds", "Time that requests spent in the engine.", registry=_counts, buckets=_SECONDS
)

_partial = Counter(
    "dateline_partial_answers", "Answers whose search was cut short by SEARCH_TIMEOUT.", registry=_counts
)

metrics = Blueprint("metrics", __name__)


def count(answered: Answered) -> None:
    route = answered.route or _NO_ROUTE
    _requests.labels(route, str(answered.status)).inc()
    _seconds.labels(route).observe(answered.seconds)
    if answered.partial:
        _partial.inc()
    if answered.search_seconds is not None:
        _search_seconds.observe(answered.search_seconds)


@metrics.get("/metrics")
@describes("Figures for whoever watches over the server", problems=(), media=("text/plain",))
def figures() -> tuple[bytes, dict[str, str]]:
    """In the text format of Prometheus. The archive's own are of its newest generation."""
    shown = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
    else:
        shown.register(_counts)
    shown.register(_Archive(engine()))
    return generate_latest(shown), {"Content-Type": CONTENT_TYPE_LATEST}


class _Archive(Collector):
    def __init__(self, archive: Engine) -> None:
        self._archive = archive

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            generation, holdings = self._archive.generation(), self._archive.holdings()
            damaged = bool(self._archive.damage())
        except EngineError:
            yield _usable(False)
            return
        yield _usable(True)
        yield GaugeMetricFamily("dateline_index_damaged", "Whether an older commit answers for the newest.", damaged)
        yield GaugeMetricFamily("dateline_index_generation", "Generation of the index that answers.", generation)
        yield GaugeMetricFamily("dateline_articles", "Articles in the index.", holdings.articles)
        lacking = GaugeMetricFamily("dateline_articles_without", "Articles without a part.", labels=("part",))
        for part, number in holdings.without.items():
            lacking.add_metric((part,), number)
        yield lacking


def _usable(usable: bool) -> GaugeMetricFamily:
    return GaugeMetricFamily("dateline_index_usable", "Whether the index can be searched.", usable)
