"""A caller's place in one room: their memberships there, their role, and what they may do."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Protocol, cast

from django.utils.translation import gettext

from rooms.core import access
from rooms.core.access import Action
from rooms.core.client_address import counted_as
from rooms.core.person import guest_name
from rooms.core.person_id import public_id
from rooms.errors import Forbidden
from rooms.models import Member, Room, Scope, Visibility
from rooms.models.roles import Role
from rooms.shapes.snapshot import YouJson
from rooms.shapes.words import RoleWord


class CallerIdentity(Protocol):
    """Who calls, as far as a place in a room depends on it."""

    @property
    def address(self) -> str: ...
    @property
    def has_account(self) -> bool: ...
    @property
    def is_identified(self) -> bool: ...
    @property
    def is_operator(self) -> bool: ...
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def person_id(self) -> uuid.UUID | None: ...
    @property
    def scopes(self) -> frozenset[str]: ...
    @property
    def token_room_id(self) -> int | None: ...
    def check_identified(self, deed: str) -> None: ...
    def check_scope(self, *scopes: Scope) -> None: ...


class Place:
    """What a caller is in one room, found once for each ``Room`` object.

    The room that a change lends was read under its lock, and so were the memberships of its place.
    """

    def __init__(self, caller: CallerIdentity, room: Room, members: list[Member]) -> None:
        self.room = room
        self.members = members
        """All of the caller's, the one that counts first: a browser may have one beside its account's."""
        self.is_from_elsewhere = caller.token_room_id not in (None, room.pk)
        """Whether the caller came by a token of another room, which gives no right in this one."""
        self.role = Role(members[0].role) if members and not self.is_from_elsewhere else Role.GUEST
        if caller.is_operator:  # who owns every room
            self.role = Role.OWNER
        self._caller = caller

    @property
    def member(self) -> Member | None:
        """The membership that counts; None if there is none."""
        return self.members[0] if self.members else None

    @property
    def name(self) -> str:
        return self.members[0].nickname if self.members else self._caller.name

    @property
    def has_no_name(self) -> bool:
        """Whether nobody chose the name that the caller goes by."""
        person_id = self._caller.person_id
        return person_id is not None and self.name == guest_name(person_id)

    @property
    def actor(self) -> str:
        """Names the caller to the log of the room: the same one however they call."""
        return str(self.members[0].person) if self.members else self._caller.key

    @property
    def person_id(self) -> uuid.UUID | None:
        """The person that the caller's stream counts as."""
        return self.members[0].person if self.members else self._caller.person_id

    @property
    def may_know(self) -> bool:
        """Whether the caller may know of the room."""
        return access.may_know(self.room.visibility, self.role, is_banned=self.is_banned)

    @property
    def is_banned(self) -> bool:
        """Whether the caller was banned from the room, or is a guest where one was banned by address."""
        return self.ban is not None

    @cached_property
    def ban(self) -> Member | None:
        """The membership whose ban holds for the caller."""
        own = next((member for member in self.members if member.is_banned), None)
        return own or (self._address_ban() if self._is_known_by_cookie_alone else None)

    @property
    def _is_known_by_cookie_alone(self) -> bool:
        """Whether a cookie, which is easily lost, is all that tells the caller from others."""
        return not self._caller.has_account and self.role == Role.GUEST

    def _address_ban(self) -> Member | None:
        # Where the answer is no anyway, in a private room and where there is none, it is looked up as in one that
        # banned the caller: the time tells nobody which of them it is.
        if not self.room.bans_addresses and self.room.visibility != Visibility.PRIVATE:
            return None
        counted = counted_as(self._caller.address)
        banned = Member.objects.filter(room_id=self.room.pk, banned_address=counted) if counted else ()
        return next((member for member in banned if member.is_banned), None)

    @property
    def needs_password(self) -> bool:
        """Whether the caller, who may know of the room, has to give its password first."""
        knows = any(member.knows_password for member in self.members)
        return access.needs_password(bool(self.room.password), self.role, knows_password=knows)

    @property
    def is_inside(self) -> bool:
        """Whether the caller may know of the room, and its door is open to them."""
        return self.may_know and not self.needs_password

    @property
    def is_muted(self) -> bool:
        return any(member.muted_at is not None for member in self.members)

    @property
    def actions(self) -> list[Action]:
        """All that the caller may do in the room."""
        return [action for action in Action if self._allows(action)] if self.is_inside else []

    def may(self, action: Action) -> bool:
        """Whether the caller may do ``action`` in the room."""
        return self.is_inside and self._allows(action)

    def you(self) -> YouJson:
        """What the room's snapshot says of the caller."""
        person = self.person_id
        return {
            "id": public_id(self.room.pk, person) if person else None,
            "name": self.name,
            "role": cast(RoleWord, self.role.word),
            "may": [action.value for action in self.actions] if self._caller.is_identified else [],
        }

    def check_may_know(self) -> None:
        """Raise Unknown unless the caller may know of the room."""
        if not self.may_know:
            raise access.no_such_room(self.room.slug)

    def check_may_enter(self) -> None:
        """Raise Unknown or PasswordNeeded unless the caller may know of the room and its door is open to them."""
        self.check_may_know()
        if self.needs_password:
            raise access.password_needed(self.room.slug, self.room.name)

    def check_may(self, action: Action) -> None:
        """Raise Unknown, PasswordNeeded, Unidentified or Forbidden unless the caller may do ``action`` in the room.

        Decides on the room as it was read. A change asks again on the room that it was lent: rights may have been
        withdrawn while it waited for the lock.
        """
        self.check_may_enter()
        deed = gettext(access.DEEDS[action])
        self._caller.check_identified(deed)
        self._caller.check_scope(access.SCOPES[action])
        least = access.least_role(self.room.rules, action)
        if self.role < least:
            message = gettext("A %(role)s may not %(deed)s here; that takes the role %(least)s.")
            raise Forbidden(message % {"role": self.role.said, "deed": deed, "least": least.said})
        if not access.may(self.role, self.room.rules, action, is_muted=self.is_muted):
            message = gettext("%(name)s was muted here and may not %(deed)s.")
            raise Forbidden(message % {"name": self.name, "deed": deed})
        if access.is_off(action, self.room.chat_kept):
            raise Forbidden(gettext("The chat of “%(room)s” is off.") % {"room": self.room.name})

    def _allows(self, action: Action) -> bool:
        is_allowed = access.may(self.role, self.room.rules, action, is_muted=self.is_muted)
        is_on = not access.is_off(action, self.room.chat_kept)
        return is_allowed and is_on and access.SCOPES[action] in self._caller.scopes
