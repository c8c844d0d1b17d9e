"""/metrics: what all processes counted together, and what the archive holds."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app import create_app
from tests.web_server import ARTICLES, get, index_of, running
from web.answered import Answered
from web.metrics import count

ASKED = 24


def figures(text: str) -> dict[tuple[str, ...], float]:
    """By name and values of the labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(port: int) -> dict[tuple[str, ...], float]:
    return figures(get(port, "/metrics")[1].decode())


def test_counts_of_all_processes_add_up_and_outlive_them(tmp_path: Path) -> None:
    with running(index_of(tmp_path / "index", ARTICLES)) as server:
        for _ in range(ASKED):
            get(server.port, "/api/search?q=syria&size=1")
        get(server.port, "/nowhere")
        before = scraped(server.port)
        server.process.send_signal(signal.SIGHUP)  # every worker is replaced
        time.sleep(4)
        for _ in range(ASKED):
            get(server.port, "/api/search?q=syria&size=1")
        after = scraped(server.port)
    assert before["dateline_requests_total", "/api/search", "200"] == ASKED
    assert before["dateline_requests_total", "none", "404"] == 1
    assert before["dateline_request_seconds_count", "/api/search"] == ASKED
    assert before["dateline_search_seconds_count",] == ASKED
    assert after["dateline_requests_total", "/api/search", "200"] == 2 * ASKED
    assert after["dateline_request_seconds_count", "/api/search"] == 2 * ASKED


def test_the_archive_is_told_with_what_it_lacks(tmp_path: Path) -> None:
    client = create_app(index_of(tmp_path / "index", ARTICLES)).test_client()
    told = figures(client.get("/metrics").text)
    assert (told["dateline_index_usable",], told["dateline_index_damaged",]) == (1, 0)
    assert told["dateline_index_generation",] == 1
    assert told["dateline_articles",] == len(ARTICLES)
    assert [told["dateline_articles_without", part] for part in ("title", "date", "body")] == [1, 1, 0]


def test_a_damaged_commit_is_told_by_both_who_watch(tmp_path: Path) -> None:
    url = index_of(tmp_path, ARTICLES[:1])
    index_of(tmp_path, ARTICLES)
    (tmp_path / "generations" / "2" / "manifest.json").write_text("torn")
    client = create_app(url).test_client()
    told = figures(client.get("/metrics").text)
    assert (told["dateline_index_usable",], told["dateline_index_damaged",]) == (1, 1)
    assert told["dateline_articles",] == 1
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.text.startswith("ready, without the newest commit, which is damaged")
    assert str(tmp_path) not in ready.text


def test_an_answer_that_was_cut_short_is_counted(tmp_path: Path) -> None:
    client = create_app(f"whoosh:{tmp_path}").test_client()
    before = figures(client.get("/metrics").text)["dateline_partial_answers_total",]
    for partial in (True, False):
        count(Answered("a", "/search", 200, 0.1, 0.1, page=None, partial=partial))
    assert figures(client.get("/metrics").text)["dateline_partial_answers_total",] == before + 1


def test_without_an_index_the_rest_is_told(tmp_path: Path) -> None:
    response = create_app(f"whoosh:{tmp_path}").test_client().get("/metrics")
    assert response.status_code == 200
    told = figures(response.text)
    assert told["dateline_index_usable",] == 0
    assert ("dateline_articles",) not in told


def test_addresses_and_methods_of_strangers_make_no_labels(tmp_path: Path) -> None:
    client = create_app(f"whoosh:{tmp_path}").test_client()
    for number in range(20):
        client.get(f"/nowhere/{number}")
        client.open(f"/articles/{number}", method=f"X{number}")
    told = figures(client.get("/metrics").text)
    routes = {labels[0] for name, *labels in told if name == "dateline_requests_total"}
    assert "none" in routes
    assert not [route for route in routes if any(character.isdigit() for character in route)]


def test_metrics_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS", "off")
    assert create_app("whoosh:nowhere").test_client().get("/metrics").status_code == 404
