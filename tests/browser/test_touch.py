"""What is dragged by a finger, which the browser would rather scroll with."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from tests.support.tones import tone
from tools.browser import Window, entered
from tools.patience import until
from tools.people import Lounge
from tools.server import Server

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780},
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
}


def music(route: Route) -> None:
    route.fulfill(body=tone(300), content_type="audio/wav", headers={"Access-Control-Allow-Origin": "*"})


def test_a_finger_drags_a_row_past_the_edge_of_the_screen(server: Server, browser: Browser) -> None:
    lounge = Lounge.open(server)
    first, *_ = [lounge.add(f"https://media.example.org/Dragged_{number}.wav") for number in range(24)]
    lounge.control(entry_id=first["id"])
    window = Window.open(browser, server.url, **PHONE)
    page = window.page
    page.route("https://media.example.org/**", music)
    page.goto(entered(page, lounge.host_url))
    page.goto(f"{server.url}/r/{lounge.slug}")
    expect(page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
    held_id = str(page.locator(".row").nth(1).get_attribute("data-id"))
    held = page.locator(f'.row[data-id="{held_id}"]')
    held.scroll_into_view_if_needed()
    box = held.locator(".row-lead").bounding_box()
    assert box
    finger = Finger(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    scrolled = page.evaluate("scrollY")
    dock = page.locator(".dock").bounding_box()
    assert dock
    finger.down()
    finger.to(dock["y"] - 20)
    until(lambda: page.evaluate("scrollY") > scrolled + 400, "it does not scroll at the lower edge")
    assert "is-lifted" in (held.get_attribute("class") or "")
    landed = held.bounding_box()
    assert landed
    assert landed["y"] < dock["y"], "the row is under the dock"
    finger.to(400)
    finger.up()

    def place() -> int:
        return [str(entry["id"]) for entry in lounge.snapshot()["queue"]].index(held_id)

    until(lambda: place() > 6, "it was not dropped behind what had been out of sight")
    assert held.evaluate("(one) => one.style.transform") == ""
    before = place()
    box = held.locator(".row-lead").bounding_box()
    assert box
    finger = Finger(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    finger.down()
    finger.to(10)
    until(lambda: page.evaluate("scrollY") < 300, "it does not scroll at the upper edge")
    finger.cancel()
    expect(page.locator(".is-lifted")).to_have_count(0)
    expect(page.locator(".drop-line")).to_have_count(0)
    assert place() == before, "what the system takes away from the finger moves nothing"
    window.close()


class Finger:
    """One touch, as the browser's own input brings it."""

    def __init__(self, page: Page, x: float, y: float) -> None:
        self._page, self._cdp = page, page.context.new_cdp_session(page)
        self._x, self._y = x, y

    def down(self) -> None:
        self._send("touchStart", [{"x": self._x, "y": self._y}])

    def to(self, y: float, steps: int = 8) -> None:
        start = self._y
        for step in range(1, steps + 1):
            self._y = start + (y - start) * step / steps
            self._send("touchMove", [{"x": self._x, "y": self._y}])
            self._page.wait_for_timeout(16)

    def up(self) -> None:
        self._send("touchEnd", [])

    def cancel(self) -> None:
        self._send("touchCancel", [])

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        self._cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
