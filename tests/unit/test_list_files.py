"""Files of links as programs and people write them, and what is read of each; what is written is read again."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from players.adding import list_files
from players.links import Link
from players.links.files import FORMATS, Item, items_of
from rooms.errors import Invalid, Refusal

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "list_files.json").read_text())
A = "https://media.example.org/a.mp3"


def told(link: Link) -> dict[str, Any]:
    """A link as the table has it: what is not said is left out."""
    listed = link.listed
    said = {"artwork_url": listed.artwork_url, "start_ms": link.start_ms, "end_ms": link.end_ms}
    return {"url": link.url, "title": listed.title, "artist": listed.artist} | {k: v for k, v in said.items() if v}


def test_the_table_has_at_least_60_files_and_each_once() -> None:
    assert len({(case["text"], case["encoding"]) for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_file_is_read_as_the_table_says(case: dict[str, Any]) -> None:
    data = case["text"].encode(case["encoding"])
    if case["error"]:
        with pytest.raises(Invalid) as refusal:
            list_files.read(data)
        assert case["error"] in refusal.value.message
        return
    read = list_files.read(data)
    assert [told(link) for link in read.links] == case["entries"]
    assert [refused["text"] for refused in read.refused] == case["refused"]


def test_a_title_that_was_cut_within_a_letter_spoils_no_other() -> None:
    lines = "".join(f"#EXTINF:-1,가수 - 노래 {number}\n{A}?{number}\n" for number in range(9))
    cut = f"#EXTM3U\n{lines}#EXTINF:-1,잘린 제목".encode()[:-1] + f"\n{A}\n".encode()
    titles = [link.listed.title for link in list_files.read(cut).links]
    assert titles == [*(f"노래 {number}" for number in range(9)), "잘린 제\ufffd"]


def test_no_title_makes_a_file_that_cannot_be_read_again() -> None:
    written = FORMATS["xspf"].write("Lounge", [Item(A, "a\uffffb"), Item(A, "c\x01d")])
    assert items_of(written.encode()) == [Item(A, "ab"), Item(A, "cd")]


def test_a_list_is_taken_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MAX_QUEUE", 3)
    lines = [f"https://media.example.org/{number}.mp3" for number in range(4)]
    for text in ("\n".join(lines), "#EXTM3U\n" + "\n".join(lines), json.dumps(lines)):
        with pytest.raises(Invalid, match="There are 4 links; at most 3"):
            list_files.read(text.encode())
    assert len(list_files.read("\n".join(lines[:3]).encode()).links) == 3


@pytest.mark.parametrize(
    ("logo", "shown"),
    [("https://img.example.org/a.png", True), ("http://192.168.1.9/a.png", False), ("http://img.example.org/a", True)],
)
def test_on_https_a_picture_is_shown_by_https_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, logo: str, shown: bool
) -> None:
    monkeypatch.setattr(settings, "HTTPS", True)
    (link,) = list_files.read(f'#EXTM3U\n#EXTINF:-1 tvg-logo="{logo}",Radio\n{A}\n'.encode()).links
    assert link.listed.artwork_url == (logo.replace("http:", "https:") if shown else "")


texts = st.text(st.characters(exclude_categories=("C", "Z")), max_size=12).map(lambda text: " ".join(text.split()))
items = st.builds(
    Item,
    address=st.sampled_from([A, f"{A}?x=1&y=2", "https://media.example.org/%EB%B0%A4.mp3"]),
    title=st.one_of(texts, st.sampled_from(["Spring - Summer", "- x", "A & <B>", "]]>", '"q"', "a,b", "#EXTINF:1,x"])),
    artist=st.one_of(texts, st.sampled_from(["Blink - 182", "", "-", "A & B"])),
    artwork_url=st.sampled_from(["", "https://img.example.org/a,b.png"]),
)


@pytest.mark.parametrize("name", FORMATS)
@given(written=st.lists(items, min_size=1, max_size=3))
def test_whatever_is_written_is_read_again(name: str, written: list[Item]) -> None:
    written = [Item(one.address, one.title, one.artist, one.artwork_url) for one in written]
    assert items_of(FORMATS[name].write("A name: <x> & #EXTINF", written).encode()) == written


@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: f"#EXTM3U\n#EXTINF:1,{text}\n{A}".encode())
    )
)
def test_no_file_raises_anything_but_a_refusal(data: bytes) -> None:
    for head in (b"", b"#EXTM3U\n", b"[playlist]\nFile1=", b"<playlist><trackList><track><location>", b'["'):
        with contextlib.suppress(Refusal):
            list_files.read(head + data)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece",
    ['#EXTINF:1 a="', "#EXTINF:1 a=b ", "<a>", "&a;", "&", "<![CDATA[", "File1=", "[", '{"a":', "\u00e9", "|a=", "가"],
)
def test_no_file_takes_long(piece: str) -> None:
    for head in ("#EXTM3U\n", "[playlist]\n", "<playlist>", "", "["):
        for encoding in ("utf-8", "cp949"):
            try:
                list_files.read((head + piece * (300_000 // len(piece))).encode(encoding, errors="ignore"))
            except Refusal:
                continue
