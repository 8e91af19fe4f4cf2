"""This project as a side whose queries are counted."""

from __future__ import annotations

from bench.load.api import ask
from bench.servers.side import Ours


class Counting(Ours):
    """Says how many SQL statements it has sent."""

    settings = "bench.servers.counting.settings"

    def queries(self) -> int:
        return int(ask(self.api, "GET", "/bench/queries")["queries"])
