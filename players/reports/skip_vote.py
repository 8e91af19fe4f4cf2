"""Voting to skip the current entry, by those whose players run: enough of them skip it for all."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext

from players.models import Player
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.rate_limit import check_change
from rooms.errors import Forbidden, Stale, Unidentified
from rooms.live.hub import hub
from rooms.live.presence.skip_votes import count, entitled
from rooms.live.presence.stand_in import may_vote_to_skip
from rooms.models import Room
from rooms.shapes.player import SkipVotesJson


def vote(room: Room, caller: Caller, entry_id: int, wants: bool, now_ms: int) -> SkipVotesJson:
    """Give the caller's voice for skipping that entry, or take it back; raises Stale if another is current.

    Voices of people who left, are away, or lost the right count no more; ``recount`` looks for these later, too.
    """
    person = caller.place_in(room).person_id
    if person is None:
        raise Unidentified("Nobody knows who you are: open the room's page or send a token, to vote.")
    audience = hub.audience(room.pk)
    with change(room, now_ms) as lent:
        if not may_vote_to_skip(caller, lent, audience):
            caller.place_in(lent).check_may(Action.VOTE)
        check_current(lent.player, entry_id)
        if wants and not audience.among([person]):
            message = gettext("You do not listen to “%(room)s” now: open its stream first, to vote.")
            raise Forbidden(message % {"room": room.slug})
        others = {UUID(voter) for voter in lent.player.skip_voters} - {person}
        voters = entitled(lent, audience.among(others), audience) | ({person} if wants else set())
        voices, needed = count(lent, audience, voters)
        before = lent.player.state
        lent.player.vote_to_skip(voices, needed, now_ms)
        if lent.player.state != before:
            check_change(caller, lent, now_ms)  # here, since events tell nobody's vote by name
    return {"votes": len(voices), "needed": needed}


def check_current(player: Player, entry_id: int) -> None:
    """Raise Stale unless that entry is the current one."""
    if player.entry_id == entry_id:
        return
    message = (
        gettext("Entry %(entry)s is no longer the current one; nothing is.")
        if player.entry_id is None
        else gettext("Entry %(entry)s is no longer the current one; that is %(current)s.")
    )
    raise Stale(message % {"entry": entry_id, "current": player.entry_id})
