"""The queue by REST."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from players.timeline import MAX_POSITION_MS
from tools.people import Lounge
from tools.server import Server

A, B, C, D = (f"https://media.example.org/{name}.mp3" for name in "abcd")


@pytest.fixture
def entries(lounge: Lounge) -> list[dict[str, Any]]:
    return [lounge.add(url) for url in (A, B, C)]


@pytest.fixture(scope="module")
def queued(server: Server) -> tuple[Lounge, int]:
    """A room with a link, for what changes nothing, and its entry."""
    lounge = Lounge.open(server)
    return lounge, lounge.add(A)["id"]


@pytest.fixture
def refusing(queued: tuple[Lounge, int]) -> Iterator[tuple[Lounge, int]]:
    """The same room, in which nothing has changed when the test is over."""
    before = queued[0].snapshot() | {"server_now_ms": 0}
    yield queued
    assert queued[0].snapshot() | {"server_now_ms": 0} == before


def order(lounge: Lounge) -> str:
    """The queue as the names of its files."""
    items = lounge.charlie.get(f"{lounge.path}/queue").json()["items"]
    return "".join(entry["url"][-5] for entry in items)


# Read


def test_the_queue_is_a_list_with_its_version(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    told = lounge.charlie.get(f"{lounge.path}/queue")
    assert told.status_code == 200
    assert told.json() == {"items": entries, "next": None, "version": 4}


# Add


def test_an_added_link_is_answered_as_its_entry(lounge: Lounge) -> None:
    with lounge.bob() as bob:
        added = lounge.alice.post(
            f"{lounge.path}/queue", json={"url": "https://media.example.org/Dusk_Song.mp3#t=10,20"}
        )
        event = bob.wait_for("queue")
    assert added.status_code == 201
    entry = added.json()
    assert (
        entry.items()
        >= {
            "url": "https://media.example.org/Dusk_Song.mp3",
            "provider": "direct",
            "media_id": "https://media.example.org/Dusk_Song.mp3",
            "title": "Dusk Song",
            "artist": "",
            "length_ms": None,
            "artwork_url": "",
            "votes": 0,
            "start_ms": 10_000,
            "end_ms": 20_000,
        }.items()
    )
    assert entry["added_by"]
    assert event.data.items() >= {"op": "add", "after": None, "entry": entry, "prev": 1, "version": 2}.items()


def test_a_youtube_link_is_known_by_its_video(lounge: Lounge) -> None:
    entry = lounge.add("https://youtu.be/dQw4w9WgXcQ?t=42")
    assert (entry["provider"], entry["media_id"], entry["start_ms"]) == ("youtube", "dQw4w9WgXcQ", 42_000)
    assert entry["url"] == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


def test_several_links_are_answered_as_a_list_and_are_one_change(lounge: Lounge) -> None:
    with lounge.bob() as bob:
        added = lounge.alice.post(f"{lounge.path}/queue", json={"url": f"{A}\n{B} {C}"})
        event = bob.wait_for("queue")
    assert added.status_code == 201
    told = added.json()
    assert [entry["url"] for entry in told["items"]] == [A, B, C]
    assert (told["next"], told["version"], told["refused"]) == (None, 2, [])
    assert event.data["entries"] == told["items"]


def test_a_link_is_taken_out_of_the_words_around_it(lounge: Lounge) -> None:
    assert lounge.add("이거 https://youtu.be/dQw4w9WgXcQ를 들어봐")["media_id"] == "dQw4w9WgXcQ"


def test_what_cannot_be_played_is_told_beside_what_was_added(lounge: Lounge) -> None:
    page = "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"
    told = lounge.alice.post(f"{lounge.path}/queue", json={"url": f"{A}\n{page}"}).json()
    assert [entry["url"] for entry in told["items"]] == [A]
    (refused,) = told["refused"]
    assert refused["text"] == page
    assert "Spotify" in refused["reason"]
    assert order(lounge) == "a"


def test_a_link_is_added_where_it_is_wanted(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    lounge.add(D)
    assert order(lounge) == "abcd"
    lounge.add("https://media.example.org/e.mp3", after=None)
    assert order(lounge) == "eabcd"
    lounge.add("https://media.example.org/f.mp3", after=entries[0]["id"])
    assert order(lounge) == "eafbcd"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"url": ""}, 422),
        ({"url": " \n"}, 422),
        ({"url": "hello"}, 422),
        ({"url": "not a link at all"}, 422),
        ({"url": "javascript:alert(1)"}, 422),
        ({"url": "data:audio/wav;base64,AAAA"}, 422),
        ({"url": "file:///etc/passwd"}, 422),
        ({"url": "/media/demo/last-light.mp3"}, 422),
        ({"url": "ftp://media.example.org/a.mp3"}, 422),
        ({"url": "https://alice:secret@media.example.org/a.mp3"}, 422),
        ({"url": "https://"}, 422),
        ({"url": "https://[/a.mp3"}, 422),
        ({"url": "https://media.example.org:99999/a.mp3"}, 422),
        ({"url": "https://media.example.org/\u202ea.mp3"}, 422),
        ({"url": "https://www.youtube.com/"}, 422),
        ({"url": "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC"}, 422),
        ({"url": "들어봐 https://www.melon.com/song/detail.htm?songId=1"}, 422),
        ({"url": "https://media.example.org/" + "x" * 2_000}, 422),
        ({"url": " ".join([A] * 201)}, 422),
        ({"url": "x" * 100_001}, 422),
        ({"url": None}, 422),
        ({"url": 5}, 422),
        ({"url": [A]}, 422),
        ({"url": A, "after": 0}, 422),
        ({"url": A, "after": "1"}, 422),
        ({"url": A, "after": True}, 422),
        ({"url": A, "after": 1.0}, 422),
        ({"url": A, "after": 2**63}, 422),
        ({"url": A, "after": 2**63 - 1}, 404),
        ({"url": A, "before": 1}, 422),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_cannot_be_added_is_refused_and_changes_nothing(
    refusing: tuple[Lounge, int], body: dict[str, Any], status: int
) -> None:
    lounge, _entry_id = refusing
    refused = lounge.alice.post(f"{lounge.path}/queue", json=body)
    assert refused.status_code == status
    error = refused.json()["error"]
    assert error["message"].endswith(".")
    assert status == 404 or error["fields"]
    assert "secret" not in error["message"]


def test_a_link_with_half_a_character_is_refused(refusing: tuple[Lounge, int]) -> None:
    lounge, _entry_id = refusing
    body = b'{"url": "https://media.example.org/\\ud800.mp3"}'
    assert lounge.alice.post(f"{lounge.path}/queue", content=body).status_code == 422


def test_an_entry_of_another_room_is_no_place_in_this_one(lounge: Lounge) -> None:
    foreign = Lounge.open(lounge.server, name="Bar").add(A)["id"]
    assert lounge.alice.post(f"{lounge.path}/queue", json={"url": A, "after": foreign}).status_code == 404
    assert lounge.alice.patch(f"{lounge.path}/queue/{foreign}", json={"after": None}).status_code == 404
    assert lounge.alice.delete(f"{lounge.path}/queue/{foreign}").status_code == 404


# Move, trim, vote


@pytest.mark.parametrize(
    ("moved", "after", "result"), [(2, None, "cab"), (0, 2, "bca"), (0, 1, "bac"), (2, 0, "acb"), (1, None, "bac")]
)
def test_a_moved_entry_stands_behind_the_named_one(
    lounge: Lounge, entries: list[dict[str, Any]], moved: int, after: int | None, result: str
) -> None:
    behind = None if after is None else entries[after]["id"]
    with lounge.bob() as bob:
        answer = lounge.alice.patch(f"{lounge.path}/queue/{entries[moved]['id']}", json={"after": behind})
        event = bob.wait_for("queue")
    assert (answer.status_code, answer.json()) == (200, entries[moved])
    assert order(lounge) == result
    assert event.data.items() >= {"op": "move", "entry_id": entries[moved]["id"], "after": behind}.items()
    assert lounge.snapshot()["version"] == 5


def test_a_trim_and_a_move_together_are_one_change(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    body = {"after": None, "start_ms": 5_000, "end_ms": 9_000}
    changed = lounge.alice.patch(f"{lounge.path}/queue/{entries[2]['id']}", json=body).json()
    assert (changed["start_ms"], changed["end_ms"]) == (5_000, 9_000)
    assert order(lounge) == "cab"
    assert lounge.snapshot()["version"] == 5


def test_one_side_of_a_trim_leaves_the_other_and_null_takes_it_away(
    lounge: Lounge, entries: list[dict[str, Any]]
) -> None:
    def trim(**body: Any) -> tuple[int | None, int | None]:
        changed = lounge.alice.patch(f"{lounge.path}/queue/{entries[0]['id']}", json=body)
        assert changed.status_code == 200, changed.text
        return changed.json()["start_ms"], changed.json()["end_ms"]

    assert trim(start_ms=5_000) == (5_000, None)
    assert trim(end_ms=9_000) == (5_000, 9_000)
    assert trim(start_ms=None) == (None, 9_000)
    assert trim(end_ms=None) == (None, None)


def test_a_trim_of_what_plays_moves_its_end_for_those_who_listen(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    """Two seconds of the first are left: the server, and nobody else, goes on with the second."""
    lounge.control(playing=True)
    with lounge.bob() as bob:
        changed = lounge.alice.patch(f"{lounge.path}/queue/{entries[0]['id']}", json={"end_ms": 1_000})
        assert changed.status_code == 200
        moved_on = bob.wait_for(lambda event: event.name == "player" and event.data["entry_id"] == entries[1]["id"])
    assert moved_on.data["playing"] is True


def test_a_vote_counts_once_a_person(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    bob, dana = lounge.person(), lounge.person()
    path = f"/api/v1{lounge.path}/queue/{entries[0]['id']}"
    assert [person.patch(path, json={"vote": True}).json()["votes"] for person in (bob, bob, dana)] == [1, 1, 2]
    assert bob.patch(path, json={"vote": False}).json()["votes"] == 1
    assert lounge.charlie.patch(f"{lounge.path}/queue/{entries[0]['id']}", json={"vote": True}).status_code == 401


@pytest.mark.parametrize(
    "body", [{}, {"after": "before"}, {"start_ms": None, "end_ms": None}, {"vote": False}], ids=str
)
def test_what_changes_nothing_bumps_nothing(
    lounge: Lounge, entries: list[dict[str, Any]], body: dict[str, Any]
) -> None:
    if "after" in body:
        body = {"after": entries[0]["id"]}
    answer = lounge.alice.patch(f"{lounge.path}/queue/{entries[1]['id']}", json=body)
    assert (answer.status_code, answer.json()) == (200, entries[1])
    assert lounge.snapshot()["version"] == 4


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"after": 0}, 422),
        ({"after": "1"}, 422),
        ({"after": True}, 422),
        ({"after": 2**63}, 422),
        ({"after": 2**62}, 404),
        ({"start_ms": -1}, 422),
        ({"start_ms": 1.5}, 422),
        ({"start_ms": "0"}, 422),
        ({"start_ms": MAX_POSITION_MS + 1}, 422),
        ({"end_ms": 0}, 422),
        ({"start_ms": 5, "end_ms": 5}, 422),
        ({"end_ms": True}, 422),
        ({"vote": 1}, 422),
        ({"vote": None}, 422),
        ({"votes": 100}, 422),
        ({"title": 5}, 422),
        ({"after": None, "end_ms": 0}, 422),
    ],
    ids=str,
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    refusing: tuple[Lounge, int], body: dict[str, Any], status: int
) -> None:
    lounge, entry_id = refusing
    refused = lounge.alice.patch(f"{lounge.path}/queue/{entry_id}", json=body)
    assert refused.status_code == status
    assert refused.json()["error"]["message"].endswith(".")


# Remove


def test_a_removed_entry_is_gone(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    with lounge.bob() as bob:
        removed = lounge.alice.delete(f"{lounge.path}/queue/{entries[1]['id']}")
        event = bob.wait_for("queue")
    assert (removed.status_code, removed.content) == (204, b"")
    assert event.data.items() >= {"op": "remove", "entry_id": entries[1]["id"]}.items()
    assert order(lounge) == "ac"
    assert lounge.alice.delete(f"{lounge.path}/queue/{entries[1]['id']}").status_code == 404
    assert lounge.snapshot()["version"] == 5


def test_removing_what_plays_goes_on_with_the_next(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    lounge.control(playing=True)
    for place in (1, 2):
        current = lounge.snapshot()["player"]["entry_id"]
        assert lounge.alice.delete(f"{lounge.path}/queue/{current}").status_code == 204
        assert lounge.snapshot()["player"]["entry_id"] == entries[place]["id"]
    assert lounge.alice.delete(f"{lounge.path}/queue/{entries[2]['id']}").status_code == 204
    player = lounge.snapshot()["player"]
    assert (player["entry_id"], player["entry"], player["playing"]) == (None, None, False)


@pytest.mark.parametrize("entry_id", ["0", "-1", str(2**62), str(2**63), str(-(2**63) - 1), "9" * 40])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_entry_that_is_none_is_answered_so(refusing: tuple[Lounge, int], method: str, entry_id: str) -> None:
    lounge, _entry_id = refusing
    body = {"after": None} if method == "PATCH" else None
    refused = lounge.alice.request(method, f"{lounge.path}/queue/{entry_id}", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "unknown")
    assert entry_id in refused.json()["error"]["message"]


@pytest.mark.parametrize("entry_id", ["x", "1.5", "1e3", "9" * 5_000, "%00", "null"])
def test_an_entry_that_is_no_number_is_not_understood(refusing: tuple[Lounge, int], entry_id: str) -> None:
    lounge, _entry_id = refusing
    refused = lounge.alice.delete(f"{lounge.path}/queue/{entry_id}")
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["entry_id"])
