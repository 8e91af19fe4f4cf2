"""What one listener said of one entry."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from players.models.playlist import Entry


class VoiceKind(models.TextChoices):
    VOTE = "vote", gettext_lazy("likes it")
    LENGTH = "length", gettext_lazy("measured its length")
    ENDED = "ended", gettext_lazy("heard it end")
    FAILED = "failed", gettext_lazy("could not play it")


class Voice(models.Model):
    """One person's word on one entry; ``value_ms`` is the length that they measured."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="voices")
    person = models.UUIDField()
    kind = models.CharField(max_length=10, choices=VoiceKind)
    value_ms = models.PositiveBigIntegerField(null=True)
    said_at_ms = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "person", "kind"], name="one_voice_a_person_and_kind"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.entry}"
