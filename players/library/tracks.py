"""Tracks of rooms that are files of the library: what rooms are told when a file changes, goes or returns."""

from __future__ import annotations

from collections.abc import Iterable

from players.models import LibraryTrack, Provider, Track
from players.models.track import Problem
from players.models.track_news import tell_rooms


def refresh(ids: Iterable[int]) -> None:
    """Let the rooms that have these files in their queues know what is known of them now."""
    files = LibraryTrack.known(str(one) for one in ids)
    if not files:
        return
    keys = list(files)
    for start in range(0, len(keys), 500):
        tracks = Track.objects.filter(provider=Provider.LIBRARY, media_id__in=keys[start : start + 500])
        for track in tracks:
            _refresh(track, files[track.media_id])


def _refresh(track: Track, file: LibraryTrack) -> None:
    is_away = file.gone_at is not None or bool(file.problem)
    new = {"problem": Problem.NOT_IN_LIBRARY.value if is_away else "", **({} if is_away else file.facts)}
    if any(getattr(track, name) != value for name, value in new.items()):
        for name, value in new.items():
            setattr(track, name, value)
        track.save(update_fields=list(new))
        tell_rooms(track)
