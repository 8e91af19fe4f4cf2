"""Slugs that rooms had, also rooms that were deleted: another room of that slug has other versions."""

from __future__ import annotations

from hashlib import sha256

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

FIRST_VERSION = 1
VERSIONS_A_ROOM = 1_000_000_000
"""So far apart begin the versions of two rooms of one slug: the earlier one may be opened again and go on, and gets to
the other's after thirty years with a change in each second."""


class UsedSlugManager(models.Manager["UsedSlug"]):
    def first_version(self, slug: str) -> int:
        """Where the versions of a new room of that slug begin, which has it from now on.

        At 1, or, if another room had its slug, beyond all of that one's: listeners may come back with the last version
        that they heard of it. Called in the transaction that makes the room.
        """
        key = sha256(slug.encode()).hexdigest()
        used, is_first = self.get_or_create(key=key, defaults={"next_version": FIRST_VERSION + VERSIONS_A_ROOM})
        if is_first:
            return FIRST_VERSION
        self.filter(pk=used.pk).update(next_version=F("next_version") + VERSIONS_A_ROOM)
        used.refresh_from_db()
        return used.next_version - VERSIONS_A_ROOM


class UsedSlug(models.Model):
    """A slug that a room has or had; of one that was deleted nothing else is left.

    Kept as a hash: the name of a deleted room is nobody's business.
    """

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    next_version = models.PositiveBigIntegerField(_("next version"))

    objects = UsedSlugManager()

    class Meta:
        verbose_name = _("used address")
        verbose_name_plural = _("used addresses")

    def __str__(self) -> str:
        return self.key
