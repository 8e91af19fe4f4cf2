"""YouTube videos follow the room, in a real browser against the stand-in: its true position is compared."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bob import TRACK_LEAD_MS, Bob, tone, video
from tests.support.engine import Engine
from tools.patience import until

MOST_PLANS = 4
"""So many seeks one start may take, each of which was begun too late."""
PUSH = """async () => {
    youtubeStandIn.seekLatencyMs = 0;
    const [player] = youtubeStandIn.players;
    player.seekTo((player.truth.positionMs - errorMs() + 200) / 1000, true);
    await new Promise((done) => setTimeout(done, 100));
    return errorMs();
}"""
"""Put the player ahead by what a nudge corrects; it stands still on the way, the longer the busier the machine is."""


@pytest.fixture
def bob(started: Engine) -> Bob:
    return Bob(started)


# Following


@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"extrapolates": True},
        {"bufferingMs": 900, "startLatencyMs": 150},
        {"seekLatencyMs": [200, 1_200]},
    ],
)
def test_a_late_joiner_lands_in_step(started: Engine, knobs: dict[str, Any]) -> None:
    bob = Bob(started, **knobs)
    bob.hear(video(1), lead_ms=-30_000)
    bob.wait_until_in_step()
    bob.wait_for_phase("playing")


def test_a_new_track_is_rehearsed_in_silence_and_starts_at_its_instant(started: Engine, bob: Bob) -> None:
    bob.hear(video(1), lead_ms=4_500)
    heard = "youtubeStandIn.starts.some(({ muted }) => !muted)"
    bob.wait_for(
        f"follower.status.phase === 'waiting' && !truth().isMoving && youtubeStandIn.starts.length && !{heard}"
    )
    bob.wait_for(heard)
    bob.wait_until_in_step()
    assert bob.run("youtubeStandIn.starts[0].muted") is True
    assert bob.run("youtubeStandIn.players[0].isMuted()") is False


def test_a_title_that_nobody_knows_is_asked_of_the_player_once(started: Engine, bob: Bob) -> None:
    unknown = video(1)
    unknown["title"] = unknown["url"]
    bob.hear(unknown, lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    bob.hear(unknown, playing=False, lead_ms=0)
    bob.hear(unknown, lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    assert bob.run("hints") == [{"kind": "title", "entry_id": 1, "title": "Title of video000001"}]


def test_pause_play_and_seek_are_followed(started: Engine, bob: Bob) -> None:
    bob.hear(video(1), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    bob.hear(video(1), playing=False, position_ms=20_000, lead_ms=0)
    bob.wait_for("!truth().isMoving && Math.abs(truth().positionMs - 20000) < 150")
    bob.hear(video(1), position_ms=20_000)
    bob.wait_until_in_step()
    bob.hear(video(1), position_ms=90_000)
    bob.wait_for("truth().positionMs >= 90000")
    bob.wait_until_in_step()


def test_the_next_video_plays_in_the_same_player(started: Engine, bob: Bob) -> None:
    bob.hear(video(1), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    bob.hear(video(2), lead_ms=TRACK_LEAD_MS)
    bob.wait_for("youtubeStandIn.players[0].getVideoData().video_id === 'video000002'")
    bob.wait_until_in_step()
    assert bob.run("youtubeStandIn.players.length") == 1


def test_a_rate_of_the_room_is_played(started: Engine, bob: Bob) -> None:
    bob.hear(video(1), lead_ms=-5_000, rate=1.5)
    # Not at once: it may be in step for a moment while the player still loads.
    bob.wait_for("youtubeStandIn.players?.[0]?.getPlaybackRate() === 1.5")
    bob.wait_until_in_step()
    assert bob.run("youtubeStandIn.players[0].getPlaybackRate()") == 1.5


def test_what_plays_keeps_the_rules_of_youtube(started: Engine, bob: Bob) -> None:
    bob.hear(video(1))
    bob.wait_until_in_step()
    assert bob.run("youtubeStandIn.problems") == []
    source = bob.run("document.querySelector('iframe').src")
    for parameter in ("playsinline=1", "controls=0", "disablekb=1", "rel=0", "enablejsapi=1", "origin=http"):
        assert parameter in source


def test_a_stage_that_is_too_small_does_not_shrink_the_player(started: Engine, bob: Bob) -> None:
    bob.run("() => { stage.style.width = stage.style.height = '90px'; }")
    bob.hear(video(1))
    bob.wait_until_in_step()
    assert bob.run("youtubeStandIn.problems") == []


def test_youtube_is_not_asked_for_anything_until_a_video_is_due(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    assert bob.run("[document.querySelectorAll('iframe').length, 'YT' in window]") == [0, False]
    bob.run("(entry) => follower.next(entry)", video(2))
    bob.wait_for("youtubeStandIn.players?.[0]?.getPlayerState() === 5")
    bob.hear(video(2), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    assert bob.run("document.querySelector('video').paused") is True
    assert bob.run("youtubeStandIn.problems") == []


def test_a_tone_after_a_video_silences_it(started: Engine, bob: Bob) -> None:
    bob.hear(video(1))
    bob.wait_until_in_step()
    bob.hear(tone(started, 2), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    assert bob.run("youtubeStandIn.players[0].truth.isMoving") is False


# Correcting


def test_a_player_that_slipped_is_sent_where_the_room_is(started: Engine, bob: Bob) -> None:
    bob.hear(video(1), lead_ms=-5_000)
    bob.wait_for("follower.status.driftMs !== null")
    bob.run("youtubeStandIn.players[0].seekTo(60, true)")
    bob.wait_for("errorMs() > 10000")
    bob.wait_until_in_step()


def test_a_player_that_plays_only_its_own_rates_is_nudged_no_more_after_two_trials(started: Engine, bob: Bob) -> None:
    bob.hear(video(1), lead_ms=-5_000)
    bob.wait_for("follower.status.driftMs !== null")
    until(lambda: 140 < bob.run(PUSH) < 240, "it cannot be pushed as far as a nudge corrects")
    nudges = "youtubeStandIn.calls.filter(({ name, args }) => name === 'setPlaybackRate' && args[0] < 1).length"
    bob.wait_for(f"{nudges} === 2")
    bob.wait_for("youtubeStandIn.calls.at(-1).name === 'setPlaybackRate' && youtubeStandIn.calls.at(-1).args[0] === 1")
    bob.run("() => { window.toldBefore = statuses.length; }")
    bob.wait_for("statuses.length > toldBefore + 10")  # it looks four times a second
    assert bob.run(nudges) == 2
    assert bob.run("errorMs() > 100")


def test_an_advertisement_is_waited_for_and_then_one_seek_catches_up(started: Engine) -> None:
    bob = Bob(started, ad={"atMs": 3_000, "forMs": 6_000})
    bob.hear(video(1), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    bob.wait_for("statuses.some(({ phase }) => phase === 'hold')")
    bob.wait_for("truth().positionMs > 3100")  # the advertisement is over
    bob.wait_until_in_step()
    ad_left_ms = bob.run("youtubeStandIn.calls.filter(({ name }) => name === 'seekTo').map(({ adLeftMs }) => adLeftMs)")
    assert not any(ad_left_ms)
    assert 1 <= ad_left_ms.count(0) <= MOST_PLANS


# The listener's own hands


def test_a_click_on_the_video_pauses_for_the_listener_alone(started: Engine, bob: Bob) -> None:
    bob.hear(video(1), lead_ms=-5_000)
    bob.wait_for("follower.status.driftMs !== null")
    bob.run("youtubeStandIn.players[0].pauseVideo()")
    bob.wait_for_phase("alone")
    bob.run("youtubeStandIn.players[0].playVideo()")
    bob.wait_for_phase("playing")
    bob.wait_until_in_step()


# What cannot be played


def test_a_refused_video_is_said_and_told(started: Engine) -> None:
    """What is said of each code is in ``tests/unit/js/youtube.test.mjs``."""
    bob = Bob(started, errors={"video000001": 150})
    bob.hear(video(1))
    bob.wait_for_phase("unplayable")
    assert bob.run("follower.status.reason") == "Its owner does not let this video play outside YouTube."
    assert bob.run("hints") == [{"kind": "failed", "entry_id": 1, "code": 150}]
    bob.hear(video(2), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()


def test_a_refused_video_is_told_once_the_room_plays(started: Engine) -> None:
    bob = Bob(started, errors={"video000001": 150})
    bob.hear(video(1), playing=False)
    bob.wait_for_phase("unplayable")
    assert bob.run("hints") == []
    bob.hear(video(1))
    bob.wait_for("hints.length > 0")
    assert bob.run("hints") == [{"kind": "failed", "entry_id": 1, "code": 150}]


def test_a_youtube_that_cannot_be_reached_is_nobodys_news_and_tried_again(started: Engine, bob: Bob) -> None:
    bob.page.route("https://www.youtube.com/iframe_api", lambda route: route.abort())
    bob.hear(video(1))
    bob.wait_for_phase("unplayable")
    assert bob.run("follower.status.reason") == "YouTube could not be reached from your browser."
    assert bob.run("hints") == []
    bob.page.unroute("https://www.youtube.com/iframe_api")
    bob.run("follower.backToLive()")
    bob.wait_until_in_step()


def test_the_length_of_a_video_is_told_when_the_server_does_not_know_it(started: Engine) -> None:
    bob = Bob(started, durations={"video000001": 212.061})
    bob.hear(video(1, length_ms=None))
    bob.wait_until_in_step()
    assert bob.run("hints") == [{"kind": "length", "entry_id": 1, "length_ms": 212_061}]
