"""Everything that Alice and Bob do is done with a thumb, on a screen of 320 by 640, and nothing sticks out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.support.demo import alice_of
from tools.browser import Window
from tools.patience import until
from tools.people import Lounge
from tools.server import Server

WIDTH, HEIGHT = 320, 640
PHONE: dict[str, Any] = {
    "viewport": {"width": WIDTH, "height": HEIGHT},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
LYING: dict[str, Any] = {**PHONE, "viewport": {"width": 740, "height": 360}}
LINK = "https://media.example.org/A_Song.mp3"

SMALL = """([least, which]) => [...document.querySelectorAll(which)]
  .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((one) => !one.closest('.sr-only, p, [inert]'))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.width < least || box.height < least))
  .map(([one, box]) => `${one.outerHTML.slice(0, 90)}: ${box.width} by ${box.height}`)"""
"""Whatever can be pressed and is smaller than that; links within a sentence may be as high as its line."""

PRESSED = "button, a, input, select, summary"

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, demo: Server) -> Iterator[Open]:
    """Opens a path of the server with the demo room on a phone, or as told; if so wished once its sound is refused."""
    windows = []

    def open_window(path: str, *, refused: bool = False, **options: Any) -> Page:
        context = browser.new_context(**(options or PHONE))
        windows.append((Window.silent if refused else Window.of)(context, demo.url, path))
        return windows[-1].page

    yield open_window
    for window in windows:
        window.close()


@pytest.fixture(scope="module")
def alice(demo: Server) -> httpx.Client:
    return alice_of(demo)


@pytest.fixture
def api(alice: httpx.Client) -> httpx.Client:
    """Alice's client; the demo room plays its first track from its beginning."""
    client = alice
    first = client.get("/rooms/lounge/queue").json()["items"][0]
    started = client.patch("/rooms/lounge/player", json={"entry_id": first["id"], "position_ms": 0, "playing": True})
    assert started.status_code == 200, started.text
    return client


def part(page: Page, name: str) -> Locator:
    return page.locator(f"[data-part={name}]")


def player(api: httpx.Client) -> dict[str, Any]:
    return dict(api.get("/rooms/lounge/player").json())


def titles(api: httpx.Client) -> list[str]:
    return [entry["title"] for entry in api.get("/rooms/lounge/queue").json()["items"]]


def fits(page: Page) -> None:
    """Nobody has to scroll sideways, and the browser did not zoom out so that nobody has to.

    A page that is still loading is measured without its styles.
    """
    page.wait_for_load_state()
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.evaluate("innerWidth") <= width


def tap(page: Page, target: Locator) -> None:
    target.tap()
    fits(page)


def box(target: Locator) -> FloatRect:
    expect(target).to_be_visible()
    found = target.bounding_box()
    assert found is not None
    return found


def heard(page: Page) -> bool:
    return bool(page.evaluate("[...document.querySelectorAll('video')].some((one) => !one.paused && !one.muted)"))


# What is done


def test_a_guest_does_everything_with_a_thumb(api: httpx.Client, opened: Open) -> None:
    page = opened("/r/lounge", refused=True)
    fits(page)
    tap(page, page.get_by_role("button", name="Listen", exact=True).first)
    until(lambda: heard(page), "nothing is heard")
    tap(page, part(page, "mute"))
    until(lambda: not heard(page), "it is not muted")
    tap(page, part(page, "mute"))
    until(lambda: heard(page), "it stays muted")
    expect(page.locator(".queue > .row:visible").first).to_be_visible()
    tap(page, page.get_by_role("tab", name="People"))
    page.get_by_label("You listen as").fill("Bob")
    tap(page, part(page, "save-name"))
    expect(page.locator("[data-part=people]")).to_contain_text("Bob")
    tap(page, page.get_by_role("tab", name="Chat"))
    expect(page.locator("#chat-text")).to_be_in_viewport()
    expect(page.locator("#add-link")).to_be_hidden()
    page.locator("#chat-text").fill("Hello, all")
    tap(page, part(page, "chat-send"))
    expect(part(page, "chat-log")).to_contain_text("Hello, all")
    tap(page, page.get_by_role("tab", name="Queue"))
    page.locator("#add-link").fill(LINK)
    fits(page)
    tap(page, page.locator(".dock").get_by_role("button", name="Add"))
    expect(page.locator(".queue")).to_contain_text("A Song")
    assert "A Song" in titles(api)
    page.locator(".bar-home").tap()
    expect(page).to_have_url(re.compile(r"/$"))
    fits(page)


def test_a_host_starts_a_room_and_fills_it_with_a_thumb(opened: Open) -> None:
    page = opened("/")
    fits(page)
    page.locator("#name").fill("A room with a rather long name for such a phone")
    page.locator(".start").get_by_role("button").tap()
    expect(page).to_have_url(re.compile("/r/a-room"))
    expect(part(page, "connection")).to_have_attribute("data-state", "live")
    fits(page)
    page.locator("#add-first").fill(LINK)
    tap(page, page.locator(".welcome").get_by_role("button", name="Add"))
    expect(part(page, "title")).to_have_text("A Song")
    tap(page, part(page, "share-button"))
    expect(page.locator("#share-link")).to_be_visible()
    tap(page, page.locator(".screens > summary"))
    assert page.evaluate(SMALL, [24, PRESSED]) == []
    tap(page, part(page, "share").get_by_role("button", name="Close"))
    tap(page, part(page, "settings-button"))
    assert page.evaluate(SMALL, [24, PRESSED]) == []
    page.locator("#set-name").fill("Lounge")
    tap(page, part(page, "settings").get_by_role("button", name="Save"))
    expect(part(page, "room-name")).to_have_text("Lounge")


def test_a_host_leads_a_room_with_a_thumb(api: httpx.Client, opened: Open, host_path: str) -> None:
    page = opened(host_path, refused=True)
    fits(page)
    part(page, "notice-button").tap()
    tap(page, part(page, "play"))
    until(lambda: not player(api)["playing"], "it was not paused")
    tap(page, part(page, "play"))
    until(lambda: player(api)["playing"], "it was not started")
    first, second, third = titles(api)[:3]
    for way, title in (("next", second), ("previous", first)):
        tap(page, part(page, way))
        expect(part(page, "title")).to_have_text(title)
        expect(part(page, "transport")).to_have_attribute("aria-busy", "false")  # what comes next could overtake it
    tap(page, page.locator(".row", has_text=third).locator(".row-more"))
    tap(page, page.get_by_role("menuitem", name="Move up"))
    until(lambda: titles(api)[1:3] == [third, second], "it did not move up")
    tap(page, page.get_by_role("menuitem", name="Move down"))
    until(lambda: titles(api)[1:3] == [second, third], "it did not move down")
    api.post("/rooms/lounge/queue", json={"url": LINK.replace("A_Song", "unwanted")})
    page.keyboard.press("Escape")
    tap(page, page.locator(".row", has_text="unwanted").locator(".row-more"))
    tap(page, page.get_by_role("menuitem", name="Remove", exact=True))
    until(lambda: "unwanted" not in titles(api), "it is still there")


def test_what_is_said_covers_neither_a_notice_nor_the_queue(api: httpx.Client, opened: Open, host_path: str) -> None:
    page = opened(host_path, refused=True)
    expect(page.locator(".bar .badge")).to_be_visible()
    expect(part(page, "notice")).to_be_visible()
    api.post("/rooms/lounge/player/next", json={})
    said = box(page.locator(".toast"))  # it goes after some seconds
    notice, queue = box(part(page, "notice")), box(part(page, "queue"))
    assert said["y"] + said["height"] <= notice["y"]
    assert notice["y"] + notice["height"] <= queue["y"]


def test_what_is_said_takes_no_tap_that_was_meant_for_the_bar(api: httpx.Client, opened: Open, host_path: str) -> None:
    page = opened(host_path, refused=True)
    entry = api.get("/rooms/lounge/player").json()["entry"]
    renamed = {"title": "A song whose name is so long that it fills the bar of a phone"}
    assert api.patch(f"/rooms/lounge/queue/{entry['id']}", json=renamed).status_code == 200
    expect(part(page, "title")).to_have_text(renamed["title"])
    api.post("/rooms/lounge/player/next", json={})
    said, button = box(page.locator(".toast")), box(part(page, "share-button"))
    assert said["x"] < button["x"]
    assert said["x"] + said["width"] > button["x"] + button["width"]
    page.touchscreen.tap(button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
    expect(page.locator("#share-link")).to_be_visible()
    expect(page.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_a_tap_on_the_line_goes_where_the_finger_is(
    api: httpx.Client, opened: Open, host_path: str, share: float
) -> None:
    page = opened(host_path, refused=True)
    part(page, "notice-button").tap()
    api.patch("/rooms/lounge/player", json={"playing": False, "position_ms": 0})
    track = part(page, "track")
    expect(part(page, "seek-input")).to_be_enabled()
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    assert box
    track.tap(position={"x": box["width"] * share, "y": box["height"] / 2})
    length_ms = player(api)["entry"]["length_ms"]
    until(lambda: player(api)["position_ms"] > 0, "nothing moved")
    assert player(api)["position_ms"] == pytest.approx(length_ms * share, abs=length_ms / box["width"] + 10)
    fits(page)


def test_the_time_under_the_pointer_is_where_a_click_goes(api: httpx.Client, opened: Open, host_path: str) -> None:
    page = opened(host_path, viewport={"width": 1440, "height": 900})
    api.patch("/rooms/lounge/player", json={"playing": False, "position_ms": 0})
    box = part(page, "track").bounding_box()
    assert box
    expect(part(page, "seek-input")).to_be_enabled()
    for share in (0.02, 0.97):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        expect(part(page, "hover")).to_be_visible()
        shown = part(page, "hover").inner_text()
        page.mouse.down()
        page.mouse.up()
        expect(part(page, "elapsed")).to_have_text(shown)
    part(page, "seek-input").press("ArrowLeft")
    expect(part(page, "seek-input")).to_have_attribute("aria-valuetext", re.compile(r"\d:\d\d"))


def test_what_is_loaded_is_drawn_under_what_has_played(api: httpx.Client, opened: Open, host_path: str) -> None:
    page = opened(host_path, viewport={"width": 1440, "height": 900})
    width = "(name) => document.querySelector(`[data-part=${name}]`).getBoundingClientRect().width"
    until(lambda: page.evaluate(width, "loaded-line") > page.evaluate(width, "room-line") + 20, "nothing is loaded")
    assert page.evaluate(width, "loaded-line") <= page.evaluate(width, "track")


# What stays within reach


def scroll_to_end(page: Page) -> None:
    page.evaluate("scrollTo({ top: document.scrollingElement.scrollHeight, behavior: 'instant' })")


def test_a_small_player_stands_in_for_one_that_is_out_of_sight(api: httpx.Client, opened: Open, host_path: str) -> None:
    links = "\n".join(LINK.replace("A_Song", f"song-{number}") for number in range(8))
    assert api.post("/rooms/lounge/queue", json={"url": links}).status_code == 201
    page = opened(host_path, refused=True)
    part(page, "notice-button").tap()
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    expect(part(page, "mini-play")).to_be_hidden()
    scroll_to_end(page)
    for name in ("mini-play", "mini-title", "mini-mute"):
        expect(part(page, name)).to_be_in_viewport(ratio=1)
    expect(page.locator("#add-link")).to_be_in_viewport(ratio=1)
    expect(part(page, "mini-title")).to_have_text(player(api)["entry"]["title"])
    line = "document.querySelector('[data-part=mini-line]').getBoundingClientRect().width"
    drawn = page.evaluate(line)
    until(lambda: page.evaluate(line) > drawn, "the line stands still")
    tap(page, part(page, "mini-play"))
    until(lambda: not player(api)["playing"], "it was not paused")
    assert page.evaluate(SMALL, [44, ".mini button"]) == []
    last = page.locator(".queue > .row").last
    lowest = page.evaluate("document.querySelector('.dock').getBoundingClientRect().top")
    box = last.bounding_box()
    assert box
    assert box["y"] + box["height"] <= lowest, "the last row is under the small player"
    tap(page, part(page, "mini-title"))
    expect(part(page, "play")).to_be_in_viewport(ratio=1)
    expect(part(page, "mini-play")).to_be_hidden()


def test_what_is_pressed_is_no_smaller_than_a_fingertip(api: httpx.Client, opened: Open, host_path: str) -> None:
    page = opened(host_path)
    expect(page.locator(".queue > .row:visible").first).to_be_visible()
    assert page.evaluate(SMALL, [24, PRESSED]) == []
    assert page.evaluate(SMALL, [44, ".keys button"]) == []
    tap(page, page.locator(".row-more:visible").last)
    assert page.evaluate(SMALL, [24, ".menu > *"]) == []


def test_on_a_phone_that_lies_the_player_leaves_room_for_itself(
    api: httpx.Client, opened: Open, host_path: str
) -> None:
    page = opened(host_path, refused=True, **LYING)
    expect(part(page, "notice-button")).to_be_in_viewport(ratio=1)
    tap(page, part(page, "notice-button"))
    expect(part(page, "notice")).to_be_hidden()
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    for name in ("title", "track", "play", "next"):
        expect(part(page, name)).to_be_in_viewport(ratio=1)
    dock = page.locator(".dock").bounding_box()
    cover = part(page, "frame").bounding_box()
    assert dock
    assert cover
    assert cover["y"] + cover["height"] <= dock["y"], "the small player covers the large one"
    scroll_to_end(page)
    expect(part(page, "mini-play")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.querySelector('.dock').getBoundingClientRect().height") <= 360 / 4
    fits(page)


# Every page


PAGES = ["/", "/?search=nothing+is+called+that", "/r/lounge", "/r/lounge/tv", "/r/lounge/embed", "/r/none", "/none"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_a_phone_however_it_is_held(opened: Open, path: str) -> None:
    page = opened(path)
    fits(page)
    page.set_viewport_size(LYING["viewport"])
    fits(page)


def test_an_empty_room_is_no_wider_than_a_phone(lounge: Lounge, browser: Browser) -> None:
    for path in (f"/r/{lounge.slug}", lounge.host_url.removeprefix(lounge.server.url)):
        window = Window.open(browser, lounge.server.url, path, **PHONE)
        expect(part(window.page, "welcome-title")).to_be_visible()
        fits(window.page)
        window.close()


@pytest.mark.parametrize("path", ["/", "/r/lounge"])
def test_text_of_twice_the_size_fits(opened: Open, path: str) -> None:
    page = opened(path, viewport={"width": 640, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits(page)
