"""What a window tells the system it runs on: what plays, for its media keys, and that the screen has to stay on."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser

from tools import youtube
from tools.browser import Window, entered
from tools.patience import until
from tools.people import Lounge
from tools.server import Server

LISTEN = """
    window.keys = {};
    navigator.mediaSession.setActionHandler = (action, handler) => { keys[action] = handler; };
    window.screenLocks = 0;
    navigator.wakeLock.request = async () => {
        screenLocks += 1;
        const lock = new EventTarget();
        lock.release = async () => { screenLocks -= 1; };
        return lock;
    };
"""
"""The system's side: it keeps what the page hands it, as no keys can be pressed and no screen goes dark here."""


@pytest.fixture
def lounge(demo: Server) -> Lounge:
    """A room of Alice's with two tracks of the demo, which plays the first."""
    lounge = Lounge.open(demo)
    for item in lounge.charlie.get("/rooms/lounge/queue").json()["items"][:2]:
        lounge.add(demo.url + item["url"])
    lounge.control(playing=True)
    return lounge


def window(browser: Browser, lounge: Lounge, *paths: str) -> Window:
    context = browser.new_context()
    context.add_init_script(LISTEN)
    youtube.intercept(context)
    window = Window.of(context, lounge.server.url)
    window.page.unroute_all()  # it would refuse the stand-in as well
    for path in (*paths, f"/r/{lounge.slug}"):
        window.page.goto(entered(window.page, lounge.server.url + path))
    return window


def shown(window: Window) -> str:
    return str(window.page.evaluate("navigator.mediaSession.playbackState"))


def press(window: Window, key: str, **details: float) -> None:
    window.page.evaluate("([key, details]) => void keys[key](details)", [key, details])


def test_the_system_shows_title_artist_and_room(browser: Browser, lounge: Lounge) -> None:
    bob = window(browser, lounge)
    until(lambda: shown(bob) == "playing", "the system was not told")
    told = bob.page.evaluate(
        "(({ title, artist, album }) => ({ title, artist, album }))(navigator.mediaSession.metadata)"
    )
    entry = lounge.snapshot()["player"]["entry"]
    assert told == {"title": entry["title"], "artist": entry["artist"], "album": lounge.snapshot()["room"]["name"]}
    lounge.control(playing=False)
    until(lambda: shown(bob) == "paused", "the system still says that it plays")
    bob.close()


def test_a_listener_s_keys_pause_for_them_alone(browser: Browser, lounge: Lounge) -> None:
    bob = window(browser, lounge)
    until(lambda: shown(bob) == "playing", "the system was not told")
    assert set(bob.page.evaluate("Object.keys(keys)")) == {"play", "pause"}
    bob.page.mouse.click(5, 5)  # from here on the browser lets it sound

    def paused() -> bool:
        # While the sound is blocked the first press lets it sound; once it is paused one more does nothing.
        press(bob, "pause")
        return shown(bob) == "paused"

    until(paused, "the key did nothing")
    assert lounge.snapshot()["player"]["playing"] is True
    press(bob, "play")
    until(lambda: shown(bob) == "playing", "the key did nothing")
    bob.close()


def test_a_host_s_keys_act_on_the_room(browser: Browser, lounge: Lounge) -> None:
    alice = window(browser, lounge, httpx.URL(lounge.host_url).raw_path.decode())
    until(lambda: shown(alice) == "playing", "the system was not told")
    first = lounge.snapshot()["player"]["entry_id"]
    press(alice, "pause")
    until(lambda: lounge.snapshot()["player"]["playing"] is False, "the room plays on")
    press(alice, "pause")  # once more changes nothing
    press(alice, "seekto", seekTime=12.5)
    until(lambda: lounge.snapshot()["player"]["position_ms"] == 12_500, "the room was not sought")
    assert lounge.snapshot()["player"]["playing"] is False
    press(alice, "nexttrack")
    until(lambda: lounge.snapshot()["player"]["entry_id"] != first, "the room did not skip")
    press(alice, "previoustrack")
    until(lambda: lounge.snapshot()["player"]["entry_id"] == first, "the room did not go back")
    alice.close()


@pytest.mark.parametrize("pressed", ["key", "button"])
def test_a_host_whom_the_system_paused_comes_back_and_pauses_nobody(
    browser: Browser, lounge: Lounge, pressed: str
) -> None:
    alice = window(browser, lounge, httpx.URL(lounge.host_url).raw_path.decode())
    until(lambda: shown(alice) == "playing", "the system was not told")
    alice.page.mouse.click(5, 5)  # from here on the browser lets it sound
    until(lambda: (alice.hears or {}).get("paused") is False, "it does not play")
    alice.page.wait_for_timeout(1_000)
    # As for a call, or as headphones are pulled out.
    alice.page.evaluate("document.querySelectorAll('video').forEach((one) => one.pause())")
    until(lambda: shown(alice) == "paused", "the page did not notice")
    version = lounge.snapshot()["version"]
    if pressed == "key":
        press(alice, "play")
    else:
        alice.page.locator("[data-part=transport]").get_by_role("button", name="Play", exact=True).click()
    alice.page.wait_for_timeout(1_000)
    assert (lounge.snapshot()["player"]["playing"], lounge.snapshot()["version"]) == (True, version)
    until(lambda: (alice.hears or {}).get("paused") is False, "she does not come back")
    alice.close()


def test_the_screen_stays_on_while_a_video_plays_and_no_longer(browser: Browser, lounge: Lounge) -> None:
    bob = window(browser, lounge)
    until(lambda: shown(bob) == "playing", "nothing plays")
    assert bob.page.evaluate("screenLocks") == 0  # sound alone needs no screen
    video = lounge.add("https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    lounge.control(entry_id=video["id"], playing=True)
    until(lambda: bob.page.evaluate("screenLocks") == 1, "the screen may go dark")
    assert shown(bob) == "none"  # YouTube's own frame tells the system
    lounge.control(playing=False)
    until(lambda: bob.page.evaluate("screenLocks") == 0, "the screen stays on")
    bob.close()
