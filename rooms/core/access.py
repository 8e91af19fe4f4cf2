"""Access rules of a room: who may know of it, and the least role for each action there.

Pure, without a database: REST, pages, streams and oEmbed look up what they know of a person, and all decide by this
one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext, gettext_noop

from rooms.errors import Unknown
from rooms.models.choices import Visibility
from rooms.models.roles import Role

MAX_SLUG_SHOWN = 80


class Action(StrEnum):
    """What a person does in a room, by the words of the public contract."""

    CONTROL = "control"
    """Play, pause, seek, jump, skip, change the rate."""
    ADD = "add"
    REORDER = "reorder"
    """Move and trim entries."""
    REMOVE = "remove"
    """Remove what others added; one's own entries take no right."""
    VOTE = "vote"
    INVITE = "invite"
    """Hand out links that give a role."""
    MANAGE = "manage"
    """Change name, visibility and rules."""
    CLOSE = "close"


class Rules(Protocol):
    """What a room's owner decides about access; ``rooms.models.Room`` is one."""

    @property
    def control_role(self) -> int: ...

    @property
    def add_role(self) -> int: ...


LEAST_ROLE: Mapping[Action, Role | str] = {
    Action.CONTROL: "control_role",
    Action.ADD: "add_role",
    Action.REORDER: "control_role",
    Action.REMOVE: "control_role",
    Action.VOTE: Role.GUEST,
    Action.INVITE: Role.HOST,
    Action.MANAGE: Role.OWNER,
    Action.CLOSE: Role.OWNER,
}
"""A role, or the name of the room's rule that holds it."""

MUTED = frozenset({Action.ADD})
"""What a muted person may not do, whatever their role."""

DEEDS: Mapping[Action, str] = {
    Action.CONTROL: gettext_noop("control the player"),
    Action.ADD: gettext_noop("add links"),
    Action.REORDER: gettext_noop("change the queue"),
    Action.REMOVE: gettext_noop("remove what others added"),
    Action.VOTE: gettext_noop("vote"),
    Action.INVITE: gettext_noop("invite others"),
    Action.MANAGE: gettext_noop("change the room"),
    Action.CLOSE: gettext_noop("close the room"),
}
"""Each action as a refusal names it."""


def may_know(visibility: str, role: int, *, is_banned: bool) -> bool:
    """Whether a person of this role may know of a room; a ban holds for every role, operators' too."""
    return not is_banned and (visibility != Visibility.PRIVATE or role >= Role.MEMBER)


def may(role: int, rules: Rules, action: Action, *, is_muted: bool = False) -> bool:
    """Whether a person of this role, who may know of the room, may do ``action`` there."""
    return role >= least_role(rules, action) and not (is_muted and action in MUTED)


def least_role(rules: Rules, action: Action) -> Role:
    """The lowest role that may do ``action`` under these rules."""
    least = LEAST_ROLE[action]
    return Role(getattr(rules, least)) if isinstance(least, str) else least


def no_such_room(slug: str) -> Unknown:
    """The refusal for a room that does not exist, is private or banned the caller: one sentence for all three."""
    return Unknown(gettext("There is no room “%(room)s”.") % {"room": slug[:MAX_SLUG_SHOWN]})
