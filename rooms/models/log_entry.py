"""The audit log of a room: who did what, bounded, with what it takes to undo it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models.compiled_query import CompiledInsert
from rooms.models.from_rows import FromRows
from rooms.models.room import Room

KEPT = 1_000
"""Changes of a room that are remembered."""

BY_ITSELF = frozenset({"role", "passed-over"})
"""What a room does by itself, and its log tells: the eldest becomes host, and what nobody can play is passed over."""

MODERATION = frozenset({"mute", "unmute", "kick", "ban", "unban"})
"""What is told to those who may do it, so that nobody is shamed before the room."""

UNDO_WITHIN_MS = 10 * 60_000
"""A change can be undone for so long; how, which of a cleared queue is all of it, is forgotten then."""

TRIMMED_EVERY = 37
"""Changes after which what is older is deleted: a prime, so that no rhythm of changes never meets it."""


class LogEntry(FromRows):
    """One thing that a person did in a room, in the change that made its ``version``."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="log", verbose_name=_("room"))
    version = models.PositiveBigIntegerField(_("version"))
    at_ms = models.PositiveBigIntegerField(_("at ms"))
    kind = models.CharField(_("what"), max_length=20)
    actor = models.CharField(_("who, as the server names them"), max_length=200, editable=False)
    name = models.CharField(_("who"), max_length=200)
    facts = models.JSONField(_("facts"), default=dict)
    undo = models.JSONField(_("how to undo it"), null=True, editable=False)
    undone = models.BooleanField(_("undone"), default=False)

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        indexes = (models.Index(fields=["room", "version"], name="log_of_a_room"),)

    def __str__(self) -> str:
        return f"{self.name}: {self.kind}"

    @staticmethod
    def keep(room: Room, deeds: list[Deed], actor: str, name: str, now_ms: int) -> None:
        """Remember what was done in the change that just made the room's version."""
        for kind, undo, facts in deeds:
            _INSERT.run(
                LogEntry(
                    room=room,
                    version=room.version,
                    at_ms=now_ms,
                    kind=kind,
                    actor=actor[:200],
                    name=name[:200],
                    facts=facts,
                    undo=undo,
                )
            )
        if room.version % TRIMMED_EVERY == 0:
            LogEntry.objects.filter(room=room, version__lte=room.version - KEPT).delete()
            too_old = LogEntry.objects.filter(room=room, at_ms__lt=now_ms - UNDO_WITHIN_MS)
            too_old.exclude(undo=None).update(undo=None)


_INSERT = CompiledInsert(LogEntry)

Deed = tuple[str, dict[str, Any] | None, dict[str, Any]]
"""What was done, how to undo it, and the facts that the log tells."""
