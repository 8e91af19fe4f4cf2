"""A queue as a page begins with it: what plays and what comes next. The rest is fetched once the page is there."""

from __future__ import annotations

from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from rooms.templatetags.fixed_parts import rendered
from rooms.templatetags.lengths import clock_time

register = template.Library()

MOST_ROWS = 50
"""Read and written as rows by the server: what a browser without JavaScript sees, and a script knows at first."""

ROW = "rooms/parts/row.html"

FIELDS = ("attributes", "picture", "title", "by", "length")
"""What differs from row to row."""

EMPTY = dict.fromkeys(FIELDS, "") | {"picture": " hidden"}

_MARKS = {name: mark_safe(f"\0{name}\0") for name in FIELDS}  # noqa: S308  # constants

_BETWEEN = "\0"
"""Between texts that are escaped together: no page may hold a NUL."""

Entry = dict[str, Any]


def beginning(snapshot: dict[str, Any]) -> dict[str, Any]:
    """How long the queue is, how many entries stand ``before`` what plays, and the ``shown`` ones from there on.

    The snapshot holds at most ``MOST_ROWS`` entries; ``beyond`` says how many were left out, if any were.
    """
    queue, current = snapshot["queue"], snapshot["player"]["entry_id"]
    left_out = snapshot.get("beyond", {"before": 0, "behind": 0})
    place = next((place for place, entry in enumerate(queue) if entry["id"] == current), 0)
    shown = queue[place:]
    return {
        "length": left_out["before"] + len(queue) + left_out["behind"],
        "before": left_out["before"] + place,
        "shown": shown,
        "goes_on": left_out["behind"] > 0,
    }


@register.simple_tag(takes_context=True)
def queue_rows(context: template.RequestContext, entries: list[Entry]) -> SafeString:
    """The rows of ``entries``. Their template is rendered once, since fifty times took longer than the page."""
    pattern, current, added_by = _pattern(context), context["player"]["entry_id"], gettext("added by %(name)s")
    texts = [text.replace(_BETWEEN, "") for entry in entries for text in _texts(entry, added_by)]
    escaped = iter(escape(_BETWEEN.join(texts)).split(_BETWEEN))  # one call instead of three a row
    rows = [pattern % _row(entry, current, next(escaped), next(escaped), next(escaped)) for entry in entries]
    return mark_safe("".join(rows))  # noqa: S308  # escaped


@register.simple_tag(takes_context=True)
def empty_row(context: template.RequestContext) -> SafeString:
    """The row of no entry, which the page's script fills."""
    return mark_safe(_pattern(context) % EMPTY)  # noqa: S308  # of the template alone


def _pattern(context: template.RequestContext) -> str:
    """The row as a pattern for the operator ``%``."""
    text = rendered(context, ROW, ("control",), {}, row=_MARKS).replace("%", "%%")
    for name, mark in _MARKS.items():
        text = text.replace(mark, f"%({name})s")
    return text


def _texts(entry: Entry, added_by: str) -> tuple[str, str, str]:
    """What others wrote of a row: the address of its picture, the title, and whose it is."""
    return entry["artwork_url"], entry["title"], _by(entry, added_by)


def _row(entry: Entry, current: int | None, artwork_url: str, title: str, by: str) -> dict[str, str]:
    """The fields of a row, by texts that are escaped."""
    mark = ' data-current aria-current="true"' if entry["id"] == current else ""
    return {
        "attributes": f' data-id="{entry["id"]}"{mark}',
        "picture": f' src="{artwork_url}"' if artwork_url else " hidden",
        "title": title,
        "by": by,
        "length": gettext("Live") if entry["is_live"] else clock_time(entry["length_ms"]),
    }


def _by(entry: Entry, added_by: str) -> str:
    """Whose it is and, as ``added_by`` words it, who added it; or why it cannot be played."""
    if reason := entry["unplayable"]:
        return gettext(reason)
    by = added_by % {"name": entry["added_by"]["name"]} if entry["added_by"] else ""
    parts = [entry["artist"], gettext("picked by the room") if entry["autofilled"] else by]
    return " · ".join(part for part in parts if part)
