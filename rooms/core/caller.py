"""Who calls: a browser with a signed cookie, a bot with a token, or somebody with an account; and what they may do."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop

from rooms.core.client_address import address_of_request
from rooms.core.person import Person
from rooms.errors import Forbidden, Unidentified, Unknown
from rooms.models import MAX_NICKNAME_LENGTH, Member, Room, Token, Visibility, hash_token
from rooms.models.compiled_query import Parameter, Prepared
from rooms.models.roles import Role

_MEMBER = Prepared(
    lambda: Member.objects.filter(
        room_id=Parameter("room", models.BigIntegerField()), person=Parameter("person", models.UUIDField())
    )
)
_TOKEN = Prepared(lambda: Token.objects.select_related("member").filter(hash=Parameter("hash", models.CharField())))


@dataclass(slots=True)
class Caller:
    """Whoever made a request."""

    person: Person | None = None
    user: AbstractBaseUser | AnonymousUser | None = None
    token_member: Member | None = None
    address: str = ""
    _members: dict[int, Member | None] = field(default_factory=dict)

    @property
    def has_account(self) -> bool:
        """Whether the caller is logged in."""
        return self.user is not None and self.user.is_authenticated

    @property
    def is_identified(self) -> bool:
        return self.person is not None or self.token_member is not None or self.has_account

    @property
    def is_operator(self) -> bool:
        """Whether the caller may change rooms in the admin, and so owns every room."""
        return self.has_account and bool(getattr(self.user, "has_perm", lambda _: False)("rooms.change_room"))

    @property
    def by_cookie(self) -> bool:
        """Whether the browser identified the caller by itself, so that a forged page could have made the call."""
        return self.token_member is None and self.is_identified

    @property
    def key(self) -> str:
        """Names the caller; the empty string for an unidentified one."""
        person_id = self.person_id
        return str(person_id) if person_id else f"user {self.user.pk}" if self.has_account and self.user else ""

    @property
    def person_id(self) -> uuid.UUID | None:
        if self.token_member is not None:
            return self.token_member.person
        return self.person.id if self.person else None

    def owned_rooms(self) -> int:
        """How many open rooms belong to the caller."""
        owner = Q(person=self.person_id) if self.person_id else Q()
        if self.user is not None and self.has_account:
            owner |= Q(user__pk=cast(int, self.user.pk))
        if not owner:
            return 0
        return Member.objects.filter(owner, role=Role.OWNER, room__closed_at=None).values("room").distinct().count()

    def member_of(self, room: Room) -> Member | None:
        """The caller's place in ``room``, if there is one."""
        if room.pk not in self._members:
            self._members[room.pk] = self._find_member(room)
        return self._members[room.pk]

    def name_in(self, room: Room) -> str:
        member = self.member_of(room)
        if member is not None:
            return member.nickname
        if self.token_member is not None:
            return self.token_member.nickname
        if self.person is not None:
            return self.person.name
        return str(self.user)[:MAX_NICKNAME_LENGTH] if self.has_account else ""

    def role_in(self, room: Room) -> Role:
        """The caller's role; an operator who may change rooms in the admin owns every room."""
        member = self.member_of(room)
        if self.is_operator:
            return Role.OWNER
        return Role(member.role) if member else Role.GUEST

    def may_read(self, room: Room) -> bool:
        """Whether the caller may know of ``room``: the one check of page, call and stream."""
        member = self.member_of(room)
        if member is not None and member.banned_at is not None:
            return False
        return room.visibility != Visibility.PRIVATE or self.role_in(room) >= Role.MEMBER

    def check_may_read(self, room: Room) -> None:
        """Raise Unknown, whether the room is private or the caller was banned: the answer tells nobody which."""
        if not self.may_read(room):
            raise Unknown(gettext("There is no room “%(room)s”.") % {"room": room.slug})

    def check_may(self, room: Room, least: int, deed: str) -> None:
        """Raise unless the caller's role in ``room`` is at least ``least``; ``deed`` says what was wanted."""
        self.check_may_read(room)
        if not self.is_identified:
            message = gettext("Nobody knows who you are: send a token or open the room's page, to %(deed)s.")
            raise Unidentified(message % {"deed": gettext(deed)})
        role = self.role_in(room)
        if role < least:
            message = gettext("A %(role)s may not %(deed)s here; that takes the role %(least)s.")
            raise Forbidden(message % {"role": role.said, "deed": gettext(deed), "least": Role(least).said})

    def check_may_add(self, room: Room) -> None:
        self.check_may(room, room.add_role, gettext_noop("add links"))
        member = self.member_of(room)
        if member is not None and member.muted_at is not None:
            message = gettext("%(name)s was muted here and may not add links.")
            raise Forbidden(message % {"name": member.nickname})

    def join(self, room: Room, role: Role) -> Member:
        """The caller's place in ``room``, which is lent or new: made, or raised to ``role``."""
        member = self._find_member(room)
        if member is None:
            member = self._new_member(room, role)
            if role > Role.GUEST and room.notes is not None:
                room.note("room")
        elif role > member.role:
            member.give_role(role)
        self._members[room.pk] = member
        return member

    def _new_member(self, room: Room, role: Role) -> Member:
        user_id = cast(int, self.user.pk) if self.user is not None and self.has_account else None
        facts = {"user_id": user_id, "nickname": self.name_in(room) or "Host", "role": role}
        # Found only by a token of another room, which gives no right here but says whose words these are.
        member, _ = Member.objects.get_or_create(room=room, person=self.person_id or uuid.uuid4(), defaults=facts)
        return member

    def _find_member(self, room: Room) -> Member | None:
        if self.token_member is not None:
            return self.token_member if self.token_member.room_id == room.pk else None
        if self.user is not None and self.has_account:
            by_account = room.members.filter(user__pk=cast(int, self.user.pk)).first()
            if by_account is not None:
                return by_account
        member = _MEMBER.first(room=room.pk, person=self.person.id) if self.person else None
        if member is not None:
            member.room = room
        return member


def caller_of(request: HttpRequest) -> Caller:
    """Whoever made ``request``; raises Unidentified if it carries a token that is not valid."""
    header = request.headers.get("Authorization", "")
    address = address_of_request(request)
    if header:
        return Caller(token_member=member_of_token(header), address=address)
    return Caller(person=Person.of_cookies(request.COOKIES), user=request.user, address=address)


def member_of_token(header: str) -> Member:
    """The member whom an ``Authorization`` header names."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unidentified(f"The authorisation scheme “{scheme[:20]}” is not known; send “Bearer” and a token.")
    found = _TOKEN.first(hash=hash_token(token.strip()))
    if found is None:
        raise Unidentified("That token is not valid, or it was withdrawn.")
    return found.member
