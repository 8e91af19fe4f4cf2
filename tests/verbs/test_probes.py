"""What a direct link turns out to be arrives behind it, and never against what people know better."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from players.adding import look_ups
from players.models import Cover, Entry, ListenerReport, ReportKind, Track, cover
from players.probe import listening, metadata
from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.live.hub import hub
from rooms.models import Room, Token
from tests.support.media_files import icy, id3, mp3, noise
from tests.support.rooms import Told, anew, hear, queue_of
from tests.support.web import Web, served
from tools.patience import until

pytestmark = pytest.mark.django_db(transaction=True)

MISSING = "There is no file at this address."


@pytest.fixture
def web(settings: Settings) -> Iterator[Web]:
    settings.PROBE, settings.PROBE_PRIVATE_NETWORKS = True, (ip_network("127.0.0.1"),)
    with served() as web:
        yield web
        all_probed()


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def room(web: Web) -> Room:
    return make_room("Lounge", Caller())[0]


def all_probed() -> None:
    until(lambda: metadata._pool.is_idle and listening._pool.is_idle)


def call(room: Room, method: str, path: str, **body: Any) -> Any:
    """Alice, who hosts, calls the API."""
    headers = {"Authorization": f"Bearer {Token.issue(room.members.get())}"}
    client = Client(headers=headers)
    return getattr(client, method)(f"/api/v1/rooms/{room.slug}/{path}", body, content_type="application/json")


def add(room: Room, url: str) -> Entry:
    """Alice adds ``url``; the entry as it is once its file was looked at."""
    added = call(room, "post", "queue", url=url)
    assert added.status_code == 201
    all_probed()
    return next(entry for entry in queue_of(room) if entry.pk == added.json()["id"])


def test_title_album_and_cover_are_told_and_the_cover_is_served_from_here(
    room: Room, web: Web, told: list[Told]
) -> None:
    url = web.has("/a.mp3", mp3(tag=id3("Dusk", "Alice", "Evening", noise(900, 600))))
    entry = add(room, url)
    assert [(event.event, event.data["op"]) for event in told] == [("queue", "add"), ("queue", "update")]
    shown = told[1].data["entry"]
    assert shown == entry.as_json() == anew(room).queue.as_json()[0]
    assert (shown["title"], shown["artist"], shown["album"]) == ("Dusk", "Alice", "Evening")
    assert (shown["media_type"], shown["length_ms"]) == ("audio/mpeg", 26_122)
    picture = Client().get(shown["artwork_url"])
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in picture["Cache-Control"]
    assert len(picture.content) <= 200 * 1024
    again = Client(headers={"If-None-Match": picture["ETag"]}).get(shown["artwork_url"])
    assert again.status_code == 304
    assert Client().get("/media/covers/0123.jpg").status_code == 404


def test_what_is_known_today_is_not_asked_again(room: Room, web: Web) -> None:
    url = web.has("/a.mp3", mp3(tag=id3("Dusk")))
    add(room, url)
    asked = len(web.asked)
    assert str(add(room, url)) == "Dusk"
    assert len(web.asked) == asked


@pytest.mark.parametrize("url", ["/media/demo/last-light.mp3", "http://rooms.example.org/media/demo/last-light.mp3"])
def test_this_server_s_own_music_is_not_asked_for(room: Room, settings: Settings, web: Web, url: str) -> None:
    settings.ALLOWED_HOSTS = ["rooms.example.org"]
    track = Track.objects.create(provider="direct", media_id=url)
    metadata.follow_up([track.pk], room.pk)
    all_probed()
    track.refresh_from_db()
    assert (track.checked_at, web.asked) == (None, [])


def test_nothing_is_asked_for_where_the_operator_switched_it_off(room: Room, settings: Settings, web: Web) -> None:
    settings.PROBE = False
    assert add(room, web.has("/a.mp3", mp3(tag=id3("Dusk")))).track.title == "a"
    assert web.asked == []


# People and operators know better


def test_a_title_that_a_person_gave_stays(room: Room, web: Web) -> None:
    url = web.has("/a.mp3", mp3(tag=id3("Dusk", "Alice")))
    entry = call(room, "post", "queue", url=url).json()["id"]
    assert call(room, "patch", f"queue/{entry}", title="Evening", artist="Bob").status_code == 200
    all_probed()
    call(room, "post", "queue", url=url)
    all_probed()
    assert [one.as_json()["title"] for one in queue_of(room)] == ["Evening", "Dusk"]


def test_what_an_operator_put_right_stays(room: Room, web: Web) -> None:
    url = web.has("/a.mp3", mp3(tag=id3("Dusk", "Alice", picture=noise(9, 9))))
    Track.objects.create(provider="direct", media_id=url, title="Evening", artwork_url="/own.png", length_ms=5_000)
    track = add(room, url).track
    assert (track.title, track.artist, track.artwork_url, track.length_ms) == ("Evening", "Alice", "/own.png", 5_000)


def test_an_operator_has_a_file_looked_at_again(room: Room, web: Web) -> None:
    track = add(room, web.has("/a.mp3", mp3())).track
    web.has("/a.mp3", mp3(tag=id3("Dusk")))
    assert look_ups.ask_again([track]) == 1
    all_probed()
    assert str(queue_of(room)[0]) == "Dusk"


# Nothing to play


def test_a_dead_link_says_so_before_its_turn_and_a_host_may_try_it_again(
    room: Room, web: Web, told: list[Told]
) -> None:
    add(room, web.has("/a.mp3", mp3()))
    with change(room, now_ms()) as lent:
        lent.player.play(now_ms())
    entry = add(room, web.url + "/gone.mp3")
    assert told[-1].data["entry"]["unplayable"] == MISSING
    assert anew(room).queue.playable_after(queue_of(room)[0]) is None
    call(room, "patch", f"queue/{entry.pk}", unplayable="")
    assert queue_of(room)[1].as_json()["unplayable"] == ""
    assert add(room, web.answers("/page.mp3", 200, b"<html>")).problem == "not-media"


def test_what_plays_is_passed_over_when_there_is_nothing(room: Room, web: Web) -> None:
    add(room, web.has("/a.mp3", mp3()))
    with change(room, now_ms()) as lent:
        lent.player.play(now_ms())
        lent.player.set(now_ms(), position_ms=26_122)
    web.answers("/b.mp3", 410)
    until(lambda: anew(room).player.is_due(now_ms()))
    entry = add(room, web.url + "/b.mp3")
    with change(room, now_ms()) as lent:
        assert lent.player.ended
    assert entry.problem == "missing"


@pytest.mark.parametrize("status", [403, 503])
def test_a_server_that_refuses_the_probe_marks_nothing(room: Room, web: Web, status: int) -> None:
    entry = add(room, web.answers("/a.mp3", status))
    assert (entry.problem, entry.track.problem, entry.track.checked_at) == ("", "", None)


def test_a_private_address_marks_nothing(room: Room, settings: Settings, web: Web) -> None:
    settings.PROBE_PRIVATE_NETWORKS = ()
    assert add(room, web.has("/a.mp3", mp3())).is_playable
    assert web.asked == []


@pytest.mark.parametrize("witness", ["a measured length", "one listener's word"])
def test_what_listeners_played_is_not_marked(room: Room, web: Web, witness: str, settings: Settings) -> None:
    settings.PROBE = False
    entry = add(room, web.url + "/gone.mp3")
    if witness == "a measured length":
        Entry.objects.update(measured_ms=5_000)
    else:
        ListenerReport.objects.create(entry=entry, person=uuid4(), kind=ReportKind.LENGTH, value_ms=5_000)
    settings.PROBE = True
    assert add(room, web.url + "/gone.mp3").problem == "missing"
    assert queue_of(room)[0].problem == ""


def test_another_room_is_not_told_what_this_one_found_missing(room: Room, web: Web, settings: Settings) -> None:
    settings.PROBE = False
    other = make_room("Attic", Caller())[0]
    add(other, web.url + "/gone.mp3")
    settings.PROBE = True
    add(room, web.url + "/gone.mp3")
    assert [queue_of(one)[0].problem for one in (room, other)] == ["missing", ""]


# Radio stations


@pytest.fixture
def station(room: Room, web: Web, monkeypatch: pytest.MonkeyPatch, told: list[Told]) -> Room:
    """The room plays a station, and somebody listens."""
    monkeypatch.setattr(hub, "listeners_of", lambda room_ids: dict.fromkeys(room_ids, 1))
    web.plays["/live"] = lambda handler: handler.write(icy(b"IU - Palette"))
    add(room, web.url + "/live")
    with change(room, now_ms()) as lent:
        lent.player.play(now_ms())
    told.clear()
    web.asked.clear()
    return anew(room)


def read(room: Room) -> None:
    listening.read_what_is_due([room.pk])
    all_probed()


def test_a_station_tells_its_name_and_what_it_plays(station: Room, told: list[Told]) -> None:
    assert str(queue_of(station)[0]) == "Night Radio"
    read(station)
    (event,) = told
    assert (event.event, event.data["now_playing"]) == ("player", "IU - Palette")
    assert event.data["effective_at_ms"] == station.player.effective_at_ms
    assert anew(station).player.as_json()["now_playing"] == "IU - Palette"


def test_of_all_processes_one_reads_it_once_in_half_a_minute(station: Room, web: Web, told: list[Told]) -> None:
    here, there = Track.objects.get(), Track.objects.get()
    assert [listening.claim(here, now_ms()), listening.claim(there, now_ms())] == [True, False]
    Track.objects.update(station_read_at_ms=0)
    read(station)
    read(station)
    assert len(web.asked) == 1
    Track.objects.update(station_read_at_ms=now_ms() - listening.READ_EVERY_MS)
    read(station)
    assert (len(web.asked), len(told)) == (2, 1)  # the same title is no news


def test_it_is_not_read_for_who_pauses_nor_told_where_nobody_listens(
    station: Room, web: Web, told: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "listeners_of", lambda room_ids: dict.fromkeys(room_ids, 0))
    read(station)
    assert told == []
    Track.objects.update(station_read_at_ms=0)
    with change(station, now_ms()) as lent:
        lent.player.pause(now_ms())
    web.asked.clear()
    read(station)
    assert web.asked == []


def test_what_a_station_played_is_forgotten_with_it(station: Room, web: Web) -> None:
    read(station)
    add(station, web.has("/a.mp3", mp3()))
    with change(station, now_ms()) as lent:
        lent.player.next(now_ms())
    assert "now_playing" not in anew(station).player.as_json()


# Covers


def test_only_so_many_covers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover, "KEPT", 3)
    monkeypatch.setattr(cover, "TRIMMED_BY", 2)
    urls = [Cover.keep(b"%d" % number) for number in range(3)]
    track = Track.objects.create(provider="direct", media_id="x", artwork_url=urls[0])
    assert Cover.keep(b"0") == urls[0]
    Cover.keep(b"3")
    track.refresh_from_db()
    assert (Cover.objects.count(), track.artwork_url) == (2, "")
