"""Moments of a media as links write them: ``90``, ``90s``, ``1m30s``, ``1h2m3s``, ``1:30``, ``#t=10,20``.

A moment that cannot be understood is ignored, as players do: it is no reason to refuse the link.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from players.timeline import MAX_POSITION_MS

_NUMBER, _DECIMAL = r"[0-9]{1,9}", r"[0-9]{1,9}(?:\.[0-9]{0,9})?"
_CLOCK = re.compile(rf"(?:(?:({_NUMBER}):)?({_NUMBER}):)?({_DECIMAL})")
_UNITS = re.compile(rf"(?:({_NUMBER})h)?(?:({_NUMBER})m)?(?:({_DECIMAL})s?)?", re.IGNORECASE)


def moment_ms(text: str) -> int | None:
    """The moment in milliseconds; None for the very start, which is no trim, and for what is no moment."""
    match = _CLOCK.fullmatch(text) or _UNITS.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    moment = round((hours * 3_600 + minutes * 60 + seconds) * 1_000)
    return moment if 0 < moment <= MAX_POSITION_MS else None


def first_moment_ms(*texts: str) -> int | None:
    """The first of the texts that names a moment."""
    return next((moment for moment in map(moment_ms, texts) if moment is not None), None)


def ordered(start_ms: int | None, end_ms: int | None) -> tuple[int | None, int | None]:
    """Start and end, without an end that leaves nothing to play."""
    return start_ms, end_ms if end_ms is not None and end_ms > (start_ms or 0) else None


def fragment_span(fragment: str) -> tuple[str, str]:
    """The start and the end in a media fragment such as ``t=10,20`` or ``t=npt:10``; empty if not given."""
    start, _, end = parameters(fragment).get("t", "").removeprefix("npt:").partition(",")
    return start, end


def parameters(query: str) -> dict[str, str]:
    """The decoded parameters of a query or a fragment; of one that is repeated, the first."""
    return dict(reversed(parse_qsl(query)))
