"""One direct track follows another in a real browser; when exactly, ``tests/unit/js/gapless.test.mjs`` tells."""

from __future__ import annotations

import pytest

from tests.support.bob import Bob, tone
from tests.support.engine import Engine

LEFT_MS = 4_000
"""What is left of the first track when Bob begins to hear it: enough to load the second."""


@pytest.mark.parametrize("start_ms", [None, 30_000], ids=["whole", "trimmed"])
def test_the_next_track_follows_before_the_server_tells(started: Engine, start_ms: int | None) -> None:
    bob = Bob(started)
    second = tone(started, 2, start_ms=start_ms)
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("(entry) => follower.next(entry)", second)
    # Both are loaded, so that only a seek has to fit into what is left.
    bob.wait_for(f"performance.getEntriesByName({second['url']!r}).length > 0")
    told = bob.hear(tone(started, 1), position_ms=60_000 - LEFT_MS)
    ends_at_ms = told["effective_at_ms"] + LEFT_MS
    bob.run("([entry, atMs]) => follower.next(entry, atMs)", [second, ends_at_ms])
    bob.wait_for("document.querySelector('video').src.includes('-2.wav') && truth().isMoving")
    assert bob.run("player.entry_id") == 1  # the last that it was told
    assert bob.run("truth().positionMs") >= (start_ms or 0)
    bob.hear(second, position_ms=start_ms or 0, lead_ms=0, effective_at_ms=ends_at_ms)
    bob.wait_until_in_step()
    assert bob.run("document.querySelector('video').src.includes('-2.wav')")


def test_without_the_servers_promise_it_waits_for_its_word(started: Engine) -> None:
    bob = Bob(started)
    second = tone(started, 2)
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.hear(tone(started, 1), position_ms=60_000 - LEFT_MS)
    bob.run("([entry, atMs]) => follower.next(entry, atMs)", [second, None])
    bob.wait_for("document.querySelector('video').ended")
    bob.wait_for_phase("waiting")
    bob.hear(second)
    bob.wait_until_in_step()
