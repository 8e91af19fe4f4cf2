"""Lengths of time in templates, as the page's scripts write them (``static/rooms/page/lib/format.js``)."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def clock_time(ms: int | None) -> str:
    """``187000`` as ``3:07``, an hour and more as ``1:02:03``; nothing for an unknown length."""
    if not isinstance(ms, int):  # None, or what a template makes of an entry that is none
        return ""
    minutes, seconds = divmod(max(0, ms) // 1_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
