"""The demo: three finished pieces of music that come with the code, and a room that plays them at once."""

from __future__ import annotations

import importlib
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from django.apps import apps
from django.conf import settings
from playwright.sync_api import Browser

from players.management.commands.demo import ARTIST, PIECES
from players.models import Track
from tests.support import patient
from tests.support.demo import alice_of
from tools.browser import Window
from tools.patience import PATIENCE_S, until
from tools.server import NO_TLS, Server

MOST_BYTES = 4_000_000
MOST_COVER_BYTES = 60_000
SAMPLES_A_SECOND, SAMPLES_A_FRAME = 48_000, 1_152
FRAME_BYTES = 336
FRAME_START = b"\xff\xfb\x84"
"""MPEG-1 Layer III, without a checksum, 112 kbit/s at 48 kHz, unpadded: every frame is as long as any other."""

each_piece = pytest.mark.parametrize(("name", "title", "length_ms"), PIECES)


def music(name: str) -> Path:
    return Path(settings.DEMO_ROOT) / f"{name}.mp3"


def split(data: bytes) -> tuple[bytes, bytes]:
    """The ID3 tag before the music, and the frames."""
    assert data[:4] == b"ID3\x03"
    length = 10 + sum(byte << 7 * place for place, byte in enumerate(reversed(data[6:10])))
    return data[:length], data[length:]


def test_the_folder_holds_a_sound_and_a_cover_for_each_piece_and_is_small() -> None:
    files = list(Path(settings.DEMO_ROOT).iterdir())
    assert {file.name for file in files} == {f"{name}.{kind}" for name, *_ in PIECES for kind in ("mp3", "svg")}
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES


@each_piece
def test_a_piece_is_whole_and_exactly_as_long_as_the_demo_says(name: str, title: str, length_ms: int) -> None:
    """By its own count: so many frames, less what the encoder put before and after the music."""
    _, frames = split(music(name).read_bytes())
    starts = {frames[place : place + 3] for place in range(0, len(frames), FRAME_BYTES)}
    assert (starts, len(frames) % FRAME_BYTES) == ({FRAME_START}, 0)
    header = frames[frames.index(b"Info", 0, FRAME_BYTES) :]
    count = int.from_bytes(header[8:12])
    assert count == len(frames) // FRAME_BYTES - 1  # the header is in a frame of its own
    cut = int.from_bytes(header[141:144])
    samples = count * SAMPLES_A_FRAME - (cut >> 12) - (cut & 0xFFF)
    assert samples * 1_000 == length_ms * SAMPLES_A_SECOND


@each_piece
def test_a_piece_names_its_title_and_artist(name: str, title: str, length_ms: int) -> None:
    tag, _ = split(music(name).read_bytes())
    for kind, text in ((b"TIT2", title), (b"TPE1", ARTIST)):
        place = tag.index(kind)
        length = int.from_bytes(tag[place + 4 : place + 8])
        assert tag[place + 10 : place + 10 + length].strip(b"\0").decode() == text


@each_piece
def test_a_cover_is_a_small_square_drawing(name: str, title: str, length_ms: int) -> None:
    cover = music(name).with_suffix(".svg")
    assert cover.stat().st_size <= MOST_COVER_BYTES
    x, y, width, height = (float(value) for value in ElementTree.parse(cover).getroot().attrib["viewBox"].split())
    assert (x, y) == (0, 0)
    assert width == height > 0


@each_piece
def test_a_server_whose_data_never_held_a_piece_serves_any_range_of_it(
    any_server: Server, name: str, title: str, length_ms: int
) -> None:
    whole = music(name).read_bytes()
    url = f"{any_server.url}{settings.DEMO_URL}{name}.mp3"
    end, middle = len(whole), len(whole) // 2
    for wanted, start, stop in (("0-3", 0, 4), (f"{middle}-", middle, end), ("-100", end - 100, end)):
        answer = patient.get(url, headers={"Range": f"bytes={wanted}"})
        assert (answer.status_code, answer.content) == (206, whole[start:stop])
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{end}"
        assert answer.headers["Content-Type"] == "audio/mpeg"
    assert patient.get(url, headers={"Range": f"bytes={end}-"}).status_code == 416


def test_a_browser_asks_for_a_piece_once_a_day(any_server: Server) -> None:
    url = f"{any_server.url}{settings.DEMO_URL}{PIECES[0][0]}.mp3"
    answer = patient.get(url)
    assert answer.headers["Cache-Control"] == "max-age=86400, public"
    again = patient.get(url, headers={"If-Modified-Since": answer.headers["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["none.mp3", "", "../__init__.py", "%2e%2e/apps.py"])
def test_nothing_else_is_found_there(any_server: Server, path: str) -> None:
    with httpx.Client(verify=NO_TLS, base_url=any_server.url, timeout=PATIENCE_S) as client:
        request = client.build_request("GET", "/")
        request.url = request.url.copy_with(raw_path=f"{settings.DEMO_URL}{path}".encode())
        assert client.send(request).status_code == 404


def test_a_first_start_makes_a_room_that_knows_its_music_and_computes_none(demo: Server) -> None:
    client = demo.client()
    assert client.get("/rooms/lounge/player").json()["playing"] is True
    items = client.get("/rooms/lounge/queue").json()["items"]
    told = [(item["title"], item["artist"], item["length_ms"]) for item in items if item["provider"] == "direct"]
    assert told == [(title, ARTIST, length_ms) for _, title, length_ms in PIECES]
    for item in items[: len(PIECES)]:
        assert patient.get(demo.url + item["artwork_url"]).headers["Content-Type"] == "image/svg+xml"
    assert not (demo.data_dir / "media").exists()


def test_a_browser_finds_each_piece_as_long_as_the_room_says(demo: Server, browser: Browser) -> None:
    window = Window.open(browser, demo.url, "/healthz")
    for name, _, length_ms in PIECES:
        told_s = window.page.evaluate(
            "(url) => new Promise((resolve, reject) => Object.assign(new Audio(url),"
            " { onloadedmetadata: ({ target }) => resolve(target.duration), onerror: reject }))",
            f"{demo.url}{settings.DEMO_URL}{name}.mp3",
        )
        assert abs(told_s * 1_000 - length_ms) <= 50
    window.close()


def test_one_piece_follows_another_in_step(demo: Server, browser: Browser, host_path: str) -> None:
    api = alice_of(demo)
    first, second, *_ = api.get("/rooms/lounge/queue").json()["items"]
    api.patch("/rooms/lounge/player", json={"entry_id": first["id"], "position_ms": 60_000, "playing": True})
    alice = Window.open(browser, demo.url, host_path)
    until(lambda: abs(alice.error_ms(api.get("/rooms/lounge/player").json())) <= 250, "the first is not in step")
    api.patch("/rooms/lounge/player", json={"position_ms": first["length_ms"] - 4_000})
    until(lambda: api.get("/rooms/lounge/player").json()["entry_id"] == second["id"], "the room stays")
    until(lambda: abs(alice.error_ms(api.get("/rooms/lounge/player").json())) <= 250, "the second is not in step")
    alice.close()


@pytest.mark.django_db
@pytest.mark.parametrize("both", [False, True], ids=["the WAV file alone", "the MP3 file as well"])
def test_a_room_of_an_older_installation_plays_on(both: bool) -> None:
    """Its tracks name WAV files that nobody serves any more; where the new track is there too, neither is lost."""
    old, new = (f"{settings.DEMO_URL}{PIECES[0][0]}.{kind}" for kind in ("wav", "mp3"))
    track = Track.objects.create(provider="direct", media_id=old, title="Last Light", problem="failed")
    other = Track.objects.create(provider="direct", media_id="https://media.example.org/last-light.wav")
    if both:
        Track.objects.create(provider="direct", media_id=new)
    importlib.import_module("players.migrations.0003_demo_as_mp3").to_mp3(apps, None)
    track.refresh_from_db()
    other.refresh_from_db()
    assert (track.media_id, track.problem) == ((old, "failed") if both else (new, ""))
    assert other.media_id == "https://media.example.org/last-light.wav"
