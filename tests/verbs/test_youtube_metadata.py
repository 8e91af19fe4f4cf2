"""What YouTube says of a video arrives behind the link that somebody added."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from players.models import Entry, Track, track_news
from players.timeline import TRACK_LEAD_MS
from players.youtube import Facts, metadata
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.models import Room, Token
from tests.support.rooms import NOW_MS, Told, anew, hear, make_lounge, queue_of
from tools.patience import until

pytestmark = pytest.mark.django_db(transaction=True)

A, B, C = "aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc"
FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015">{}</feed>"""
ENTRY = "<entry><yt:videoId>{}</yt:videoId><title>{}</title></entry>"


class StandIn:
    """Stands in for YouTube's two endpoints; ``says`` holds a status and a body for each video or playlist."""

    def __init__(self) -> None:
        self.says: dict[str, tuple[int, str]] = {}
        self.asked: list[str] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                wanted = query.get("playlist_id") or [query["url"][0].rpartition("=")[2]]
                stand_in.asked.append(wanted[0])
                status, body = stand_in.says.get(wanted[0], (404, ""))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def knows(self, media_id: str, title: str, artist: str = "Rick Astley") -> None:
        picture = f"https://i.ytimg.com/vi/{media_id}/hqdefault.jpg"
        body = {"title": title, "author_name": artist, "thumbnail_url": picture}
        self.says[media_id] = (200, json.dumps(body))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def youtube(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    stand_in = StandIn()
    settings.OEMBED_URL = f"{stand_in.url}/oembed"
    settings.PLAYLIST_FEED_URL = f"{stand_in.url}/feed"
    monkeypatch.setattr(metadata, "RETRIES_S", ())
    yield stand_in
    all_asked()
    stand_in.close()


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def room(youtube: StandIn) -> Room:
    return make_room("Lounge", Caller())[0]


def post(room: Room, url: str) -> Any:
    """Alice adds ``url`` by REST; the answer."""
    token = Token.issue(room.members.get())
    path = f"/api/v1/rooms/{room.slug}/queue"
    headers = {"Authorization": f"Bearer {token}"}
    return Client(headers=headers).post(path, {"url": url}, content_type="application/json")


def watch(media_id: str) -> str:
    return f"https://www.youtube.com/watch?v={media_id}"


def all_asked() -> None:
    """Return when nothing is being asked any more, and nothing waits to be."""
    until(lambda: metadata._pool.is_idle)


# Behind the caller's back


def test_a_video_gets_its_title_artist_and_picture_and_the_room_is_told(
    room: Room, youtube: StandIn, told: list[Told]
) -> None:
    youtube.knows(A, "Never Gonna Give You Up")
    added = post(room, watch(A))
    assert (added.status_code, added.json()["title"]) == (201, watch(A))
    until(lambda: len(told) == 2)
    assert [(event.event, event.data["op"]) for event in told] == [("queue", "add"), ("queue", "update")]
    entry = told[1].data["entry"]
    assert entry["title"] == "Never Gonna Give You Up"
    assert entry["artist"] == "Rick Astley"
    assert entry["artwork_url"] == f"https://i.ytimg.com/vi/{A}/hqdefault.jpg"
    assert entry == queue_of(room)[0].as_json()


def test_a_direct_link_is_known_by_its_name_and_nobody_is_asked(room: Room, youtube: StandIn) -> None:
    assert post(room, "https://media.example.org/Dusk_Song.mp3").json()["title"] == "Dusk Song"
    assert metadata.is_wanted(Track.objects.get()) is False
    assert youtube.asked == []


def test_a_video_that_was_asked_about_is_not_asked_about_again_today(room: Room, youtube: StandIn) -> None:
    youtube.knows(A, "Song")
    post(room, watch(A))
    until(lambda: Track.objects.get().title == "Song")
    assert post(room, watch(A)).json()["title"] == "Song"
    assert youtube.asked == [A]
    yesterday = timezone.now() - metadata.ASK_AGAIN_AFTER
    Track.objects.update(checked_at=yesterday)
    youtube.knows(A, "Song (Live)")
    post(room, watch(A))
    until(lambda: Track.objects.get().title == "Song (Live)")


def test_youtube_is_asked_again_when_it_did_not_answer(
    room: Room, youtube: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "RETRIES_S", (0.05,) * 100)
    youtube.says[A] = (500, "")
    post(room, watch(A))
    until(lambda: youtube.asked)
    youtube.knows(A, "Song")
    until(lambda: Track.objects.get().title == "Song")


def test_a_link_is_added_though_youtube_is_silent(
    room: Room, youtube: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    youtube.says[A] = (503, "")
    assert post(room, watch(A)).status_code == 201
    all_asked()
    assert youtube.asked == [A]
    assert Track.objects.get().problem == ""
    assert "could not be kept" not in caplog.text


# Playlists


def test_a_playlist_is_added_as_its_videos_in_its_order(room: Room, youtube: StandIn) -> None:
    youtube.says["PLlounge"] = (200, FEED.format("".join(ENTRY.format(media_id, "x") for media_id in (C, A, B))))
    before = anew(room).version
    added = post(room, "https://www.youtube.com/playlist?list=PLlounge")
    assert added.status_code == 201
    assert [entry["media_id"] for entry in added.json()["items"]] == [C, A, B]
    assert [entry.track.media_id for entry in queue_of(room)] == [C, A, B]
    assert added.json()["version"] == before + 1
    all_asked()
    assert sorted(youtube.asked) == sorted(["PLlounge", A, B, C])


def test_a_playlist_of_one_video_is_a_list_all_the_same(room: Room, youtube: StandIn) -> None:
    youtube.says["PLlounge"] = (200, FEED.format(ENTRY.format(A, "x")))
    added = post(room, "https://www.youtube.com/playlist?list=PLlounge")
    assert [entry["media_id"] for entry in added.json()["items"]] == [A]


def test_an_empty_or_private_playlist_is_refused(room: Room, youtube: StandIn) -> None:
    refused = post(room, "https://www.youtube.com/playlist?list=PLlounge")
    assert refused.status_code == 422
    assert "PLlounge" in refused.json()["error"]["message"]


def test_a_playlist_that_cannot_be_opened_now_is_refused_with_a_time_to_come_back(room: Room, youtube: StandIn) -> None:
    youtube.says["PLlounge"] = (500, "")
    refused = post(room, "https://www.youtube.com/playlist?list=PLlounge")
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "unavailable"
    assert int(refused["Retry-After"]) > 0
    assert queue_of(room) == []


# What is learned


def learn(room: Room, place: int, **facts: str) -> None:
    known = {"title": "", "artist": "", "artwork_url": "", "problem": ""}
    metadata.learn(queue_of(room)[place].track, Facts(**{**known, **facts}))


@pytest.fixture
def playing(room: Room, told: list[Told], monkeypatch: pytest.MonkeyPatch) -> Room:
    """A room that plays the first of two videos."""
    monkeypatch.setattr(track_news, "now_ms", lambda: NOW_MS)
    Track.objects.bulk_create(
        Track(provider="youtube", media_id=media_id, checked_at=timezone.now()) for media_id in (A, B)
    )
    post(room, f"{watch(A)} {watch(B)}")
    with change(room, NOW_MS) as lent:
        lent.player.play(NOW_MS)
    told.clear()
    return anew(room)


def test_a_problem_of_what_plays_goes_on_with_the_next(playing: Room, told: list[Told]) -> None:
    learn(playing, 0, problem="not-embeddable")
    player = anew(playing).player
    assert player.state[:5] == (queue_of(playing)[1].pk, True, 0, 1.0, NOW_MS + TRACK_LEAD_MS)
    (event,) = told
    assert event.event == "snapshot"
    assert event.data["queue"][0]["unplayable"] == "Its owner does not let this video play outside YouTube."


def test_a_problem_of_another_entry_is_told_and_does_not_disturb_what_plays(playing: Room, told: list[Told]) -> None:
    learn(playing, 1, problem="gone")
    assert anew(playing).player.state == playing.player.state
    assert [(event.event, event.data["op"]) for event in told] == [("queue", "update")]


def test_each_of_many_rooms_is_told_at_its_own_instant(told: list[Told], monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = [make_lounge(60_000, 60_000, 60_000) for _ in range(2)]
    track = queue_of(rooms[0])[2].track
    for room in rooms:
        Entry.objects.filter(pk=queue_of(room)[2].pk).update(track=track)
        with change(room, NOW_MS + 19_000) as lent:  # a second before the look-up comes to the second of them
            lent.player.play(NOW_MS + 19_000)
    clock = iter((NOW_MS + 10_000, NOW_MS + 20_000))
    monkeypatch.setattr(track_news, "now_ms", lambda: next(clock))
    track_news.tell_rooms(track)
    began = sorted(anew(room).player.effective_at_ms for room in rooms)
    assert began[1] == NOW_MS + 19_000 + TRACK_LEAD_MS


def test_a_problem_with_nothing_behind_it_stops_the_music(playing: Room) -> None:
    learn(playing, 1, problem="gone")
    learn(playing, 0, problem="gone")
    assert anew(playing).player.state[:5] == (None, False, 0, 1.0, NOW_MS)


def test_what_is_known_already_is_not_told_again(playing: Room, told: list[Told]) -> None:
    learn(playing, 0, title="Song")
    told.clear()
    learn(playing, 0, title="Song")
    assert told == []
    assert anew(playing).version == playing.version + 1


def test_an_answer_without_a_title_forgets_none(playing: Room) -> None:
    learn(playing, 0, title="Song", artist="Rick Astley")
    learn(playing, 0, problem="gone")
    track = queue_of(playing)[0].track
    assert (track.title, track.artist, track.problem) == ("Song", "Rick Astley", "gone")


def test_a_room_that_was_closed_meanwhile_is_told_nothing(playing: Room, told: list[Told]) -> None:
    with change(playing, now_ms()) as lent:
        lent.close()
    told.clear()
    learn(playing, 0, title="Song")
    assert queue_of(playing)[0].track.title == "Song"
    assert told == []


def test_a_track_that_vanished_meanwhile_is_no_error(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    metadata.follow_up([4_711])
    all_asked()
    assert caplog.text == ""
