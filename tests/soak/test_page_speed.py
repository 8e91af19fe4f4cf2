"""How soon a page can be used: counted in round trips, and in tasks that keep it busy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.soak.noise import unless_noisy
from tools.server import Server
from tools.visit import AS_IT_IS, Conditions, visit

LONG_TASK_MS = 200
RTT_MS = 700
FAR_AWAY = Conditions("far away", rtt_ms=RTT_MS)
"""So far that a round trip outlasts whatever else happens: what is counted is trips."""


@pytest.fixture
def bob(browser: Browser) -> Iterator[BrowserContext]:
    """Bob's browser, which was never here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@unless_noisy()
def test_a_room_answers_one_round_trip_after_a_page_of_nothing(demo: Server, bob: BrowserContext) -> None:
    """A room answers one round trip after an empty page.

    Script and style are all that it waits for, and they are fetched at once; neither leads to another.
    """
    nothing, room = (
        min(visit(bob, demo.url + path, FAR_AWAY, settle_ms=0).interactive_ms for _ in range(2))
        for path in ("/healthz", "/r/lounge")
    )
    assert nothing >= RTT_MS
    assert room - nothing < 1.9 * RTT_MS


@unless_noisy()
def test_no_task_of_loading_keeps_the_page_busy(demo: Server, bob: BrowserContext) -> None:
    """No task of loading a room keeps the page busy for 200 ms."""
    visit(bob, f"{demo.url}/r/lounge")
    seen = min(
        (visit(bob, f"{demo.url}/r/lounge", AS_IT_IS) for _ in range(2)),
        key=lambda seen: max((task["lasts_ms"] for task in seen.told["tasks"]), default=0),
    )
    assert [task for task in seen.told["tasks"] if task["lasts_ms"] > LONG_TASK_MS] == []
