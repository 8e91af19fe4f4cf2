"""This project as a side that takes reports over WebSocket, too."""

from __future__ import annotations

from bench.servers.side import Ours


class Reporting(Ours):
    settings = "bench.servers.reporting.settings"
