"""Bob, who listens: a page with a clock and a follower, told what the room's player does."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.support.engine import Engine
from tools.patience import PATIENCE_S

LEAD_MS = 400
TRACK_LEAD_MS = 1_500
IN_STEP_MS = 250

LISTEN = """async () => {
    const { Clock } = await import('/static/rooms/clock/clock.js');
    const { Follower } = await import('/static/players/follow/follower.js');
    const { positionAt, timelineOf } = await import('/static/players/timeline.js');
    const clock = new Clock();
    clock.start();
    const stage = document.getElementById('stage');
    const follower = new Follower({ stage, clock, storage: localStorage });
    Object.assign(window, { clock, follower, statuses: [], hints: [], player: null });
    follower.addEventListener('status', ({ detail }) => statuses.push({ ...detail, atMs: clock.now() }));
    follower.addEventListener('hint', ({ detail }) => hints.push(detail));
    window.follow = (player) => follower.follow((window.player = player));
    // Where the media really is, whatever the engine believes.
    window.truth = () => {
        if (player.entry.provider === 'youtube') {
            return youtubeStandIn.players?.[0]?.truth ?? { positionMs: 0, isMoving: false };
        }
        const video = document.querySelector('video');
        return { positionMs: video.currentTime * 1000, isMoving: !video.paused && !video.ended };
    };
    window.errorMs = () => truth().positionMs - positionAt(timelineOf(player), clock.now());
    // A rehearsal is none.
    window.isInStep = (withinMs) =>
        truth().isMoving && follower.status.phase !== 'loading' && Math.abs(errorMs()) < withinMs;
}"""


class Bob:
    """Bob's page. Its positions are compared with the timeline of the player that he was told last."""

    def __init__(self, engine: Engine, *, path: str = "/tests/js/blank.html", **youtube_knobs: Any) -> None:
        self.server = engine.server
        self.page: Page = engine.page(path, **youtube_knobs)
        self.page.evaluate(LISTEN)
        self._version = 0

    def hear(self, entry: dict[str, Any] | None, *, lead_ms: int = LEAD_MS, **fields: Any) -> dict[str, Any]:
        """Be told that the player plays ``entry``, from ``lead_ms`` from now on."""
        self._version += 1
        player = {
            "version": self._version,
            "entry_id": entry and entry["id"],
            "playing": True,
            "position_ms": 0,
            "rate": 1.0,
            "effective_at_ms": self.server.now_ms + lead_ms,
            "entry": entry,
            **fields,
        }
        self.page.evaluate("(player) => follow(player)", player)
        return player

    def wait_for(self, condition: str, patience_s: float = PATIENCE_S) -> None:
        """Wait until a JavaScript expression is true."""
        self.page.wait_for_function(condition, timeout=patience_s * 1000)

    def wait_for_phase(self, phase: str) -> None:
        self.wait_for(f"follower.status.phase === '{phase}'")

    def wait_until_in_step(self, within_ms: float = IN_STEP_MS) -> None:
        self.wait_for(f"isInStep({within_ms})")

    def run(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    @property
    def error_ms(self) -> float:
        return float(self.page.evaluate("errorMs()"))

    @property
    def phase(self) -> str:
        return str(self.page.evaluate("follower.status.phase"))

    @property
    def phases(self) -> list[str]:
        """The phases that he was told, without repetitions."""
        told = self.page.evaluate("statuses.map(({ phase }) => phase)")
        return [phase for number, phase in enumerate(told) if number == 0 or phase != told[number - 1]]


def tone(engine: Engine, entry_id: int, *, seconds: int = 60, **fields: Any) -> dict[str, Any]:
    """An entry that plays a tone; its length is known unless ``length_ms`` says otherwise."""
    url = f"{engine.server.url}/media/{seconds}s-{entry_id}.wav"
    return _entry(entry_id, url, "direct", url, seconds) | fields


def video(entry_id: int, *, seconds: int = 180, **fields: Any) -> dict[str, Any]:
    """An entry that plays a YouTube video, which the stand-in believes to be three minutes long."""
    media_id = f"video{entry_id:06}"
    return _entry(entry_id, f"https://www.youtube.com/watch?v={media_id}", "youtube", media_id, seconds) | fields


def _entry(entry_id: int, url: str, provider: str, media_id: str, seconds: int) -> dict[str, Any]:
    return {
        "id": entry_id,
        "url": url,
        "provider": provider,
        "media_id": media_id,
        "title": f"Track {entry_id}",
        "artist": "",
        "length_ms": seconds * 1_000,
        "is_live": False,
        "artwork_url": "",
        "added_by": {"id": "0lFwK6Zl7gUeXb3-R8mPZg", "name": "Alice"},
        "votes": 0,
        "start_ms": None,
        "end_ms": None,
        "unplayable": "",
    }
