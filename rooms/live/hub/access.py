"""Who may listen to a room, as far as it can be told without asking the database again."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from rooms.core.access import may_know, needs_password
from rooms.live.hub.identity import Identity
from rooms.models import Room, Token
from rooms.models.roles import Role
from rooms.shapes import RoomJson


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
    banned: frozenset[UUID] = frozenset()
    kicked: dict[UUID, int] = field(default_factory=dict)
    tokens: dict[str, tuple[UUID, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, room: Room, told: RoomJson) -> Access:
        """Read from the database what the members may of ``room``, which its snapshot tells so."""
        members, entered, hosts, banned, kicked = set(), set(), set(), set(), {}
        for member in room.members.all():
            if member.banned_at is not None:
                banned.add(member.person)
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
            frozenset(banned),
            kicked,
            tokens,
        )

    def may_listen(self, identity: Identity) -> bool:
        """Whether this person may; an operator owns every room, but a ban holds for operators too."""
        return self.may_know(identity) and not self.needs_password(identity)

    def may_know(self, identity: Identity) -> bool:
        """Whether this person may know of the room, if not enter it."""
        return may_know(self.visibility, self._role(identity), is_banned=self._is_banned(identity))

    def needs_password(self, identity: Identity) -> bool:
        knows = identity.person_id in self.entered
        return self.has_password and needs_password(True, self._role(identity), knows_password=knows)

    def _role(self, identity: Identity) -> Role:
        if identity.is_operator:
            return Role.OWNER
        is_member = identity.person_id in self.members and not identity.is_from_elsewhere
        return Role.MEMBER if is_member else Role.GUEST

    def _is_banned(self, identity: Identity) -> bool:
        return not self.banned.isdisjoint((identity.person_id, *identity.also))

    def why_ended(self, identity: Identity, joined_at_ms: int) -> str:
        """The reason for which a stream that was let in has to end; the empty string if it may stay."""
        person_id = identity.person_id
        if self._is_banned(identity):
            return "banned"
        if identity.token_hash and identity.token_hash not in self.tokens:
            return "right withdrawn"
        if not self.may_listen(identity):
            return "right withdrawn"
        if person_id is not None and self.kicked.get(person_id, 0) > joined_at_ms:
            return "kicked"
        return ""
