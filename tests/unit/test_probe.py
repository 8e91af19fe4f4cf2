"""What the server finds out about a file by its head, and how little a file can do to the server."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from urllib.parse import quote

import pytest
from pytest_django import Settings

from players.media_files import cover_image
from players.media_files.tag_text import repaired
from players.probe.probe import Found, probe
from players.probe.station import current_title
from rooms.outgoing.budget import BYTES, Budget, Unanswered
from tests.support.media_files import flac, icy, id3, m4a, matroska_tag, mp3, noise, ogg, raw_id3, v1, webm
from tests.support.web import Handler, Web, served

MOST_BYTES = 6_400_000
"""Off the network for one file: 6 MiB, and what was on its way."""
HANGUL = "좋은 날"

OLD = b"ID3\x02\0\0\0\0\0\x17TT2\0\0\x05\0DuskTP1\0\0\x06\0Alice"
UNSYNCHRONISED = b"ID3\x03\0\x80\0\0\0\x10TIT2\0\0\0\5\0\0\1\xff\0\xfe\x8b\xc8"
LONG = b"\3" + b"x" * 199
ITUNES = raw_id3([(b"TXXX", 0, LONG), (b"TIT2", 0, b"\3Dusk"), (b"TPE1", 0, b"\3Alice")], version=4)


@pytest.fixture
def web(settings: Settings) -> Iterator[Web]:
    settings.PROBE_PRIVATE_NETWORKS = (ip_network("127.0.0.1"),)
    with served() as web:
        yield web


# What it is


@pytest.mark.parametrize(
    ("tag", "title", "artist"),
    [
        (id3("Café", "Müller", encoding=0), "Café", "Müller"),
        (id3(HANGUL, "아이유", encoding=1), HANGUL, "아이유"),
        (id3(HANGUL, "아이유", encoding=3), HANGUL, "아이유"),
        (id3(HANGUL.encode("cp949").decode("latin-1"), "IU", encoding=0), HANGUL, "IU"),
        (id3(HANGUL.encode().decode("latin-1"), "IU", encoding=0), HANGUL, "IU"),
        (OLD, "Dusk", "Alice"),
        (UNSYNCHRONISED, "좋", ""),
        (ITUNES, "Dusk", "Alice"),
        (id3("a\u202eb\x00", "x" * 500), "ab", "x" * 300),
    ],
    ids=[
        "Latin-1",
        "UTF-16",
        "UTF-8",
        "CP949 as Latin-1",
        "UTF-8 as Latin-1",
        "2.2",
        "unsynchronised",
        "2.4 with plain sizes",
        "what harms a page",
    ],
)
def test_title_and_artist_are_those_of_the_tag(web: Web, tag: bytes, title: str, artist: str) -> None:
    found = probe(web.has("/a.mp3", mp3(tag=tag)))
    assert (found.title, found.artist) == (title, artist)
    assert (found.media_type, found.length_ms, found.problem) == ("audio/mpeg", 26_122, "")


@pytest.mark.parametrize("text", ["CANÇÃO", "Ärzte", "Beyoncé", "ÀÉ", "naïve", "Þórr", "Ö"])
def test_a_word_with_accents_is_not_taken_for_korean(text: str) -> None:
    assert repaired([text]) == [text]


def test_what_one_text_cannot_tell_another_of_the_file_does() -> None:
    spring = "봄".encode("cp949").decode("latin-1")
    assert repaired([spring]) == [spring]
    assert repaired([spring, "아이유".encode("cp949").decode("latin-1")]) == ["봄", "아이유"]


def test_the_old_tag_at_the_end_is_asked_for_by_a_range(web: Web) -> None:
    data = mp3(end=bytes(400_000) + v1(HANGUL.encode("cp949"), b"IU"))
    found = probe(web.has("/a.mp3", data))
    assert (found.title, found.artist) == (HANGUL, "IU")
    assert len(web.asked) == 2


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (m4a("Dusk", "Alice"), "audio/mp4"),
        (ogg("Dusk"), "audio/ogg"),
        (flac("Dusk"), "audio/flac"),
        (webm(tags=matroska_tag(30, TITLE="Dusk"), sound=500_000), "video/webm"),
    ],
    ids=["MP4 with its tables at the end", "Ogg, whose last page tells the length", "FLAC", "WebM, by its index"],
)
def test_other_formats_tell_their_titles_and_lengths_too(web: Web, data: bytes, media_type: str) -> None:
    found = probe(web.has("/a", data, "application/octet-stream"))
    assert (found.media_type, found.title, found.length_ms) == (media_type, "Dusk", 10_000)
    assert web.asked[0][2] == "bytes=0-"


def test_without_ranges_what_stands_in_the_head_is_found(web: Web) -> None:
    found = probe(web.has("/a", ogg("Dusk"), ranges=False))
    assert (found.title, found.length_ms) == ("Dusk", None)
    assert len(web.asked) == 1


@pytest.mark.parametrize("wrap", ["mp3", "flac"])
def test_a_cover_of_5_mb_is_made_small(web: Web, wrap: str) -> None:
    picture = noise(1_350, 1_250)
    assert 5_000_000 < len(picture) < 5_300_000
    data = mp3(tag=id3("Dusk", picture=picture)) if wrap == "mp3" else flac("Dusk", picture)
    found = probe(web.has("/a", data))
    assert found.title == "Dusk"
    assert found.cover is not None
    assert found.cover.startswith(b"\xff\xd8")
    assert len(found.cover) <= cover_image.MOST_BYTES


def test_a_cover_beyond_the_bound_is_left_out_and_the_title_is_not(web: Web) -> None:
    picture = bytes(20_000_000)
    budget = Budget()
    found = probe(web.has("/a.mp3", mp3(tag=id3("Dusk", picture=picture))), budget)
    assert (found.title, found.cover) == ("Dusk", None)
    assert read_bytes(budget) <= MOST_BYTES


@pytest.mark.parametrize(
    "picture",
    [lambda: noise(60, 60)[:2_000], lambda: b"GIF89a", lambda: noise(5_100, 5_000, "JPEG")[:4_000_000]],
    ids=["cut off", "its first bytes", "too many pixels"],
)
def test_a_broken_picture_or_one_of_too_many_pixels_is_no_cover(web: Web, picture: Callable[[], bytes]) -> None:
    found = probe(web.has("/a.mp3", mp3(tag=id3("Dusk", picture=picture()))))
    assert (found.title, found.cover) == ("Dusk", None)


# Nothing to play


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_missing(web: Web, status: int) -> None:
    assert probe(web.answers("/a.mp3", status)) == Found(problem="missing")


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "text/html"),
        (b"\n <html><body>", "audio/mpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\x89PNG\r\n", "image/png"),
        (b'{"error": "gone"}', "application/json"),
        (b"", "audio/mpeg"),
    ],
)
def test_a_page_or_a_picture_is_no_media(web: Web, body: bytes, declared: str) -> None:
    assert probe(web.has("/a.mp3", body, declared, ranges=False)).problem == "not-media"


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_server_that_refuses_or_is_ill_says_nothing_of_the_file(web: Web, status: int) -> None:
    with pytest.raises(Unanswered, match=str(status)):
        probe(web.answers("/a.mp3", status, b"<html>"))


@pytest.mark.parametrize(
    ("body", "declared"),
    [(mp3(), "text/plain"), (b"#EXTM3U\n#EXTINF:4", "text/plain"), (b"\0\1\2\3" * 99, "application/octet-stream")],
    ids=["music served as text", "HLS", "what nobody knows"],
)
def test_what_may_play_has_no_problem(web: Web, body: bytes, declared: str) -> None:
    assert probe(web.has("/a", body, declared)).problem == ""


# What it costs


def read_bytes(budget: Budget) -> int:
    return BYTES - budget._bytes_left


def test_an_endless_answer_is_read_in_bounds(web: Web) -> None:
    def endless(handler: Handler) -> None:
        handler.begin(200, {"Content-Type": "audio/mpeg"})
        handler.write(id3("Dusk"))
        while not web.ended.is_set():
            handler.write(bytes(65_536))

    web.plays["/a.mp3"] = endless
    budget = Budget()
    assert probe(web.url + "/a.mp3", budget).title == "Dusk"
    assert read_bytes(budget) <= MOST_BYTES


def test_endless_headers_are_read_in_bounds(web: Web) -> None:
    def endless(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not web.ended.is_set():
            handler.wfile.write(b"X-More: " + b"x" * 1_000 + b"\r\n")

    web.plays["/a.mp3"] = endless
    budget = Budget()
    with pytest.raises(Unanswered):
        probe(web.url + "/a.mp3", budget)
    assert read_bytes(budget) <= 300_000


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n"], ids=["head", "body"])
def test_a_slow_drip_ends_with_its_time(web: Web, start: bytes) -> None:
    def drip(handler: Handler) -> None:
        handler.wfile.write(start)
        while not web.ended.wait(0.02):
            handler.wfile.write(b"I")

    web.plays["/a.mp3"] = drip
    with pytest.raises(Unanswered):  # while it drips on
        probe(web.url + "/a.mp3", Budget(seconds=0.4))


def test_a_redirect_leads_by_its_bytes_as_in_browsers(web: Web) -> None:
    web.answers("/a.mp3", 302, Location=f"/{HANGUL}.mp3".encode().decode("latin-1"))
    web.answers(f"/{quote(HANGUL)}.mp3", 200, id3(HANGUL) + mp3())
    assert probe(web.url + "/a.mp3").title == HANGUL


def test_a_redirect_loop_ends(web: Web) -> None:
    web.answers("/a.mp3", 302, Location="/b.mp3")
    web.answers("/b.mp3", 301, Location="/a.mp3")
    with pytest.raises(Unanswered):
        probe(web.url + "/a.mp3")
    assert len(web.asked) == 8


@pytest.mark.parametrize(
    "tag",
    [
        lambda: raw_id3([(b"TXXX", 0, b"")] * 500_000),
        lambda: raw_id3([(b"TIT2", 0, b"\0x")] * 200_000),
        lambda: b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(9_000_000),
    ],
    ids=["empty frames", "many titles", "a size that lies"],
)
def test_a_tag_cannot_keep_the_server_busy(web: Web, tag: Callable[[], bytes]) -> None:
    url = web.has("/a.mp3", mp3(tag=tag()))
    began_s = time.thread_time()
    probe(url)
    assert time.thread_time() - began_s < 2


@pytest.mark.parametrize(("version", "flags"), [(3, 0x80), (4, 0x08)])
def test_a_packed_frame_is_not_unpacked(web: Web, version: int, flags: int) -> None:
    packed = bytes(4) + zlib.compress(b"\3" + b"x" * 10_000_000, 9)
    found = probe(web.has("/a.mp3", mp3(tag=raw_id3([(b"TIT2", flags, packed)], version))))
    assert (found.title, found.media_type) == ("", "audio/mpeg")


# Radio stations


@pytest.mark.parametrize("status_line", [b"HTTP/1.0 200 OK", b"ICY 200 OK"])
def test_a_station_tells_its_name_and_what_it_plays(web: Web, status_line: bytes) -> None:
    web.plays["/live"] = lambda handler: handler.write(icy("IU - It's 좋은 날".encode(), status_line=status_line) * 2)
    found = probe(web.url + "/live")
    assert (found.title, found.is_station, found.length_ms) == ("Night Radio", True, None)
    assert current_title(web.url + "/live") == "IU - It's 좋은 날"


@pytest.mark.parametrize("metaint", [0, 300_000, 999_999])
def test_a_station_with_a_metadata_interval_out_of_bounds_plays_nothing_we_know(web: Web, metaint: int) -> None:
    web.plays["/live"] = lambda handler: handler.write(icy(b"x", metaint=metaint))
    assert current_title(web.url + "/live") == ""
