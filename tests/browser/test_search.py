"""Words in the field that takes links: what they find is heard, and added by keyboard or by thumb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.test_queue_input import kept
from tests.support import axe
from tests.support.tones import tone
from tests.support.youtube_api import KEY, Known, YouTubeApi, youtube_api
from tools import youtube as youtube_player
from tools.browser import Window, entered
from tools.patience import until
from tools.people import Lounge
from tools.server import Server, served

HOW_LOUD = """
window.loud = []
const play = HTMLMediaElement.prototype.play
HTMLMediaElement.prototype.play = function () {
  window.loud.push([this.currentSrc || this.src, this.volume])
  if (this instanceof HTMLAudioElement) window.heard = this
  return play.call(this)
}
"""

ROOM = "document.querySelector('[data-part=stage] video').volume"

SEEN = """() => {
  const video = youtubeStandIn.players?.at(-1)
  return video && [video.getPlayerState(), video.getVolume()]
}"""


@pytest.fixture(scope="module")
def youtube() -> Iterator[YouTubeApi]:
    with youtube_api() as api:
        api.videos = [Known("aaaaaaaaaaa", "Night Train (Live)"), Known("bbbbbbbbbbb", "Night Owls & Bats")]
        yield api


@pytest.fixture(scope="module")
def searching(prepared: Path, tmp_path_factory: pytest.TempPathFactory, youtube: YouTubeApi) -> Iterator[Server]:
    """A server with a key for YouTube's stand-in."""
    with served(
        prepared, tmp_path_factory.mktemp("search"), YOUTUBE_API_KEY=KEY, YOUTUBE_API_URL=youtube.url
    ) as server:
        yield server


@pytest.fixture
def lounge(searching: Server, youtube: YouTubeApi) -> Lounge:
    """A room of Alice's where Night_Bus.mp3 was skipped, paused on what came behind."""
    youtube.asked.clear()
    lounge = Lounge.open(searching)
    first, _ = [lounge.add(f"https://media.example.org/{name}.mp3") for name in ("Night_Bus", "Day_Trip")]
    lounge.control(entry_id=first["id"], playing=True)
    lounge.alice.post(f"{lounge.path}/player/next")
    lounge.control(playing=False)
    return lounge


def opened(browser: Browser, lounge: Lounge, width: int, **options: bool) -> Window:
    window = Window.open(browser, lounge.server.url, viewport={"width": width, "height": 720}, **options)
    page = window.page
    page.add_init_script(HOW_LOUD)
    youtube_player.intercept(page)
    sound = tone(20)
    page.route("https://media.example.org/**", lambda route: route.fulfill(body=sound, content_type="audio/wav"))
    page.goto(entered(page, lounge.host_url))
    expect(page.locator(".live")).to_have_attribute("data-state", "live")
    return window


@pytest.fixture
def alice(browser: Browser, lounge: Lounge) -> Iterator[Page]:
    window = opened(browser, lounge, 1280)
    yield window.page
    window.close()


def test_a_track_is_found_heard_and_added_by_keyboard_alone(alice: Page, lounge: Lounge, youtube: YouTubeApi) -> None:
    field = alice.locator("#add-link")
    field.press_sequentially("night")
    tracks = alice.locator(".found-track")
    expect(tracks).to_contain_text(["Night Bus", "Night Train (Live)", "Night Owls & Bats"])
    expect(tracks.nth(0)).to_contain_text("played here")
    expect(tracks.nth(1)).to_contain_text("3:33")
    assert youtube.asked.count("search") < len("night"), "YouTube was asked about each letter"
    axe.expect_none(alice, "what was found")
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("ArrowRight")
    expect(field).to_have_attribute("aria-activedescendant", "add-link-found-0-1")
    alice.keyboard.press("Enter")
    hear = alice.get_by_role("button", name="Hear Night Bus quietly")
    expect(hear).to_have_attribute("aria-pressed", "true")
    until(lambda: alice.evaluate("loud.at(-1)?.[1]") == 0.3, "it is not heard, or not quietly")
    alice.keyboard.press("Enter")
    expect(hear).to_have_attribute("aria-pressed", "false")
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("ArrowRight")
    alice.keyboard.press("Enter")
    until(lambda: alice.evaluate(SEEN) == [1, 30], "the video does not play, or not quietly")
    box = alice.locator(".found-video iframe").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 200
    assert alice.evaluate("youtubeStandIn.problems") == []
    alice.keyboard.press("ArrowLeft")
    alice.keyboard.press("Enter")
    until(lambda: len(kept(lounge)) == 3, "nothing was added")
    assert lounge.snapshot()["queue"][-1]["media_id"] == "aaaaaaaaaaa"
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    field.press_sequentially("owls")
    expect(tracks).to_have_count(1)
    alice.keyboard.press("Escape")
    expect(tracks).to_be_hidden()
    expect(field).to_have_value("owls")


def test_what_is_found_late_does_not_open_again_what_was_closed(alice: Page) -> None:
    late: list[Route] = []
    alice.route("**/search?*youtube=true*", lambda route: late.append(route))
    field = alice.locator("#add-link")
    field.press_sequentially("night")
    tracks = alice.locator(".found-track")
    expect(tracks).to_contain_text(["Night Bus"])
    until(lambda: bool(alice.title()) and bool(late), "YouTube was not asked")
    alice.keyboard.press("Escape")
    expect(tracks.first).to_be_hidden()
    late[0].continue_()
    expect(tracks).to_have_count(3)
    expect(tracks.first).to_be_hidden()
    alice.keyboard.press("ArrowDown")
    expect(tracks.first).to_be_visible()


def test_the_room_is_quieter_while_something_is_heard_before_it_is_added(alice: Page, lounge: Lounge) -> None:
    volume = alice.locator("[data-part=volume]")
    volume.fill("80")

    def is_quiet() -> bool:
        return 0 < float(alice.evaluate(ROOM)) < 0.2

    def hear(title: str) -> Locator:
        if not alice.locator(".found-track").count():
            alice.locator("#add-link").fill("night")
        button = alice.get_by_role("button", name=f"Hear {title} quietly")
        button.click()
        until(is_quiet, "the room is as loud as before")
        return button

    def expect_back(after: str) -> None:
        until(lambda: alice.evaluate(ROOM) == 0.8, f"the room stays quiet after {after}")

    until(lambda: alice.evaluate(ROOM) == 0.8, "the room has no player")
    bus = hear("Night Bus")
    bus.click()
    expect_back("it was stopped")
    bus.click()
    hear("Night Owls & Bats")
    hear("Night Bus")
    for ends in ("playbackRate = 16", "pause()", "dispatchEvent(new Event('error'))"):
        alice.evaluate(f"heard.{ends}")
        expect_back(ends)
        expect(bus).to_have_attribute("aria-pressed", "false")
        hear("Night Bus")
    bus.click()
    hear("Night Bus")
    alice.keyboard.press("Escape")
    expect_back("the panel closed")
    alice.locator("#add-link").fill("nigh")
    hear("Night Bus")
    alice.locator(".found-track", has_text="Night Bus").click()
    expect_back("it was added")
    expect(volume).to_have_value("80")


def test_a_thumb_adds_what_enter_found_and_words_that_find_nothing_ask_for_a_link(
    browser: Browser, lounge: Lounge
) -> None:
    window = opened(browser, lounge, 320, has_touch=True, is_mobile=True)
    page = window.page
    field = page.locator("#add-link")
    field.fill("none of these")
    field.press("Enter")
    expect(page.locator("#add-link-problem")).to_contain_text("none of these")
    field.fill("night")
    field.press("Enter")
    expect(field).to_have_attribute("aria-activedescendant", "add-link-found-0-0")
    axe.expect_none(page, "what was found on a phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator(".found-track", has_text="Owls").tap()
    until(lambda: lounge.snapshot()["queue"][-1]["media_id"] == "bbbbbbbbbbb", "nothing was added")
    window.close()


def test_a_day_that_is_used_up_is_said_beside_what_is_found(
    alice: Page, searching: Server, youtube: YouTubeApi
) -> None:
    youtube.refusal = (403, "quotaExceeded")
    alice.locator("#add-link").press_sequentially("bus")
    expect(alice.locator(".found-note:visible")).to_contain_text("Today's searches of YouTube are used up")
    expect(alice.locator(".found-track")).to_contain_text(["Night Bus"])
    youtube.refusal = None
    searching.sql("DELETE FROM players_youtubeday")


def test_what_other_words_found_is_not_chosen_where_a_search_fails(alice: Page) -> None:
    field = alice.locator("#add-link")
    field.fill("night")
    expect(alice.locator(".found-row:visible")).not_to_have_count(0)
    alice.route("**/search?*", lambda route: route.abort())
    field.fill("something else")
    field.press("Enter")
    expect(alice.locator(".found-note:visible")).to_contain_text("The room cannot be reached right now.")
    expect(alice.locator(".found-row")).to_have_count(0)
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
