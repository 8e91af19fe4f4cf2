"""On a wide screen queue and chat stand side by side, and nothing of that is seen on narrower ones."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tools.browser import Window
from tools.server import Server

SHIFTS = """() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifted += entry.hadRecentInput ? 0 : entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
}"""


def left_edges(page: Page) -> tuple[float, float]:
    """Of the queue and of the chat."""
    boxes = [page.locator(part).bounding_box() for part in ("#panel-queue", "#panel-chat")]
    assert boxes[0]
    assert boxes[1]
    return boxes[0]["x"], boxes[1]["x"]


def test_queue_and_chat_have_a_column_each_where_there_is_room(demo: Server, browser: Browser) -> None:
    window = Window.open(browser, demo.url, viewport={"width": 1600, "height": 900})
    page = window.page
    page.add_init_script(f"({SHIFTS})()")
    page.goto(f"{demo.url}/r/lounge")
    expect(page.locator(".live")).to_have_attribute("data-state", "live")
    queue, chat = left_edges(page)
    assert chat > queue + 300
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    page.get_by_role("tab", name="People").click()
    expect(page.locator("#panel-people")).to_be_visible()
    expect(page.locator("#panel-queue")).to_be_visible()
    expect(page.locator("#panel-chat")).to_be_hidden()
    assert page.evaluate("shifted") < 0.02
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("tab", name="Queue").click()
    queue, chat = left_edges(page)
    assert queue == chat
    expect(page.get_by_role("heading", name="Queue")).to_be_hidden()
    window.close()
