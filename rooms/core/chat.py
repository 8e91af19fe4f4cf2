"""The chat of a room: what was said, and the verbs that change it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db import models
from django.utils.translation import gettext

from rooms.clock import now_ms
from rooms.core.person_id import public_id
from rooms.errors import Unknown
from rooms.models import Member, Message, Room
from rooms.models.choices import ChatKept
from rooms.models.compiled_query import CompiledRows, Parameter
from rooms.models.ids import LARGEST_ID
from rooms.models.message import DAY_MS, clean_text
from rooms.shapes.chat import MessageJson

PAGE = 50
"""Messages in a snapshot, and on a page of older ones."""

MOST_KEPT = 10_000
"""Messages of a room; the oldest go first."""

TRIM_EVERY = 64
"""A message whose id is a multiple of this has the oldest looked for; each time would cost more than it frees."""


class _Row(NamedTuple):
    """A message as a list reads it."""

    id: int
    person: UUID
    name: str
    text: str
    sent_at_ms: int
    edited_at_ms: int | None

    def as_json(self, room_id: int) -> MessageJson:
        return {
            "id": self.id,
            "person": public_id(room_id, self.person),
            "name": self.name,
            "text": self.text,
            "sent_at_ms": self.sent_at_ms,
            "edited_at_ms": self.edited_at_ms,
        }


_PAGE = CompiledRows(
    lambda: (
        Message.objects.exclude(text="")
        .filter(
            room_id=Parameter("room", models.BigIntegerField()),
            pk__lt=Parameter("before", models.BigIntegerField()),
            sent_at_ms__gt=Parameter("since_ms", models.BigIntegerField()),
        )
        .order_by("-pk")
        .values_list("id", "member__person", "name", "text", "sent_at_ms", "edited_at_ms")[: PAGE + 1]
    )
)


def page_of(room: Room, before: int = LARGEST_ID) -> tuple[list[MessageJson], bool]:
    """The last messages before the one of that id, the oldest first, and whether there are older ones.

    None, and no question to the database, where the chat is off.
    """
    if room.chat_kept == ChatKept.OFF:
        return [], False
    since_ms = now_ms() - DAY_MS if room.chat_kept == ChatKept.DAY else -1
    rows = _PAGE.all(room=room.pk, before=before, since_ms=since_ms)
    return [_Row._make(row).as_json(room.pk) for row in reversed(rows[:PAGE])], len(rows) > PAGE


def message_of(room: Room, message_id: int) -> Message:
    """The message of that id, in a room that is lent; raises Unknown if there is none, or the chat is off."""
    found = None
    if 0 < message_id <= LARGEST_ID and room.chat_kept != ChatKept.OFF:
        # Locked: what is a day old is deleted at any moment, without the room's lock.
        messages = Message.objects.select_for_update(of=("self",), no_key=True).exclude(text="")
        found = messages.select_related("member").filter(room=room, pk=message_id).first()
    if found is None:
        message = gettext("There is no message %(message)s in the chat of “%(room)s”.")
        raise Unknown(message % {"message": message_id, "room": room.slug})
    return found


# Verbs, for a room that is lent


def add_message(lent: Room, member: Member, text: str, now_ms: int) -> MessageJson:
    """Say ``text`` in the name of ``member``; raises Invalid for what cannot be a message."""
    text = clean_text(text)
    said = Message.objects.create(room=lent, member=member, name=member.nickname, text=text, sent_at_ms=now_ms)
    if said.pk % TRIM_EVERY == 0:
        _trim(lent)
    return _told(lent, "add", said)


def edit_message(lent: Room, message: Message, text: str, now_ms: int) -> MessageJson:
    """Replace the text of a message; raises Invalid for what cannot be one."""
    text = clean_text(text)
    if text == message.text:
        return _as_json(message)
    message.text, message.edited_at_ms = text, now_ms
    message.save(update_fields=["text", "edited_at_ms"])
    return _told(lent, "edit", message)


def remove_message(lent: Room, message: Message) -> None:
    """Take a message out of the chat, for everybody and for good."""
    message.text = ""
    message.save(update_fields=["text"])
    _told(lent, "remove", message)


def _told(lent: Room, op: str, message: Message) -> MessageJson:
    told = _as_json(message)
    lent.note("chat", op=op, message=told)
    return told


def _as_json(message: Message) -> MessageJson:
    times = message.sent_at_ms, message.edited_at_ms
    return _Row(message.pk, message.member.person, message.name, message.text, *times).as_json(message.room_id)


def _trim(room: Room) -> None:
    """Delete what the room has beyond ``MOST_KEPT``."""
    ids = Message.objects.filter(room=room).order_by("-pk").values_list("pk", flat=True)
    for oldest in ids[MOST_KEPT : MOST_KEPT + 1]:
        Message.objects.filter(room=room, pk__lte=oldest).delete()
