"""Voting to skip the current entry, by those whose players run: enough of them skip it for all."""

from __future__ import annotations

import math
from uuid import UUID

from django.utils.translation import gettext

from players.models import Player
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.rate_limit import check_change
from rooms.errors import Forbidden, Stale, Unidentified
from rooms.live.hub import hub
from rooms.live.presence.stand_in import may_vote_to_skip
from rooms.models import Room
from rooms.models.rules import complete
from rooms.shapes import SkipVotesJson


def vote(room: Room, caller: Caller, entry_id: int, wants: bool, now_ms: int) -> SkipVotesJson:
    """Give the caller's voice for skipping that entry, or take it back; raises Stale if another is current.

    Voices of people who left count no more.
    """
    person = caller.listening_as(room)
    if person is None:
        raise Unidentified("Nobody knows who you are: open the room's page or send a token, to vote.")
    with change(room, now_ms) as lent:
        if not may_vote_to_skip(caller, lent, list(hub.present(room.pk))):
            caller.check_may(lent, Action.VOTE)
        _check_current(lent.player, entry_id)
        voters = {UUID(voter) for voter in lent.player.skip_voters} | {person}
        here, players = hub.players_among(room.pk, voters)
        if wants and person not in here:
            message = gettext("You do not listen to “%(room)s” now: open its stream first, to vote.")
            raise Forbidden(message % {"room": room.slug})
        voices = sorted(voter.hex for voter in here if wants or voter != person)
        needed = voices_needed(complete(lent.rules)["skip_share"], players)
        before = lent.player.state
        lent.player.vote_to_skip(voices, needed, now_ms)
        if lent.player.state != before:
            check_change(caller, lent, now_ms)  # here, since events tell nobody's vote by name
    return {"votes": len(voices), "needed": needed}


def voices_needed(share: float, players: int) -> int:
    """How many voices skip, where that share of the people with a running player has to agree."""
    return max(1, math.ceil(round(share * players, 6)))  # 0.1 × 30 is a little more than 3


def _check_current(player: Player, entry_id: int) -> None:
    if player.entry_id != entry_id:
        message = gettext("Entry %(entry)s is no longer the current one; that is %(current)s.")
        raise Stale(message % {"entry": entry_id, "current": player.entry_id})
