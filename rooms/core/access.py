"""Access rules of a room: who may know of it, and the least role for each action there.

Pure, without a database: REST, pages, streams and oEmbed look up what they know of a person, and all decide by this
one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext, gettext_noop

from rooms.errors import PasswordNeeded, Unknown
from rooms.models.choices import ChatKept, Scope, Visibility
from rooms.models.roles import Role
from rooms.models.rules import DEFAULT_RULES

MAX_SLUG_SHOWN = 80

Rules = Mapping[str, Any]
"""What a room's owner decides, by name: ``rooms.models.Room.rules``."""


class Action(StrEnum):
    """What a person does in a room, by the words of the public contract."""

    CONTROL = "control"
    """Play, pause, seek, jump, change the rate."""
    SKIP = "skip"
    """Go to the next entry or to the one before."""
    ADD = "add"
    REORDER = "reorder"
    """Move and trim entries, and remove what others added; one's own entries take no right to be removed."""
    VOTE = "vote"
    """For entries, and to skip one."""
    CHAT = "chat"
    REACT = "react"
    INVITE = "invite"
    """Hand out links that give a role, up to one's own."""
    MODERATE = "moderate"
    """Mute, kick and ban."""
    MANAGE = "manage"
    """Change name, visibility, rules and password."""
    CLOSE = "close"
    """Close the room, and open it again."""
    HAND_OVER = "hand-over"
    """Make another person the owner."""


OWNERS_ALONE = frozenset({Action.MANAGE, Action.CLOSE, Action.HAND_OVER})
"""What no rule gives to others; for each other action the rule of its name holds the least role."""

MUTED = frozenset({Action.ADD, Action.CHAT, Action.REACT, Action.VOTE})
"""What a muted person may not do, whatever their role."""

_ROLES = {role.word: role for role in Role}

DEEDS: Mapping[Action, str] = {
    Action.CONTROL: gettext_noop("control the player"),
    Action.SKIP: gettext_noop("skip tracks"),
    Action.ADD: gettext_noop("add links"),
    Action.REORDER: gettext_noop("change the queue"),
    Action.VOTE: gettext_noop("vote"),
    Action.CHAT: gettext_noop("write in the chat"),
    Action.REACT: gettext_noop("react"),
    Action.INVITE: gettext_noop("invite others"),
    Action.MODERATE: gettext_noop("mute or remove people"),
    Action.MANAGE: gettext_noop("change the room"),
    Action.CLOSE: gettext_noop("close the room"),
    Action.HAND_OVER: gettext_noop("hand the room over"),
}
"""Each action as a refusal names it."""

SCOPES: Mapping[Action, Scope] = {
    Action.CONTROL: Scope.CONTROL,
    Action.SKIP: Scope.CONTROL,
    Action.ADD: Scope.QUEUE,
    Action.REORDER: Scope.QUEUE,
    Action.VOTE: Scope.QUEUE,
    Action.CHAT: Scope.CHAT,
    Action.REACT: Scope.CHAT,
    Action.INVITE: Scope.MANAGE,
    Action.MODERATE: Scope.MODERATE,
    Action.MANAGE: Scope.MANAGE,
    Action.CLOSE: Scope.MANAGE,
    Action.HAND_OVER: Scope.MANAGE,
}
"""The scope that a token needs for each action, beside the role of its member."""


class Audience(StrEnum):
    """For whom something is that belongs to the server and to no room, as its library of music."""

    EVERYBODY = "everybody"
    ACCOUNTS = "accounts"
    """Who is signed in, and the bots of accounts."""
    HOSTS = "hosts"
    """Who hosts an open room, by an account or not."""


def is_in_audience(audience: str, *, has_account: bool, hosts_a_room: bool, is_operator: bool) -> bool:
    """Whether something for this audience is for such a caller; for an operator everything is."""
    return (
        is_operator
        or audience == Audience.EVERYBODY
        or (audience == Audience.ACCOUNTS and has_account)
        or (audience == Audience.HOSTS and hosts_a_room)
    )


def may_know(visibility: str, role: int, *, is_banned: bool) -> bool:
    """Whether a person of this role may know of a room; a ban holds for every role, operators' too."""
    return not is_banned and (visibility != Visibility.PRIVATE or role >= Role.MEMBER)


def needs_password(has_password: bool, role: int, *, knows_password: bool) -> bool:
    """Whether a person of this role, who may know of the room, stands before its closed door."""
    return has_password and role < Role.MEMBER and not knows_password


def may(role: int, rules: Rules, action: Action, *, is_muted: bool = False) -> bool:
    """Whether a person of this role, who may know of the room, may do ``action`` there."""
    return role >= least_role(rules, action) and not (is_muted and action in MUTED)


def is_off(action: Action, chat_kept: str) -> bool:
    """Whether nobody may do ``action``, whatever their role, since the room has no chat."""
    return action is Action.CHAT and chat_kept == ChatKept.OFF


def least_role(rules: Rules, action: Action) -> Role:
    """The lowest role that may do ``action`` under these rules."""
    if action in OWNERS_ALONE:
        return Role.OWNER
    return _ROLES[rules.get(action) or DEFAULT_RULES[action]]  # type: ignore[literal-required]


def password_needed(slug: str, name: str) -> PasswordNeeded:
    """The refusal for who may know of the room and has not given its password yet."""
    message = gettext("“%(room)s” opens with a password; send it to %(path)s.")
    return PasswordNeeded(message % {"room": name, "path": f"/api/v1/rooms/{slug}/enter"})


def no_such_room(slug: str) -> Unknown:
    """The refusal for a room that does not exist, is private or banned the caller: one sentence for all three."""
    return Unknown(gettext("There is no room “%(room)s”.") % {"room": slug[:MAX_SLUG_SHOWN]})
