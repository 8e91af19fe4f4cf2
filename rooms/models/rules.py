"""The rules of a room: who may do what there, and how its queue goes on; with presets that set all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rooms.models.ids import LARGEST_ID
from rooms.shapes.room import RoomRulesJson
from rooms.shapes.words import PresetWord

DEFAULT_RULES: RoomRulesJson = {
    "control": "host",
    "skip": "host",
    "add": "guest",
    "reorder": "host",
    "vote": "guest",
    "chat": "guest",
    "react": "guest",
    "invite": "host",
    "moderate": "host",
    "order": "queue",
    "at_end": "pause",
    "when_empty": "continue",
    "without_host": "nothing",
    "skip_share": 0.5,
    "max_entries_a_person": None,
    "max_length_ms": None,
    "no_repeat_within": None,
    "slow_mode_s": None,
    "autofill_from": None,
}
"""Of a room that was made without a preset; of all rooms where they say nothing."""

PRESETS: Mapping[PresetWord, RoomRulesJson] = {
    "party": {**DEFAULT_RULES, "order": "fair", "without_host": "everybody-skips"},
    "radio": {**DEFAULT_RULES, "add": "host", "vote": "host"},
    "club": {**DEFAULT_RULES, "order": "votes"},
}
"""Everybody adds and votes, in turns; hosts alone play music; everybody adds, the most wanted plays first."""

BOUNDS: Mapping[str, tuple[float, float]] = {
    "skip_share": (0.1, 1.0),
    "max_entries_a_person": (1, 10_000),
    "max_length_ms": (1_000, 24 * 3_600_000),
    "no_repeat_within": (1, 1_000),
    "slow_mode_s": (1, 3_600),
    "autofill_from": (1, LARGEST_ID),
}
"""The least and the greatest value of each rule that is a number; all but the first may be null, for none."""


def default_rules() -> dict[str, Any]:
    return dict(DEFAULT_RULES)


def complete(rules: Mapping[str, Any]) -> RoomRulesJson:
    """``rules`` in their order, with a default for each that they do not name."""
    return cast(RoomRulesJson, {name: rules.get(name, default) for name, default in DEFAULT_RULES.items()})


def preset_of(rules: RoomRulesJson) -> PresetWord | None:
    """The preset that sets these very rules; None if they were changed since, or never were a preset's."""
    return next((word for word, preset in PRESETS.items() if preset == rules), None)
