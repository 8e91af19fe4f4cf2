"""How large an event of this project is, so that the other sides send as much."""

from __future__ import annotations

import socket

from bench.servers.side import Side


def event_bytes(side: Side, name: str = "player") -> int:
    """The bytes of the event of that name that an action of ``side`` brings, without those of its transfer."""
    with socket.create_connection(side.address, timeout=30) as listener:
        listener.sendall(side.listener().request)
        _event(listener, b"event: snapshot")
        side.act()
        return len(_event(listener, b"event: %b" % name.encode()))


def _event(listener: socket.socket, mark: bytes) -> bytes:
    """The next event that begins with ``mark``."""
    seen = b""
    while mark not in seen or b"\n\n" not in seen[seen.index(mark) :]:
        more = listener.recv(65_536)
        if not more:
            raise SystemExit("The stream ended.")
        seen += more
    start = seen.index(mark)
    return seen[start : seen.index(b"\n\n", start) + 2]
