"""The player by REST."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from players.timeline import LEAD_MS, MAX_POSITION_MS, TRACK_LEAD_MS
from tools.people import Lounge
from tools.server import Server

A, B, C = (f"https://media.example.org/{name}.mp3" for name in "abc")


@pytest.fixture
def entries(lounge: Lounge) -> list[dict[str, Any]]:
    """The lounge's queue of three links of unknown length, with nothing loaded."""
    return [lounge.add(url) for url in (A, B, C)]


@pytest.fixture(scope="module")
def queued(server: Server) -> Lounge:
    """A room with two links, for what changes nothing."""
    lounge = Lounge.open(server)
    lounge.add(A)
    lounge.add(B)
    return lounge


@pytest.fixture
def refusing(queued: Lounge) -> Iterator[Lounge]:
    """The same room, in which nothing has changed when the test is over."""
    before = queued.snapshot() | {"server_now_ms": 0}
    yield queued
    assert queued.snapshot() | {"server_now_ms": 0} == before


# Read


def test_a_new_room_plays_nothing(lounge: Lounge) -> None:
    player = lounge.charlie.get(f"{lounge.path}/player")
    assert player.status_code == 200
    assert player.json() == {
        "version": 1,
        "entry_id": None,
        "playing": False,
        "position_ms": 0,
        "rate": 1.0,
        "effective_at_ms": 0,
        "entry": None,
        "ended": False,
        "skip": {"votes": 0, "needed": 1},
    }


def test_the_player_is_the_same_wherever_it_is_read(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    with lounge.bob() as bob:
        answered = lounge.control(playing=True)
        told = bob.wait_for("player").data
    assert lounge.charlie.get(f"{lounge.path}/player").json() == answered == lounge.snapshot()["player"]
    assert told.items() >= answered.items()
    assert answered["entry"] == entries[0]


# Change


def test_a_start_at_a_position_begins_with_the_first_entry(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    playing = lounge.control(playing=True, position_ms=30_000)
    assert (playing["entry_id"], playing["playing"], playing["position_ms"]) == (entries[0]["id"], True, 30_000)


def test_play_pause_and_seek_answer_the_new_state(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    before_ms = lounge.charlie.get("/time").json()["server_now_ms"]
    playing = lounge.control(playing=True)
    assert (playing["playing"], playing["entry_id"], playing["version"]) == (True, entries[0]["id"], 5)
    assert playing["effective_at_ms"] >= before_ms + TRACK_LEAD_MS
    sought = lounge.control(position_ms=90_000)
    assert (sought["playing"], sought["position_ms"], sought["version"]) == (True, 90_000, 6)
    paused = lounge.control(playing=False)
    assert (paused["playing"], paused["version"]) == (False, 7)
    assert paused["position_ms"] >= 90_000


def test_any_of_them_together_are_one_change(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    with lounge.bob() as bob:
        third = entries[2]["id"]
        player = lounge.control(entry_id=third, position_ms=30_000, rate=1.25, playing=True)
        assert (player["entry_id"], player["position_ms"], player["rate"], player["playing"]) == (
            third, 30_000, 1.25, True,
        )  # fmt: skip
        assert player["version"] == 5
        bob.wait_for("player")
        assert [event.data["version"] for event in bob.named("player")] == [5]


def test_a_jump_keeps_the_room_paused_or_playing(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    assert lounge.control(entry_id=entries[1]["id"])["playing"] is False
    assert lounge.control(playing=True)["entry_id"] == entries[1]["id"]
    assert lounge.control(entry_id=entries[2]["id"])["playing"] is True


def test_what_changes_nothing_bumps_nothing_and_tells_nobody(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    playing = lounge.control(playing=True)
    with lounge.bob() as bob:
        for body in (
            {},
            {"playing": True},
            {"rate": 1},
            {"entry_id": entries[0]["id"]},
            {"playing": True, "rate": 1.0},
        ):
            assert lounge.control(**body) == playing
        paused = lounge.control(playing=False)
        assert paused["version"] == playing["version"] + 1
        assert lounge.control(playing=False, position_ms=paused["position_ms"]) == paused
        bob.wait_for("player")
        assert [event.data["version"] for event in bob.named("player")] == [paused["version"]]


def test_the_largest_position_can_be_sought_played_and_paused(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    lounge.control(playing=True)
    sought = lounge.control(position_ms=MAX_POSITION_MS)
    while lounge.charlie.get("/time").json()["server_now_ms"] < sought["effective_at_ms"] + 5:
        pass
    assert lounge.control(playing=False)["position_ms"] == MAX_POSITION_MS


def test_a_rate_is_answered_as_it_is_stored(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    answered = lounge.alice.patch(f"{lounge.path}/player", content=b'{"rate": 2}')
    assert answered.content == lounge.charlie.get(f"{lounge.path}/player").content
    assert answered.json()["rate"] == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"playing": 1}', "playing"),
        (b'{"playing": "true"}', "playing"),
        (b'{"playing": null}', "playing"),
        (b'{"position_ms": -1}', "position_ms"),
        (b'{"position_ms": 3600000001}', "position_ms"),
        (b'{"position_ms": 999999999999999999999999999999}', "position_ms"),
        (b'{"position_ms": 1e400}', "position_ms"),
        (b'{"position_ms": -1e400}', "position_ms"),
        (b'{"position_ms": 1.5}', "position_ms"),
        (b'{"position_ms": 1000.0}', "position_ms"),
        (b'{"position_ms": true}', "position_ms"),
        (b'{"position_ms": "1000"}', "position_ms"),
        (b'{"position_ms": [1000]}', "position_ms"),
        (b'{"position_ms": null}', "position_ms"),
        (b'{"rate": 0}', "rate"),
        (b'{"rate": -1}', "rate"),
        (b'{"rate": 0.24}', "rate"),
        (b'{"rate": 2.01}', "rate"),
        (b'{"rate": 1e400}', "rate"),
        (b'{"rate": 1e-400}', "rate"),
        (b'{"rate": true}', "rate"),
        (b'{"rate": "1"}', "rate"),
        (b'{"rate": null}', "rate"),
        (b'{"entry_id": 0}', "entry_id"),
        (b'{"entry_id": -1}', "entry_id"),
        (b'{"entry_id": "1"}', "entry_id"),
        (b'{"entry_id": true}', "entry_id"),
        (b'{"entry_id": 9223372036854775808}', "entry_id"),
        (b'{"entry_id": null}', "entry_id"),
        (b'{"expected_version": 0}', "expected_version"),
        (b'{"expected_version": "5"}', "expected_version"),
        (b'{"expected_version": 9223372036854775808}', "expected_version"),
        (b'{"volume": 1}', "volume"),
        (b'{"version": 4}', "version"),
        (b'{"playing": true, "position": 5}', "position"),
    ],
    ids=lambda value: value.decode() if isinstance(value, bytes) else "",
)
def test_a_bad_value_is_refused_by_the_name_of_its_field_and_changes_nothing(
    refusing: Lounge, body: bytes, field: str
) -> None:
    refused = refusing.alice.patch(f"{refusing.path}/player", content=body)
    assert refused.status_code == 422
    error = refused.json()["error"]
    assert list(error["fields"]) == [field]
    assert error["code"] == "invalid"
    assert field in error["message"]
    assert error["message"].endswith(".")


def test_a_refusal_says_the_bad_value_and_what_is_allowed(refusing: Lounge) -> None:
    def message(**body: Any) -> str:
        return str(refusing.alice.patch(f"{refusing.path}/player", json=body).json()["error"]["message"])

    assert "-5" in message(position_ms=-5)
    assert "0" in message(position_ms=-5)
    assert "9.5" in message(rate=9.5)
    assert "2" in message(rate=9.5)
    assert str(2**62) in message(entry_id=2**62)


def test_a_bad_field_beside_a_good_one_changes_nothing(refusing: Lounge) -> None:
    for body, status in (({"rate": 9}, 422), ({"entry_id": 2**62}, 404), ({"expected_version": 2**62}, 409)):
        refused = refusing.alice.patch(f"{refusing.path}/player", json={"playing": True, **body})
        assert refused.status_code == status


def test_an_entry_of_another_room_is_none_of_this_one(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    bar = Lounge.open(lounge.server, name="Bar")
    foreign = bar.add(A)["id"]
    refused = lounge.alice.patch(f"{lounge.path}/player", json={"entry_id": foreign})
    assert refused.status_code == 404
    assert str(foreign) in refused.json()["error"]["message"]


def test_there_is_nothing_to_play_in_an_empty_room(lounge: Lounge) -> None:
    assert lounge.alice.patch(f"{lounge.path}/player", json={"playing": True}).status_code == 422
    assert lounge.alice.patch(f"{lounge.path}/player", json={"position_ms": 5}).status_code == 422
    assert lounge.control(playing=False)["version"] == 1


def test_a_seek_beyond_the_end_is_refused_with_the_length(lounge: Lounge) -> None:
    entry = lounge.add(f"https://media.example.org/{lounge.slug}.mp3")
    lounge.control(entry_id=entry["id"])
    hint = {"kind": "length", "entry_id": entry["id"], "length_ms": 60_000}
    with lounge.listening():
        assert lounge.alice.post(f"{lounge.path}/player/hints", json=hint).status_code == 202
    refused = lounge.alice.patch(f"{lounge.path}/player", json={"position_ms": 60_001})
    assert refused.status_code == 422
    assert {"60001", "60000"} <= set(refused.json()["error"]["message"].rstrip(".").replace(",", "").split())
    assert lounge.control(position_ms=60_000)["position_ms"] == 60_000


# Next and previous


def test_next_and_previous_walk_the_queue(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    lounge.control(playing=True)
    walked = [lounge.alice.post(f"{lounge.path}/player/{verb}").json() for verb in ("next", "next", "previous")]
    assert [player["entry_id"] for player in walked] == [entries[place]["id"] for place in (1, 2, 1)]
    assert [player["version"] for player in walked] == [6, 7, 8]
    assert all(player["playing"] for player in walked)


def test_next_after_the_last_stops_and_again_changes_nothing(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    lounge.control(entry_id=entries[2]["id"], playing=True)
    stopped = lounge.alice.post(f"{lounge.path}/player/next").json()
    assert (stopped["playing"], stopped["entry_id"]) == (False, entries[2]["id"])
    assert lounge.alice.post(f"{lounge.path}/player/next").json() == stopped


@pytest.mark.parametrize("verb", ["next", "previous"])
def test_a_skip_of_an_entry_that_is_no_longer_current_is_refused(
    lounge: Lounge, entries: list[dict[str, Any]], verb: str
) -> None:
    player = lounge.control(entry_id=entries[1]["id"], playing=True)
    for stale in (entries[0]["id"], entries[2]["id"], 2**62):
        refused = lounge.alice.post(f"{lounge.path}/player/{verb}", json={"entry_id": stale})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "stale")
        assert str(stale) in refused.json()["error"]["message"]
    assert lounge.snapshot()["player"] == player
    skipped = lounge.alice.post(f"{lounge.path}/player/{verb}", json={"entry_id": entries[1]["id"]})
    assert skipped.json()["entry_id"] == entries[2 if verb == "next" else 0]["id"]


@pytest.mark.parametrize("verb", ["next", "previous"])
def test_a_skip_that_is_not_understood_is_refused(refusing: Lounge, verb: str) -> None:
    for body in (
        b'{"entry_id": 0}',
        b'{"entry_id": "1"}',
        b'{"entry_id": null}',
        b'{"x": 1}',
        b"[]",
        b"null",
        b"{",
        b"1",
    ):
        assert refusing.alice.post(f"{refusing.path}/player/{verb}", content=body).status_code == 422


def test_a_skip_needs_no_body(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    for content in (None, b"", b"{}"):
        assert lounge.alice.post(f"{lounge.path}/player/next", content=content).status_code == 200
    assert lounge.snapshot()["player"]["entry_id"] == entries[2]["id"]


def test_a_seek_starts_after_the_lead(lounge: Lounge, entries: list[dict[str, Any]]) -> None:
    lounge.control(entry_id=entries[0]["id"])
    started = lounge.control(playing=True)
    now_ms = lounge.charlie.get("/time").json()["server_now_ms"]
    sought = lounge.control(position_ms=5_000)
    assert sought["effective_at_ms"] >= max(now_ms + LEAD_MS, started["effective_at_ms"])
