"""Real Chromium windows on a real room."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from players.timeline import Timeline
from tools.patience import PATIENCE_S

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
]
"""No name of the internet is found. To look at each request of a page instead costs a twentieth of the page."""

CSRF_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

TELL_REFUSALS = """
const play = HTMLMediaElement.prototype.play
HTMLMediaElement.prototype.play = function () {
  const playing = play.call(this)
  playing.catch(({ name }) => console.debug('the browser refused:', name))
  return playing
}
"""

PLAYING_NOW = """() => {
  const media = [...document.querySelectorAll('video, audio')].filter((one) => one.currentSrc)
  const heard = media.find((one) => !one.paused) ?? media[0]
  return heard
    ? {src: heard.currentSrc, position_ms: heard.currentTime * 1000, paused: heard.paused, at_ms: Date.now()}
    : null
}"""
"""What a window plays. Browser and server run on one machine, so that their clocks are the same."""


def chromium() -> str | None:
    """The browser that the tests start: ``$CHROMIUM``, else one that is installed."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def launched(**context_options: Any) -> Iterator[Browser]:
    """A browser, whose contexts have these options unless they are made with others, and whose pages are waited for.

    Skips the test with one line if there is none, except on CI.
    """
    path = chromium()
    if path is None and not os.environ.get("CI"):
        pytest.skip("no Chromium is installed; set CHROMIUM or run bin/test, which installs one")
    expect.set_options(timeout=PATIENCE_S * 1_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        made = browser.new_context

        def new_context(**options: Any) -> BrowserContext:
            context = made(**context_options | options)
            context.set_default_timeout(PATIENCE_S * 1_000)
            return context

        # Replaced on the object, which mypy takes for a slip: contexts are made in a hundred places, by its own method.
        browser.new_context = new_context  # type: ignore[method-assign]
        yield browser
        browser.close()


NAMED = "try { localStorage.setItem('name-asked', '1') } catch {}"
"""Nobody is asked for a name in the middle of something else; a test of that asks again."""


@dataclass
class Window:
    """One person's window on a room."""

    page: Page
    url: str
    errors: list[str]

    @classmethod
    def open(cls, browser: Browser, url: str, *paths: str, **options: Any) -> Window:
        """A window of a browser profile of its own that visits ``paths`` in turn."""
        context = browser.new_context(**options)
        return cls.of(context, url, *paths)

    @classmethod
    def of(cls, context: BrowserContext, url: str, *paths: str) -> Window:
        context.add_init_script(NAMED)
        page = context.new_page()
        window = cls(page, url, [])
        page.on("pageerror", lambda error: window.errors.append(str(error)))
        for path in paths:
            page.goto(entered(page, url + path))
        return window

    @classmethod
    def silent(cls, context: BrowserContext, url: str, path: str) -> Window:
        """A window on a room that plays, whose browser has just refused to let it sound."""
        window = cls.of(context, url)
        window.visit_unheard(path)
        return window

    def visit_unheard(self, path: str) -> None:
        """Visit a room that plays, until the browser has refused to let it sound.

        To the browser, whoever drives a page is its user: it must not be asked anything before.
        """
        address = entered(self.page, self.url + path)
        self.page.add_init_script(TELL_REFUSALS)
        with self.page.expect_console_message(lambda told: "refused: NotAllowedError" in told.text):
            self.page.goto(address)

    @property
    def hears(self) -> dict[str, Any] | None:
        """What plays in this window, where, and when that was looked at."""
        heard: dict[str, Any] | None = self.page.evaluate(PLAYING_NOW)
        return heard

    def error_ms(self, player: dict[str, Any]) -> float:
        """How far this window is ahead of (behind, if negative) the timeline of ``player``; infinite if it is silent
        or plays something else."""
        heard = self.hears
        if heard is None or not heard["src"].endswith(player["entry"]["url"]) or heard["paused"] is player["playing"]:
            return float("inf")
        line = Timeline(player["playing"], player["position_ms"], player["rate"], player["effective_at_ms"])
        return float(heard["position_ms"]) - line.position_at(int(heard["at_ms"]))

    def close(self) -> None:
        assert self.errors == []
        self.page.context.close()


def entered(page: Page, url: str) -> str:
    """Where to go for ``url``: the room of an invitation, which is taken without a gesture that would allow sound."""
    if "/as/" not in url:
        return url
    browser = page.context.request
    shown = browser.get(url)
    token = CSRF_TOKEN.search(shown.text())
    if token is None or "/as/" not in shown.url:  # it was taken before
        return shown.url
    origin = re.match(r"\w+://[^/]+", url)
    headers = {"Origin": origin[0] if origin else "", "Referer": url}
    return browser.post(url, form={"csrfmiddlewaretoken": token[1]}, headers=headers).url
