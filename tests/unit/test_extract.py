"""What people really paste, and what is made of it; ``js/pasted.test.mjs`` holds the page to the same table."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from players.links import MAX_LINKS, Link, LinkError, PlaylistLink
from players.links.extract import extract
from tests.unit.test_links import check_message, nasty_texts

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "pasted_texts.json").read_text())
A = "https://media.example.org/a.mp3"


def told(link: Link | PlaylistLink) -> str:
    """The address of a link, with the second at which it starts."""
    start_ms = link.start_ms if isinstance(link, Link) else None
    return link.url if start_ms is None else f"{link.url}#t={start_ms // 1_000}"


def test_the_table_has_at_least_150_texts_and_each_once() -> None:
    assert len({case["text"] for case in CASES}) == len(CASES) >= 150


@pytest.mark.parametrize("case", CASES, ids=[ascii(case["text"][:50]) for case in CASES])
def test_a_pasted_text_is_read_as_the_table_says(case: dict[str, Any]) -> None:
    held = extract(case["text"])
    assert [told(link) for link in held.links] == case["links"]
    assert [refused.text for refused in held.refused] == [refused["text"] for refused in case["refused"]]
    for refused, said in zip(held.refused, case["refused"], strict=True):
        assert said["says"] in refused.reason


@pytest.mark.parametrize("name", ["Spotify", "Google Drive", "short link"])
def test_a_page_that_never_plays_is_refused_with_what_to_paste_instead(name: str) -> None:
    reasons = [
        refused.reason
        for case in CASES
        for refused in extract(case["text"]).refused
        if f"of {name}" in refused.reason or name in refused.reason
    ]
    assert reasons
    assert all(" paste " in reason for reason in reasons)


def test_a_text_has_at_most_200_links() -> None:
    links = "\n".join(f"https://media.example.org/{number}.mp3" for number in range(MAX_LINKS))
    assert len(extract(links).links) == MAX_LINKS
    with pytest.raises(LinkError, match=r"201 links; at most 200"):
        extract(f"{links}\n{A}")


def test_what_is_given_back_is_short_and_without_a_password() -> None:
    (refused,) = extract("https://alice:secret@media.example.org/" + "x" * 1_000).refused
    assert len(refused.text) <= 200
    assert "secret" not in refused.text + refused.reason


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://media.example.org/a.mp3", A),
        ("http://media.example.org:80/a.mp3", A),
        ("https://media.example.org:8443/a.mp3", "https://media.example.org:8443/a.mp3"),
        ("http://localhost:8000/a.mp3", "http://localhost:8000/a.mp3"),
        ("http://127.0.0.1:8000/a.mp3", "http://127.0.0.1:8000/a.mp3"),
        ("http://youtu.be/dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.google.com/url?q=http://media.example.org/a.mp3", A),
    ],
)
def test_on_https_a_link_is_added_as_browsers_would_play_it(text: str, url: str) -> None:
    held = extract(text, is_https=True)
    assert [link.url for link in held.links] == [url]
    assert isinstance(held.links[0], Link)
    assert held.links[0].provider == "youtube" or held.links[0].media_id == url


@pytest.mark.parametrize("origin", ["http://radio.example.org:8000", "http://192.168.1.9", "http://[2001:db8::1]"])
def test_on_https_what_browsers_would_block_is_refused_with_the_reason(origin: str) -> None:
    held = extract(f"{origin}/a.mp3", is_https=True)
    assert held.links == []
    assert "begins with https://" in held.refused[0].reason
    assert [link.url for link in extract(f"{origin}/a.mp3").links] == [f"{origin}/a.mp3"]


def test_no_text_raises_anything_but_a_link_error_and_every_reason_can_be_shown() -> None:
    for text in nasty_texts(4_000):
        for refused in extract(f"「{text}」 [{text}]({text}) <a href='{text}'>").refused:
            check_message(refused.reason)
            assert refused.text.isprintable()


@pytest.mark.parametrize("behind", ["&gt;", ")", "]", "&quot", "~", "."])
def test_no_link_takes_long_for_what_stands_behind_it(behind: str) -> None:
    link = "https://a.org/" + behind * (3_980 // len(behind)) + " "
    began_s = time.process_time()
    extract(link * 64)
    one_s = time.process_time() - began_s
    began_s = time.process_time()
    extract(f"https://a.org/{'x' * 3_980} " * 64)
    assert one_s < 0.25 + 20 * (time.process_time() - began_s)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece",
    [
        ",", ",a", "a.", " ,", "a", "[", "[a", "[a]", "[[a]", "![a](", "<", "<a ", "<a>", "<a href=x>", "(", ")", "]",
        "https://a/", "https://a ", "https://", ",https:/", "[url=", "<https://a|", "a-", "youtube.com", "/", "\\/",
        "https:\\/\\/", "&gt;", "http://a/)", "é", "https%3A%2F%2F", "x.mp3", "#EXT", "[a](https://a", "href=",
    ],
    ids=repr,
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    for start in ("", "https://example.org/"):
        with contextlib.suppress(LinkError):
            extract(start + (piece * 100_000)[:100_000])
