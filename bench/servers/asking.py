"""The calls of the API and the pages that ``bin/bench calls`` measures, and the rooms that they are asked of."""

from __future__ import annotations

import http.client
import itertools
import json
from collections.abc import Callable
from typing import NamedTuple

from bench.load.api import Room, call
from bench.servers.side import Side

AT_ONCE = 50
"""Links in one call."""

TIME = "GET /time"


class Request(NamedTuple):
    """A request, and the status of the answer that it must get."""

    method: str
    path: str
    body: object = None
    headers: dict[str, str] = {}
    status: int = 200


class Asking:
    """Asks a server, and keeps what later requests need of its answers. Refused requests end the program."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._numbers = itertools.count(1)
        self._etags: dict[str, str] = {}
        self._added: list[Request] = []

    def room_with(self, length: int) -> Room:
        """A room in which the first of so many entries plays."""
        api = self._side.api
        made = call(api, "POST", "/rooms", {"name": f"Lounge of {length}", "visibility": "public"})
        room = Room(made["slug"], made["host_token"], made["version"])
        for first in range(0, length, AT_ONCE):
            links = [f"https://media.example.org/{n}.mp3" for n in range(first, min(first + AT_ONCE, length))]
            call(api, "POST", f"{room.path}/queue", {"url": "\n".join(links)}, room.token)
        if length:
            call(api, "PATCH", f"{room.path}/player", {"playing": True}, room.token)
        return room

    def ask(self, name: str, room: Room, length: int | None) -> None:
        """Ask for what is called ``name``, in ``room``, which has so many entries."""
        makes = {**GENERAL, **CALLS}[name]
        headers, body = self._answer(makes(self, room, next(self._numbers), length or 0))
        if "ETag" in headers:
            self._etags[room.slug] = headers["ETag"]
        if name == "POST queue":
            path = f"/api/v1{room.path}/queue/{json.loads(body)['id']}"
            self._added.append(Request("DELETE", path, None, by_host(room), 204))

    def tidy(self) -> None:
        """Make the queues as long as they were."""
        while self._added:
            self._answer(self._added.pop())

    def etag(self, room: Room) -> str:
        """The last one of the room's snapshot."""
        return self._etags[room.slug]

    def _answer(self, request: Request) -> tuple[http.client.HTTPMessage, bytes]:
        api = self._side.api
        body = None if request.body is None else json.dumps(request.body)
        api.request(request.method, request.path, body, {"Content-Type": "application/json", **request.headers})
        response = api.getresponse()
        text = response.read()
        if response.status != request.status:
            raise SystemExit(f"{request.method} {request.path} was answered {response.status}: {text[:300]!r}")
        return response.headers, text


def by_host(room: Room) -> dict[str, str]:
    return {"Authorization": f"Bearer {room.token}"}


def _unchanged(asking: Asking, room: Room, number: int, length: int) -> Request:
    return Request("GET", f"/api/v1{room.path}", None, {"If-None-Match": asking.etag(room)}, 304)


def _seek(asking: Asking, room: Room, number: int, length: int) -> Request:
    # Where nothing is loaded there is no position, and the rate changes instead.
    body = {"position_ms": number} if length else {"rate": 1 + number % 2 / 4}
    return Request("PATCH", f"/api/v1{room.path}/player", body, by_host(room))


def _add(asking: Asking, room: Room, number: int, length: int) -> Request:
    body = {"url": f"https://media.example.org/more-{number}.mp3"}
    return Request("POST", f"/api/v1{room.path}/queue", body, by_host(room), 201)


def _make(asking: Asking, room: Room, number: int, length: int) -> Request:
    return Request("POST", "/api/v1/rooms", {"name": f"Studio {number}", "visibility": "unlisted"}, {}, 201)


Makes = Callable[[Asking, Room, int, int], Request]

GENERAL: dict[str, Makes] = {
    TIME: lambda asking, room, number, length: Request("GET", "/api/v1/time"),
    "GET /": lambda asking, room, number, length: Request("GET", "/"),
    "POST /rooms": _make,
}
"""What has nothing to do with a queue."""

CALLS: dict[str, Makes] = {
    "GET /rooms/{slug}": lambda asking, room, number, length: Request("GET", f"/api/v1{room.path}"),
    "GET /rooms/{slug}, 304": _unchanged,
    "GET /r/{slug}": lambda asking, room, number, length: Request("GET", f"/r/{room.slug}"),
    "PATCH player": _seek,
    "POST queue": _add,
}
"""What is asked in a room, in an order in which the room is read before it is asked whether it changed."""
