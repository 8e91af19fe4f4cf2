"""From a shared link to music: at most one click, in a browser that lets nothing sound without one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.support.demo import alice_of
from tools.browser import Window
from tools.patience import until
from tools.server import Server

ROOM = "/r/lounge"
COUNTED = "window.gestures = 0; addEventListener('pointerdown', (e) => e.isTrusted && (window.gestures += 1), true)"
SOUNDS = """() => [...document.querySelectorAll('video, audio')].some((one) =>
    one.currentSrc && !one.paused && !one.muted && one.volume > 0 && one.currentTime > 0)"""
SIZES = [ViewportSize(width=width, height=height) for width, height in ((1440, 900), (390, 844), (320, 568))]


@pytest.fixture(scope="module")
def lounge(demo: Server) -> httpx.Client:
    """The demo room, playing a direct link from its start."""
    return alice_of(demo)


@pytest.fixture
def playing(lounge: httpx.Client) -> httpx.Client:
    first = lounge.get("/rooms/lounge/queue").json()["items"][0]
    change = {"entry_id": first["id"], "position_ms": 1_000, "playing": True}
    assert lounge.patch("/rooms/lounge/player", json=change).status_code == 200
    return lounge


@pytest.fixture
def guest(demo: Server, browser: Browser, playing: httpx.Client) -> Iterator[Page]:
    """Bob's window, who opened the link that Alice sent, and touched nothing yet."""
    yield from opened(demo, browser, SIZES[1])


@pytest.fixture(params=SIZES, ids=lambda size: str(size["width"]))
def any_guest(request: pytest.FixtureRequest, demo: Server, browser: Browser, playing: httpx.Client) -> Iterator[Page]:
    """The same on screens of several sizes."""
    yield from opened(demo, browser, request.param)


def opened(demo: Server, browser: Browser, size: ViewportSize) -> Iterator[Page]:
    context = browser.new_context(viewport=size)
    context.add_init_script(COUNTED)
    window = Window.silent(context, demo.url, ROOM)
    yield window.page
    window.close()


def sounds(page: Page) -> bool:
    return bool(page.evaluate(SOUNDS))


def test_one_click_leads_from_a_shared_link_to_music(any_guest: Page) -> None:
    listen = any_guest.get_by_role("button", name="Listen", exact=True).first
    expect(listen).to_be_visible()
    expect(listen).to_be_in_viewport(ratio=1)
    notice = any_guest.locator('.notice[data-kind="blocked"]')
    expect(notice).to_contain_text("Your browser blocked the sound.")
    box = notice.get_by_role("button").bounding_box()
    assert box is not None
    assert round(box["height"]) >= 56
    assert not sounds(any_guest)
    listen.click()
    until(lambda: sounds(any_guest), "nothing can be heard after the click")
    expect(notice).to_be_hidden()
    assert any_guest.evaluate("gestures") == 1


def test_nobody_is_asked_for_a_name_before_the_music_nor_given_the_hosts_controls(guest: Page) -> None:
    expect(guest.get_by_role("button", name="Listen", exact=True).first).to_be_visible()
    assert guest.locator("dialog[open], [popover]:popover-open").count() == 0
    assert guest.evaluate("document.activeElement === document.body")
    expect(guest.get_by_label("You listen as")).to_be_hidden()
    controls = guest.get_by_role("button", name=re.compile("^(next|previous)", re.IGNORECASE))
    expect(controls.locator("visible=true")).to_have_count(0)


def test_the_keyboard_starts_the_music_as_well(guest: Page) -> None:
    expect(guest.get_by_role("button", name="Listen", exact=True).first).to_be_visible()
    guest.keyboard.press("Space")
    until(lambda: sounds(guest), "nothing can be heard after the key")


def test_any_touch_of_the_page_is_enough(guest: Page) -> None:
    expect(guest.get_by_role("button", name="Listen", exact=True).first).to_be_visible()
    guest.locator(".now-title").click()
    until(lambda: sounds(guest), "nothing can be heard after a click elsewhere")


def test_whoever_comes_from_the_home_page_clicks_no_more(demo: Server, browser: Browser, playing: httpx.Client) -> None:
    window = Window.open(browser, demo.url, "/")
    window.page.get_by_role("link", name="Lounge").first.click()
    until(lambda: sounds(window.page), "nothing can be heard though the page was clicked before")
    window.close()


def test_a_name_is_changed_in_one_place(guest: Page) -> None:
    assert guest.locator('input[name="name"][autocomplete="nickname"]').count() == 1
    guest.get_by_role("tab", name="People").click()
    guest.get_by_label("You listen as").fill("Bob")
    guest.get_by_role("button", name="Save").click()
    expect(guest.locator("[data-part=people]")).to_contain_text("Bob")
