"""Validation of what people type as names: of rooms and of themselves."""

from __future__ import annotations

from django.utils.translation import gettext

from rooms.errors import Invalid

MAX_NAME_LENGTH = 80
MAX_NICKNAME_LENGTH = 40


def clean_name(text: str) -> str:
    """``text`` as the name of a room; raises Invalid with a sentence if it cannot be one."""
    name = one_line(text)
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        message = gettext("A room's name has 1 to %(most)s visible characters, this one has %(length)s.")
        message %= {"most": MAX_NAME_LENGTH, "length": len(name)}
        raise Invalid(message, fields={"name": message})
    return name


def clean_nickname(text: str) -> str:
    """``text`` as a nickname; raises Invalid with a sentence if it cannot be one."""
    name = one_line(text)
    if not 1 <= len(name) <= MAX_NICKNAME_LENGTH:
        message = gettext("A nickname has 1 to %(most)s visible characters, this one has %(length)s.")
        message %= {"most": MAX_NICKNAME_LENGTH, "length": len(name)}
        raise Invalid(message, fields={"name": message})
    return name


def one_line(text: str) -> str:
    """``text`` without what cannot be seen, and with single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
