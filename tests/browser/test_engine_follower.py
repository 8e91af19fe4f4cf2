"""Direct media follow the room in a real browser: what a real element does of what it is told.

What is told at which millisecond is in ``tests/unit/js/``, where time is the test's; how close real media come to the
room is in ``tests/soak/test_real_media.py``.
"""

from __future__ import annotations

import pytest

from tests.support.bob import TRACK_LEAD_MS, Bob, tone
from tests.support.engine import Engine


@pytest.fixture
def bob(started: Engine) -> Bob:
    return Bob(started)


def test_a_new_track_starts_at_its_instant_and_the_next_in_an_element_that_loaded_it(started: Engine, bob: Bob) -> None:
    first, second = tone(started, 1), tone(started, 2)
    bob.hear(first, lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    early = bob.run("statuses.filter(({ phase, atMs }) => phase === 'playing' && atMs < player.effective_at_ms - 150)")
    assert early == []
    assert "playing" in bob.phases
    bob.run("(entry) => follower.next(entry)", second)
    bob.wait_for(f"performance.getEntriesByName('{second['url']}').length > 0")
    bob.hear(second, lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    assert bob.run("document.querySelector('video').src") == second["url"]
    assert bob.run("document.querySelectorAll('video').length") == 2


def test_a_late_joiner_lands_in_step_and_follows_seeks_pauses_and_rates(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1), lead_ms=-7_000)
    bob.wait_until_in_step()
    assert bob.run("truth().positionMs") > 7_000
    for position_ms in (40_000, 3_000):
        bob.hear(tone(started, 1), position_ms=position_ms)
        bob.wait_for(f"truth().positionMs >= {position_ms} && truth().positionMs < {position_ms + 15_000}")
        bob.wait_until_in_step()
    bob.hear(tone(started, 1), playing=False, position_ms=12_345, lead_ms=0)
    bob.wait_for("!truth().isMoving && Math.abs(truth().positionMs - 12345) < 30")
    bob.wait_for_phase("paused")
    bob.hear(tone(started, 1), position_ms=12_345, rate=1.5)
    bob.wait_for("truth().isMoving && document.querySelector('video').playbackRate > 1.4")
    bob.wait_until_in_step()


def test_a_seek_is_made_in_silence(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("""() => {
        const video = document.querySelector('video');
        window.seeks = [];
        video.addEventListener('seeking', () => seeks.push(video.paused));
        video.addEventListener('playing', () => { window.startedAt ??= video.currentTime; });
    }""")
    bob.hear(tone(started, 1), position_ms=40_000)
    bob.wait_for("window.startedAt !== undefined")
    assert bob.run("startedAt") >= 40
    assert set(bob.run("seeks")) == {True}


def test_a_push_in_the_middle_is_corrected(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    assert bob.run("() => { document.querySelector('video').currentTime += 5; return errorMs(); }") > 3_000
    bob.wait_until_in_step()


def test_a_pause_by_the_keyboards_media_keys_is_a_local_one(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.wait_for("follower.status.driftMs !== null")
    bob.run("document.querySelector('video').pause()")
    bob.wait_for_phase("alone")
    bob.run("document.querySelector('video').play()")
    bob.wait_until_in_step()
    bob.wait_for_phase("playing")


def test_a_trim_ends_where_it_ends(started: Engine, bob: Bob) -> None:
    trimmed = tone(started, 1, start_ms=5_000, end_ms=7_000)
    # It is loaded before, so that only a start has to fit into two seconds.
    bob.hear(trimmed, playing=False, position_ms=5_000, lead_ms=0)
    bob.wait_for("!truth().isMoving && Math.abs(truth().positionMs - 5000) < 30")
    bob.wait_for_phase("paused")
    bob.hear(trimmed, position_ms=5_000)
    bob.wait_until_in_step()
    bob.wait_for_phase("waiting")
    bob.wait_for("!truth().isMoving")
    assert bob.run("truth().positionMs") >= 6_500
    assert not bob.run("document.querySelector('video').ended")


# What cannot be played, and what is learned


def test_a_link_that_leads_nowhere_is_unplayable_and_said_so(started: Engine, bob: Bob) -> None:
    missing = tone(started, 1) | {"url": f"{started.server.url}/media/nothing.mp3"}
    bob.hear(missing)
    bob.wait_for_phase("unplayable")
    assert bob.run("follower.status.reason") == "This link leads to nothing that your browser can play."
    assert bob.run("hints") == [{"kind": "failed", "entry_id": 1, "code": 4}]
    bob.hear(tone(started, 2), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()


def test_what_failed_is_tried_again_when_the_network_returns(started: Engine, bob: Bob) -> None:
    entry = tone(started, 1)
    bob.page.route(entry["url"], lambda route: route.abort())
    bob.hear(entry)
    bob.wait_for_phase("unplayable")
    bob.page.unroute(entry["url"])
    bob.run("window.dispatchEvent(new Event('online'))")
    bob.wait_until_in_step()


def test_a_length_and_an_end_that_the_server_does_not_know_are_told(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1, seconds=3, length_ms=None))
    bob.wait_for("hints.length >= 2")
    assert bob.run("hints") == [
        {"kind": "length", "entry_id": 1, "length_ms": 3_000},
        {"kind": "ended", "entry_id": 1},
    ]
    bob.wait_for_phase("waiting")


def test_the_end_of_a_file_without_a_length_is_told(started: Engine, bob: Bob) -> None:
    """It tells nowhere how long it is, and nobody can seek in it."""
    bob.hear(tone(started, 1, length_ms=None, url=f"{started.server.url}/unmeasured/3s-1.wav"))
    bob.wait_for("hints.some(({ kind }) => kind === 'ended')")
    assert bob.run("document.querySelector('video').ended")


# Leaving


def test_a_follower_that_is_destroyed_leaves_nothing_behind(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("() => { window.video = document.querySelector('video'); follower.destroy(); }")
    assert bob.run("[stage.childElementCount, video.paused, video.hasAttribute('src')]") == [0, True, False]
