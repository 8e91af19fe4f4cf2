"""Invitations: links that give a role in a room."""

from __future__ import annotations

from datetime import datetime

from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms.models.member import Member
from rooms.models.roles import Role
from rooms.models.room import Room

_tickets = signing.Signer(salt="rooms.invitation")


def still_valid(now: datetime) -> Q:
    """Finds invitations that still let somebody in: withdrawn ones are deleted, others end or are used up."""
    return (Q(expires_at=None) | Q(expires_at__gt=now)) & (Q(max_uses=None) | Q(uses__lt=F("max_uses")))


class Invitation(models.Model):
    """A link that gives a role to whoever joins by it, until it ends, is used up or withdrawn.

    The link holds the signed number of the invitation: it can be shown again, and needs no secret of its own.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="invitations", verbose_name=_("room"))
    role = models.PositiveSmallIntegerField(_("role"), choices=Role, default=Role.MEMBER)
    made_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="invitations", verbose_name=_("made by")
    )
    max_uses = models.PositiveIntegerField(_("most uses"), null=True, blank=True, help_text="Null for no limit.")
    uses = models.PositiveIntegerField(_("uses"), default=0, editable=False)
    expires_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = (
            models.CheckConstraint(condition=Q(role__in=[Role.MEMBER, Role.HOST]), name="invitation_role_is_given"),
        )

    def __str__(self) -> str:
        return f"{Role(self.role).label} · {self.room}"

    def get_absolute_url(self) -> str:
        """The path of the link."""
        return reverse("invitation", args=[self.room.slug, _tickets.sign(str(self.pk))])

    @classmethod
    def of_ticket(cls, room: Room, ticket: str) -> Invitation | None:
        """The invitation of ``room`` that a link's ticket names, if it still lets somebody in."""
        try:
            number = int(_tickets.unsign(ticket))
        except (signing.BadSignature, ValueError):
            return None
        found = (
            cls.objects.filter(still_valid(timezone.now()), pk=number, room_id=room.pk)
            .select_related("made_by")
            .first()
        )
        if found is not None:
            found.room = room
        return found

    def is_refused_to(self, member: Member | None) -> bool:
        """Whether ``member`` lost a role or was banned after this invitation was made."""
        return member is not None and member.taken_at is not None and member.taken_at > self.created_at

    def use(self) -> None:
        """Count one who joined."""
        self.uses += 1
        self.save(update_fields=["uses"])
