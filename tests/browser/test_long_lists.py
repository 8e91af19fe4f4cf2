"""A queue of 2,000 entries is as quick as one of 20, and a crowd of 5,000 as quick as a handful."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import patient
from tools.browser import Window
from tools.people import Lounge
from tools.server import NO_TLS, Server

LONG, SHORT = 2_000, 20
PANEL = "#panel-queue"
ROWS = ".queue > .row"
MOST_PAGE_BYTES = 40_000

FILL = """
from players.links import parse
from rooms.core.change import change
from rooms.clock import now_ms
from rooms.models import Room
links = [parse(f"https://media.example.org/track-{{n:04}}.mp3") for n in range({length})]
with change(Room.objects.get(slug={slug!r}), now_ms()) as lent:
    entries = lent.queue.add(links, now_ms(), after=None, at_end=True, member=None)
    if {current} is not None:
        lent.player.jump(entries[{current}], now_ms())
        lent.player.pause(now_ms())
"""

ROWS_CHANGED = """async (act) => {
  const seen = []
  const observer = new MutationObserver((changes) => seen.push(...changes))
  observer.observe(document.querySelector('.queue'), { childList: true })
  window.rowsChanged = () => {
    seen.push(...observer.takeRecords())
    const rows = (which) => seen.flatMap((change) => [...change[which]]).length
    return [rows('addedNodes'), rows('removedNodes')]
  }
}"""

Open = Callable[[Lounge], Page]


@pytest.fixture
def hall(server: Server) -> Callable[[int, int | None], Lounge]:
    """A room with a queue of so many entries, of which one plays."""

    def make(length: int, current: int | None = None) -> Lounge:
        lounge = Lounge.open(server)
        server.shell(FILL.format(slug=lounge.slug, length=length, current=current))
        return lounge

    return make


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Alice's window, who hosts."""
    windows = []

    def open_window(lounge: Lounge) -> Page:
        path = lounge.host_url.removeprefix(lounge.server.url)
        windows.append(Window.open(browser, lounge.server.url, path, viewport={"width": 1440, "height": 900}))
        return windows[-1].page

    yield open_window
    for window in windows:
        window.close()


def whole(page: Page, length: int) -> Page:
    """The page once all of its rows are there."""
    expect(page.locator(ROWS)).to_have_count(length)
    return page


# What the page begins with


def test_the_page_of_a_long_queue_is_no_longer_than_its_beginning(hall: Callable[..., Lounge]) -> None:
    lounge = hall(LONG)
    with httpx.stream("GET", f"{lounge.server.url}/r/{lounge.slug}", verify=NO_TLS) as page:
        size = sum(len(part) for part in page.iter_raw())
    assert 0 < size <= MOST_PAGE_BYTES


def test_the_server_writes_numbers_as_the_scripts_do(hall: Callable[..., Lounge]) -> None:
    lounge = hall(LONG, 1_500)
    page = patient.get(f"{lounge.server.url}/r/{lounge.slug}").text
    assert f'data-part="queue-count">{LONG:,}</span>' in page
    assert 'data-part="played-text">1,500 played</span>' in page


# What is there in the end


def test_all_of_a_long_queue_is_there_in_the_end_in_its_order(hall: Callable[..., Lounge], opened: Open) -> None:
    lounge = hall(LONG, 1_000)
    page = whole(opened(lounge), LONG)
    titles = page.locator(f"{ROWS} .row-title").all_text_contents()
    assert titles == [f"track-{number:04}" for number in range(LONG)]
    assert page.locator("[data-part=queue-count]").text_content() == f"{LONG:,}"
    assert page.locator("[data-part=played-text]").text_content() == "1,000 played"
    assert page.locator(".toast").count() == 0


def test_a_row_far_below_is_found_by_the_browser_and_by_screen_readers(
    hall: Callable[..., Lounge], opened: Open
) -> None:
    page = whole(opened(hall(LONG, 0)), LONG)
    assert page.evaluate("window.find('track-1987')")
    assert page.evaluate("getSelection().anchorNode.parentElement.closest('.row').checkVisibility()")
    expect(page.get_by_role("listitem").filter(has_text="track-1876")).to_have_count(1)


def test_while_the_rest_is_on_its_way_the_room_can_be_used(hall: Callable[..., Lounge], opened: Open) -> None:
    lounge = hall(LONG, 0)
    page = opened(lounge)
    page.route(f"**/api/v1{lounge.path}", lambda route: route.abort())
    page.reload()
    page.locator("[data-part=next]").click()
    expect(page.locator("[data-part=title]")).to_have_text("track-0001")
    whole(page, LONG)


# What it costs


@pytest.mark.parametrize("length", [SHORT, LONG - 1])
def test_one_change_touches_one_row_however_long_the_queue_is(
    hall: Callable[..., Lounge], opened: Open, length: int
) -> None:
    lounge = hall(length, 0)
    page = whole(opened(lounge), length)
    ids = [entry["id"] for entry in lounge.snapshot()["queue"]]
    changed: list[list[int]] = []
    for act in (
        lambda: lounge.add("https://media.example.org/last.mp3"),
        lambda: lounge.alice.delete(f"{lounge.path}/queue/{ids[5]}"),
        lambda: lounge.alice.patch(f"{lounge.path}/queue/{ids[3]}", json={"after": ids[9]}),
        lambda: lounge.alice.patch(f"{lounge.path}/queue/{ids[9]}", json={"after": ids[0]}),
    ):
        page.evaluate(ROWS_CHANGED)
        act()
        version = lounge.snapshot()["version"]
        page.wait_for_function("() => rowsChanged().some(Boolean)")
        changed.append(page.evaluate("rowsChanged()"))
        assert version
    assert changed == [[1, 0], [0, 1], [1, 1], [1, 1]]
