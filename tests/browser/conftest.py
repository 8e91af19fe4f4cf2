"""One Chromium for each worker: to start one takes longer than most tests, and a context is a browser of its own.

Their readers want reduced motion, unless a test is about what moves: drawing it is a quarter of what a page costs, and
what is on its way cannot be measured. Nor do they install the service worker, another twentieth, unless a test is about
it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support.engine import Engine, engine
from tools.browser import launched


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with launched(reduced_motion="reduce", service_workers="block") as browser:
        yield browser


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Iterator[Browser]:
    """The worker's browser, left to the next module without a page."""
    yield chromium
    close_all_but(set(), chromium)


@pytest.fixture(autouse=True)
def _pages_end_with_their_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a failed test leaves open would go on playing, and slow the tests that follow.

    No browser is started for tests without one: Playwright's event loop keeps Django from the database.
    """
    if "browser" not in request.fixturenames:
        yield
        return
    chromium: Browser = request.getfixturevalue("chromium")
    before = set(chromium.contexts)
    yield
    close_all_but(before, chromium)


def close_all_but(kept: set[BrowserContext], browser: Browser) -> None:
    for context in set(browser.contexts) - kept:
        context.close()


@pytest.fixture(scope="module")
def running(browser: Browser) -> Iterator[Engine]:
    with engine(browser) as running:
        yield running
