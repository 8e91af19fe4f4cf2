"""Lists of one's own: of an account alone, saved from a room's queue and loaded into another's."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from players import youtube
from players.models import OwnList, own_list
from rooms.core.caller import Caller
from rooms.core.create_room import make_room
from rooms.models import Room, Token
from tests.support.rooms import add, anew, hear, rule

A, B, C = (f"https://media.example.org/{name}.mp3" for name in "abc")


@pytest.fixture
def lounge(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Room:
    hear(monkeypatch)
    return make_room("Lounge", Caller(), "public")[0]


class Account:
    """A browser with an account, and its calls."""

    def __init__(self, name: str) -> None:
        self.client = Client()
        self.client.force_login(User.objects.create_user(name))

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = getattr(self.client, method)(f"/api/v1{path}", body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    def make(self, name: str = "Late night", **fields: str) -> Any:
        return self.call("post", "/playlists", {"name": name, **fields}, 201)

    def urls(self, playlist_id: object) -> list[str]:
        return [entry["url"] for entry in self.call("get", f"/playlists/{playlist_id}")["entries"]]


@pytest.fixture
def alice(lounge: Room) -> Account:
    return Account("alice")


def test_a_queue_is_saved_as_a_list_and_loaded_into_another_room(alice: Account, lounge: Room) -> None:
    for url in (A, B):
        alice.call("post", f"/rooms/{lounge.slug}/queue", {"url": f"{url}#t=5,9"}, 201)
    own = alice.make(from_room=lounge.slug)
    assert [(entry["url"], entry["start_ms"], entry["end_ms"]) for entry in own["entries"]] == [
        (A, 5_000, 9_000),
        (B, 5_000, 9_000),
    ]
    bar = make_room("Bar", Caller(), "public")[0]
    loaded = alice.call("post", f"/rooms/{bar.slug}/queue/load", {"playlist_id": own["id"]}, 201)
    assert [entry["url"] for entry in loaded["items"]] == [A, B]
    assert [entry.start_ms for entry in anew(bar).queue.listed()] == [5_000, 5_000]
    assert loaded["version"] == anew(bar).version == 2


def test_a_list_is_renamed_filled_emptied_and_deleted(alice: Account) -> None:
    own = alice.make()
    path = f"/playlists/{own['id']}"
    added = alice.call("post", f"{path}/entries", {"url": f"{A} {B} https://open.spotify.com/track/4uLU6hMCjMI7"}, 201)
    assert [len(added[part]) for part in ("items", "refused")] == [2, 1]
    alice.call("post", f"{path}/entries", {"url": C}, 201)
    alice.call("delete", f"{path}/entries/{added['items'][0]['id']}", status=204)
    assert alice.urls(own["id"]) == [B, C]
    told = alice.call("patch", path, {"name": "Early"})
    assert (told["name"], told["length"]) == ("Early", 2)
    assert alice.call("get", "/playlists") == {"items": [told], "next": None}
    alice.call("delete", path, status=204)
    alice.call("get", path, status=404)


def test_favourites_are_made_with_the_first_of_them_and_hold_each_once(alice: Account, lounge: Room) -> None:
    alice.call("get", "/playlists/favourites", status=404)
    for url in (A, B, A):
        alice.call("post", "/playlists/favourites/entries", {"url": url}, 201)
    assert alice.urls("favourites") == [A, B]
    alice.make("Another")
    assert [own["is_favourites"] for own in alice.call("get", "/playlists")["items"]] == [True, False]
    loaded = alice.call("post", f"/rooms/{lounge.slug}/queue/load", {"playlist_id": "favourites"}, 201)
    assert len(loaded["items"]) == 2


def test_a_list_that_is_deleted_while_youtube_is_asked_is_gone_and_stays_so(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = alice.make()
    kept = OwnList.objects.get()

    def slow(*_question: object, **_options: object) -> list[tuple[str, str]]:
        OwnList.objects.all().delete()
        connection.close()  # of this thread, which outlives the test's database
        return [("dQw4w9WgXcQ", "Never")]

    monkeypatch.setattr(youtube, "playlist", slow)
    url = "https://www.youtube.com/playlist?list=PLrAXtmErZgOeiKm4sgNOknGvNjby9efdf"
    alice.call("post", f"/playlists/{own['id']}/entries", {"url": url}, 404)
    kept.rename("Early")
    kept.take_out(1)
    assert not OwnList.objects.exists()


def test_who_has_no_account_has_no_lists(lounge: Room) -> None:
    guest = Client()
    guest.get("/")
    bot = Client(headers={"Authorization": f"Bearer {Token.issue(lounge.members.get())}"})
    for client in (guest, bot, Client()):
        for method, path, body in (
            ("get", "/playlists", None),
            ("post", "/playlists", {"name": "Mine"}),
            ("get", "/playlists/1", None),
            ("post", "/playlists/favourites/entries", {"url": A}),
            ("post", f"/rooms/{lounge.slug}/queue/load", {"playlist_id": 1}),
        ):
            answer = getattr(client, method)(f"/api/v1{path}", body, content_type="application/json")
            assert answer.status_code == 401, (path, answer.content)


def test_lists_of_others_are_as_if_they_were_not(alice: Account, lounge: Room) -> None:
    own = alice.make()
    entry = alice.call("post", f"/playlists/{own['id']}/entries", {"url": A}, 201)["items"][0]["id"]
    bob = Account("bob")
    for playlist_id in (own["id"], own["id"] + 1, "none", 10**30):
        path = f"/playlists/{playlist_id}"
        bob.call("get", path, status=404)
        bob.call("patch", path, {"name": "Mine"}, 404)
        bob.call("post", f"{path}/entries", {"url": A}, 404)
        bob.call("delete", f"{path}/entries/{entry}", status=404)
        bob.call("delete", path, status=404)
    bob.call("post", f"/rooms/{lounge.slug}/queue/load", {"playlist_id": own["id"]}, 404)
    assert alice.urls(own["id"]) == [A]


def test_loading_takes_the_right_to_add_and_saving_the_right_to_know_of_the_room(alice: Account, lounge: Room) -> None:
    add(lounge, 60_000)
    own = alice.make(from_room=lounge.slug)
    rule(lounge, add="host")
    alice.call("post", f"/rooms/{lounge.slug}/queue/load", {"playlist_id": own["id"]}, 403)
    private = make_room("Cellar", Caller(), "private")[0]
    alice.call("post", "/playlists", {"name": "Mine", "from_room": private.slug}, 404)
    assert anew(lounge).version == 2
    assert len(alice.call("get", "/playlists")["items"]) == 1


def test_lists_have_bounds_and_a_refusal_changes_nothing(
    alice: Account, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAX_QUEUE = 2
    monkeypatch.setattr(own_list, "MAX_LISTS", 1)
    own = alice.make()
    alice.call("post", f"/playlists/{own['id']}/entries", {"url": f"{A} {B} {C}"}, 422)
    assert alice.urls(own["id"]) == []
    alice.call("post", "/playlists", {"name": "One more"}, 429)
    alice.call("patch", f"/playlists/{own['id']}", {"name": " "}, 422)
    assert alice.call("get", f"/playlists/{own['id']}")["name"] == "Late night"


def test_loading_says_what_the_limits_of_the_room_took_out(alice: Account, lounge: Room) -> None:
    own = alice.make()
    alice.call("post", f"/playlists/{own['id']}/entries", {"url": f"{A} {B} {C}"}, 201)
    rule(lounge, max_entries_a_person=2)
    loaded = alice.call("post", f"/rooms/{lounge.slug}/queue/load", {"playlist_id": own["id"]}, 201)
    assert [entry["url"] for entry in loaded["items"]] == [A, B]
    assert [refused["text"] for refused in loaded["refused"]] == [C]


def test_a_room_goes_on_with_a_list_of_its_owner(alice: Account) -> None:
    own = alice.make()
    for url in (A, f"{B}#t=5,9"):
        alice.call("post", f"/playlists/{own['id']}/entries", {"url": url}, 201)
    rules = {"at_end": "autofill", "autofill_from": own["id"]}
    room = alice.call("post", "/rooms", {"name": "Bar", "rules": rules}, 201)
    path = f"/rooms/{room['slug']}"
    alice.call("post", f"{path}/queue", {"url": C}, 201)
    alice.call("patch", f"{path}/player", {"playing": True})
    heard = [alice.call("post", f"{path}/player/next")["entry"] for _ in range(2)]
    assert {(entry["url"], entry["start_ms"]) for entry in heard} == {(A, None), (B, 5_000)}
    assert all(entry["autofilled"] for entry in heard)
    assert alice.call("post", f"{path}/player/next")["entry"]["url"] in (A, B)  # what has been heard comes again
    alice.call("delete", f"/playlists/{own['id']}", status=204)
    alice.call("post", f"{path}/player/next")
    assert alice.call("get", f"{path}/queue")["items"][-1]["autofilled"], "without the list it goes on with its history"


def test_a_room_goes_on_with_nobody_elses_list(alice: Account, lounge: Room) -> None:
    bob = Account("bob")
    own = bob.make()
    room = alice.call("post", "/rooms", {"name": "Bar"}, 201)
    refusal = alice.call("patch", f"/rooms/{room['slug']}", {"rules": {"autofill_from": own["id"]}}, 422)
    assert f"no list {own['id']}" in refusal["error"]["message"]
    alice.call("post", "/rooms", {"name": "Pub", "rules": {"autofill_from": own["id"]}}, 422)
    assert alice.call("get", f"/rooms/{room['slug']}")["room"]["rules"]["autofill_from"] is None
    mine = alice.make()
    alice.call("patch", f"/rooms/{room['slug']}", {"rules": {"autofill_from": mine["id"]}})
    alice.call("patch", f"/rooms/{room['slug']}", {"rules": {"autofill_from": None}})


def test_entries_of_a_queue_are_kept_in_a_list_with_their_trims(alice: Account, lounge: Room) -> None:
    for url in (A, f"{B}#t=5,9", C):
        alice.call("post", f"/rooms/{lounge.slug}/queue", {"url": url}, 201)
    queue = alice.call("get", f"/rooms/{lounge.slug}/queue")["items"]
    own, wanted = alice.make(), [queue[1]["id"], queue[2]["id"]]
    body = {"from_room": lounge.slug, "entries": wanted}
    added = alice.call("post", f"/playlists/{own['id']}/entries", body, 201)["items"]
    assert [(entry["url"], entry["start_ms"]) for entry in added] == [(B, 5_000), (C, None)]
    alice.call("post", f"/playlists/{own['id']}/entries", body | {"entries": [999_999]}, 404)
    for wrong in ({}, {"entries": wanted}, body | {"url": A}):
        alice.call("post", f"/playlists/{own['id']}/entries", wrong, 422)
    assert alice.urls(own["id"]) == [B, C]
