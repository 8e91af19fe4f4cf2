"""Text of tags that names another encoding than it has.

Korean files hold CP949 and others UTF-8 in fields that are declared as Latin-1, for want of anything else in ID3v1.
They are read as what they are only where nothing else is likely.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_HANGUL = "\uac00-\ud7a3"
_WORD = re.compile(f"[{_HANGUL}]{{2}}")
# Hangul, its single letters, Hanja, and the punctuation and wide forms of CP949.
_OTHERS = r"\u3131-\u318e\u4e00-\u9fff\uf900-\ufaff\u2010-\u2606\u3000-\u3015\uff01-\uff5e\u00b7"
_KOREAN = re.compile(rf"[\x00-\x7f{_HANGUL}{_OTHERS}]*")


def repaired(texts: Sequence[str]) -> list[str]:
    """The texts of one file, all declared as Latin-1, as they are meant: one that tells helps those that do not."""
    raw = [text.encode("latin-1", "replace") for text in texts]
    if all(text.isascii() for text in raw) or any(ord(character) > 0xFF for text in texts for character in text):
        return list(texts)
    try:
        return [text.decode() for text in raw]  # what is valid UTF-8, by its form alone, is nothing else
    except UnicodeDecodeError:
        pass
    try:
        korean = [text.decode("cp949") for text in raw]
    except UnicodeDecodeError:
        return list(texts)
    return korean if _is_korean(korean) else list(texts)


def decoded(raw: bytes) -> str:
    """Bytes without a declared encoding, as they come in headers and from stations."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return repaired([raw.decode("latin-1")])[0]


def _is_korean(texts: list[str]) -> bool:
    """Whether a word of two syllables at least is there, and nothing that is not written in Korean.

    Capitals with accents give single syllables as well (“CANÇÃO”); two in a row would take four of them.
    """
    return any(_WORD.search(text) for text in texts) and all(_KOREAN.fullmatch(text) for text in texts)
