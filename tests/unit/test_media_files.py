"""What files of music say of themselves, and their covers."""

from __future__ import annotations

import io
import struct
import time

import pytest
from mutagen.id3 import Encoding
from PIL import Image

from players.media_files import cover_image, file_tags
from players.media_files.tags import Tags
from tests.support import tones
from tests.support.music import mp3, picture


def read(data: bytes) -> Tags:
    return file_tags.read(io.BytesIO(data))


@pytest.mark.parametrize("encoding", [Encoding.UTF8, Encoding.UTF16])
def test_title_artist_album_place_length_and_cover_are_read(encoding: int) -> None:
    cover = picture(40)
    tags = read(mp3("밤편지", "아이유", "Palette", 2, cover, encoding=encoding))
    assert (tags.title, tags.artist, tags.album) == ("밤편지", "아이유", "Palette")
    assert (tags.place, tags.cover) == ((0, 2), cover)
    assert tags.length_ms is not None
    assert abs(tags.length_ms - 40 * 26) < 60


def test_a_file_without_tags_has_its_length_alone() -> None:
    assert read(tones.tone(3)) == Tags(length_ms=3_000)


@pytest.mark.parametrize("text", ["밤편지", "아이유 - 좋은 날 (Live)", "똠방각하"])
@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_korean_that_was_written_as_latin_1_is_repaired(text: str, encoding: str) -> None:
    written = text.encode(encoding).decode("latin-1")
    assert read(mp3(written, encoding=Encoding.LATIN1)).title == text


@pytest.mark.parametrize(
    "text", ["Beyoncé", "Mötley Crüe", "Ålesund", "Sigur Rós", "Ágætis byrjun", "ÀÉ", "DÉJÀ VU", "±1"]
)
def test_what_may_well_be_latin_1_stays_as_it_is(text: str) -> None:
    assert read(mp3(text, encoding=Encoding.LATIN1)).title == text


@pytest.mark.parametrize("data", [b"", b"no music at all", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", b"fLaC" + bytes(50)])
def test_what_is_no_music_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(file_tags.UnreadableError, match=r"\w+ \w+"):
        read(data)


def test_a_large_cover_becomes_a_small_jpeg() -> None:
    data = cover_image.scaled(picture(2_000, "JPEG", noise=True))
    assert data is not None
    assert len(data) <= cover_image.MOST_BYTES
    with Image.open(io.BytesIO(data)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (cover_image.SIDE_PX, cover_image.SIDE_PX))


def test_a_picture_with_transparency_is_shown_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    data = cover_image.scaled(out.getvalue())
    assert data is not None
    with Image.open(io.BytesIO(data)) as shown:
        assert shown.getpixel((4, 4)) == (255, 255, 255)


def test_a_picture_that_stands_for_gigabytes_and_one_that_is_none_are_refused() -> None:
    # Of the size only the head is changed: whoever decoded it first would see that it is too short.
    bomb = bytearray(picture(40))
    bomb[16:24] = (60_000).to_bytes(4) * 2
    assert cover_image.scaled(bytes(bomb)) is None
    assert cover_image.scaled(b"<svg xmlns='http://www.w3.org/2000/svg'/>") is None


def test_a_jpeg_that_says_nothing_over_and_over_is_not_decoded() -> None:
    # Each scan is some fifty bytes that a decoder goes through the whole picture for: a cover of 5 MB takes minutes.
    scans = [b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00\x00"] * (cover_image.MOST_SCANS + 1)
    out = io.BytesIO()
    Image.new("L", (64, 64)).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    assert cover_image.scaled(whole) is not None
    assert cover_image.scaled(whole.removesuffix(b"\xff\xd9") + b"".join(scans) + b"\xff\xd9") is None


def test_a_picture_that_python_would_unpack_is_no_cover() -> None:
    # A row of one dot each, which the decoder fills up byte by byte: 5 KB for 25 million of them.
    rows = b"\x01\x05\0\0" * 1_000 + b"\0\1"
    head = struct.pack("<IiiHHIIiiII", 40, 25_000, 1_000, 1, 8, 1, len(rows), 0, 0, 256, 0) + bytes(1_024)
    packed = b"BM" + struct.pack("<IHHI", 14 + len(head) + len(rows), 0, 0, 14 + len(head)) + head + rows
    began_s = time.process_time()
    assert cover_image.scaled(packed) is None
    assert time.process_time() - began_s < 0.5
    plain = io.BytesIO()
    Image.new("RGB", (20, 20)).save(plain, "BMP")
    assert cover_image.scaled(plain.getvalue()) is not None
