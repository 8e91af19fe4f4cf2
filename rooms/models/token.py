"""API tokens, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.models.from_rows import FromRows
from rooms.models.member import Member
from rooms.models.room import Room


def hash_token(token: str) -> str:
    """The hash that is stored of a token. It needs no salt: a token has 256 random bits and cannot be guessed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


class Token(FromRows):
    """The right to call the API as one member. The token itself is shown once; its hash is kept."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="tokens", verbose_name=_("member"))
    hash = models.CharField(_("hash"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"token of {self.member}"

    @classmethod
    def issue(cls, member: Member) -> str:
        """Make a token for ``member`` and return it, for the only time."""
        token = secrets.token_urlsafe(32)
        cls.objects.create(member=member, hash=hash_token(token))
        return token

    def withdraw(self, room: Room) -> None:
        """Make this token worthless: its streams end. Called on a room that is lent."""
        self.delete()
        room.note("room")
