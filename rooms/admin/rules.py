"""Form fields for the rules of a room, which the database keeps as one JSON object."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from rooms.models import AtEnd, Order, Role, Room, WhenEmpty, WithoutHost
from rooms.models.rules import BOUNDS, PRESETS, complete, preset_of

PRESET_CHOICES = (
    ("", gettext_lazy("one's own")),
    ("party", gettext_lazy("Party: everybody adds and votes, in turns")),
    ("radio", gettext_lazy("Radio: hosts alone play music")),
    ("club", gettext_lazy("Club: everybody adds, the most votes play first")),
)
ROLES = tuple((role.word, role.label) for role in Role)

BY_ROLE = {
    "control": gettext_lazy("who controls the player"),
    "skip": gettext_lazy("who skips"),
    "add": gettext_lazy("who adds links"),
    "reorder": gettext_lazy("who changes the queue"),
    "vote": gettext_lazy("who votes"),
    "chat": gettext_lazy("who writes in the chat"),
    "react": gettext_lazy("who reacts"),
    "invite": gettext_lazy("who invites others"),
    "moderate": gettext_lazy("who mutes and removes people"),
}
BY_CHOICE: dict[str, tuple[Any, Any]] = {
    "order": (gettext_lazy("order of the queue"), Order.choices),
    "at_end": (gettext_lazy("at the end of the queue"), AtEnd.choices),
    "when_empty": (gettext_lazy("when nobody listens"), WhenEmpty.choices),
    "without_host": (gettext_lazy("who takes over without a host"), WithoutHost.choices),
}
BY_NUMBER = {
    "skip_share": gettext_lazy("share of voices that skips"),
    "max_entries_a_person": gettext_lazy("most tracks a person"),
    "max_length_ms": gettext_lazy("longest track (ms)"),
    "no_repeat_within": gettext_lazy("tracks before one may come again"),
    "slow_mode_s": gettext_lazy("seconds between two messages"),
    "autofill_from": gettext_lazy("list of the owner's to go on with (its number)"),
}


def _number(name: str, label: Any) -> forms.Field:
    least, most = BOUNDS[name]
    if name == "skip_share":
        return forms.FloatField(label=label, min_value=least, max_value=most)
    return forms.IntegerField(label=label, min_value=int(least), max_value=int(most), required=False)


_FIELDS: dict[str, forms.Field] = {
    "preset": forms.ChoiceField(label=gettext_lazy("preset"), choices=PRESET_CHOICES, required=False),
    **{name: forms.ChoiceField(label=label, choices=ROLES) for name, label in BY_ROLE.items()},
    **{name: forms.ChoiceField(label=label, choices=choices) for name, (label, choices) in BY_CHOICE.items()},
    **{name: _number(name, label) for name, label in BY_NUMBER.items()},
}
FIELDSETS = (("preset", "order"), tuple(BY_ROLE)[:5], tuple(BY_ROLE)[5:], tuple(BY_CHOICE)[1:], tuple(BY_NUMBER))
"""The lines in which the fields stand."""

RulesFields: type[forms.Form] = type("RulesFields", (forms.Form,), dict(_FIELDS))
"""The fields, for a form to inherit."""


def initial(room: Room) -> dict[str, Any]:
    """What the fields show of ``room``."""
    rules = complete(room.rules)
    return {**rules, "preset": preset_of(rules) or ""}


def apply(room: Room, wanted: dict[str, Any]) -> None:
    """Set the preset, if one was chosen, and then the rules among what the operator changed."""
    preset = PRESETS.get(wanted.get("preset", ""))
    changes = {
        **(preset or {}),
        **{name: value for name, value in wanted.items() if name in _FIELDS and name != "preset"},
    }
    if changes:
        room.set_rules(**changes)
