"""People of a room, what was taken from them, and the links that let them in."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from rooms.shapes.closed import closed
from rooms.shapes.words import ListenerState, RoleWord


@closed
class NamedJson(TypedDict):
    """A person by the id and the name that the room knows."""

    id: str
    name: str


@closed
class PersonNameJson(TypedDict):
    """A person as others know them; the id is null of one whom the room does not know by an id."""

    id: str | None
    name: str


@closed
class PersonRoleJson(NamedJson):
    """A person and what they are in the room now."""

    role: RoleWord


@closed
class PersonJson(TypedDict):
    """A person in a room, by an id of that room alone.

    ``silent`` is who cannot hear it, by a browser that blocks the sound or by their own choice. ``since_ms`` is the
    instant of their arrival, for who is away that of joining. ``is_you`` is null on streams, which tell all the same.
    """

    id: str
    name: str
    role: RoleWord
    state: ListenerState
    is_you: bool | None
    muted: bool
    since_ms: int


@closed
class PeopleJson(TypedDict):
    """How many listen, in all processes; all who are here or hold a role, null in a crowd."""

    listeners: int
    items: list[PersonJson] | None


@closed
class BanJson(TypedDict):
    """A ban. ``by_address`` says whether it holds for every guest at the same address too."""

    id: int
    person: str
    name: str
    reason: str
    by_address: bool
    banned_at_ms: int
    until_ms: int | None


@closed
class BanListJson(TypedDict):
    """Who is banned from a room, the latest first."""

    items: list[BanJson]
    next: None


@closed
class ReportedJson(TypedDict):
    """A report to the operator was taken."""

    id: int


@closed
class InvitationJson(TypedDict):
    """A link that gives a role: how many may join by it, how many did, and when it ends."""

    id: int
    role: Literal["member", "host"]
    url: str
    max_uses: int | None
    uses: int
    expires_at_ms: int | None
    made_by: NamedJson | None
    created_at_ms: int


@closed
class InvitationListJson(TypedDict):
    """The invitations to a room that still let somebody in."""

    items: list[InvitationJson]
    next: None


@closed
class RecoveryJson(TypedDict):
    """The link that makes a browser the owner of the room, shown only this once."""

    url: str
