"""The fields by which pages set a room's rules: a preset first, and folded below it every rule by itself."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from rooms.errors import Invalid
from rooms.models import AtEnd, Order, Role, Room, WhenEmpty, WithoutHost
from rooms.models.rules import BOUNDS, PRESETS, complete, preset_of

PRESET_WORDS = {
    "party": (gettext_lazy("Party"), gettext_lazy("Everybody adds and votes; people take turns.")),
    "radio": (gettext_lazy("Radio"), gettext_lazy("Only hosts play music; everybody else listens.")),
    "club": (gettext_lazy("Club"), gettext_lazy("Everybody adds; what most vote for plays first.")),
}
OWN = (gettext_lazy("My own way"), gettext_lazy("Everybody adds and hosts play, unless you say otherwise below."))
ROLE_WORDS = {
    Role.GUEST: gettext_lazy("Everyone here"),
    Role.MEMBER: gettext_lazy("Members"),
    Role.HOST: gettext_lazy("Hosts"),
    Role.OWNER: gettext_lazy("The owner"),
}
BY_ROLE = {
    "control": gettext_lazy("Who plays, pauses and seeks"),
    "skip": gettext_lazy("Who skips"),
    "add": gettext_lazy("Who adds music"),
    "reorder": gettext_lazy("Who arranges the queue"),
    "vote": gettext_lazy("Who votes"),
    "chat": gettext_lazy("Who writes in the chat"),
    "react": gettext_lazy("Who reacts"),
    "invite": gettext_lazy("Who invites others"),
    "moderate": gettext_lazy("Who mutes and removes people"),
}
BY_CHOICE: dict[str, tuple[Any, Any]] = {
    "order": (gettext_lazy("In which order the queue plays"), Order.choices),
    "at_end": (gettext_lazy("At the end of the queue"), AtEnd.choices),
    "when_empty": (gettext_lazy("When nobody listens"), WhenEmpty.choices),
    "without_host": (gettext_lazy("While no host is here"), WithoutHost.choices),
}
BY_NUMBER = {
    "skip_share": (gettext_lazy("Votes that skip, in percent of the listeners"), 0.01),
    "max_entries_a_person": (gettext_lazy("Tracks each person may have waiting"), 1),
    "max_length_ms": (gettext_lazy("Longest track, in minutes"), 60_000),
    "no_repeat_within": (gettext_lazy("Tracks before the same one may come again"), 1),
    "slow_mode_s": (gettext_lazy("Seconds between two messages of one person"), 1),
}
"""How a number is called, and by what it is multiplied to be the rule."""


def fields(room: Room | None = None) -> dict[str, Any]:
    """What the template shows: the rules of ``room``, or nothing chosen for a new one."""
    rules = complete(room.rules) if room is not None else None
    roles = [(role.word, words) for role, words in ROLE_WORDS.items()]
    choices = [(name, label, roles) for name, label in BY_ROLE.items()]
    choices += [(name, label, options) for name, (label, options) in BY_CHOICE.items()]
    return {
        "is_new": rules is None,
        "presets": [
            {"value": word, "name": name, "means": means, "rules": PRESETS[word]}  # type: ignore[index]
            for word, (name, means) in PRESET_WORDS.items()
        ],
        "own": {"name": OWN[0], "means": OWN[1]},
        "preset": (preset_of(rules) if rules else None) or "",
        "choices": [
            {"name": name, "label": label, "options": options, "value": rules[name] if rules else ""}  # type: ignore[literal-required]
            for name, label, options in choices
        ],
        "numbers": [_number(name, label, factor, rules) for name, (label, factor) in BY_NUMBER.items()],
    }


def _number(name: str, label: Any, factor: float, rules: Any) -> dict[str, Any]:
    least, most = BOUNDS[name]
    value = rules[name] if rules else None
    return {
        "name": name,
        "label": label,
        "factor": factor,
        "least": max(1, round(least / factor)),
        "most": round(most / factor),
        "value": "" if value is None else f"{value / factor:g}",
    }


def rules_of(form: QueryDict) -> dict[str, Any]:
    """The rules that a form for a new room sets; raises Invalid with a sentence for a value that is none."""
    preset = form.get("preset", "")
    if preset and preset not in PRESETS:
        message = gettext("“%(preset)s” is no preset; party, radio and club are.") % {"preset": preset[:20]}
        raise Invalid(message, fields={"preset": message})
    rules: dict[str, Any] = {**PRESETS[preset]} if preset else {}  # type: ignore[index]
    for field in fields()["choices"]:
        if value := form.get(field["name"], ""):
            rules[field["name"]] = _chosen(field, value)
    for field in fields()["numbers"]:
        if text := form.get(field["name"], "").strip():
            rules[field["name"]] = _counted(field, text)
    return rules


def _chosen(field: dict[str, Any], value: str) -> str:
    words = [word for word, _label in field["options"]]
    if value not in words:
        message = gettext("“%(value)s” is not allowed here; choose one of these: %(allowed)s.")
        message %= {"value": value[:20], "allowed": ", ".join(words)}
        raise Invalid(message, fields={field["name"]: message})
    return value


def _counted(field: dict[str, Any], text: str) -> float | int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
    if not field["least"] <= number <= field["most"]:
        message = gettext("“%(value)s” is not allowed here; a number from %(least)s to %(most)s is.")
        message %= {"value": text[:20], "least": field["least"], "most": field["most"]}
        raise Invalid(message, fields={field["name"]: message})
    return number * field["factor"] if field["factor"] < 1 else int(number * field["factor"])
