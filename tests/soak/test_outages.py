"""A room goes on while its server restarts or the network is gone, in a real window on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.soak.noise import unless_noisy
from tests.support.demo import alice_of, demo_served
from tests.support.splitter import Splitter
from tools.browser import Window
from tools.patience import until
from tools.server import Server

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def room(prepared_demo: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of its own with the demo room, which plays."""
    with demo_served(prepared_demo, tmp_path / "server") as server:
        yield server


def alice(room: Server) -> httpx.Client:
    return alice_of(room)


def seek(room: Server, position_ms: int) -> dict[str, Any]:
    told = alice(room).patch("/rooms/lounge/player", json={"position_ms": position_ms, "playing": True})
    assert told.status_code == 200, told.text
    return dict(told.json())


def wait_until_in_step(window: Window, player: dict[str, Any]) -> None:
    until(lambda: abs(window.error_ms(player)) <= 250, f"out of step: {window.hears} against {player}")


@unless_noisy()
def test_a_server_that_restarts_is_not_heard_and_its_room_goes_on(room: Server, browser: Browser) -> None:
    """A restart of the server is not heard, and the stream is live again after it."""
    with Splitter(room.url, splits=False) as door:
        player = seek(room, 5_000)
        bob = Window.open(browser, door.url, "/r/lounge")
        wait_until_in_step(bob, player)
        expect(bob.page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
        assert room.stop() == 0
        bob.page.wait_for_timeout(3_000)
        assert abs(bob.error_ms(player)) <= 250
        room.start()
        door.lead_to(room.url)
        expect(bob.page.locator("[data-part=connection]")).to_have_attribute("data-state", "live", timeout=40_000)
        assert abs(bob.error_ms(player)) <= 250
        wait_until_in_step(bob, seek(room, 60_000))
        bob.close()


@unless_noisy()
def test_a_network_that_was_gone_is_not_heard_and_what_was_missed_is_made_up(room: Server, browser: Browser) -> None:
    """A network that is gone is not heard, and what was missed is made up when it is back."""
    with Splitter(room.url, splits=False) as network:
        player = seek(room, 5_000)
        bob = Window.open(browser, network.url, "/r/lounge")
        wait_until_in_step(bob, player)
        expect(bob.page.locator("[data-part=connection]")).to_have_attribute("data-state", "live")
        network.lead_to(NOWHERE)
        network.cut()
        bob.page.wait_for_timeout(2_000)
        assert abs(bob.error_ms(player)) <= 250
        player = seek(room, 60_000)
        bob.page.wait_for_timeout(2_000)
        assert abs(bob.error_ms(player)) > 10_000
        network.lead_to(room.url)
        wait_until_in_step(bob, player)
        expect(bob.page.locator("[data-part=connection]")).to_have_attribute("data-state", "live", timeout=40_000)
        bob.close()
