"""The player by REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from django.utils.translation import gettext
from ninja import Router, Status
from pydantic import ConfigDict, Field, StrictBool, StrictStr, StringConstraints

from players.api.common import allowed, entry_of
from players.api.fields import ErrorCode, Id, LengthMs, PositionMs, Rate
from players.models import Entry, Player
from players.reports import listener_reports, skip_vote, title_reports
from rooms.api import examples
from rooms.api.authentication import ApiRequest, Identify
from rooms.api.openapi import CHANGING, READING, answers
from rooms.api.schemas import Body, NotNull
from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.change import change, current
from rooms.core.find_room import open_room
from rooms.errors import Invalid
from rooms.models import Room, Scope
from rooms.shapes.answers import AcceptedJson
from rooms.shapes.player import PlayerJson, SkipVotesJson

router = Router(tags=["player"], auth=Identify(Scope.CONTROL))


class PlayerChange(Body):
    """Any of them together are one change: jump, then seek, then rate, then play or pause."""

    model_config = ConfigDict(json_schema_extra={"example": {"playing": True, "position_ms": 61_500}})

    playing: Annotated[StrictBool | None, NotNull] = None
    position_ms: Annotated[
        PositionMs | None, NotNull, Field(description="Milliseconds from the start of the media.")
    ] = None
    rate: Annotated[Rate | None, NotNull, Field(description="Times the normal speed.")] = None
    entry_id: Annotated[Id | None, NotNull, Field(description="The entry to jump to.")] = None
    expected_version: Annotated[
        Id | None, NotNull, Field(description="Refuse unless the room is still at this version.")
    ] = None


class Skip(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"entry_id": 7}})

    entry_id: Annotated[Id | None, NotNull, Field(description="Skip only if this is still the current entry.")] = None


class SkipVote(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"entry_id": 7}})

    entry_id: Id


class Hint(Body):
    model_config = ConfigDict(json_schema_extra={"example": {"kind": "length", "entry_id": 7, "length_ms": 214_000}})

    kind: Literal["length", "live", "ended", "failed", "title"]
    entry_id: Id
    length_ms: Annotated[LengthMs | None, NotNull] = None
    code: Annotated[ErrorCode | None, NotNull] = None
    title: Annotated[
        Annotated[StrictStr, StringConstraints(max_length=1_000)] | None,
        NotNull,
        Field(description="What the player calls an entry whose title nobody else knows."),
    ] = None


@router.get("/rooms/{slug}/player", openapi_extra=answers(200, PlayerJson, examples.PLAYER, refusals=READING))
def read_player(request: ApiRequest, slug: str) -> PlayerJson:
    """What plays, and since when."""
    return current(open_room(slug, request.auth), now_ms()).player.as_json()


@router.patch("/rooms/{slug}/player", openapi_extra=answers(200, PlayerJson, examples.PLAYER, refusals=CHANGING))
def change_player(request: ApiRequest, slug: str, body: PlayerChange) -> PlayerJson:
    """Play, pause, seek, jump, change the rate."""
    room, caller, now = allowed(request, slug, Action.CONTROL)
    with change(room, now, by=caller, expected_version=body.expected_version) as lent:
        caller.place_in(lent).check_may(Action.CONTROL)
        entry = entry_of(lent, body.entry_id) if body.entry_id is not None else _first_to_play(lent, body)
        _check_possible(lent.player, entry, body)
        if entry is not None:
            entry.try_again(now)
        lent.player.set(now, entry=entry, position_ms=body.position_ms, rate=body.rate, playing=body.playing)
    return lent.player.as_json()


@router.post("/rooms/{slug}/player/next", openapi_extra=answers(200, PlayerJson, examples.PLAYER, refusals=CHANGING))
def next_entry(request: ApiRequest, slug: str, body: Skip | None = None) -> PlayerJson:
    """Skip to the next entry."""
    return _step(request, slug, body, Player.skip)


@router.post(
    "/rooms/{slug}/player/previous", openapi_extra=answers(200, PlayerJson, examples.PLAYER, refusals=CHANGING)
)
def previous_entry(request: ApiRequest, slug: str, body: Skip | None = None) -> PlayerJson:
    """Go back to the entry before, or to the start of the first."""
    return _step(request, slug, body, Player.previous)


@router.put(
    "/rooms/{slug}/player/skip-vote",
    auth=Identify(Scope.QUEUE),
    openapi_extra=answers(200, SkipVotesJson, examples.PLAYER["skip"], refusals=CHANGING),
)
def vote_to_skip(request: ApiRequest, slug: str, body: SkipVote) -> SkipVotesJson:
    """A voice for skipping the current entry. Enough of those who play along skip it."""
    return skip_vote.vote(open_room(slug, request.auth), request.auth, body.entry_id, True, now_ms())


@router.delete(
    "/rooms/{slug}/player/skip-vote",
    auth=Identify(Scope.QUEUE),
    openapi_extra=answers(200, SkipVotesJson, examples.PLAYER["skip"], refusals=CHANGING),
)
def withdraw_vote_to_skip(request: ApiRequest, slug: str, body: SkipVote) -> SkipVotesJson:
    """Take the voice back."""
    return skip_vote.vote(open_room(slug, request.auth), request.auth, body.entry_id, False, now_ms())


@router.post(
    "/rooms/{slug}/player/hints",
    response={202: dict[str, bool]},
    openapi_extra=answers(202, AcceptedJson, {"accepted": True}, refusals=CHANGING),
)
def hint(request: ApiRequest, slug: str, body: Hint) -> Status[dict[str, bool]]:
    """What a listener's player found out: a length, that there is none since it is live, an end, a failure, a title.

    It is weighed with what the others' players tell, and refused to callers who do not listen now, with a player.
    """
    room = open_room(slug, request.auth)
    if body.kind == "length" and body.length_ms is None:
        raise Invalid("length_ms is missing.", fields={"length_ms": "length_ms is missing."})
    if body.kind == "title":
        if body.title is None:
            raise Invalid("title is missing.", fields={"title": "title is missing."})
        accepted = title_reports.take(room, request.auth, body.entry_id, body.title, now_ms())
        return Status(202, {"accepted": accepted})
    accepted = listener_reports.take(room, request.auth, body.kind, body.entry_id, body.length_ms, now_ms())
    return Status(202, {"accepted": accepted})


def _step(request: ApiRequest, slug: str, body: Skip | None, step: Callable[[Player, int], object]) -> PlayerJson:
    """Take a ``step`` along the queue; raises Stale if the entry that the body names is not the current one."""
    room, caller, now = allowed(request, slug, Action.SKIP)
    with change(room, now, by=caller) as lent:
        caller.place_in(lent).check_may(Action.SKIP)
        if body is not None and body.entry_id is not None:
            skip_vote.check_current(lent.player, body.entry_id)
        step(lent.player, now)
    return lent.player.as_json()


def _first_to_play(lent: Room, body: PlayerChange) -> Entry | None:
    """What a seek together with a start means where nothing is loaded: the entry that a start alone would load."""
    if lent.player.entry_id is not None or not body.playing or body.position_ms is None:
        return None
    first: Entry | None = lent.queue.first_playable()
    return first


def _check_possible(player: Player, entry: Entry | None, body: PlayerChange) -> None:
    """Raise Invalid for what the timeline of the entry does not allow."""
    target = entry or player.entry
    if entry is not None and entry.track.problem:
        message, reason = gettext("Entry %(entry)s cannot be played. %(reason)s"), entry.as_json()["unplayable"]
        raise Invalid(message % {"entry": entry.pk, "reason": gettext(reason)})
    if target is None and body.position_ms is not None:
        raise Invalid(f"position_ms {body.position_ms} is not allowed while nothing is loaded; name an entry_id.")
    if target is None and body.playing and not player.room.queue.length():
        raise Invalid(gettext("There is nothing to play: the queue is empty."))
    if target is not None and target.is_live and body.position_ms is not None:
        message = gettext("position_ms %(position)s is not allowed: “%(track)s” is live and cannot be sought in.")
        raise Invalid(message % {"position": body.position_ms, "track": target})
    length_ms = target.length_ms if target else None
    if length_ms is not None and body.position_ms is not None and body.position_ms > length_ms:
        message = gettext("position_ms %(position)s lies beyond the end of “%(track)s”, which is %(length)s.")
        raise Invalid(message % {"position": body.position_ms, "track": target, "length": length_ms})
