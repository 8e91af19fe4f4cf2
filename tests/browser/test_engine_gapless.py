"""One direct track follows another without a gap, where the server promised it, in a real browser with real media."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bob import Bob, tone
from tests.support.engine import Engine

LEFT_MS = 4_000
"""What is left of the first track when Bob begins to hear it: enough to load the second."""

MOST_SILENCE_MS = 250
"""A few tens of milliseconds are what listeners meet; the tests share the machine."""

WATCH = """() => {
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


@pytest.fixture
def bob(started: Engine) -> Bob:
    bob = Bob(started)
    bob.run(WATCH)
    return bob


class Boundary:
    """Alice's first track is about to end, and her second follows."""

    def __init__(self, started: Engine, bob: Bob, *, promised: bool = True, late_ms: int = 0, **of_second: Any) -> None:
        self.bob = bob
        self.first, self.second = tone(started, 1), tone(started, 2, **of_second)
        self.told = bob.hear(self.first, position_ms=60_000 - LEFT_MS)
        self.ends_at_ms = self.told["effective_at_ms"] + LEFT_MS
        self.expect(self.second, self.ends_at_ms + late_ms if promised else None)

    def expect(self, entry: dict[str, Any] | None, at_ms: int | None) -> None:
        self.bob.run("([entry, atMs]) => follower.next(entry, atMs)", [entry, at_ms])

    def pass_by(self, by_ms: int = 1_000) -> None:
        self.bob.wait_for(f"clock.now() > {self.ends_at_ms + by_ms}")

    def tell_second(self) -> None:
        start_ms = self.second["start_ms"] or 0
        self.bob.hear(self.second, position_ms=start_ms, lead_ms=0, effective_at_ms=self.ends_at_ms)

    @property
    def plays(self) -> str:
        return str(self.bob.run("document.querySelector('video').src.match(/-(\\d)\\.wav/)[1]"))


def test_the_next_track_starts_at_the_very_end_before_the_server_tells(started: Engine, bob: Bob) -> None:
    boundary = Boundary(started, bob)
    boundary.pass_by()
    assert boundary.plays == "2"
    assert bob.run(SILENCE) < MOST_SILENCE_MS
    assert bob.run(f"truth().positionMs - (clock.now() - {boundary.ends_at_ms})") == pytest.approx(0, abs=250)
    assert bob.run("Math.max(...moves.filter(({ src }) => src.includes('-1.wav')).map(({ at }) => at))") > 59.7


def test_what_the_server_tells_then_changes_nothing(started: Engine, bob: Bob) -> None:
    boundary = Boundary(started, bob)
    boundary.pass_by(200)
    bob.run("""() => {
        window.disturbed = [];
        const video = document.querySelector('video');
        for (const name of ['pause', 'seeking', 'emptied']) video.addEventListener(name, () => disturbed.push(name));
    }""")
    boundary.tell_second()
    boundary.pass_by(1_500)
    assert bob.run("disturbed") == []
    bob.wait_until_in_step()
    assert boundary.plays == "2"


def test_hearing_of_the_first_track_again_meanwhile_does_not_lead_back(started: Engine, bob: Bob) -> None:
    boundary = Boundary(started, bob)
    boundary.pass_by(300)
    bob.run("(player) => follow({ ...player })", boundary.told)
    boundary.pass_by(800)
    assert boundary.plays == "2"


def test_another_word_of_the_server_is_followed(started: Engine, bob: Bob) -> None:
    boundary = Boundary(started, bob)
    boundary.pass_by(300)
    bob.hear(boundary.first, position_ms=20_000)
    bob.wait_until_in_step()
    assert boundary.plays == "1"


@pytest.mark.parametrize("promise", [{"promised": False}, {"late_ms": 500}])
def test_without_the_server_s_promise_it_waits_for_its_word(started: Engine, bob: Bob, promise: dict[str, Any]) -> None:
    boundary = Boundary(started, bob, **promise)
    boundary.pass_by()
    assert boundary.plays == "1"
    boundary.tell_second()
    bob.wait_until_in_step()
    assert boundary.plays == "2"


def test_a_pause_just_before_the_end_keeps_the_next_track_silent(started: Engine, bob: Bob) -> None:
    boundary = Boundary(started, bob)
    bob.wait_for(f"clock.now() > {boundary.ends_at_ms - 700}")
    bob.hear(boundary.first, playing=False, position_ms=59_300, lead_ms=0)
    boundary.pass_by(500)
    assert boundary.plays == "1"
    assert bob.phase == "paused"
    assert not bob.run("[...document.querySelectorAll('video')].some((video) => !video.paused)")


def test_another_follower_at_the_last_moment_is_the_one_that_starts(started: Engine, bob: Bob) -> None:
    boundary = Boundary(started, bob)
    bob.wait_for(f"clock.now() > {boundary.ends_at_ms - 1_200}")
    boundary.expect(tone(started, 3), boundary.ends_at_ms)
    boundary.pass_by()
    assert boundary.plays in ("1", "3")
    assert not bob.run("moves.some(({ src }) => src.includes('-2.wav'))")


def test_the_next_track_starts_at_its_own_trim_and_the_first_ends_at_its(started: Engine, bob: Bob) -> None:
    boundary = Boundary(started, bob, start_ms=30_000)
    boundary.pass_by()
    assert boundary.plays == "2"
    assert bob.run("Math.min(...moves.filter(({ src }) => src.includes('-2.wav')).map(({ at }) => at))") > 29.5


def test_a_listener_who_paused_is_left_alone_at_the_boundary(started: Engine, bob: Bob) -> None:
    boundary = Boundary(started, bob)
    bob.wait_until_in_step()
    bob.run("follower.pause()")
    boundary.pass_by()
    assert bob.phase == "alone"
    assert not bob.run("[...document.querySelectorAll('video')].some((video) => !video.paused)")
