"""People whose streams have to begin anew, for the processes that the bus does not reach."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Renewal(models.Model):
    """Somebody who signed in or out, or lost an account: their streams end in every process, and may come back.

    Kept for some minutes, in which each process looks for what is new (``rooms.live.presence.renewals``).
    """

    person = models.UUIDField(_("person"))
    process = models.CharField(_("process"), max_length=64)
    asked_at = models.DateTimeField(_("asked at"), db_index=True)

    class Meta:
        verbose_name = _("renewal of streams")
        verbose_name_plural = _("renewals of streams")

    def __str__(self) -> str:
        return f"renewal of {self.person}"
