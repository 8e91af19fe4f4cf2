"""ID3 tags: mutagen decodes the few frames that are wanted; where they are is found out here.

A tag library that is given a stranger's tag whole can be kept busy for minutes by half a million empty frames, and be
made to unpack gigabytes out of a compressed one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import islice

from mutagen.id3 import ID3, BitPaddedInt, ID3NoHeaderError, ParseID3v1

from players.probe.remote_file import RemoteFile
from rooms.outgoing.budget import BYTES, Exhausted

WANTED = {b"TIT2", b"TPE1", b"TPE2", b"TALB", b"APIC", b"TT2", b"TP1", b"TP2", b"TAL", b"PIC"}
MOST_FRAMES = 300
"""That are looked at; a tag has some twenty."""
MOST_WANTED = 12
"""That are decoded: a title, an artist, an album and some pictures."""

V1_BYTES = 128

_NAME = re.compile(rb"[A-Z][A-Z0-9]{2,3}")

_UNSYNCHRONISED, _EXTENDED = 0x80, 0x40
_COMPRESSED_OR_ENCRYPTED = {3: 0xC0, 4: 0x0C}


def size_of(file: RemoteFile) -> int:
    """How many bytes the tag at the head of the file takes; 0 if there is none."""
    file.seek(0)
    head = file.read(10)
    return 10 + BitPaddedInt(head[6:10]) if len(head) == 10 and head.startswith(b"ID3") else 0


def tag_of(file: RemoteFile) -> ID3 | None:
    """The wanted frames of the tag at the file's head, or else of the old one at its end."""
    size = size_of(file)
    tag = _decoded(file, size) if size else None
    if tag is None or not tag.getall("TIT2"):
        old = _old(file)
        return old if tag is None else tag if old is None else _together(tag, old)
    return tag


def _decoded(file: RemoteFile, size: int) -> ID3 | None:
    """As much of it as is in reach: what stands before a picture that is too large is read without it."""
    file.seek(0)
    try:
        data = file.read(min(size, BYTES))
    except Exhausted:
        data = file.head
    version, flags = data[3], data[5]
    body = data[10:size]
    if version not in (2, 3, 4):
        return None
    if flags & _UNSYNCHRONISED and version < 4:
        body = body.replace(b"\xff\x00", b"\xff")
    if flags & _EXTENDED and version > 2:
        body = body[BitPaddedInt(body[:4]) if version == 4 else 4 + int.from_bytes(body[:4], "big") :]
    # The frames of 2.4 keep their synchronisation, of which the header tells.
    kept = bytes([flags & _UNSYNCHRONISED if version == 4 else 0])
    frames = b"".join(islice(_wanted(body, version), MOST_WANTED))
    header = b"ID3" + bytes([version, 0]) + kept + BitPaddedInt.to_str(len(frames), width=4)
    try:
        return ID3(BytesIO(header + frames), load_v1=False)
    except ID3NoHeaderError:
        return None


def _wanted(body: bytes, version: int) -> Iterator[bytes]:
    """The wanted frames with their headers, whole ones that are neither packed nor sealed."""
    header_bytes = 6 if version == 2 else 10
    at = 0
    for _number in range(MOST_FRAMES):
        header = body[at : at + header_bytes]
        name = header[: 3 if version == 2 else 4]
        if len(header) < header_bytes or not _NAME.fullmatch(name):
            return
        size = _frame_size(body, at, version)
        frame = body[at : at + header_bytes + size]
        is_plain = version == 2 or not header[9] & _COMPRESSED_OR_ENCRYPTED[version]
        if name in WANTED and is_plain and size and len(frame) == header_bytes + size:
            if version == 4:  # where sizes were written as plain numbers, mutagen would guess from other frames
                frame = frame[:4] + BitPaddedInt.to_str(size, width=4) + frame[8:]
            yield frame
        at += header_bytes + size


def _frame_size(body: bytes, at: int, version: int) -> int:
    if version == 2:
        return int.from_bytes(body[at + 3 : at + 6], "big")
    plain = int.from_bytes(body[at + 4 : at + 8], "big")
    if version == 3:
        return plain
    # iTunes wrote plain numbers into 2.4. The reading is right behind which another frame, or the padding, stands.
    safe = int(BitPaddedInt(body[at + 4 : at + 8]))
    at += 10
    return plain if _is_boundary(body, at + plain) and not _is_boundary(body, at + safe) else safe


def _is_boundary(body: bytes, at: int) -> bool:
    """Whether a frame may begin, or the padding or the end follow."""
    name = body[at : at + 4]
    return bool(_NAME.fullmatch(name)) or not name.strip(b"\0")


def _old(file: RemoteFile) -> ID3 | None:
    if file.size is None or file.size < V1_BYTES:
        return None
    file.seek(file.size - V1_BYTES)
    frames = ParseID3v1(file.read(V1_BYTES))
    if not frames:
        return None
    tag = ID3()
    for frame in frames.values():
        tag.add(frame)
    return tag


def _together(tag: ID3, old: ID3) -> ID3:
    for name in ("TIT2", "TPE1", "TALB"):
        if not tag.getall(name):
            tag.setall(name, old.getall(name))
    return tag
