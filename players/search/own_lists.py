"""Search in the lists that an account keeps."""

from __future__ import annotations

from players.models import OwnEntry
from players.search.question import Question, found, holds
from rooms.shapes.search import Found

COLUMNS = ("track__title", "track__artist", "track__media_id")


def find(asked: Question, limit: int) -> list[Found]:
    """What the caller keeps in lists of their own, each track once, the last that was added first."""
    user = asked.caller.user
    if user is None or not user.is_authenticated:
        return []
    rows = OwnEntry.objects.filter(holds(asked.words, COLUMNS), list__owner__pk=user.pk, track__problem="")
    last: dict[int, OwnEntry] = {}
    for row in rows.select_related("track").order_by("-pk")[: limit * 20]:  # it may be in several
        last.setdefault(row.track_id, row)
    return [found(row.as_json(), "list") for row in list(last.values())[:limit]]
