"""Nicknames: what is taken out of them, and which look like a host's."""

from __future__ import annotations

import pytest

from rooms.errors import Invalid
from rooms.models.names import check_free, clean_nickname


@pytest.mark.parametrize(
    "name",
    [
        "alice",
        "ALICE",
        "AIice",
        "A1ice",
        "\u0410lice",  # Cyrillic A
        "\u0391\u217cice",  # Greek Alpha, Roman numeral
        "Ａｌｉｃｅ",  # full width
        "Al\u3164ice",  # Hangul filler
        "Al\u200bice",
        "Al\u00adice",
        "A l i c e",
        "Alice.",
        "Ali\u0301ce",
        "A" + "\u0301" * 39 + "lice",
        "\u202eAlice",
        "Ałice",
        "ᴀʟɪᴄᴇ",
        "🅰🅻🅸🅲🅴",
        "🇦🇱🇮🇨🇪",
        "Ⱥlice",
    ],
)
def test_a_name_that_looks_like_a_hosts_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="looks like Alice, who hosts here; choose another name"):
        check_free(clean_nickname(name), ["Bob", "Alice"])


@pytest.mark.parametrize("name", ["Alicia", "Bob", "Malice", "앨리스", "Ал", "🎧"])
def test_another_name_is_free(name: str) -> None:
    check_free(clean_nickname(name), ["Alice", "🎸"])


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("👩\u200d🎤", "👩\u200d🎤"),
        ("👩🏽\u200d🎤", "👩🏽\u200d🎤"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("Al\u200dice", "Alice"),
        ("Al\u200cice", "Alice"),
        ("\u200dAlice\u200d", "Alice"),
        ("Bo\u3164b", "Bo b"),
        ("Z\u0300\u0301\u0302\u0303\u0304a", "Z\u0300\u0301\u0302a"),
        ("  Bob\r\n\0 ", "Bob"),
    ],
)
def test_what_is_not_seen_goes_and_what_spelling_needs_stays(typed: str, name: str) -> None:
    assert clean_nickname(typed) == name


@pytest.mark.parametrize("typed", ["", "\u3164", "\u200d\u200c", "\u2800 \u00a0", "x" * 41])
def test_a_name_of_nothing_or_of_too_much_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="1 to 40 visible characters"):
        clean_nickname(typed)
