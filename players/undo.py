"""Undoing what the caller did last, from the log of the room, for as long as it can still be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from players.models import Entry, moves, removal
from players.models.queue_order import QueueOrder
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.errors import Stale, Unknown
from rooms.models import LogEntry, Order, Room
from rooms.models.log_entry import UNDO_WITHIN_MS

ACTIONS = {"seek": Action.CONTROL, "jump": Action.CONTROL, "skip": Action.SKIP}
"""What takes the right that it took to do it; all else is done to the queue."""

TAKEN_OUT = frozenset({"remove", "clear"})
"""What puts entries back where it is undone."""

_Undo = dict[str, Any]


def undo_last(lent: Room, caller: Caller, now_ms: int) -> list[LogEntry]:
    """Undo the last change of ``caller`` to a lent room that can be undone, with all that they did in it.

    Raises Unknown if there is none within ten minutes, Stale if what it was done to is gone, and Forbidden if they may
    not do that any more.
    """
    theirs, last = _theirs(lent, caller, now_ms), last_version(lent, caller, now_ms)
    if last is None:
        raise Unknown(gettext("There is nothing to undo: you changed nothing here in the last 10 minutes that can be."))
    # Several things done as one change are undone as one, the last of them first.
    lines = list(theirs.filter(version=last).order_by("-pk"))
    for line in lines:
        how: _Undo = line.undo or {}
        if not _is_own(lent, caller, line.kind, how):
            caller.place_in(lent).check_may(ACTIONS.get(line.kind, Action.REORDER))
        elif line.kind in TAKEN_OUT:
            _check_may_return(lent, caller, how)
        _UNDOING[line.kind](lent, how, now_ms)
        lent.deeds = [
            deed for deed in lent.deeds or () if deed[0] == "undo"
        ]  # of the undoing itself only that it was done
        lent.did(
            "undo",
            None,
            of=line.kind,
            **{name: line.facts[name] for name in ("entry_id", "title") if name in line.facts},
        )
    lent.log.filter(pk__in=[line.pk for line in lines]).update(undone=True, undo=None)
    if not lent.notes:  # nothing else differs: tell at least that this happened
        lent.note("snapshot")
    return lines


def last_version(room: Room, caller: Caller, now_ms: int) -> int | None:
    """The version whose lines in the log an undo of ``caller`` would undo; None if there is nothing to undo."""
    if not caller.is_identified:
        return None
    versions = _theirs(room, caller, now_ms).order_by("-version").values_list("version", flat=True)
    return versions.first()


def _theirs(room: Room, caller: Caller, now_ms: int) -> QuerySet[LogEntry]:
    """What ``caller`` did of late and can be undone."""
    theirs = room.log.filter(actor=caller.place_in(room).actor, undone=False, at_ms__gte=now_ms - UNDO_WITHIN_MS)
    return theirs.exclude(undo=None)


def _is_own(lent: Room, caller: Caller, kind: str, how: _Undo) -> bool:
    """Whether all it was done to was added by ``caller``, which takes no right to take out or to rename."""
    member = caller.place_in(lent).member
    if member is None or kind not in ("remove", "clear", "rename"):
        return False
    if kind == "rename":
        entry = lent.queue.entry(how["entry_id"])
        return entry is not None and entry.member_id == member.pk
    return all(one["member_id"] == member.pk for one in how["entries"])


def _check_may_return(lent: Room, caller: Caller, how: _Undo) -> None:
    """Raise a refusal unless ``caller`` may put back what they added: to take it out took no right, to add it does.

    Nor does it take the room from what plays by now back to what they took out, unless they may skip.
    """
    place = caller.place_in(lent)
    place.check_may(Action.ADD)
    if how["player"] is not None and lent.player.entry is not None and not place.may(Action.SKIP):
        raise Stale(gettext("That cannot be undone any more: another track plays by now."))


def _entry(lent: Room, entry_id: int | None) -> Entry:
    entry = lent.queue.entry(entry_id or 0)
    if entry is None:
        raise Stale(gettext("That cannot be undone any more: its entry is gone from the queue."))
    return entry


def _restore(lent: Room, undo: _Undo, now_ms: int) -> None:
    entries = removal.restore(lent, undo["entries"])
    was = undo["player"]
    if was is not None:
        played = next(entry for entry in entries if entry.pk == was["entry_id"])
        lent.player.return_to(played, was["position_ms"], was["playing"], now_ms)
    if lent.order in (Order.FAIR, Order.VOTES):
        QueueOrder(lent).rearrange()  # others added, voted or left meanwhile


def _move(lent: Room, undo: _Undo, now_ms: int) -> None:
    if "ids" in undo:  # several at once
        moves.put_all_back(lent, undo["ids"], undo["played"], undo["pins"])
        return
    after = lent.queue.entry(undo["after"]) if undo["after"] else None
    if undo["after"] and after is None:
        raise Stale(gettext("That cannot be undone any more: its entry is gone from the queue."))
    moves.put_back(lent, _entry(lent, undo["entry_id"]), after, undo["pin"])


def _shuffle(lent: Room, undo: _Undo, now_ms: int) -> None:
    moves.arrange(lent, undo["ids"])


def _seek(lent: Room, undo: _Undo, now_ms: int) -> None:
    entry = _entry(lent, undo["entry_id"])
    if lent.player.entry != entry:
        raise Stale(gettext("That cannot be undone any more: another track plays by now."))
    lent.player.seek(undo["position_ms"], now_ms)


def _skip(lent: Room, undo: _Undo, now_ms: int) -> None:
    lent.player.return_to(_entry(lent, undo["entry_id"]), undo["position_ms"], undo["playing"], now_ms)


def _trim(lent: Room, undo: _Undo, now_ms: int) -> None:
    _entry(lent, undo["entry_id"]).trim(undo["start_ms"], undo["end_ms"], now_ms)


def _rename(lent: Room, undo: _Undo, now_ms: int) -> None:
    _entry(lent, undo["entry_id"]).set_names(undo["title"], undo["artist"])


_UNDOING: dict[str, Callable[[Room, _Undo, int], None]] = {
    "remove": _restore,
    "clear": _restore,
    "move": _move,
    "shuffle": _shuffle,
    "seek": _seek,
    "skip": _skip,
    "jump": _skip,
    "trim": _trim,
    "rename": _rename,
}
