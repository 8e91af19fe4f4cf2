"""A queue as a page begins with it: what plays and what comes next. The rest is fetched once the page is there."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()

MOST_ROWS = 100
"""Written as rows by the server, which is what a browser without JavaScript sees."""

MOST_EMBEDDED = 200
"""Known to the page's script from the start."""

Queue = list[dict[str, Any]]


@register.filter
def played(queue: Queue, player: dict[str, Any]) -> int:
    """How many entries stand before what plays; none if nothing does."""
    return next((place for place, entry in enumerate(queue) if entry["id"] == player["entry_id"]), 0)


@register.filter
def upcoming(queue: Queue, player: dict[str, Any]) -> Queue:
    """The entries that are shown at first: what played before is folded away."""
    first = played(queue, player)
    return queue[first : first + MOST_ROWS]


@register.filter
def embedded(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot as the page holds it: whole, or, of a long queue, with what comes next alone.

    ``beyond`` then says how many entries were left out before and behind.
    """
    queue = snapshot["queue"]
    if len(queue) <= MOST_EMBEDDED:
        return snapshot
    first = min(played(queue, snapshot["player"]), len(queue) - MOST_EMBEDDED)
    last = first + MOST_EMBEDDED
    return snapshot | {"queue": queue[first:last], "beyond": {"before": first, "behind": len(queue) - last}}
