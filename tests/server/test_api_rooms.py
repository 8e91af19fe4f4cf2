"""Rooms by REST: make, list, read, change, close."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from rooms.models.rules import PRESETS
from tests.support import patient
from tools.people import Lounge
from tools.server import Server

A = "https://media.example.org/a.mp3"


# The time


def test_the_time_is_the_servers_in_unix_milliseconds(lounge: Lounge) -> None:
    told = lounge.charlie.get("/time")
    assert told.status_code == 200
    assert list(told.json()) == ["server_now_ms"]
    assert isinstance(told.json()["server_now_ms"], int)
    assert lounge.charlie.get("/time").json()["server_now_ms"] >= told.json()["server_now_ms"]


# Make


def test_a_room_that_is_made_is_answered_with_a_token_that_hosts_it(server: Server) -> None:
    made = server.client().post("/rooms", json={"name": "Friday Lounge"})
    assert made.status_code == 201
    room = made.json()
    assert room["name"] == "Friday Lounge"
    assert room["slug"].startswith("friday-lounge")
    assert room["visibility"] == "unlisted"
    assert room["version"] == 1
    assert room["url"] == f"{server.url}/r/{room['slug']}"
    host = server.client(room["host_token"])
    assert host.patch(f"/rooms/{room['slug']}", json={"name": "Saturday Lounge"}).status_code == 200


def test_the_token_is_shown_once_and_stored_only_as_a_hash(lounge: Lounge) -> None:
    for path in (lounge.path, "/rooms", f"{lounge.path}/player", f"{lounge.path}/queue"):
        assert lounge.token not in lounge.alice.get(path).text
    stored = lounge.server.stored()
    assert lounge.slug.encode() in stored
    assert lounge.token.encode() not in stored


def test_a_room_is_made_with_its_rules(server: Server) -> None:
    rules = {**PRESETS["radio"], "add": "member", "at_end": "repeat", "skip_share": 1, "max_length_ms": 600_000}
    body = {"name": "Bar", "visibility": "private", "preset": "radio", "rules": rules}
    made = server.client().post("/rooms", json=body)
    assert (made.status_code, made.json()["rules"], made.json()["visibility"]) == (201, rules, "private")
    assert (
        server.client(made.json()["host_token"]).get(f"/rooms/{made.json()['slug']}").json()["room"]["rules"] == rules
    )


def test_a_name_is_one_visible_line(server: Server) -> None:
    made = server.client().post("/rooms", json={"name": "  The\n\0 Lounge\u202e "})
    assert (made.status_code, made.json()["name"]) == (201, "The Lounge")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": " \t\u200b"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "x" * 5_000}, "name"),
        ({"name": None}, "name"),
        ({"name": 5}, "name"),
        ({"name": ["x"]}, "name"),
        ({"name": "Bar", "visibility": "secret"}, "visibility"),
        ({"name": "Bar", "visibility": None}, "visibility"),
        ({"name": "Bar", "rules": None}, "rules"),
        ({"name": "Bar", "rules": {"control": "king"}}, "rules.control"),
        ({"name": "Bar", "rules": {"control": 20}}, "rules.control"),
        ({"name": "Bar", "rules": {"at_end": None}}, "rules.at_end"),
        ({"name": "Bar", "rules": {"order": "random"}}, "rules.order"),
        ({"name": "Bar", "rules": {"without_host": "everybody"}}, "rules.without_host"),
        ({"name": "Bar", "rules": {"skip_share": 0}}, "rules.skip_share"),
        ({"name": "Bar", "rules": {"skip_share": None}}, "rules.skip_share"),
        ({"name": "Bar", "rules": {"slow_mode_s": -1}}, "rules.slow_mode_s"),
        ({"name": "Bar", "rules": {"max_entries_a_person": "3"}}, "rules.max_entries_a_person"),
        ({"name": "Bar", "preset": "disco"}, "preset"),
        ({"name": "Bar", "rules": {"fun": "no"}}, "rules.fun"),
        ({"name": "Bar", "slug": "bar"}, "slug"),
        ({"name": "Bar", "version": 7}, "version"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_room_that_cannot_be_is_refused_by_the_name_of_the_field(
    server: Server, body: dict[str, Any], field: str
) -> None:
    refused = server.client().post("/rooms", json=body)
    assert refused.status_code == 422
    error = refused.json()["error"]
    assert list(error["fields"]) == [field]
    assert error["message"].endswith(".")


def test_a_room_may_be_named_in_any_script(server: Server) -> None:
    made = server.client().post("/rooms", json={"name": "音楽の部屋"}).json()
    assert made["slug"].startswith("音楽の部屋")
    assert server.client().get(f"/rooms/{quote(made['slug'])}").json()["room"]["name"] == "音楽の部屋"
    assert patient.get(made["url"]).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("offset", "-1"),
        ("offset", "x"),
        ("offset", "1e400"),
        ("offset", "9" * 30),
        ("offset", ""),
        ("search", "x" * 81),
    ],
    ids=lambda value: value[:10],
)
def test_a_page_that_cannot_be_is_refused(lounge: Lounge, field: str, value: str) -> None:
    refused = lounge.charlie.get("/rooms", params={field: value})
    assert refused.status_code == 422
    assert list(refused.json()["error"]["fields"]) == [field]
    assert value[:10] in refused.json()["error"]["message"]


# Read


def test_the_snapshot_is_everything_at_one_version(lounge: Lounge) -> None:
    entry = lounge.add(A)
    player = lounge.control(playing=True, rate=1.5)
    told = lounge.charlie.get(lounge.path).json()
    assert set(told) >= {"version", "server_now_ms", "room", "player", "queue", "people", "chat"}
    assert told["version"] == player["version"] == 3
    assert told["player"] == player
    assert told["queue"] == [entry]
    assert told["people"]["listeners"] == 0
    assert {one["state"] for one in told["people"]["items"]} == {"away"}
    assert told["chat"] == []
    assert told["room"]["name"] == "Lounge"


def test_the_etag_names_room_and_version_and_an_unchanged_room_is_not_sent_again(lounge: Lounge) -> None:
    first = lounge.charlie.get(lounge.path)
    room_id, version, _caller = first.headers["etag"].strip('W/"').split("-")
    assert room_id.isdecimal()
    assert version == str(first.json()["version"])
    again = lounge.charlie.get(lounge.path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    lounge.add(A)
    changed = lounge.charlie.get(lounge.path, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("claimed", "status"), [("W/{}", 304), ('"0", {}', 304), ("*", 304), ('"0"', 200), ("nonsense", 200), ("", 200)]
)
def test_a_claimed_etag_is_understood_as_http_has_it(lounge: Lounge, claimed: str, status: int) -> None:
    etag = lounge.charlie.get(lounge.path).headers["etag"]
    assert lounge.charlie.get(lounge.path, headers={"If-None-Match": claimed.format(etag)}).status_code == status


def test_a_snapshot_is_kept_by_no_cache_for_somebody_else(lounge: Lounge) -> None:
    headers = lounge.charlie.get(lounge.path).headers
    assert "private" in headers["cache-control"]
    assert {"Cookie", "Authorization"} <= set(headers["vary"].split(", "))


# Change


def test_a_change_of_name_and_rules_is_answered_with_the_room(lounge: Lounge) -> None:
    body = {"name": "Bar", "visibility": "unlisted", "rules": {"add": "member"}}
    with lounge.bob() as bob:
        changed = lounge.alice.patch(lounge.path, json=body)
        event = bob.wait_for("room")
    room = changed.json()
    assert changed.status_code == 200
    assert (room["name"], room["visibility"], room["rules"]["add"], room["version"]) == ("Bar", "unlisted", "member", 2)
    assert room["rules"]["control"] == "host"
    assert event.data["room"] == lounge.snapshot()["room"]
    assert (event.data["prev"], event.data["version"]) == (1, 2)


@pytest.mark.parametrize(
    "body", [{}, {"name": "Lounge"}, {"name": " Lounge "}, {"visibility": "public"}, {"rules": {}}], ids=str
)
def test_a_change_that_changes_nothing_bumps_nothing(lounge: Lounge, body: dict[str, Any]) -> None:
    changed = lounge.alice.patch(lounge.path, json=body)
    assert (changed.status_code, changed.json()["version"]) == (200, 1)


@pytest.mark.parametrize(
    "body",
    [{"name": ""}, {"name": None}, {"visibility": "x"}, {"rules": {"add": None}}, {"slug": "bar"}, {"name": "x" * 81}],
    ids=str,
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(lounge: Lounge, body: dict[str, Any]) -> None:
    refused = lounge.alice.patch(lounge.path, json={"visibility": "unlisted", **body})
    assert refused.status_code == 422
    assert refused.json()["error"]["fields"]
    assert lounge.snapshot()["room"]["visibility"] == "public"
    assert lounge.snapshot()["version"] == 1
