"""Presence of each process: how many people listen to a room there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models.room import Room


class Attendance(models.Model):
    """The people who listen to a room in one process, as that process said last.

    The others count them in; what was said too long ago is not believed any more (``rooms.live.presence.table``).
    """

    # Without a constraint in the database: a room that is deleted takes none of the other rooms' people along.
    room = models.ForeignKey(Room, models.CASCADE, related_name="+", db_constraint=False, verbose_name=_("room"))
    process = models.CharField(_("process"), max_length=64)
    count = models.PositiveIntegerField(_("count"))
    names = models.JSONField(
        _("names"), null=True, help_text="Nicknames by person; null for a crowd that is only counted."
    )
    players = models.PositiveIntegerField(
        _("players"), default=0, help_text="How many of the people who are known have a player."
    )
    quiet = models.PositiveIntegerField(
        _("quiet"), default=0, help_text="How many of those with a player are silent or away."
    )
    details = models.JSONField(
        _("details"), default=dict, help_text="State, arrival and address of those who are named, while they listen."
    )
    seen_at = models.DateTimeField(_("seen at"), db_index=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = (models.UniqueConstraint(fields=["room", "process"], name="one_attendance_a_room_and_process"),)

    def __str__(self) -> str:
        return f"{self.count} in {self.process}"
