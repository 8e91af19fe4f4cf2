"""What no process was told of reaches the listeners by a comparison with the database, and soon."""

from __future__ import annotations

import time

from tests.soak.noise import Disturbance
from tools.people import Lounge
from tools.server import Server


def test_what_was_not_pushed_is_told_within_five_seconds(server: Server) -> None:
    """What only the database knows is told within five seconds."""
    lounge = Lounge.open(server)
    with lounge.bob() as bob:
        for version in range(2, 7):
            server.sql("UPDATE rooms_room SET version = version + 1 WHERE slug = %s", (lounge.slug,))
            with Disturbance() as disturbance:
                committed = time.perf_counter()
                told = bob.wait_for(lambda event, at=str(version): event.id == at)  # type: ignore[misc]
                disturbance.check(told.at - committed, 5)
