"""What one listener's player calls an entry whose provider does not tell the title."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from players.models.entry import Entry
from players.models.track import MAX_TITLE_LENGTH


class TitleReport(models.Model):
    """One person's word on the title of one entry."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="title_reports", verbose_name=_("entry"))
    person = models.UUIDField(_("person"))
    title = models.CharField(_("title"), max_length=MAX_TITLE_LENGTH)

    class Meta:
        verbose_name = _("title report")
        verbose_name_plural = _("title reports")
        constraints = (models.UniqueConstraint(fields=["entry", "person"], name="one_title_a_person"),)

    def __str__(self) -> str:
        return self.title
