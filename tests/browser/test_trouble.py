"""What a page does where something is in its way: it says so, offers what helps, and goes on trying."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.test_queue_input import LASTING
from tools import youtube
from tools.browser import Window, entered
from tools.patience import until
from tools.people import Lounge
from tools.server import Server

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
SEEKS = "youtubeStandIn.calls.filter(({ name }) => name === 'seekTo').length"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def part(page: Page, name: str) -> Any:
    return page.locator(f"[data-part={name}]")


def edges(page: Page, selector: str) -> tuple[float, float]:
    """Where an element begins and ends, from the top of the window."""
    found = page.locator(selector).first.bounding_box()
    assert found
    return found["y"], found["y"] + found["height"]


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
    until(lambda: sounds(first), "the first tab fell silent")  # not while it is corrected
    assert not sounds(second)
    second.get_by_role("button", name="Listen here").click()
    expect(first.locator('.notice[data-kind="elsewhere"]')).to_be_visible()
    until(lambda: sounds(second) and not sounds(first), "it did not take over")
    context.close()


def test_a_video_that_cannot_be_had_is_tried_again_or_skipped_by_a_host(lounge: Lounge, browser: Browser) -> None:
    """On a phone, where messages stand in the bar and cover nothing."""
    lounge.add(VIDEO)
    lounge.control(playing=True)
    window = Window.open(browser, lounge.server.url, **PHONE)
    page = window.page
    page.add_init_script(LASTING)
    page.goto(entered(page, lounge.host_url))
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
    until(lambda: edges(page, ".notice")[1] <= edges(page, ".frame")[1], "the notice hangs over the picture")
    notice.get_by_role("button", name="Skip").tap()
    expect(notice).to_contain_text("The queue has ended.")
    until(lambda: bool(lounge.snapshot()["player"]["ended"]), "the skip did not reach the server")
    until(lambda: edges(page, ".toast")[1] <= edges(page, ".bar")[1], "what is said covers the player once it stands")
    lounge.add("https://media.example.org/next.mp3")
    expect(part(page, "title")).to_have_text(re.compile("next"))
    window.close()


def test_a_room_stays_with_a_live_stream_of_youtube_and_joins_it_where_it_is_after_a_pause(
    lounge: Lounge, browser: Browser
) -> None:
    """Its length is the time so far: a room that believes it leaves after seconds, or plays what was live long ago."""
    context = browser.new_context()
    youtube.intercept(context, live={"dQw4w9WgXcQ": {"elapsedS": 8, "keptS": 600}})
    window = Window.of(context, lounge.server.url)
    page = window.page
    page.unroute_all()  # it would refuse the stand-in as well
    page.goto(entered(page, lounge.host_url))
    entry = lounge.add(VIDEO)
    lounge.control(playing=True)
    page.mouse.click(5, 5)
    expect(part(page, "live-mark")).to_have_text("Live")
    expect(part(page, "live-mark")).to_be_visible()

    def truth() -> Any:
        told = page.evaluate("youtubeStandIn.players[0].truth")
        return {**told, "behindMs": told["lengthMs"] - told["positionMs"]}

    until(lambda: truth()["isMoving"] and truth()["behindMs"] < 2_000, "it plays what was live when the stream began")
    until(lambda: truth()["lengthMs"] > 14_000, "it goes no farther")
    before = page.evaluate(SEEKS)
    player = lounge.snapshot()["player"]
    assert (player["entry_id"], player["playing"], player["ended"]) == (entry["id"], True, False)
    assert (player["entry"]["is_live"], player["entry"]["length_ms"]) == (True, None)

    lounge.control(playing=False)
    until(lambda: truth()["behindMs"] > 2_500, "it plays on")
    lounge.control(playing=True)
    until(lambda: truth()["isMoving"] and truth()["behindMs"] < 2_000, "it plays what was live before the pause")
    assert page.evaluate(SEEKS) == before
    window.close()
