"""Real media in a real browser keep to the room's time: what ``tests/unit/js/`` proves in virtual time, with sound.

The positions that a browser tells are compared with the server's clock; a machine that is busy makes them meaningless,
which is measured and said.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.soak.noise import unless_noisy
from tests.support.bob import Bob, tone, video
from tests.support.engine import Engine

WATCH = """() => {
    const video = document.querySelector('video');
    window.seeks = [];
    window.rates = [];
    window.pauses = 0;
    video.addEventListener('seeking', () => seeks.push(errorMs()));
    video.addEventListener('ratechange', () => rates.push(video.playbackRate));
    video.addEventListener('pause', () => pauses++);
}"""
"""Note each seek of what plays now, each of its rates and each pause."""

MOVE_ROOM = "(ms) => { const now = clock.now.bind(clock); clock.now = () => now() + ms; }"
"""Let the room be further ahead of this listener's player, which is not touched."""

MIDDLE_OF = """async () => {
    const values = [];
    for (let n = 0; n < 21; n++) {
        values.push(%s);
        await new Promise((done) => setTimeout(done, 50));
    }
    return values.sort((a, b) => a - b)[10];
}"""
"""The middle of many readings, each of which is a little off."""


@pytest.fixture
def bob(started: Engine) -> Bob:
    return Bob(started)


def listening(started: Engine, bob: Bob) -> Bob:
    """Bob, who is in step with a tone, and has been corrected as far as he needed it."""
    bob.hear(tone(started, 1), lead_ms=-2_000)
    bob.wait_until_in_step(40)
    settle(bob)
    bob.run(WATCH)
    return bob


def settle(bob: Bob) -> None:
    """Wait until nothing is corrected any more."""
    bob.run("() => { window.calmSince = null; }")
    bob.wait_for("""(() => {
        const isCalm = follower.status.driftMs !== null && document.querySelector('video').playbackRate === player.rate;
        calmSince = isCalm ? (calmSince ?? performance.now()) : null;
        return isCalm && performance.now() - calmSince > 1500;
    })()""")


def usual_error_ms(bob: Bob) -> float:
    return float(bob.run(MIDDLE_OF % "errorMs()"))


@pytest.mark.parametrize(("off_by_ms", "answer"), [(175, "nudge"), (500, "seek")])
@unless_noisy()
def test_a_listener_is_corrected_as_closely_as_they_like(
    started: Engine, bob: Bob, off_by_ms: int, answer: str
) -> None:
    """A small error is nudged away and a large one sought away, and the listener is in step within 100 ms."""
    listening(started, bob)
    bob.run("() => { seeks.length = rates.length = 0; }")
    bob.run(MOVE_ROOM, off_by_ms)
    bob.wait_for("seeks.length + rates.length > 0")
    assert bob.run("seeks.length > 0 ? 'seek' : 'nudge'") == answer
    bob.wait_until_in_step(100)


@pytest.mark.parametrize("nudge_ms", [60, 600])
@unless_noisy()
def test_a_nudge_moves_what_plays_by_as_many_milliseconds_and_back(started: Engine, bob: Bob, nudge_ms: int) -> None:
    """A listener who wants to be ahead is ahead by as many milliseconds, ±25, and back when they want that."""
    listening(started, bob)
    before_ms = usual_error_ms(bob)
    for wanted_ms in (nudge_ms, 0):
        bob.run("(ms) => { follower.nudgeMs = ms; }", wanted_ms)
        bob.wait_for(f"Math.abs(errorMs() - {wanted_ms}) < 40")
        settle(bob)
        assert usual_error_ms(bob) - before_ms == pytest.approx(wanted_ms, abs=25)


@unless_noisy()
def test_the_drift_that_is_shown_is_the_true_one(started: Engine, bob: Bob) -> None:
    """The drift that a page shows is the true one within 30 ms."""
    listening(started, bob)
    bob.run("() => { follower.tightness = 'off'; }")
    for off_by_ms in (300, -450):
        bob.run(MOVE_ROOM, off_by_ms)
        bob.wait_for("Math.abs(follower.status.driftMs - errorMs()) < 100")
        assert bob.run(MIDDLE_OF % "follower.status.driftMs - errorMs()") == pytest.approx(0, abs=30)


@unless_noisy()
def test_a_network_that_stalls_is_waited_for_and_then_one_seek_catches_up(started: Engine, bob: Bob) -> None:
    """A download that stalls is waited for, and one seek catches up."""
    started.server.media_until_s = 40
    bob.hear(tone(started, 1), position_ms=28_000)
    bob.wait_until_in_step()
    bob.run(WATCH)
    bob.wait_for_phase("loading")
    bob.wait_for("errorMs() < -2000")
    assert bob.run("seeks") == []
    assert bob.phase == "loading"
    started.server.media_until_s = float("inf")
    bob.wait_until_in_step()
    bob.wait_for_phase("playing")
    assert len(bob.run("seeks")) == 1


@pytest.mark.parametrize("seconds", ["inf", "30"])
@unless_noisy()
def test_what_cannot_be_sought_is_heard_and_not_fought(started: Engine, bob: Bob, seconds: str) -> None:
    """A stream without an end, or a file in which nobody can seek, plays on undisturbed for ten seconds."""
    url = f"{started.server.url}/unmeasured/{seconds}s-1.wav"
    bob.hear(tone(started, 1, length_ms=None, url=url), lead_ms=-20_000)
    bob.wait_for("truth().isMoving && truth().positionMs > 500")
    bob.run(WATCH)
    before_ms = bob.run("truth().positionMs")
    bob.wait_for(f"truth().positionMs > {before_ms + 10_000}")
    assert bob.run("[seeks.length, rates.length, pauses]") == [0, 0, 0]
    assert bob.phase == "playing"
    assert bob.run("follower.status.driftMs") is None


# From one track to the next

LEFT_MS = 4_000
MOST_SILENCE_MS = 150

MOVES = """() => {
    window.moves = [];
    const seen = new Map();
    setInterval(() => {
        for (const video of document.querySelectorAll('video')) {
            const { currentTime: at, src } = video;
            if (seen.get(src) !== at && !video.paused) moves.push({ src, at, now: performance.now() });
            seen.set(src, at);
        }
    }, 4);
}"""

SILENCE = """() => {
    const of = (part) => moves.filter(({ src }) => src.includes(part)).map(({ now }) => now);
    return Math.min(...of('-2.wav')) - Math.max(...of('-1.wav'));
}"""


@unless_noisy()
def test_one_track_follows_another_without_a_gap_and_undisturbed(started: Engine, bob: Bob) -> None:
    """From one track to the next nothing is silent for 150 ms, and what the server tells then disturbs nothing."""
    bob.run(MOVES)
    second = tone(started, 2)
    told = bob.hear(tone(started, 1), position_ms=60_000 - LEFT_MS)
    ends_at_ms = told["effective_at_ms"] + LEFT_MS
    bob.run("([entry, atMs]) => follower.next(entry, atMs)", [second, ends_at_ms])
    bob.wait_for(f"clock.now() > {ends_at_ms + 500} && document.querySelector('video').src.includes('-2.wav')")
    bob.run(WATCH)
    bob.hear(second, lead_ms=0, effective_at_ms=ends_at_ms)
    bob.wait_for(f"clock.now() > {ends_at_ms + 2_500}")
    assert bob.run(SILENCE) < MOST_SILENCE_MS
    assert bob.run("[seeks.length, pauses]") == [0, 0]
    bob.wait_until_in_step()


# YouTube's player, of which the stand-in behaves as the real one was seen to


@unless_noisy()
def test_seeks_are_rare_however_long_they_take(started: Engine) -> None:
    """A player whose seeks take from 0.2 to 1.5 s is sought at most six times in twelve seconds."""
    bob = Bob(started, seekLatencyMs=[200, 1_500])
    bob.hear(video(1), lead_ms=-5_000)
    bob.wait_for("follower.status.driftMs !== null")
    bob.wait_for(f"clock.now() > {started.server.now_ms + 12_000}")
    calls: list[dict[str, Any]] = bob.run("youtubeStandIn.calls")
    assert calls
    assert len([call for call in calls if call["name"] == "seekTo"]) <= 6


# The clock


@unless_noisy()
def test_a_page_that_is_busy_when_the_answers_come_is_not_late(started: Engine) -> None:
    """A page that is busy when the server's answers come knows the server's time within 15 ms all the same."""
    started.server.time_takes_s = 0.06
    page = started.page()
    # Whenever something was asked, it is busy from before the answer to after it.
    page.evaluate("""() => {
        const ask = window.fetch.bind(window);
        window.fetch = (...how) => {
            const answer = ask(...how);
            setTimeout(() => { for (const end = performance.now() + 120; performance.now() < end; ); }, 20);
            return answer;
        };
    }""")
    page.evaluate("""async () => {
        const { Clock } = await import('/static/rooms/clock/clock.js');
        Object.assign(window, { clock: new Clock(), heard: 0 });
        clock.addEventListener('offset', () => heard++);
        clock.start();
    }""")
    page.wait_for_function("heard >= 8")
    assert page.evaluate("clock.now() - Date.now()") == pytest.approx(0, abs=15)
