"""What kind of file it is, by its first bytes, and by what its server says where these do not tell."""

from __future__ import annotations

import re

_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|title|script|!--)", re.IGNORECASE)
_LIST = re.compile(rb"(?:\xef\xbb\xbf)?\s*#EXTM3U")
_OTHER = {
    b"%PDF": "application/pdf",
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"PK\x03\x04": "application/zip",
    b"Rar!": "application/vnd.rar",
    b"7z\xbc\xaf": "application/x-7z-compressed",
}
_TEXTS = ("text/", "application/json", "application/xml", "application/problem+json")
_LISTS = ("mpegurl", "scpls", "dash+xml")
HLS = "application/vnd.apple.mpegurl"

NEEDED_BYTES = 4_096
"""Enough of the head to tell; a page may begin with comments."""


def media_type(head: bytes, declared: str) -> tuple[str, bool]:
    """The media type of a file that begins so, and whether it is certainly nothing that could play.

    A server's word alone is no certainty: music is served as text, too.
    """
    declared = declared.partition(";")[0].strip().lower()[:100]
    found = _by_bytes(head)
    if found:
        # A container does not tell whether there are pictures in it; who put it there may.
        is_same = declared.startswith(("audio/", "video/")) and declared.endswith(found.partition("/")[2])
        return (declared if is_same else found), False
    if _LIST.match(head):
        return HLS, False
    if any(word in declared for word in _LISTS):
        return declared, False
    if _PAGE.match(head) or (declared == "text/html" and b"<" in head):
        return "text/html", True
    for start, other in _OTHER.items():
        if head.startswith(start):
            return other, True
    if not head or (declared.startswith(_TEXTS) and _is_text(head)):
        return declared, True
    return declared, False


def _by_bytes(head: bytes) -> str:
    if head.startswith(b"ID3"):
        return "audio/mpeg"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head.startswith(b"OggS"):
        return "video/ogg" if b"\x80theora" in head else "audio/ogg"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:11] in (b"M4A", b"M4B") else "video/mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6):
        return "audio/mpeg"
    return ""


def _is_text(head: bytes) -> bool:
    try:
        head[:-4].decode()  # a character may be cut at the end
    except UnicodeDecodeError:
        return False
    return b"\0" not in head
