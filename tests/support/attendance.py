"""Who listens, as a listener is told."""

from __future__ import annotations

from typing import Any

from tests.support.events import Listener
from tools.patience import until


def told(listener: Listener) -> dict[str, Any]:
    """What the listener was told last."""
    events = [event.data for event in listener.events if event.name in ("people", "snapshot")]
    return dict(events[-1].get("people", events[-1]))


def until_told(listener: Listener, listeners: int) -> None:
    """Wait until the listener was told of so many."""
    until(lambda: told(listener)["listeners"] == listeners, f"{listeners} should be told")
