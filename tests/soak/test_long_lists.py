"""What a long queue costs a browser, and the server."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, expect

from tests.browser.test_long_lists import LONG, PANEL, SHORT, Open, hall, opened, whole
from tests.soak.noise import unless_noisy
from tools.people import Lounge
from tools.server import Server, served
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


def test_a_file_of_5_000_links_is_added_under_a_progress_bar(prepared: Path, tmp_path: Path, opened: Open) -> None:
    """A file of 5,000 links is added to a room's queue by its page, under a progress bar."""
    with served(prepared, tmp_path, MAX_QUEUE="5000") as server:
        lounge = Lounge.open(server)
        page = opened(lounge)
        text = "\n".join(f"https://media.example.org/track-{number}.mp3" for number in range(5_000))
        page.locator("[data-part=queue-file]").set_input_files(
            {"name": "all.txt", "mimeType": "text/plain", "buffer": text.encode()}
        )
        expect(page.get_by_role("progressbar", name="Adding “all.txt”…")).to_be_visible()
        expect(page.get_by_text("Added 5,000 tracks to the queue.")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("progressbar")).to_have_count(0)
        assert len(lounge.snapshot()["queue"]) == 5_000


@unless_noisy()
def test_a_seek_in_a_long_fair_queue_costs_as_much_as_in_a_short_one(server: Server) -> None:
    """In fair order a host's PATCH costs in a queue of 2,000 at most 1.2 times what it costs in one of 20."""
    lounges = {}
    for length in (SHORT, LONG):
        lounge = lounges[length] = Lounge.open(server, rules={"order": "fair"})
        lounge.control(entry_id=lounge.add("https://media.example.org/first.mp3")["id"])
        for start in range(1, length, 200):
            lounge.add("\n".join(f"https://media.example.org/{n}.mp3" for n in range(start, min(length, start + 200))))
    took: dict[int, list[float]] = {SHORT: [], LONG: []}
    for position_s in range(1, 201):
        for length, lounge in lounges.items():
            began_s = time.perf_counter()
            lounge.control(position_ms=position_s * 1_000)
            took[length].append(time.perf_counter() - began_s)
    assert median(took[LONG]) <= 1.2 * median(took[SHORT]), {length: median(all_s) for length, all_s in took.items()}
