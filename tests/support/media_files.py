"""Small media files, made byte by byte: no encoder is needed to have tags in them."""

from __future__ import annotations

import random
import struct
from io import BytesIO

from mutagen.id3 import APIC, ID3, TALB, TIT2, TPE1
from PIL import Image

FRAME = b"\xff\xfb\x90\x00".ljust(417, b"\0")
"""A frame of silence: MPEG 1, layer III, 128 kbit/s, 44.1 kHz; 1,152 samples."""


def mp3(frames: int = 1_000, *, tag: bytes = b"", end: bytes = b"") -> bytes:
    """Silence with a table that tells its length: 1,000 frames are 26 s."""
    xing = bytearray(FRAME)
    xing[36:48] = b"Xing" + struct.pack(">II", 1, frames)
    return tag + bytes(xing) + FRAME * 40 + end


def id3(title: str = "", artist: str = "", album: str = "", picture: bytes = b"", *, encoding: int = 3) -> bytes:
    """A tag of version 2.3 or 2.4, written by the library that reads it."""
    tag = ID3()
    for kind, text in ((TIT2, title), (TPE1, artist), (TALB, album)):
        if text:
            tag.add(kind(encoding=encoding, text=text))
    if picture:
        tag.add(APIC(encoding=encoding, mime="image/png", type=3, desc="", data=picture))
    out = BytesIO()
    tag.save(out, v2_version=4 if encoding == 3 else 3, padding=lambda _info: 0)
    return out.getvalue()


def raw_id3(frames: list[tuple[bytes, int, bytes]], version: int = 3) -> bytes:
    """A tag of frames as they are: name, flags and content."""
    body = b"".join(name + struct.pack(">IH", len(data), flags) + data for name, flags, data in frames)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([version, 0, 0]) + size + body


def v1(title: bytes, artist: bytes = b"") -> bytes:
    """The old tag at a file's end, in whatever encoding."""
    return b"TAG" + title.ljust(30, b"\0") + artist.ljust(30, b"\0") + b"\0" * 64 + b"\xff"


def noise(width: int, height: int, form: str = "PNG") -> bytes:
    """A picture that no compression makes small: three bytes a pixel."""
    out = BytesIO()
    Image.frombytes("RGB", (width, height), random.Random(1).randbytes(3 * width * height)).save(out, form)
    return out.getvalue()


def flac(title: str, picture: bytes = b"", seconds: int = 10) -> bytes:
    samples, rate = 44_100 * seconds, 44_100
    info = struct.pack(">HH6xQ16x", 4_096, 4_096, (rate << 44) | (1 << 41) | (15 << 36) | samples)
    comment = f"TITLE={title}".encode()
    comments = struct.pack("<I", 0) + struct.pack("<II", 1, len(comment)) + comment
    blocks = [(0, info), (4, comments)]
    if picture:
        kind = b"image/png"
        lengths = struct.pack(">IIIII", 0, 1, 1, 24, 0) + struct.pack(">I", len(picture))
        blocks.append((6, struct.pack(">II", 3, len(kind)) + kind + lengths + picture))
    last = len(blocks) - 1
    heads = [
        struct.pack(">I", ((number == last) << 31) | (kind << 24) | len(data))
        for number, (kind, data) in enumerate(blocks)
    ]
    return (
        b"fLaC" + b"".join(head + data for head, (_kind, data) in zip(heads, blocks, strict=True)) + b"\xff\xf8" * 500
    )


def _atom(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data


def m4a(title: str, artist: str, seconds: int = 10, sound: int = 500_000) -> bytes:
    """An MP4 whose tables stand behind its sound, as most programs write it."""
    mdhd = _atom(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 1_000, 1_000 * seconds, 0, 0))
    hdlr = _atom(b"hdlr", struct.pack(">II4s12xx", 0, 0, b"soun"))
    sample = struct.pack(">6xHQHHHHI", 1, 0, 2, 16, 0, 0, 44_100 << 16)
    mp4a = _atom(b"mp4a", sample + _atom(b"free", b""))
    stsd = _atom(b"stsd", struct.pack(">II", 0, 1) + mp4a)
    trak = _atom(b"trak", _atom(b"mdia", mdhd + hdlr + _atom(b"minf", _atom(b"stbl", stsd))))
    texts = ((b"\xa9nam", title), (b"\xa9ART", artist))
    items = b"".join(_atom(n, _atom(b"data", struct.pack(">II", 1, 0) + text.encode())) for n, text in texts)
    meta = _atom(
        b"meta", bytes(4) + _atom(b"hdlr", struct.pack(">II4s4s8xx", 0, 0, b"mdir", b"appl")) + _atom(b"ilst", items)
    )
    moov = _atom(b"moov", trak + _atom(b"udta", meta))
    return _atom(b"ftyp", b"M4A \0\0\0\0") + _atom(b"mdat", bytes(sound)) + moov


def _ogg_page(data: bytes, number: int, granule: int, flags: int) -> bytes:
    lacing = bytes([255] * (len(data) // 255) + [len(data) % 255])
    return b"OggS" + struct.pack("<BBqIII", 0, flags, granule, 1, number, 0) + bytes([len(lacing)]) + lacing + data


def ogg(title: str, seconds: int = 10, sound: int = 300_000) -> bytes:
    """Ogg Vorbis as far as its headers and its last page, which tells the length."""
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 2, 44_100, 0, 128_000, 0, 0xB8, 1)
    comment = f"TITLE={title}".encode()
    said = b"\x03vorbis" + struct.pack("<III", 0, 1, len(comment)) + comment + b"\x01"
    last = _ogg_page(b"\0", 3, 44_100 * seconds, 4)
    return _ogg_page(head, 0, 0, 2) + _ogg_page(said, 1, 0, 0) + bytes(sound) + last


def icy(title: bytes, *, metaint: int = 8_000, status_line: bytes = b"HTTP/1.0 200 OK") -> bytes:
    """A station's answer as far as its first title."""
    said = b"StreamTitle='" + title + b"';StreamUrl='';"
    block = said.ljust(-(-len(said) // 16) * 16, b"\0")
    head = b"icy-name:Night Radio\r\nicy-metaint:%d\r\nContent-Type: audio/mpeg\r\n\r\n" % metaint
    return status_line + b"\r\n" + head + bytes(metaint) + bytes([len(block) // 16]) + block


def ebml(name: int, *content: bytes | str | int, size: bytes = b"") -> bytes:
    """One element of Matroska, whose ``size`` need not be true."""
    parts = (one.encode() if isinstance(one, str) else bytes([one]) if isinstance(one, int) else one for one in content)
    data = b"".join(parts)
    return name.to_bytes((name.bit_length() + 7) // 8) + (size or (1 << 56 | len(data)).to_bytes(8)) + data


UNKNOWN_SIZE = b"\x01" + b"\xff" * 7
"""What a recorder writes, which does not know yet how much will come."""


def matroska_tag(level: int = 0, *, of_chapter: bool = False, **texts: str) -> bytes:
    targets = (ebml(0x68CA, level) if level else b"") + (ebml(0x63C4, 1) if of_chapter else b"")
    said = b"".join(ebml(0x67C8, ebml(0x45A3, name), ebml(0x4487, text)) for name, text in texts.items())
    return ebml(0x7373, ebml(0x63C0, targets), said)


def webm(
    title: str = "", tags: bytes = b"", *, seconds: float = 10, picture: bytes = b"", sound: int = 0, **options: bytes
) -> bytes:
    """WebM; with ``sound`` its tags stand behind that, where an index tells of them."""
    info = ebml(0x1549A966, ebml(0x2AD7B1, b"\x0f\x42\x40"), ebml(0x4489, struct.pack(">d", seconds * 1_000)))
    if title:
        info = ebml(0x1549A966, info[12:], ebml(0x7BA9, title))
    files = ebml(0x1941A469, ebml(0x61A7, ebml(0x466E, "cover.png"), ebml(0x465C, picture))) if picture else b""
    cluster = ebml(0x1F43B675, bytes(sound))
    index = b""
    for _round in range(2):  # its own length is known after the first
        place = len(index) + len(info) + len(cluster)
        seek = ebml(0x53AB, b"\x12\x54\xc3\x67"), ebml(0x53AC, place.to_bytes(8))
        index = ebml(0x114D9B74, ebml(0x4DBB, *seek))
    tags = ebml(0x1254C367, tags)
    parts = (index, info, cluster, tags) if sound else (info, tags, files, cluster)
    return ebml(0x1A45DFA3, ebml(0x4282, "webm")) + ebml(0x18538067, *parts, **options)
