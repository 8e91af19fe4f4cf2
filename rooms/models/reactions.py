"""The six emoji that a room's people react with."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext

from rooms.errors import Invalid

COUNT = 6
DEFAULT_REACTIONS = "❤️ 🔥 😂 👏 👍 🎉"
MAX_LENGTH = 100
"""Characters of all six, with the spaces between them."""

_LONGEST = 12
"""Characters of one: a family of four, each with a colour of skin, has eleven."""

_WITHIN = ("So", "Sk", "Mn", "Me", "Cf", "Cn")
"""Categories of Unicode within an emoji: symbols, colours of skin, variation selectors, joiners, and newer symbols."""


def clean_reactions(reactions: list[str]) -> str:
    """``reactions`` as a room keeps them; raises Invalid with a sentence unless they are six different emoji."""
    wanted = [emoji.strip() for emoji in reactions]
    wrong = next((emoji for emoji in wanted if not _is_emoji(emoji)), None)
    if wrong is not None:
        message = gettext("“%(text)s” is not an emoji.") % {"text": wrong[:20]}
    elif len(set(map(plain, wanted))) != COUNT or len(wanted) != COUNT:
        message = gettext("A room has %(count)s different reactions, these are %(given)s.")
        message %= {"count": COUNT, "given": len(set(wanted))}
    else:
        return " ".join(wanted)
    raise Invalid(message, fields={"reactions": message})


def plain(emoji: str) -> str:
    """``emoji`` without the selector that asks for its coloured form, which keyboards send or leave out."""
    return emoji.replace("\ufe0f", "")


def _is_emoji(text: str) -> bool:
    if not 1 <= len(text) <= _LONGEST or unicodedata.category(text[0]) not in ("So", "Cn"):
        return False
    return all(unicodedata.category(character) in _WITHIN for character in text)
