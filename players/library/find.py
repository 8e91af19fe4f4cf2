"""Search in the library: one function for both databases, the page, calls and whoever else looks for music."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Value, When

from players.library import index
from players.library.words import key_of, searched
from players.models import LibraryTrack
from players.models.library_track import LibraryTrackQuerySet
from rooms.shapes.search import Found


def find(words: str, limit: int) -> list[Found]:
    """At most ``limit`` tracks that have all of ``words``, or words that begin so; none for no words.

    First those whose title is that, then those whose title begins so, then the others by artist and album. Whoever
    shows them asks ``players.library.access`` whom they are for.
    """
    return [as_found(track) for track in tracks(words)[:limit]] if searched(words) else []


def tracks(words: str) -> LibraryTrackQuerySet:
    """The tracks that ``find`` finds, in its order; the whole library for no words."""
    playable = LibraryTrack.objects.playable()
    asked = searched(words)
    if not asked:
        return playable.order_by("sort_key", "pk")
    key = key_of(words)
    rank = Case(
        When(title_key=key, then=Value(0)),
        When(title_key__startswith=key, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return playable.filter(pk__in=index.having(asked)).order_by(rank, "sort_key", "pk")


def as_found(track: LibraryTrack) -> Found:
    return {
        "url": f"/library/{track.pk}",
        "provider": "library",
        "media_id": str(track.pk),
        "title": track.title,
        "artist": track.artist,
        "length_ms": track.length_ms,
        "artwork_url": track.artwork_url,
        "source": "library",
    }
