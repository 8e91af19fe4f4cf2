"""The one way to change a room: lock it, lend it, compare, count, save, commit, tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import BigIntegerField
from django.utils.translation import gettext

from rooms.clock import monotonic_s
from rooms.core import outbox, publish
from rooms.core.caller import Caller
from rooms.core.database_errors import names_what_is_gone
from rooms.core.rate_limit import check_change
from rooms.core.snapshot import snapshot
from rooms.errors import Stale, Unknown
from rooms.models import LogEntry, Room, Visibility
from rooms.models.compiled_query import CompiledQuery, Parameter
from rooms.models.log_entry import BY_ITSELF

READINGS_WITHOUT_LOCK = 3

# Without the key: rows that name the room are made meanwhile, as members are.
_LOCK = CompiledQuery(
    lambda: Room.objects.select_for_update(no_key=True).only("pk").filter(pk=Parameter("pk", BigIntegerField()))
)


@contextmanager
def change(
    room: Room,
    now_ms: int,
    *,
    by: Caller | str = "",
    expected_version: int | None = None,
    ahead: Room | None = None,
    is_closed: bool = False,
) -> Iterator[Room]:
    """Lend the room of ``room.pk``, locked and settled at ``now_ms``, for verbs to be called on.

    What they changed is compared with what was before: if nothing differs, nothing is saved, counted or told. Else
    the version rises by one and the listeners are told on commit, as one event; as a whole snapshot when several
    parts of the room changed at once. ``by`` is who acts, or their nickname: the room's log says what they did, and of
    a caller who does not host the room each change is counted. ``ahead`` is the same room, settled at ``now_ms`` before
    it was locked: what was worked out there holds unless the room changed meanwhile. ``is_closed`` means a closed room.

    Raises Unknown if the room was closed, or is open where a closed one is meant, TooMany if its guest changed it too
    often, and Stale if ``expected_version`` is no longer the room's version; an exception from within changes nothing.
    """
    asked_s = monotonic_s()
    with _transaction(room):
        lent = _locked(room, is_closed)
        late_ms = round((monotonic_s() - asked_s) * 1_000)  # others may have changed it after ``now_ms``
        if expected_version is not None and expected_version != lent.version:
            raise Stale(f"expected_version {expected_version} is no longer current; the room is at {lent.version}.")
        lent.notes, lent.notices, lent.deeds = [], [], []
        player_before, room_before = lent.player.state, lent.state
        if ahead is not None and ahead.version == lent.version:
            lent.player.be(ahead.player)
        else:
            lent.player.settle(now_ms, late_ms=late_ms)
        settled_at = lent.player.state
        yield lent
        if lent.notes or lent.state != room_before or lent.player.state != player_before:
            lent.player.keep_up(settled_at, room_before["rules"], now_ms)
        notes = list(lent.notes)
        player_changed = lent.player.state != player_before
        if player_changed:
            notes.append(("player", {}))
        room_changes = {name: value for name, value in lent.state.items() if value != room_before[name]}
        if room_changes and ("room", {}) not in notes:
            notes.append(("room", {}))
        if notes:
            if isinstance(by, Caller):
                check_change(by, lent, now_ms)
            if not lent.save_at_version(room_changes):
                raise _changed(lent)
            if player_changed:
                lent.player.save_since(player_before)
            _log(lent, by, room_changes, now_ms)
            name = by if isinstance(by, str) else by.place_in(lent).name
            event, data = _as_one_event(lent, notes, name)
            transaction.on_commit(partial(publish.tell, lent.pk, lent.version, event, data))
            if lent.has_webhooks and outbox.put(lent, event, data, now_ms):
                transaction.on_commit(outbox.committed.set)
            for notice in lent.notices:
                transaction.on_commit(partial(publish.tell_notice, lent.pk, {**notice, "by": name or None}))
            if Visibility.PUBLIC in (room_before["visibility"], lent.visibility):
                transaction.on_commit(publish.hint_lobby)
        lent.notes = lent.notices = lent.deeds = None


@contextmanager
def _transaction(room: Room) -> Iterator[None]:
    """A transaction; raises Stale if what it names, as an account or a track, was deleted before it was committed."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not names_what_is_gone(error):
            raise
        raise _changed(room) from error


def _log(lent: Room, by: Caller | str, room_changes: Mapping[str, Any], now_ms: int) -> None:
    """Remember what was done, if somebody did it: what plays by itself is in the room's history."""
    deeds = [deed for deed in lent.deeds or () if by or deed[0] in BY_ITSELF]
    if by and "rules" in room_changes:
        deeds.append(("rules", None, {}))
    if not deeds:
        return
    if isinstance(by, str):
        LogEntry.keep(lent, deeds, f"account {by}", by, now_ms)
    else:
        place = by.place_in(lent)
        LogEntry.keep(lent, deeds, place.actor, place.name, now_ms)


def current(room: Room, now_ms: int) -> Room:
    """The room of ``room.pk`` as it is at ``now_ms``, read whole; raises Unknown if it was closed."""
    whole = Room.objects.read(room.pk)
    if whole is None:
        raise _closed(room)
    return settled(whole, now_ms)


def settled(room: Room, now_ms: int) -> Room:
    """``room``, read whole, as it is at ``now_ms``: moved on, if its track ended while nobody looked."""
    if not room.player.is_due(now_ms):
        return room
    room.player.settle(now_ms)  # reading a long queue holds nobody up
    with change(room, now_ms, ahead=room) as lent:
        return lent


def current_snapshot(room: Room, now_ms: int, most_entries: int | None = None) -> dict[str, Any]:
    """The snapshot of ``room``, which was read whole, settled, with all its parts at one version.

    Of the queue it has ``most_entries`` at most, if that is given. Raises Unknown if it was closed. Reading takes no
    lock: if the version rose meanwhile, the parts are read again, and at last with the lock, so that a long queue that
    changes all the time can be read too.
    """
    for _reading in range(READINGS_WITHOUT_LOCK):
        room = settled(room, now_ms)
        parts = snapshot(room, most_entries)
        if Room.objects.version_of(room.pk) == room.version:
            return parts
        room = current(room, now_ms)
    with transaction.atomic():
        return snapshot(_locked(room), most_entries)


def _locked(room: Room, is_closed: bool = False) -> Room:
    """The room as it is now, open unless ``is_closed``, locked until the transaction ends."""
    # Lock first, then read: one query for both would, having waited for the lock, return the room as it is now but
    # its player as it was when the query began.
    if connection.features.has_select_for_update:
        _LOCK.first(pk=room.pk)
    locked = Room.objects.read_closed(room.pk) if is_closed else Room.objects.read(room.pk)
    if locked is None:
        raise _open(room) if is_closed else _closed(room)
    return locked


def _changed(room: Room) -> Stale:
    return Stale(gettext("The room “%(room)s” changed at the same time; ask again.") % {"room": room.slug})


def _closed(room: Room) -> Unknown:
    return Unknown(gettext("The room “%(room)s” was closed.") % {"room": room.slug})


def _open(room: Room) -> Unknown:
    return Unknown(gettext("The room “%(room)s” is open already, or was deleted.") % {"room": room.slug})


def _as_one_event(lent: Room, notes: list[tuple[str, dict[str, Any]]], by: str) -> tuple[str, dict[str, Any]]:
    data: Mapping[str, Any]
    event, data = notes[0] if len(notes) == 1 else ("snapshot", {})
    if event == "snapshot":
        # Read anew: what was lent holds people and tracks as they were before.
        data = snapshot(Room.objects.get_queryset().whole().get(pk=lent.pk))
    elif event == "player":
        data = lent.player.as_json()
    elif event == "room":
        data = {"room": lent.as_json()}
    return event, {
        **data,
        "version": lent.version,
        "prev": lent.version - 1,
        "advance_at_ms": lent.player.advance_at_ms,
        "by": by or None,
    }
