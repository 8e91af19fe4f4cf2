"""The words of the contract that stand for one of a few values."""

from __future__ import annotations

from typing import Literal, get_args

ProviderWord = Literal["youtube", "direct", "library"]
RoleWord = Literal["guest", "member", "host", "owner"]
VisibilityWord = Literal["public", "unlisted", "private"]
OrderWord = Literal["queue", "fair", "votes", "shuffle"]
AtEndWord = Literal["pause", "repeat", "repeat-one", "autofill"]
WhenEmptyWord = Literal["continue", "pause"]
ChatKeptWord = Literal["always", "day", "off"]
WithoutHostWord = Literal["nothing", "eldest", "everybody-skips"]
PresetWord = Literal["party", "radio", "club"]
ActionWord = Literal[
    "control",
    "skip",
    "add",
    "reorder",
    "vote",
    "chat",
    "react",
    "invite",
    "moderate",
    "manage",
    "close",
    "hand-over",
]
WebhookEventWord = Literal["player", "queue", "room", "chat"]
ScopeWord = Literal["read", "queue", "control", "chat", "moderate", "manage"]
OutcomeWord = Literal["ended", "skipped", "failed", "removed"]
DeedWord = Literal[
    "add",
    "ban",
    "clear",
    "jump",
    "kick",
    "move",
    "mute",
    "passed-over",
    "pause",
    "play",
    "rate",
    "remove",
    "rename",
    "role",
    "rules",
    "seek",
    "shuffle",
    "skip",
    "trim",
    "unban",
    "undo",
    "unmute",
]
FarewellWord = Literal["closed", "kicked", "banned", "right withdrawn", "replaced"]
ListenerState = Literal["listening", "silent", "buffering", "away"]
LISTENER_STATES: tuple[ListenerState, ...] = get_args(ListenerState)
