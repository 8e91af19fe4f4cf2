"""Validation of what people type as names: of rooms and of themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext

from rooms.errors import Invalid
from rooms.models.skeleton import look_alike

MAX_NAME_LENGTH = 80
MAX_NICKNAME_LENGTH = 40

MOST_MARKS = 3
"""Combining marks on one letter. Vietnamese and Hebrew need up to three; a tower of them covers the lines around it."""

ZWNJ, ZWJ, EMOJI_STYLE = "\u200c", "\u200d", "\ufe0f"

# Printable to Python, and drawn as nothing or as a blank: fillers of Hangul, Braille's blank, a joiner of graphemes.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

JOINED_SCRIPTS = ((0x0600, 0x0DFF), (0x1000, 0x109F), (0x1780, 0x18AF), (0xFB50, 0xFEFF), (0x1E900, 0x1E95F))
"""Blocks of scripts whose spelling needs joiners: Arabic to Sinhala, Burmese, Khmer, Mongolian, Adlam."""


def clean_name(text: str) -> str:
    """``text`` as the name of a room; raises Invalid with a sentence if it cannot be one."""
    return short_line(
        text, MAX_NAME_LENGTH, gettext("A room's name has 1 to %(most)s visible characters, this one has %(length)s.")
    )


def clean_nickname(text: str) -> str:
    """``text`` as a nickname; raises Invalid with a sentence if it cannot be one."""
    return short_line(
        text, MAX_NICKNAME_LENGTH, gettext("A nickname has 1 to %(most)s visible characters, this one has %(length)s.")
    )


def short_line(text: str, most: int, sentence: str, field: str = "name") -> str:
    """``text`` in one line of 1 to ``most`` visible characters; raises Invalid with ``sentence`` if it is not.

    The sentence is about ``field``, and takes ``most`` and the ``length`` that was found.
    """
    line = one_line(text)
    if not 1 <= len(line) <= most:
        message = sentence % {"most": most, "length": len(line)}
        raise Invalid(message, fields={field: message})
    return line


def check_free(name: str, hosts: Iterable[str]) -> None:
    """Raise Invalid if ``name`` looks like one of the ``hosts``: their names are theirs alone in their room."""
    for host in hosts:
        if look_alike(name, host):
            message = gettext("“%(name)s” looks like %(host)s, who hosts here; choose another name.")
            message %= {"name": name, "host": host}
            raise Invalid(message, fields={"name": message})


def one_line(text: str) -> str:
    """``text`` without what cannot be seen, with few marks on each letter and with single spaces.

    Joiners stay where they are seen: ZWJ within an emoji, both between letters of scripts that are spelt with them.
    """
    kept: list[str] = []
    marks = 0
    for at, character in enumerate(text):
        if character in (ZWJ, ZWNJ):
            if kept and at + 1 < len(text) and _is_joined(character, kept[-1], text[at + 1]):
                kept.append(character)
            continue
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if character in BLANK or not character.isprintable():
            kept.append(" ")
        elif marks <= MOST_MARKS:
            kept.append(character)
    return " ".join("".join(kept).split())


def _is_joined(joiner: str, before: str, after: str) -> bool:
    if joiner == ZWJ and _is_emoji(before) and _is_emoji(after):
        return True
    return all(any(first <= ord(letter) <= last for first, last in JOINED_SCRIPTS) for letter in (before, after))


def _is_emoji(character: str) -> bool:
    """Whether an emoji may begin or end with it: a symbol, its colour of skin, or its selector."""
    return character == EMOJI_STYLE or unicodedata.category(character) in ("So", "Sk", "Sm")
