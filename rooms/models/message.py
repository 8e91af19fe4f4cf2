"""The messages of a room's chat."""

from __future__ import annotations

import unicodedata

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rooms.errors import Invalid
from rooms.models.choices import ChatKept
from rooms.models.from_rows import FromRows
from rooms.models.member import Member
from rooms.models.names import MAX_NICKNAME_LENGTH
from rooms.models.room import Room

MAX_TEXT_LENGTH = 2_000
"""Characters of a message."""

DAY_MS = 24 * 3_600_000

_UNSEEN_BUT_KEPT = ("Cf", "Zs", "Co", "Cn")
"""Categories of Unicode that are not printable and still belong to a text: joiners of emoji and scripts, wide spaces,
and characters that are newer than this Python."""

_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of what follows, by which a link would look like another; a page finds the direction of
a message by itself."""


class Message(FromRows):
    """What a person said in a room; ``rooms.core.chat`` has the verbs.

    The text of a removed message is gone at once. Its row stays for a day without it, so that removing a message is no
    way around slow mode.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages", verbose_name=_("room"), db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="messages", verbose_name=_("member"))
    name = models.CharField(_("nickname"), max_length=MAX_NICKNAME_LENGTH)
    text = models.TextField(_("text"), max_length=MAX_TEXT_LENGTH, blank=True)
    sent_at_ms = models.PositiveBigIntegerField(_("sent at ms"))
    edited_at_ms = models.PositiveBigIntegerField(_("edited at ms"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = (
            models.Index(fields=["room", "id"], name="messages_of_a_room"),
            models.Index(fields=["sent_at_ms"], name="messages_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"


def forget_the_old(now_ms: int) -> None:
    """Delete what is older than a day where the chat is forgotten with it, and what is left of removed messages."""
    old = Message.objects.filter(sent_at_ms__lte=now_ms - DAY_MS)
    old.filter(Q(room__chat_kept=ChatKept.DAY) | Q(text="")).delete()


def clean_text(text: str) -> str:
    """``text`` as a message, without control characters; raises Invalid with a sentence if it cannot be one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    cleaned = "\n".join("".join(filter(_is_text, line)).rstrip() for line in lines).strip()
    while "\n\n\n" in cleaned:
        cleaned = cleaned.replace("\n\n\n", "\n\n")
    is_seen = any(character.isprintable() and not character.isspace() for character in cleaned)
    length = len(cleaned) if is_seen else 0
    if not 1 <= length <= MAX_TEXT_LENGTH:
        message = gettext("A message has 1 to %(most)s visible characters, this one has %(length)s.")
        message %= {"most": f"{MAX_TEXT_LENGTH:,}", "length": f"{length:,}"}
        raise Invalid(message, fields={"text": message})
    return cleaned


def _is_text(character: str) -> bool:
    """Whether it is more than a control character or half of a character; joiners and marks are part of a script."""
    is_kept = character.isprintable() or unicodedata.category(character) in _UNSEEN_BUT_KEPT
    return is_kept and character not in _OVERRIDES
