"""Webhooks: addresses that are told by POST what changes in a room, and what they were told."""

from __future__ import annotations

import secrets
from base64 import b64encode
from functools import partial

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models.member import Member
from rooms.models.room import Room

EVENTS = ("player", "queue", "room", "chat")
"""The events of the stream that a webhook may hear: those with a version."""

MAX_URL_LENGTH = 2_000


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: 32 random bytes in base64 behind ``whsec_``."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


class Webhook(models.Model):
    """An address that is told of a room's events, each signed with a secret that only it and this server know."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="webhooks", verbose_name=_("room"))
    made_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, related_name="webhooks", verbose_name=_("made by"), editable=False
    )
    url = models.CharField(_("address"), max_length=MAX_URL_LENGTH)
    # Words with spaces between them, as the scopes of a token.
    events = models.CharField(_("events"), max_length=40)
    secret = models.CharField(_("secret"), max_length=80, default=new_secret, editable=False)
    stopped_because = models.CharField(_("stopped because"), max_length=200, default="", blank=True)
    created_at_ms = models.BigIntegerField(_("created at (Unix ms)"), editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return f"{self.url} · {self.room}"

    def hears(self, event: str) -> bool:
        """Whether it is told of ``event``; of a snapshot, which may hold changes of all kinds, every webhook is."""
        return event == "snapshot" or event in self.events.split()

    def stop(self, why: str) -> None:
        """Tell it nothing more until its room's owner has it go on; what waits is given up."""
        self.stopped_because = why[:200]
        self.save(update_fields=["stopped_because"])
        self.deliveries.exclude(next_at_ms=None).update(next_at_ms=None, problem=self.stopped_because)


class Delivery(models.Model):
    """One event for one webhook: waiting while ``next_at_ms`` is set, then delivered or given up."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    message_id = models.CharField(_("message id"), max_length=40, default=partial(secrets.token_urlsafe, 16))
    event = models.CharField(_("event"), max_length=20)
    payload = models.TextField(_("payload"))
    created_at_ms = models.BigIntegerField(_("created at (Unix ms)"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at_ms = models.BigIntegerField(_("next attempt at (Unix ms)"), null=True, db_index=True)
    delivered_at_ms = models.BigIntegerField(_("delivered at (Unix ms)"), null=True)
    status = models.PositiveSmallIntegerField(_("status of the last answer"), null=True)
    problem = models.CharField(_("problem"), max_length=200, default="", blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.event} for {self.webhook}"

    @property
    def is_waiting(self) -> bool:
        return self.next_at_ms is not None
