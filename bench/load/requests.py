"""What clients send, as bytes."""

from __future__ import annotations

from bench.load.api import Room
from bench.load.client import Spec


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode()


def listen(room: Room) -> bytes:
    """Opens the room's stream."""
    return get(f"/api/v1{room.path}/events", "Accept: text/event-stream")


def ask(room: Room) -> bytes:
    """Asks for the room's player."""
    return get(f"/api/v1{room.path}/player", "Accept: application/json")


def report(room: Room) -> bytes:
    """Opens the WebSocket over which positions are reported."""
    # The key only shows that the other end speaks the protocol, so one serves all.
    return get(
        f"/bench/reports/{room.slug}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: bXVzaWNyb29tcy1iZW5jaA==",
    )


def act(room: Room) -> bytes:
    """A host seeks; ``%d`` becomes another position of eight digits each time."""
    body = '{"position_ms":%d}'
    lines = [
        f"PATCH /api/v1{room.path}/player HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {room.token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body) - 2 + 8}",
    ]
    return "\r\n".join([*lines, "", body]).encode()


def hosts_of(rooms: list[Room], every_s: float, seconds: float) -> list[Spec]:
    """A host for each room, who acts so often for so long; they take turns, so that the load is even."""
    times = max(1, round(seconds / every_s))
    return [
        Spec("host", number, act(room), every_s, every_s * number / len(rooms), times)
        for number, room in enumerate(rooms)
    ]
