"""The sleep timer on the page: one listener stops, and the room plays on."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tools.browser import Window
from tools.patience import until
from tools.server import Server


def test_a_listener_falls_asleep_alone(demo: Server, browser: Browser) -> None:
    page = (window := Window.open(browser, demo.url)).page
    page.clock.install()
    page.goto(f"{demo.url}/r/lounge")
    # With sound or, where the browser asks for a click first, without: it plays.
    until(lambda: page.evaluate("[...document.querySelectorAll('video')].some((one) => !one.paused)"), "it is silent")
    page.locator("[data-part=sync]").click()
    page.get_by_label("Sleep timer, for you only").select_option("15 minutes")
    expect(page.locator("[data-part=sleep-left]")).to_have_text(re.compile(r"^(15:00|14:5\d) left$"))
    page.clock.fast_forward("15:00")
    expect(page.locator("[data-part=toasts]")).to_contain_text("The sleep timer stopped the music for you.")
    expect(page.locator('.notice[data-kind="alone"]')).to_be_visible()
    expect(page.get_by_label("Sleep timer, for you only")).to_have_value("")
    assert window.errors == []
    window.close()
