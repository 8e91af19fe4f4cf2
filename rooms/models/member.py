"""Membership of a person in a room, and the verbs of moderation."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms.models.names import MAX_NICKNAME_LENGTH
from rooms.models.roles import Role
from rooms.models.room import Room


class Member(models.Model):
    """A person's membership in a room: role, nickname, mute and ban.

    A person is a browser's signed cookie, an account, or a bot with a token.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="members", verbose_name=_("room"))
    person = models.UUIDField(_("person"), default=uuid.uuid4, help_text="Names the browser or bot.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("user"))
    nickname = models.CharField(_("nickname"), max_length=MAX_NICKNAME_LENGTH)
    role = models.PositiveSmallIntegerField(_("role"), choices=Role, default=Role.MEMBER)
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)
    muted_at = models.DateTimeField(
        _("muted at"), null=True, blank=True, help_text="Since when this person may not add or write."
    )
    banned_at = models.DateTimeField(
        _("banned at"), null=True, blank=True, help_text="Since when this person may not come in."
    )
    kicked_at = models.DateTimeField(_("kicked at"), null=True, blank=True, editable=False)
    taken_at = models.DateTimeField(
        _("taken at"), null=True, editable=False, help_text="When a role was taken last; older invitations are refused."
    )
    given_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("given by")
    )
    knows_password = models.BooleanField(_("knows the password"), default=False, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = (
            models.UniqueConstraint(fields=["room", "person"], name="one_place_a_person_and_room"),
            models.UniqueConstraint(fields=["room", "user"], name="one_place_an_account_and_room"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_is_known"),
        )

    def __str__(self) -> str:
        return self.nickname

    def ban(self) -> None:
        """Ban this person from the room. Like every verb here, called on a room that is lent."""
        if self.banned_at is None:
            self.banned_at = self.taken_at = timezone.now()
            self._withdraw_invitations(above=Role.GUEST)
            self._save_and_note()

    def kick(self) -> None:
        """End this person's streams; coming back is allowed."""
        self.kicked_at = timezone.now()
        self._save_and_note()

    def mute(self) -> None:
        """Take the right to add links from this person."""
        if self.muted_at is None:
            self.muted_at = timezone.now()
            self._save_and_note()

    def forgive(self) -> None:
        """Lift ban and mute."""
        if self.banned_at is not None or self.muted_at is not None:
            self.banned_at = self.muted_at = None
            self._save_and_note()

    def rename(self, nickname: str) -> None:
        """Change the nickname, also where it is shown as a host's and at entries."""
        if nickname != self.nickname:
            self.nickname = nickname
            self.save()
            self.room.note("snapshot")

    def give_role(self, role: Role, by: Member | None = None) -> None:
        """Raise or lower this person's rank. Who is lowered has no way back by invitations that were made before."""
        if role == self.role:
            return
        if role < self.role:
            self.taken_at = timezone.now()
            self._withdraw_invitations(above=role)
        self.role, self.given_by = role, by
        self._save_and_note()

    def _withdraw_invitations(self, *, above: Role) -> None:
        """Take back the invitations of this person to more than what they are now."""
        self.room.invitations.filter(made_by_id=self.pk, role__gt=above).delete()

    def _save_and_note(self) -> None:
        self.save()
        self.room.note("room")
