"""Membership of a person in a room, and the verbs of moderation."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms.models.from_rows import FromRows
from rooms.models.names import MAX_NICKNAME_LENGTH
from rooms.models.roles import Role
from rooms.models.room import Room

MAX_BAN_REASON_LENGTH = 200


def banned_now() -> Q:
    """Finds members who may not come in now: a ban with an end lifts itself."""
    return Q(banned_at__isnull=False) & (Q(banned_until=None) | Q(banned_until__gt=timezone.now()))


class Member(FromRows):
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
    banned_until = models.DateTimeField(_("banned until"), null=True, blank=True, help_text="Empty for ever.")
    ban_reason = models.CharField(_("reason of the ban"), max_length=MAX_BAN_REASON_LENGTH, blank=True)
    banned_address = models.CharField(
        _("banned address"), max_length=64, blank=True, help_text="Guests from there may not come in either."
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
        indexes = (
            # Of one person in all rooms: whoever makes a room, signs in or takes another name is looked for.
            models.Index(fields=["person"], name="places_of_a_person"),
            models.Index(fields=["room", "banned_address"], condition=~Q(banned_address=""), name="banned_addresses"),
        )
        constraints = (
            models.UniqueConstraint(fields=["room", "person"], name="one_place_a_person_and_room"),
            models.UniqueConstraint(fields=["room", "user"], name="one_place_an_account_and_room"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_is_known"),
        )

    def __str__(self) -> str:
        return self.nickname

    @property
    def is_banned(self) -> bool:
        """Whether this person may not come in now; a ban with an end lifts itself."""
        return self.banned_at is not None and (self.banned_until is None or self.banned_until > timezone.now())

    @property
    def is_guest(self) -> bool:
        """Whether nothing but a cookie says who this is: neither an account nor a role."""
        return self.user_id is None and self.role == Role.GUEST

    @property
    def is_guest_here(self) -> bool:
        """Whether this person has no role in the room, and was not banned from it."""
        return self.role == Role.GUEST and not self.is_banned

    def ban(self, until: datetime | None = None, reason: str = "", address: str = "") -> None:
        """Ban this person from the room, and a guest's ``address`` as well; their tokens end.

        Like every verb here, called on a room that is lent.
        """
        if self.is_banned:  # who is out listens from nowhere: another ban in its place is for the same address
            address = address or self.banned_address
        ban = (until, reason, address if self.is_guest else "")
        if self.is_banned and ban == (self.banned_until, self.ban_reason, self.banned_address):
            return
        self.banned_at = self.taken_at = timezone.now()
        self._withdraw_invitations(above=Role.GUEST)
        self.banned_until, self.ban_reason, self.banned_address = ban
        self.tokens.all().delete()
        self.room.did("ban", of=self.nickname)
        self._save_ban()

    def lift_ban(self) -> None:
        """Let this person come in again."""
        if self.banned_at is not None:
            self._take_back_ban()
            self.room.did("unban", of=self.nickname)
            self._save_ban()

    def unmute(self) -> None:
        """Give back what ``mute`` took."""
        if self.muted_at is not None:
            self.muted_at = None
            self.room.did("unmute", of=self.nickname)
            self._save_and_note()

    def kick(self) -> None:
        """End this person's streams; coming back is allowed."""
        self.kicked_at = timezone.now()
        self.room.did("kick", of=self.nickname)
        self._save_and_note()

    def mute(self) -> None:
        """Take the rights to add, write, react and vote from this person, whatever way they call."""
        if self.muted_at is None:
            self.muted_at = timezone.now()
            self.room.did("mute", of=self.nickname)
            self._save_and_note()

    def forgive(self) -> None:
        """Lift ban and mute."""
        self.lift_ban()
        self.unmute()

    def take_over(self, other: Member) -> None:
        """Have what was taken from ``other``, another place of the same person here, taken from this one too."""
        before = self._taken
        self.muted_at = self.muted_at or other.muted_at
        if other.is_banned and not self._is_banned_as_long_as(other):
            self.banned_at, self.banned_until = other.banned_at, other.banned_until
            self.ban_reason = other.ban_reason
        if other.is_banned:  # the address of a guest, whose own place may be about to vanish
            self.banned_address = self.banned_address or other.banned_address
        # Of who was demoted or banned here, older invitations are refused whichever of the places they come by.
        self.taken_at = max(filter(None, (self.taken_at, other.taken_at)), default=None)
        if self._taken != before:
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
        self.room.did("role", of=self.nickname, role=role.word)
        self._save_and_note()

    @property
    def _taken(self) -> tuple[datetime | str | None, ...]:
        ban = (self.banned_at, self.banned_until, self.ban_reason, self.banned_address)
        return (self.muted_at, self.taken_at, *ban)

    def _is_banned_as_long_as(self, other: Member) -> bool:
        """Whether this place is banned, and no sooner free than ``other``."""
        if not self.is_banned or self.banned_until is None:
            return self.is_banned
        return other.banned_until is not None and self.banned_until >= other.banned_until

    def _withdraw_invitations(self, *, above: Role) -> None:
        """Take back the invitations of this person to more than what they are now."""
        self.room.invitations.filter(made_by_id=self.pk, role__gt=above).delete()

    def _take_back_ban(self) -> None:
        self.banned_at = self.banned_until = None
        self.ban_reason = self.banned_address = ""

    def _save_ban(self) -> None:
        self._save_and_note()
        self.room.bans_addresses = self.room.members.exclude(banned_address="").exists()

    def _save_and_note(self) -> None:
        self.save()
        self.room.note("room")
