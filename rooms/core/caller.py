"""The caller of a request, identified by signed cookie, token or account."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from django.contrib.auth.models import AbstractBaseUser, AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import get_text_list
from django.utils.translation import gettext

from rooms.core import access
from rooms.core.client_address import address_of_request
from rooms.core.person import Person, guest_name
from rooms.core.place import Place
from rooms.core.token_use import note_use
from rooms.errors import Forbidden, Unidentified
from rooms.models import ALL_SCOPES, MAX_NICKNAME_LENGTH, Member, Room, Scope, Token, hash_token
from rooms.models.compiled_query import CompiledQuery, Parameter
from rooms.models.roles import Role
from rooms.models.skeleton import look_alike

_MEMBER = CompiledQuery(
    lambda: Member.objects.filter(
        room_id=Parameter("room", models.BigIntegerField()), person=Parameter("person", models.UUIDField())
    )
)
_OF_TOKEN = CompiledQuery(lambda: Member.objects.filter(tokens__hash=Parameter("hash", models.CharField())))
_TOKEN = CompiledQuery(
    lambda: Token.objects.select_related("member__room").filter(hash=Parameter("hash", models.CharField()))
)


MOST_HOSTED = 20
"""Rooms of one person that are looked at, until one is found where they host."""

OPERATOR_PERMISSION = "rooms.change_room"
"""Changing rooms in the admin. An account with it is an operator, and owns every room."""


def is_operator(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether ``user`` may change rooms in the admin, and so owns every room."""
    return user.is_authenticated and bool(getattr(user, "has_perm", lambda _: False)(OPERATOR_PERMISSION))


@dataclass(slots=True)
class Caller:
    """A caller: a person by cookie, a member by token, an account, or a stranger with none of these."""

    person: Person | None = None
    user: AbstractBaseUser | AnonymousUser | None = None
    token: Token | None = None
    address: str = ""
    cookie: Person | None = None
    """The browser's own person beside an account: what was taken from it holds for the account too."""
    is_new: bool = False
    """Whether the person was made for this very request, and so has a place nowhere."""
    _places: list[Place] = field(default_factory=list)

    @classmethod
    def by_browser(
        cls, cookie: Person | None, user: AbstractBaseUser | AnonymousUser | None, address: str = ""
    ) -> Caller:
        """The caller of a session and a cookie: the account that is signed in, else the browser's own person."""
        if isinstance(user, AnonymousUser) or user is None or not user.is_authenticated:
            return cls(person=cookie, address=address)
        return cls(person=Person.of_account(user, cookie), user=user, address=address, cookie=cookie)

    @classmethod
    def by_token(cls, header: str, address: str = "") -> Caller:
        """The member whom an ``Authorization`` header names; raises Unidentified if its token is not valid."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Unidentified(f"The authorisation scheme “{scheme[:20]}” is not known; send “Bearer” and a token.")
        found = _TOKEN.first(hash=hash_token(token.strip()))
        if found is None or found.is_over:
            raise _no_such_token()
        note_use(found.hash)
        return cls(token=found, address=address)

    @property
    def token_member(self) -> Member | None:
        """The member whom the caller's token lets act; None for a caller without a token."""
        return self.token.member if self.token is not None else None

    @property
    def scopes(self) -> frozenset[str]:
        """What the caller's token is good for: everything for a caller without a token."""
        return self.token.granted if self.token is not None else ALL_SCOPES

    @property
    def has_account(self) -> bool:
        """Whether the caller is logged in."""
        return self.user is not None and self.user.is_authenticated

    @property
    def is_identified(self) -> bool:
        return self.person is not None or self.token is not None or self.has_account

    @property
    def is_operator(self) -> bool:
        """Whether the caller's account is an operator's."""
        return self.user is not None and is_operator(self.user)

    @property
    def by_cookie(self) -> bool:
        """Whether the browser identified the caller by itself, so that a forged page could have made the call."""
        return self.token is None and self.is_identified

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

    @property
    def name(self) -> str:
        """The name that the caller goes by where they have no place; the empty string for a stranger."""
        if self.token_member is not None:
            return self.token_member.nickname
        if self.person is not None:
            return self.person.name
        return str(self.user)[:MAX_NICKNAME_LENGTH] if self.has_account else ""

    @property
    def token_room_id(self) -> int | None:
        """The room that the caller's token is for; None for a caller without a token."""
        return self.token_member.room_id if self.token_member is not None else None

    @property
    def in_places(self) -> Q:
        """The condition that a member is the caller, in whatever room; empty for an unidentified one."""
        mine = Q(person=self.person_id) if self.person_id else Q()
        if self.user is not None and self.has_account:
            mine |= Q(user__pk=cast(int, self.user.pk))
        return mine | Q(person=self.cookie.id, user=None) if self.cookie else mine

    def owned_rooms(self) -> int:
        """How many open rooms belong to the caller."""
        if not self.is_identified:
            return 0
        owned = Member.objects.filter(self.in_places, role=Role.OWNER, room__closed_at=None)
        return owned.values("room").distinct().count()

    def hosts_a_room(self) -> bool:
        """Whether the caller hosts an open room, and is not banned from it."""
        if not self.is_identified:
            return False
        hosted = Member.objects.filter(self.in_places, role__gte=Role.HOST, room__closed_at=None)
        if self.token_room_id is not None:
            hosted = hosted.filter(room=self.token_room_id)  # a token gives the rights of its own room alone
        return any(not member.is_banned for member in hosted[:MOST_HOSTED])

    def is_in_audience(self, audience: str) -> bool:
        """Whether what is for this audience of the server is for the caller."""
        has_account = self.has_account or (self.token_member is not None and self.token_member.user_id is not None)
        return access.is_in_audience(
            audience,
            has_account=has_account,
            hosts_a_room=audience == access.Audience.HOSTS and self.hosts_a_room(),
            is_operator=self.is_operator,
        )

    def rename(self, name: str) -> None:
        """Give the caller's person another nickname, and so the account, if there is one."""
        assert self.person is not None
        self.person = self.person.renamed(name)
        if isinstance(self.user, AbstractUser):
            self.user.first_name = name
            self.user.save(update_fields=["first_name"])

    def place_in(self, room: Room) -> Place:
        """The caller's place in ``room``, found once for this very object, and anew for another of the same room."""
        for place in self._places:
            if place.room is room:
                return place
        place = Place(self, room, self._find_members(room))
        self._places.append(place)
        return place

    def room_of_token(self, slug: str) -> Room | None:
        """The open room of the caller's token, read with it, if it has that slug."""
        room = self.token_member.room if self.token_member is not None else None
        return room if room is not None and room.slug == slug and room.closed_at is None else None

    def check_identified(self, deed: str) -> None:
        """Raise Unidentified, for ``deed`` in the caller's language, unless it is known who calls."""
        if not self.is_identified:
            message = gettext("Nobody knows who you are: send a token or open the room's page, to %(deed)s.")
            raise Unidentified(message % {"deed": deed})

    def check_scope(self, *scopes: Scope) -> None:
        """Raise Forbidden if the caller's token has none of ``scopes``."""
        if self.token is not None and self.token.granted.isdisjoint(scopes):
            message = gettext("This takes a token with the scope %(needed)s; this one has %(own)s.")
            needed = get_text_list([*map(str, scopes)], gettext("or"))
            own = get_text_list([str(scope) for scope in Scope if scope in self.scopes], gettext("and"))
            raise Forbidden(message % {"needed": needed, "own": own})

    def join(self, room: Room, role: Role, by: Member | None = None) -> Member:
        """The caller's membership of ``room``, which is lent or new: made, or raised to ``role``, which ``by`` gave."""
        place = self.place_in(room)
        member = place.member
        if member is None:
            member = self._new_member(place, role, by)
            if role > Role.GUEST and room.notes is not None:
                room.note("room")
                room.did("role", of=member.nickname, role=role.word)
                room.announce("came", role=role.word)
        elif role > member.role:
            member.give_role(role, by)
            room.announce("came", role=role.word)
        self._places.remove(place)
        members = [member, *(other for other in place.members if other.pk != member.pk)]
        self._places.append(Place(self, room, members))
        return member

    def _new_member(self, place: Place, role: Role, by: Member | None) -> Member:
        user_id = cast(int, self.user.pk) if self.user is not None and self.has_account else None
        person_id = self.person_id or uuid.uuid4()
        facts = {"user_id": user_id, "nickname": self._free_name_in(place, person_id), "role": role, "given_by": by}
        # Found only by a token of another room, which gives no right here but says whose words these are.
        member, _ = Member.objects.get_or_create(room=place.room, person=person_id, defaults=facts)
        self.is_new = False
        return member

    def _free_name_in(self, place: Place, person_id: uuid.UUID) -> str:
        """The caller's name, unless it looks like that of somebody who hosts the room already."""
        name = place.name or "Host"
        hosts = place.room.members.filter(role__gte=Role.HOST).values_list("nickname", flat=True)
        return guest_name(person_id) if any(look_alike(name, host) for host in hosts) else name

    def _find_members(self, room: Room) -> list[Member]:
        members = self._by_token_of(self.token, room) if self.token is not None else self._by_browser(room)
        for member in members:
            member.room = room
        return members

    def _by_token_of(self, token: Token, room: Room) -> list[Member]:
        member = token.member
        if member.room_id != room.pk:
            return _members(room, member.person, member.user_id)
        if room.notes is None:
            return [member]
        # The token was read when the call came; it, or its member's role, may have been withdrawn before the lock.
        held = _OF_TOKEN.first(hash=token.hash)
        if held is None:
            raise _no_such_token()
        return [held]

    def _by_browser(self, room: Room) -> list[Member]:
        if self.user is None or not self.has_account:
            return _members(room, self.person.id, None) if self.person and not self.is_new else []
        return _sorted(Member.objects.filter(self.in_places, room_id=room.pk), cast(int, self.user.pk))


def _members(room: Room, person: uuid.UUID | None, user_id: int | None) -> list[Member]:
    """The memberships in ``room`` of a person and of an account, the account's first."""
    if user_id is not None:
        return _sorted(Member.objects.filter(Q(person=person) | Q(user__pk=user_id), room_id=room.pk), user_id)
    member = _MEMBER.first(room=room.pk, person=person) if person else None
    return [member] if member else []


def _sorted(found: Iterable[Member], user_id: int) -> list[Member]:
    return sorted(found, key=lambda member: member.user_id != user_id)


def caller_of(request: HttpRequest) -> Caller:
    """The caller of ``request``; raises Unidentified if it carries a token that is not valid."""
    header = request.headers.get("Authorization", "")
    address = address_of_request(request)
    if header:
        return Caller.by_token(header, address)
    return Caller.by_browser(Person.of_cookies(request.COOKIES), request.user, address)


def _no_such_token() -> Unidentified:
    return Unidentified("That token is not valid: it has ended, was withdrawn, or never was one.")
