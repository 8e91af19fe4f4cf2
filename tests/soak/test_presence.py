"""What becomes of those who listened by a server that is killed, and of a room that nobody listens to."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from rooms.live.presence.people import FLAP_S
from tests.soak.noise import unless_noisy
from tests.support.attendance import until_told
from tests.support.events import Listener
from tools.patience import until
from tools.people import Lounge
from tools.server import Server


@pytest.fixture
def servers(prepared: Path, tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers on the same data, which share nothing else."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    running = [Server(tmp_path).start(), Server(tmp_path, server="uvicorn").start()]
    yield running
    for server in running:
        server.stop()


@unless_noisy()
def test_the_listeners_of_a_killed_process_are_gone_within_45_seconds(servers: list[Server]) -> None:
    """Those who listened by a server that was killed are gone within 45 s."""
    lounge = Lounge.open(servers[0])
    lounge.add("https://media.example.org/a.mp3")
    with Listener(servers[0].url, lounge.slug) as bob, Listener(servers[1].url, lounge.slug):
        until_told(bob, 2)
        servers[1].stop(signal.SIGKILL)
        killed_at = time.monotonic()
        until_told(bob, 1)
        assert time.monotonic() - killed_at < 45
    servers[1].start()


@unless_noisy()
def test_a_room_pauses_only_when_nobody_listens_in_any_process(servers: list[Server]) -> None:
    """A room that may pause when it is empty pauses only when nobody listens by any server."""
    lounge = Lounge.open(servers[0])
    lounge.add("https://media.example.org/a.mp3")
    lounge.alice.patch(lounge.path, json={"rules": {"when_empty": "pause"}})
    with Listener(servers[1].url, lounge.slug) as other:
        with Listener(servers[0].url, lounge.slug) as bob:
            lounge.control(playing=True)
            until_told(bob, 2)
        until_told(other, 1)
        time.sleep(10)  # the first server has let the room go by then
        assert lounge.snapshot()["player"]["playing"] is True
    until(lambda: lounge.snapshot()["player"]["playing"] is False, "it plays on for nobody")


@unless_noisy()
def test_a_closed_tab_is_gone_at_once_and_a_reload_is_not_seen(server: Server, browser: Browser) -> None:
    """A tab that closes is gone within 5 s, and one that is loaded again is never missed."""
    lounge = Lounge.open(server)
    with lounge.bob() as bob:
        # Its last request is lost with its context, or where requests pass through this process, as a window's do.
        page = browser.new_context().new_page()
        page.goto(f"{server.url}/r/{lounge.slug}")
        until_told(bob, 2)
        heard = len(bob.named("people"))
        page.reload()
        page.wait_for_timeout((FLAP_S + 1) * 1_000)
        assert len(bob.named("people")) == heard
        page.close(run_before_unload=True)
        began = time.monotonic()
        until_told(bob, 1)
        assert time.monotonic() - began < FLAP_S  # 2 s are promised; without a goodbye it would be more than 5
