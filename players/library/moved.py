"""Files that were moved or renamed within the folder: they stay the tracks that queues and lists have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db import transaction

from players.library.folder import File
from players.models import LibraryTrack

V = TypeVar("V")

State = tuple[int, int]
"""Size, and instant of the last change in nanoseconds: which hardly two files have in common."""

AT_ONCE = 200


def follow(vanished: Iterable[tuple[int, State]], new: Iterable[File]) -> set[int]:
    """Let the tracks of ``vanished`` files be those that they became; the ids of these tracks."""
    before = _alone((state, track_id) for track_id, state in vanished)
    after = _alone(((file.size, file.mtime_ns), file) for file in new if not file.problem)
    became = [(before[state], after[state]) for state in before.keys() & after.keys()]
    for start in range(0, len(became), AT_ONCE):
        with transaction.atomic():
            for track_id, file in became[start : start + AT_ONCE]:
                # Without its instant, so that it is read anew, by the next scan if not by this one.
                LibraryTrack.objects.filter(pk=track_id).update(key=file.key, location=file.location, mtime_ns=0)
    return {track_id for track_id, _file in became}


def _alone(pairs: Iterable[tuple[State, V]]) -> dict[State, V]:
    """By their states, but for states that several have: which of them moved is not known."""
    found: dict[State, list[V]] = {}
    for state, one in pairs:
        found.setdefault(state, []).append(one)
    return {state: ones[0] for state, ones in found.items() if len(ones) == 1}
