"""Direct media follow the room, in a real browser with real sound: the media's own position is compared."""

from __future__ import annotations

import pytest

from tests.support.bob import TRACK_LEAD_MS, Bob, tone
from tests.support.engine import Engine


@pytest.fixture
def bob(started: Engine) -> Bob:
    return Bob(started)


# Following


def test_a_new_track_starts_at_its_instant_and_not_before(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    assert bob.phases == ["loading", "waiting", "playing"] or bob.phases == ["waiting", "playing"]
    early = bob.run("statuses.filter(({ phase, atMs }) => phase === 'playing' && atMs < player.effective_at_ms - 150)")
    assert early == []


def test_a_late_joiner_lands_in_step(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1), lead_ms=-7_000)
    bob.wait_until_in_step()
    assert bob.run("truth().positionMs") > 7_000


def test_a_machine_whose_clock_is_an_hour_off_is_in_step(started: Engine) -> None:
    started.server.skew_ms = 3_600_000
    bob = Bob(started)
    bob.hear(tone(started, 1), lead_ms=-7_000)
    bob.wait_until_in_step()


def test_a_seek_is_followed_forwards_and_back(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    for position_ms in (40_000, 3_000):
        bob.hear(tone(started, 1), position_ms=position_ms)
        bob.wait_for(f"truth().positionMs >= {position_ms} && truth().positionMs < {position_ms + 15_000}")
        bob.wait_until_in_step()


def test_a_seek_is_made_in_silence_and_lands_where_the_room_is(started: Engine, bob: Bob) -> None:
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
    assert bob.run("startedAt") == pytest.approx(40, abs=1.5)
    assert set(bob.run("seeks")) == {True}


def test_a_seek_lands_close_once_the_player_is_known(started: Engine, bob: Bob) -> None:
    """After some starts it is known how long this player takes to start, and the rest is nudged away."""
    for position_ms in (10_000, 20_000, 30_000):
        bob.hear(tone(started, 1), position_ms=position_ms)
        bob.wait_until_in_step()
        bob.wait_for("follower.status.driftMs !== null")
    bob.wait_until_in_step(100)


def test_a_pause_stands_where_the_room_stands(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.hear(tone(started, 1), playing=False, position_ms=12_345, lead_ms=0)
    bob.wait_for("!truth().isMoving && Math.abs(truth().positionMs - 12345) < 30")
    assert bob.phase == "paused"


def test_a_room_that_is_paused_is_joined_paused_and_then_plays(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1), playing=False, position_ms=20_000, lead_ms=0)
    bob.wait_for_phase("paused")
    bob.wait_for("Math.abs(truth().positionMs - 20000) < 30")
    bob.hear(tone(started, 1), position_ms=20_000)
    bob.wait_until_in_step()


def test_a_rate_is_followed_without_a_break(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    position_ms = bob.run("truth().positionMs")
    bob.hear(tone(started, 1), position_ms=round(position_ms), rate=1.5, lead_ms=0)
    bob.wait_for("document.querySelector('video').playbackRate > 1.4")
    bob.wait_until_in_step()
    assert bob.phases[-1] == "playing"
    assert bob.phases.count("playing") == 1


def test_the_next_track_is_loaded_before_it_is_due(started: Engine, bob: Bob) -> None:
    first, second = tone(started, 1), tone(started, 2)
    bob.hear(first)
    bob.wait_until_in_step()
    bob.run("(entry) => follower.next(entry)", second)
    bob.wait_for(f"performance.getEntriesByName('{second['url']}').length > 0")
    bob.hear(second, lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    assert bob.run("document.querySelector('video').src") == second["url"]


def test_the_same_player_again_does_nothing(started: Engine, bob: Bob) -> None:
    player = bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("() => { window.seeks = 0; document.querySelector('video').addEventListener('seeking', () => seeks++); }")
    told = bob.phases
    for version in range(5):
        bob.run("(player) => follow(player)", {**player, "version": 100 + version})
    bob.page.wait_for_timeout(500)
    assert bob.run("seeks") == 0
    assert bob.phases == told


def test_an_empty_room_is_silent(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.hear(None, playing=False)
    bob.wait_for_phase("empty")
    assert bob.run("[...document.querySelectorAll('video')].every((video) => video.paused)")


def test_a_trim_ends_where_it_ends(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1, start_ms=5_000, end_ms=7_000), position_ms=5_000)
    bob.wait_until_in_step()
    bob.wait_for_phase("waiting")
    bob.page.wait_for_timeout(500)
    assert bob.run("truth()") == {"positionMs": pytest.approx(7_000, abs=400), "isMoving": False}


def test_a_push_in_the_middle_is_corrected(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("() => { document.querySelector('video').currentTime += 5; }")
    bob.wait_for("errorMs() > 3000")
    bob.wait_until_in_step()


def test_a_small_error_is_nudged_away_without_a_seek(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_for("follower.status.driftMs !== null")
    bob.run("""() => {
        const video = document.querySelector('video');
        video.currentTime += 0.2 - errorMs() / 1000;
        video.addEventListener('seeked', () => {
            window.seeks = 0;
            video.addEventListener('seeking', () => seeks++);
        }, { once: true });
    }""")
    bob.wait_for("Math.abs(document.querySelector('video').playbackRate - 1) > 0.004")
    bob.wait_until_in_step(60)
    bob.wait_for("document.querySelector('video').playbackRate === 1")
    assert bob.run("seeks") == 0


def test_a_hidden_page_is_left_alone_and_brought_back_with_one_seek(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("""() => {
        window.isHidden = true;
        Object.defineProperty(document, 'hidden', { get: () => isHidden });
        document.querySelector('video').currentTime += 5;
    }""")
    bob.page.wait_for_timeout(2_500)
    assert bob.error_ms > 4_000
    bob.run("""() => {
        window.isHidden = false;
        window.seeks = 0;
        document.querySelector('video').addEventListener('seeking', () => seeks++);
        document.dispatchEvent(new Event('visibilitychange'));
    }""")
    bob.wait_until_in_step()
    assert bob.run("seeks") == 1


def test_a_listener_who_wants_no_corrections_gets_none(started: Engine, bob: Bob) -> None:
    bob.run("() => { follower.tightness = 'off'; }")
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("() => { document.querySelector('video').currentTime += 5; }")
    bob.page.wait_for_timeout(3_000)
    assert bob.error_ms > 4_000


def test_a_nudged_listener_is_ahead_by_as_much(started: Engine, bob: Bob) -> None:
    bob.run("() => { follower.nudgeMs = 500; }")
    bob.hear(tone(started, 1), lead_ms=-3_000)
    bob.wait_for("truth().isMoving && Math.abs(errorMs() - 500) < 250")


# The listener's own hands


def test_a_local_pause_is_left_by_going_back_to_live(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("follower.pause()")
    bob.wait_for_phase("alone")
    bob.hear(tone(started, 1), position_ms=30_000)
    bob.page.wait_for_timeout(1_000)
    assert bob.phase == "alone"
    assert bob.run("truth().isMoving") is False
    bob.run("follower.backToLive()")
    bob.wait_until_in_step()
    assert bob.run("truth().positionMs") >= 30_000


def test_a_pause_by_the_keyboards_media_keys_is_a_local_one(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.wait_for("follower.status.driftMs !== null")
    bob.run("document.querySelector('video').pause()")
    bob.wait_for_phase("alone")
    bob.run("document.querySelector('video').play()")
    bob.wait_until_in_step()
    bob.wait_for_phase("playing")


def test_a_local_pause_outlasts_the_track(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("follower.pause()")
    bob.hear(tone(started, 2), lead_ms=TRACK_LEAD_MS)
    bob.page.wait_for_timeout(2_500)
    assert bob.phase == "alone"
    bob.run("follower.backToLive()")
    bob.wait_until_in_step()


def test_volume_and_muting_reach_the_player_and_outlive_the_page(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("() => { follower.volume = 0.25; follower.muted = true; }")
    assert bob.run("[document.querySelector('video').volume, document.querySelector('video').muted]") == [0.25, True]
    script = """async () => {
        const { Follower } = await import('/static/players/follow/follower.js');
        const again = new Follower({ stage: document.createElement('div'), clock, storage: localStorage });
        return [again.volume, again.muted];
    }"""
    assert bob.run(script) == [0.25, True]


# What cannot be played, and what is learned


def test_a_link_that_leads_nowhere_is_unplayable_and_said_so(started: Engine, bob: Bob) -> None:
    missing = tone(started, 1) | {"url": f"{started.server.url}/media/nothing.mp3"}
    bob.hear(missing)
    bob.wait_for_phase("unplayable")
    assert bob.run("follower.status.reason") == "This link leads to nothing that your browser can play."
    assert bob.run("hints") == [{"kind": "failed", "entry_id": 1, "code": 4}]
    bob.hear(tone(started, 2), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()


def test_what_fails_in_a_paused_room_is_told_when_it_is_to_play(started: Engine, bob: Bob) -> None:
    """A room that nobody listens to would go through its queue otherwise, from dead link to dead link."""
    missing = tone(started, 1) | {"url": f"{started.server.url}/media/nothing.mp3"}
    bob.hear(missing, playing=False)
    bob.wait_for_phase("unplayable")
    assert bob.run("hints") == []
    bob.hear(missing)
    bob.wait_for("hints.length > 0")
    assert bob.run("hints") == [{"kind": "failed", "entry_id": 1, "code": 4}]


def test_what_failed_is_tried_again_when_the_network_returns(started: Engine, bob: Bob) -> None:
    entry = tone(started, 1)
    bob.page.route(entry["url"], lambda route: route.abort())
    bob.hear(entry)
    bob.wait_for_phase("unplayable")
    bob.page.unroute(entry["url"])
    bob.run("window.dispatchEvent(new Event('online'))")
    bob.wait_until_in_step()


def test_a_length_that_the_server_does_not_know_is_told(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1, length_ms=None))
    bob.wait_until_in_step()
    assert bob.run("hints") == [{"kind": "length", "entry_id": 1, "length_ms": 60_000}]
    assert bob.run("follower.status.lengthMs") == 60_000


def test_an_end_that_the_server_does_not_expect_is_told(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1, seconds=3, length_ms=60_000))
    bob.wait_for("hints.length > 0")
    assert bob.run("hints") == [{"kind": "ended", "entry_id": 1}]
    bob.wait_for_phase("waiting")


def test_an_end_that_the_server_expects_is_not(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1, seconds=3))
    bob.wait_until_in_step()
    bob.wait_for_phase("waiting")
    bob.wait_for("document.querySelector('video').ended")
    assert bob.run("hints") == []


# Leaving


def test_a_follower_that_is_destroyed_leaves_nothing_behind(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    bob.run("() => { window.video = document.querySelector('video'); follower.destroy(); statuses.length = 0; }")
    bob.page.wait_for_timeout(600)
    assert bob.run("[stage.childElementCount, video.paused, statuses.length]") == [0, True, 0]


def test_a_follower_sees_to_hundreds_of_tracks_with_two_elements(started: Engine, bob: Bob) -> None:
    """What comes next is prepared aside and takes over; nothing piles up."""
    for number in range(1, 8):
        bob.hear(tone(started, number), lead_ms=TRACK_LEAD_MS)
        bob.run("(entry) => follower.next(entry)", tone(started, number + 1))
    bob.wait_until_in_step()
    assert bob.run("document.querySelectorAll('video').length") == 2
