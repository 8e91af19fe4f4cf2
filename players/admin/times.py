"""Durations as people read them."""

from __future__ import annotations


def clock(ms: int | None) -> str:
    """``ms`` as 3:05 or 1:02:03; a question mark for None, which is an unknown length."""
    if ms is None:
        return "?"
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
