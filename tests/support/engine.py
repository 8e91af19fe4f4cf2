"""The browser's modules in a real browser, without the server: static files, media, a clock and a scripted stream."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.engine_server import EngineServer
from tools import youtube
from tools.browser import launched


@dataclass
class Engine:
    """A browser and what serves its pages."""

    browser: Browser
    server: EngineServer
    _contexts: list[BrowserContext] = field(default_factory=list)

    def page(self, path: str = "/tests/js/blank.html", **youtube_knobs: Any) -> Page:
        """A new browser profile with one page, which meets the stand-in instead of YouTube."""
        context = self.browser.new_context()
        self._contexts.append(context)
        youtube.intercept(context, **youtube_knobs)
        page = context.new_page()
        page.goto(self.server.url + path)
        return page

    def forget_pages(self) -> None:
        while self._contexts:
            self._contexts.pop().close()


@contextmanager
def engine(browser: Browser | None = None) -> Iterator[Engine]:
    """A server for the pages of ``browser``, or of one that is started for it; the test is skipped if there is none."""
    with nullcontext(browser) if browser else launched() as browser:
        server = EngineServer()
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Engine(browser, server)
        finally:
            server.end()
            thread.join()
