"""How soon another tab takes over the stream that the tabs of one browser share, and that nobody notices."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_one_stream import (
    NO_LOCKS,
    SOURCES,
    WAYS,
    Tabs,
    crash,
    freeze,
    navigate,
    take_leader,
    wait_for_connection,
    wait_for_version,
    wait_until_live,
    windows,
)
from tests.soak.noise import unless_noisy
from tests.support.engine import Engine
from tests.support.room_state import player, state_at
from tools.people import Lounge
from tools.server import Server

HAND_OVER_S = 2.0

STUCK = """(ms) => setTimeout(() => {
    const end = Date.now() + ms;
    while (Date.now() < end);
}, 0)"""


@pytest.mark.parametrize(
    ("way", "leave", "within_s"),
    [("", navigate, HAND_OVER_S), (NO_LOCKS, freeze, HAND_OVER_S), ("", crash, HAND_OVER_S), (NO_LOCKS, crash, 15)],
    ids=["by lock", "by words", "crashed, by lock", "crashed, by words"],
)
@unless_noisy()
def test_another_tab_takes_over_soon(started: Engine, way: str, leave: Callable[[Page], None], within_s: float) -> None:
    """Another tab takes over within 2 s; after a crash in a browser without locks within 15 s."""
    started.server.snapshot = state_at(10)
    tabs = Tabs(started, way)
    first, *_others = tabs.live(3)
    left_at = time.monotonic()
    leave(first)
    tabs.resume(1)
    assert time.monotonic() - left_at < within_s


@WAYS
@unless_noisy()
def test_a_leader_that_is_stuck_is_relieved_and_follows_when_it_is_back(started: Engine, way: str) -> None:
    """A leading tab that is stuck for 20 s is relieved, and follows when it is back."""
    started.server.snapshot = state_at(10)
    tabs = Tabs(started, way)
    first, second = tabs.live(2)
    first.evaluate(STUCK, 20_000)
    tabs.resume(1)
    assert "catching-up" in second.evaluate("connections")[1:]
    wait_for_connection("live", second)
    started.server.stream(1).send("player", {**player(11), "prev": 10})
    wait_for_version(11, second)
    started.server.snapshot = state_at(11)
    first.wait_for_function("stream.state.version === 11", timeout=60_000)
    wait_for_connection("live", first, second)
    tabs.until_one_stream()
    assert second.evaluate("byes") == []


@unless_noisy()
def test_a_tab_that_closes_takes_nobody_away_whose_other_tab_stays(server: Server, browser: Browser) -> None:
    """A tab that closes takes nobody out of the room whose other tab stays."""
    context = browser.new_context()
    context.add_init_script(SOURCES)
    lounge = Lounge.open(server)
    pages = windows(context, lounge, 2)
    with lounge.bob() as charlie:
        charlie.wait_for(lambda event: event.data.get("listeners") == 2)
        heard = len(charlie.events)
        take_leader(pages).close()
        time.sleep(8)  # longer than a person counts as here who left without a word
        told = [event.data["listeners"] for event in charlie.events[heard:] if event.name == "people"]
        assert all(listeners == 2 for listeners in told), told
    wait_until_live(pages[0])
    context.close()
