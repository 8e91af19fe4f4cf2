"""Media as people have them, played by two pages at once; ``docs/media.md`` lists what becomes of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.soak.noise import unless_noisy
from tests.support import made_media
from tests.support.bob import Bob
from tests.support.engine import Engine
from tests.support.made_media import SECONDS, MediaServer

TOGETHER_MS = 250

OFF_BY_MS = {
    "adts.aac": 1_000,
    "vbr.mp3": 16_000,
    "recorder.webm": 100,
    "plain.mp3": 100,
    "stream.m3u8": 100,
    "silent.mp4": 100,
}
"""How wrong the length of each may be: without a table, browsers take the rate of its beginning for that of all."""


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaServer]:
    if not made_media.is_possible():
        pytest.skip("There is no ffmpeg to make media with.")
    folder = tmp_path_factory.mktemp("media")
    made_media.make(folder)
    with made_media.served(folder) as server:
        yield server


WITHOUT_HLS = """() => {
    const ask = HTMLMediaElement.prototype.canPlayType;
    HTMLMediaElement.prototype.canPlayType = function (type) {
        return type.includes('mpegurl') ? '' : ask.call(this, type);
    };
}"""


BEHIND_S = "(({ seekable, currentTime }) => seekable.end(0) - currentTime)(document.querySelector('video'))"
"""How far a page is behind the edge of a live stream: three of its pieces, each at most 3 s long."""


@pytest.fixture
def both(started: Engine) -> list[Bob]:
    return [Bob(started), Bob(started)]


def hear(both: list[Bob], media: MediaServer, name: str, *, lead_ms: int = 1_500, **fields: Any) -> None:
    """Both are told the same player of the file ``name``."""
    about = {"url": f"{media.url}/{name}", "length_ms": None, "is_live": False}
    told = {key: fields.pop(key) for key in ("length_ms", "is_live") if key in fields}
    at_ms = both[0].server.now_ms + lead_ms
    for bob in both:
        entry = entry_of_any(about | told)
        bob.hear(entry, effective_at_ms=at_ms, **fields)


def entry_of_any(about: dict[str, Any]) -> dict[str, Any]:
    return ENTRY | about | {"media_id": about["url"]}


ENTRY: dict[str, Any] = {
    "id": 1,
    "provider": "direct",
    "title": "Made",
    "artist": "",
    "artwork_url": "",
    "added_by": None,
    "votes": 0,
    "start_ms": None,
    "end_ms": None,
    "unplayable": "",
}


def lengths_of(bob: Bob) -> list[int]:
    return [hint["length_ms"] for hint in bob.run("hints") if hint["kind"] == "length"]


@pytest.mark.parametrize("name", OFF_BY_MS)
@unless_noisy()
def test_files_are_in_step_obey_seeks_and_tell_their_length(both: list[Bob], media: MediaServer, name: str) -> None:
    """A file is in step on two pages, obeys seeks, and its length is found out, whatever it says of that itself."""
    # One of them reads streams in pieces by itself.
    both[1].run(WITHOUT_HLS)
    hear(both, media, name)
    for bob in both:
        bob.wait_until_in_step(TOGETHER_MS)
    hear(both, media, name, position_ms=20_000, lead_ms=400)
    for bob in both:
        bob.wait_for("truth().positionMs > 20500")
        bob.wait_until_in_step(TOGETHER_MS)
    for bob in both:
        bob.wait_for("hints.some(({ kind }) => kind === 'ended')")
        assert lengths_of(bob)[-1] == pytest.approx(SECONDS * 1_000, abs=OFF_BY_MS[name])


@unless_noisy()
def test_a_file_that_is_believed_longer_than_it_is_ends_with_its_sound(both: list[Bob], media: MediaServer) -> None:
    """A file of a varying rate, which browsers take for half as long again, ends for the room when its sound ends."""
    hear(both, media, "vbr.mp3")
    for bob in both:
        bob.wait_until_in_step(TOGETHER_MS)
    for bob in both:
        bob.wait_for("hints.some(({ kind }) => kind === 'ended')")
        assert lengths_of(bob)[0] > 1.3 * SECONDS * 1_000
        assert bob.run("follower.status.roomPositionMs") < 1.2 * SECONDS * 1_000


@unless_noisy()
def test_a_length_that_is_far_too_long_is_corrected(both: list[Bob], media: MediaServer) -> None:
    """Both pages tell the server of a length that is wrong."""
    hear(both, media, "plain.mp3", length_ms=856_000)
    for bob in both:
        bob.wait_until_in_step(TOGETHER_MS)
        assert lengths_of(bob) == [pytest.approx(SECONDS * 1_000, abs=100)]


@pytest.mark.parametrize("is_live", [True, False], ids=["known", "found out"])
@unless_noisy()
def test_a_station_that_drops_is_heard_again_and_has_no_length(
    both: list[Bob], media: MediaServer, is_live: bool
) -> None:
    """A station is recognised, joined again within seconds after it drops, and never takes a length from that."""
    hear(both, media, "station.mp3", is_live=is_live)
    for bob in both:
        bob.wait_for("truth().isMoving && truth().positionMs > 3000 && follower.status.isLive")
    connections = media.connections
    media.drop()
    for bob in both:
        bob.wait_for("follower.status.phase === 'loading'")
    for bob in both:
        bob.wait_for("truth().isMoving && truth().positionMs < 6000 && follower.status.phase === 'playing'")
        assert bob.run("hints") == ([] if is_live else [{"kind": "live", "entry_id": 1}])
        assert bob.run("follower.status.lengthMs") is None
    assert media.connections == connections + len(both)


@unless_noisy()
def test_a_station_is_joined_where_it_is_after_a_pause(both: list[Bob], media: MediaServer) -> None:
    """After a pause both pages connect to the station anew, and are as close as two connections are."""
    hear(both, media, "station.mp3", is_live=True)
    for bob in both:
        bob.wait_for("truth().isMoving && truth().positionMs > 6000")
    hear(both, media, "station.mp3", is_live=True, playing=False, position_ms=6_000)
    for bob in both:
        bob.wait_for_phase("paused")
    connections = media.connections
    hear(both, media, "station.mp3", is_live=True, position_ms=6_000, lead_ms=400)
    for bob in both:
        bob.wait_for("truth().isMoving && truth().positionMs > 500")
    assert media.connections == connections + len(both)
    first, second = (bob.run("truth().positionMs") for bob in both)
    assert abs(first - second) < 2_000


@pytest.mark.parametrize("is_live", [True, False], ids=["known", "found out"])
@unless_noisy()
def test_a_live_stream_in_pieces_is_joined_where_it_is(both: list[Bob], media: MediaServer, is_live: bool) -> None:
    """A live HLS stream has neither length nor seeks on either page; a page that paused comes back to where it is."""
    both[1].run(WITHOUT_HLS)
    hear(both, media, "live.m3u8", is_live=is_live)
    for bob in both:
        bob.wait_for("truth().isMoving && follower.status.isLive")
        assert bob.run("hints") == ([] if is_live else [{"kind": "live", "entry_id": 1}])
        assert bob.run("follower.status.lengthMs") is None
    if is_live:
        heard = both[1]
        hear([heard], media, "live.m3u8", is_live=True, playing=False, position_ms=3_000)
        heard.wait_for_phase("paused")
        heard.run("() => new Promise((done) => setTimeout(done, 12_000))")
        hear([heard], media, "live.m3u8", is_live=True, position_ms=3_000, lead_ms=400)
        heard.wait_for("truth().isMoving && follower.status.phase === 'playing'")
        assert heard.run(BEHIND_S) < 11
