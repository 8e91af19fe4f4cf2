"""The server's clock in a real browser: its requests, its events. The rest is in ``tests/unit/js/clock.test.mjs``."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.support.engine import Engine

HOUR_MS = 3_600_000
BURST = 8

START = """async () => {
    const { Clock } = await import('/static/rooms/clock/clock.js');
    window.clock = new Clock();
    window.heard = [];
    for (const name of ['offset', 'sleep']) clock.addEventListener(name, () => heard.push(name));
    clock.start();
}"""


def error_ms(started: Engine, page: Page) -> float:
    """How far the page's clock is from the server's, but for the time that asking takes."""
    before = started.server.now_ms
    now = float(page.evaluate("clock.now()"))
    after = started.server.now_ms
    return max(0, before - now) + max(0, now - after)


def test_the_clock_is_the_servers_and_asks_again_when_the_network_or_the_listener_returns(started: Engine) -> None:
    started.server.skew_ms = HOUR_MS
    page = started.page()
    page.evaluate(START)
    page.wait_for_function(f"heard.length >= {BURST}")
    # An answer is believed within half of the time that it took, and one that took a second is not believed at all.
    assert error_ms(started, page) <= 500
    happenings = ["window.dispatchEvent(new Event('online'))", "document.dispatchEvent(new Event('visibilitychange'))"]
    for times, happening in enumerate(happenings, 2):
        page.evaluate(happening)
        page.wait_for_function(f"heard.length >= {times * BURST}")


def test_a_server_that_cannot_be_asked_is_asked_again(started: Engine) -> None:
    page = started.page()
    page.route("**/api/v1/time", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.evaluate(START)
    assert page.evaluate("clock.isKnown") is False
    page.unroute("**/api/v1/time")
    page.wait_for_function("clock.isKnown")
