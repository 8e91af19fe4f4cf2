"""Files of the library that are away: marked at the scan that misses them, and forgotten long after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from players.library import index, tracks
from players.library.folder import Unlisted
from players.library.turn import Turn
from players.models import LibraryTrack

FORGOTTEN_AFTER = timedelta(days=90)
"""A disk may rest in a drawer for a season; until then its files come back as the tracks that they were."""

AT_ONCE = 500


def certainly(ids: list[int], unlisted: Sequence[Unlisted]) -> list[int]:
    """Those of the tracks with these ids that do not lie in folders that could not be listed."""
    if not unlisted:
        return ids
    begins = tuple(one.location + b"/" for one in unlisted)
    found = []
    for start in range(0, len(ids), AT_ONCE):
        rows = LibraryTrack.objects.filter(pk__in=ids[start : start + AT_ONCE]).values_list("pk", "location")
        found += [pk for pk, location in rows if not bytes(location).startswith(begins)]
    return found


def mark(ids: Sequence[int], turn: Turn, gone_at: datetime | None) -> int:
    """Let these tracks be gone since then, or be back; how many they are."""
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        LibraryTrack.objects.filter(pk__in=batch).update(gone_at=gone_at)
        tracks.refresh(batch)
        turn.renew()
    return len(ids)


def forget(turn: Turn) -> int:
    """Delete what is gone for good; how many they are. Queues, lists and histories keep what they say of them."""
    late = LibraryTrack.objects.filter(gone_at__lt=timezone.now() - FORGOTTEN_AFTER)
    ids = list(late.values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        with transaction.atomic():
            index.remove(batch)
            LibraryTrack.objects.filter(pk__in=batch).delete()
        turn.renew()
    return len(ids)
