"""HLS where the browser cannot read it: by hls.js, which is fetched only then, and in step as any other file."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bob import Bob, tone
from tests.support.engine import Engine

LIBRARY = "/static/vendor/hls/hls.min.js"
PLAYLIST = "/tests/js/hls/tone.m3u8"
SECONDS = 30.08

WITHOUT_HLS = """() => {
    const ask = HTMLMediaElement.prototype.canPlayType;
    HTMLMediaElement.prototype.canPlayType = function (type) {
        return type.includes('mpegurl') ? '' : ask.call(this, type);
    };
    // And what it cannot play it refuses.
    const { set, get } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'src');
    const refused = (url) => url.endsWith('.m3u8') || url.endsWith('/unnamed');
    Object.defineProperty(HTMLMediaElement.prototype, 'src', {
        get, set(url) { set.call(this, refused(url) ? 'data:text/plain,nothing' : url); },
    });
}"""


@pytest.fixture
def bob(started: Engine) -> Bob:
    """Bob, whose browser knows nothing of HLS."""
    bob = Bob(started)
    bob.run(WITHOUT_HLS)
    return bob


def stream(engine: Engine, entry_id: int, url: str = PLAYLIST, **fields: Any) -> dict[str, Any]:
    return tone(engine, entry_id, url=engine.server.url + url, length_ms=None, **fields)


def test_a_stream_is_in_step_obeys_seeks_and_ends(started: Engine, bob: Bob) -> None:
    bob.hear(tone(started, 1))
    bob.wait_until_in_step()
    assert started.server.count(LIBRARY) == 0
    bob.hear(stream(started, 2))
    bob.wait_until_in_step()
    assert started.server.count(LIBRARY) == 1
    bob.hear(stream(started, 2), position_ms=24_000)
    bob.wait_for("truth().positionMs > 24000")
    bob.wait_until_in_step()
    # The one that follows is loaded meanwhile, in the other element.
    bob.run("(entry) => follower.next(entry)", stream(started, 3))
    bob.wait_for("[...document.querySelectorAll('video')].every((one) => one.buffered.length)")
    bob.wait_for("hints.some(({ kind }) => kind === 'ended')")
    lengths = [hint["length_ms"] for hint in bob.run("hints") if hint["kind"] == "length" and hint["entry_id"] == 2]
    assert lengths == [pytest.approx(SECONDS * 1_000, abs=100)]


def test_a_stream_that_only_its_type_tells_plays(started: Engine, bob: Bob) -> None:
    bob.hear(stream(started, 1, "/unnamed"))
    bob.wait_until_in_step()


def test_streams_that_cannot_be_played_say_why(started: Engine, bob: Bob) -> None:
    bob.hear(stream(started, 1, "/gone.m3u8"))
    bob.wait_for("follower.status.reason.includes('nothing that your browser can play')")
    bob.hear(stream(started, 2) | {"url": f"http://localhost:{started.server.server_port}{PLAYLIST}"})
    bob.wait_for("follower.status.reason.includes('does not let other sites play it')")
    assert [hint["kind"] for hint in bob.run("hints")] == ["failed", "failed"]
    bob.hear(stream(started, 3))
    bob.wait_until_in_step()
