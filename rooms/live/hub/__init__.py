"""Per web process: the streams of each live room, and the one upstream subscription that they share."""

from rooms.live.hub.hub import Hub, hub

__all__ = ["Hub", "hub"]
