"""Pure parts of the library: words, ranges, links that end, and whom it is for."""

from __future__ import annotations

import pytest

from players.library import signed, words
from players.library.ranges import Part, Unsatisfiable, Validators, part_of
from players.links.extract import extract
from rooms.core.access import Audience, is_in_audience

HOUR_MS = 3_600_000
NOW_MS = 1_800_000_000_123


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (None, None),
        ("bytes=0-", Part(0, 100)),
        ("bytes=0-0", Part(0, 1)),
        ("bytes=10-19", Part(10, 20)),
        ("bytes=90-1000", Part(90, 100)),
        ("bytes=-10", Part(90, 100)),
        ("bytes=-1000", Part(0, 100)),
        ("Bytes = 5 - 9", Part(5, 10)),
        # What is not understood, or several parts at once, is answered by the whole.
        ("bytes=0-1,5-6", None),
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("pages=1-2", None),
        ("bytes=1e3-", None),
    ],
)
def test_a_range_is_the_part_that_the_standard_says(asked: str | None, part: Part | None) -> None:
    assert part_of(asked, 100) == part


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_satisfied(asked: str) -> None:
    with pytest.raises(Unsatisfiable):
        part_of(asked, 100)
    with pytest.raises(Unsatisfiable):
        part_of("bytes=0-", 0)


def test_a_part_is_for_those_alone_who_have_the_same_file() -> None:
    now, before = Validators.of(100, 2_000_000_000), Validators.of(100, 1_000_000_000)
    assert now.holds({})
    assert now.holds({"if-range": now.etag})
    assert now.holds({"if-range": now.last_modified})
    assert not now.holds({"if-range": before.etag})
    assert not now.holds({"if-range": f"W/{now.etag}"})
    assert now.is_known({"if-none-match": f"{before.etag}, W/{now.etag}"})
    assert not now.is_known({"if-none-match": before.etag, "if-modified-since": now.last_modified})
    assert now.is_known({"if-modified-since": now.last_modified})


def test_a_link_ends_hours_after_its_track_would_and_cannot_be_made_by_others() -> None:
    link = signed.link_to(7, 2 * HOUR_MS, NOW_MS)
    token = link.removeprefix(signed.FILES_URL)
    assert signed.track_of(token, NOW_MS) == 7
    assert signed.track_of(token, NOW_MS + 8 * HOUR_MS) == 7
    assert signed.track_of(token, NOW_MS + 9 * HOUR_MS) is None
    assert link == signed.link_to(7, 2 * HOUR_MS, NOW_MS + 1), "browsers keep what they have"
    for forged in (token.replace("7-", "8-", 1), token[:-1], "", "7", "../etc/passwd", f"{token}\0"):
        assert signed.track_of(forged, NOW_MS) is None


@pytest.mark.parametrize(
    ("text", "asked", "is_found"),
    [
        ("밤편지", "편지", True),
        ("밤편지", "밤", True),
        ("좋은날", "좋은 날", True),
        ("좋은 날", "좋은날", True),
        ("Café del Mar", "cafe DEL", True),
        ("Ｎｉｇｈｔ Train", "night tra", True),
        ("Night Train", "rain", False),
        ("가나다", "다가", False),
        ("パプリカ", "プリカ", True),
    ],
)
def test_words_are_found_by_their_beginnings_and_korean_also_from_within(text: str, asked: str, is_found: bool) -> None:
    indexed = words.indexed([text])
    assert is_found == all(any(word.startswith(one) for word in indexed) for one in words.searched(asked))


def test_the_library_is_for_whom_the_operator_says() -> None:
    guest = {"has_account": False, "hosts_a_room": False, "is_operator": False}
    callers = {
        "guest": guest,
        "account": guest | {"has_account": True},
        "host": guest | {"hosts_a_room": True},
        "operator": guest | {"is_operator": True},
    }
    seen = {
        audience: {name for name, facts in callers.items() if is_in_audience(audience, **facts)}
        for audience in Audience
    }
    assert seen == {
        Audience.EVERYBODY: set(callers),
        Audience.ACCOUNTS: {"account", "operator"},
        Audience.HOSTS: {"host", "operator"},
    }


def test_links_to_the_library_are_found_by_path_and_on_this_site_alone() -> None:
    text = "/library/5 and /r/lounge/library/6#t=3,10. https://rooms.example.org/r/라운지/library/7"
    found = extract(text, site="rooms.example.org")
    assert [(link.provider, link.media_id, link.start_ms, link.end_ms) for link in found.links] == [  # type: ignore[union-attr]
        ("library", "5", None, None),
        ("library", "6", 3_000, 10_000),
        ("library", "7", None, None),
    ]
    (elsewhere,) = extract("https://media.example.org/library/7", site="rooms.example.org").links
    assert elsewhere.provider == "direct"  # type: ignore[union-attr]
