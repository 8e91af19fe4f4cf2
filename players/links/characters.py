"""Characters that have no place in a link or a title, and text made fit to be shown."""

from __future__ import annotations

import re

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
# A JSON answer can carry half a surrogate pair, which no database and no UTF-8 response can hold.
_HALF_PAIR = r"\ud800-\udfff"
# Marks that turn the direction of writing make "3pm.exe" read as "exe.mp3", and spill into the text beside.
_DIRECTION = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"

FORBIDDEN = re.compile(rf"[\s{_CONTROL}{_HALF_PAIR}{_DIRECTION}]")
"""What may not stand inside a link."""

MAX_TITLE_LENGTH = 300
"""Longer than any title that a provider allows, and short enough to lay out."""

INVISIBLE = "\ufeff\u200b\u200e\u200f\u202a\u202c\u2060\u2066\u2067\u2068\u2069"
"""What clipboards and messengers add at the ends of a link, where nobody sees it."""

_UNSHOWABLE = re.compile(rf"[{_CONTROL}{_HALF_PAIR}]")
_TURNING = re.compile(rf"[{_DIRECTION}]")


def one_line(text: str) -> str:
    """``text`` as a title: one line, single spaces, nothing invisible that harms, at most 300 characters."""
    seen = _TURNING.sub("", _UNSHOWABLE.sub(" ", text))
    return " ".join(seen.split())[:MAX_TITLE_LENGTH].rstrip()


def shown(text: str, limit: int = 80) -> str:
    """``text`` in quotes for a message: at most ``limit`` characters, and every one of them printable."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return f'"{printable(cut)}"'


def printable(text: str) -> str:
    """``text`` with a mark in place of each character that cannot be seen."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
