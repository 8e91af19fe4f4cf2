"""Open streams of each process, by whose they are: what the limits of streams count together."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OpenStreams(models.Model):
    """How many streams one process has open for persons, addresses and rooms that have several there.

    Believed for a few seconds: a process that died has none.
    """

    process = models.CharField(_("process"), max_length=64, primary_key=True)
    counts = models.JSONField(_("counts"), default=dict)
    seen_at = models.DateTimeField(_("seen at"), db_index=True)

    class Meta:
        verbose_name = _("open streams")
        verbose_name_plural = _("open streams")

    def __str__(self) -> str:
        return self.process
