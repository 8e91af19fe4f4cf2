"""The stock view as a side of a comparison."""

from __future__ import annotations

from bench.load import requests
from bench.load.api import ask
from bench.load.client import Spec
from bench.servers.side import LARGE, Side


class Stock(Side):
    """django-eventstream's stock view. ``event_bytes`` is the size of its events."""

    name = "stock view"
    settings = "bench.servers.stock.settings"
    event_bytes = 500
    most_listeners = 2_000
    """Each has a thread of its own there, and beyond that connections are refused."""

    def listener(self, room: str = LARGE) -> Spec:
        return Spec("stream", 0, requests.get(f"/events/{room}/", "Accept: text/event-stream"))

    def act(self, room: str = LARGE) -> int:
        return int(ask(self.api, "POST", f"/publish/{room}", {"bytes": self.event_bytes})["version"])
