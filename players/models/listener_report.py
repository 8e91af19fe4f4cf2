"""What one listener's player said of one entry."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from players.models.entry import Entry


class ReportKind(models.TextChoices):
    VOTE = "vote", gettext_lazy("likes it")
    LENGTH = "length", gettext_lazy("measured its length")
    LIVE = "live", gettext_lazy("found that it has no end")
    ENDED = "ended", gettext_lazy("heard it end")
    FAILED = "failed", gettext_lazy("could not play it")


class ListenerReport(models.Model):
    """One person's word on one entry; ``value_ms`` is the length that they measured."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="reports", verbose_name=_("entry"))
    person = models.UUIDField(_("person"))
    kind = models.CharField(_("kind"), max_length=10, choices=ReportKind)
    value_ms = models.PositiveBigIntegerField(_("value ms"), null=True)
    said_at_ms = models.PositiveBigIntegerField(_("said at ms"), default=0)

    class Meta:
        verbose_name = _("listener report")
        verbose_name_plural = _("listener reports")
        constraints = (models.UniqueConstraint(fields=["entry", "person", "kind"], name="one_voice_a_person_and_kind"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.entry}"
