"""One Chromium for each worker: to start one takes longer than most tests, and a context is a browser of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.engine import Engine, engine
from tools.browser import launched


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Iterator[Browser]:
    """The worker's browser; what a module leaves open in it is closed."""
    yield chromium
    for context in list(chromium.contexts):
        context.close()


@pytest.fixture(scope="module")
def running(browser: Browser) -> Iterator[Engine]:
    with engine(browser) as running:
        yield running
