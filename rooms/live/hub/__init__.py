"""SSE hub of a web process: the streams of each live room, fed by one upstream subscription per room."""

from rooms.live.hub.hub import Hub, hub

__all__ = ["Hub", "hub"]
