"""A file of the server's own music library, as the last scan found it, and the state of that scan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from players.timeline import MAX_POSITION_MS

COVERS_URL = "/media/library/covers/"
"""What precedes the key of a cover in its address."""

IDS_AT_ONCE = 500


class LibraryTrackQuerySet(models.QuerySet["LibraryTrack"]):
    def playable(self) -> LibraryTrackQuerySet:
        """Those that are there and could be read."""
        return self.present().filter(problem="")

    def present(self) -> LibraryTrackQuerySet:
        return self.filter(gone_at=None)

    def unreadable(self) -> LibraryTrackQuerySet:
        return self.present().exclude(problem="")

    def gone(self) -> LibraryTrackQuerySet:
        return self.exclude(gone_at=None)


class LibraryTrack(models.Model):
    """One file of music below ``MUSIC_DIR``. Only scans write it; what plays in rooms is a ``Track`` of its id."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    """The hash of ``location``, which may be longer than what PostgreSQL takes into an index."""
    location = models.BinaryField()
    """The path within the folder, in the bytes that the file system has: not all of them are text."""
    path = models.TextField(_("path"))
    title = models.CharField(_("title"), max_length=300, blank=True)
    artist = models.CharField(_("artist"), max_length=300, blank=True)
    album = models.CharField(_("album"), max_length=300, blank=True)
    length_ms = models.PositiveBigIntegerField(_("length ms"), null=True, blank=True)
    cover = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    """The key of its picture, which all tracks of an album share: the hash of the one in the file, or half a hash of
    where the one beside it lies and since when; empty if there is none."""
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    mtime_ns = models.BigIntegerField(default=0, editable=False)
    gone_at = models.DateTimeField(_("gone at"), null=True, blank=True, db_index=True)
    """When a scan missed the file; null while it is there."""
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    """Why it could not be read, in English; empty if it could."""
    title_key = models.CharField(max_length=300, blank=True, editable=False)
    """The title as searches compare it."""
    sort_key = models.BinaryField(default=b"", editable=False)
    """Artist, album, place and title, as bytes: these both databases sort alike, whatever their collation."""

    objects = LibraryTrackQuerySet.as_manager()

    class Meta:
        verbose_name = _("library track")
        verbose_name_plural = _("library tracks")
        indexes = (models.Index(fields=["sort_key", "id"], name="library_in_order"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(length_ms=None) | Q(length_ms__gt=0, length_ms__lte=MAX_POSITION_MS),
                name="library_length_is_possible",
            ),
        )

    def __str__(self) -> str:
        return self.title or self.path

    @property
    def artwork_url(self) -> str:
        return COVERS_URL + self.cover if self.cover else ""

    @property
    def facts(self) -> dict[str, Any]:
        """What rooms are told of it, as columns of a ``Track``."""
        return {
            "title": self.title,
            "artist": self.artist,
            "album": self.album,
            "length_ms": self.length_ms,
            "artwork_url": self.artwork_url,
        }

    @classmethod
    def known(cls, media_ids: Iterable[str]) -> dict[str, LibraryTrack]:
        """The tracks with these ids, by the id, gone and unreadable ones too."""
        ids = [int(media_id) for media_id in dict.fromkeys(media_ids)]
        found: dict[str, LibraryTrack] = {}
        for start in range(0, len(ids), IDS_AT_ONCE):
            found |= {str(track.pk): track for track in cls.objects.filter(pk__in=ids[start : start + IDS_AT_ONCE])}
        return found


class LibraryScan(models.Model):
    """The state of the scan: one row, by which all processes on all machines agree that one of them scans.

    The process that scans renews ``seen_at``; one that has not done so for a while died, and its lease has expired.
    """

    holder = models.CharField(max_length=32, blank=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    """Files that were read so far, of those ``to_do`` that are new or changed."""
    to_do = models.PositiveIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=500, blank=True, editable=False)
    """Why the last scan came to no end, in English; empty if it did."""

    class Meta:
        verbose_name = _("library scan")
        verbose_name_plural = _("library scans")

    def __str__(self) -> str:
        return f"scan of {self.started_at}"
