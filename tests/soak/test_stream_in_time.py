"""When the stream of a room speaks: at once, and every fifteen seconds."""

from __future__ import annotations

import json
import time

import pytest

from tests.soak.noise import Disturbance, too_noisy
from tests.support.raw import Raw
from tools.people import Lounge
from tools.server import Server


@pytest.fixture
def lounge(server: Server) -> Lounge:
    return Lounge.open(server)


def events_path(lounge: Lounge) -> str:
    return f"/api/v1/rooms/{lounge.slug}/events"


def test_the_first_bytes_come_within_a_tenth_of_a_second(lounge: Lounge) -> None:
    """The first bytes of a stream come within a tenth of a second."""
    waited = []
    for _ in range(20):  # the best of many: what a busy machine adds is not ours
        with Disturbance() as disturbance, Raw(lounge.server.url) as raw:
            began = time.perf_counter()
            raw.get(events_path(lounge))
            waited.append((time.perf_counter() - began, disturbance.overslept_s))
    took_s, overslept_s = min(waited)
    if took_s >= 0.1 > took_s - overslept_s:
        too_noisy(f"{took_s:.2f} s at best, with {overslept_s:.2f} s overslept")
    assert took_s < 0.1


def test_a_heartbeat_comes_within_fifteen_seconds_and_names_the_version_but_no_id(server: Server) -> None:
    """A heartbeat comes within fifteen seconds; it names the version and has no id."""
    lounge = Lounge.open(server)
    with Disturbance() as disturbance, Raw(server.url) as raw:
        raw.get(events_path(lounge))
        began = time.monotonic()
        raw.read_until(b"event: tick")
        disturbance.check(time.monotonic() - began, 16)
        tick = raw.events()[-1]
        assert set(tick) == {"event", "data"}
        data = json.loads(tick["data"])
        assert (data["version"], set(data)) == (1, {"version", "server_now_ms"})
