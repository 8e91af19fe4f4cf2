"""Durations as people read them."""

from __future__ import annotations

from django.utils.translation import gettext

from players.models import Player


def clock(ms: int | None) -> str:
    """``ms`` as 3:05 or 1:02:03; a question mark for None, which is an unknown length."""
    if ms is None:
        return "?"
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def place_of(player: Player, now_ms: int) -> str:
    """Where ``player`` is in what it plays, as in “1:07 of 3:12”."""
    if player.entry is None:
        return "–"
    found = {"position": clock(player.timeline.position_at(now_ms)), "end": clock(player.entry.last_ms)}
    return gettext("%(position)s of %(end)s") % found
