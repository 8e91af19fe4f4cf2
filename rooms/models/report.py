"""Reports of people and messages to the operator."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms.models.member import Member
from rooms.models.names import MAX_NICKNAME_LENGTH
from rooms.models.room import Room

MAX_REASON_LENGTH = 500
MAX_TEXT_LENGTH = 2_000


class Report(models.Model):
    """What somebody told the operator of a person or a message in a room.

    Keeps the name and the words as they were: both may be changed by whoever is reported.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="reports", verbose_name=_("room"))
    member = models.ForeignKey(
        Member, models.SET_NULL, null=True, related_name="reports", verbose_name=_("who is reported")
    )
    name = models.CharField(_("name"), max_length=MAX_NICKNAME_LENGTH)
    message = models.BigIntegerField(_("message"), null=True, help_text="Its number in the chat.")
    text = models.CharField(_("text"), max_length=MAX_TEXT_LENGTH, blank=True)
    reason = models.CharField(_("reason"), max_length=MAX_REASON_LENGTH)
    reporter = models.CharField(_("reporter"), max_length=64, db_index=True, help_text="Names the browser or account.")
    reporter_name = models.CharField(_("name of the reporter"), max_length=MAX_NICKNAME_LENGTH)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, db_index=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        return f"{self.name}: {self.reason[:60]}"
