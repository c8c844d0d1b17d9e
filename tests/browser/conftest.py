"""Chromium, as Debian packages it, against a real gunicorn."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.web_server import ARTICLES, index_of, serving

ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        words = "no Chromium here: the tests in a browser did not run (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens pages with the given settings of a browser context; a missing part or a broken policy fails the test."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        refused_page = message.page is not None and message.location["url"] == message.page.url
        if message.type == "error" and not refused_page:  # a 404 that was asked for
            errors.append(message.text)

    with ExitStack() as stack:

        def open_page(**settings: Any) -> Page:
            context = browser.new_context(**settings)
            stack.callback(context.close)
            page = context.new_page()
            page.on("console", note)
            return page

        yield open_page
    assert errors == []


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over a few articles."""
    with serving(index_of(tmp_path_factory.mktemp("index"), ARTICLES)) as port:
        yield f"http://127.0.0.1:{port}"
