"""The list of public rooms: paged, searched, and what stands in it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support import patient
from tools.people import Lounge
from tools.server import Server

A = "https://media.example.org/a.mp3"


def test_rooms_of_one_name_made_at_once_have_slugs_of_their_own(server: Server) -> None:
    def make(_number: int) -> httpx.Response:
        return patient.post(f"{server.url}/api/v1/rooms", json={"name": "At once"})

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(make, range(16)))
    assert [room.status_code for room in made] == [201] * 16
    assert len({room.json()["slug"] for room in made}) == 16


# List


def test_the_list_holds_public_rooms_with_listeners_and_what_plays(lounge: Lounge) -> None:
    entry = lounge.add(A)
    lounge.control(playing=True)
    with lounge.bob():
        told = lounge.charlie.get("/rooms").json()
        (listed,) = [room for room in told["items"] if room["slug"] == lounge.slug]
    plays = {"listeners": 1, "playing": True, "entry": entry}
    assert listed == {"slug": lounge.slug, "name": "Lounge", "has_password": False, **plays}


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_the_list_holds_no_other_room_not_even_for_its_owner(server: Server, visibility: str) -> None:
    hidden = Lounge.open(server, name="Hidden", visibility=visibility)
    assert hidden.alice.get("/rooms", params={"search": "hidden"}).json()["items"] == []


def test_the_list_is_paged_and_every_room_is_on_one_page(server: Server) -> None:
    for number in range(53):
        made = server.client().post("/rooms", json={"name": f"Paged {number}", "visibility": "public"})
        assert made.status_code == 201
    first = patient.get(f"{server.url}/api/v1/rooms", params={"search": "paged"}).json()
    assert len(first["items"]) == 50
    assert first["next"].startswith(f"{server.url}/api/v1/rooms?")
    second = patient.get(first["next"]).json()
    assert second["next"] is None
    names = {room["name"] for room in first["items"] + second["items"]}
    assert names == {f"Paged {number}" for number in range(53)}


def test_the_list_is_searched_by_name_in_any_case(server: Server) -> None:
    Lounge.open(server, name="Searched & found 100%")
    search = server.client().get
    for text in ("searched", "& FOUND", "100%"):
        names = [room["name"] for room in search("/rooms", params={"search": text}).json()["items"]]
        assert names == ["Searched & found 100%"]
    for text in ("searched_", "no such room", "' OR 1=1 --"):
        assert search("/rooms", params={"search": text}).json()["items"] == []
    assert search("/rooms", params={"search": "\0searched\0"}).json()["items"] != []


# Close


def test_a_closed_room_is_gone_and_its_address_is_free(lounge: Lounge) -> None:
    closed = lounge.alice.delete(lounge.path)
    assert (closed.status_code, closed.content) == (204, b"")
    for path in (lounge.path, f"{lounge.path}/player", f"{lounge.path}/queue", f"{lounge.path}/events"):
        assert lounge.alice.get(path).status_code == 404
    assert lounge.alice.delete(lounge.path).status_code == 404
    assert patient.get(f"{lounge.server.url}/r/{lounge.slug}").status_code == 404


def test_the_token_of_a_closed_room_is_worth_nothing_in_the_next_of_its_name(server: Server) -> None:
    name = "Closed and opened again"
    first = Lounge.open(server, name=name)
    first.alice.delete(first.path)
    second = server.client().post("/rooms", json={"name": name, "visibility": "public"}).json()
    assert second["slug"] == first.slug
    assert first.alice.patch(first.path, json={"name": "Mine"}).status_code == 403
    assert patient.get(first.host_url).status_code == 404
