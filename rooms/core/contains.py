"""What contains a word, in capitals or not: the same in both databases, and for whatever script it is written in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from django.db.models import Q


def contains(word: str, columns: Sequence[str]) -> Q:
    """The condition that ``word`` stands in one of ``columns``."""
    condition = Q()
    for spelling in _spellings(word):
        for column in columns:
            condition |= Q(**{f"{column}__icontains": spelling})
    return condition


def _spellings(word: str) -> list[str]:
    """``word`` as it may be stored. SQLite knows the capitals of ASCII alone, and Macs write letters in parts (NFD)."""
    if word.isascii():
        return [word]
    whole = unicodedata.normalize("NFC", word)
    cases = (whole, whole.lower(), whole.upper(), whole.capitalize(), whole.title())
    return list(dict.fromkeys(unicodedata.normalize(form, one) for one in cases for form in ("NFC", "NFD")))
