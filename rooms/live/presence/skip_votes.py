"""Votes to skip the current entry: who of those that gave one still counts, and how many are needed."""

from __future__ import annotations

import math
from collections.abc import Collection
from contextlib import suppress
from uuid import UUID

from rooms.clock import now_ms
from rooms.core import access
from rooms.core.access import Action
from rooms.core.change import change
from rooms.errors import Stale, Unknown
from rooms.live.presence.audience import Audience
from rooms.live.presence.stand_in import is_left_to_all
from rooms.models import Member, Room
from rooms.models.roles import Role
from rooms.models.rules import complete

Count = tuple[list[str], int]
"""Who wants to skip, as the player keeps them, and how many skip."""


def recount(room_id: int, audience: Audience, missed: Collection[UUID]) -> frozenset[UUID]:
    """Skip what by now has enough voices, and have the room told if their number or the needed one changed.

    A voice ends with its right at once, but not with its stream: who goes over to another process may not be known here
    yet, so that only those who were ``missed`` before count no more. Returns who is missing now.
    """
    room = Room.objects.read(room_id)
    if room is None or not room.player.skip_voters:
        return frozenset()
    voters = {UUID(voter) for voter in room.player.skip_voters}
    missing = frozenset(audience.missing(voters))
    spared = missing.difference(missed)
    if _count_anew(room, audience, spared) != (room.player.skip_voters, room.player.skip_needed):
        now = now_ms()
        with suppress(Unknown, Stale), change(room, now) as lent:  # changed at the same moment: the next look will do
            if lent.player.skip_voters:
                lent.player.vote_to_skip(*_count_anew(lent, audience, spared), now)
    return missing


def count(room: Room, audience: Audience, voices: Collection[UUID]) -> Count:
    """``voices`` as they are kept, and how many of the ``audience`` skip."""
    needed = voices_needed(complete(room.rules)["skip_share"], audience.count(voices))
    return sorted(voter.hex for voter in voices), needed


def entitled(room: Room, voters: Collection[UUID], audience: Audience) -> set[UUID]:
    """Who of the ``voters`` still may vote in ``room``."""
    members = {member.person: member for member in room.members.filter(person__in=voters)}
    is_left = is_left_to_all(room, audience)
    return {voter for voter in voters if _may_vote(room, members.get(voter), is_left)}


def voices_needed(share: float, players: int) -> int:
    """How many voices skip, where that share of the people with a running player has to agree."""
    return max(1, math.ceil(round(share * players, 6)))  # 0.1 × 30 is a little more than 3


def _count_anew(room: Room, audience: Audience, spared: Collection[UUID]) -> Count:
    voters = {UUID(voter) for voter in room.player.skip_voters}
    return count(room, audience, entitled(room, audience.among(voters) | (voters & set(spared)), audience))


def _may_vote(room: Room, member: Member | None, is_left_to_all: bool) -> bool:
    role = Role(member.role) if member else Role.GUEST
    is_banned, is_muted = (member.is_banned, member.muted_at is not None) if member else (False, False)
    if not access.may_know(room.visibility, role, is_banned=is_banned) or is_muted:
        return False
    if access.needs_password(bool(room.password), role, knows_password=bool(member and member.knows_password)):
        return False
    return is_left_to_all or access.may(role, room.rules, Action.VOTE)
