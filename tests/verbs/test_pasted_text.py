"""A pasted text by each way that links come into a queue: what is added, and what is said of the rest."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from players import youtube
from players.timeline import TRACK_LEAD_MS
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.models import Room
from tests.support.forms import Fields
from tests.support.rooms import anew, hear

TEXT = "이거 https://media.example.org/a.mp3를 먼저, 그리고 https://open.spotify.com/track/4uLU6hMCjMI7"


@pytest.fixture
def room(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Room:
    hear(monkeypatch)
    return make_room("Lounge", Caller())[0]


def queue(room: Room) -> list[str]:
    return [entry.track.url for entry in room.queue.listed()]


def test_the_api_answers_what_was_added_and_what_was_refused(room: Room) -> None:
    bob = Client()
    bob.get(f"/r/{room.slug}")
    answer = bob.post(f"/api/v1/rooms/{room.slug}/queue", {"url": TEXT}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert sorted(told) == ["items", "next", "refused", "version"]
    assert [entry["url"] for entry in told["items"]] == ["https://media.example.org/a.mp3"] == queue(room)
    assert [refused["text"] for refused in told["refused"]] == ["https://open.spotify.com/track/4uLU6hMCjMI7"]
    assert "Spotify" in told["refused"][0]["reason"]


@pytest.mark.parametrize("path", ["queue", "queue/import"])
def test_a_playlist_that_youtube_took_its_time_for_begins_at_its_beginning(
    room: Room, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered_ms = now_ms() + 4_000

    def slow(*_question: object, **_options: object) -> list[tuple[str, str]]:
        monkeypatch.setattr("players.api.queue.now_ms", lambda: answered_ms)
        return [("dQw4w9WgXcQ", "Never")]

    monkeypatch.setattr(youtube, "playlist", slow)
    room.player.ended = True
    room.player.save()
    bob, url = Client(), "https://www.youtube.com/playlist?list=PLrAXtmErZgOeiKm4sgNOknGvNjby9efdf"
    bob.get(f"/r/{room.slug}")
    body, kind = ({"url": url}, "application/json") if path == "queue" else (url, "text/plain")
    answer = bob.post(f"/api/v1/rooms/{room.slug}/{path}", body, content_type=kind)
    assert answer.status_code == 201, answer.content
    player = anew(room).player
    assert player.playing
    assert player.effective_at_ms == answered_ms + TRACK_LEAD_MS


def test_a_page_that_never_plays_is_422_and_names_its_service(room: Room) -> None:
    bob = Client()
    bob.get(f"/r/{room.slug}")
    url = "https://www.melon.com/song/detail.htm?songId=30244931"
    answer = bob.post(f"/api/v1/rooms/{room.slug}/queue", {"url": url}, content_type="application/json")
    assert answer.status_code == 422
    assert "Melon" in answer.json()["error"]["fields"]["url"]
    assert queue(room) == []


def test_the_page_without_scripts_says_what_was_refused(room: Room) -> None:
    bob = Client()
    bob.get(f"/r/{room.slug}")
    page = bob.post(f"/r/{room.slug}/queue", {"url": TEXT}, follow=True).content.decode()
    assert queue(room) == ["https://media.example.org/a.mp3"]
    assert "Added “a” to the queue." in page
    assert "is a page of Spotify" in page


def test_the_admin_says_what_was_refused(room: Room) -> None:
    operator = Client()
    operator.force_login(User.objects.create_superuser("operator"))
    path = f"/admin/rooms/room/{room.pk}/change/"
    fields = Fields(operator.get(path).content.decode()).values
    page = operator.post(path, fields | {"link": TEXT}, follow=True).content.decode()
    assert queue(room) == ["https://media.example.org/a.mp3"]
    assert "is a page of Spotify" in page
