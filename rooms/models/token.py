"""API tokens: what each lets a program do as one member; of the token itself only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from rooms.clock import now_ms
from rooms.models.choices import ALL_SCOPES, Scope
from rooms.models.from_rows import FromRows
from rooms.models.member import Member
from rooms.models.room import Room

MAX_TOKEN_NAME_LENGTH = 40

ALL_WORDS = " ".join(Scope.values)

LONGEST_DAYS = 3_650
"""Until the end of a token, where days are asked for."""


def hash_token(token: str) -> str:
    """The hash that is stored of a token. It needs no salt: a token has 256 random bits and cannot be guessed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


class Token(FromRows):
    """The right to call the API as one member, within its scopes, until it ends. It is shown once; its hash is kept."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="tokens", verbose_name=_("member"))
    name = models.CharField(_("name"), max_length=MAX_TOKEN_NAME_LENGTH, default="", db_default="")
    hash = models.CharField(_("hash"), max_length=64, unique=True, editable=False)
    # Words with spaces between them, as OAuth writes scopes (RFC 6749, 3.3).
    scopes = models.CharField(_("scopes"), max_length=80, default=ALL_WORDS, db_default=ALL_WORDS)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"{self.name or 'token'} of {self.member}"

    @property
    def granted(self) -> frozenset[str]:
        """The scopes, each of which is a ``Scope``."""
        return frozenset(self.scopes.split())

    @property
    def expires_at_ms(self) -> int | None:
        """The instant from which on it is worthless, in Unix milliseconds; None if it does not end."""
        return int(self.expires_at.timestamp() * 1000) if self.expires_at else None

    @property
    def is_over(self) -> bool:
        return self.expires_at_ms is not None and self.expires_at_ms <= now_ms()

    @classmethod
    def issue(
        cls,
        member: Member,
        name: str = "",
        scopes: Collection[Scope] = ALL_SCOPES,
        expires_at: datetime | None = None,
    ) -> str:
        """Make a token for ``member`` and return it, for the only time."""
        token = secrets.token_urlsafe(32)
        words = " ".join(scope for scope in Scope if scope in scopes)
        cls.objects.create(member=member, name=name, hash=hash_token(token), scopes=words, expires_at=expires_at)
        return token

    def withdraw(self, room: Room) -> None:
        """Make this token worthless: its streams end. Called on a room that is lent."""
        self.delete()
        room.note("room")
