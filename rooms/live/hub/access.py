"""Who may listen to a room, as far as it can be told without asking the database again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from rooms.clock import now_ms
from rooms.core.access import may_know, needs_password
from rooms.live.hub.identity import Identity
from rooms.live.presence.people_json import Place, places_of
from rooms.models import Member, Room, Token
from rooms.models.roles import Role
from rooms.shapes import RoomJson


class Ban(NamedTuple):
    """A ban, with its end (Unix milliseconds; None for none) and the reason that its person is told."""

    until_ms: int | None = None
    reason: str = ""

    @classmethod
    def of(cls, member: Member) -> Ban:
        until = member.banned_until
        return cls(int(until.timestamp() * 1000) if until else None, member.ban_reason)

    def longest(self, other: Ban | None) -> Ban:
        """The one of both that ends last, as of several guests at one address."""
        if other is None or self.until_ms is None:
            return self
        return other if other.until_ms is None or other.until_ms > self.until_ms else self


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come into a room at one version: what ``Caller.may_know_of`` decides, for every person at once.

    ``kicked`` says when a person was last shown out (Unix milliseconds): older streams of theirs end. ``tokens`` are
    the room's own, by hash, with the person and nickname that each speaks for: so who sends one is known without a
    query.
    """

    visibility: str
    has_password: bool = False
    members: frozenset[UUID] = frozenset()
    entered: frozenset[UUID] = frozenset()
    """Who gave the password that the room has now."""
    hosts: frozenset[UUID] = frozenset()
    banned: Mapping[UUID, Ban] = field(default_factory=dict)
    banned_addresses: Mapping[str, Ban] = field(default_factory=dict)
    """Of guests, as addresses are counted: nobody comes in from there without an account or a role."""
    kicked: dict[UUID, int] = field(default_factory=dict)
    tokens: dict[str, tuple[UUID, str]] = field(default_factory=dict)
    places: Mapping[UUID, Place] = field(default_factory=dict)
    """Who holds a role or was muted, as the people are told."""

    @classmethod
    def of(cls, room: Room, told: RoomJson) -> Access:
        """Read from the database what the members may of ``room``, which its snapshot tells so."""
        members, entered, hosts, banned, kicked = set(), set(), set(), {}, {}
        addresses: dict[str, Ban] = {}
        everybody = list(room.members.order_by("-role", "pk"))
        for member in everybody:
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
        issued = Token.objects.filter(member__room=room).values_list("hash", "member__person", "member__nickname")
        tokens = {token_hash: (person, nickname) for token_hash, person, nickname in issued}
        return cls(
            told["visibility"],
            told["has_password"],
            frozenset(members),
            frozenset(entered),
            frozenset(hosts),
            banned,
            addresses,
            kicked,
            tokens,
            places_of(everybody),
        )

    def may_listen(self, identity: Identity) -> bool:
        """Whether this person may; an operator owns every room, but a ban holds for operators too."""
        return self.may_know(identity) and not self.needs_password(identity)

    def may_know(self, identity: Identity) -> bool:
        """Whether this person may know of the room, if not enter it."""
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
        """The ban that holds for this person now."""
        own = (self.banned.get(person) for person in (identity.person_id, *identity.also) if person is not None)
        ban = next((found for found in own if found is not None), None)
        if ban is None and identity.address and not identity.has_account and self._role(identity) == Role.GUEST:
            ban = self.banned_addresses.get(identity.address)
        return ban if ban is not None and (ban.until_ms is None or ban.until_ms > now_ms()) else None

    def why_ended(self, identity: Identity, joined_at_ms: int) -> str:
        """The reason for which a stream that was let in has to end; the empty string if it may stay."""
        person_id = identity.person_id
        if self.ban_of(identity) is not None:
            return "banned"
        if identity.token_hash and identity.token_hash not in self.tokens:
            return "right withdrawn"
        if not self.may_listen(identity):
            return "right withdrawn"
        if person_id is not None and self.kicked.get(person_id, 0) > joined_at_ms:
            return "kicked"
        return ""
