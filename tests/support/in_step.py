"""Whether windows play what their room plays, where it plays it."""

from __future__ import annotations

from typing import Any

import httpx

from tools.browser import Window
from tools.patience import until

IN_STEP_MS = 250
SETTLE_S = 30
"""Far more than it takes: what counts is where they arrive."""


def player(api: httpx.Client) -> dict[str, Any]:
    return dict(api.get("/rooms/lounge/player").json())


def in_step(api: httpx.Client, *windows: Window) -> None:
    """Every window comes to play what the lounge plays, within 250 ms of its timeline."""
    state = player(api)
    for window in windows:
        until(
            lambda window=window: abs(window.error_ms(state)) <= IN_STEP_MS,  # type: ignore[misc]
            f"out of step by {window.error_ms(state):.0f} ms: {window.hears} against {state}",
            SETTLE_S,
        )
