"""Reports of listeners' players by REST: what is taken, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from players.timeline import MAX_POSITION_MS
from tools.people import Lounge
from tools.server import Server


def test_a_hint_is_answered_with_whether_it_changed_the_room(lounge: Lounge) -> None:
    first, second = (lounge.add(f"https://media.example.org/{lounge.slug}/{name}.mp3") for name in "ab")
    lounge.control(playing=True)
    path = f"{lounge.path}/player/hints"
    length = {"kind": "length", "entry_id": first["id"], "length_ms": 90_000}
    assert lounge.alice.post(path, json=length).status_code == 403
    with lounge.listening():
        told = lounge.alice.post(path, json=length)
        assert (told.status_code, told.json()) == (202, {"accepted": True})
        assert lounge.snapshot()["player"]["entry"]["length_ms"] == 90_000
        told = lounge.alice.post(path, json={"kind": "failed", "entry_id": second["id"], "code": 150})
        assert (told.status_code, told.json()) == (202, {"accepted": False})


def test_whoever_only_shows_the_room_has_no_voice_and_holds_nobody_up(lounge: Lounge) -> None:
    first, second = (lounge.add(f"https://media.example.org/{lounge.slug}/{name}.mp3") for name in "ab")
    lounge.control(playing=True)
    path, failed = f"{lounge.path}/player/hints", {"kind": "failed", "entry_id": first["id"], "code": 4}
    overlay = lounge.person()
    with lounge.bob(params={"player": "0"}, cookies=overlay.cookies):
        refused = overlay.post(f"/api/v1{path}", json=failed)
        assert (refused.status_code, lounge.slug in refused.json()["error"]["message"]) == (403, True)
        with lounge.listening():
            assert lounge.alice.post(path, json=failed).json() == {"accepted": True}
    player = lounge.snapshot()["player"]
    assert player["entry_id"] == second["id"]
    assert lounge.snapshot()["queue"][0]["unplayable"] == "It could not be played by those who listened."
    again = lounge.alice.patch(f"{lounge.path}/queue/{first['id']}", json={"unplayable": ""})
    assert (again.status_code, again.json()["unplayable"]) == (200, "")


@pytest.fixture(scope="module")
def bar(server: Server) -> Lounge:
    """A room in which nothing is ever heard."""
    return Lounge.open(server, name="Bar")


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "length", "entry_id": 1},
        {"kind": "title", "entry_id": 1},
        {"kind": "title", "entry_id": 1, "title": "x" * 1_001},
        {"kind": "length", "entry_id": 1, "length_ms": 0},
        {"kind": "length", "entry_id": 1, "length_ms": MAX_POSITION_MS + 1},
        {"kind": "length", "entry_id": 1, "length_ms": "90000"},
        {"kind": "length", "entry_id": 1, "length_ms": True},
        {"kind": "length", "entry_id": 1, "length_ms": None},
        {"kind": "length", "entry_id": 0, "length_ms": 1},
        {"kind": "ended", "entry_id": 2**63},
        {"kind": "ended"},
        {"kind": "bored", "entry_id": 1},
        {"kind": "failed", "entry_id": 1, "code": "150"},
        {"kind": "failed", "entry_id": 1, "code": 10**9},
        {"kind": "ended", "entry_id": 1, "why": "x"},
    ],
    ids=str,
)
def test_a_hint_that_is_none_is_refused(bar: Lounge, body: dict[str, Any]) -> None:
    refused = bar.alice.post(f"{bar.path}/player/hints", json=body)
    assert refused.status_code == 422
    assert refused.json()["error"]["fields"]


def test_a_hint_of_somebody_whom_nobody_knows_is_refused(lounge: Lounge) -> None:
    entry = lounge.add("https://media.example.org/a.mp3")
    refused = lounge.charlie.post(f"{lounge.path}/player/hints", json={"kind": "ended", "entry_id": entry["id"]})
    assert refused.status_code == 401
