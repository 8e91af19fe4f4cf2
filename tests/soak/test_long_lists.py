"""What a long queue costs a browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.test_long_lists import LONG, PANEL, Open, hall, opened, whole
from tests.soak.noise import unless_noisy
from tools.people import Lounge
from tools.visit import WATCH, scroll_through

__all__ = ["hall", "opened"]  # fixtures

SHORTER = 200
LONG_TASK_MS = 200
FLING_PX, FLING_S = 10_000, 2.0
"""A strong fling of the finger."""


@unless_noisy()
def test_a_long_queue_costs_no_more_to_scroll_than_a_short_one(hall: Callable[..., Lounge], opened: Open) -> None:
    """A queue of 2,000 tracks costs no more to scroll than one of 200."""
    costs = {}
    for length in (SHORTER, LONG):
        page = whole(opened(hall(length, 0)), length)
        costs[length] = min(cost_of_scrolling(page) for _ in range(3))
    # Ten times as many rows; a busy machine may well double what the same takes.
    assert costs[LONG] < 3 * costs[SHORTER]


def cost_of_scrolling(page: Page) -> float:
    """Seconds that style, layout and scripts take in one fling."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")

    def spent() -> float:
        told = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
        return float(told["LayoutDuration"] + told["RecalcStyleDuration"] + told["ScriptDuration"])

    before = spent()
    scroll_through(page, PANEL, FLING_PX, FLING_S)
    return spent() - before


@unless_noisy()
def test_making_a_long_queue_never_keeps_the_page_busy(hall: Callable[..., Lounge], opened: Open) -> None:
    """Making the rows of 2,000 tracks never keeps the page busy for 200 ms."""
    lounge = hall(LONG, 0)
    page = opened(lounge)
    page.add_init_script(f"({WATCH})()")
    longest = []
    for _ in range(3):
        page.reload()
        whole(page, LONG)
        longest.append(max((task["lasts_ms"] for task in page.evaluate("seenWhileLoading.tasks")), default=0))
    # A busy machine makes any task long, but not the same one each time.
    assert min(longest) < LONG_TASK_MS, longest
