"""Data of a given size for servers that have no rooms, with what a listener of the bench looks for."""

from __future__ import annotations

import json
import time
from typing import Any

FRAME_BYTES = len("event: player\ndata: \n\n")


def padded(version: int, event_bytes: int) -> str:
    """JSON that makes an event of that many bytes."""
    data: dict[str, Any] = {"version": version, "prev": version - 1, "committed_at_ms": time.time_ns() // 1_000_000}
    data["padding"] = ""
    data["padding"] = "x" * max(0, event_bytes - FRAME_BYTES - len(json.dumps(data)))
    return json.dumps(data)
