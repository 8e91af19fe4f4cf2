"""Access control list of a room, cached in memory, so that joins need no query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from rooms.clock import now_ms
from rooms.core.access import may_know, needs_password
from rooms.live.hub.identity import Identity, KnownToken
from rooms.live.presence.people_json import Place, places_of
from rooms.models import Member, Room, Scope, Token
from rooms.models.roles import Role
from rooms.shapes.room import RoomJson


class Ban(NamedTuple):
    """A ban with its end (Unix milliseconds; None if permanent) and the reason shown to the banned person."""

    until_ms: int | None = None
    reason: str = ""

    @classmethod
    def of(cls, member: Member) -> Ban:
        until = member.banned_until
        return cls(int(until.timestamp() * 1000) if until else None, member.ban_reason)

    def longest(self, other: Ban | None) -> Ban:
        """The ban that ends last, where several guests are banned by one address."""
        if other is None or self.until_ms is None:
            return self
        return other if other.until_ms is None or other.until_ms > self.until_ms else self


@dataclass(frozen=True, slots=True)
class Access:
    """Access control list of a room at one version: decides as ``Caller.may_know_of`` does, for any person.

    ``kicked`` maps a person to the instant of their last kick (Unix milliseconds), which ends older streams. ``tokens``
    are the room's API tokens by their hashes.
    """

    visibility: str
    has_password: bool = False
    members: frozenset[UUID] = frozenset()
    entered: frozenset[UUID] = frozenset()
    """People who have entered the room's present password."""
    hosts: frozenset[UUID] = frozenset()
    banned: Mapping[UUID, Ban] = field(default_factory=dict)
    banned_addresses: Mapping[str, Ban] = field(default_factory=dict)
    """Bans by counted address: they hold for guests without an account."""
    kicked: dict[UUID, int] = field(default_factory=dict)
    tokens: dict[str, KnownToken] = field(default_factory=dict)
    places: Mapping[UUID, Place] = field(default_factory=dict)
    """People with a role or a mute, for the list of people."""

    @classmethod
    def of(cls, room: Room, snapshot: RoomJson) -> Access:
        """Read the members and tokens of ``room``; visibility and password come from the ``room`` of its snapshot."""
        members, entered, hosts, banned, kicked = set(), set(), set(), {}, {}
        addresses: dict[str, Ban] = {}
        members_of_room = list(room.members.order_by("-role", "pk"))
        for member in members_of_room:
            if member.is_banned:
                ban = banned[member.person] = Ban.of(member)
                if member.banned_address:
                    addresses[member.banned_address] = ban.longest(addresses.get(member.banned_address))
            elif member.role >= Role.MEMBER:
                members.add(member.person)
                if member.role >= Role.HOST:
                    hosts.add(member.person)
            elif member.knows_password:
                entered.add(member.person)
            if member.kicked_at is not None:
                kicked[member.person] = int(member.kicked_at.timestamp() * 1000)
        tokens = {
            token.hash: KnownToken(
                token.member.person, token.member.nickname, Scope.READ in token.granted, token.expires_at_ms
            )
            for token in Token.objects.filter(member__room=room).select_related("member")
        }
        return cls(
            snapshot["visibility"],
            snapshot["has_password"],
            frozenset(members),
            frozenset(entered),
            frozenset(hosts),
            banned,
            addresses,
            kicked,
            tokens,
            places_of(members_of_room),
        )

    def may_listen(self, identity: Identity) -> bool:
        """Whether this person may open the room's stream. Operators may everywhere, unless they are banned."""
        return self._token_holds(identity) and self.may_know(identity) and not self.needs_password(identity)

    def next_expiry_ms(self) -> int | None:
        """When the next token ends, in Unix milliseconds; None if none does."""
        ends = [token.expires_at_ms for token in self.tokens.values() if token.expires_at_ms and not token.is_over]
        return min(ends, default=None)

    def _token_holds(self, identity: Identity) -> bool:
        """Whether the token that the person came by, if any, is still one of the room's."""
        token = self.tokens.get(identity.token_hash)
        return not identity.token_hash or (token is not None and not token.is_over)

    def may_know(self, identity: Identity) -> bool:
        """Whether the room's existence may be revealed to this person."""
        return may_know(self.visibility, self._role(identity), is_banned=self.ban_of(identity) is not None)

    def needs_password(self, identity: Identity) -> bool:
        knows = identity.person_id in self.entered
        return self.has_password and needs_password(True, self._role(identity), knows_password=knows)

    def _role(self, identity: Identity) -> Role:
        if identity.is_operator:
            return Role.OWNER
        is_member = identity.person_id in self.members and not identity.is_from_elsewhere
        return Role.MEMBER if is_member else Role.GUEST

    def ban_of(self, identity: Identity) -> Ban | None:
        """The ban in force for this person, by any of their identities or by address; None if there is none."""
        own = (self.banned.get(person) for person in (identity.person_id, *identity.also) if person is not None)
        ban = next((found for found in own if found is not None), None)
        if ban is None and identity.address and not identity.has_account and self._role(identity) == Role.GUEST:
            ban = self.banned_addresses.get(identity.address)
        return ban if ban is not None and (ban.until_ms is None or ban.until_ms > now_ms()) else None

    def why_ended(self, identity: Identity, joined_at_ms: int) -> str:
        """The reason of the event ``bye`` for a stream admitted at ``joined_at_ms`` (Unix); empty if it may stay."""
        person_id = identity.person_id
        if self.ban_of(identity) is not None:
            return "banned"
        if not self.may_listen(identity):
            return "right withdrawn"
        if person_id is not None and self.kicked.get(person_id, 0) > joined_at_ms:
            return "kicked"
        return ""
