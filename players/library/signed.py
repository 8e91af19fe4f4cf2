"""Links to files of the library that end: whoever has one may hear the file until then, and nobody guesses one.

They name the track by its number and not by its path, which tells of the operator's folders. All that are made within
the same hour for a track are alike, so that browsers and the caches of companies keep what they have.
"""

from __future__ import annotations

import re

from django.core.signing import BadSignature, Signer

FILES_URL = "/media/library/"

HOUR_MS = 3_600_000
HOLDS_MS = 6 * HOUR_MS
"""Beyond the length of the track: rooms pause, and people who seek back ask again for what was played."""

_signer = Signer(salt="players.library")
_NAMED = re.compile(r"([0-9]{1,19})-([0-9]{1,9})")


def link_to(track_id: int, length_ms: int | None, now_ms: int) -> str:
    """The path by which the track can be had from now on."""
    ends_in_hours = -(-(now_ms + HOLDS_MS + (length_ms or 0)) // HOUR_MS)
    return FILES_URL + _signer.sign(f"{track_id}-{ends_in_hours}")


def track_of(token: str, now_ms: int) -> int | None:
    """The id of the track that such a link leads to; None if it was not made here, or has ended."""
    try:
        named = _NAMED.fullmatch(_signer.unsign(token))
    except BadSignature:
        return None
    if named is None or int(named[2]) * HOUR_MS <= now_ms:
        return None
    return int(named[1])
