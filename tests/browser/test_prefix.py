"""The whole archive below a path of another host: nginx before gunicorn, as `deploy/nginx.conf` has it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html
from playwright.sync_api import Request, expect

from search.article import Article
from tests.browser.conftest import NewPage
from tests.browser.every_page import EVERY_PAGE
from tests.web_server import ARTICLES, ROOT, get, index_of, running

pytestmark = pytest.mark.browser

PREFIX = "/archive"
IDS = ["a//b", "a%2Fb", "/a", "?b#c", "a b+c", "ü/é"]
ELSEWHERE = {"gazette.example", "purl.org"}  # where originals are, and the names of Dublin Core
ADDRESSES = """all => all.flatMap(element => ["href", "src", "action"]
  .filter(name => element.hasAttribute(name))
  .map(name => new URL(element.getAttribute(name), document.baseURI).href))"""

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        include {folder}/location.conf;
    }}
}}
"""


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the archive before the proxy, without a slash at its end."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        words = "no nginx here: the archive was not tried below a prefix (Debian: apt-get install nginx)"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    folder: Path = tmp_path_factory.mktemp("nginx")
    articles = [Article(id=each, title=f"number {place}", body="syria") for place, each in enumerate(IDS)]
    with (
        running(index_of(folder / "index", (*ARTICLES, *articles)), trusted_proxies="1") as server,
        socket.socket() as unused,
    ):
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        unused.close()
        location = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
        (folder / "location.conf").write_text(location.replace(":8000", f":{server.port}"))
        (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=port))
        with subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")]) as proxy:
            try:
                _wait_for(proxy, port)
                yield f"http://127.0.0.1:{port}{PREFIX}"
            finally:
                proxy.terminate()


def _wait_for(proxy: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        assert proxy.poll() is None, "nginx ended before it served anything"
        try:
            assert get(port, f"{PREFIX}/healthz")[0].status == 200
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def fetched(address: str) -> bytes:
    parts = urlsplit(address)
    assert parts.port is not None, address
    response, body = get(parts.port, f"{parts.path}?{parts.query}" if parts.query else parts.path)
    assert response.status == 200, address
    return body


def test_every_page_and_all_that_it_asks_for_and_leads_to_is_below_the_prefix(new_page: NewPage, below: str) -> None:
    page = new_page()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    led_to: set[str] = set()
    for target in EVERY_PAGE.values():
        page.goto(below + target)
        found = page.eval_on_selector_all("[href], [src], [action]", ADDRESSES)
        led_to |= {address for address in found if urlsplit(address).hostname not in ELSEWHERE}
    assert {request.url for request in asked if not request.url.startswith(f"{below}/")} == set()
    assert {address for address in led_to if not address.startswith(f"{below}/")} == set()
    assert len(led_to) > 100


def test_a_reader_searches_is_completed_and_reads_below_the_prefix(new_page: NewPage, below: str) -> None:
    page = new_page()
    page.goto(f"{below}/")
    page.get_by_role("combobox").press_sequentially("sum", delay=30)
    expect(page.get_by_role("option").first).to_be_visible()
    page.get_by_role("combobox").fill("summit")
    page.get_by_role("combobox").press("Enter")
    page.wait_for_url(f"{below}/search?q=summit*")
    page.get_by_role("link", name="Summit opens in Beijing").first.click()
    page.wait_for_url(f"{below}/articles/2012%2F06%2Fsummit*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Summit opens in Beijing")


@pytest.mark.parametrize("place", range(len(IDS)), ids=IDS)
def test_an_address_reaches_the_archive_as_it_was_sent(below: str, place: int) -> None:
    results = html.fromstring(fetched(f"{below}/search?q=title:%22number+{place}%22"))
    (link,) = results.xpath("//*[contains(@class, 'hit')]//h2/a/@href")
    article = html.fromstring(fetched(urljoin(below, link)))
    assert article.xpath("string(//h1)").strip() == f"number {place}"


def test_what_programs_are_told_is_below_the_prefix(below: str) -> None:
    description = etree.fromstring(fetched(f"{below}/opensearch.xml"))
    assert all(url.get("template").startswith(f"{below}/") for url in description.iter("{*}Url"))
    feed = etree.fromstring(fetched(f"{below}/feed.atom?q=syria"))
    links = {link.get("href") for link in feed.iter("{*}link")}
    assert {link for link in links if not link.startswith((f"{below}/", "https://gazette.example/"))} == set()
    assert json.loads(fetched(f"{below}/openapi.json"))["servers"] == [{"url": PREFIX}]
    answer = json.loads(fetched(f"{below}/api/search?q=syria&size=1"))
    assert answer["links"]["next"].startswith(f"{PREFIX}/api/search?")
    assert len(fetched(f"{below}/export.jsonl?q=syria").splitlines()) == len(IDS) + 3


def test_metrics_stay_inside(below: str) -> None:
    parts = urlsplit(below)
    assert parts.port is not None
    for path in ("/metrics", "//metrics", "/%6detrics", "/x/../metrics"):
        assert get(parts.port, PREFIX + path)[0].status in (403, 404), path
