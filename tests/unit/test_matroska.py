"""What Matroska and WebM files say of themselves, and how little a hostile one can have read of it."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable

import pytest

from players.media_files import file_tags, matroska
from players.media_files.ebml import MOST_ELEMENTS
from players.media_files.tags import Tags
from tests.support.media_files import UNKNOWN_SIZE, ebml, matroska_tag, webm
from tests.support.music import picture

NIGHT = ("Night Train", "The Commuters", "Rails")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (webm("Night Train", matroska_tag(ARTIST="The Commuters", ALBUM="Rails")), NIGHT),
        (
            webm(
                tags=matroska_tag(50, TITLE="Rails", ARTIST="Various")
                + matroska_tag(30, TITLE=NIGHT[0], ARTIST=NIGHT[1])
            ),
            NIGHT,
        ),
        (webm("Night Train", matroska_tag(30, ARTIST="The Commuters") + matroska_tag(50, TITLE="Rails")), NIGHT),
        (webm(tags=matroska_tag(50, TITLE="A Film")), ("A Film", "", "")),
        (webm("밤편지", matroska_tag(artist="아이유")), ("밤편지", "아이유", "")),
        (webm("Night Train", matroska_tag(30, of_chapter=True, TITLE="Chapter 1")), ("Night Train", "", "")),
        (webm("a\u202eb\0c", matroska_tag(ARTIST="x" * 5_000)), ("ab", "x" * 300, "")),
        (webm("Night Train", matroska_tag(ARTIST="The Commuters", ALBUM="Rails"), sound=200_000), NIGHT),
        (webm("Night Train", size=UNKNOWN_SIZE), ("Night Train", "", "")),
        (webm(), ("", "", "")),
    ],
    ids=[
        "ffmpeg",
        "album and track",
        "album without a track's title",
        "film",
        "Korean, and names in lower case",
        "chapters",
        "what harms a page",
        "behind the sound",
        "recorder",
        "nothing",
    ],
)
def test_title_artist_album_and_length_are_read(file: bytes, said: tuple[str, str, str]) -> None:
    tags = file_tags.read(io.BytesIO(file))
    assert (tags.title, tags.artist, tags.album, tags.length_ms) == (*said, 10_000)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e300])
def test_an_impossible_length_is_none(seconds: float) -> None:
    assert file_tags.read(io.BytesIO(webm("Dusk", seconds=seconds))) == Tags("Dusk")


def test_an_attached_picture_is_its_cover() -> None:
    cover = picture(40)
    assert file_tags.read(io.BytesIO(webm("Dusk", picture=cover))).cover == cover
    assert file_tags.read(io.BytesIO(webm("Dusk", picture=b"a font"))).cover == b""


class Counted(io.BytesIO):
    """A file that counts what is read of it."""

    reads = count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.reads, self.count = self.reads + 1, self.count + len(data)
        return data


def nested(name: int, depth: int) -> bytes:
    data = b""
    for _level in range(depth):
        data = ebml(name, data)
    return data


@pytest.mark.parametrize(
    "tags",
    [
        lambda: b"\xec\x80" * 3_000_000,
        lambda: matroska_tag(ARTIST="x") * 100_000,
        lambda: nested(0x67C8, 20_000),
        lambda: ebml(0x7373, size=UNKNOWN_SIZE) * 100_000,
        lambda: ebml(0x7373, ebml(0x67C8, ebml(0x45A3, "ARTIST"), ebml(0x4487, bytes(30_000_000)))),
    ],
    ids=["voids", "many tags", "deep", "of unknown size", "a text of 30 MB"],
)
def test_a_file_cannot_keep_the_server_busy(tags: Callable[[], bytes]) -> None:
    file = Counted(webm("Night Train", tags()))
    began_s = time.thread_time()
    assert file_tags.read(file).title == "Night Train"
    assert time.thread_time() - began_s < 1
    assert file.reads < 3 * MOST_ELEMENTS
    assert file.count < 4_000_000


def test_whatever_is_cut_off_or_changed_is_read_as_far_as_it_goes() -> None:
    dice = random.Random(1)
    whole = webm("Night Train", matroska_tag(30, ARTIST="The Commuters"), picture=picture(8))
    behind = webm("Night Train", matroska_tag(30, ARTIST="The Commuters"), sound=500)
    for _round in range(2_000):
        data = bytearray(dice.choice((whole, behind)))
        for _change in range(dice.randrange(4)):
            data[dice.randrange(4, len(data))] = dice.randrange(256)
        file = Counted(bytes(data[: dice.randrange(4, len(data) + 1)]))
        matroska.Matroska(file)
        assert file.reads < 3 * MOST_ELEMENTS


def test_what_is_no_matroska_is_refused() -> None:
    with pytest.raises(ValueError, match="does not begin"):
        matroska.Matroska(io.BytesIO(b"no media at all"))
