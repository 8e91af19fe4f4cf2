"""The words by which the library is searched: pure, so that both databases are given the same and find the same.

A search finds words that begin as it does. Korean, Chinese and Japanese hardly part their words, or part them as the
writer likes: such a run is also found from within, and a title without its spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MOST_WORDS = 12
"""Of one search; more narrow it no further."""

LONGEST_WORD = 40
LONGEST_KEY = 300

_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
_UNPARTED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+")


def words_of(text: str) -> list[str]:
    """The words of ``text`` in their order, without capitals, accents and punctuation."""
    plain = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return [word[:LONGEST_WORD] for word in _WORD.findall(unicodedata.normalize("NFC", plain))]


def key_of(text: str) -> str:
    """``text`` as it is compared with others."""
    return " ".join(words_of(text))[:LONGEST_KEY]


def indexed(texts: Iterable[str]) -> list[str]:
    """Every word by whose beginning something with these texts is found."""
    found: dict[str, None] = {}
    for text in texts:
        words = words_of(text)
        found.update(dict.fromkeys(words))
        for run in _UNPARTED.findall("".join(words)):
            found.update((run[start : start + LONGEST_WORD], None) for start in range(len(run[:LONGEST_KEY])))
    return list(found)


def searched(text: str) -> list[str]:
    """The words that a search for ``text`` asks for, all of which have to be there."""
    return list(dict.fromkeys(words_of(text)))[:MOST_WORDS]
