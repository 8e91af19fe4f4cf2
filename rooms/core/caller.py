"""The caller of a request, by signed cookie, token or account, with their place and rights in rooms."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from django.contrib.auth.models import AbstractBaseUser, AbstractUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext

from rooms.core import access
from rooms.core.access import Action
from rooms.core.client_address import address_of_request, counted_as
from rooms.core.person import Person, guest_name
from rooms.core.person_id import public_id
from rooms.errors import Forbidden, Unidentified
from rooms.models import MAX_NICKNAME_LENGTH, Member, Room, Visibility, hash_token
from rooms.models.compiled_query import CompiledQuery, Parameter
from rooms.models.roles import Role
from rooms.models.skeleton import look_alike
from rooms.shapes.snapshot import YouJson
from rooms.shapes.words import RoleWord

_MEMBER = CompiledQuery(
    lambda: Member.objects.filter(
        room_id=Parameter("room", models.BigIntegerField()), person=Parameter("person", models.UUIDField())
    )
)
_OF_TOKEN = CompiledQuery(lambda: Member.objects.filter(tokens__hash=Parameter("hash", models.CharField())))
_OF_TOKEN_WITH_ROOM = CompiledQuery(
    lambda: Member.objects.select_related("room").filter(tokens__hash=Parameter("hash", models.CharField()))
)


MOST_HOSTED = 20
"""Rooms of one person that are looked at, until one is found where they host."""

OPERATOR_PERMISSION = "rooms.change_room"
"""Changing rooms in the admin. An account with it is an operator, and owns every room."""


def is_operator(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether ``user`` may change rooms in the admin, and so owns every room."""
    return user.is_authenticated and bool(getattr(user, "has_perm", lambda _: False)(OPERATOR_PERMISSION))


@dataclass(slots=True, frozen=True)
class _Place:
    """What the caller is in one room, read once for it: the memberships, the one that counts first, and the role."""

    room: Room
    members: list[Member]
    role: Role


@dataclass(slots=True)
class Caller:
    """A caller: a person by cookie, a member by token, an account, or a stranger with none of these."""

    person: Person | None = None
    user: AbstractBaseUser | AnonymousUser | None = None
    token_member: Member | None = None
    address: str = ""
    cookie: Person | None = None
    """The browser's own person beside an account: what was taken from it holds for the account too."""
    is_new: bool = False
    """Whether the person was made for this very request, and so has a place nowhere."""
    token_hash: str = ""
    """Of the token that ``token_member`` was found by, to look once more whether it still holds."""
    _places: list[_Place] = field(default_factory=list)
    _address_bans: list[tuple[Room, Member | None]] = field(default_factory=list)

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
        token_hash = hash_token(token.strip())
        return cls(token_member=_of_token(_OF_TOKEN_WITH_ROOM, token_hash), token_hash=token_hash, address=address)

    @property
    def has_account(self) -> bool:
        """Whether the caller is logged in."""
        return self.user is not None and self.user.is_authenticated

    @property
    def is_identified(self) -> bool:
        return self.person is not None or self.token_member is not None or self.has_account

    @property
    def is_operator(self) -> bool:
        """Whether the caller's account is an operator's."""
        return self.user is not None and is_operator(self.user)

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
        if self.token_member is not None:
            hosted = hosted.filter(room=self.token_member.room_id)  # a token gives the rights of its own room alone
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

    def member_of(self, room: Room) -> Member | None:
        """The caller's place in ``room``; None if there is none."""
        places = self._place_in(room).members
        return places[0] if places else None

    def places_in(self, room: Room) -> list[Member]:
        """All places of the caller in ``room``, the one that counts first: a browser may have one beside its account's.

        Kept for this very object and for no other of the same room: one that ``change`` lends was read under its lock,
        and the places in it are read under the same lock.
        """
        return self._place_in(room).members

    def _place_in(self, room: Room) -> _Place:
        for place in self._places:
            if place.room is room:
                return place
        place = self._place_of(room, self._find_places(room))
        self._places.append(place)
        return place

    def _place_of(self, room: Room, members: list[Member]) -> _Place:
        if self.is_operator:
            role = Role.OWNER
        else:
            role = Role(members[0].role) if members and not self.is_from_elsewhere(room) else Role.GUEST
        return _Place(room, members, role)

    def name_in(self, room: Room) -> str:
        member = self.member_of(room)
        if member is not None:
            return member.nickname
        if self.token_member is not None:
            return self.token_member.nickname
        if self.person is not None:
            return self.person.name
        return str(self.user)[:MAX_NICKNAME_LENGTH] if self.has_account else ""

    def has_no_name_in(self, room: Room) -> bool:
        """Whether nobody chose the name that the caller goes by."""
        person_id = self.person_id
        return person_id is not None and self.name_in(room) == guest_name(person_id)

    def actor_in(self, room: Room) -> str:
        """Names the caller to the log of ``room``: the same one however they call."""
        member = self.member_of(room)
        return str(member.person) if member is not None else self.key

    def role_in(self, room: Room) -> Role:
        """The caller's role; an operator who may change rooms in the admin owns every room.

        A token gives the rights of its own room alone. What was taken from its person here is taken from it too.
        """
        return self._place_in(room).role

    def is_from_elsewhere(self, room: Room) -> bool:
        """Whether the caller came by a token of another room."""
        return self.token_member is not None and self.token_member.room_id != room.pk

    def may_know_of(self, room: Room) -> bool:
        """Whether the caller may know of ``room``."""
        return access.may_know(room.visibility, self.role_in(room), is_banned=self.is_banned_in(room))

    def is_banned_in(self, room: Room) -> bool:
        """Whether the caller was banned from ``room``, or is a guest where one was banned by address."""
        return self.ban_in(room) is not None

    def ban_in(self, room: Room) -> Member | None:
        """The place in ``room`` whose ban holds for the caller."""
        own = (member for member in self.places_in(room) if member.is_banned)
        return next(own, None) or (self._address_ban_in(room) if self._is_guest_in(room) else None)

    def _is_guest_in(self, room: Room) -> bool:
        """Whether a cookie, which is easily lost, is all that tells the caller from others."""
        return not self.has_account and self.role_in(room) == Role.GUEST

    def _address_ban_in(self, room: Room) -> Member | None:
        # Where the answer is no anyway, in a private room and where there is none, it is looked up as in one that
        # banned the caller: the time tells nobody which of them it is.
        if not room.bans_addresses and room.visibility != Visibility.PRIVATE:
            return None
        # Found anew for a room that was lent, as places are.
        for known, ban in self._address_bans:
            if known is room:
                return ban
        counted = counted_as(self.address)
        banned = Member.objects.filter(room_id=room.pk, banned_address=counted) if counted else ()
        ban = next((member for member in banned if member.is_banned), None)
        self._address_bans.append((room, ban))
        return ban

    def room_of_token(self, slug: str) -> Room | None:
        """The open room of the caller's token, read with it, if it has that slug."""
        room = self.token_member.room if self.token_member is not None else None
        return room if room is not None and room.slug == slug and room.closed_at is None else None

    def needs_password_of(self, room: Room) -> bool:
        """Whether the caller, who may know of ``room``, has to give its password first."""
        knows = any(member.knows_password for member in self.places_in(room))
        return access.needs_password(bool(room.password), self.role_in(room), knows_password=knows)

    def may(self, room: Room, action: Action) -> bool:
        """Whether the caller may do ``action`` in ``room``."""
        return action in self.actions_in(room)

    def actions_in(self, room: Room) -> list[Action]:
        """All that the caller may do in ``room``."""
        if not self.may_know_of(room) or self.needs_password_of(room):
            return []
        role, is_muted = self.role_in(room), self._is_muted_in(room)
        return [
            action
            for action in Action
            if access.may(role, room.rules, action, is_muted=is_muted) and not access.is_off(action, room.chat_kept)
        ]

    def you_in(self, room: Room) -> YouJson:
        """What the snapshot of ``room`` says of the caller."""
        person = self.listening_as(room)
        return {
            "id": public_id(room.pk, person) if person else None,
            "name": self.name_in(room),
            "role": cast(RoleWord, self.role_in(room).word),
            "may": [action.value for action in self.actions_in(room)] if self.is_identified else [],
        }

    def listening_as(self, room: Room) -> uuid.UUID | None:
        """The person that the caller's stream counts as."""
        member = self.member_of(room)
        return member.person if member else self.person_id

    def check_may_know_of(self, room: Room) -> None:
        """Raise Unknown unless the caller may know of ``room``."""
        if not self.may_know_of(room):
            raise access.no_such_room(room.slug)

    def check_may_enter(self, room: Room) -> None:
        """Raise Unknown or PasswordNeeded unless the caller may know of ``room`` and its door is open to them."""
        self.check_may_know_of(room)
        if self.needs_password_of(room):
            raise access.password_needed(room.slug, room.name)

    def check_may(self, room: Room, action: Action) -> None:
        """Raise Unknown, PasswordNeeded, Unidentified or Forbidden unless the caller may do ``action`` in ``room``.

        Decides on ``room`` as it was read. A change asks again on the room that it was lent: rights may have been
        withdrawn while it waited for the lock.
        """
        self.check_may_enter(room)
        deed = gettext(access.DEEDS[action])
        self.check_identified(deed)
        role, least = self.role_in(room), access.least_role(room.rules, action)
        if role < least:
            message = gettext("A %(role)s may not %(deed)s here; that takes the role %(least)s.")
            raise Forbidden(message % {"role": role.said, "deed": deed, "least": least.said})
        if not access.may(role, room.rules, action, is_muted=self._is_muted_in(room)):
            message = gettext("%(name)s was muted here and may not %(deed)s.")
            raise Forbidden(message % {"name": self.name_in(room), "deed": deed})
        if access.is_off(action, room.chat_kept):
            raise Forbidden(gettext("The chat of “%(room)s” is off.") % {"room": room.name})

    def check_identified(self, deed: str) -> None:
        """Raise Unidentified, for ``deed`` in the caller's language, unless it is known who calls."""
        if not self.is_identified:
            message = gettext("Nobody knows who you are: send a token or open the room's page, to %(deed)s.")
            raise Unidentified(message % {"deed": deed})

    def _is_muted_in(self, room: Room) -> bool:
        return any(member.muted_at is not None for member in self.places_in(room))

    def join(self, room: Room, role: Role, by: Member | None = None) -> Member:
        """The caller's place in ``room``, which is lent or new: made, or raised to ``role``, which ``by`` gave."""
        member = self.member_of(room)
        if member is None:
            member = self._new_member(room, role, by)
            if role > Role.GUEST and room.notes is not None:
                room.note("room")
                room.did("role", of=member.nickname, role=role.word)
                room.announce("came", role=role.word)
        elif role > member.role:
            member.give_role(role, by)
            room.announce("came", role=role.word)
        members = [member, *(other for other in self.places_in(room) if other.pk != member.pk)]
        self._places = [place for place in self._places if place.room is not room] + [self._place_of(room, members)]
        return member

    def _new_member(self, room: Room, role: Role, by: Member | None) -> Member:
        user_id = cast(int, self.user.pk) if self.user is not None and self.has_account else None
        person_id = self.person_id or uuid.uuid4()
        facts = {"user_id": user_id, "nickname": self._free_name_in(room, person_id), "role": role, "given_by": by}
        # Found only by a token of another room, which gives no right here but says whose words these are.
        member, _ = Member.objects.get_or_create(room=room, person=person_id, defaults=facts)
        self.is_new = False
        return member

    def _free_name_in(self, room: Room, person_id: uuid.UUID) -> str:
        """The caller's name, unless it looks like that of somebody who hosts ``room`` already."""
        name = self.name_in(room) or "Host"
        hosts = room.members.filter(role__gte=Role.HOST).values_list("nickname", flat=True)
        return guest_name(person_id) if any(look_alike(name, host) for host in hosts) else name

    def _find_places(self, room: Room) -> list[Member]:
        places = self._by_token_of(room) if self.token_member is not None else self._by_browser(room)
        for member in places:
            member.room = room
        return places

    def _by_token_of(self, room: Room) -> list[Member]:
        member = self.token_member
        assert member is not None
        if member.room_id != room.pk:
            return _places(room, member.person, member.user_id)
        # The token was read when the call came; it, or its member's role, may have been withdrawn before the lock.
        return [member if room.notes is None else _of_token(_OF_TOKEN, self.token_hash)]

    def _by_browser(self, room: Room) -> list[Member]:
        if self.user is None or not self.has_account:
            return _places(room, self.person.id, None) if self.person and not self.is_new else []
        return _sorted(Member.objects.filter(self.in_places, room_id=room.pk), cast(int, self.user.pk))


def _places(room: Room, person: uuid.UUID | None, user_id: int | None) -> list[Member]:
    """The places in ``room`` of a person and of an account, the account's first."""
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


def _of_token(query: CompiledQuery[Member], token_hash: str) -> Member:
    member = query.first(hash=token_hash)
    if member is None:
        raise Unidentified("That token is not valid, or it was withdrawn.")
    return member
