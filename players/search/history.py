"""Search in what a room has played."""

from __future__ import annotations

from players.models import Outcome, Played
from players.search.question import Question, found, holds
from rooms.shapes.search import Found

COLUMNS = ("title", "artist", "entry__url")


def find(asked: Question, limit: int) -> list[Found]:
    """What played in the room, each track once, the last that was heard first; nothing that could not be played."""
    if asked.room is None:
        return []
    rows = Played.objects.filter(holds(asked.words, COLUMNS), room=asked.room, track__problem="")
    rows = rows.exclude(outcome=Outcome.FAILED).order_by("-pk")
    last: dict[int, Played] = {}
    for row in rows[: limit * 20]:  # a favourite was played many times
        last.setdefault(row.track_id, row)
    return [found(row.entry, "history") for row in list(last.values())[:limit]]
