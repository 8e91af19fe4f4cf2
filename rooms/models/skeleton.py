"""Names that look alike, by the skeletons of UTS #39 (Unicode Security Mechanisms).

With an extract of Unicode's data in place of a package: those at hand know pairs of characters but no skeletons, and
bring 900 KB of JSON for what a name needs 2 KB of.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path


def look_alike(one: str, other: str) -> bool:
    """Whether a reader may take one name for the other, whatever its case, script, marks, spaces and punctuation."""
    return not skeletons(one).isdisjoint(skeletons(other))


@lru_cache(maxsize=2048)
def skeletons(name: str) -> frozenset[str]:
    """What is left of a name to tell it from others: two names with one of these in common look alike.

    Case is taken away before what is confusable is unified, and after it: “I” looks like “l” and is the capital of “i”.
    """
    letters = map(_bare, unicodedata.normalize("NFKD", name))
    plain = "".join(character for character in letters if character.isalnum())
    if not plain:  # as of emoji
        return frozenset({"".join(name.split()).replace("\ufe0f", "")})
    return frozenset({_unified(plain.casefold()).casefold(), _unified(plain).casefold()})


# "LATIN SMALL LETTER H WITH STROKE", "LATIN LETTER SMALL CAPITAL H", "NEGATIVE SQUARED LATIN CAPITAL LETTER H",
# "REGIONAL INDICATOR SYMBOL LETTER H": Unicode takes none of them apart, and its list of confusables has few.
_DECORATED = re.compile(r"(?:.*\b)?(?:LATIN|REGIONAL INDICATOR) .*(?:LETTER|SMALL CAPITAL) ([A-Z])(?: WITH .*)?")


def _bare(character: str) -> str:
    """The letter of ASCII in ``character`` with a stroke or a hook, as a small capital, on a badge; else itself."""
    if character.isascii():
        return character
    name = unicodedata.name(character, "")
    decorated = _DECORATED.fullmatch(name)
    if decorated is None:
        return character
    return decorated[1].lower() if "SMALL" in name else decorated[1]


def _unified(text: str) -> str:
    return "".join(_PROTOTYPES.get(character, character) for character in text)


def _prototypes() -> dict[str, str]:
    found = {}
    for line in Path(__file__).with_name("confusables.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            prototype, _, characters = line.partition(" ")
            found.update(dict.fromkeys(characters, prototype))
    return found


_PROTOTYPES = _prototypes()
