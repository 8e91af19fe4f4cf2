"""Text from the bytes of a file that does not say its encoding."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 400
"""Bytes at the beginning: every second one of UTF-16 is zero there, since lists begin with Latin letters."""

_DECLARED = re.compile(rb"""<\?xml[^>]{1,100}\bencoding=["']([A-Za-z0-9_.:-]{1,40})["']""")
_WESTERN = ("utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252")
_EASTERN = ("euc_kr", "cp949", "johab", "shift_jis", "cp932", "euc_jp", "gbk", "gb2312", "gb18030", "big5")
_HARMLESS = frozenset({*_WESTERN, *_EASTERN})
"""Encodings that a file may declare. Others of Python's are no encodings of text, such as ``zip``."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_HANGUL = re.compile("[가-힣]")
_LETTERS_TOGETHER = re.compile(r"[가-힣]{2}")


def decoded(data: bytes) -> str:
    """The text of a file: by its mark, its declaration, or what its bytes can be. Every file has one."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace").replace("\ufeff", "")
    if wide := _wide(data[:_LOOKED_AT]):
        return data.decode(wide, errors="replace")
    for encoding in filter(None, (_declared(data), "utf-8")):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _nearly_utf_8(data) or _of_one_byte(data)


def _wide(beginning: bytes) -> str:
    """The name of UTF-16 without a mark, by where its zeros are; empty if it is not that."""
    even, odd = beginning[::2], beginning[1::2]
    if len(beginning) < 4 or b"\0" not in beginning:
        return ""
    if odd.count(0) > len(odd) * 0.4 and even.count(0) < len(even) * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > len(even) * 0.4 and odd.count(0) < len(odd) * 0.1 else ""


def _declared(data: bytes) -> str:
    match = _DECLARED.match(data.lstrip()[:_LOOKED_AT])
    try:
        name = codecs.lookup(match[1].decode()).name if match else ""
    except LookupError:
        return ""
    return name if name in _HARMLESS else ""


def _nearly_utf_8(data: bytes) -> str:
    """The text of a file of which nearly all is UTF-8; empty if it is something else.

    Programs cut a title in the middle of a letter. In other encodings hardly two letters have the form of UTF-8.
    """
    text = data.decode(errors="replace")
    wrong = text.count("\ufffd")
    right = sum(len(run) for run in _BEYOND_ASCII.findall(text)) - wrong
    return text if right >= wrong * 10 else ""


def _of_one_byte(data: bytes) -> str:
    """Korean (CP949) or Western (Windows-1252, of which Latin-1 is a part).

    Two accented letters of a Western text seldom stand beside each other, and seldom make Hangul where they do; a
    Korean text has words of them.
    """
    try:
        korean = data.decode("cp949")
    except UnicodeDecodeError:
        # One bad byte makes a Korean file no Western one, if the rest is Korean.
        korean = data.decode("cp949", errors="replace")
        if korean.count("\ufffd") * 10 > len(_HANGUL.findall(korean)):
            korean = ""
    if korean and len(_LETTERS_TOGETHER.findall(korean)) * 4 >= len(_HANGUL.findall(korean)) > 0:
        return korean
    return "".join(bytes([byte]).decode("cp1252", errors="replace") if byte > 127 else chr(byte) for byte in data)
