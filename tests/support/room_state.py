"""The state of a room as its listeners know it, and the player and entries in it: what scripted streams tell."""

from __future__ import annotations

from typing import Any


def entry(entry_id: int, **fields: Any) -> dict[str, Any]:
    return {"id": entry_id, "title": f"Track {entry_id}", "length_ms": None, "is_live": False, **fields}


def player(version: int, **fields: Any) -> dict[str, Any]:
    state = {"playing": True, "position_ms": 0, "rate": 1, "effective_at_ms": 1_000, "entry_id": 1}
    return {"version": version, **state, "entry": entry(1), "ended": False, **fields}


def state_at(version: int) -> dict[str, Any]:
    return {
        "version": version,
        "room": {"name": "Lounge", "created_at_ms": 7},
        "player": player(version),
        "queue": [entry(1), entry(2), entry(3)],
        "people": {"listeners": 2, "items": []},
        "chat": [],
        "advance_at_ms": None,
    }
