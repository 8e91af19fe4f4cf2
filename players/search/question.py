"""What is searched for, by whom, and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext

from rooms.core.caller import Caller
from rooms.core.contains import contains
from rooms.models import Room, short_line
from rooms.shapes.player import EntryJson
from rooms.shapes.search import Found

MOST_LETTERS = 100
"""Of what is searched for: longer titles are found by their beginnings."""

MOST_WORDS = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A search: its words, cleaned, who asks, and the room in which they do, if it is one."""

    words: str
    caller: Caller
    now_ms: int
    room: Room | None = None


def words_of(text: str) -> str:
    """``text`` as it is searched for; raises Invalid if there is nothing in it, or too much."""
    sentence = gettext("What is searched for has 1 to %(most)s visible characters, this has %(length)s.")
    return short_line(text, MOST_LETTERS, sentence, field="q")


def holds(words: str, columns: Sequence[str]) -> Q:
    """The condition that each of ``words`` stands in one of ``columns``, in capitals or not."""
    condition = Q()
    for word in words.split()[:MOST_WORDS]:
        condition &= contains(word, columns)
    return condition


def found(entry: EntryJson, source: str) -> Found:
    """An entry of a queue or a list as a search tells of it."""
    return {
        "url": entry["url"],
        "provider": entry["provider"],
        "media_id": entry["media_id"],
        "title": entry["title"],
        "artist": entry["artist"],
        "length_ms": entry["length_ms"],
        "artwork_url": entry["artwork_url"],
        "source": source,
    }
