"""The browser's idea of the server's clock, in a real browser against a server whose clock is wrong on purpose."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.engine import Engine

HOUR_MS = 3_600_000
BURST = 8

START = """async () => {
    const { Clock } = await import('/static/rooms/clock/clock.js');
    window.clock = new Clock();
    window.heard = [];
    for (const name of ['offset', 'sleep']) clock.addEventListener(name, () => heard.push(name));
    window.before = clock.isKnown;
    clock.start();
}"""


def page_with_clock(started: Engine) -> Page:
    page = started.page()
    page.evaluate(START)
    page.wait_for_function("clock.isKnown")
    return page


def error_ms(started: Engine, page: Page) -> Any:
    """How far the page's clock is from the server's, but for the time that asking takes."""
    before = started.server.now_ms
    now = page.evaluate("clock.now()")
    after = started.server.now_ms
    return max(0, before - now) + max(0, now - after)


def test_the_clock_is_the_servers_however_wrong_the_machines_is(started: Engine) -> None:
    started.server.skew_ms = HOUR_MS
    page = page_with_clock(started)
    assert page.evaluate("window.before") is False
    page.wait_for_function(f"heard.filter((name) => name === 'offset').length >= {BURST}")
    assert error_ms(started, page) < 30


def test_it_asks_eight_times_and_then_rests(started: Engine) -> None:
    page = page_with_clock(started)
    page.wait_for_function(f"heard.length >= {BURST}")
    page.wait_for_timeout(1_000)
    assert started.server.count("/api/v1/time") == BURST


@pytest.mark.parametrize(
    "happening", ["window.dispatchEvent(new Event('online'))", "document.dispatchEvent(new Event('visibilitychange'))"]
)
def test_it_asks_again_when_the_network_or_the_listener_returns(started: Engine, happening: str) -> None:
    page = page_with_clock(started)
    page.wait_for_function(f"heard.length >= {BURST}")
    page.evaluate(happening)
    page.wait_for_function(f"heard.length >= {2 * BURST}")


def test_a_sleep_is_noticed_and_slept_time_counted(started: Engine) -> None:
    page = page_with_clock(started)
    page.wait_for_function(f"heard.length >= {BURST}")
    # A machine that slept: its monotonic clock stood still, everybody else's went on.
    started.server.skew_ms = HOUR_MS
    page.evaluate(f"() => {{ const real = Date.now.bind(Date); Date.now = () => real() + {HOUR_MS}; }}")
    page.wait_for_function("heard.includes('sleep')")
    assert error_ms(started, page) < 100
    page.wait_for_function("heard.lastIndexOf('offset') > heard.indexOf('sleep')")
    assert error_ms(started, page) < 100


@pytest.mark.parametrize("hours", [1, -1])
def test_a_machine_whose_clock_is_set_keeps_the_servers_time_all_along(started: Engine, hours: int) -> None:
    """It cannot be told from a sleep before the server has answered, which takes a while."""
    page = page_with_clock(started)
    page.wait_for_function(f"heard.length >= {BURST}")
    started.server.time_takes_s = 0.5
    page.evaluate("""() => {
        window.zero = clock.now() - performance.now();
        window.worst = 0;
        setInterval(() => (worst = Math.max(worst, Math.abs(clock.now() - performance.now() - zero))), 5);
    }""")
    page.evaluate(f"() => {{ const real = Date.now.bind(Date); Date.now = () => real() + {hours * HOUR_MS}; }}")
    page.wait_for_function("heard.includes('sleep')")
    page.wait_for_function("heard.lastIndexOf('offset') > heard.indexOf('sleep')")
    assert page.evaluate("worst") < 100
    assert error_ms(started, page) < 100


def test_a_sleep_is_believed_the_calendar_where_the_server_cannot_be_asked(started: Engine) -> None:
    page = page_with_clock(started)
    page.wait_for_function(f"heard.length >= {BURST}")
    page.context.set_offline(True)
    started.server.skew_ms = HOUR_MS
    page.evaluate(f"() => {{ const real = Date.now.bind(Date); Date.now = () => real() + {HOUR_MS}; }}")
    page.wait_for_function("heard.includes('sleep')")
    assert error_ms(started, page) < 100


# Where in a round trip the time is spent

FAR_MS = 60
"""How long the server takes to answer, so that a page has time to be busy meanwhile."""


def off_by_ms(page: Page) -> float:
    """How far the page's clock is ahead of the server's, which is that of this machine."""
    return float(page.evaluate("clock.now() - Date.now()"))


def test_a_page_that_is_busy_when_the_answers_come_is_not_late(started: Engine) -> None:
    started.server.time_takes_s = FAR_MS / 1000
    page = started.page()
    # Whenever something was asked, it is busy from before the answer to after it.
    page.evaluate("""() => {
        const ask = window.fetch.bind(window);
        window.fetch = (...how) => {
            const answer = ask(...how);
            setTimeout(() => { for (const end = performance.now() + 120; performance.now() < end; ); }, 20);
            return answer;
        };
    }""")
    page.evaluate(START)
    page.wait_for_function(f"heard.length >= {BURST}")
    assert off_by_ms(page) == pytest.approx(0, abs=15)


def test_a_stopped_clock_asks_nothing_more_and_can_start_again(started: Engine) -> None:
    page = page_with_clock(started)
    page.evaluate("clock.stop()")
    page.wait_for_timeout(300)
    asked = started.server.count("/api/v1/time")
    page.wait_for_timeout(700)
    assert started.server.count("/api/v1/time") == asked
    page.evaluate("() => { heard.length = 0; clock.start(); }")
    page.wait_for_function(f"heard.length >= {BURST}")


def test_a_server_that_cannot_be_asked_is_asked_again(started: Engine) -> None:
    page = started.page()
    page.route("**/api/v1/time", lambda route: route.abort())
    page.evaluate(START)
    page.wait_for_timeout(300)
    assert page.evaluate("clock.isKnown") is False
    assert abs(page.evaluate("clock.now() - Date.now()")) < 5
    page.unroute("**/api/v1/time")
    page.wait_for_function("clock.isKnown")
