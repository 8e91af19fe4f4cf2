"""Wrong passwords that were tried at a room's door, to bound how many may be."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models.room import Room


class WrongPassword(models.Model):
    """One attempt. In the database, so that all processes count together and a restart forgets nothing."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="+", verbose_name=_("room"))
    person = models.CharField(_("person"), max_length=64)
    address = models.CharField(_("address"), max_length=64, blank=True)
    tried_at = models.DateTimeField(_("tried at"), db_index=True)

    class Meta:
        verbose_name = _("wrong password")
        verbose_name_plural = _("wrong passwords")

    def __str__(self) -> str:
        return f"{self.room}, {self.tried_at:%Y-%m-%d %H:%M}"
