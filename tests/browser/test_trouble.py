"""What a page does where something is in its way: it says so, offers what helps, and goes on trying."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tools.browser import Window, until
from tools.people import Lounge
from tools.server import Server

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def part(page: Page, name: str) -> Any:
    return page.locator(f"[data-part={name}]")


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found
    return dict(found)


def sounds(page: Page) -> bool:
    return bool(page.evaluate("[...document.querySelectorAll('video')].some((one) => !one.paused && !one.muted)"))


def test_a_stream_that_is_held_back_is_asked_for_instead(lounge: Lounge, browser: Browser) -> None:
    window = Window.open(browser, lounge.server.url)
    page = window.page
    page.clock.install()
    held: list[Any] = []
    page.route("**/events*", lambda route: held.append(route))
    page.goto(f"{lounge.server.url}/r/{lounge.slug}")
    until(lambda: page.evaluate("true") and bool(held), "no stream was asked for")
    page.clock.run_for(11_000)
    expect(part(page, "connection")).to_have_attribute("data-state", "polling")
    expect(part(page, "connection-text")).to_have_text("A little late")
    lounge.alice.patch(lounge.path, json={"name": "Lounge at dusk"})
    page.clock.run_for(5_000)
    expect(part(page, "room-name")).to_have_text("Lounge at dusk")
    window.close()


def test_of_two_tabs_one_sounds_and_the_other_offers_to_take_over(demo: Server, browser: Browser) -> None:
    context = browser.new_context()
    first = Window.silent(context, demo.url, "/r/lounge").page
    first.get_by_role("button", name="Listen", exact=True).first.click()
    until(lambda: sounds(first), "the first tab is silent")
    second = Window.of(context, demo.url, "/r/lounge").page
    expect(second.locator('.notice[data-kind="elsewhere"]')).to_contain_text("It sounds in your other tab.")
    assert (sounds(first), sounds(second)) == (True, False)
    second.get_by_role("button", name="Listen here").click()
    expect(first.locator('.notice[data-kind="elsewhere"]')).to_be_visible()
    until(lambda: sounds(second) and not sounds(first), "it did not take over")
    context.close()


def test_a_video_that_cannot_be_had_is_tried_again_or_skipped_by_a_host(lounge: Lounge, browser: Browser) -> None:
    """On a phone, where messages stand in the bar and cover nothing."""
    lounge.add(VIDEO)
    lounge.control(playing=True)
    path = lounge.host_url.removeprefix(lounge.server.url)
    window = Window.open(browser, lounge.server.url, path, **PHONE)
    page = window.page
    notice = part(page, "notice")
    expect(notice).to_contain_text("YouTube could not be reached from your browser. It is tried again by itself.")
    expect(notice.get_by_role("button")).to_have_text(["Try again", "Skip"])
    expect(part(page, "elapsed")).to_have_text("–")
    expect(page.locator(".row[data-failed] .row-by")).to_have_text("Could not play here")
    expect(page.locator(".bar .badge")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "iframe_api" in request.url else None)
    notice.get_by_role("button", name="Try again").tap()
    until(lambda: page.evaluate("true") and bool(asked), "it was not tried again")
    expect(notice).to_contain_text("could not be reached")
    frame, said = box(page, ".frame"), box(page, ".notice")
    assert said["y"] >= frame["y"] + frame["height"]
    notice.get_by_role("button", name="Skip").tap()
    expect(notice).to_contain_text("The queue has ended.")
    assert lounge.snapshot()["player"]["ended"]
    toast, bar = box(page, ".toast"), box(page, ".bar")
    assert toast["y"] + toast["height"] <= bar["y"] + bar["height"]
    lounge.add("https://media.example.org/next.mp3")
    expect(part(page, "title")).to_have_text(re.compile("next"))
    window.close()
