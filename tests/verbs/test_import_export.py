"""A queue as a file, and a file as a queue."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musicrooms.serving.request_limits import MOST_IMPORT
from players.models import Track
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.models import Room, Token, Visibility
from tests.support.rooms import NOW_MS, Told, anew, hear, queue_of

pytestmark = pytest.mark.django_db(transaction=True)

A, B = (f"https://media.example.org/{name}.mp3" for name in "ab")
LIST = f"#EXTM3U\n#EXTINF:213,The Commuters - Night Train\n{A}#t=5,60\n#EXTINF:-1,A secret of this room\n{B}\n"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    return hear(monkeypatch)


@pytest.fixture
def lounge(told: list[Told]) -> Room:
    return make_room("Lounge", Caller(), Visibility.PUBLIC)[0]


def alice(room: Room) -> Client:
    return Client(headers={"Authorization": f"Bearer {Token.issue(room.members.get(role=30))}"})


def bring(client: Client, room: Room, data: bytes, kind: str = "application/octet-stream") -> Any:
    return client.post(f"/api/v1/rooms/{room.slug}/queue/import", data, content_type=kind)


def take(room: Room, form: str = "json") -> Any:
    return Client().get(f"/api/v1/rooms/{room.slug}/queue/export", {"format": form})


def facts(room: Room) -> list[tuple[Any, ...]]:
    told = [entry.as_json() for entry in queue_of(room)]
    return [(one["url"], one["title"], one["artist"], one["start_ms"], one["end_ms"]) for one in told]


def test_a_file_is_one_change_with_its_titles_and_what_was_refused(lounge: Room, told: list[Told]) -> None:
    answer = bring(alice(lounge), lounge, (LIST + "C:\\Music\\mine.mp3\n").encode("utf-16"))
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert [(one["title"], one["artist"], one["start_ms"], one["end_ms"]) for one in body["items"]] == [
        ("Night Train", "The Commuters", 5_000, 60_000),
        ("A secret of this room", "", None, None),
    ]
    assert [one["text"] for one in body["refused"]] == ["C:\\Music\\mine.mp3"]
    assert body["version"] == anew(lounge).version == lounge.version + 1
    assert [(event.event, event.data["op"]) for event in told] == [("queue", "add")]
    assert told[0].data["entries"] == body["items"]


def test_a_title_from_a_file_is_not_told_in_other_rooms(lounge: Room) -> None:
    bring(alice(lounge), lounge, LIST.encode())
    bar, _owner = make_room("Bar", Caller(), Visibility.PUBLIC)
    alice(bar).post(f"/api/v1/rooms/{bar.slug}/queue", {"url": B}, content_type="application/json")
    assert facts(bar) == [(B, "b", "", None, None)]
    assert Track.objects.get(media_id=B).title == "b"


@pytest.mark.parametrize("form", ["json", "m3u", "xspf"])
def test_import_takes_back_what_export_gave(lounge: Room, form: str) -> None:
    titles = "Spring - Summer\n#x", "<b> & “q”", "밤편지"
    listed = [{"url": f"{A}?n={n}", "title": title, "artist": "Trio"} for n, title in enumerate(titles)]
    videos = ["https://www.youtube.com/watch?v=dQw4w9WgXcQ#t=43", "https://youtu.be/9bZkp7q19f0"]
    data = json.dumps([*listed, f"{B}#t=5.25,60", *videos]).encode()
    assert bring(alice(lounge), lounge, data, "application/json").status_code == 201
    file = take(lounge, form)
    assert file.status_code == 200
    assert file["Content-Disposition"].startswith("attachment; filename*=UTF-8''lounge.")
    bar, _owner = make_room("Bar", Caller(), Visibility.PUBLIC)
    assert bring(alice(bar), bar, file.content, file["Content-Type"]).status_code == 201
    assert facts(bar) == facts(lounge)
    assert len(facts(bar)) == 6


def test_this_servers_own_music_is_exported_with_its_whole_address(lounge: Room) -> None:
    track = Track.objects.create(provider="direct", media_id="/media/demo/dusk.mp3", title="Dusk", artwork_url="/d.svg")
    with change(lounge, NOW_MS) as lent:
        lent.queue.entries.create(track=track, order=1)
    (entry,) = take(lounge).json()["items"]
    assert entry["url"] == "http://testserver/media/demo/dusk.mp3"
    assert entry["artwork_url"] == "http://testserver/d.svg"


def test_a_private_queue_is_exported_to_its_members_alone(told: list[Told]) -> None:
    attic, _owner = make_room("Attic", Caller(), Visibility.PRIVATE)
    assert take(attic).status_code == 404
    assert alice(attic).get(f"/api/v1/rooms/{attic.slug}/queue/export").json() == {"name": "Attic", "items": []}
    assert take(attic, "wav").status_code == 422


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 422, "empty"),
        (b"bread, milk", 422, "not a link"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><playlist/>", 422, "document type"),
        ("\n".join(f"{A}?n={n}" for n in range(2_001)).encode(), 422, "at most 2000"),
        (b" " * (MOST_IMPORT + 1), 413, "1024 KiB"),
    ],
    ids=["nothing", "no link", "entities", "too many", "too large"],
)
def test_what_is_no_list_is_refused_and_changes_nothing(lounge: Room, data: bytes, status: int, words: str) -> None:
    answer = bring(alice(lounge), lounge, data)
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert anew(lounge).version == lounge.version
    assert queue_of(lounge) == []


def test_a_guest_imports_as_much_as_a_guest_may_add_and_all_or_nothing(lounge: Room) -> None:
    bob = Client()
    bob.get(f"/r/{lounge.slug}")
    assert bring(bob, lounge, "\n".join(f"{A}?n={n}" for n in range(201)).encode()).status_code == 422
    assert queue_of(lounge) == []
    assert bring(bob, lounge, LIST.encode()).status_code == 201
    rules = {"rules": {"add": "host"}}
    alice(lounge).patch(f"/api/v1/rooms/{lounge.slug}", rules, content_type="application/json")
    assert bring(bob, lounge, LIST.encode()).status_code == 403
    assert bring(Client(), lounge, LIST.encode()).status_code == 401


def test_a_full_queue_of_new_links_takes_few_statements(lounge: Room) -> None:
    data = "#EXTM3U\n" + "\n".join(f"#EXTINF:1,Artist {n} - A title of usual length\n{A}?n={n}" for n in range(2_000))
    assert len(data) > 100_000
    with CaptureQueriesContext(connection) as sent:
        assert bring(alice(lounge), lounge, data.encode()).status_code == 201
    assert len(sent) < 90
    assert lounge.queue.entries.count() == 2_000
