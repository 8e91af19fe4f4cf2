"""The history of a room: what played there, who added it, and how it ended."""

from __future__ import annotations

import random

from django.db import models
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from players.models.entry import Entry
from players.models.track import Track
from rooms.models import Room
from rooms.models.from_rows import FromRows

KEPT = 1_000
"""What played last in a room and is remembered."""

TRIMMED_EVERY = 37
"""Versions of the room after which what is older is deleted: a prime, so that no rhythm of changes never meets it."""


class Outcome(models.TextChoices):
    """How an entry that played came to its end."""

    ENDED = "ended", gettext_lazy("played to its end")
    SKIPPED = "skipped", gettext_lazy("was skipped")
    FAILED = "failed", gettext_lazy("could not be played")
    REMOVED = "removed", gettext_lazy("was removed")


class Played(FromRows):
    """One entry that played in a room, as it was told then: its queue may have forgotten it since."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="history", verbose_name=_("room"))
    track = models.ForeignKey(Track, models.CASCADE, related_name="+", verbose_name=_("track"))
    entry = models.JSONField(_("entry"))
    title = models.CharField(_("title"), max_length=2_100)
    artist = models.CharField(_("artist"), max_length=300, blank=True)
    played_at_ms = models.PositiveBigIntegerField(_("played at ms"))
    outcome = models.CharField(_("how it ended"), max_length=10, choices=Outcome)

    class Meta:
        verbose_name = _("played track")
        verbose_name_plural = _("played tracks")
        indexes = (models.Index(fields=["room", "id"], name="history_of_a_room"),)

    def __str__(self) -> str:
        return self.title


def left(room: Room, entry: Entry, played_at_ms: int, outcome: str) -> Played:
    """A line of the history, not saved yet."""
    told = entry.as_json(room.slug)
    return Played(
        room=room,
        track_id=entry.track_id,
        entry=told,
        title=told["title"],
        artist=told["artist"],
        played_at_ms=played_at_ms,
        outcome=outcome,
    )


def keep(room: Room, lines: list[Played]) -> None:
    """Save lines of the history, and forget what is too old."""
    Played.objects.bulk_create(lines)
    if room.version % TRIMMED_EVERY == 0:
        oldest = Played.objects.filter(room=room).order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1]
        for pk in oldest:
            Played.objects.filter(room=room, pk__lte=pk).delete()


def to_play_again(room: Room) -> Track | None:
    """A track that played here, drawn from the half that was not heard for longest."""
    rows = Played.objects.filter(room=room, track__problem="").exclude(outcome=Outcome.FAILED)
    drawn = _drawn(
        list(dict.fromkeys(rows.order_by("-pk").values_list("track_id", flat=True)[:KEPT])), room.player.entry
    )
    return None if drawn is None else Track.objects.get(pk=drawn)


def to_play_next(room: Room, track_ids: list[int]) -> int | None:
    """One of ``track_ids`` that was not heard here at all, or else of the half that was not heard for longest."""
    rows = Played.objects.filter(room=room, track__in=track_ids).order_by("-pk")
    heard = list(dict.fromkeys(rows.values_list("track_id", flat=True)[:KEPT]))
    entry = room.player.entry
    current = entry.track_id if entry else None
    new = [pk for pk in dict.fromkeys(track_ids) if pk not in set(heard) and pk != current]
    return random.choice(new) if new else _drawn(heard or track_ids, entry)


def _drawn(heard: list[int], entry: Entry | None) -> int | None:
    """One of the older half of ``heard``, which begins with the newest; not what plays, if there is anything else."""
    current = entry.track_id if entry else None
    others = [pk for pk in heard if pk != current] or heard
    return random.choice(others[len(others) // 2 :]) if others else None
