"""What happens to those who listen, in a real browser: sleep, stalls, wrong clocks, a server that is away.

What else they meet is where it belongs: blocked sound in ``test_engine_sound.py``, a local pause, a hidden tab and a
file that cannot be played in ``test_engine_follower.py``, advertisements and refused videos in
``test_engine_youtube.py``, many tabs in ``test_one_stream.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.support.bob import TRACK_LEAD_MS, Bob, tone, video
from tests.support.engine import Engine
from tests.support.splitter import Splitter
from tools.browser import Window, until
from tools.server import Server, served

HOUR_MS = 3_600_000

WATCH = """() => {
    const video = document.querySelector('video');
    window.seeks = [];
    window.rates = [];
    video.addEventListener('seeking', () => seeks.push(errorMs()));
    video.addEventListener('ratechange', () => rates.push(video.playbackRate));
}"""
"""Note each seek of what plays now, and each of its rates."""

MOVE_ROOM = "(ms) => { const now = clock.now.bind(clock); clock.now = () => now() + ms; }"
"""Let the room be further ahead of this listener's player, which is not touched."""


@pytest.fixture
def bob(started: Engine) -> Bob:
    return Bob(started)


def listening(started: Engine, bob: Bob, **entry: Any) -> Bob:
    """Bob, who is in step with a tone, and has been corrected as far as he needed it."""
    bob.hear(tone(started, 1, **entry), lead_ms=-2_000)
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
    """The middle of many readings, each of which is a little off."""
    return float(
        bob.run("""async () => {
            const errors = [];
            for (let n = 0; n < 21; n++) {
                errors.push(errorMs());
                await new Promise((done) => setTimeout(done, 20));
            }
            return errors.sort((a, b) => a - b)[10];
        }""")
    )


def server_error_ms(started: Engine, bob: Bob) -> float:
    """How far what plays from 0 is from where the server's own clock has it, but for the time that asking takes."""
    before_ms = started.server.now_ms
    position_ms, began_at_ms = bob.run("[truth().positionMs, player.effective_at_ms]")
    after_ms = started.server.now_ms
    return float(max(0, before_ms - began_at_ms - position_ms, position_ms - (after_ms - began_at_ms)))


# How closely to follow


@pytest.mark.parametrize(
    ("tightness", "off_by_ms", "answer"),
    [
        ("tight", 175, "seek"),
        ("normal", 175, "nudge"),
        ("normal", 500, "seek"),
        ("loose", 500, "nudge"),
        ("normal", 27, "nudge"),
        ("loose", 27, "nothing"),
        ("off", 500, "nothing"),
    ],
)
def test_a_listener_is_corrected_as_closely_as_they_like(
    started: Engine, bob: Bob, tightness: str, off_by_ms: int, answer: str
) -> None:
    listening(started, bob)
    bob.run("(tightness) => { follower.tightness = tightness; }", tightness)
    bob.run("() => { seeks.length = rates.length = 0; }")
    bob.run(MOVE_ROOM, off_by_ms)
    if answer == "nothing":
        bob.page.wait_for_timeout(3_000)
        assert bob.run("[seeks, rates]") == [[], []]
    else:
        bob.wait_for("seeks.length + rates.length > 0")
        assert bob.run("seeks.length > 0 ? 'seek' : 'nudge'") == answer
        bob.wait_until_in_step(100)


def test_who_switches_sync_off_still_does_what_the_host_does_and_is_corrected_once_it_is_on(
    started: Engine, bob: Bob
) -> None:
    listening(started, bob)
    bob.run("() => { follower.tightness = 'off'; }")
    bob.hear(tone(started, 1), position_ms=40_000)
    bob.wait_for("truth().positionMs > 40000")
    bob.wait_until_in_step()
    bob.hear(tone(started, 1), playing=False, position_ms=20_000, lead_ms=0)
    bob.wait_for_phase("paused")
    bob.hear(tone(started, 1), position_ms=20_000)
    bob.wait_until_in_step()
    bob.run(MOVE_ROOM, 5_000)
    bob.page.wait_for_timeout(2_000)
    assert bob.error_ms < -4_500
    bob.run("() => { follower.tightness = 'normal'; }")
    bob.wait_until_in_step()


@pytest.mark.parametrize(("nudge_ms", "seeks"), [(60, 0), (-60, 0), (600, 3)])
def test_a_nudge_moves_what_plays_by_as_many_milliseconds_and_back(
    started: Engine, bob: Bob, nudge_ms: int, seeks: int
) -> None:
    """Far nudges are sought, and sought again where a busy machine let the start come late."""
    listening(started, bob)
    before_ms = usual_error_ms(bob)
    bob.run("(ms) => { follower.nudgeMs = ms; }", nudge_ms)
    bob.wait_for(f"Math.abs(errorMs() - {nudge_ms}) < 40")
    settle(bob)
    assert usual_error_ms(bob) - before_ms == pytest.approx(nudge_ms, abs=25)
    assert len(bob.run("seeks")) <= seeks
    bob.run("() => { follower.nudgeMs = 0; }")
    bob.wait_until_in_step(40)
    settle(bob)
    assert usual_error_ms(bob) - before_ms == pytest.approx(0, abs=25)


def test_the_drift_that_is_shown_is_the_true_one(started: Engine, bob: Bob) -> None:
    assert bob.run("follower.status.driftMs") is None
    listening(started, bob)
    bob.run("() => { follower.tightness = 'off'; }")
    for off_by_ms in (300, -450):
        bob.run(MOVE_ROOM, off_by_ms)
        bob.page.wait_for_timeout(600)
        shown = bob.run("""async () => {
            const shown = [];
            for (let n = 0; n < 7; n++) {
                shown.push(follower.status.driftMs - errorMs());
                await new Promise((done) => setTimeout(done, 260));
            }
            return shown.sort((a, b) => a - b)[3];
        }""")
        assert shown == pytest.approx(0, abs=30)
    assert bob.run("statuses.at(-1).driftMs") == pytest.approx(150, abs=40)
    bob.run("follower.pause()")
    bob.wait_for_phase("alone")
    assert bob.run("follower.status.driftMs") is None


def test_a_local_pause_of_a_video_is_left_by_going_back_to_live(started: Engine, bob: Bob) -> None:
    bob.hear(video(1), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    bob.run("follower.pause()")
    bob.wait_for_phase("alone")
    bob.wait_for("!truth().isMoving")
    bob.hear(video(1), position_ms=90_000)
    bob.page.wait_for_timeout(1_000)
    assert bob.run("truth()")["isMoving"] is False
    bob.run("follower.backToLive()")
    bob.wait_until_in_step()
    assert bob.run("truth().positionMs") >= 90_000


# Stalls, sleep and wrong clocks


def test_a_network_that_stalls_is_waited_for_and_then_one_seek_catches_up(started: Engine, bob: Bob) -> None:
    started.server.media_until_s = 40
    bob.hear(tone(started, 1), position_ms=28_000)
    bob.wait_until_in_step()
    bob.run(WATCH)
    bob.wait_for_phase("loading")
    bob.page.wait_for_timeout(3_000)
    assert bob.run("seeks") == []
    assert bob.phase == "loading"
    assert bob.error_ms < -2_000
    started.server.media_until_s = float("inf")
    bob.wait_until_in_step()
    bob.wait_for_phase("playing")
    assert len(bob.run("seeks")) == 1


def test_a_machine_that_slept_is_where_the_room_is_when_it_wakes(started: Engine, bob: Bob) -> None:
    """While it slept its monotonic clock stood still, as did its player; its calendar and the room went on."""
    listening(started, bob)
    started.server.skew_ms = 25_000
    bob.run("() => { const real = Date.now.bind(Date); Date.now = () => real() + 25000; }")
    bob.wait_for("truth().positionMs > 25000")
    bob.wait_until_in_step()
    bob.wait_for_phase("playing")
    assert server_error_ms(started, bob) < 250
    assert len(bob.run("seeks")) <= 2


@pytest.mark.parametrize("hours", [5, -5])
def test_a_machine_whose_clock_is_wrong_by_hours_is_in_step(started: Engine, hours: int) -> None:
    started.server.skew_ms = hours * HOUR_MS
    bob = Bob(started)
    bob.hear(tone(started, 1), lead_ms=-7_000)
    bob.wait_until_in_step()
    assert server_error_ms(started, bob) < 250


@pytest.mark.parametrize("hours", [5, -5])
def test_a_machine_whose_clock_is_set_by_hours_plays_on(started: Engine, bob: Bob, hours: int) -> None:
    """It is not to be told from a sleep before the server has answered, which takes a while."""
    listening(started, bob)
    started.server.time_takes_s = 0.6
    bob.run(f"() => {{ const real = Date.now.bind(Date); Date.now = () => real() + {hours * HOUR_MS}; }}")
    bob.page.wait_for_timeout(5_000)
    assert bob.phase == "playing"
    assert bob.run("seeks") == []
    assert server_error_ms(started, bob) < 250


# Media without an end that anybody knows


def unmeasured(started: Engine, seconds: str) -> dict[str, Any]:
    """A tone of so many seconds (``inf`` has no end) that tells nowhere how long it is; nobody can seek in it."""
    return tone(started, 1, length_ms=None, url=f"{started.server.url}/unmeasured/{seconds}s-1.wav")


def test_a_file_without_a_length_is_played_to_its_end_which_is_told(started: Engine, bob: Bob) -> None:
    bob.hear(unmeasured(started, "6"), lead_ms=TRACK_LEAD_MS)
    bob.wait_until_in_step()
    assert bob.run("hints.filter(({ kind }) => kind === 'ended')") == []
    bob.wait_for("hints.some(({ kind }) => kind === 'ended')")
    assert bob.run("truth().positionMs") == pytest.approx(6_000, abs=300)
    bob.wait_for_phase("waiting")


@pytest.mark.parametrize("seconds", ["inf", "30"])
def test_what_cannot_be_sought_is_heard_by_whoever_joins_late_and_is_not_fought(
    started: Engine, bob: Bob, seconds: str
) -> None:
    bob.hear(unmeasured(started, seconds), lead_ms=-20_000)
    bob.wait_for("truth().isMoving && truth().positionMs > 500")
    bob.run(WATCH)
    bob.run("() => { window.pauses = 0; document.querySelector('video').addEventListener('pause', () => pauses++); }")
    before_ms = bob.run("truth().positionMs")
    bob.page.wait_for_timeout(10_000)
    assert bob.run("truth().positionMs") - before_ms == pytest.approx(10_000, abs=800)
    assert bob.run("[seeks.length, pauses]") == [0, 0]
    assert bob.phase == "playing"
    assert bob.run("follower.status.driftMs") is None
    if seconds == "inf":
        assert bob.run("follower.status.lengthMs") is None
        assert bob.run("hints") == []


# A real room

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def browser(running: Engine) -> Browser:
    return running.browser


@pytest.fixture
def room(prepared: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of its own with the demo room, which plays."""
    with served(prepared, tmp_path / "server", demo=True) as server:
        yield server


def alice(room: Server) -> httpx.Client:
    code = "from rooms.models import Room, Token;print(Token.issue(Room.objects.get(slug='lounge').members.first()))"
    return room.client(room.shell(code).strip().splitlines()[-1])


def seek(room: Server, position_ms: int) -> dict[str, Any]:
    told = alice(room).patch("/rooms/lounge/player", json={"position_ms": position_ms, "playing": True})
    assert told.status_code == 200, told.text
    return dict(told.json())


def wait_until_in_step(window: Window, player: dict[str, Any]) -> None:
    until(lambda: abs(window.error_ms(player)) <= 250, f"out of step: {window.hears} against {player}", 30)


def test_a_server_that_restarts_is_not_heard_and_its_room_goes_on(room: Server, browser: Browser) -> None:
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


def test_a_network_that_was_gone_is_not_heard_and_what_was_missed_is_made_up(room: Server, browser: Browser) -> None:
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
