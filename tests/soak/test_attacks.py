"""Strangers' rooms that are as much work as a room can be, while Alice hosts another one as ever."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.soak.noise import unless_noisy
from tests.support.events import Listener
from tools.people import Lounge
from tools.server import Server

ATTACKED_S = 60
PARTS = 2_000
MORE_THAN_ALONE_S = 1.0

MAKE = """
from players.links import parse
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.models import AtEnd, Token, Visibility
for name in ("Mill one", "Mill two"):
    room, owner = make_room(name, Caller(), Visibility.PUBLIC)
    links = [parse(f"https://media.example.org/{n}.mp3#t=0,1") for n in range(%d)]
    with change(room, now_ms()) as lent:
        lent.set_rules(at_end=AtEnd.REPEAT)
        lent.queue.add(links, now_ms(), after=None, at_end=True, member=None)
        lent.player.play(now_ms())
    print("made", room.slug, Token.issue(owner))
"""


@pytest.fixture(params=["daphne", "uvicorn"])
def server(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "server"
    shutil.copytree(prepared, folder)
    server = Server(folder, server=request.param).start()
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log, server.log[-6000:]


def took_s(lounge: Lounge, browser: httpx.Client) -> dict[str, float]:
    """How long each of what Alice does takes."""
    taken = {}
    calls = {
        "seek": lambda: lounge.alice.patch(
            f"{lounge.path}/player", json={"position_ms": 1_000 + time.time_ns() % 9_000}
        ),
        "home page": lambda: browser.get("/"),
        "list": lambda: lounge.alice.get("/rooms"),
        "snapshot": lambda: lounge.alice.get(lounge.path),
    }
    for name, call in calls.items():
        began = time.monotonic()
        assert call().status_code == 200, name  # type: ignore[no-untyped-call]
        taken[name] = time.monotonic() - began
    return taken


@unless_noisy()
def test_two_thousand_seconds_that_repeat_hold_no_other_room_up(server: Server) -> None:
    """Rooms of 2,000 parts of a second each, with a stream and without, cost no call of another host a second."""
    lounge = Lounge.open(server)
    lounge.add("https://media.example.org/alice.mp3")
    lounge.control(playing=True)
    refused = lounge.alice.post(f"{lounge.path}/queue", json={"url": "https://media.example.org/mill.mp3#t=0,0.001"})
    assert (refused.status_code, "1000 ms" in refused.json()["error"]["message"]) == (422, True)
    with server.browser() as browser:
        alone = [took_s(lounge, browser) for _ in range(10)]
        said = [line.split()[1:] for line in server.shell(MAKE % PARTS).splitlines() if line.startswith("made ")]
        assert len(said) == 2
        with ExitStack() as streams:
            streams.enter_context(Listener(server.url, said[0][0]))
            began = time.monotonic()
            while time.monotonic() - began < ATTACKED_S:
                for name, seconds in took_s(lounge, browser).items():
                    usual_s = sorted(one[name] for one in alone)[len(alone) // 2]
                    assert seconds < usual_s + MORE_THAN_ALONE_S, f"{name}: {seconds:.1f} s, alone {usual_s:.1f} s"
                time.sleep(0.3)
    for slug, token in said:
        began = time.monotonic()
        assert server.client(token).delete(f"/rooms/{slug}").status_code == 204
        assert time.monotonic() - began < 5
