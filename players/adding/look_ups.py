"""Looking up what tracks are, after they were added: YouTube's by asking it, direct links by their files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from players.models import Provider, Track
from players.probe import metadata as files
from players.youtube import metadata as videos


def follow_up_on_commit(tracks: Iterable[Track], room_id: int = 0) -> None:
    """Have what is not known of these tracks looked up once they are there, in their room's turn."""
    unknown = [track for track in tracks if videos.is_wanted(track) or files.is_wanted(track)]
    for look_up, is_direct in ((videos.follow_up, False), (files.follow_up, True)):
        wanted = [track.pk for track in unknown if (track.provider == Provider.DIRECT) == is_direct]
        if wanted:
            transaction.on_commit(partial(look_up, wanted, room_id))


def ask_again(tracks: Iterable[Track]) -> int:
    """Look them up whatever is known; how many can be."""
    asked = list(tracks)
    Track.objects.filter(pk__in=[track.pk for track in asked]).update(checked_at=None)
    for track in asked:
        track.checked_at = None
    follow_up_on_commit(asked)
    return sum(videos.is_wanted(track) or files.is_wanted(track) for track in asked)
