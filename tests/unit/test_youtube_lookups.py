"""What is asked of YouTube, and what becomes of its answers; a server on this machine stands in for it."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from players.youtube import Facts, Unavailable, look_up, playlist

ID = "dQw4w9WgXcQ"
LIST = "PLlounge0123456789abcdefghijklmnop"
ARTWORK = f"https://i.ytimg.com/vi/{ID}/hqdefault.jpg"
PATIENCE_S = 0.3
"""The timeout of lookups that are meant to run into it."""

Play = Callable[["Handler"], None]


@dataclass
class Request:
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class Stage:
    """The stand-in: ``play`` answers every request; ``ended`` releases an answer that takes its time."""

    url: str
    play: Play
    requests: list[Request] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def answers(self, status: int, body: bytes | str | object = b"", **headers: str) -> None:
        """From now on every request is answered with this; what is not text or bytes goes out as JSON."""
        text = body if isinstance(body, bytes | str) else json.dumps(body)
        content = text.encode() if isinstance(text, str) else text

        def play(handler: Handler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)

        self.play = play


class Handler(BaseHTTPRequestHandler):
    stage: Stage

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.stage.requests.append(Request(parts.path, parse_qs(parts.query), dict(self.headers)))
        try:
            self.stage.play(self)
        except OSError:
            self.close_connection = True  # the caller left in the middle, as it should

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def youtube() -> Iterator[Stage]:
    class StagedHandler(Handler):
        """Its own class for each test, as the server makes the instances."""

    with ThreadingHTTPServer(("127.0.0.1", 0), StagedHandler) as server:
        StagedHandler.stage = stage = Stage(f"http://127.0.0.1:{server.server_port}/oembed", lambda _: None)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield stage
        stage.ended.set()
        server.shutdown()
        thread.join()


def test_title_artist_and_artwork_are_what_youtube_says(youtube: Stage) -> None:
    picture = "https://i.ytimg.com/vi/dQw4w9WgXcQ/maxresdefault.jpg?sqp=-oaymwE&rs=AOn4"
    youtube.answers(200, {"title": "Night drive", "author_name": "Alice", "thumbnail_url": picture})
    assert look_up(ID, base_url=youtube.url) == Facts("Night drive", "Alice", picture, problem="")


def test_the_question_names_the_video_and_nobody(youtube: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    youtube.answers(200, {})
    look_up(ID, base_url=youtube.url)
    [request] = youtube.requests
    assert request.path == "/oembed"
    assert request.query == {"url": [f"https://www.youtube.com/watch?v={ID}"], "format": ["json"]}
    assert request.headers["User-Agent"] == "Musicrooms"
    assert "Cookie" not in request.headers


@pytest.mark.parametrize(
    ("status", "problem"),
    [(401, "not-embeddable"), (403, "not-embeddable"), (400, "gone"), (404, "gone")],
)
def test_a_video_that_cannot_play_here_has_a_problem(youtube: Stage, status: int, problem: str) -> None:
    youtube.answers(status, "Unauthorized")
    assert look_up(ID, base_url=youtube.url) == Facts("", "", "", problem)


@pytest.mark.parametrize("status", [204, 304, 402, 410, 429, 500, 502, 503])
def test_any_other_status_says_nothing_about_the_video(youtube: Stage, status: int) -> None:
    youtube.answers(status)
    with pytest.raises(Unavailable, match=str(status)):
        look_up(ID, base_url=youtube.url)
    with pytest.raises(Unavailable, match=str(status)):
        playlist(LIST, base_url=youtube.url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(youtube: Stage, status: int) -> None:
    youtube.answers(status, Location=youtube.url.replace("/oembed", "/elsewhere"))
    with pytest.raises(Unavailable):
        look_up(ID, base_url=youtube.url)
    with pytest.raises(Unavailable):
        playlist(LIST, base_url=youtube.url)
    assert [request.path for request in youtube.requests] == ["/oembed", "/oembed"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b'"title"',
        b"\xff\xfe\xff",
        b'{"title": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_an_answer_that_is_no_json_object_is_no_answer(youtube: Stage, body: bytes) -> None:
    youtube.answers(200, body)
    with pytest.raises(Unavailable, match="JSON object"):
        look_up(ID, base_url=youtube.url)


def test_facts_of_the_wrong_type_are_left_empty(youtube: Stage) -> None:
    youtube.answers(200, {"title": 7, "author_name": ["Alice"], "thumbnail_url": None})
    assert look_up(ID, base_url=youtube.url) == Facts("", "", ARTWORK, problem="")


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Night\r\ndrive\n", "Night drive"),
        ("data: x\n\nevent: bye", "data: x event: bye"),
        ("a\0b\x1b\x85\u2028c", "a b c"),
        ("\u202egpj.exe", "gpj.exe"),
        ("half \ud83d pair", "half pair"),
        ("a" * 1_000, "a" * 300),
        ("밤 🎵 \u05d0", "밤 🎵 \u05d0"),
    ],
)
def test_a_title_is_one_clean_line(youtube: Stage, said: str, title: str) -> None:
    youtube.answers(200, {"title": said, "author_name": said})
    facts = look_up(ID, base_url=youtube.url)
    assert (facts.title, facts.artist) == (title, title)


def test_the_artist_of_a_made_up_channel_is_the_artist(youtube: Stage) -> None:
    youtube.answers(200, {"title": "Night drive", "author_name": "Alice - Topic"})
    assert look_up(ID, base_url=youtube.url).artist == "Alice"


@pytest.mark.parametrize(
    "picture",
    [
        "http://i.ytimg.com/vi/a.jpg",
        "https://evil.example/a.jpg",
        "https://i.ytimg.com.evil.example/a.jpg",
        "https://i.ytimg.com@evil.example/a.jpg",
        "https://i.ytimg.com:8443/a.jpg",
        "https://i.ytimg.com/a'b.jpg",
        'https://i.ytimg.com/a"onload=.jpg',
        "https://i.ytimg.com/a.jpg\n",
        "https://i.ytimg.com/" + "a" * 1_000,
        "javascript:alert(1)",
    ],
)
def test_artwork_from_anywhere_else_is_replaced_by_youtubes_own(youtube: Stage, picture: str) -> None:
    youtube.answers(200, {"thumbnail_url": picture})
    assert look_up(ID, base_url=youtube.url).artwork_url == ARTWORK


@pytest.mark.parametrize("media_id", ["", "short", ID + "x", "dQw4w9WgXc&", "dQw4w9WgXc\n", "https://x.y"])
def test_what_is_no_video_id_is_never_sent(youtube: Stage, media_id: str) -> None:
    with pytest.raises(ValueError, match="not the id of a YouTube video"):
        look_up(media_id, base_url=youtube.url)
    assert youtube.requests == []


@pytest.mark.parametrize("playlist_id", ["", "PL&x=1", "PL/../", "P" * 65, "PL\n"])
def test_what_is_no_playlist_id_is_never_sent(youtube: Stage, playlist_id: str) -> None:
    with pytest.raises(ValueError, match="not the id of a YouTube playlist"):
        playlist(playlist_id, base_url=youtube.url)
    assert youtube.requests == []


def says_nothing(handler: Handler) -> None:
    handler.stage.ended.wait()


def trickles_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.stage.ended.wait(PATIENCE_S / 6):
        handler.wfile.write(b"a")


def trickles_body(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not handler.stage.ended.wait(PATIENCE_S / 6):
        handler.wfile.write(b" ")


@pytest.mark.timeout(30)
@pytest.mark.parametrize("slow", [says_nothing, trickles_headers, trickles_body])
def test_a_slow_answer_is_given_up_as_a_whole(youtube: Stage, slow: Play) -> None:
    youtube.play = slow
    with pytest.raises(Unavailable):  # while the answer goes on
        look_up(ID, base_url=youtube.url, timeout_s=PATIENCE_S)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("slow", [says_nothing, trickles_body])
def test_a_lookup_that_was_given_up_leaves_no_thread_behind(youtube: Stage, slow: Play) -> None:
    youtube.play = slow
    with pytest.raises(Unavailable):
        look_up(ID, base_url=youtube.url, timeout_s=PATIENCE_S)
    for thread in lookups():
        thread.join(10)
    assert lookups() == []


def lookups() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "oembed"]


def test_an_endless_answer_is_cut_off(youtube: Stage) -> None:
    sent = 0

    def endless(handler: Handler) -> None:
        nonlocal sent
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not handler.stage.ended.is_set():
            sent += handler.wfile.write(b" " * 65_536)

    youtube.play = endless
    with pytest.raises(Unavailable, match="more than 262,144 bytes"):
        look_up(ID, base_url=youtube.url)
    assert sent < 50_000_000


def test_a_large_answer_within_the_bound_is_read(youtube: Stage) -> None:
    youtube.answers(200, {"title": "Night drive", "html": "x" * 200_000})
    assert look_up(ID, base_url=youtube.url).title == "Night drive"


def test_a_compressed_answer_is_never_unpacked(youtube: Stage) -> None:
    youtube.answers(200, gzip.compress(b'{"title": "Night drive"}'), Content_Encoding="gzip")
    with pytest.raises(Unavailable, match="JSON object"):
        look_up(ID, base_url=youtube.url)
    assert youtube.requests[0].headers["Accept-Encoding"] == "identity"


def breaks_off(handler: Handler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"title": "Nig')


def speaks_no_http(handler: Handler) -> None:
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


@pytest.mark.parametrize("broken", [breaks_off, speaks_no_http])
def test_a_broken_answer_is_no_answer(youtube: Stage, broken: Play) -> None:
    youtube.play = broken
    with pytest.raises(Unavailable, match="could not be asked"):
        look_up(ID, base_url=youtube.url)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9/oembed", "http://[::1", "gopher://127.0.0.1/", ""])
def test_nobody_there_to_ask_is_no_answer(base_url: str) -> None:
    with pytest.raises(Unavailable):
        look_up(ID, base_url=base_url)
    with pytest.raises(Unavailable):
        playlist(LIST, base_url=base_url)


FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
<title>A list</title>{}</feed>"""
ENTRY = "<entry><id>yt:video:{0}</id><yt:videoId>{0}</yt:videoId><title>{1}</title></entry>"


def feed(*videos: tuple[str, str]) -> str:
    return FEED.format("".join(ENTRY.format(media_id, title) for media_id, title in videos))


def test_a_playlist_is_its_videos_in_order(youtube: Stage) -> None:
    youtube.answers(200, feed((ID, "Night &amp; drive"), ("abcdefghij_", "밤\n 🎵")))
    assert playlist(LIST, base_url=youtube.url) == [(ID, "Night & drive"), ("abcdefghij_", "밤 🎵")]
    [request] = youtube.requests
    assert request.query == {"playlist_id": [LIST]}


def test_a_playlist_gives_at_most_15_videos(youtube: Stage) -> None:
    youtube.answers(200, feed(*((f"abcdefghi{number:02}", str(number)) for number in range(40))))
    assert [title for _, title in playlist(LIST, base_url=youtube.url)] == [str(n) for n in range(15)]


def test_entries_without_a_video_are_passed_over(youtube: Stage) -> None:
    entries = "<entry><title>none</title></entry>" + ENTRY.format("../../etc", "bad") + ENTRY.format(ID, "")
    youtube.answers(200, FEED.format(entries))
    assert playlist(LIST, base_url=youtube.url) == [(ID, "")]


def test_an_empty_feed_is_an_empty_playlist(youtube: Stage) -> None:
    youtube.answers(200, feed())
    assert playlist(LIST, base_url=youtube.url) == []


@pytest.mark.parametrize("status", [400, 404])
def test_a_playlist_that_is_not_public_is_empty(youtube: Stage, status: int) -> None:
    youtube.answers(status)
    assert playlist(LIST, base_url=youtube.url) == []


BOMB = '<!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "body",
    [
        feed((ID, "&b;")).replace("<feed", BOMB + "<feed").encode(),
        feed((ID, "x")).replace("<feed", '<!DOCTYPE feed SYSTEM "file:///etc/passwd"><feed').encode(),
        feed((ID, "&b;")).replace("UTF-8", "UTF-16").replace("<feed", BOMB + "<feed").encode("utf-16"),
    ],
    ids=["entities", "external", "utf-16"],
)
def test_a_feed_with_a_dtd_is_refused(youtube: Stage, body: bytes) -> None:
    youtube.answers(200, body)
    with pytest.raises(Unavailable):
        playlist(LIST, base_url=youtube.url)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<feed>", b"<feed>\0</feed>", b"\xff\xff", b"<feed>&undefined;</feed>", b"<a>" * 80_000],
    ids=lambda body: repr(body[:12]),
)
def test_an_answer_that_is_no_feed_is_no_answer(youtube: Stage, body: bytes) -> None:
    youtube.answers(200, body)
    with pytest.raises(Unavailable, match="Atom feed"):
        playlist(LIST, base_url=youtube.url)


def test_a_deeply_nested_feed_is_survived(youtube: Stage) -> None:
    youtube.answers(200, b"<a>" * 30_000 + b"</a>" * 30_000)
    assert playlist(LIST, base_url=youtube.url) == []
